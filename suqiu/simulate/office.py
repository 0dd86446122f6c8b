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
#: Nobody is telephoned at night for a matter that can wait.
_WAKES, _RESTS = 8 * 3600, 20 * 3600 + 1800
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

    def waking(self, at: int, earliest: int) -> int:
        """Return this moment, or in the night one of the evening before; the next morning if that is too early."""
        day, second = divmod(at, DAY)
        if _WAKES <= second < _RESTS:
            return at
        evening = (day if second >= _RESTS else day - 1) * DAY + _RESTS - int(self._chance.roll() * 3600)
        return evening if evening >= earliest else evening + DAY + _WAKES - _RESTS + 3600


#: What stands in for a stage that a city does not limit: another stage's limit, or an amount of its own.
_INSTEAD: dict[Stage, tuple[tuple[Stage, ...], tuple[int, LimitUnit]]] = {
    Stage.SIGN: ((), (1, LimitUnit.WORKDAYS)),
    Stage.CONTACT: ((), (24, LimitUnit.HOURS)),
    Stage.REPLY: ((Stage.CLOSE,), (7, LimitUnit.DAYS)),
    Stage.CLOSE: ((Stage.REPLY,), (7, LimitUnit.DAYS)),
}


def dues(
    city: City, types: list[OrderType], urgencies: list[Urgency], starts: npt.NDArray[np.int64]
) -> dict[Stage, npt.NDArray[np.int64]]:
    """Return when each order must be signed for, its caller contacted, the answer given, and the order closed.

    Args:
        city: with its limits and calendar; what it does not limit gets a usual limit.
        types, urgencies: of each order.
        starts: first dispatch of each, seconds since 1970.

    Raises:
        InvalidInput: the calendar does not cover the period.
    """
    found = {stage: np.zeros(len(starts), dtype=np.int64) for stage in _INSTEAD}
    pairs = list(zip(types, urgencies, strict=True))
    for type_, urgency in sorted(set(pairs)):
        here = np.array([pair == (type_, urgency) for pair in pairs])
        moments = starts[here].astype("datetime64[s]")
        for stage, (others, usual) in _INSTEAD.items():
            stated = (city.limits.find(one, type_, urgency) for one in (stage, *others))
            limit = next((one for one in stated if one), None)
            amount, unit = (limit.amount, limit.unit) if limit else usual
            found[stage][here] = city.calendar.due(moments, amount, unit).astype(np.int64)
    return found
