"""When each stage of one order is due, and which clock runs now.

Pure, and of one meaning with `analysis.timelines`: limits run from the first dispatch, a granted extension takes the
limit's place, a pause that begins while a clock runs pushes it by its length in the limit's own unit. Moments are
aware outside and whole seconds of the city's wall clock inside. What a calendar does not cover is None: nobody can
say yet; the flow goes on all the same.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from suqiu.domain.city import City
from suqiu.domain.clock import Calendar, LimitUnit, Stage, TimeLimit
from suqiu.domain.order import OrderType, Status, Urgency
from suqiu.web.orders.projection import Standing
from suqiu.web.site import site

_LAST_SECOND = time(23, 59, 59)
#: The clock that runs in each state; where it has no end, the next one after it counts.
_RUNS = {
    Status.DISPATCHED: (Stage.SIGN, Stage.REPLY, Stage.CLOSE),
    Status.HANDLING: (Stage.REPLY, Stage.CLOSE),
    Status.ACCEPTED: (Stage.CLOSE,),
    Status.RETURN_PENDING: (Stage.CLOSE,),
    Status.RETURNED: (Stage.CLOSE,),
    Status.REPLIED: (Stage.CLOSE,),
    Status.REVIEWED: (Stage.CLOSE,),
    Status.CALLED_BACK: (Stage.CLOSE,),
}


@dataclass(frozen=True, slots=True)
class Dues:
    """Ends of an order's clocks 时限; None where no limit fits, the clock stands, or nobody can say yet.

    Attributes:
        sign, contact, reply, close: of each stage.
        now, stage: of the clock that runs, and which it is; None and empty where none runs.
    """

    sign: datetime | None = None
    contact: datetime | None = None
    reply: datetime | None = None
    close: datetime | None = None
    now: datetime | None = None
    stage: str = ""


class Workdays:
    """A calendar's working days in a row, for counting on one day at a time."""

    def __init__(self, calendar: Calendar) -> None:
        self._first, self._last = calendar.first, calendar.last
        # From a month before, as `Calendar` does, so that a start on the first known day can look back.
        every = (calendar.first + timedelta(n) for n in range(-31, (calendar.last - calendar.first).days + 1))
        self._days = [day for day in every if calendar.is_workday(day)]

    def on(self, day: date, count: int) -> date | None:
        """Return the working day that many after a day (a day off counts as the working day before it)."""
        if not self._first <= day <= self._last:
            return None
        place = bisect_right(self._days, day) - 1 + count
        return self._days[place] if place < len(self._days) else None

    def between(self, start: date, end: date) -> int | None:
        """Count the working days after one day up to and with another."""
        if end > self._last:
            return None
        return max(bisect_right(self._days, end) - bisect_right(self._days, start), 0)


