"""Orders as counts: a grid of what × where × day, and how surprising each run of days in it is.

A cell is one category (or the one above it) in one region (community, street, district or the whole
city). Its expected count is what the rest of the city, or for city-wide cells the rest of the orders,
makes of the same days: so weekdays, holidays, seasons and growth that all share surprise nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy import special

from suqiu.domain.city import RegionLevel

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: Scopes from narrow to wide, with the depth of their region ids; 0 is the whole city.
SCOPES: tuple[tuple[RegionLevel | None, int], ...] = (
    (RegionLevel.COMMUNITY, 3),
    (RegionLevel.STREET, 2),
    (RegionLevel.DISTRICT, 1),
    (None, 0),
)
#: Lengths of the runs looked at, in days.
WINDOWS = (1, 3, 7, 14, 28)
#: Days on either side of a run that say what the cell was like just before and after.
_FLANK = 28
#: Orders a cell's neighbourhood must expect before its spread is believed, and bounds of that spread.
_ENOUGH, _SPREAD_BOUNDS = 5.0, (0.01, 0.5)
#: Spread where the data is too short or thin to tell it: wide, so that a few odd days raise no alarm.
_UNTOLD_SPREAD = 0.2
#: log10 chance above which no correction can leave a run standing: spares the list of hopeless runs.
_HOPELESS = -3
#: Cells × days held at a time: bounds the memory of a scan to some tens of MB an array.
_GRID_AT_ONCE = 2_000_000


@dataclass
class Grid:
    """All orders that have a category, as codes, sorted as they came.

    Attributes:
        categories, regions: sorted ids; the codes point into them.
        category, region: codes of each order's deepest category and region; -1 for no region.
        second: when each was accepted, seconds since 1970.
        day: days since the first day of the data.
        caller: code of the caller, -1 where unknown.
        order_ids: their numbers.
        first_day, days: first day (datetime64[D]) and number of days of the data.
    """

    categories: list[str]
    regions: list[str]
    category: Ints
    region: Ints
    second: Ints
    day: Ints
    caller: Ints
    order_ids: pa.ChunkedArray
    first_day: np.datetime64
    days: int

    def ancestors(self, ids: list[str], depth: int) -> Ints:
        """Return for each id the number of its ancestor of this depth in the sorted ids, -1 if shallower.

        Ids sort before all their children, so the first of a family stands for it.
        """
        heads = [".".join(i.split(".")[:depth]) if i.count(".") + 1 >= depth else "" for i in ids]
        numbers: dict[str, int] = {}
        return np.array([numbers.setdefault(head, n) if head else -1 for n, head in enumerate(heads)], np.int64)

    def region_at(self, depth: int) -> Ints:
        """Return each order's region code at a depth: 0 for the whole city, -1 where unknown."""
        if depth == 0:
            return np.zeros(len(self.day), np.int64)
        lookup = np.append(self.ancestors(self.regions, depth), -1)
        return np.asarray(lookup[self.region], np.int64)

    def category_above(self) -> Ints:
        """Return each order's category code one level above the deepest, at least the second level."""
        depth = [max(2, i.count(".")) for i in self.categories]
        numbers: dict[str, int] = {}
        heads = [".".join(i.split(".")[:d]) for i, d in zip(self.categories, depth, strict=True)]
        lookup = np.array([numbers.setdefault(head, n) for n, head in enumerate(heads)], np.int64)
        return np.asarray(lookup[self.category], np.int64)


@dataclass(frozen=True, slots=True)
class Burst:
    """A run of days in one cell with more orders than it should have.

    Attributes:
        level: 0 for the deepest category, 1 for the one above it.
        depth: depth of the region, 0 for the whole city.
        category, region: codes of the cell at that level and depth.
        first, last: first and last day of the run, inclusive.
        observed: orders in it.
        expected: orders that ordinary times would have brought.
        chance: log10 of the probability of so many by luck, not yet corrected.
    """

    level: int
    depth: int
    category: int
    region: int
    first: int
    last: int
    observed: int
    expected: float
    chance: float

    @property
    def evidence(self) -> float:
        """Log likelihood ratio of observed against expected, for ranking."""
        return float(self.observed * np.log(self.observed / self.expected) - (self.observed - self.expected))


