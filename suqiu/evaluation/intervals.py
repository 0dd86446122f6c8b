"""Confidence intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from suqiu.domain.evidence import Interval
from suqiu.evaluation.resampling import drawn
from suqiu.evaluation.scorers.statistic import Codes, Statistic, Values

#: The two-sided 95 % point of the normal distribution.
_Z95 = 1.959963984540054
#: Draws of a bootstrap: the ends then move by less than a tenth of the interval from seed to seed.
ROUNDS = 1000


def wilson(successes: int, trials: int) -> Interval | None:
    """Return the 95 % Wilson score interval of a share, None without trials.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
    JASA 22 (1927).

    Raises:
        ValueError: successes are negative or more than trials.
    """
    if trials == 0:
        return None
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials")
    share, z2 = successes / trials, _Z95 * _Z95
    centre = share + z2 / (2 * trials)
    spread = _Z95 * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    scale = 1 + z2 / trials
    # At the ends the formula is exact only without rounding.
    lower = 0.0 if successes == 0 else max(0.0, (centre - spread) / scale)
    upper = 1.0 if successes == trials else min(1.0, (centre + spread) / scale)
    return Interval(lower, upper, 0.95, "wilson")


def bootstrap(
    statistics: Mapping[str, Statistic],
    samples: int,
    seed: int,
    *,
    groups: Codes | None = None,
    rounds: int = ROUNDS,
    level: float = 0.95,
) -> dict[str, Interval | None]:
    """Return percentile intervals of statistics, all from the same draws.

    Source: B. Efron and R. Tibshirani, An introduction to the bootstrap, 1993, chapter 13; whole groups after
    C. Field and A. Welsh, Bootstrapping clustered data, JRSS B 69 (2007).

    Args:
        statistics: by name; each gives one value a round from the samples' weights.
        samples: how many there are.
        seed: made from the data, see `seeds.seed_of`.
        groups: see `resampling.drawn`; samples of a group are not independent.
        rounds: draws.
        level: share of such intervals that should hold the truth.

    Returns:
        For each statistic its interval; None without samples, or where more rounds than lie outside
        the interval leave it undefined, so that its ends cannot be told.
    """
    if samples == 0:
        return dict.fromkeys(statistics)
    values: dict[str, list[Values]] = {name: [] for name in statistics}
    for weights in drawn(samples, rounds, seed, groups):
        for name, statistic in statistics.items():
            values[name].append(statistic(weights))
    method = "bootstrap" if groups is None else "cluster bootstrap"
    return {name: _percentiles(np.concatenate(blocks), level, method) for name, blocks in values.items()}


def _percentiles(values: Values, level: float, method: str) -> Interval | None:
    known = values[np.isfinite(values)]
    if len(values) - len(known) > (1 - level) * len(values):
        return None
    lower, upper = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(lower), float(upper), level, method)
