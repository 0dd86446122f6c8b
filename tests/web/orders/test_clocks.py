"""An order's clocks: held against counting day by day, and against the analysis's own timelines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest

from suqiu.analysis.timelines import timelines
from suqiu.domain.clock import LimitUnit, Stage, TimeLimit
from suqiu.domain.order import OrderType, Status, StepKind, Urgency
from suqiu.domain.tables import ORDERS, READINGS, STEPS
from suqiu.lake import Lake
from suqiu.web.orders.happened import Happened
from suqiu.web.orders.projection import Standing, stand
from tests.web.orders.walking import CITY, CLOCKS, ZONE, Walk

_K = StepKind
_CALENDAR = CITY.calendar


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def _stand(*steps: tuple[StepKind, str]) -> Standing:
    return stand([Happened(kind, _at(at), "user:1") for kind, at in steps], CLOCKS.pausing, CLOCKS.resuming)


# --- counting day by day, as one would on a wall calendar -----------------------------------------------------------


def _day_after_day(start: date, count: int, worked: bool) -> date:
    day = start
    while count:
        day += timedelta(1)
        if not worked or _CALENDAR.is_workday(day):
            count -= 1
    return day


def _end(start: datetime, amount: int, unit: LimitUnit) -> datetime:
    if unit is LimitUnit.HOURS:
        return start + timedelta(hours=amount)
    day = _day_after_day(start.date(), amount, unit is LimitUnit.WORKDAYS)
    return datetime.combine(day, time(23, 59, 59), ZONE)


def _days(first: date, last: date, worked: bool) -> int:
    days, day = 0, first
    while day < last:
        day += timedelta(1)
        days += not worked or _CALENDAR.is_workday(day)
    return days


def _limit(stage: Stage, type_: str, urgency: str) -> TimeLimit | None:
    """Find the limit by hand: of those that fit, urgency counts more than type."""
    best, score = None, -1
    for one in CITY.limits.limits:
        fits = one.stage is stage and one.type in (None, type_ or None) and one.urgency in (None, urgency)
        worth = 2 * (one.urgency is not None) + (one.type is not None)
        if fits and worth > score:
            best, score = one, worth
    return best


def _by_hand(steps: Sequence[Happened], stage: Stage, type_: str, urgency: str) -> datetime | None:
    """Walk through the history once, with a due date that is put off as it goes."""
    limit = _limit(stage, type_, urgency)
    whole = [step.at.astimezone(ZONE).replace(microsecond=0) for step in steps]
    first = next((n for n, step in enumerate(steps) if step.kind in {_K.DISPATCH, _K.REDISPATCH}), None)
    if first is None or limit is None:
        return None
    since, due = whole[first], _end(whole[first], limit.amount, limit.unit)
    moving = stage in {Stage.REPLY, Stage.CLOSE}
    if moving:
        for step, at in zip(steps, whole, strict=True):
            if step.kind is _K.GRANT_EXTENSION and step.until is not None:
                since, due = at, step.until.astimezone(ZONE).replace(microsecond=0)
    stops = [(n, at) for n, at in enumerate(whole) if steps[n].kind in {_K.SHELVE, _K.RELEASE}] if moving else []
    for (n, began), (_, ended) in pairwise([*stops, (-1, datetime.max.replace(tzinfo=ZONE))]):
        if steps[n].kind is not _K.SHELVE or not since <= began <= due:
            continue
        if ended.year == datetime.max.year:
            return None  # it stands still
        if limit.unit is LimitUnit.HOURS:
            due += ended - began
        elif limit.unit is LimitUnit.DAYS:
            due += timedelta(_days(began.date(), ended.date(), worked=False))
        elif pushed := _days(began.date(), ended.date(), worked=True):
            due = _end(due, pushed, LimitUnit.WORKDAYS)
    return due


def test_clocks_are_those_that_one_counts_day_by_day() -> None:
    paused = 0
    for seed in range(120):
        walk = Walk(seed)
        for number, tried in enumerate(walk.steps(60)):
            if tried.taken is None or number % 3:
                continue
            dues = CLOCKS.dues(walk.type, walk.urgency, walk.standing)
            if walk.standing.first_dispatched_at is None:
                assert (dues.sign, dues.contact, dues.reply, dues.close) == (None,) * 4
                continue
            for stage, due in zip(
                (Stage.SIGN, Stage.CONTACT, Stage.REPLY, Stage.CLOSE),
                (dues.sign, dues.contact, dues.reply, dues.close),
                strict=True,
            ):
                assert due == _by_hand(walk.history, stage, walk.type, walk.urgency), (seed, number, stage)
            paused += bool(walk.standing.pauses)
    assert paused > 20


def test_clocks_are_those_of_the_analysis(tmp_path: Path) -> None:
    walks = [Walk(seed) for seed in range(100)]
    for walk in walks:
        for _ in walk.steps(60):
            pass
    names = [f"LJ{n:04d}" for n in range(len(walks))]
    orders = [_row(ORDERS, order_id=name, **_facts(walk)) for name, walk in zip(names, walks, strict=True)]
    readings = [_row(READINGS, order_id=name, **_facts(walk)) for name, walk in zip(names, walks, strict=True)]
    steps = [
        _row(
            STEPS, order_id=name, seq=seq, kind=str(step.kind), at=_wall(step.at), actor=step.actor,
            until=_wall(step.until) if step.until else None, parent=str(step.parent) if step.parent else None,
        )
        for name, walk in zip(names, walks, strict=True)
        for seq, step in enumerate(walk.history, start=1)
    ]  # fmt: skip
    with Lake(tmp_path) as lake:
        for name, rows, schema in (
            ("orders", orders, ORDERS),
            ("steps", steps, STEPS),
            ("readings", readings, READINGS),
        ):
            lake.write(name, pa.Table.from_pylist(rows, schema))
        o, s, r = (lake.table(name) for name in ("orders", "steps", "readings"))
        batches = list(timelines(o, s, r, CITY, stream=lake.stream))
    told = {row["order_id"]: row for batch in batches for row in batch.to_pylist()}
    for name, walk in zip(names, walks, strict=True):
        row, here = told[name], walk.standing
        dues = CLOCKS.dues(walk.type, walk.urgency, here)
        ours = [dues.sign, dues.contact, dues.reply, dues.close, here.replied_at, here.closed_at]
        theirs = [row[key] for key in ("sign_due_at", "contact_due_at", "reply_due_at", "close_due_at")]
        assert [at and _wall(at) for at in ours] == [*theirs, row["replied_at"], row["closed_at"]], name
        assert here.status == row["status"]
        for count in ("dispatches", "extensions", "urges", "supervisions", "reworks"):
            assert getattr(here, count) == row[count], (name, count)
        assert (here.returns, here.exempt) == (row["returns_granted"], row["exempt"])
        assert str(here.merged_into or "") == (row["merged_into"] or "")


def _facts(walk: Walk) -> dict[str, object]:
    return {"accepted_at": _wall(walk.history[0].at), "type": walk.type or None, "urgency": walk.urgency}


def _wall(at: datetime) -> datetime:
    return at.astimezone(ZONE).replace(tzinfo=None, microsecond=0)


def _row(schema: pa.Schema, **said: object) -> dict[str, object]:
    filler = {pa.string(): "x", pa.int64(): 1, pa.int8(): 0, pa.bool_(): False}
    return {one.name: said.get(one.name, None if one.nullable else filler.get(one.type)) for one in schema}


# --- which clock runs ------------------------------------------------------------------------------------------------


def test_before_dispatch_the_centre_s_own_clock_runs() -> None:
    one = _stand((_K.ACCEPT, "2026-04-30 10:00"))
    dues = CLOCKS.dues("help", "normal", one)
    # One working day; 1 to 5 May are days off.
    assert (dues.stage, dues.now) == ("dispatch", _at("2026-05-06 23:59:59"))


def test_the_first_signature_ends_the_clock_for_signing() -> None:
    steps = [(_K.ACCEPT, "2026-03-02 09:00"), (_K.DISPATCH, "2026-03-02 10:00")]
    assert CLOCKS.dues("help", "normal", _stand(*steps)).stage == "sign"
    steps += [(_K.SIGN, "2026-03-02 11:00")]
    assert CLOCKS.dues("help", "normal", _stand(*steps)).stage == "reply"
    steps += [(_K.REDISPATCH, "2026-03-04 11:00")]
    assert CLOCKS.dues("help", "normal", _stand(*steps)).stage == "reply"


@pytest.mark.parametrize("status", [Status.CLOSED, Status.ARCHIVED, Status.MERGED, Status.WITHDRAWN, Status.SHELVED])
def test_no_clock_runs_where_nothing_is_owed(status: Status) -> None:
    one = _stand((_K.ACCEPT, "2026-03-02 09:00"), (_K.DISPATCH, "2026-03-02 10:00"))
    one.status = status
    assert CLOCKS.dues("help", "normal", one).now is None


def test_a_calendar_that_ends_stops_no_order() -> None:
    one = _stand((_K.ACCEPT, "2027-12-31 09:00"), (_K.DISPATCH, "2027-12-31 10:00"))
    dues = CLOCKS.dues(str(OrderType.COMPLAINT), str(Urgency.NORMAL), one)
    assert (dues.sign, dues.reply, dues.close, dues.now) == (None, None, None, None)
    assert dues.contact == _at("2028-01-01 10:00")
