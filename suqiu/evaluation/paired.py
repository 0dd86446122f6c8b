"""Whether one model is better than another on the same samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from suqiu.domain.evidence import Interval
from suqiu.evaluation.intervals import ROUNDS, bootstrap
from suqiu.evaluation.resampling import flipped
from suqiu.evaluation.scorers.statistic import Codes, Flags, Statistic, Values, value_of

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class McNemar:
    """Samples on which two models differ in being right 麦克尼马尔检验.

    Attributes:
        only_first, only_second: samples that only this one has right.
        p: chance of a split at least as uneven if both were equally good; 1 where they never differ.
    """

    only_first: int
    only_second: int
    p: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure of two models on the same samples 成对差异.

    Attributes:
        first, second: the measure of each; None where it is undefined.
        difference: second less first; None where either is undefined.
        interval: of the difference, from a paired bootstrap.
        p: two-sided, from random exchanges of the two models' answers; None where undefined.
    """

    first: float | None
    second: float | None
    difference: float | None
    interval: Interval | None
    p: float | None


def mcnemar(first: Flags, second: Flags) -> McNemar:
    """Test with the exact binomial whether two models are right equally often.

    Source: Q. McNemar, Note on the sampling error of the difference between correlated proportions or
    percentages, Psychometrika 12 (1947), in its exact form. It knows no groups: use `differences` for those.

    Args:
        first, second: whether each model is right, sample by sample.
    """
    ahead, behind = int((first & ~second).sum()), int((second & ~first).sum())
    p = float(binomtest(ahead, ahead + behind).pvalue) if ahead + behind else 1.0
    return McNemar(ahead, behind, p)


def differences(
    first: Mapping[str, Statistic],
    second: Mapping[str, Statistic],
    together: Mapping[str, Statistic],
    samples: int,
    seed: int,
    *,
    groups: Codes | None = None,
    rounds: int = ROUNDS,
    level: float = 0.95,
) -> dict[str, Difference]:
    """Compare two models by any measures that both have, sample by sample.

    Source: paired bootstrap after B. Efron and R. Tibshirani, 1993; exchanges after E. Noreen,
    Computer-intensive methods for testing hypotheses, 1989, with one added to both counts of the p-value.

    Args:
        first, second: the statistics of each model's answers, by name.
        together: the same over twice the samples: all answers of the first model, then, in the same order,
            all of the second.
        samples: how many each model answered, in the same order.
        seed, groups, rounds, level: as for `intervals.bootstrap`.
    """
    names = [name for name in first if name in second and name in together]
    ends = bootstrap(
        {name: _less(second[name], first[name]) for name in names},
        samples,
        seed,
        groups=groups,
        rounds=rounds,
        level=level,
    )
    chances = _exchanged({name: together[name] for name in names}, samples, seed, groups, rounds)
    results = {}
    for name in names:
        mine, yours = value_of(first[name], samples), value_of(second[name], samples)
        gap = None if mine is None or yours is None else yours - mine
        results[name] = Difference(mine, yours, gap, ends[name], None if gap is None else chances[name])
    return results


def _less(second: Statistic, first: Statistic) -> Statistic:
    def gap(weights: Values) -> Values:
        return np.asarray(second(weights) - first(weights))

    return gap


def _exchanged(
    statistics: Mapping[str, Statistic], samples: int, seed: int, groups: Codes | None, rounds: int
) -> dict[str, float]:
    """Return for each statistic how often chance alone makes as large a gap."""
    if samples == 0:
        return dict.fromkeys(statistics, 1.0)
    straight = np.repeat([[1.0, 0.0]], samples, axis=1)  # all of the first model, none of the second
    seen = {name: _gaps(statistic, straight)[0] for name, statistic in statistics.items()}
    as_large, counted = dict.fromkeys(statistics, 0), dict.fromkeys(statistics, 0)
    for coins in flipped(samples, rounds, seed, groups):
        mine = np.hstack([~coins, coins]).astype(np.float64)
        for name, statistic in statistics.items():
            gaps = _gaps(statistic, mine)
            as_large[name] += int((gaps >= seen[name] - _ROUNDING).sum())
            counted[name] += int(np.isfinite(gaps).sum())
    return {name: (as_large[name] + 1) / (counted[name] + 1) for name in statistics}


def _gaps(statistic: Statistic, mine: Values) -> Values:
    """Return how far the answers that weigh 1 and those that weigh 0 lie apart."""
    return np.asarray(np.abs(statistic(1 - mine) - statistic(mine)))
