"""What may go without a second look: the surest answers, and how often they are right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from suqiu.evaluation.scorers.statistic import Codes, Flags, Statistic, Values, ratio

#: Shares are sums of floats: an accuracy that misses what is wanted by less than this does not miss it.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Selection:
    """The answers at or above a threshold 自动采纳的部分.

    Attributes:
        threshold: the lowest confidence that is accepted; None where nothing is.
        samples: how many samples there are, those without an answer too.
        accepted: how many are accepted.
        right: how many of those are right.
    """

    threshold: float | None
    samples: int
    accepted: int
    right: int

    @property
    def share(self) -> float | None:
        """Accepted answers as a share of all samples; None without samples."""
        return self.accepted / self.samples if self.samples else None

    @property
    def accuracy(self) -> float | None:
        """Share of the accepted answers that are right; None where none is accepted."""
        return self.right / self.accepted if self.accepted else None


def surest(confidence: Values, right: Flags, wanted: float) -> Selection:
    """Select the largest share of the surest answers that is right at least as often as wanted.

    Answers of equal confidence are accepted together or not at all. The threshold is chosen on the very
    answers it is counted on, which flatters it: see `carried`.

    Args:
        confidence: of the first answer to each sample; NaN where the model stayed silent.
        right: whether that answer is right.
        wanted: share of right answers among those accepted, 0 to 1.
    """
    curve = _Curve(confidence, right)
    good = np.flatnonzero(curve.hits >= wanted * curve.accepted - _ROUNDING)
    if not len(good):
        return Selection(None, len(confidence), 0, 0)
    last = good[-1]
    return Selection(
        float(curve.thresholds[last]), len(confidence), int(curve.accepted[last]), round(float(curve.hits[last]))
    )


def applied(threshold: float | None, confidence: Values, right: Flags) -> Selection:
    """Accept the answers at or above a threshold that was chosen elsewhere."""
    taken = np.zeros(len(confidence), np.bool_) if threshold is None else confidence >= threshold
    return Selection(threshold, len(confidence), int(taken.sum()), int((taken & right).sum()))


def carried(confidence: Values, right: Flags, chosen_on: Flags, wanted: float) -> tuple[Selection, Selection]:
    """Choose a threshold on one part of the samples and see what it gives on the other.

    Args:
        confidence, right, wanted: as for `surest`.
        chosen_on: whether the sample belongs to the part that the threshold is chosen on.

    Returns:
        The selection where it was chosen, and where it was only applied: the second is what to expect.
    """
    chosen = surest(confidence[chosen_on], right[chosen_on], wanted)
    return chosen, applied(chosen.threshold, confidence[~chosen_on], right[~chosen_on])


def coverage(confidence: Values, right: Flags, wanted: float) -> Statistic:
    """Return the share that `surest` accepts, as a statistic: nought where no threshold will do."""
    curve = _Curve(confidence, right)

    def statistic(weights: Values) -> Values:
        accepted, hits = curve.weighed(weights)
        good = hits >= wanted * accepted - _ROUNDING
        most = np.max(accepted * good, axis=1, initial=0.0)
        return ratio(most, weights.sum(axis=1))

    return statistic


def risk_area(confidence: Values, right: Flags) -> Statistic:
    """Return the area under the risk-coverage curve: the mean error over all shares accepted; 0 is best.

    Silent samples are accepted last and count as wrong: silence may spare a wrong answer, and never counts as right.

    Source: Y. Geifman and R. El-Yaniv, Selective classification for deep neural networks, NIPS 2017.
    """
    curve = _Curve(np.where(np.isnan(confidence), -np.inf, confidence), right & ~np.isnan(confidence))

    def statistic(weights: Values) -> Values:
        accepted, hits = curve.weighed(weights)
        steps = np.diff(accepted, axis=1, prepend=0.0)
        risks = (accepted - hits) / np.maximum(accepted, 1.0)  # where nothing is accepted yet, no step counts
        return ratio((risks * steps).sum(axis=1), weights.sum(axis=1))

    return statistic


def risk_coverage(confidence: Values, right: Flags, at_most: int | None = None) -> pa.Table:
    """Return what each threshold gives, the highest first.

    Args:
        confidence, right: as for `surest`.
        at_most: rows at most, at about equal steps of the share; the last always stays. None keeps all.

    Returns:
        threshold, share (accepted, of all samples), accuracy (of the accepted), accepted.
    """
    curve = _Curve(confidence, right)
    rows = np.arange(len(curve.thresholds))
    if at_most is not None and len(rows) > at_most:
        wanted = np.linspace(curve.accepted[0], curve.accepted[-1], at_most)
        rows = np.unique(np.append(np.searchsorted(curve.accepted, wanted - 0.5), rows[-1]))
    accepted, hits = curve.accepted[rows], curve.hits[rows]
    return pa.table(
        {
            "threshold": pa.array(curve.thresholds[rows], pa.float64()),
            "share": pa.array(accepted / max(1, len(confidence)), pa.float64()),
            "accuracy": pa.array(hits / np.maximum(accepted, 1), pa.float64()),
            "accepted": pa.array(accepted.astype(np.int64), pa.int64()),
        }
    )


class _Curve:
    """Answers ranked by confidence, ended at each distinct one."""

    def __init__(self, confidence: Values, right: Flags) -> None:
        ranked = np.argsort(-confidence, kind="stable")
        self._order: Codes = ranked[: int((~np.isnan(confidence)).sum())]  # NaN is sorted last
        said = confidence[self._order]
        self._ends = np.flatnonzero(np.append(said[1:] != said[:-1], True)[: len(said)])
        self._right = right[self._order].astype(np.float64)
        self.thresholds: Values = said[self._ends]
        accepted, hits = self.weighed(np.ones((1, len(confidence))))
        self.accepted: Values = accepted[0]
        self.hits: Values = hits[0]

    def weighed(self, weights: Values) -> tuple[Values, Values]:
        """Return how much weight each threshold accepts and how much of it is right, one row a round."""
        ranked = weights[:, self._order]
        accepted, hits = np.cumsum(ranked, axis=1), np.cumsum(ranked * self._right, axis=1)
        if len(self._ends) == len(self._order):
            return accepted, hits
        return accepted[:, self._ends], hits[:, self._ends]
