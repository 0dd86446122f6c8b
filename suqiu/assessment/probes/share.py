"""Shares of rows: those for which something holds, and those whose cells are filled."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from suqiu.assessment.asking import needs, tallied
from suqiu.assessment.conditions import Conditions, filled_of, holds
from suqiu.assessment.evidence import Evidence
from suqiu.assessment.probing import Need, known, probe
from suqiu.domain.evidence import Interval
from suqiu.domain.finding import Answer
from suqiu.evaluation.intervals import wilson


def _needs_share(form: str, that: Conditions, among: Conditions | None = None) -> tuple[Need, ...]:
    if not that:
        raise ValueError("that: what must hold is not said")
    return needs(form, that=that, among=among)


def _needs_fill(form: str, columns: Sequence[str], among: Conditions | None = None) -> tuple[Need, ...]:
    if isinstance(columns, str) or not columns:
        raise ValueError("columns: a list of columns")
    return needs(form, columns, among=among)


@probe("share.v1", needs=_needs_share)
def share(evidence: Evidence, *, form: str, that: Conditions, among: Conditions | None = None) -> Answer:
    """Share of a form's rows for which `that` holds, among those for which `among` holds; Wilson interval.

    What is not filled in does not hold. Columns of `that` that are filled in nowhere leave the share unknown.
    """

    def count(table: ibis.Table, inside: ibis.Value) -> Mapping[str, ibis.Value]:
        return {"hits": table.count(where=inside & holds(table, that, evidence.as_of))}

    found = tallied(evidence, form, count, among=among, filled=filled_of(that))
    if isinstance(found, Answer):
        return found
    hits, rows = found["hits"], found["rows"]
    return known(hits / rows, interval=wilson(hits, rows), numerator=hits, denominator=rows, rows=rows)


@probe("fill.v1", needs=_needs_fill)
def fill(evidence: Evidence, *, form: str, columns: Sequence[str], among: Conditions | None = None) -> Answer:
    """Share of cells that are filled in, over some columns of a form's rows; Wilson interval with rows as the sample.

    The cells of a row are not independent, so that the interval counts rows, not cells. An empty text is not filled.
    """

    def count(table: ibis.Table, inside: ibis.Value) -> Mapping[str, ibis.Value]:
        return {f"held_{name}": table.count(where=inside & _is_filled(table[name])) for name in columns}

    found = tallied(evidence, form, count, among=among)
    if isinstance(found, Answer):
        return found
    rows, held = found["rows"], sum(found[f"held_{name}"] for name in columns)
    cells = rows * len(columns)
    return known(held / cells, interval=_by_rows(held, cells, rows), numerator=held, denominator=cells, rows=rows)


def _is_filled(cell: Any) -> ibis.Value:
    filled = cell.notnull()
    return filled & (cell != "").fill_null(False) if cell.type().is_string() else filled


def _by_rows(held: int, cells: int, rows: int) -> Interval | None:
    """Return the Wilson interval of a share of cells with as many trials as rows, never too narrow by rounding."""
    least, most = wilson(math.floor(held * rows / cells), rows), wilson(math.ceil(held * rows / cells), rows)
    if least is None or most is None:
        return None
    return Interval(least.lower, most.upper, least.level, least.method)
