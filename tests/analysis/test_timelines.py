from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suqiu.analysis import timelines
from suqiu.analysis.histories import LETTERS, status_of
from suqiu.domain.clock import LimitTable, LimitUnit, Stage, TimeLimit
from suqiu.domain.errors import InvalidInput
from suqiu.domain.order import Status, Step, StepKind, WorkOrder, status_after
from suqiu.domain.tables import TIMELINES
from tests.analysis.factories import CALENDAR, LIMITS, at, city, stream, table

START = datetime(2026, 1, 5, 9)


def _rows(
    orders: Sequence[dict[str, Any]],
    steps: Sequence[dict[str, Any]] | None,
    types: dict[str, str] | None = None,
    urgencies: dict[str, str] | None = None,
    limits: LimitTable = LIMITS,
) -> dict[str, dict[str, Any]]:
    readings = [
        {
            "order_id": order["order_id"],
            "type": (types or {}).get(order["order_id"]),
            # What a rule suspects sets no clock.
            "urgency": "emergency",
        }
        for order in orders
    ]
    batches = list(
        timelines(
            table("orders", [{"urgency": (urgencies or {}).get(order["order_id"]), **order} for order in orders]),
            None if steps is None else table("steps", steps),
            table("readings", readings),
            city(limits),
            stream=stream,
        )
    )
    assert all(batch.schema == TIMELINES for batch in batches)
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert [row["order_id"] for row in rows] == [
        order["order_id"] for order in sorted(orders, key=lambda o: (o.get("accepted_at", START), o["order_id"]))
    ]
    return {row["order_id"]: row for row in rows}


def _steps(order_id: str, steps: Sequence[Step]) -> list[dict[str, Any]]:
    return [
        {
            "order_id": order_id,
            "seq": seq,
            "kind": str(step.kind),
            "at": step.at,
            "department": step.department,
            "until": step.until,
            "parent": step.parent,
        }
        for seq, step in enumerate(steps, start=1)
    ]


def _history(*kinds: StepKind) -> list[Step]:
    return [Step(kind, START + timedelta(hours=n), "1") for n, kind in enumerate(kinds)]


#: One order that went through everything, so that every kind of step is recorded somewhere.
EVERYTHING = _steps("zz", _history(*StepKind))


@st.composite
def legal_histories(draw: st.DrawFn) -> WorkOrder:
    order = WorkOrder("x", "", "路灯不亮").after(Step(StepKind.ACCEPT, START, "1"))
    now = START
    for _ in range(draw(st.integers(0, 14))):
        allowed = [kind for kind in StepKind if order.allows(kind)]
        kind = draw(st.sampled_from(allowed))
        now += timedelta(minutes=draw(st.integers(0, 3000)))
        parent = draw(st.sampled_from(["p1", "p2"])) if kind is StepKind.MERGE else None
        order = order.after(Step(kind, now, "1", parent=parent))
    return order


@settings(max_examples=12, deadline=None)
@given(st.lists(legal_histories(), min_size=1, max_size=25))
def test_state_counts_and_first_times_are_those_of_the_work_order(orders: list[WorkOrder]) -> None:
    ids = [f"o{n:02}" for n in range(len(orders))]
    steps = [row for id_, order in zip(ids, orders, strict=True) for row in _steps(id_, order.steps)]
    rows = _rows([{"order_id": id_} for id_ in [*ids, "zz"]], steps + EVERYTHING)
    for id_, order in zip(ids, orders, strict=True):
        kinds = [step.kind for step in order.steps]
        row = rows[id_]
        assert row["status"] == order.status
        assert row["dispatches"] == kinds.count(StepKind.DISPATCH) + kinds.count(StepKind.REDISPATCH)
        assert row["returns_asked"] == kinds.count(StepKind.REQUEST_RETURN)
        assert row["returns_granted"] == kinds.count(StepKind.GRANT_RETURN)
        assert row["returns_refused"] == kinds.count(StepKind.REFUSE_RETURN)
        assert row["urges"] == kinds.count(StepKind.URGE)
        assert row["reworks"] == kinds.count(StepKind.REWORK) + kinds.count(StepKind.REOPEN)
        assert row["appeals_upheld"] == kinds.count(StepKind.UPHOLD_APPEAL)
        assert row["shelved"] == (StepKind.SHELVE in kinds)
        assert row["exempt"] == (StepKind.GRANT_UNREASONABLE in kinds)
        assert row["signed_at"] == next((step.at for step in order.steps if step.kind is StepKind.SIGN), None)
        merged = [step.parent for step in order.steps if step.kind is StepKind.MERGE]
        undone = kinds.count(StepKind.UNMERGE) == len(merged)
        assert row["merged_into"] == (merged[-1] if merged and not undone else None)
        if order.status in {Status.CLOSED, Status.APPRAISED, Status.ARCHIVED}:
            assert row["closed_at"] == [step.at for step in order.steps if step.kind is StepKind.CLOSE][-1]


