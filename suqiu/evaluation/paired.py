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
    statistics: Mapping[str, Statistic],
    samples: int,
    seed: int,
    *,
    groups: Codes | None = None,
    rounds: int = ROUNDS,
    level: float = 0.95,
) -> dict[str, Difference]:
    """Compare two models by any measures, sample by sample.

    Source: paired bootstrap after B. Efron and R. Tibshirani, 1993; exchanges after E. Noreen,
    Computer-intensive methods for testing hypotheses, 1989, with one added to both counts of the p-value.

    Args:
        statistics: by name, each over twice the samples: first all answers of the first model, then, in the
            same order, all of the second.
        samples: how many each model answered.
        seed, groups, rounds, level: as for `intervals.bootstrap`.
    """
    paired = {name: _second_less_first(statistic) for name, statistic in statistics.items()}
    ends = bootstrap(paired, samples, seed, groups=groups, rounds=rounds, level=level)
    chances = _exchanged(statistics, samples, seed, groups, rounds)
    results = {}
    for name, statistic in statistics.items():
        halves = (value_of(_half(statistic, 0), samples), value_of(_half(statistic, 1), samples))
        first, second = halves
        gap = None if first is None or second is None else second - first
        results[name] = Difference(first, second, gap, ends[name], None if gap is None else chances[name])
    return results


def _half(statistic: Statistic, which: int) -> Statistic:
    """Return the statistic of one model's answers."""

    def of_one(weights: Values) -> Values:
        none = np.zeros_like(weights)
        return statistic(np.hstack([none, weights] if which else [weights, none]))

    return of_one


def _second_less_first(statistic: Statistic) -> Statistic:
    def gap(weights: Values) -> Values:
        return np.asarray(_half(statistic, 1)(weights) - _half(statistic, 0)(weights))

    return gap


def _exchanged(
    statistics: Mapping[str, Statistic], samples: int, seed: int, groups: Codes | None, rounds: int
) -> dict[str, float]:
    """Return for each statistic how often chance alone makes as large a gap."""
    if samples == 0:
        return dict.fromkeys(statistics, 1.0)
    whole = np.ones((1, samples))
    seen = {name: abs(float(_second_less_first(statistic)(whole)[0])) for name, statistic in statistics.items()}
    as_large, counted = dict.fromkeys(statistics, 0), dict.fromkeys(statistics, 0)
    for coins in flipped(samples, rounds, seed, groups):
        mine = np.hstack([~coins, coins]).astype(np.float64)
        for name, statistic in statistics.items():
            gaps = np.abs(statistic(1 - mine) - statistic(mine))
            as_large[name] += int((gaps >= seen[name] - _ROUNDING).sum())
            counted[name] += int(np.isfinite(gaps).sum())
    return {name: (as_large[name] + 1) / (counted[name] + 1) for name in statistics}
