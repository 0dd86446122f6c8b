"""A model that tells labels from texts: several views, one opinion, a calibrated confidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from suqiu.evaluation.scorers.classification import STEP
from suqiu.reading.features import Vocabulary
from suqiu.reading.labelling.combining import Combination, Confidence
from suqiu.reading.labelling.deep import Deep
from suqiu.reading.linear import LinearModel

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

#: Texts answered at a time: bounds memory whatever the batch.
_AT_A_TIME = 2_048


@dataclass(frozen=True, slots=True)
class Answered:
    """What a model says about a batch of texts.

    Attributes:
        labels: label numbers, (texts, ranks), the best first.
        confidence: the same shape, 0 to 1, never rising along a row: of the best label calibrated; the
            others share what is left as the model shares it out.
        automatic: for each text, whether the best label is sure enough to go without being looked at.
    """

    labels: Numbers
    confidence: Doubles
    automatic: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class LabelModel:
    """Tells one kind of label 标签模型.

    Attributes:
        task: what it tells, such as dispatch.
        labels: every label that it knows, sorted; a path joined by `STEP` where there are levels.
        levels: how many levels the labels have at most.
        keep_hints: whether it saw, and wants, what agents write about where an order goes.
        vocabulary: pieces of text of the linear view.
        linear: the linear view.
        deep: the encoder's view; None where there is none.
        log_prior: of each label among the newest examples.
        combination: of the views.
        confidence: calibration of the best label.
        thresholds: by wanted accuracy, the least confidence that reached it on examples held out.
        wanted: the accuracy asked of automatic answers, one of `thresholds`.
    """

    task: str
    labels: tuple[str, ...]
    levels: int
    keep_hints: bool
    vocabulary: Vocabulary
    linear: LinearModel
    deep: Deep | None
    log_prior: Doubles
    combination: Combination
    confidence: Confidence
    thresholds: Mapping[float, float | None]
    wanted: float

    def views(self, texts: pa.Array) -> list[Floats]:
        """Return each view's scores, (texts, labels).

        Args:
            texts: as `examples.prepared` returns them.
        """
        views = [self.linear.scores(self.vocabulary.vectors(texts))]
        if self.deep is not None:
            views.append(self.deep.scores(texts.to_pylist()))
        return views

    def answer(self, texts: pa.Array, ranks: int = 3) -> Answered:
        """Return the likeliest labels of each text.

        Args:
            texts: as `examples.prepared` returns them.
            ranks: how many labels to name, fewer where there are not so many.
        """
        parts = [
            answered(self.views(texts.slice(at, _AT_A_TIME)), self, ranks)
            for at in range(0, max(1, len(texts)), _AT_A_TIME)
        ]
        return Answered(
            np.concatenate([part.labels for part in parts]),
            np.concatenate([part.confidence for part in parts]),
            np.concatenate([part.automatic for part in parts]),
        )

    def names(self, numbers: Numbers) -> pa.Array:
        """Return labels by their numbers."""
        return pa.array(self.labels, pa.string()).take(pa.array(numbers))


def answered(views: list[Floats], model: LabelModel, ranks: int) -> Answered:
    """Turn views into answers."""
    log_shares = model.combination.log_shares(views, model.log_prior)
    sure = model.confidence.of(log_shares, views)
    labels, confidence = ranked(log_shares, sure, ranks)
    if model.levels > 1:
        labels, confidence = _consistent(log_shares, labels, confidence, model.labels)
    threshold = model.thresholds.get(model.wanted)
    automatic = np.zeros(len(sure), dtype=np.bool_) if threshold is None else confidence[:, 0] >= threshold
    return Answered(labels, confidence, automatic)


def ranked(log_shares: Doubles, sure: Doubles, ranks: int) -> tuple[Numbers, Doubles]:
    """Return the best labels with their confidence.

    Args:
        log_shares: (texts, labels).
        sure: calibrated confidence of the best label.
        ranks: how many to name.
    """
    ranks = min(ranks, log_shares.shape[1])
    best = np.argpartition(-log_shares, ranks - 1, axis=1)[:, :ranks] if ranks < log_shares.shape[1] else None
    if best is None:
        best = np.broadcast_to(np.arange(ranks), (len(log_shares), ranks))
    order = np.argsort(-np.take_along_axis(log_shares, best, axis=1), axis=1, kind="stable")
    labels = np.take_along_axis(best, order, axis=1)
    shares = np.exp(np.take_along_axis(log_shares, labels, axis=1))
    left = (1 - sure) / np.maximum(1 - shares[:, 0], 1e-9)
    confidence = shares * left[:, None]
    confidence[:, 0] = sure
    return labels.astype(np.int64), np.minimum.accumulate(np.clip(confidence, 0.0, 1.0), axis=1)


def _consistent(
    log_shares: Doubles, labels: Numbers, confidence: Doubles, names: tuple[str, ...]
) -> tuple[Numbers, Doubles]:
    """Put first the likeliest label below the likeliest top level: a child never outvotes its parent."""
    tops = [name.split(STEP, 1)[0] for name in names]
    known = sorted(set(tops))
    number = {name: place for place, name in enumerate(known)}
    of = np.array([number[top] for top in tops])
    shares = np.exp(log_shares)
    sums = np.zeros((len(shares), len(known)))
    np.add.at(sums.T, of, shares.T)
    best_top = sums.argmax(axis=1)
    inside = np.where(of[None, :] == best_top[:, None], log_shares, -np.inf).argmax(axis=1)
    moved = inside != labels[:, 0]
    if moved.any():
        others = np.where(labels[moved] == inside[moved][:, None], -1, labels[moved])
        for row, (first, rest) in enumerate(zip(inside[moved], others, strict=True)):
            kept = [label for label in rest if label >= 0][: labels.shape[1] - 1]
            labels[np.flatnonzero(moved)[row]] = [first, *kept]
    return labels, confidence


def level_of(label: str, level: int) -> str | None:
    """Return a label's name at a level, 1 for the top; None where it ends above."""
    steps = label.split(STEP)
    return steps[level - 1] if level <= len(steps) else None
