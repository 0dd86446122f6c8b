"""Units set against the city's mean by their intervals: three groups instead of a ranking that luck would make."""

from __future__ import annotations

from dataclasses import dataclass

from suqiu.domain.evidence import Fact, Outcome
from suqiu.reporting.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Comparison:
    """Slices of one measure set against the whole 与全市均值比较.

    Attributes:
        mean: the measure for the whole city.
        above, within, below: slices whose interval lies wholly above the mean, holds it, or lies wholly below.
        small: slices with too few orders to compare.
    """

    mean: Fact
    above: tuple[Fact, ...] = ()
    within: tuple[Fact, ...] = ()
    below: tuple[Fact, ...] = ()
    small: tuple[Fact, ...] = ()


def compare(evidence: Evidence, measure: str, dimension: str, least: int) -> Comparison:
    """Set a measure's slices against the city's mean.

    Args:
        evidence: the facts.
        measure: a measure whose slices carry intervals.
        dimension: what the orders are cut by.
        least: slices with a smaller denominator are not compared.
    """
    mean = evidence.find(measure)
    if mean.outcome is not Outcome.KNOWN or mean.value is None:
        return Comparison(mean)
    groups: dict[str, list[Fact]] = {"above": [], "within": [], "below": [], "small": []}
    for fact in evidence.slices(measure, dimension):
        groups[_group(fact, mean.value, least)].append(fact)
    return Comparison(mean, **{name: tuple(facts) for name, facts in groups.items()})


def _group(fact: Fact, mean: float, least: int) -> str:
    if fact.interval is None or (fact.denominator or 0) < least:
        return "small"
    if fact.interval.lower > mean:
        return "above"
    return "below" if fact.interval.upper < mean else "within"
