"""Events as a person may see them: all orders of an event, or only those of the person's scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from suqiu.domain.clock import at_midnight
from suqiu.domain.errors import NotFound
from suqiu.domain.event import EventStatus
from suqiu.domain.text import Text
from suqiu.web.results.cut import Cut
from suqiu.web.results.store import Result

STATUS_NAMES: dict[EventStatus, Text] = {
    EventStatus.RISING: Text("上升", "rising"),
    EventStatus.STEADY: Text("持续", "steady"),
    EventStatus.FADING: Text("回落", "fading"),
    EventStatus.OVER: Text("已平息", "over"),
}
_RANK = {status: place for place, status in enumerate(STATUS_NAMES)}
#: Days before an event that its page shows for comparison, and after it.
_BEFORE, _AFTER = 14, 28


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit's part in an event: how many of its orders, how many of them closed 承办情况."""

    department: str
    orders: int
    closed: int


@dataclass(frozen=True, slots=True)
class Happening:
    """One event with its growth and who is on it 事件.

    Attributes:
        id, name, category, region, status, peak_on: as in `domain.event.Event`; region empty for the whole city.
        first_at, last_at: its first and last order, by the city's clock.
        orders: those that the reader may see.
        expected, surprise: as in `domain.event.Event`; None where only a part of the orders may be seen.
        days: orders of each day, from the first to the last.
        units: who is on it, the most orders first.
        partly: only orders of the reader's scope are counted.
    """

    id: str
    name: str
    category: str
    region: str
    status: EventStatus
    first_at: datetime
    last_at: datetime
    peak_on: date
    orders: int
    expected: float | None
    surprise: float | None
    days: tuple[tuple[date, int], ...]
    units: tuple[Unit, ...]
    partly: bool = False

    @property
    def status_name(self) -> Text:
        """Where it stands, in words."""
        return STATUS_NAMES[self.status]

    @property
    def closed(self) -> int:
        """How many of its orders are closed."""
        return sum(unit.closed for unit in self.units)

    @property
    def counts(self) -> list[int]:
        """The orders of its days."""
        return [orders for _, orders in self.days]


def happenings(result: Result, cut: Cut) -> list[Happening]:
    """Return the events with at least one order in a part of all orders: those that go on first, then the latest."""
    if not result.holds("events") or not result.holds("event_orders"):
        return []
    return result.answered(("happenings", cut), lambda: _gathered(result, cut))


def _gathered(result: Result, cut: Cut) -> list[Happening]:
    tables = result.tables(cut)
    cases = tables["cases"].select("order_id", "accepted_at", "department", "closed_at")
    members = tables["event_orders"].inner_join(cases, "order_id")
    counted = members.group_by(
        event_id=members.event_id, day=members.accepted_at.date(), department=members.department
    ).aggregate(orders=members.count(), closed=members.closed_at.count(), first=members.accepted_at.min(),
                last=members.accepted_at.max())  # fmt: skip
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in result.rows(counted.order_by("event_id", "day", "department")):
        parts[row["event_id"]].append(row)
    events = result.rows(result.tables(Cut())["events"])
    found = [_happening(row, parts[row["event_id"]], cut) for row in events if parts[row["event_id"]]]
    return sorted(found, key=lambda one: (_RANK[one.status], -one.last_at.timestamp()))


def _happening(row: Mapping[str, Any], parts: list[dict[str, Any]], cut: Cut) -> Happening:
    days: dict[date, int] = defaultdict(int)
    units: dict[str, Unit] = {}
    for part in parts:
        days[part["day"]] += part["orders"]
        id_ = part["department"] or ""
        known = units.get(id_, Unit(id_, 0, 0))
        units[id_] = Unit(id_, known.orders + part["orders"], known.closed + part["closed"])
    first, last = min(days), max(days)
    every = [first + timedelta(n) for n in range((last - first).days + 1)]
    orders = sum(days.values())
    partly = not cut.is_whole and orders < row["orders"]
    return Happening(
        row["event_id"], row["name"], row["category"], row["region"] or "", EventStatus(row["status"]),
        min(part["first"] for part in parts), max(part["last"] for part in parts),
        max(days, key=lambda day: (days[day], -day.toordinal())), orders,
        None if partly else row["expected"], None if partly else row["surprise"],
        tuple((day, days.get(day, 0)) for day in every),
        tuple(sorted(units.values(), key=lambda unit: (-unit.orders, unit.department))), partly,
    )  # fmt: skip


def happening(result: Result, cut: Cut, event_id: str) -> Happening:
    """Return one event.

    Raises:
        NotFound: there is none of this id with orders in the part.
    """
    for one in happenings(result, cut):
        if one.id == event_id:
            return one
    raise NotFound(
        "results.no_event",
        Text("未找到该事件", "no such event"),
        Text("事件以最近一次分析结果为准", "events are those of the last analysis"),
    )


@dataclass(frozen=True, slots=True)
class Member:
    """An order of an event, as the lake holds it; the title is redacted."""

    number: str
    title: str
    accepted_at: datetime
    category: str
    department: str
    status: str
    closed: bool


def members(result: Result, cut: Cut, event_id: str) -> list[Member]:
    """Return the orders of an event, in the order they came."""

    def work() -> list[Member]:
        tables = result.tables(cut)
        of_event = tables["event_orders"].filter(tables["event_orders"].event_id == event_id)
        cases = tables["cases"].select("order_id", "accepted_at", "category", "department", "status", "closed_at")
        titles = tables["orders"].select("order_id", "title")
        rows = of_event.inner_join(cases, "order_id").left_join(titles, "order_id")
        rows = rows.select("order_id", "title", "accepted_at", "category", "department", "status", "closed_at")
        return [
            Member(
                row["order_id"], row["title"] or "", row["accepted_at"], row["category"] or "",
                row["department"] or "", row["status"] or "", row["closed_at"] is not None,
            )
            for row in result.rows(rows.order_by("accepted_at", "order_id"))
        ]  # fmt: skip

    return result.answered(("members", cut, event_id), work)


def around(result: Result, cut: Cut, event: Happening) -> list[tuple[date, int]]:
    """Return the orders a day of an event's category and region, from before it until after: did it get better?"""
    here = cut.narrowed("category", event.category).narrowed("region", event.region)
    first = max(event.first_at.date() - timedelta(_BEFORE), result.first)
    last = min(event.last_at.date() + timedelta(_AFTER), result.last_whole_day)

    def work() -> list[tuple[date, int]]:
        cases = result.tables(here)["cases"]
        at = cases.accepted_at
        within = cases.filter(at >= at_midnight(first), at < at_midnight(last + timedelta(1)))
        counted = within.group_by(day=within.accepted_at.date()).aggregate(orders=within.count())
        found = {row["day"]: row["orders"] for row in result.rows(counted)}
        return [(day, found.get(day, 0)) for n in range((last - first).days + 1) if (day := first + timedelta(n))]

    return result.answered(("around", here, first, last), work)