def grid(batches: Iterable[pa.RecordBatch]) -> Grid | None:
    """Gather READINGS into a grid, None when no order has a category."""
    parts: dict[str, list[pa.Array]] = {"category": [], "region": [], "at": [], "caller": [], "id": []}
    for batch in batches:
        known = batch.filter(pc.is_valid(batch["category"]))
        parts["category"].append(known["category"])
        parts["region"].append(pc.coalesce(known["community"], known["street"], known["district"]))
        parts["at"].append(known["accepted_at"])
        parts["caller"].append(known["caller_id"])
        parts["id"].append(known["order_id"])
    columns = {name: pa.chunked_array(chunks) for name, chunks in parts.items() if chunks}
    if not columns or not len(columns["id"]):
        return None
    categories, category = _codes(columns["category"])
    regions, region = _codes(columns["region"])
    _, caller = _codes(columns["caller"])
    second = columns["at"].to_numpy().astype("datetime64[s]").astype(np.int64)
    day = second // 86_400
    first = int(day.min())
    first_day = np.datetime64(first, "D")
    return Grid(
        categories,
        regions,
        category,
        region,
        second,
        day - first,
        caller,
        columns["id"],
        first_day,
        int(day.max()) - first + 1,
    )


def _codes(column: pa.ChunkedArray) -> tuple[list[str], Ints]:
    """Return the sorted distinct values and each row's place among them, -1 for null."""
    encoded = column.combine_chunks().dictionary_encode()
    values = encoded.dictionary.to_pylist()
    order = sorted(range(len(values)), key=lambda n: values[n])
    rank = np.empty(len(values) + 1, np.int64)
    rank[order], rank[-1] = np.arange(len(values)), -1
    places = encoded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
    return [values[n] for n in order], np.asarray(rank[places], np.int64)


def scan(orders: Grid, min_orders: int, longest: int) -> tuple[list[Burst], int]:
    """Look at every run of days in every cell.

    Args:
        orders: the grid.
        min_orders: runs with fewer orders are not looked at.
        longest: the longest run, in days.

    Returns:
        The runs that stand out, at most one for each stretch of days of a cell, and how many runs were
        looked at in all, for the correction of their chances.
    """
    bursts: list[Burst] = []
    looked_at = 0
    windows = [days for days in WINDOWS if days <= min(longest, orders.days)]
    for level, category in enumerate((orders.category, orders.category_above())):
        totals = _by_day(category, orders.day, len(orders.categories), orders.days)
        for _, depth in SCOPES:
            region = orders.region_at(depth)
            for cells in _cells(orders, category, region, totals, depth, min_orders):
                looked_at += len(cells.category) * orders.days * len(windows)
                bursts.extend(cells.bursts(level, depth, min_orders, windows))
    return bursts, looked_at


def _by_day(code: Ints, day: Ints, codes: int, days: int) -> Ints:
    return np.bincount(code * days + day, minlength=codes * days).reshape(codes, days)


@dataclass
class _Cells:
    """Cells of one level and scope: their own counts by day, and those they are held against."""

    category: Ints
    region: Ints
    own: Ints  # (cells, days)
    other: Ints  # (cells, days): same category elsewhere, or for city-wide cells all other orders
    share: Floats  # what part of own + other the cell would be if it were like all others

    def bursts(self, level: int, depth: int, min_orders: int, windows: list[int]) -> Iterator[Burst]:
        """Yield the runs that stand out, in each cell the strongest first, none overlapping."""
        own, other = _running(self.own), _running(self.other)
        best: dict[int, list[Burst]] = {}
        for days in windows:
            observed, volume, expected = self._held_against(own, other, days)
            spread = _spread(observed, expected, days)
            rows, starts = np.nonzero((observed >= min_orders) & (observed > 2 * expected))
            if not len(rows):
                continue
            seen, due = observed[rows, starts], expected[rows, starts]
            around = volume[rows, starts]
            by_time = _gathered(seen, own[rows, -1], self._part(around, other[rows, -1], days))
            by_place = self._out_of_place(seen, rows, around, other[rows, -1] >= own[rows, -1], 1 / spread)
            luck = np.maximum(_tail(seen, due, around, 1 / spread), np.minimum(by_time, by_place))
            chance = np.log10(np.maximum(luck, 1e-300))
            for place in np.flatnonzero(chance < _HOPELESS):
                cell = int(self.category[rows[place]]), int(self.region[rows[place]])
                first, count = int(starts[place]), int(seen[place])
                run = Burst(
                    level, depth, *cell, first, first + days - 1, count, float(due[place]), float(chance[place])
                )
                best.setdefault(int(rows[place]), []).append(run)
        for runs in best.values():
            yield from _apart(runs)

    def _part(self, volume: Ints, total: Ints, days: int) -> Floats:
        """Return what part of a cell's orders a run would hold if they came like the others, or day by day alike.

        The larger counts: a category known in one place only has no others, and still has its days.
        """
        return np.asarray(np.maximum((volume + 0.5) / (total + 1), days / self.own.shape[1]), np.float64)

    def _out_of_place(self, seen: Ints, rows: Ints, volume: Ints, known: npt.NDArray[np.bool_], size: float) -> Floats:
        """Return the chance of so many orders in a cell that has its usual share of the category; 1 where unknown.

        A category of which a cell holds most has no usual share: it may simply belong there.
        """
        due = (volume + 0.5) * self.share[rows] / (1 - self.share[rows])
        return np.where(known, _tail(seen, due, volume, size), 1.0)

    def _held_against(self, own: Ints, other: Ints, days: int) -> tuple[Ints, Ints, Floats]:
        """Return own, other and expected counts of every run of this many days, (cells, starts)."""
        last = own.shape[1] - days
        starts = np.arange(last)
        observed, volume = own[:, days:] - own[:, :-days], other[:, days:] - other[:, :-days]
        # One order's worth of prior belief that the cell is like all others keeps empty cells honest.
        prior = (1 - self.share) / self.share
        outside = (own[:, -1:] - observed + 1) / (other[:, -1:] - volume + prior[:, None])
        low, high = np.maximum(starts - _FLANK, 0), np.minimum(starts + days + _FLANK, own.shape[1] - 1)
        near_own = own[:, high] - own[:, low] - observed
        near_other = other[:, high] - other[:, low] - volume
        beside = (near_own + 1) / (near_other + prior[:, None])
        return observed, volume, np.asarray((volume + 0.5) * np.maximum(outside, beside), np.float64)


