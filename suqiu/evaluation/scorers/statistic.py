"""A statistic of weighted samples: one definition gives the figure, its resamples and its permutations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
"""One number a sample or a round; NaN where a round leaves it undefined, and nowhere else."""
Flags = npt.NDArray[np.bool_]
"""One truth value a sample."""
Codes = npt.NDArray[np.int64]
"""One number of a label a sample; -1 where there is none."""

Statistic = Callable[[Values], Values]
"""From weights, one row a round and one column a sample, to one value a round.

A weight says how often a sample counts in the round: all ones give the figure itself, counts of a draw with
replacement a bootstrap round, ones and noughts a part.
"""


def value_of(statistic: Statistic, samples: int) -> float | None:
    """Return the statistic of all samples; None where it is undefined, without samples above all."""
    if samples == 0:
        return None
    value = float(statistic(np.ones((1, samples)))[0])
    return value if np.isfinite(value) else None


def mean(values: Values | Flags) -> Statistic:
    """Return the mean of per-sample values as a statistic; undefined where nothing has weight."""
    column = np.asarray(values, dtype=np.float64)

    def statistic(weights: Values) -> Values:
        return ratio(weights @ column, weights.sum(axis=1))

    return statistic


def among(part: Flags, statistic: Statistic) -> Statistic:
    """Return a statistic of some of the samples as one of all: the weights of the others are dropped."""

    def of_part(weights: Values) -> Values:
        return statistic(weights[:, part])

    return of_part


def ratio(above: Values, below: Values) -> Values:
    """Divide; NaN where there is nothing to divide by."""
    empty = np.full(np.broadcast(above, below).shape, np.nan)
    return np.asarray(np.divide(above, below, out=empty, where=below != 0))
