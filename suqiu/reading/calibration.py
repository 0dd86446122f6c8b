"""From a model's own certainty to the share of such answers that are right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Certainties = npt.NDArray[np.float64]
Rights = npt.NDArray[np.bool_]

_SMALLEST = 1e-6
#: An acceptance threshold rests on at least this many accepted answers.
_LEAST_ACCEPTED = 20


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a model's certainty becomes a confidence, and from where on it is good enough.

    Attributes:
        slope, intercept: of the line that maps log-odds of certainty to log-odds of being right.
        accept_from: the lowest confidence at which answers are right as often as the city asks;
            None where no threshold reaches that.
    """

    slope: float
    intercept: float
    accept_from: float | None

    def confidence(self, certainty: Certainties) -> Certainties:
        """Return the calibrated share of such answers that are right."""
        return np.asarray(1 / (1 + np.exp(-(self.slope * _log_odds(certainty) + self.intercept))))

    def accepts(self, confidence: Certainties) -> Rights:
        """Say which answers may fill an empty field."""
        if self.accept_from is None:
            return np.zeros(len(confidence), dtype=np.bool_)
        return np.asarray(confidence >= self.accept_from)


def calibrate(certainty: Certainties, right: Rights, first: Rights, accept_share: float) -> Calibration:
    """Fit on answers that the model has not learned from.

    Source: J. Platt, Probabilistic outputs for support vector machines, 1999, with his smoothed
    targets, on log-odds instead of scores.

    Args:
        certainty: of each answer, 0 to 1.
        right: whether it was right.
        first: whether it was the model's first answer: the threshold is for those alone.
        accept_share: how often accepted answers should be right.
    """
    slope, intercept = _fit_line(_log_odds(certainty), right)
    unready = Calibration(slope, intercept, None)
    confidence = unready.confidence(certainty[first])
    return Calibration(slope, intercept, _threshold(confidence, right[first], accept_share))


def _threshold(confidence: Certainties, right: Rights, accept_share: float) -> float | None:
    """Return the lowest confidence above which the share of right answers is reached."""
    order = np.argsort(-confidence, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    ranked = confidence[order]
    # Answers of equal confidence are accepted together or not at all.
    last_of_equals = np.append(ranked[1:] != ranked[:-1], True)[: len(ranked)]
    enough = np.flatnonzero((share >= accept_share) & last_of_equals)
    enough = enough[enough >= _LEAST_ACCEPTED - 1]
    return float(ranked[enough[-1]]) if len(enough) else None


def _fit_line(log_odds: Certainties, right: Rights) -> tuple[float, float]:
    """Fit a logistic line by Newton's method; the slope stays positive."""
    if len(right) == 0:
        return 1.0, 0.0
    good, bad = int(right.sum()), int((~right).sum())
    target = np.where(right, (good + 1) / (good + 2), 1 / (bad + 2))
    design = np.column_stack([log_odds, np.ones_like(log_odds)])
    line = np.array([1.0, 0.0])
    for _ in range(50):
        share = 1 / (1 + np.exp(-np.clip(design @ line, -30, 30)))
        spread = np.maximum(share * (1 - share), 1e-9)
        # The small ridge towards (1, 0) keeps the fit firm where all answers are alike.
        pull = design.T @ (target - share) - 1e-2 * (line - [1.0, 0.0])
        bend = (design * spread[:, None]).T @ design + 1e-2 * np.eye(2)
        move = np.linalg.solve(bend, pull)
        line = line + np.clip(move, -2, 2)
        if np.abs(move).max() < 1e-9:
            break
    return max(float(line[0]), 1e-3), float(line[1])


def _log_odds(certainty: Certainties) -> Certainties:
    clipped = np.clip(certainty, _SMALLEST, 1 - _SMALLEST)
    return np.asarray(np.log(clipped) - np.log1p(-clipped))