class Clocks:
    """The clocks of a city."""

    def __init__(self, city: City, zone: ZoneInfo) -> None:
        limits = city.limits
        if not any(limit.stage is Stage.CONTACT for limit in limits.limits):
            hours = round(city.weight("analysis.contact_hours"))
            general = TimeLimit(Stage.CONTACT, None, None, hours, LimitUnit.HOURS, "weights: analysis.contact_hours")
            limits = replace(limits, limits=(*limits.limits, general))
        self._limits, self._zone, self._workdays = limits, zone, Workdays(city.calendar)
        self._first, self._last = city.calendar.first, city.calendar.last
        self._found: dict[tuple[Stage, str, str], TimeLimit | None] = {}
        self.pausing = frozenset(stop for stop, _ in limits.pausing)
        self.resuming = frozenset(go for _, go in limits.pausing)

    def dues(self, type_: str, urgency: str, standing: Standing) -> Dues:
        """Return the ends of an order's clocks."""
        if standing.first_dispatched_at is None:
            return self._before_dispatch(type_, urgency, standing)
        start = self._wall(standing.first_dispatched_at)
        ends = {
            Stage.SIGN: self._end(start, self._limit(Stage.SIGN, type_, urgency)),
            Stage.CONTACT: self._end(start, self._limit(Stage.CONTACT, type_, urgency)),
            Stage.REPLY: self._handling(Stage.REPLY, start, type_, urgency, standing),
            Stage.CLOSE: self._handling(Stage.CLOSE, start, type_, urgency, standing),
        }
        stages = _RUNS.get(standing.status, ()) if standing.status is not None else ()
        if standing.signed and stages[:1] == (Stage.SIGN,):
            stages = stages[1:]  # the first signature ended that clock; a later unit owes the reply
        runs = next((stage for stage in stages if ends[stage] is not None), None)
        aware = {stage: self._aware(end) for stage, end in ends.items()}
        return Dues(
            aware[Stage.SIGN], aware[Stage.CONTACT], aware[Stage.REPLY], aware[Stage.CLOSE],
            aware[runs] if runs else None, str(runs) if runs else "",
        )  # fmt: skip

    def return_due(self, type_: str, urgency: str, standing: Standing) -> datetime | None:
        """Return until when the present unit may ask for a return: it counts from when this unit got the order."""
        if standing.dispatched_at is None:
            return None
        start = self._wall(standing.dispatched_at)
        return self._aware(self._end(start, self._limit(Stage.RETURN, type_, urgency)))

    def covers(self, moment: datetime) -> bool:
        """Say whether the calendar knows the day of a moment."""
        return self._first <= self._wall(moment).date() <= self._last

    def _before_dispatch(self, type_: str, urgency: str, standing: Standing) -> Dues:
        if standing.status is not Status.ACCEPTED or standing.accepted_at is None:
            return Dues()
        end = self._end(self._wall(standing.accepted_at), self._limit(Stage.DISPATCH, type_, urgency))
        return Dues(now=self._aware(end), stage=str(Stage.DISPATCH)) if end is not None else Dues()

    def _handling(self, stage: Stage, start: datetime, type_: str, urgency: str, standing: Standing) -> datetime | None:
        limit = self._limit(stage, type_, urgency)
        due, since = self._end(start, limit), start
        if standing.extended_at is not None and standing.extended_until is not None:
            due, since = self._wall(standing.extended_until), self._wall(standing.extended_at)
        if limit is None:
            return due
        for began, ended in standing.pauses:
            began = self._wall(began)
            if due is None or not since <= began <= due:
                continue
            due = self._pushed(due, began, self._wall(ended), limit.unit) if ended is not None else None
        return due

    def _pushed(self, due: datetime, began: datetime, ended: datetime, unit: LimitUnit) -> datetime | None:
        if unit is LimitUnit.HOURS:
            return due + (ended - began)
        if unit is LimitUnit.DAYS:
            return due + (ended.date() - began.date())
        days = self._workdays.between(began.date(), ended.date())
        return due if days == 0 else None if days is None else self._workday_end(due, days)

    def _end(self, start: datetime, limit: TimeLimit | None) -> datetime | None:
        if limit is None:
            return None
        if limit.unit is LimitUnit.HOURS:
            return start + timedelta(hours=limit.amount)
        if limit.unit is LimitUnit.DAYS:
            return datetime.combine(start.date() + timedelta(limit.amount), _LAST_SECOND)
        return self._workday_end(start, limit.amount)

    def _workday_end(self, start: datetime, days: int) -> datetime | None:
        day = self._workdays.on(start.date(), days)
        return None if day is None else datetime.combine(day, _LAST_SECOND)

    def _limit(self, stage: Stage, type_: str, urgency: str) -> TimeLimit | None:
        key = (stage, type_, urgency)
        if key not in self._found:
            kind = OrderType(type_) if type_ else None
            self._found[key] = self._limits.find(stage, kind, Urgency(urgency))
        return self._found[key]

    def _wall(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone).replace(tzinfo=None, microsecond=0)

    def _aware(self, wall: datetime | None) -> datetime | None:
        return None if wall is None else wall.replace(tzinfo=self._zone)


def clocks() -> Clocks:
    """Return the clocks of the city that this site serves."""
    return _clocks(site().city.version, site().zone)


@lru_cache(maxsize=4)
def _clocks(version: str, zone: ZoneInfo) -> Clocks:
    # Keyed by the pack's version: a changed calendar or limit gives new clocks.
    return Clocks(site().city, zone)
