"""Which order repeats which: the same words again, or the same matter in other words.

Equal texts are found by their digest. Reworded ones are candidates when a band of their sketches agrees,
or when one caller returns; a candidate counts when enough of its telling triples (rare ones weigh more)
are shared, in the same place, within the window. In each bucket an order is compared with the few before
it only, so the cost grows with the orders and not with their pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from suqiu.domain.city import City
from suqiu.domain.event import RepeatKind
from suqiu.domain.tables import REPEATS
from suqiu.events.wording import BANDS, BUCKETS, Shingles, normalise, shingles

#: Batches of ORDERS beside the READINGS of the same orders, in the orders' order; called anew for each pass.
Source = Callable[[], Iterable[tuple[pa.RecordBatch, pa.RecordBatch]]]

#: A text shorter than this, in characters, says too little to be a repeat by its words alone.
_TELLING_LENGTH = 8
#: With how many orders before it in its bucket an order is compared.
_LOOK_BACK = 3
#: Pairs compared at a time: bounds the memory of their triples.
_PAIRS_AT_ONCE = 50_000
_DAY = 86_400

Ints = npt.NDArray[np.int64]


@dataclass
class _Orders:
    """What is kept of every order between the passes, a few dozen bytes each."""

    ids: pa.ChunkedArray
    second: Ints
    digest: npt.NDArray[np.uint64]
    bands: npt.NDArray[np.uint32]
    telling: npt.NDArray[np.bool_]
    caller: Ints  # -1 where unknown
    category: Ints
    region: Ints  # deepest known; -1 where unknown
    street: Ints
    rarity: npt.NDArray[np.float32]  # of each bucket of triples


def find_repeats(source: Source, city: City) -> Iterator[pa.RecordBatch]:
    """Find every order that repeats an earlier one.

    Args:
        source: gives the orders and their readings, sorted by time; called anew for each pass.
        city: for `repeats.similarity` (0 to 1) and `repeats.window_days`.

    Returns:
        Batches of REPEATS in the orders' order.
    """
    if not any(batch.num_rows for batch, _ in source()):
        return
    orders = _survey(source)
    exact = _equal_texts(orders)
    window = int(city.weight("repeats.window_days")) * _DAY
    near, by_caller = _candidates(orders, window)
    near_similarity = _similarities(source, orders, near)
    kept = near_similarity >= np.where(
        by_caller, city.weight("repeats.caller_similarity"), city.weight("repeats.similarity")
    )
    same_matter = by_caller & _same(orders.category, near) & _same(orders.region, near)
    kept |= same_matter
    yield from _groups(orders, exact, near[kept], near_similarity[kept])


def _survey(source: Source) -> _Orders:
    """First pass: sketch every text and count how often each triple stands in them."""
    ids, parts, frequency = [], [], np.zeros(BUCKETS, np.int64)
    codes: dict[str, dict[str, int]] = {"caller_id": {}, "category": {}, "region": {}, "street": {}}
    for orders, readings in source():
        cut = _shingles_of(orders)
        frequency += np.bincount(cut.buckets(), minlength=BUCKETS)
        ids.append(orders["order_id"])
        region = pc.coalesce(readings["community"], readings["street"], readings["district"])
        parts.append(
            {
                "second": orders["accepted_at"].cast(pa.int64()).to_numpy(),
                "digest": cut.digests,
                "bands": cut.sketch(),
                "telling": cut.lengths >= _TELLING_LENGTH,
                "caller": _encode(readings["caller_id"], codes["caller_id"]),
                "category": _encode(readings["category"], codes["category"]),
                "region": _encode(region, codes["region"]),
                "street": _encode(readings["street"], codes["street"]),
            }
        )
    rarity = np.log((1 + frequency.sum()) / (1 + frequency)).astype(np.float32)
    columns: dict[str, Any] = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return _Orders(ids=pa.chunked_array(ids, pa.string()), rarity=rarity, **columns)


def _shingles_of(orders: pa.RecordBatch) -> Shingles:
    words = pc.if_else(pc.equal(orders["text"], ""), orders["title"], orders["text"])
    return shingles(normalise(words))


def _unique_buckets(cut: Shingles) -> Ints:
    """Return text × BUCKETS + bucket for every triple of a batch, each once for each text."""
    text_of = np.repeat(np.arange(len(cut.lengths)), np.diff(cut.starts))
    keys = np.sort(text_of * BUCKETS + cut.buckets())
    return np.asarray(keys[np.concatenate([[True], keys[1:] != keys[:-1]])], np.int64)


def _encode(column: pa.Array, codes: dict[str, int]) -> Ints:
    """Number the distinct values in order of appearance, -1 for null."""
    encoded = column.dictionary_encode()
    numbers = np.array([codes.setdefault(value, len(codes)) for value in encoded.dictionary.to_pylist()] + [-1])
    places = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
    return np.asarray(numbers[places], np.int64)


def _same(values: Ints, pairs: Ints) -> npt.NDArray[np.bool_]:
    """Say for each pair whether both values are known and equal."""
    left, right = values[pairs[:, 0]], values[pairs[:, 1]]
    return np.asarray((left == right) & (left >= 0), np.bool_)


def _apart(values: Ints, pairs: Ints) -> npt.NDArray[np.bool_]:
    """Say for each pair whether both values are known and differ."""
    left, right = values[pairs[:, 0]], values[pairs[:, 1]]
    return np.asarray((left != right) & (left >= 0) & (right >= 0), np.bool_)


def _neighbours(*keys: npt.NDArray[np.generic], look_back: int) -> Ints:
    """Pair each order with the `look_back` before it that have the same keys; earlier order first."""
    order = np.lexsort((np.arange(len(keys[0])), *keys[::-1]))
    pairs = []
    for step in range(1, look_back + 1):
        before, after = order[:-step], order[step:]
        alike = np.ones(len(after), np.bool_)
        for key in keys:
            alike &= key[before] == key[after]
        pairs.append(np.column_stack([before[alike], after[alike]]))
    return np.concatenate(pairs)


def _equal_texts(orders: _Orders) -> Ints:
    """Pair orders of equal text that are not known to be about different streets."""
    anywhere = _neighbours(orders.digest, look_back=1)
    anywhere = anywhere[~_apart(orders.street, anywhere)]
    pairs = np.concatenate([anywhere, _neighbours(orders.digest, orders.street, look_back=1)])
    # Few words alone prove nothing: then the caller or the place must be the same too.
    telling = orders.telling[pairs[:, 0]] | _same(orders.caller, pairs) | _same(orders.region, pairs)
    return np.unique(pairs[telling], axis=0)


def _candidates(orders: _Orders, window: int) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Pair orders worth comparing, and say which pairs one caller made."""
    found = [
        # In each bucket once by time alone, once within the street: a busy bucket hides no neighbour.
        pairs
        for band in range(BANDS)
        for pairs in (
            _neighbours(orders.bands[:, band], look_back=_LOOK_BACK),
            _neighbours(orders.bands[:, band], orders.street, look_back=_LOOK_BACK),
        )
    ]
    returning = _neighbours(orders.caller, look_back=_LOOK_BACK)
    found.append(returning[orders.caller[returning[:, 0]] >= 0])
    pairs = np.unique(np.concatenate(found), axis=0)
    near_in_time = orders.second[pairs[:, 1]] - orders.second[pairs[:, 0]] <= window
    by_caller = _same(orders.caller, pairs)
    telling = orders.telling[pairs].all(axis=1)
    keep = near_in_time & ~_apart(orders.street, pairs) & (telling | by_caller)
    keep &= ~_apart(orders.region, pairs) | _same(orders.street, pairs)
    keep &= orders.digest[pairs[:, 0]] != orders.digest[pairs[:, 1]]
    return pairs[keep], by_caller[keep]


