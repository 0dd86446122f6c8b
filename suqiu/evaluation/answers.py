"""Samples of a run as plain arrays, and every statistic that they allow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.evaluation.measures import Kind
from suqiu.evaluation.runlog import Header
from suqiu.evaluation.scorers import agreement, calibration, classification, selective, spans
from suqiu.evaluation.scorers.statistic import Codes, Flags, Statistic, Values, among

#: How many first answers `top_3` looks at.
_TOP = 3


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Labels answered to samples whose truth is known.

    Attributes:
        paths, first_paths: truth and first answer as they stand.
        labels: every label of either, sorted; `truth` and `first` are places in it.
        truth: of each sample.
        first: the first answer, -1 where the model stayed silent.
        ranks: place of the truth among the answers, -1 where it is not among them.
        confidence: of the first answer; NaN where the model stayed silent.
        depth: answers to a sample at most.
    """

    paths: pa.Array
    first_paths: pa.Array
    labels: tuple[str, ...]
    truth: Codes
    first: Codes
    ranks: Codes
    confidence: Values
    depth: int

    @property
    def right(self) -> Flags:
        """Whether the first answer is the truth."""
        return np.asarray(self.ranks == 0)

    @property
    def answered(self) -> Flags:
        """Whether there is an answer."""
        return np.asarray(self.first >= 0)


def known(header: Header, samples: pa.Table) -> pa.Table:
    """Return the samples whose truth is known."""
    return samples.filter(pc.is_valid(samples["true_spans" if header.kind is Kind.SPANS else "truth"]))


def answers_of(samples: pa.Table) -> Answers:
    """Read the labels of samples whose truth is known, as `runlog.SAMPLES` keeps them."""
    truth, lists = (samples[name].combine_chunks() for name in ("truth", "labels"))
    lengths = _numbers(pc.fill_null(pc.list_value_length(lists), 0))
    starts = np.cumsum(lengths) - lengths
    flat, said = lists.flatten(), _floats(samples["confidences"].combine_chunks().flatten())
    silent = lengths == 0
    first = flat.take(pa.array(starts, mask=silent))
    confidence = np.full(len(lengths), np.nan)
    confidence[~silent] = said[starts[~silent]]
    owner = np.repeat(np.arange(len(lengths)), lengths)
    hit = np.flatnonzero(pc.equal(flat, truth.take(pa.array(owner))).to_numpy(zero_copy_only=False))
    ranks = np.full(len(lengths), -1)
    ranks[owner[hit]] = hit - starts[owner[hit]]
    labels, truth_codes, first_codes = classification.encode(truth, first)
    return Answers(truth, first, labels, truth_codes, first_codes, ranks, confidence, int(lengths.max(initial=0)))


def spans_of(samples: pa.Table) -> spans.SpanTally:
    """Count the pieces of samples whose truth is known."""
    truth, found = (spans.Spans.of(samples[name].combine_chunks()) for name in ("true_spans", "found_spans"))
    return spans.tally(truth, found, len(samples))


def statistics_of_spans(tally: spans.SpanTally) -> dict[str, Statistic]:
    """Return the statistics of a task of spans by the id of their measure."""
    return {
        "span_f1": tally.f1(),
        "span_precision": tally.precision(),
        "span_recall": tally.recall(),
        "span_macro_f1": tally.macro_f1(),
    }


def statistics_of(header: Header, answers: Answers, wanted: float) -> dict[str, Statistic]:
    """Return the statistics that labels allow by the id of their measure; a figure that they do not allow is absent.

    Confidence is judged on answers alone: silence claims nothing.
    """
    truth, first, classes = answers.truth, answers.first, len(answers.labels)
    found: dict[str, Statistic] = {"accuracy": classification.accuracy(truth, first)}
    if answers.depth >= _TOP and header.kind is not Kind.VERDICT:
        found["top_3"] = classification.top(answers.ranks, _TOP)
    found["coverage"] = selective.coverage(answers.confidence, answers.right, wanted)
    found["macro_f1"] = classification.macro_f1(truth, first, classes)
    found["weighted_f1"] = classification.weighted_f1(truth, first, classes)
    if header.kind is Kind.VERDICT:
        yes = answers.labels.index(header.positive) if header.positive in answers.labels else classes
        found["f1"] = agreement.f1(truth, first, yes)
        found["kappa"] = agreement.kappa(truth, first, classes)
    part = answers.answered
    said, right = answers.confidence[part], answers.right[part]
    found["calibration_error"] = among(part, calibration.calibration_error(said, right))
    found["brier"] = among(part, calibration.brier(said, right))
    found["risk_area"] = selective.risk_area(answers.confidence, answers.right)
    return found


def _numbers(array: pa.Array) -> Codes:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.int64)


def _floats(array: pa.Array) -> Values:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.float64)
