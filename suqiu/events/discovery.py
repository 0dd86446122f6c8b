"""Many orders to events: the strongest burst first, its orders taken out, until none surprises."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from suqiu.domain.city import City
from suqiu.domain.event import EventStatus
from suqiu.domain.tables import EVENT_ORDERS, EVENTS
from suqiu.events.cells import SCOPES, Burst, Grid, grid, scan

#: A run grows while the days beside it hold far more than they should; more quiet days than these end it.
_QUIET_DAYS = 2
#: Days at the end of the data that say whether an event still goes on.
_RECENT_DAYS, _OVER_DAYS = 3, 7
#: What is left of a burst must be this share of an event found in the same place and time to be one of its own.
_OWN_SHARE = 0.5

#: Categories that gather what fits nowhere: many orders there are not about one thing.
_CATCH_ALL = frozenset({"其他", "其它", "其他类", "其它类", "其他事项", "不详", "未知", "未分类"})

Ints = npt.NDArray[np.int64]


@dataclass
class _Found:
    """An event on its way: its cell, days and orders."""

    burst: Burst
    first: int
    last: int
    members: Ints
    surprise: float


def discover(readings: Iterable[pa.RecordBatch], city: City) -> tuple[pa.Table, pa.Table]:
    """Find the events among orders.

    Args:
        readings: batches of READINGS, sorted by time.
        city: for names and the `events.*` weights. `events.max_chance` bounds the chance that even one
            event of the whole data is luck (Bonferroni over all runs looked at).

    Returns:
        EVENTS, most surprising first, and EVENT_ORDERS.
    """
    orders = grid(readings)
    if orders is None:
        return EVENTS.empty_table(), EVENT_ORDERS.empty_table()
    min_orders = int(city.weight("events.min_orders"))
    bursts, looked_at = scan(orders, min_orders, 2 * int(city.weight("events.window_days")))
    limit = np.log10(city.weight("events.max_chance")) - np.log10(max(looked_at, 1))
    names = {category.id: category.name for category in city.taxonomy.categories}
    standing = [
        burst
        for burst in bursts
        if burst.chance <= limit and names[_category_id(orders, burst)].strip() not in _CATCH_ALL
    ]
    found = _Search(orders, min_orders, float(limit), float(np.log10(max(looked_at, 1)))).run(standing)
    return _tables(orders, found, city)


class _Search:
    """Takes bursts in order of evidence, each with the orders that no stronger one has taken."""

    def __init__(self, orders: Grid, min_orders: int, limit: float, correction: float) -> None:
        self._orders = orders
        self._min_orders = min_orders
        self._limit = limit
        self._correction = correction
        self._free = np.ones(len(orders.day), np.bool_)
        self._categories = (orders.category, orders.category_above())
        self._regions = {depth: orders.region_at(depth) for _, depth in SCOPES}
        # Orders of one category stand together, so that a burst looks at its own kind only.
        self._sorted = [np.argsort(codes, kind="stable") for codes in self._categories]
        self._bounds = [
            np.searchsorted(codes[order], np.arange(len(orders.categories) + 1))
            for codes, order in zip(self._categories, self._sorted, strict=True)
        ]

    def run(self, bursts: list[Burst]) -> list[_Found]:
        """Return the events, strongest evidence first."""
        found: list[_Found] = []
        for burst in sorted(bursts, key=lambda b: (-b.evidence, b.level, -b.depth, b.category, b.region, b.first)):
            here = self._cell(burst)
            inside = (self._orders.day[here] >= burst.first) & (self._orders.day[here] <= burst.last)
            left = int((inside & self._free[here]).sum())
            if left < max(self._min_orders, burst.observed / 2, 2 * burst.expected):
                continue
            kin = [event for event in found if self._akin(burst, event)]
            if any(left - burst.expected < _OWN_SHARE * len(event.members) for event in kin):
                continue
            free = here[self._free[here]]
            first, last = self._grown(burst, free)
            days = self._orders.day[free]
            members = free[(days >= first) & (days <= last)]
            self._free[members] = False
            found.append(_Found(burst, first, last, members, -(burst.chance + self._correction)))
        return found

    def _cell(self, burst: Burst) -> Ints:
        """Return the places of a cell's orders."""
        bounds = self._bounds[burst.level]
        kind = self._sorted[burst.level][bounds[burst.category] : bounds[burst.category + 1]]
        within = self._regions[burst.depth][kind] == burst.region
        return np.asarray(kind[within], np.int64)

    def _grown(self, burst: Burst, free: Ints) -> tuple[int, int]:
        """Widen a run over the days beside it that, with their neighbours, still hold far too many."""
        counts = np.bincount(self._orders.day[free], minlength=self._orders.days)
        around = np.convolve(counts, np.ones(3), "same")
        due = 3 * burst.expected / (burst.last - burst.first + 1)
        high = np.flatnonzero((counts > 0) & (around > max(2 * due, due + 3 * np.sqrt(due), 1)))
        first, last = burst.first, burst.last
        for day in high[high < first][::-1]:
            if first - day > _QUIET_DAYS + 1:
                break
            first = int(day)
        for day in high[high > last]:
            if day - last > _QUIET_DAYS + 1:
                break
            last = int(day)
        inside = np.flatnonzero(counts[first : last + 1])
        return first + int(inside[0]), first + int(inside[-1])

    def _akin(self, burst: Burst, event: _Found) -> bool:
        """Say whether a burst is of the same matter, region line and days as an event."""
        if burst.first > event.last + _QUIET_DAYS or burst.last < event.first - _QUIET_DAYS:
            return False
        kinds = self._orders.categories
        one, other = kinds[burst.category], kinds[event.burst.category]
        wide = burst.level or event.burst.level
        if one.split(".")[:2] != other.split(".")[:2] or (one != other and not wide):
            return False
        depth = min(burst.depth, event.burst.depth)
        if depth == 0:
            return True
        place = self._orders.regions
        return place[burst.region].split(".")[:depth] == place[event.burst.region].split(".")[:depth]


