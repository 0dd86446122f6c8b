"""Whether a confidence means what it says: of answers at 0.8, eight in ten are right."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from suqiu.evaluation.scorers.statistic import Codes, Flags, Statistic, Values, mean, ratio

#: Bins of equal mass; fifteen is the customary number (Guo et al. 2017).
BINS = 15


def brier(confidence: Values, right: Flags) -> Statistic:
    """Return the mean square of confidence less being right, of the first answers: 0 is best.

    Source: G. W. Brier, Verification of forecasts expressed in terms of probability, 1950, for the event
    that the first answer is right.
    """
    return mean((confidence - right) ** 2)


def calibration_error(confidence: Values, right: Flags, bins: int = BINS) -> Statistic:
    """Return the expected calibration error: how far confidence and share of right answers lie apart.

    Bins hold equal weight in each round, and answers of equal confidence share a bin, so that the order of
    the samples changes nothing.

    Source: C. Guo, G. Pleiss, Y. Sun, K. Weinberger, On calibration of modern neural networks, ICML 2017;
    equal-mass bins after K. Nguyen and B. O'Connor, EMNLP 2015.
    """
    order = np.argsort(confidence, kind="stable")
    starts = _starts(confidence[order])
    said, hit = confidence[order], right[order].astype(np.float64)

    def statistic(weights: Values) -> Values:
        mass, gap = _grouped(weights[:, order], said - hit, starts)
        places = _bins_of(mass, bins) + bins * np.arange(len(weights))[:, None]
        gaps = np.bincount(places.ravel(), gap.ravel(), minlength=bins * len(weights)).reshape(-1, bins)
        return ratio(np.abs(gaps).sum(axis=1), mass.sum(axis=1))

    return statistic


def reliability(confidence: Values, right: Flags, bins: int = BINS) -> pa.Table:
    """Return the bins that the calibration error is made of, the least sure first; empty ones are left out.

    Returns:
        samples, right, least, most (confidence in the bin), confidence (its mean), accuracy.
    """
    order = np.argsort(confidence, kind="stable")
    said, hit = confidence[order], right[order]
    starts = _starts(said)
    sizes = np.diff(np.append(starts, len(said)))
    place = np.repeat(_bins_of(sizes[None, :].astype(np.float64), bins)[0], sizes)
    firsts = np.flatnonzero(np.diff(place, prepend=-1))
    counts = np.diff(np.append(firsts, len(place)))
    if not len(counts):
        empty = {name: pa.array([], pa.float64()) for name in ("least", "most", "confidence", "accuracy")}
        return pa.table({"samples": pa.array([], pa.int64()), "right": pa.array([], pa.int64()), **empty})
    hits = np.add.reduceat(hit.astype(np.int64), firsts)
    return pa.table(
        {
            "samples": pa.array(counts, pa.int64()),
            "right": pa.array(hits, pa.int64()),
            "least": pa.array(said[firsts]),
            "most": pa.array(said[firsts + counts - 1]),
            "confidence": pa.array(np.add.reduceat(said, firsts) / counts),
            "accuracy": pa.array(hits / counts),
        }
    )


def _starts(ranked: Values) -> Codes:
    """Return where each run of equal values begins."""
    return np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1])[: len(ranked)])


def _grouped(weights: Values, gap: Values, starts: Codes) -> tuple[Values, Values]:
    """Sum weights and weighted gaps over runs of equal confidence."""
    if len(starts) == weights.shape[1]:  # every confidence is its own; no samples at all among them
        return weights, weights * gap
    return np.add.reduceat(weights, starts, axis=1), np.add.reduceat(weights * gap, starts, axis=1)


def _bins_of(mass: Values, bins: int) -> Codes:
    """Return the bin of each run of equal confidence: where the middle of its mass lies."""
    total = np.maximum(mass.sum(axis=1, keepdims=True), 1e-12)
    middle = np.cumsum(mass, axis=1) - mass / 2
    return np.asarray(np.minimum((middle / total * bins).astype(np.int64), bins - 1))
