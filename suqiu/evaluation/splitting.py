"""Which samples judge: the newest, or folds that never part equal texts."""

from __future__ import annotations

import heapq

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.evaluation.scorers.statistic import Codes, Flags
from suqiu.evaluation.seeds import seed_of

#: What does not make two texts different: spaces, punctuation and signs of every script.
_IGNORED = r"[\s\p{Z}\p{P}\p{S}\p{C}]+"


def newest(times: pa.Array | pa.ChunkedArray, share: float) -> Flags:
    """Say which samples are among the newest share of all.

    Samples of one moment stay together: the cut lies between two moments, where it comes closest to the share.

    Args:
        times: of each sample, of any type that sorts.
        share: how many of all should be new, 0 to 1.

    Raises:
        InvalidInput: a time is missing, or all are the same.
    """
    flat = _flat(times)
    moments = np.asarray(pc.rank(flat, tiebreaker="dense").to_numpy(zero_copy_only=False), dtype=np.int64)
    if flat.null_count or len(np.unique(moments)) < 2:
        raise InvalidInput(
            "evaluation.no_newest",
            Text("样本时间缺失或完全相同，无法按时间划分", "times are missing or all the same: none is the newest"),
            Text("请改用分组划分，或剔除无时间的样本", "split by groups, or leave out samples without a time"),
        )
    later = len(moments) - np.cumsum(np.bincount(moments)[1:])[:-1]  # samples after each moment but the last
    cut = int(np.argmin(np.abs(later - share * len(moments))))
    return np.asarray(moments > cut + 1)


def grouped_folds(texts: pa.Array | pa.ChunkedArray, folds: int) -> Codes:
    """Give each sample a fold such that equal texts share one and folds are as even as that allows.

    Texts are equal when they differ in nothing but width, case, spaces and punctuation. The order of the
    samples changes nothing; the draw is seeded from the texts.

    Args:
        texts: of each sample; null and empty texts are equal.
        folds: how many, from 2.

    Returns:
        The fold of each sample, 0 to folds - 1.

    Raises:
        InvalidInput: there are fewer different texts than folds.
    """
    codes = normalised(texts).dictionary_encode()
    group = np.asarray(codes.indices.to_numpy(zero_copy_only=False), dtype=np.int64)
    ordered = np.asarray(pc.sort_indices(codes.dictionary).to_numpy(), dtype=np.int64)
    if len(ordered) < folds:
        raise InvalidInput(
            "evaluation.few_texts",
            Text("不同文本仅{n}条，不足以划分为{k}份", "{n} different texts cannot be split into {k} folds").fill(
                n=len(ordered), k=folds
            ),
            Text("请减少折数，或补充样本", "ask for fewer folds, or give more samples"),
        )
    draw = np.random.default_rng(seed_of(codes.dictionary.take(pa.array(ordered))))
    shuffled = draw.permutation(ordered)
    fold = np.empty(len(ordered), np.int64)
    fold[shuffled] = _even(np.bincount(group, minlength=len(ordered))[shuffled], folds)
    return fold[group]


def normalised(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return texts without what does not make two of them different."""
    narrow = pc.utf8_lower(pc.utf8_normalize(pc.fill_null(_flat(texts), ""), form="NFKC"))
    return pc.replace_substring_regex(narrow, _IGNORED, "")


def _even(sizes: Codes, folds: int) -> Codes:
    """Put groups into folds: the large ones first, each into the emptiest fold, then the single ones level up."""
    chosen = np.empty(len(sizes), np.int64)
    loads = [(0, fold) for fold in range(folds)]
    large = np.flatnonzero(sizes > 1)
    for place in large[np.argsort(-sizes[large], kind="stable")]:
        load, fold = heapq.heappop(loads)
        chosen[place] = fold
        heapq.heappush(loads, (load + int(sizes[place]), fold))
    singles = np.flatnonzero(sizes == 1)
    taken = np.array([load for load, _ in sorted(loads, key=lambda pair: pair[1])])
    level = _water_level(taken, len(singles))
    room = np.maximum(level - taken, 0)
    room[np.flatnonzero(taken <= level)[: len(singles) - int(room.sum())]] += 1
    chosen[singles] = np.repeat(np.arange(folds), room)
    return chosen


def _water_level(load: Codes, amount: int) -> int:
    """Return the highest level that filling every fold up to it does not take more than there is."""
    low, high = int(load.min()), int(load.max()) + amount
    while low < high:
        middle = (low + high + 1) // 2
        if int(np.maximum(middle - load, 0).sum()) <= amount:
            low = middle
        else:
            high = middle - 1
    return low


def _flat(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
