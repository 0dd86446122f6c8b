"""A demo's morning is taken through the flow by its own people, and once only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from suqiu.domain.order import Status
from suqiu.web.accounts import demo as guests
from suqiu.web.audit import chain
from suqiu.web.demo import morning
from suqiu.web.demo.scenes import SCENES
from suqiu.web.orders.models import Attachment, Order, Step
from suqiu.web.site import site

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    """Put the site's clock back where it was."""
    before = site().about
    yield
    site().save(before)


def test_every_scene_has_a_call_and_every_call_a_scene() -> None:
    assert {call.scene for call in morning.calls()} == set(SCENES)


def test_a_demo_shows_every_state_once_however_often_it_is_made() -> None:
    guests.prepare()
    began = site().now()
    count = morning.play()
    assert site().now() > began
    assert Order.objects.count() == count
    reached = set(Order.objects.values_list("status", flat=True))
    begun_with = {Status.ACCEPTED, Status.DISPATCHED, Status.RETURN_PENDING, Status.RETURNED, Status.HANDLING}
    later = {Status.REPLIED, Status.REVIEWED, Status.CALLED_BACK, Status.CLOSED, Status.ARCHIVED, Status.SHELVED}
    assert reached >= begun_with | later | {Status.WITHDRAWN, Status.MERGED}
    assert Order.objects.filter(secret=True, contact__person__isnull=False).exists()
    assert Order.objects.filter(supervised=True).exists()
    assert {asked for order in Order.objects.all() for asked in order.asked} == {"extension", "unreasonable", "appeal"}
    assert Attachment.objects.filter(kind="proof").exists()
    assert chain.verify() == []
    steps = Step.objects.count()
    morning.play()
    assert (Order.objects.count(), Step.objects.count()) == (count, steps)


def test_the_days_when_nobody_looked_do_not_make_a_demo_overdue() -> None:
    guests.prepare()  # the audit's last line says when somebody last looked
    was = site().now()
    morning.go_on(7 * 86_400)
    morning.take_up()
    assert abs((site().now() - was).total_seconds()) < 120
