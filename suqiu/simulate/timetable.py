"""How many orders come on which day, at what time, and which of them belong to planted events."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from suqiu.domain.city import City
from suqiu.domain.clock import Calendar
from suqiu.simulate.scenario import Growth, PlannedEvent, Scenario, Volume

Counts = npt.NDArray[np.int64]
"""Whole numbers, one for each of something."""

#: A city's events are not twenty times larger in twenty times the data: sizes grow with this power.
_SIZE_POWER = 0.6
#: Orders of the run for which the scenario states its events' sizes.
_STATED_FOR = 50_000
#: Runs from which main events, and all events, have at least `_FINDABLE` orders.
_MAIN_FROM, _ALL_FROM = 3_000, 20_000
_FINDABLE = 20
#: In tiny runs an event smaller than this is left out: it would be no event.
_LEAST = 5
#: Streams of random numbers beside those of the chunks.
_PLAN, _DAY = 1, 2


@dataclass(frozen=True, slots=True)
class Slots:
    """A run of orders to be made, in time order; arrays of equal length.

    Attributes:
        day: days since the first day.
        number: place of the order in its day, 1 for the first.
        at: seconds of the city's wall clock since 1970.
        event: position of the planted event in the scenario, -1 for none.
    """

    day: Counts
    number: Counts
    at: Counts
    event: Counts


@dataclass(frozen=True, slots=True)
class Timetable:
    """The plan of the whole period.

    Attributes:
        first_day: of the period.
        counts: orders of each day, planted events included.
        events: orders of each event on each day.
        storm: position of the storm that rages on each day, -1 for none.
        hours: share of a day's orders before each full hour, 25 values.
        first_hours: for each event the hour of its first day before which nobody knows of it.
        seed: of the run.
    """

    first_day: date
    counts: Counts
    events: Counts
    storm: Counts
    hours: npt.NDArray[np.float64]
    first_hours: Counts
    seed: int

    @property
    def last_day(self) -> date:
        """Return the last day of the period."""
        return self.first_day + timedelta(days=len(self.counts) - 1)

    def slots(self, first: int, last: int, rng: np.random.Generator) -> Slots:
        """Return the orders with positions first to last (exclusive) of the whole run."""
        ends = np.cumsum(self.counts)
        position = np.arange(first, last)
        day = np.searchsorted(ends, position, side="right")
        number = position - (ends[day] - self.counts[day])
        # Stratified: each order has its own even share of the day, so any part of a day can be made alone, in order.
        through = (number + rng.random(len(position))) / self.counts[day]
        seconds = np.interp(through, self.hours, np.arange(25) * 3600.0).astype(np.int64)
        midnight = (np.datetime64(self.first_day, "D") + day).astype("datetime64[s]").astype(np.int64)
        event = np.full(len(position), -1, dtype=np.int64)
        for today in np.unique(day):
            here = day == today
            event[here] = self._events_of(int(today))[number[here]]
        return Slots(day, number + 1, midnight + np.minimum(seconds, 86_399), event)

    def _events_of(self, day: int) -> Counts:
        """Say of each order of a day to which event it belongs, the same whoever asks."""
        total = int(self.counts[day])
        labels = np.full(total, -1, dtype=np.int64)
        rng = np.random.default_rng([self.seed, _DAY, day])
        for event in np.flatnonzero(self.events[:, day]):
            wanted = int(self.events[event, day])
            free = np.flatnonzero(labels < 0)
            if not self.events[event, :day].any():
                late = free[(free + 0.5) / total >= self.hours[self.first_hours[event]]]
                free = late if len(late) >= wanted else free[-wanted:]
            labels[rng.choice(free, wanted, replace=False)] = event
        return labels


def plan(scenario: Scenario, city: City, *, orders: int, months: int, seed: int, first_day: date) -> Timetable:
    """Spread a number of orders over the period.

    Background orders follow weekday, holiday, growth, storms and chance; events follow their curves.
    """
    days = (_months_later(first_day, months) - first_day).days
    rng = np.random.default_rng([seed, _PLAN])
    storm = np.full(days, -1, dtype=np.int64)
    weights = _ordinary(scenario.volume, city.calendar, first_day, days)
    weights *= np.exp(rng.normal(0.0, scenario.volume.noise, days))
    for position, one in enumerate(scenario.storms):
        begin = min(int(one.start * days), days - 1)
        storm[begin : begin + one.days] = position
        weights[begin : begin + one.days] *= one.volume
    events = np.zeros((len(scenario.events), days), dtype=np.int64)
    for position, event in enumerate(scenario.events):
        curve = _curve(event.growth, event.start, days)
        events[position] = rng.multinomial(_size(event, orders), curve / curve.sum())
    background = rng.multinomial(orders - int(events.sum()), weights / weights.sum())
    hours = np.concatenate([[0.0], np.cumsum(scenario.volume.hours)])
    return Timetable(
        first_day,
        background.astype(np.int64) + events.sum(axis=0),
        events,
        storm,
        hours / hours[-1],
        np.array([event.hour for event in scenario.events], dtype=np.int64),
        seed,
    )


def _ordinary(volume: Volume, calendar: Calendar, first_day: date, days: int) -> npt.NDArray[np.float64]:
    """Weigh each day by its weekday, by whether it is worked, and by the general growth."""
    weights = np.empty(days)
    for n in range(days):
        day = first_day + timedelta(days=n)
        if day in calendar.holidays:
            weights[n] = volume.holiday
        elif day.weekday() >= 5 and calendar.is_workday(day):
            weights[n] = volume.weekdays[0]  # a make-up day is a working day like Monday
        else:
            weights[n] = volume.weekdays[day.weekday()]
    growth: npt.NDArray[np.float64] = weights * (1 + volume.growth * np.arange(days) / max(1, days - 1))
    return growth


def _size(event: PlannedEvent, orders: int) -> int:
    """Scale an event's stated size to the run; 0 leaves it out."""
    size = round(float(event.orders) * math.pow(orders / _STATED_FOR, _SIZE_POWER))
    if orders >= _ALL_FROM or (event.main and orders >= _MAIN_FROM):
        return max(size, _FINDABLE)
    return size if size >= _LEAST else 0


def _curve(growth: Growth, start: float, days: int) -> npt.NDArray[np.float64]:
    """Weigh the days of the period by an event's curve; the event is moved forward until it fits."""
    length = min(growth.days, days)
    begin = min(int(start * days), days - length)
    age = np.arange(length, dtype=np.float64)
    if growth.shape == "burst":
        shape = 0.5 ** (age / growth.half_life)
    elif growth.shape == "rise":
        shape = 2.0 ** (age / growth.half_life)
    elif growth.shape == "wave":
        shape = np.exp(-0.5 * ((age - (length - 1) / 2) / (length / 5)) ** 2)
    else:
        shape = np.ones(length)
    weights = np.zeros(days)
    weights[begin : begin + length] = shape
    return weights


def _months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or the first day after that month where it has none."""
    years, month = divmod(day.month - 1 + months, 12)
    try:
        return date(day.year + years, month + 1, day.day)
    except ValueError:
        years, month = divmod(day.month + months, 12)
        return date(day.year + years, month + 1, 1)
