"""Orders at every point of the flow, as tests make them."""

from __future__ import annotations

import pytest

from suqiu.domain.order import Status
from tests.web import made


@pytest.mark.django_db
@pytest.mark.parametrize("status", [str(status) for status in Status])
def test_an_order_can_be_made_at_every_point_of_the_flow(status: str) -> None:
    assert made.order(status).status == status
