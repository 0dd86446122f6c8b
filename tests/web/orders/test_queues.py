"""What waits for whom, page by page, and an order's history in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqiu.domain.errors import InvalidInput
from suqiu.domain.order import StepKind
from suqiu.web.accounts.roles import Role
from suqiu.web.orders.history import timeline
from suqiu.web.orders.models import Order
from suqiu.web.orders.queues import QUEUE_NAMES, Queue, counts, page, queue
from suqiu.web.site import site
from tests.web import made

_K = StepKind
pytestmark = pytest.mark.django_db


def test_each_order_waits_where_it_stands() -> None:
    reviewer = made.somebody(Role.REVIEWER)
    waits = {
        "accepted": Queue.TO_DISPATCH, "returned": Queue.TO_DISPATCH, "dispatched": Queue.TO_SIGN,
        "handling": Queue.IN_HANDLING, "replied": Queue.TO_REVIEW, "reviewed": Queue.TO_CALL_BACK,
        "called_back": Queue.TO_CLOSE, "return_pending": Queue.RETURNS, "shelved": Queue.SHELVED,
    }  # fmt: skip
    for status, which in waits.items():
        assert made.order(status) in queue(reviewer, which)
    for status in ("closed", "archived", "withdrawn", "voided"):
        one = made.order(status)
        assert all(one not in queue(reviewer, which) for which in Queue)
    assert set(QUEUE_NAMES) == set(Queue)


def test_counts_are_those_of_the_queues_in_one_query() -> None:
    one = made.order("handling")
    made.act(one, _K.REQUEST_EXTENSION, reason="等待配件", until=site().now() + timedelta(days=60))
    made.act(made.order("replied"), _K.SUPERVISE, reason="群众反映强烈")
    made.act(made.order("closed"), _K.APPEAL, reason="诉求不合理")
    reviewer = made.somebody(Role.REVIEWER)
    with CaptureQueriesContext(connection) as asked:
        told = counts(reviewer)
    assert len(asked) == 1
    assert told == {which: queue(reviewer, which).count() for which in Queue}
    assert (told[Queue.ASKED], told[Queue.SUPERVISED]) == (2, 1)


def test_what_is_due_soon_and_overdue_goes_by_the_clock() -> None:
    reviewer, one = made.somebody(Role.REVIEWER), made.order("handling")
    assert one.due_at is not None
    left = (one.due_at - site().now()).total_seconds() / 86_400
    with made.days_later(left - 0.5):
        assert list(queue(reviewer, Queue.DUE_SOON)) == [one]
        assert list(queue(reviewer, Queue.OVERDUE)) == []
    with made.days_later(left + 0.1):
        assert list(queue(reviewer, Queue.OVERDUE)) == [one]


def test_mine_is_what_my_unit_has_or_what_i_took_down() -> None:
    one = made.order("handling", "D01", assisting=("D02",))
    made.order("handling", "D05")
    assert list(queue(made.somebody(Role.HANDLER, "D02"), Queue.MINE)) == [one]
    assert queue(made.somebody(Role.AGENT), Queue.MINE).count() == 2
    assert queue(made.somebody(Role.HANDLER), Queue.MINE).count() == 0


@pytest.mark.parametrize("by", ["due_at", "-due_at", "-accepted_at", "number"])
def test_pages_show_each_row_once_whatever_comes_meanwhile(by: str) -> None:
    for status in ("accepted", "handling", "closed", "handling", "withdrawn", "dispatched", "shelved"):
        made.order(status)
    seen: list[Order] = []
    after = ""
    while True:
        one = page(Order.objects.all(), by, after, size=2)
        seen += one.rows
        if not one.next:
            break
        after = one.next
    assert len(seen) == len({order.pk for order in seen}) == 7
    values = [getattr(order, by.lstrip("-")) for order in seen]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=by.startswith("-"))
    assert None not in values[: len(known)], "empty values come last"


@pytest.mark.parametrize(
    "place", ["x", "eA==", "W10=", "W3sidCI6ICJubyJ9LCAxXQ==", "W3sidiI6IG51bGx9LCA5OTk5OTk5OTk5OTk5OTk5OTk5OTk5XQ=="]
)
def test_a_place_that_nobody_gave_out_is_refused(place: str) -> None:
    with pytest.raises(InvalidInput, match="no_such_page"):
        page(Order.objects.all(), after=place)


def test_a_history_tells_who_did_what_why_and_how_long_it_took() -> None:
    one = made.order("dispatched", "D01", assisting=("D02",))
    with made.days_later(1):
        one = made.act(one, _K.SIGN)
        one = made.act(one, _K.REQUEST_RETURN, reason="不属本单位职责", department="D02")
    lines = timeline(one)
    assert [line.name.zh for line in lines] == ["受理", "派单", "签收", "申请退单"]
    assert lines[1].assisting == ("D02",)
    assert lines[2].since is not None
    assert lines[2].since >= timedelta(hours=23)
    assert "made-handler-D01" in lines[3].who.zh
    assert lines[3].reason == "不属本单位职责"
    assert "城市管理局" in lines[3].said[0].zh