def _tables(orders: Grid, found: list[_Found], city: City) -> tuple[pa.Table, pa.Table]:
    order = sorted(found, key=lambda event: (-event.surprise, _id(orders, event)))
    rows = [_row(orders, event, city) for event in order]
    named = sorted(((_id(orders, event), event.members) for event in found), key=lambda pair: pair[0])
    ids = [orders.order_ids.take(pa.array(members)).combine_chunks() for _, members in named]
    labels = np.repeat([name for name, _ in named], [len(members) for _, members in named])
    members = pa.Table.from_arrays(
        [pa.array(labels.tolist(), pa.string()), pa.chunked_array(ids, pa.string())], schema=EVENT_ORDERS
    )
    return pa.Table.from_pylist(rows, schema=EVENTS), members.sort_by(
        [("event_id", "ascending"), ("order_id", "ascending")]
    )


def _category_id(orders: Grid, burst: Burst) -> str:
    """Return the category of a burst's cell: its code stands for the first of its family."""
    category = orders.categories[burst.category]
    return ".".join(category.split(".")[: max(2, category.count("."))]) if burst.level else category


def _cell_ids(orders: Grid, event: _Found) -> tuple[str, str | None]:
    category = _category_id(orders, event.burst)
    if event.burst.depth == 0:
        return category, None
    return category, ".".join(orders.regions[event.burst.region].split(".")[: event.burst.depth])


def _id(orders: Grid, event: _Found) -> str:
    """Name an event after what makes it one: its category, region and first day."""
    category, region = _cell_ids(orders, event)
    first_day = orders.first_day + event.first
    return "E" + hashlib.sha256(f"{category}|{region or ''}|{first_day}".encode()).hexdigest()[:10]


def _row(orders: Grid, event: _Found, city: City) -> dict[str, object]:
    category, region = _cell_ids(orders, event)
    seconds, days = orders.second[event.members], orders.day[event.members]
    counts = np.bincount(days - event.first)
    callers = orders.caller[event.members]
    known = callers[callers >= 0]
    length = event.burst.last - event.burst.first + 1
    scope = next(level for level, depth in SCOPES if depth == event.burst.depth)
    kind = city.taxonomy.by_id[category].name
    place = city.region_by_id[region].name if region is not None else city.name
    return {
        "event_id": _id(orders, event),
        "name": f"{place}·{kind}",
        "category": category,
        "region": region,
        "scope": scope.value if scope else None,
        "first_at": seconds.min().astype("datetime64[s]"),
        "last_at": seconds.max().astype("datetime64[s]"),
        "peak_on": (orders.first_day + event.first + int(counts.argmax())).astype(object),
        "orders": len(event.members),
        "callers": len(np.unique(known)) if len(known) == len(callers) else None,
        "expected": round(event.burst.expected / length * (event.last - event.first + 1), 3),
        "surprise": round(event.surprise, 3),
        "status": _status(orders, event, counts, city.weight("events.steady_share")).value,
    }


def _status(orders: Grid, event: _Found, counts: Ints, steady_share: float) -> EventStatus:
    """Compare the last days of the data with the event's peak."""
    end = orders.days - 1
    if end - event.last > _OVER_DAYS:
        return EventStatus.OVER
    recent = counts[max(0, end - _RECENT_DAYS + 1 - event.first) :].sum() / _RECENT_DAYS
    if recent < steady_share * counts.max():
        return EventStatus.FADING
    return EventStatus.RISING if event.first + counts.argmax() > end - _RECENT_DAYS else EventStatus.STEADY
