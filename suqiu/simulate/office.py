"""When offices are open, and when orders are due."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from suqiu.domain.city import City
from suqiu.domain.clock import Calendar, LimitUnit, Stage
from suqiu.domain.order import OrderType, Urgency
from suqiu.simulate.chance import Chance

DAY = 86_400
_OPENS, _CLOSES = 8 * 3600 + 1800, 17 * 3600 + 1800
#: Days after the period for which opening hours are laid out; what comes later is cut off anyway.
_AHEAD = 120


class Office:
    """Opening hours: moments outside them move to the next opening."""

    def __init__(self, calendar: Calendar, first: date, last: date, chance: Chance) -> None:
        self._base = int(np.datetime64(first, "s").astype(np.int64))
        days = (last - first).days + 1 + _AHEAD
        open_days = [calendar.is_workday(first + timedelta(days=n)) for n in range(days)]
        self._next = list(range(days + 1))
        for n in reversed(range(days)):
            self._next[n] = n if open_days[n] else self._next[n + 1]
        self._chance = chance

    def next(self, at: int) -> int:
        """Return this moment, or one soon after the next opening; seconds since 1970."""
        day, second = divmod(at - self._base, DAY)
        if day >= len(self._next) - 1:
            return at
        if self._next[day] == day and second < _CLOSES:
            if second >= _OPENS:
                return at
        else:
            day = self._next[day + 1]
        return self._base + day * DAY + _OPENS + int(self._chance.roll() * 2400)


def close_due(
    city: City, types: list[OrderType], urgencies: list[Urgency], starts: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return when each order must be closed, or answered where the city limits only that.

    Args:
        city: with its limits and calendar.
        types, urgencies: of each order.
        starts: first dispatch of each, seconds since 1970.

    Raises:
        InvalidInput: the calendar does not cover the period.
    """
    dues = np.zeros(len(starts), dtype=np.int64)
    pairs = sorted(set(zip(types, urgencies, strict=True)))
    for type_, urgency in pairs:
        here = np.array([t is type_ and u is urgency for t, u in zip(types, urgencies, strict=True)])
        limit = city.limits.find(Stage.CLOSE, type_, urgency) or city.limits.find(Stage.REPLY, type_, urgency)
        amount, unit = (limit.amount, limit.unit) if limit else (7, LimitUnit.DAYS)  # a city without limits: a week
        dues[here] = city.calendar.due(starts[here].astype("datetime64[s]"), amount, unit).astype(np.int64)
    return dues