def _tail(seen: Ints, due: Floats, volume: Ints, size: float) -> Floats:
    """Return the chance of so many orders or more.

    Two ways of luck, and the larger chance counts: the cell's own count varies more than Poisson
    (negative binomial with mean `due` and variance due + due² / size); or what it is held against was
    low by luck (given both counts, each order falls into the cell with the same probability: binomial).
    """
    own_luck = special.betainc(seen, size, due / (due + size))
    rate = due / (volume + 0.5)
    other_luck = special.betainc(seen, volume + 1, rate / (1 + rate))
    return np.asarray(np.maximum(own_luck, other_luck), np.float64)


def _gathered(seen: Ints, total: Ints, part: Floats) -> Floats:
    """Return the chance that so many of a cell's orders or more fall into one run.

    Each falls there with the same probability: binomial. What a run is held against is itself made of the few orders
    outside it, and low where many happen to be inside; here all orders of the cell are given, so that a thin cell's
    scatter, and a steady cell with nothing to hold it against, surprise nobody.
    """
    return np.asarray(special.betainc(seen, total - seen + 1, np.minimum(part, 1.0)), np.float64)


def _apart(runs: list[Burst]) -> Iterator[Burst]:
    """Yield the strongest runs of one cell that do not overlap."""
    taken: list[Burst] = []
    for run in sorted(runs, key=lambda run: (-run.evidence, run.first)):
        if all(run.last < other.first or run.first > other.last for other in taken):
            taken.append(run)
            yield run


def _running(counts: Ints) -> Ints:
    return np.concatenate([np.zeros((len(counts), 1), np.int64), np.cumsum(counts, axis=1)], axis=1)


def _spread(observed: Ints, expected: Floats, days: int) -> float:
    """Estimate how much more than Poisson the runs vary, from the middle of those that expect enough."""
    apart = expected[:, ::days] >= _ENOUGH
    if apart.sum() < 20:
        return _UNTOLD_SPREAD
    seen, due = observed[:, ::days][apart], expected[:, ::days][apart]
    excess = ((seen - due) ** 2 - due) / due**2
    middle = np.sort(excess)[: int(len(excess) * 0.95)]
    return float(np.clip(middle.mean(), *_SPREAD_BOUNDS))


def _cells(orders: Grid, category: Ints, region: Ints, totals: Ints, depth: int, min_orders: int) -> Iterator[_Cells]:
    """Yield the cells with enough orders to matter, a bounded number at a time."""
    known = region >= 0
    width = len(orders.regions) + 1
    keys, where, counts = np.unique(category[known] * width + region[known], return_inverse=True, return_counts=True)
    keep = np.flatnonzero(counts >= min_orders)
    if not len(keep):
        return
    slot = np.full(len(keys), -1, np.int64)
    slot[keep] = np.arange(len(keep))
    place, day = slot[where], orders.day[known]
    by_region = np.bincount(region[known], minlength=width) / known.sum()
    by_category = totals.sum(axis=1) / totals.sum()
    city = totals.sum(axis=0)
    step = max(1, _GRID_AT_ONCE // orders.days)
    for begin in range(0, len(keep), step):
        chosen = (place >= begin) & (place < begin + step)
        size = min(step, len(keep) - begin)
        own = _by_day(place[chosen] - begin, day[chosen], size, orders.days)
        kinds, places = np.divmod(keys[keep[begin : begin + size]], width)
        whole = np.broadcast_to(city, own.shape) if depth == 0 else totals[kinds]
        share = by_category[kinds] if depth == 0 else by_region[places]
        yield _Cells(kinds, places, own, whole - own, np.clip(share, 1e-6, 0.99))
