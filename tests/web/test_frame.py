"""The frame of every page."""

from __future__ import annotations

import pytest
from django.test import Client

from suqiu.web import texts


@pytest.mark.django_db
def test_the_first_page_opens_without_signing_in(client: Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "12345" in answer.content.decode()


def test_every_text_of_the_pages_has_its_english() -> None:
    assert {str(home): lacking for home in texts.homes() if (lacking := texts.lacking(home))} == {}
