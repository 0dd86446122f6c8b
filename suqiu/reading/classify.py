"""Type 诉求类型, category and department learned from the city's own history, with measured accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from suqiu.domain.claim import Aspect
from suqiu.evaluation.intervals import wilson
from suqiu.reading.calibration import Calibration, calibrate
from suqiu.reading.tree import NONE, Descent, Numbers, Tree, ancestors_of, fit_tree, sharpened


@dataclass(frozen=True, slots=True)
class Labelled:
    """Orders whose label is known.

    Attributes:
        vectors: unit vectors, one row an order.
        labels: each order's label number, deepest known, never `NONE`.
    """

    vectors: sp.csr_matrix
    labels: Numbers


@dataclass(frozen=True, slots=True)
class Score:
    """How often answers were right on the newest orders, which the model has not seen 检验结果.

    Attributes:
        name: `accuracy`, `top_3`, `accepted_share` (answers sure enough to fill an empty field) or `accepted_accuracy`.
        level: of the category; 1 for type and department.
        right, tried: counts.
    """

    name: str
    level: int
    right: int
    tried: int

    def as_record(self) -> dict[str, object]:
        """Return the score with its 95 % Wilson interval, ready for JSON; value None without trials."""
        interval = wilson(self.right, self.tried)
        return {
            "name": self.name,
            "level": self.level,
            "value": None if interval is None else self.right / self.tried,
            "right": self.right,
            "tried": self.tried,
            "interval": None if interval is None else [interval.lower, interval.upper],
        }


@dataclass(frozen=True, slots=True)
class Answers:
    """What a classifier says about a batch of orders.

    Attributes:
        labels: one row a level of the category or a rank of the department, one column an order.
        confidence: the same shape, calibrated.
        accepted: the same shape: sure enough to fill an empty field; never below a level that is not.
    """

    labels: Numbers
    confidence: npt.NDArray[np.float64]
    accepted: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Classifier:
    """One aspect of an order, learned from history.

    Attributes:
        aspect: type, category or department.
        labels: every label of the city, in the order of their numbers.
        tree: the models.
        calibrations: one a level.
        ranks: how many answers it gives: runners-up only where the tree has one level.
        learned_from: orders it was trained on.
        scores: its accuracy on the newest orders.
    """

    aspect: Aspect
    labels: tuple[str, ...]
    tree: Tree
    calibrations: tuple[Calibration, ...]
    ranks: int
    learned_from: int
    scores: tuple[Score, ...] = ()

    def answer(self, vectors: sp.csr_matrix) -> Answers:
        """Return the answers for each order."""
        if self.ranks > 1:
            found = self.tree.ranked(vectors, self.ranks)
            confidence = self.calibrations[0].confidence(found.certainty)
            accepted = np.zeros(found.labels.shape, dtype=np.bool_)
            accepted[0] = self.calibrations[0].accepts(confidence[0])
            return Answers(found.labels, confidence, accepted)
        found = self.tree.descend(vectors)
        confidence = np.vstack([c.confidence(row) for c, row in zip(self.calibrations, found.certainty, strict=True)])
        # Surer of the child than of its parent would be a contradiction.
        confidence = np.where(found.labels == NONE, 0.0, np.minimum.accumulate(confidence, axis=0))
        accepted = np.vstack([c.accepts(row) for c, row in zip(self.calibrations, confidence, strict=True)])
        return Answers(found.labels, confidence, np.logical_and.accumulate(accepted & (found.labels != NONE), axis=0))


def learn(
    aspect: Aspect,
    labels: Sequence[str],
    learning: Labelled,
    calibrating: Labelled,
    testing: Labelled,
    *,
    ranks: int,
    accept_share: float,
) -> Classifier:
    """Train, calibrate and measure a classifier.

    Confidence is calibrated on a model that has not seen the newer orders; then, since those are the
    most like the ones to come, the models are trained again with them.

    Args:
        aspect: what it answers.
        labels: every label of the city; dotted ids form a tree.
        learning: the oldest orders, with at least two different labels.
        calibrating: newer ones: its confidence and its threshold come from them.
        testing: the newest: its scores come from them and nothing else does.
        ranks: how many answers to give for each order.
        accept_share: how often answers that fill an empty field should be right.
    """
    ancestors = ancestors_of(labels)
    early = sharpened(fit_tree(learning.vectors, learning.labels, ancestors), calibrating.vectors, calibrating.labels)
    calibrations = _calibrations(early, calibrating, ranks, accept_share)
    vectors = sp.vstack([learning.vectors, calibrating.vectors], format="csr")
    whole = fit_tree(vectors, np.concatenate([learning.labels, calibrating.labels]), ancestors)
    tree = replace(whole, sharpness=early.sharpness)
    fitted = Classifier(aspect, tuple(labels), tree, calibrations, ranks, vectors.shape[0])
    return replace(fitted, scores=tuple(_scores(fitted, testing)))


def _calibrations(tree: Tree, known: Labelled, ranks: int, accept_share: float) -> tuple[Calibration, ...]:
    """Fit one calibration a level, or one for all ranks together."""
    found = tree.ranked(known.vectors, ranks) if ranks > 1 else tree.descend(known.vectors)
    if ranks > 1:
        right = found.labels == tree.ancestors[0][known.labels]
        first = np.zeros(right.shape, dtype=np.bool_)
        first[0] = True
        return (calibrate(found.certainty.ravel(), right.ravel(), first.ravel(), accept_share),)
    return tuple(_at_level(found, tree, known, level, accept_share) for level in range(len(found.labels)))


def _at_level(found: Descent, tree: Tree, known: Labelled, level: int, accept_share: float) -> Calibration:
    truth = tree.ancestors[level][known.labels]
    judged = (truth != NONE) & (found.labels[level] != NONE)
    right = found.labels[level][judged] == truth[judged]
    return calibrate(found.certainty[level][judged], right, np.ones(len(right), dtype=np.bool_), accept_share)


def _scores(fitted: Classifier, known: Labelled) -> list[Score]:
    """Measure on orders that played no part in training or calibration."""
    answers = fitted.answer(known.vectors)
    scores = []
    for level, ancestors in enumerate(fitted.tree.ancestors):
        truth = ancestors[known.labels]
        judged = truth != NONE
        # With ranks, the rows of the answers are ranks and there is one level.
        right = (answers.labels[level] == truth) & judged
        accepted = answers.accepted[level] & judged
        tried = int(judged.sum())
        scores.append(Score("accuracy", level + 1, int(right.sum()), tried))
        scores.append(Score("accepted_share", level + 1, int(accepted.sum()), tried))
        scores.append(Score("accepted_accuracy", level + 1, int((right & accepted).sum()), int(accepted.sum())))
    if fitted.ranks > 1:
        truth = fitted.tree.ancestors[0][known.labels]
        scores.append(Score("top_3", 1, int((answers.labels[:3] == truth).any(axis=0).sum()), len(truth)))
    return scores