def _similarities(source: Source, orders: _Orders, pairs: Ints) -> npt.NDArray[np.float32]:
    """Second pass: the share of telling triples that both texts of each pair have, 0 to 1."""
    if not len(pairs):
        return np.zeros(0, np.float32)
    wanted = np.unique(pairs)
    columns, ends, begin = [], [np.zeros(1, np.int64)], 0
    for batch, _ in source():
        here = wanted[np.searchsorted(wanted, begin) : np.searchsorted(wanted, begin + batch.num_rows)] - begin
        begin += batch.num_rows
        if not len(here):
            continue
        keys = _unique_buckets(_shingles_of(batch.take(pa.array(here))))
        columns.append((keys % BUCKETS).astype(np.int32))
        ends.append(np.cumsum(np.bincount(keys // BUCKETS, minlength=len(here))) + ends[-1][-1])
    triples = np.concatenate(columns)
    weights = sparse.csr_matrix((orders.rarity[triples], triples, np.concatenate(ends)), shape=(len(wanted), BUCKETS))
    sums = np.asarray(weights.sum(axis=1)).ravel()
    left, right = (np.searchsorted(wanted, pairs[:, side]) for side in (0, 1))
    shares = np.empty(len(pairs), np.float32)
    for start in range(0, len(pairs), _PAIRS_AT_ONCE):
        one, other = left[start : start + _PAIRS_AT_ONCE], right[start : start + _PAIRS_AT_ONCE]
        shared = np.asarray(weights[one].minimum(weights[other]).sum(axis=1)).ravel()
        shares[start : start + _PAIRS_AT_ONCE] = shared / np.maximum(sums[one] + sums[other] - shared, 1e-6)
    return np.clip(shares, 0.0, 1.0)


def _groups(
    orders: _Orders, exact: Ints, near: Ints, near_similarity: npt.NDArray[np.float32]
) -> Iterator[pa.RecordBatch]:
    """Join the pairs into groups and name each group's first order."""
    count = len(orders.second)
    pairs = np.concatenate([exact, near])
    if not len(pairs):
        return
    links = sparse.coo_matrix((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, group = connected_components(links, directed=False)
    # Orders come sorted by time, so the first of a group is the one with the least number.
    groups, starts = np.unique(group, return_index=True)
    first = starts[np.searchsorted(groups, group)]
    repeats = np.flatnonzero(first != np.arange(count))
    similarity = np.zeros(count, np.float32)
    np.maximum.at(similarity, near[:, 1], near_similarity)
    similarity[exact[:, 1]] = 1.0
    exactly = np.zeros(count, np.bool_)
    exactly[exact[:, 1]] = True
    root = first[repeats]
    known = (orders.caller[repeats] >= 0) & (orders.caller[root] >= 0)
    kinds = np.where(exactly[repeats], RepeatKind.EXACT.value, RepeatKind.REWORDED.value)
    yield pa.RecordBatch.from_arrays(
        [
            orders.ids.take(pa.array(repeats)).combine_chunks(),
            orders.ids.take(pa.array(root)).combine_chunks(),
            pa.array(kinds, pa.string()),
            pa.array(orders.caller[repeats] == orders.caller[root], mask=~known),
            pa.array(similarity[repeats], pa.float32()),
        ],
        schema=REPEATS,
    )
