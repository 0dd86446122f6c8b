"""How long it takes from one time to another."""

from __future__ import annotations

from collections.abc import Mapping

import ibis

from suqiu.assessment.asking import column_title, needs, require_times, tallied, too_few
from suqiu.assessment.conditions import Conditions
from suqiu.assessment.evidence import Evidence
from suqiu.assessment.intervals import student_interval
from suqiu.assessment.order_statistics import Ranks, quantile_of
from suqiu.assessment.probing import Need, known, probe
from suqiu.domain.finding import Answer

_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


def _needs(
    form: str,
    start: str,
    end: str,
    unit: str,
    at: float | None = None,
    among: Conditions | None = None,
    signed: bool = False,
) -> tuple[Need, ...]:
    if unit not in _SECONDS:
        raise ValueError(f"unit: {unit!r}, but {', '.join(_SECONDS)}")
    found = needs(form, [start, end], among=among)
    require_times(form, start, end)
    if at is not None:
        Ranks.check(at)
    if not isinstance(signed, bool):
        raise TypeError("signed: true or false")
    return found


@probe("delay.v1", needs=_needs)
def delay(
    evidence: Evidence,
    *,
    form: str,
    start: str,
    end: str,
    unit: str,
    at: float | None = None,
    among: Conditions | None = None,
    signed: bool = False,
) -> Answer:
    """Time from `start` to `end`: its quantile `at`, or its mean; interval from order statistics or Student's.

    For a quantile a row without an end is still waiting, longer than any other: leaving ends out betters nothing.
    An end before its start is none. For a mean such rows are left out. With `signed` the end may come first, as with
    a lead over people, and rows without an end are left out, too.
    """

    def took(table: ibis.Table) -> ibis.Value:
        seconds = table[end].cast("timestamp").epoch_seconds() - table[start].cast("timestamp").epoch_seconds()
        there = table[end].notnull() if signed else seconds >= 0
        return there.ifelse(seconds / _SECONDS[unit], ibis.null("float64")).cast("float64")

    if at is not None:
        return quantile_of(evidence, form, took, at, among=among, filled=[start, end], late=not signed)

    def count(table: ibis.Table, inside: ibis.Value) -> Mapping[str, ibis.Value]:
        lasted = took(table)
        return {
            "mean": lasted.mean(where=inside),
            "spread": lasted.std(where=inside, how="sample"),
            "stated": lasted.count(where=inside),
        }

    found = tallied(evidence, form, count, among=among, filled=[start, end])
    if isinstance(found, Answer):
        return found
    if found["stated"] < 2:
        return too_few(found["stated"], 2, column_title(form, end))
    value = float(found["mean"])
    interval = student_interval(value, float(found["spread"] or 0), found["stated"])
    return known(value, interval=interval, denominator=found["stated"], rows=found["stated"])
