"""Whether confidence means what it says, and whether all groups are served alike."""

from __future__ import annotations

import ibis
import numpy as np

from suqiu.assessment.asking import LEAST_SAMPLES, needs, population, too_few
from suqiu.assessment.evidence import Evidence
from suqiu.assessment.forms import FORMS
from suqiu.assessment.intervals import bootstrap, cells_of, counts_of, difference, scaled, value_of
from suqiu.assessment.probing import Need, known, probe, unknown
from suqiu.domain.finding import Answer
from suqiu.domain.text import Text
from suqiu.evaluation.scorers.calibration import calibration_error

_FORM = "eval_labels"
#: Confidences are told apart to this many digits, so that samples without end make few cells.
_DIGITS = 3
_POINTS = 100


def _function(function: str) -> None:
    codes = FORMS[_FORM].column("function").codes
    if function not in codes:
        raise ValueError(f"function: {function!r}, but {', '.join(codes)}")


def _needs_calibration(function: str) -> tuple[Need, ...]:
    _function(function)
    return needs(_FORM, ["function", "truth", "predicted", "confidence"])


def _needs_gap(function: str) -> tuple[Need, ...]:
    _function(function)
    return needs(_FORM, ["function", "truth", "predicted", "group"])


def _right(table: ibis.Table) -> ibis.Value:
    return (table.truth == table.predicted).fill_null(False)


@probe("calibration.v1", needs=_needs_calibration)
def calibration(evidence: Evidence, *, function: str) -> Answer:
    """Expected calibration error of a function's answers, in bins of equal mass; bootstrap interval.

    How far the confidence stated, to three digits, lies from the share of right answers. Silence claims nothing.
    """
    stated = {name: {"is_null": False} for name in ("truth", "predicted", "confidence")}
    table = population(evidence, _FORM, among={"function": function, **stated})
    if isinstance(table, Answer):
        return table
    cells = cells_of(table.mutate(said=table.confidence.round(_DIGITS), right=_right(table)), "said", "right")
    counts = counts_of(cells)
    rows = int(counts.sum())
    if rows < LEAST_SAMPLES:
        return too_few(rows, LEAST_SAMPLES)
    said = np.asarray(cells["said"].to_numpy(), np.float64)
    statistic = calibration_error(said, np.asarray(cells["right"].to_numpy(), np.bool_))
    value = value_of(statistic, counts)
    if value is None:  # cannot be: there are rows, and each has a confidence
        return too_few(rows, LEAST_SAMPLES)
    return known(value, interval=bootstrap(statistic, cells), rows=rows)


@probe("group_gap.v1", needs=_needs_gap)
def group_gap(evidence: Evidence, *, function: str) -> Answer:
    """Percentage points between the groups told best and worst by a function; Newcombe's interval.

    Groups of fewer than thirty samples are left out.
    """
    stated = {name: {"is_null": False} for name in ("truth", "group")}
    table = population(evidence, _FORM, among={"function": function, **stated})
    if isinstance(table, Answer):
        return table
    counted = table.group_by("group").agg(tried=table.count(), right=_right(table).sum()).order_by("group")
    groups = [
        (int(row["right"]), int(row["tried"]))
        for row in counted.to_pyarrow().to_pylist()
        if row["tried"] >= LEAST_SAMPLES
    ]
    if len(groups) < 2:
        return unknown(
            Text("样本数不少于{least}的人群不足两个，无法比较", "fewer than two groups have {least} samples").fill(
                least=LEAST_SAMPLES
            ),
            sum(tried for _, tried in groups),
        )
    best = max(groups, key=lambda group: group[0] / group[1])
    worst = min(groups, key=lambda group: group[0] / group[1])
    value = best[0] / best[1] - worst[0] / worst[1]
    interval = scaled(difference(best, worst), lambda gap: _POINTS * max(0.0, gap))
    return known(_POINTS * value, interval=interval, rows=sum(tried for _, tried in groups))
