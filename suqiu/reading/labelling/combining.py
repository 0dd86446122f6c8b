"""Several opinions made into one, and how sure of it to be; both learned on examples that no view has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import log_softmax

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: More examples than this do not make a handful of weights better.
_ENOUGH = 20_000
#: Pull towards the starting weights, in examples: keeps small sets from extremes.
_PULL = 1.0
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Combination:
    """A weight for each view and one for how common a label is 融合权重.

    Attributes:
        weights: of the views' scores, in their order.
        prior: of the logarithm of each label's share among the newest examples.
    """

    weights: tuple[float, ...]
    prior: float

    def log_shares(self, views: Sequence[Floats], log_prior: Doubles) -> Doubles:
        """Return the logarithm of each label's share, one row an example."""
        together = self.prior * log_prior[None, :]
        for weight, scores in zip(self.weights, views, strict=True):
            together = together + weight * scores.astype(np.float64)
        return np.asarray(log_softmax(together, axis=1))


def combine(views: Sequence[Floats], log_prior: Doubles, labels: Numbers) -> Combination:
    """Find the weights under which the true labels are likeliest.

    Args:
        views: each view's scores, (examples, labels).
        log_prior: of each label.
        labels: the true one of each example, -1 where no view knows it: such tell nothing.
    """
    rows = np.flatnonzero(labels >= 0)
    if len(rows) > _ENOUGH:
        rows = rows[np.linspace(0, len(rows) - 1, _ENOUGH).astype(np.int64)]
    scores = [view[rows].astype(np.float64) for view in views]
    scores.append(np.broadcast_to(log_prior, scores[0].shape))
    answers, numbers = labels[rows], np.arange(len(rows))
    start = np.array([1.0] * len(views) + [0.1])

    def loss(weights: Doubles) -> tuple[float, Doubles]:
        together = sum(weight * part for weight, part in zip(weights, scores, strict=True))
        log_shares = log_softmax(together, axis=1)
        shares = np.exp(log_shares)
        slope = np.array([(part * shares).sum() - part[numbers, answers].sum() for part in scores])
        pull = weights - start
        value = -log_shares[numbers, answers].sum() + _PULL * (pull @ pull) / 2
        return float(value), slope + _PULL * pull

    if not len(rows):
        return Combination(tuple(start[:-1].tolist()), float(start[-1]))
    bounds = [(0.0, None)] * len(views) + [(0.0, 2.0)]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return Combination(tuple(float(w) for w in found[:-1]), float(found[-1]))


@dataclass(frozen=True, slots=True)
class Confidence:
    """From what the views say to the chance that the best label is right 置信度校准.

    Attributes:
        weights: of the log-odds of the best share, of its lead over the second, of the views'
            agreement, and 1.
    """

    weights: tuple[float, ...]

    def of(self, log_shares: Doubles, views: Sequence[Floats]) -> Doubles:
        """Return the chance for each example, 0 to 1."""
        return np.asarray(1 / (1 + np.exp(-np.clip(_signs(log_shares, views) @ np.array(self.weights), -30, 30))))


def calibrate(log_shares: Doubles, views: Sequence[Floats], right: Flags) -> Confidence:
    """Learn confidence by logistic regression with Platt's smoothed targets.

    Source: J. Platt, Probabilistic outputs for support vector machines, 1999.

    Args:
        log_shares: from the combination, (examples, labels).
        views: each view's scores.
        right: whether the best label was right.
    """
    start = np.array([1.0, 0.0, 0.0, 0.0])
    if not len(right):
        return Confidence(tuple(start.tolist()))
    signs = _signs(log_shares, views)
    good, bad = int(right.sum()), int((~right).sum())
    target = np.where(right, (good + 1) / (good + 2), 1 / (bad + 2))

    def loss(weights: Doubles) -> tuple[float, Doubles]:
        odds = signs @ weights
        pull = weights - start
        value = np.logaddexp(0, odds).sum() - target @ odds + _PULL * (pull @ pull) / 2
        return float(value), signs.T @ (1 / (1 + np.exp(-np.clip(odds, -30, 30))) - target) + _PULL * pull

    # The surer and the clearer ahead, the likelier right: never the other way round.
    bounds = [(1e-3, None), (0.0, None), (0.0, None), (None, None)]
    return Confidence(tuple(float(w) for w in minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x))


def _signs(log_shares: Doubles, views: Sequence[Floats]) -> Doubles:
    """Return what confidence looks at, (examples, 4)."""
    if log_shares.shape[1] > 1:
        top = -np.partition(-log_shares, 1, axis=1)[:, :2]
        lead = np.minimum(top[:, 0] - top[:, 1], 10.0)
    else:
        top, lead = log_shares, np.full(len(log_shares), 10.0)
    share = np.clip(np.exp(top[:, 0]), _LEAST, 1 - _LEAST)
    best = log_shares.argmax(axis=1)
    agreeing = np.mean([view.argmax(axis=1) == best for view in views], axis=0)
    return np.column_stack([np.log(share) - np.log1p(-share), lead, agreeing, np.ones(len(best))])
