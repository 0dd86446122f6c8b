"""How well labels are told: by function, on the test set of labels; and how far two judges agree."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from suqiu.assessment.asking import LEAST_SAMPLES, column_title, needs, population, too_few
from suqiu.assessment.evidence import Evidence
from suqiu.assessment.forms import FORMS
from suqiu.assessment.intervals import bootstrap, cells_of, counts_of, value_of
from suqiu.assessment.probing import Need, known, probe, unknown
from suqiu.domain.finding import Answer
from suqiu.domain.text import Text
from suqiu.evaluation.intervals import wilson
from suqiu.evaluation.scorers import agreement, classification
from suqiu.evaluation.scorers.statistic import Flags, Statistic

_FORM = "eval_labels"
_CANDIDATES = ("predicted", "predicted_2", "predicted_3")


def _needs(function: str, *columns: str) -> tuple[Need, ...]:
    known_codes = FORMS[_FORM].column("function").codes
    if function not in known_codes:
        raise ValueError(f"function: {function!r}, but {', '.join(known_codes)}")
    return needs(_FORM, ["function", "truth", *columns])


def _needs_accuracy(function: str, within: int = 1) -> tuple[Need, ...]:
    if isinstance(within, bool) or within not in range(1, len(_CANDIDATES) + 1):
        raise ValueError(f"within: {within!r} is not 1 to {len(_CANDIDATES)}")
    return _needs(function, *_CANDIDATES[:within])


def _needs_function(function: str) -> tuple[Need, ...]:
    return _needs(function, "predicted")


def _needs_positive(function: str, positive: str) -> tuple[Need, ...]:
    if not isinstance(positive, str) or not positive:
        raise ValueError(f"positive: {positive!r} is no label")
    return _needs(function, "predicted")


def _cells(evidence: Evidence, function: str, *columns: str) -> pa.Table | Answer:
    """Count the samples of a function that are alike; those without a true label are none."""
    among = {"function": function, "truth": {"is_null": False}}
    table = population(evidence, _FORM, among=among)
    if isinstance(table, Answer):
        return table
    cells = cells_of(table, *columns)
    for column in columns:
        if cells[column].null_count == len(cells):
            return unknown(
                Text("“{form}”中该功能的“{column}”均未填写", "“{form}” states no “{column}” for this function").fill(
                    form=FORMS[_FORM].title, column=column_title(_FORM, column)
                ),
                int(counts_of(cells).sum()),
            )
    return cells


@probe("accuracy.v1", needs=_needs_accuracy)
def accuracy(evidence: Evidence, *, function: str, within: int = 1) -> Answer:
    """Share of samples of a function whose true label is among the first `within` candidates; Wilson interval.

    Silence is wrong.
    """
    columns = _CANDIDATES[:within]
    cells = _cells(evidence, function, "truth", *columns)
    if isinstance(cells, Answer):
        return cells
    counts = counts_of(cells)
    right = np.zeros(len(cells), np.bool_)
    for column in columns:
        _, truth, found = classification.encode(cells["truth"], cells[column])
        right |= truth == found
    hits, rows = int(counts[right].sum()), int(counts.sum())
    return known(hits / rows, interval=wilson(hits, rows), numerator=hits, denominator=rows, rows=rows)


@probe("macro_f1.v1", needs=_needs_function)
def macro_f1(evidence: Evidence, *, function: str) -> Answer:
    """Plain mean of F1 over all labels that truth or answers of a function name; bootstrap interval."""
    cells = _cells(evidence, function, "truth", "predicted")
    if isinstance(cells, Answer):
        return cells
    labels, truth, found = classification.encode(cells["truth"], cells["predicted"])
    return _scored(classification.macro_f1(truth, found, len(labels)), cells)


@probe("f1.v1", needs=_needs_positive)
def f1(evidence: Evidence, *, function: str, positive: str) -> Answer:
    """F1 of one label of a function: of finding it, and of being right where it is said; bootstrap interval."""
    cells = _cells(evidence, function, "truth", "predicted")
    if isinstance(cells, Answer):
        return cells
    labels, truth, found = classification.encode(cells["truth"], cells["predicted"])
    if positive not in labels:
        return _unseen(positive, cells)
    return _scored(agreement.f1(truth, found, labels.index(positive)), cells)


@probe("recall.v1", needs=_needs_positive)
def recall(evidence: Evidence, *, function: str, positive: str) -> Answer:
    """Share of the samples whose true label is `positive` that are found; Wilson interval."""
    return _among(evidence, function, positive, "truth", "predicted")


@probe("precision.v1", needs=_needs_positive)
def precision(evidence: Evidence, *, function: str, positive: str) -> Answer:
    """Share of the samples called `positive` that are so in truth; Wilson interval."""
    return _among(evidence, function, positive, "predicted", "truth")


def _among(evidence: Evidence, function: str, positive: str, base: str, other: str) -> Answer:
    """Answer with the share of samples with a label in one column that have it in the other, too."""
    cells = _cells(evidence, function, "truth", "predicted")
    if isinstance(cells, Answer):
        return cells
    counts = counts_of(cells)
    here, there = (_is(cells[column], positive) for column in (base, other))
    rows, hits = int(counts[here].sum()), int(counts[here & there].sum())
    if not rows:
        return _unseen(positive, cells)
    return known(hits / rows, interval=wilson(hits, rows), numerator=hits, denominator=rows, rows=rows)


def _is(column: pa.ChunkedArray, label: str) -> Flags:
    return np.array([value == label for value in column.to_pylist()], np.bool_)


def _needs_kappa(form: str, one: str, other: str) -> tuple[Need, ...]:
    if one == other:
        raise ValueError("one and other are the same column")
    return needs(form, [one, other])


@probe("kappa.v1", needs=_needs_kappa)
def kappa(evidence: Evidence, *, form: str, one: str, other: str) -> Answer:
    """Cohen's kappa of two columns, over rows that state both: agreement beyond chance; bootstrap interval."""
    among = {one: {"is_null": False}, other: {"is_null": False}}
    table = population(evidence, form, among=among)
    if isinstance(table, Answer):
        return table
    cells = cells_of(table.mutate(one=table[one].cast("string"), other=table[other].cast("string")), "one", "other")
    labels, first, second = classification.encode(cells["one"], cells["other"])
    return _scored(agreement.kappa(first, second, len(labels)), cells)


def _scored(statistic: Statistic, cells: pa.Table) -> Answer:
    counts = counts_of(cells)
    rows = int(counts.sum())
    if rows < LEAST_SAMPLES:
        return too_few(rows, LEAST_SAMPLES)
    value = value_of(statistic, counts)
    interval = None if value is None else bootstrap(statistic, cells)
    if value is None or interval is None:
        return unknown(
            Text("样本几乎都属同一类，该指标没有意义", "nearly all samples are of one label: the figure means nothing"),
            rows,
        )
    return known(value, interval=interval, rows=rows)


def _unseen(positive: str, cells: pa.Table) -> Answer:
    return unknown(
        Text("样本中没有“{label}”这一类", "no sample has the label “{label}”").fill(label=positive),
        int(counts_of(cells).sum()),
    )
