"""Amounts: sums beside sums, means, quantiles of a column."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import ibis

from suqiu.assessment.asking import column_title, needs, require_numbers, tallied, title_of, too_few
from suqiu.assessment.conditions import Conditions
from suqiu.assessment.evidence import Evidence
from suqiu.assessment.forms import FORMS, Kind
from suqiu.assessment.intervals import student_interval
from suqiu.assessment.order_statistics import Ranks, quantile_of
from suqiu.assessment.probing import Need, known, probe, unknown
from suqiu.domain.evidence import Interval
from suqiu.domain.finding import Answer
from suqiu.domain.text import Text


def _needs_sums(form: str, part: str, whole: str, among: Conditions | None = None) -> tuple[Need, ...]:
    found = needs(form, [part, whole], among=among)
    require_numbers(form, part, whole)
    return found


@probe("sums.v1", needs=_needs_sums)
def sums(evidence: Evidence, *, form: str, part: str, whole: str, among: Conditions | None = None) -> Answer:
    """Sum of one column divided by the sum of another, over rows that state both; no interval.

    In each row a part counts for no more than its whole: what is too much in one makes up for no other.
    """

    def count(table: ibis.Table, inside: ibis.Value) -> Mapping[str, ibis.Value]:
        both = inside & table[part].notnull() & table[whole].notnull()
        return {
            "above": ibis.least(table[part], table[whole]).sum(where=both),
            "below": table[whole].sum(where=both),
            "stated": table.count(where=both),
        }

    found = tallied(evidence, form, count, among=among, filled=[part, whole])
    if isinstance(found, Answer):
        return found
    return _divided(found["above"], found["below"], found["stated"], form, whole)


def _needs_ratio_of_sums(form: str, of: str, among: Conditions) -> tuple[Need, ...]:
    if not among:
        raise ValueError("among: which rows are the part is not said")
    found = needs(form, [of], among=among)
    require_numbers(form, of)
    return found


@probe("ratio_of_sums.v1", needs=_needs_ratio_of_sums)
def ratio_of_sums(evidence: Evidence, *, form: str, of: str, among: Conditions) -> Answer:
    """Part of a column's total that falls to the rows for which `among` holds; no interval."""

    def count(table: ibis.Table, inside: ibis.Value) -> Mapping[str, ibis.Value]:
        return {"above": table[of].sum(where=inside), "below": table[of].sum(), "stated": table[of].count()}

    found = tallied(evidence, form, count, among=among, filled=[of], counts_zero=True)
    if isinstance(found, Answer):
        return found
    return _divided(found["above"], found["below"], found["stated"], form, of)


def _needs_mean(form: str, of: str, among: Conditions | None = None) -> tuple[Need, ...]:
    found = needs(form, [of], among=among)
    require_numbers(form, of)
    return found


@probe("mean.v1", needs=_needs_mean)
def mean(evidence: Evidence, *, form: str, of: str, among: Conditions | None = None) -> Answer:
    """Mean of a column over rows that state it; Student's interval, within the bounds of a share.

    A single row has no interval: a share may then be anything, another number is not known.
    """

    def count(table: ibis.Table, inside: ibis.Value) -> Mapping[str, ibis.Value]:
        cell = table[of]
        return {
            "mean": cell.mean(where=inside),
            "spread": cell.std(where=inside, how="sample"),
            "total": cell.sum(where=inside),
            "stated": cell.count(where=inside),
        }

    found = tallied(evidence, form, count, among=among, filled=[of])
    if isinstance(found, Answer):
        return found
    stated, is_share = found["stated"], form in FORMS and FORMS[form].column(of).kind is Kind.SHARE
    if stated < (1 if is_share else 2):
        return too_few(stated, 1 if is_share else 2, column_title(form, of))
    value = float(found["mean"])
    interval = student_interval(value, float(found["spread"] or 0), stated)
    if is_share:
        lower, upper = (interval.lower, interval.upper) if interval else (0.0, 1.0)
        interval = Interval(max(0.0, lower), min(1.0, upper), 0.95, "student")
    return known(value, interval=interval, numerator=float(found["total"]), denominator=stated, rows=stated)


def _needs_quantile(form: str, of: str, at: float, among: Conditions | None = None) -> tuple[Need, ...]:
    found = needs(form, [of], among=among)
    require_numbers(form, of)
    Ranks.check(at)
    return found


@probe("quantile.v1", needs=_needs_quantile)
def quantile(evidence: Evidence, *, form: str, of: str, at: float, among: Conditions | None = None) -> Answer:
    """Quantile of a column over rows that state it; interval from order statistics, none for the ends of the scale."""

    def cells(table: ibis.Table) -> ibis.Value:
        return table[of].cast("float64")

    return quantile_of(evidence, form, cells, at, among=among, filled=[of], late=False)


def _divided(above: Any, below: Any, rows: int, form: str, whole: str) -> Answer:
    if not below or not math.isfinite(below):
        return unknown(
            Text("“{form}”中“{column}”合计为零", "“{column}” adds up to nothing in “{form}”").fill(
                form=title_of(form), column=column_title(form, whole)
            ),
            rows,
        )
    above = above or 0
    return known(above / below, numerator=float(above), denominator=float(below), rows=rows)