@given(st.lists(st.sampled_from(StepKind), max_size=30))
def test_any_history_even_an_illegal_one_has_the_state_that_the_domain_gives_it(kinds: list[StepKind]) -> None:
    word = "".join(LETTERS[kind] for kind in kinds if kind in LETTERS)
    assert status_of(word) == status_after(kinds)


def test_an_order_without_steps_keeps_its_own_times_and_tells_no_counts() -> None:
    own = {
        "order_id": "a",
        "dispatched_at": at("01-05 10:00"),
        "signed_at": at("01-05 11:00"),
        "closed_at": at("01-06 12:00"),
    }
    row = _rows([own, {"order_id": "zz"}], EVERYTHING)["a"]
    assert (row["first_dispatched_at"], row["signed_at"], row["closed_at"]) == (
        at("01-05 10:00"),
        at("01-05 11:00"),
        at("01-06 12:00"),
    )
    assert row["status"] == "closed"
    assert row["dispatches"] is None
    assert row["exempt"] is None


def test_without_a_step_table_the_stated_state_goes_before_what_the_times_tell() -> None:
    rows = _rows(
        [
            {"order_id": "a", "status": "archived", "closed_at": at("01-06 12:00")},
            {"order_id": "b", "signed_at": at("01-06 12:00"), "dispatched_at": at("01-06 11:00")},
            {"order_id": "c"},
        ],
        None,
    )
    assert [rows[id_]["status"] for id_ in "abc"] == ["archived", "handling", None]


def test_a_kind_of_step_that_occurs_nowhere_is_not_counted_as_zero() -> None:
    row = _rows([{"order_id": "a"}], _steps("a", _history(StepKind.ACCEPT, StepKind.DISPATCH)))["a"]
    assert row["dispatches"] == 1
    assert row["urges"] is None
    assert row["shelved"] is None


def test_steps_that_do_not_begin_with_acceptance_leave_the_stated_state_alone() -> None:
    orders = [{"order_id": "a", "status": "closed", "closed_at": at("01-09 10:00")}]
    row = _rows(orders, _steps("a", _history(StepKind.URGE, StepKind.REQUEST_RETURN)))["a"]
    assert row["status"] == "closed"
    assert row["closed_at"] == at("01-09 10:00")
    assert row["urges"] == 1


def test_a_closure_that_was_reopened_is_no_closure() -> None:
    kinds = [StepKind.ACCEPT, StepKind.CLOSE, StepKind.REOPEN]
    row = _rows([{"order_id": "a", "closed_at": START}], _steps("a", _history(*kinds)))["a"]
    assert row["closed_at"] is None
    assert row["status"] == "accepted"


def test_the_deadline_that_the_export_states_goes_before_the_limits() -> None:
    stated = at("01-07 12:00")
    row = _rows([{"order_id": "a", "dispatched_at": START, "due_at": stated}], None)["a"]
    assert row["close_due_at"] == stated
    assert row["reply_due_at"] == datetime(2026, 1, 8, 23, 59, 59)


def test_type_and_urgency_choose_the_limit() -> None:
    orders = [{"order_id": id_, "dispatched_at": START} for id_ in "abcd"]
    rows = _rows(orders, None, {"a": "consult", "b": "help", "d": "consult"}, {"d": "emergency"})
    assert [rows[id_]["close_due_at"] for id_ in "abcd"] == [
        at("01-07 09:00"),
        datetime(2026, 1, 12, 23, 59, 59),
        datetime(2026, 1, 12, 23, 59, 59),
        at("01-05 11:00"),
    ]
    assert rows["a"]["contact_due_at"] == at("01-06 09:00")  # by the weight, as no limit speaks of contact


def test_nothing_is_due_before_a_dispatch_or_while_the_matter_is_shelved() -> None:
    kinds = [StepKind.ACCEPT, StepKind.DISPATCH, StepKind.SIGN, StepKind.SHELVE]
    rows = _rows([{"order_id": "a"}, {"order_id": "b"}], _steps("a", _history(*kinds)))
    assert rows["a"]["close_due_at"] is None
    assert rows["a"]["sign_due_at"] == START + timedelta(hours=25)
    assert rows["b"]["close_due_at"] is None


