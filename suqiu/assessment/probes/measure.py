"""Operational measures, as the analysis of orders and calls makes them."""

from __future__ import annotations

from suqiu.assessment.evidence import Evidence
from suqiu.assessment.probing import Need, known, probe, unknown
from suqiu.domain.evidence import Outcome
from suqiu.domain.finding import Answer
from suqiu.domain.text import Text


def _needs(measure: str) -> tuple[Need, ...]:
    if not isinstance(measure, str):
        raise TypeError(f"measure: {measure!r} is no measure's id")
    return (Need("measure", measure),)


@probe("measure.v1", needs=_needs)
def measure_v1(evidence: Evidence, *, measure: str) -> Answer:
    """Value of an operational measure over the whole period, with its own interval."""
    fact = evidence.facts.get(measure)
    if fact is None:
        return unknown(
            Text(
                "未提交可计算运行指标{measure}的工单或话务数据",
                "no orders or calls were handed in to compute measure {measure} from",
            ).fill(measure=measure)
        )
    if fact.outcome is not Outcome.KNOWN or fact.value is None:
        return unknown(fact.reason or Text("该运行指标无法计算", "the measure cannot be computed"), fact.rows)
    return known(
        float(fact.value),
        interval=fact.interval,
        numerator=fact.numerator,
        denominator=fact.denominator,
        rows=fact.rows,
    )
