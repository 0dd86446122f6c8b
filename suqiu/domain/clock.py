"""Time limits and the calendar they run on.

Clocks follow the hotlines' rule: a limit in days or working days is counted from the day after,
and ends with the last second of its last day; a limit in hours runs by the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from suqiu.domain.errors import InvalidInput
from suqiu.domain.order import OrderType, StepKind, Urgency
from suqiu.domain.text import Text

Moments = npt.NDArray[np.datetime64]
"""Wall-clock moments of the city, dtype datetime64[s]; NaT where unknown."""


class LimitUnit(StrEnum):
    """What a time limit counts in 时限单位."""

    HOURS = "hours"
    DAYS = "days"
    WORKDAYS = "workdays"


class Stage(StrEnum):
    """Which part of the flow a time limit is for 计时环节."""

    DISPATCH = "dispatch"
    SIGN = "sign"
    CONTACT = "contact"
    RETURN = "return"
    REPLY = "reply"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How long a stage may take for one type and urgency 时限.

    Attributes:
        stage: the stage it limits; `sign`, `contact`, `return`, `reply` and `close` count from the
            first dispatch, `dispatch` from acceptance.
        type: kind of demand it is for; None for every kind without a line of its own.
        urgency: urgency it is for; None likewise.
        amount: how many units, at least 1.
        unit: hours, days, or working days.
        source: the rule it comes from, or `example`.
    """

    stage: Stage
    type: OrderType | None
    urgency: Urgency | None
    amount: int
    unit: LimitUnit
    source: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked 工作日历.

    Attributes:
        holidays: days off by law, beyond ordinary weekends.
        makeup_days: weekend days that are worked 调休上班日.
        first, last: the days between which this calendar is known, both inclusive.
    """

    holidays: frozenset[date]
    makeup_days: frozenset[date]
    first: date
    last: date

    def is_workday(self, day: date) -> bool:
        """Say whether a day is worked."""
        if day in self.makeup_days:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def due(self, starts: Moments, amount: int, unit: LimitUnit) -> Moments:
        """Return when a limit that starts at each moment ends.

        NaT stays NaT, and so becomes a limit in working days that ends after the last known day: nobody can
        say yet when that is.

        Raises:
            InvalidInput: a limit in working days starts outside the known calendar.
        """
        seconds = starts.astype("datetime64[s]")
        if unit is LimitUnit.HOURS:
            return (seconds + np.timedelta64(amount * 3600, "s")).astype("datetime64[s]")
        days = seconds.astype("datetime64[D]")
        if unit is LimitUnit.DAYS:
            return _last_second((days + np.timedelta64(amount, "D")).astype("datetime64[D]"))
        due = np.full(days.shape, np.datetime64("NaT"), dtype="datetime64[D]")
        known = ~np.isnat(days)
        if known.any():
            self.require(days[known].min().astype(date), days[known].max().astype(date))
            worked = self._business_days()
            due[known] = np.busday_offset(days[known], amount, roll="backward", busdaycal=worked)
            due[due > np.datetime64(self.last)] = np.datetime64("NaT")
        return _last_second(due)

    def workdays_between(self, starts: Moments, ends: Moments) -> npt.NDArray[np.int64]:
        """Count the working days after each start's day up to and with each end's day."""
        worked = self._business_days()
        one = np.timedelta64(1, "D")
        begin, end = starts.astype("datetime64[D]") + one, ends.astype("datetime64[D]") + one
        counts: npt.NDArray[np.int64] = np.busday_count(begin, end, busdaycal=worked)
        return counts

    def _business_days(self) -> np.busdaycalendar:
        # numpy knows weekends and holidays but no worked weekends: so every day may be worked, and
        # all that are not are named, from a month before the first known day for backward rolls.
        days = (self.first + timedelta(n) for n in range(-31, (self.last - self.first).days + 1))
        return np.busdaycalendar(weekmask="1111111", holidays=[d for d in days if not self.is_workday(d)])

    def require(self, low: date, high: date) -> None:
        """Refuse days that this calendar does not cover.

        Raises:
            InvalidInput: the first or the last of them lies outside.
        """
        if low < self.first or high > self.last:
            raise InvalidInput(
                "calendar.out_of_range",
                Text(
                    "工作日历只覆盖{first}至{last}，而工单涉及{low}至{high}",
                    "the calendar covers {first} to {last} only, but orders run from {low} to {high}",
                ).fill(first=self.first, last=self.last, low=low, high=high),
                Text(
                    "请在城市数据包的calendar.yaml中补充相应年份的节假日和调休日",
                    "add those years' holidays and make-up days to the city pack's calendar.yaml",
                ),
            )


def _last_second(days: npt.NDArray[np.datetime64]) -> Moments:
    midnight = (days + np.timedelta64(1, "D")).astype("datetime64[s]")
    return (midnight - np.timedelta64(1, "s")).astype("datetime64[s]")


@dataclass(frozen=True, slots=True)
class LimitTable:
    """All time limits of a city, and what stops its clocks 时限表.

    Attributes:
        limits: every limit, at most one for each stage, type and urgency.
        pausing: steps that stop the clock, each with the step that starts it again.
        source: where the table as a whole comes from.
    """

    limits: tuple[TimeLimit, ...]
    pausing: tuple[tuple[StepKind, StepKind], ...]
    source: str

    def find(self, stage: Stage, type_: OrderType | None, urgency: Urgency) -> TimeLimit | None:
        """Return the limit that fits best: urgency before type, the named before the general."""
        fitting = [
            limit
            for limit in self.limits
            if limit.stage is stage and limit.type in {None, type_} and limit.urgency in {None, urgency}
        ]
        return max(fitting, key=lambda limit: (limit.urgency is not None, limit.type is not None), default=None)


def at_midnight(day: date) -> datetime:
    """Return the first moment of a day, without zone, as the columns hold it."""
    return datetime(day.year, day.month, day.day)