def test_a_limit_that_leaves_the_calendar_is_unknown_and_an_order_outside_it_says_which_years_to_add() -> None:
    late, outside = datetime(2026, 12, 30, 9), datetime(2027, 1, 4, 9)
    row = _rows([{"order_id": "a", "accepted_at": late, "dispatched_at": late}], None)["a"]
    assert row["close_due_at"] is None
    assert row["reply_due_at"] is not None
    with pytest.raises(InvalidInput, match="calendar"):
        _rows([{"order_id": "a", "accepted_at": outside, "dispatched_at": outside}], None)


def _walked(start: datetime, amount: int, unit: LimitUnit) -> datetime:
    """Find a deadline by walking from day to day."""
    if unit is LimitUnit.HOURS:
        return start + timedelta(hours=amount)
    day = start.date()
    while amount:
        day += timedelta(1)
        amount -= unit is LimitUnit.DAYS or CALENDAR.is_workday(day)
    return datetime(day.year, day.month, day.day, 23, 59, 59)


def _stood(start: datetime, end: datetime, unit: LimitUnit) -> int:
    """Count the days of a pause by walking: after the day it began, up to the day it ended."""
    day, number = start.date(), 0
    while day < end.date():
        day += timedelta(1)
        number += unit is LimitUnit.DAYS or CALENDAR.is_workday(day)
    return number


Happening = tuple[str, int, int]


def _told(
    start: datetime, amount: int, unit: LimitUnit, happenings: Sequence[Happening]
) -> tuple[datetime, list[Step]]:
    """Walk through a history of pauses and extensions: the deadline in the end, and its steps."""
    due, now = _walked(start, amount, unit), start
    steps = [Step(StepKind.ACCEPT, start, "1"), Step(StepKind.DISPATCH, start, "1"), Step(StepKind.SIGN, start, "1")]
    for what, gap, length in happenings:
        now += timedelta(minutes=gap)
        if what == "extend":
            due = datetime(now.year, now.month, now.day, 23, 59, 59) + timedelta(days=length % 20)
            steps.append(Step(StepKind.GRANT_EXTENSION, now, "1", until=due))
            continue
        end = now + timedelta(minutes=length)
        if now <= due:
            if unit is LimitUnit.HOURS:
                due += end - now
            elif (number := _stood(now, end, unit)) > 0:
                due = _walked(due, number, unit)
        steps += [Step(StepKind.SHELVE, now, "1"), Step(StepKind.RELEASE, end, "1")]
        now = end + timedelta(minutes=1)
    return due, steps


happenings = st.lists(
    st.tuples(st.sampled_from(["pause", "pause", "extend"]), st.integers(1, 6000), st.integers(1, 20_000)), max_size=4
)


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 90 * 24 * 60), happenings), min_size=1, max_size=20),
    st.integers(1, 20),
    st.sampled_from(LimitUnit),
)
def test_deadlines_with_pauses_and_extensions_are_those_of_a_walk_from_day_to_day(
    cases: list[tuple[int, list[Happening]]], amount: int, unit: LimitUnit
) -> None:
    limits = LimitTable((TimeLimit(Stage.CLOSE, None, None, amount, unit, "example"),), LIMITS.pausing, "example")
    orders, steps, wanted = [], [], {}
    for number, (minutes, story) in enumerate(cases):
        start, id_ = datetime(2026, 1, 1) + timedelta(minutes=minutes), f"o{number:02}"
        wanted[id_], told = _told(start, amount, unit, story)
        orders.append({"order_id": id_, "accepted_at": start})
        steps += _steps(id_, told)
    rows = _rows(orders, steps, limits=limits)
    assert {id_: row["close_due_at"] for id_, row in rows.items()} == wanted


def test_the_walk_that_judges_deadlines_knows_the_calendar() -> None:
    # Friday the 13th of February: Saturday is worked, then eight days off.
    friday = datetime(2026, 2, 13, 15)
    assert [_walked(friday, n, LimitUnit.WORKDAYS).date() for n in (1, 2)] == [date(2026, 2, 14), date(2026, 2, 24)]
    assert all(earlier < later for earlier, later in pairwise([_walked(friday, n, LimitUnit.DAYS) for n in (1, 2, 3)]))
