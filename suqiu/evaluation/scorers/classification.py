"""How often labels are right: overall, among the first few, per class and per level of a tree."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp

from suqiu.evaluation.scorers.statistic import Codes, Flags, Statistic, Values, among, mean, ratio

#: Between the levels of a label that is a path in a tree: 城市管理›市容环境›占道经营.
STEP = "›"


def encode(truth: pa.Array, found: pa.Array) -> tuple[tuple[str, ...], Codes, Codes]:
    """Number the labels of truth and answers alike, in the labels' own order.

    Returns:
        The labels, sorted; the number of each truth and of each answer, -1 for null.
    """
    flat = [array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array for array in (truth, found)]
    known = pa.concat_arrays([array.cast(pa.string()) for array in flat]).drop_null().unique()
    labels = known.take(pc.sort_indices(known))
    numbers = [pc.fill_null(pc.index_in(array.cast(pa.string()), value_set=labels), -1) for array in flat]
    codes = [np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.int64) for array in numbers]
    return tuple(labels.to_pylist()), codes[0], codes[1]


def accuracy(truth: Codes, found: Codes) -> Statistic:
    """Return the share of samples whose first answer is the truth; silence is no right answer."""
    return mean((truth == found) & (found >= 0))


def top(ranks: Codes, k: int) -> Statistic:
    """Return the share of samples whose truth is among the first k answers.

    Args:
        ranks: place of the truth among the answers, 0 for the first, -1 where it is not among them.
        k: how many answers are looked at, from 1.
    """
    return mean((ranks >= 0) & (ranks < k))


def share_among(reach: Flags, right: Flags) -> Statistic:
    """Return the share of right samples among those that count."""
    return among(reach, mean(right[reach]))


def macro_f1(truth: Codes, found: Codes, classes: int) -> Statistic:
    """Return the unweighted mean of F1 over the classes that truth or answers name in the round.

    A class that never occurs has no F1; one that is only answered, or never answered, has 0.
    """
    tallies = _Tallies(truth, found, classes)

    def statistic(weights: Values) -> Values:
        hits, stated, answered = tallies(weights)
        f1 = ratio(2 * hits, stated + answered)
        return ratio(np.nansum(f1, axis=1), (~np.isnan(f1)).sum(axis=1).astype(np.float64))

    return statistic


def weighted_f1(truth: Codes, found: Codes, classes: int) -> Statistic:
    """Return the mean of F1 over classes, each by how often it is the truth in the round."""
    tallies = _Tallies(truth, found, classes)

    def statistic(weights: Values) -> Values:
        hits, stated, answered = tallies(weights)
        f1 = np.nan_to_num(ratio(2 * hits, stated + answered))
        return ratio((f1 * stated).sum(axis=1), stated.sum(axis=1))

    return statistic


class _Tallies:
    """Weighted counts a class: right answers, truths, answers; each one row a round and one column a class."""

    def __init__(self, truth: Codes, found: Codes, classes: int) -> None:
        self._hits = _one_hot(np.where(truth == found, truth, -1), classes)
        self._stated = _one_hot(truth, classes)
        self._answered = _one_hot(found, classes)

    def __call__(self, weights: Values) -> tuple[Values, Values, Values]:
        turned = np.ascontiguousarray(weights.T)
        hits, stated, answered = (
            np.asarray((table @ turned).T) for table in (self._hits, self._stated, self._answered)
        )
        return hits, stated, answered


def _one_hot(codes: Codes, classes: int) -> sp.csr_matrix:
    """Return one row a class and one column a sample, 1 where the sample is of the class."""
    columns = np.flatnonzero(codes >= 0)
    return sp.csr_matrix((np.ones(len(columns)), (codes[columns], columns)), shape=(classes, len(codes)))


def class_table(truth: Codes, found: Codes, labels: tuple[str, ...]) -> pa.Table:
    """Return each class with precision, recall, F1 and its counts, the commonest truth first.

    Precision is null for a class that was never answered, recall for one that is never the truth.

    Returns:
        label, samples (as the truth), answered, right, precision, recall, f1.
    """
    hits, stated, answered = (counts[0] for counts in _Tallies(truth, found, len(labels))(np.ones((1, len(truth)))))
    order = np.lexsort((np.arange(len(labels)), -stated))
    counts = {
        name: pa.array(column[order].astype(np.int64))
        for name, column in {"samples": stated, "answered": answered, "right": hits}.items()
    }
    shares = {
        name: pa.array(column[order], from_pandas=True)
        for name, column in {
            "precision": ratio(hits, answered),
            "recall": ratio(hits, stated),
            "f1": ratio(2 * hits, stated + answered),
        }.items()
    }
    return pa.table({"label": pa.array([labels[n] for n in order], pa.string()), **counts, **shares})


def confusions(truth: Codes, found: Codes, labels: tuple[str, ...], at_most: int) -> pa.Table:
    """Return the commonest pairs of a truth and the wrong answer given for it, the largest first.

    Returns:
        truth, found, count, share (of the samples of that truth).
    """
    wrong = (truth >= 0) & (found >= 0) & (truth != found)
    pairs, counts = np.unique(truth[wrong] * len(labels) + found[wrong], return_counts=True)
    largest = np.lexsort((pairs, -counts))[:at_most]
    pairs, counts = pairs[largest], counts[largest]
    stated = np.bincount(truth[truth >= 0], minlength=max(1, len(labels)))
    names = pa.array(labels, pa.string())
    return pa.table(
        {
            "truth": names.take(pa.array(pairs // max(1, len(labels)), pa.int64())),
            "found": names.take(pa.array(pairs % max(1, len(labels)), pa.int64())),
            "count": pa.array(counts, pa.int64()),
            "share": pa.array(counts / stated[pairs // max(1, len(labels))], pa.float64()),
        }
    )


def levels_right(truth: pa.Array, found: pa.Array, levels: int) -> list[tuple[Flags, Flags]]:
    """Say for each level of a tree which samples reach it in truth, and which of those are right down to it.

    An answer is right at a level when it agrees with the truth there and at every level above. A truth that
    stops higher is not counted below; an answer that stops higher is wrong below.

    Args:
        truth, found: paths joined by `STEP`, null where there is none.
        levels: how many levels to look at.

    Returns:
        For each level, whether the sample counts, and whether it is right.
    """
    results = []
    reach, agree = np.ones(len(truth), np.bool_), np.ones(len(truth), np.bool_)
    for level in range(levels):
        mine, theirs = (_step(array, level) for array in (truth, found))
        reach = reach & _flags(pc.is_valid(mine))
        agree = agree & _flags(pc.fill_null(pc.equal(mine, theirs), False))
        results.append((reach, reach & agree))
    return results


def _step(paths: pa.Array, level: int) -> pa.Array:
    """Return one level of each path, null where the path is shorter."""
    pattern = f"^(?:[^{STEP}]*{STEP}){{{level}}}(?P<step>[^{STEP}]+)"
    return pc.struct_field(pc.extract_regex(paths, pattern), "step")


def _flags(array: pa.Array) -> Flags:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.bool_)
