"""Intervals of statistics of counted cells, of means, and of differences of two shares.

Rows that are alike in all that a statistic looks at are one cell with a count: drawing rows with replacement is then
drawing the counts, exactly, whatever the number of rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import ibis
import numpy as np
import pyarrow as pa
from scipy.stats import t as student

from suqiu.domain.evidence import Interval
from suqiu.evaluation.intervals import ROUNDS, wilson
from suqiu.evaluation.scorers.statistic import Codes, Statistic, Values
from suqiu.evaluation.seeds import seed_of

_LEVEL = 0.95
#: Numbers a block of rounds holds at most.
_BLOCK = 1_000_000


def cells_of(table: ibis.Table, *columns: str) -> pa.Table:
    """Count the rows that are alike in some columns: those columns, then `cell_rows`, in the columns' order."""
    counted = table.group_by(list(columns)).agg(cell_rows=table.count())
    return counted.order_by(list(columns)).to_pyarrow()


def counts_of(cells: pa.Table) -> Codes:
    """Return how many rows each cell has."""
    return np.asarray(cells["cell_rows"].to_numpy(), dtype=np.int64)


def value_of(statistic: Statistic, counts: Codes) -> float | None:
    """Return the statistic of all rows; None where it is undefined."""
    if not counts.sum():
        return None
    value = float(statistic(counts.astype(np.float64)[None, :])[0])
    return value if math.isfinite(value) else None


def bootstrap(statistic: Statistic, cells: pa.Table, within: Codes | None = None) -> Interval | None:
    """Return the percentile interval of a statistic of cells, seeded by the cells themselves.

    Args:
        statistic: from weights, one row a round and one column a cell.
        cells: as `cells_of` makes them.
        within: number of each cell's stratum; strata keep their sizes in every draw. None draws from all.

    Returns:
        None where too many rounds leave the statistic undefined.
    """
    counts = counts_of(cells)
    seed = seed_of(*(cells[name] for name in cells.column_names))
    strata = np.zeros(len(counts), np.int64) if within is None else within
    values = np.concatenate([statistic(weights) for weights in _drawn(counts, strata, seed)])
    known = values[np.isfinite(values)]
    if len(values) - len(known) > (1 - _LEVEL) * len(values):
        return None
    lower, upper = np.quantile(known, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Interval(float(lower), float(upper), _LEVEL, "bootstrap")


def student_interval(mean: float, deviation: float, rows: int) -> Interval | None:
    """Return Student's interval of a mean; None for a single row.

    Args:
        mean: of the rows.
        deviation: their standard deviation, with rows less one below.
        rows: how many.
    """
    if rows < 2:
        return None
    half = float(student.ppf((1 + _LEVEL) / 2, rows - 1)) * deviation / math.sqrt(rows)
    return Interval(mean - half, mean + half, _LEVEL, "student")


def difference(one: tuple[int, int], other: tuple[int, int]) -> Interval | None:
    """Return the interval of the first share less the second, each successes and trials; None without trials.

    Source: R. G. Newcombe, Interval estimation for the difference between independent proportions: comparison of
    eleven methods, Statistics in Medicine 17 (1998), method 10.
    """
    first, second = wilson(*one), wilson(*other)
    if first is None or second is None:
        return None
    p, q = one[0] / one[1], other[0] / other[1]
    below = math.hypot(p - first.lower, second.upper - q)
    above = math.hypot(first.upper - p, q - second.lower)
    return Interval(p - q - below, p - q + above, _LEVEL, "newcombe")


def scaled(interval: Interval | None, change: Callable[[float], float]) -> Interval | None:
    """Return an interval on another scale; a scale that runs the other way turns its ends."""
    if interval is None:
        return None
    lower, upper = sorted((change(interval.lower), change(interval.upper)))
    return Interval(lower, upper, interval.level, interval.method)


def _drawn(counts: Codes, strata: Codes, seed: int) -> Iterator[Values]:
    draw = np.random.default_rng(seed)
    parts: Sequence[Codes] = [np.flatnonzero(strata == one) for one in np.unique(strata)]
    size = max(1, _BLOCK // max(1, len(counts)))
    for start in range(0, ROUNDS, size):
        rounds = min(size, ROUNDS - start)
        weights = np.empty((rounds, len(counts)))
        for part in parts:
            total = int(counts[part].sum())
            weights[:, part] = draw.multinomial(total, counts[part] / total, size=rounds)
        yield weights
