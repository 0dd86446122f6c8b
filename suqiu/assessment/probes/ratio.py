"""Counts beside counts: rows of one form to rows of others, to residents, to a list of what is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis

from suqiu.assessment.asking import needs, tallied, title_of
from suqiu.assessment.conditions import Conditions
from suqiu.assessment.evidence import Evidence
from suqiu.assessment.probing import Need, known, probe, unknown
from suqiu.domain.finding import Answer
from suqiu.domain.text import Text

_PER = 100_000


def _needs_ratio(
    form: str,
    of_forms: Sequence[str],
    among: Conditions | None = None,
    of_among: Conditions | None = None,
    distinct: str | None = None,
) -> tuple[Need, ...]:
    if isinstance(of_forms, str) or not of_forms:
        raise ValueError("of_forms: a list of forms")
    own = needs(form, [distinct] if distinct else [], among=among)
    others = [need for name in of_forms for need in needs(name, of_among=of_among)]
    return tuple(dict.fromkeys((*own, *others)))


@probe("ratio.v1", needs=_needs_ratio)
def ratio(
    evidence: Evidence,
    *,
    form: str,
    of_forms: Sequence[str],
    among: Conditions | None = None,
    of_among: Conditions | None = None,
    distinct: str | None = None,
) -> Answer:
    """Rows of a form, or its distinct values of a column, divided by the rows of other forms; no interval.

    Each of the forms must be handed in: one that is missing would make the ratio better than it is.
    """

    def count(table: ibis.Table, inside: ibis.Value) -> Mapping[str, ibis.Value]:
        return {"above": table.count(where=inside) if distinct is None else table[distinct].nunique(where=inside)}

    found = tallied(evidence, form, count, among=among, filled=[distinct] if distinct else [], counts_zero=True)
    if isinstance(found, Answer):
        return found
    below = 0
    for name in of_forms:
        others = tallied(evidence, name, lambda _table, _inside: {}, among=of_among, counts_zero=True)
        if isinstance(others, Answer):
            return others
        below += others["rows"]
    if not below:
        return unknown(
            Text("“{form}”中没有可作分母的记录", "“{form}” has no rows to divide by").fill(form=title_of(of_forms[0]))
        )
    return known(found["above"] / below, numerator=found["above"], denominator=below, rows=found["rows_handed_in"])


def _needs_per_residents(form: str, among: Conditions | None = None) -> tuple[Need, ...]:
    return needs(form, among=among)


@probe("per_residents.v1", needs=_needs_per_residents)
def per_residents(evidence: Evidence, *, form: str, among: Conditions | None = None) -> Answer:
    """Rows of a form for each 100,000 residents; no interval."""
    if not evidence.residents:
        return unknown(Text("未填写服务区域常住人口", "the residents of the area served are not stated"))
    found = tallied(evidence, form, lambda _table, _inside: {}, among=among, counts_zero=True)
    if isinstance(found, Answer):
        return found
    rows = found["rows"]
    return known(rows / evidence.residents * _PER, numerator=rows, denominator=evidence.residents, rows=rows)


def _needs_inventory(
    form: str, column: str, wanted: Sequence[str], among: Conditions | None = None
) -> tuple[Need, ...]:
    if isinstance(wanted, str) or not wanted or len(set(wanted)) < len(wanted):
        raise ValueError("wanted: a list of different values")
    return needs(form, [column], among=among, wanted={column: list(wanted)})


@probe("inventory.v1", needs=_needs_inventory)
def inventory(
    evidence: Evidence, *, form: str, column: str, wanted: Sequence[str], among: Conditions | None = None
) -> Answer:
    """Share of the wanted values that a column holds in at least one row; no interval."""

    def count(table: ibis.Table, inside: ibis.Value) -> Mapping[str, ibis.Value]:
        there = table[column].isin(list(wanted)).fill_null(False)
        return {"there": table[column].nunique(where=inside & there)}

    found = tallied(evidence, form, count, among=among, filled=[column], counts_zero=True)
    if isinstance(found, Answer):
        return found
    return known(
        found["there"] / len(wanted), numerator=found["there"], denominator=len(wanted), rows=found["rows_handed_in"]
    )
