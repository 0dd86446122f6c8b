"""Wrong characters of recognised speech, and changed characters of drafts."""

from __future__ import annotations

import math
from collections.abc import Callable

import ibis
import numpy as np
import pyarrow as pa

from suqiu.assessment.asking import LEAST_SAMPLES, needs, population, too_few
from suqiu.assessment.conditions import Conditions
from suqiu.assessment.evidence import Evidence
from suqiu.assessment.forms import FORMS
from suqiu.assessment.intervals import bootstrap, cells_of, counts_of, scaled, value_of
from suqiu.assessment.probing import Need, known, probe, unknown
from suqiu.domain.evidence import Interval
from suqiu.domain.finding import Answer
from suqiu.domain.text import Text
from suqiu.evaluation.scorers.statistic import Codes, Statistic, Values, ratio

_SPEECH, _DRAFTS = "eval_speech", "eval_summaries"
#: More kinds of cells than this are not resampled: the normal interval of a ratio is then as good.
_MOST_CELLS = 5000
_Z95 = 1.959963984540054
_POINTS = 100


def _code(form: str, column: str, value: str) -> None:
    codes = FORMS[form].column(column).codes
    if value not in codes:
        raise ValueError(f"{column}: {value!r}, but {', '.join(codes)}")


def _needs_accuracy(condition: str | None = None) -> tuple[Need, ...]:
    if condition is None:
        return needs(_SPEECH, ["length", "errors"])
    _code(_SPEECH, "condition", condition)
    return needs(_SPEECH, ["condition", "length", "errors"])


def _needs_gap(condition: str, against: str) -> tuple[Need, ...]:
    if condition == against:
        raise ValueError("condition and against are the same")
    _code(_SPEECH, "condition", against)
    return _needs_accuracy(condition)


def _needs_edit(function: str) -> tuple[Need, ...]:
    _code(_DRAFTS, "function", function)
    return needs(_DRAFTS, ["function", "distance", "length"])


@probe("character_accuracy.v1", needs=_needs_accuracy)
def character_accuracy(evidence: Evidence, *, condition: str | None = None) -> Answer:
    """One less wrong characters for each character spoken, not below 0; bootstrap interval by sample."""
    found = _counted(evidence, _SPEECH, "errors", {"condition": condition} if condition else {})
    if isinstance(found, Answer):
        return found
    return _divided(found, "errors", _right)


@probe("character_gap.v1", needs=_needs_gap)
def character_gap(evidence: Evidence, *, condition: str, against: str) -> Answer:
    """Percentage points by which character accuracy under one condition is below that under another; bootstrap."""
    conditions = (against, condition)
    for one in conditions:
        found = _counted(evidence, _SPEECH, "errors", {"condition": one})
        if isinstance(found, Answer):
            return found
        if (rows := int(counts_of(found).sum())) < LEAST_SAMPLES:
            return too_few(rows, LEAST_SAMPLES)
    cells = _counted(evidence, _SPEECH, "errors", {"condition": list(conditions)}, "condition")
    if isinstance(cells, Answer):
        return cells
    places = np.array([conditions.index(one) for one in cells["condition"].to_pylist()], np.int64)
    parts = [_ratio(cells, "errors", places == n) for n in range(len(conditions))]

    def gap(weights: Values) -> Values:
        easy, hard = (np.maximum(0, 1 - part(weights)) for part in parts)
        return np.asarray(_POINTS * (easy - hard))

    counts = counts_of(cells)
    value, interval = value_of(gap, counts), bootstrap(gap, cells, places)
    if value is None or interval is None:
        return unknown(_nothing_said(), int(counts.sum()))
    return known(value, interval=interval, rows=int(counts.sum()))


@probe("edit_share.v1", needs=_needs_edit)
def edit_share(evidence: Evidence, *, function: str) -> Answer:
    """Characters changed from drafts to final texts, as a share of the longer text; bootstrap interval by sample."""
    found = _counted(evidence, _DRAFTS, "distance", {"function": function})
    if isinstance(found, Answer):
        return found
    return _divided(found, "distance", float)


def _counted(evidence: Evidence, form: str, above: str, among: Conditions, *more: str) -> pa.Table | Answer:
    """Count the samples that are alike in characters wrong and in all."""
    stated = {above: {"is_null": False}, "length": {"is_null": False}}
    table = population(evidence, form, among={**among, **stated})
    return table if isinstance(table, Answer) else cells_of(_plain(table, above), *more, above, "length")


def _plain(table: ibis.Table, above: str) -> ibis.Table:
    return table.mutate(**{name: table[name].cast("int64") for name in (above, "length")})


def _ratio(cells: pa.Table, above: str, part: Values | Codes | None = None) -> Statistic:
    top, bottom = (np.asarray(cells[name].to_numpy(), np.float64) for name in (above, "length"))
    if part is not None:
        top, bottom = top * part, bottom * part

    def statistic(weights: Values) -> Values:
        return ratio(weights @ top, weights @ bottom)

    return statistic


def _right(wrong: float) -> float:
    return max(0.0, 1.0 - wrong)


def _divided(cells: pa.Table, above: str, change: Callable[[float], float]) -> Answer:
    """Answer with a ratio of characters on the scale wanted."""
    counts = counts_of(cells)
    rows = int(counts.sum())
    if rows < LEAST_SAMPLES:
        return too_few(rows, LEAST_SAMPLES)
    statistic = _ratio(cells, above)
    value = value_of(statistic, counts)
    if value is None:
        return unknown(_nothing_said(), rows)
    interval = bootstrap(statistic, cells) if len(cells) <= _MOST_CELLS else _linear(cells, above, value)
    totals = [float((np.asarray(cells[name].to_numpy(), np.float64) * counts).sum()) for name in (above, "length")]
    return known(
        change(value), interval=scaled(interval, change), numerator=totals[0], denominator=totals[1], rows=rows
    )


def _linear(cells: pa.Table, above: str, value: float) -> Interval:
    """Return the normal interval of a ratio of sums.

    Source: W. G. Cochran, Sampling Techniques, 3rd edition, 1977, section 6.4.
    """
    counts = counts_of(cells).astype(np.float64)
    top, bottom = (np.asarray(cells[name].to_numpy(), np.float64) for name in (above, "length"))
    rows = counts.sum()
    residual = (counts * (top - value * bottom) ** 2).sum() / (rows - 1)
    half = _Z95 * math.sqrt(residual / rows) / float((counts * bottom).sum() / rows)
    return Interval(max(0.0, value - half), value + half, 0.95, "linearised")


def _nothing_said() -> Text:
    return Text("样本文本均为空，无法计算", "all texts of the samples are empty")
