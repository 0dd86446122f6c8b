"""What happens month by month: whether it does, and whether accuracy falls."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from suqiu.assessment.asking import months, needs, population, require_times, rows_of, tallied
from suqiu.assessment.conditions import Conditions, holds
from suqiu.assessment.evidence import Evidence
from suqiu.assessment.intervals import difference, scaled
from suqiu.assessment.probing import Need, known, probe, unknown
from suqiu.domain.finding import Answer
from suqiu.domain.text import Text

_POINTS = 100


def _needs_monthly(form: str, date: str, per: str | None = None, among: Conditions | None = None) -> tuple[Need, ...]:
    found = needs(form, [date, per] if per else [date], among=among)
    require_times(form, date)
    return found


@probe("monthly.v1", needs=_needs_monthly)
def monthly(
    evidence: Evidence, *, form: str, date: str, per: str | None = None, among: Conditions | None = None
) -> Answer:
    """Share of the months of the period in which a form has a row, for each value of `per` where it is given.

    No interval. A value of `per` counts as soon as it occurs in the period.
    """
    filled = [date, per] if per else [date]
    found = tallied(evidence, form, lambda _table, _inside: {}, among=among, filled=filled, counts_zero=True)
    if isinstance(found, Answer):
        return found
    table = rows_of(evidence, form)
    if isinstance(table, Answer):
        return table
    wanted = months(evidence.first, evidence.last)
    inside = table.filter(holds(table, among, evidence.as_of))
    inside = inside.mutate(month_seen=inside[date].cast("date").truncate("month"))
    inside = inside.filter(inside.month_seen.isin(wanted))
    inside = inside.filter(inside[per].notnull()) if per else inside
    seen = inside.select("month_seen", *([per] if per else [])).distinct().to_pyarrow().to_pylist()
    series = max(1, len({row[per] for row in seen})) if per else 1
    whole = len(wanted) * series
    return known(len(seen) / whole, numerator=len(seen), denominator=whole, rows=found["rows"])


def _needs_drift() -> tuple[Need, ...]:
    return needs("drift", ["function", "month", "right", "tried"])


@probe("drift.v1", needs=_needs_drift)
def drift(evidence: Evidence) -> Answer:
    """Largest fall of accuracy, in percentage points, from a function's first month of the period to its last.

    0 where none fell; Newcombe's interval of that fall. Functions watched in one month only are left out.
    """
    table = population(evidence, "drift", filled=("function", "right", "tried"))
    if isinstance(table, Answer):
        return table
    counted = table.filter(table.tried > 0, table.right.notnull()).group_by(["function", "month"])
    rows = counted.agg(right=table.right.sum(), tried=table.tried.sum()).order_by(["function", "month"])
    series: dict[str, list[tuple[date, int, int]]] = defaultdict(list)
    for row in rows.to_pyarrow().to_pylist():
        series[row["function"]].append((row["month"], min(row["right"], row["tried"]), row["tried"]))
    pairs = [(watched[0][1:], watched[-1][1:]) for watched in series.values() if len(watched) > 1]
    if not pairs:
        return unknown(
            Text("没有一项功能在评估期内有两个月以上的监测数据", "no function was watched in two months of the period")
        )
    first, last = max(pairs, key=lambda pair: pair[0][0] / pair[0][1] - pair[1][0] / pair[1][1])
    fall = first[0] / first[1] - last[0] / last[1]
    interval = scaled(difference(first, last), lambda gap: _POINTS * max(0.0, gap))
    return known(_POINTS * max(0.0, fall), interval=interval, rows=first[1] + last[1])
