"""Precedents 先例: past orders with where they ended and who sent them back, found by likeness.

Sparse vectors (character pieces) are searched in two rounds: the pieces of a query look up the
precedents in which those pieces weigh most, then the candidates are compared in full. Dense
vectors (embeddings) are compared with all. Either way memory is bounded by blocks of queries.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp

from suqiu.domain.errors import Conflict, NotFound
from suqiu.domain.text import Text
from suqiu.reading.tree import NONE, Numbers

Floats = npt.NDArray[np.float32]
Dense = npt.NDArray[np.float32] | npt.NDArray[np.int8]
Vectors: TypeAlias = sp.csr_matrix | Dense

#: Of each piece, the precedents in which it weighs most are looked up: common pieces cost no more than
#: others. Measured on real orders: the best precedent is missed for one query in a hundred.
POSTINGS = 96
#: Candidates compared in full, for each precedent asked for.
_CANDIDATES = 3
_SPARSE_BLOCK, _DENSE_BLOCK = 1_024, 256
#: Candidates are cut by their score in this many steps, which spares sorting all of them.
_STEPS = 64

_FORMAT = 1
_ARRAYS, _STATEMENT = "precedents.npz", "precedents.json"


@dataclass(frozen=True, slots=True)
class Alike:
    """The most alike precedents of each query, best first.

    Attributes:
        numbers: one row a query: the precedents' numbers, `NONE` where there are fewer.
        cosines: the same shape, 0 to 1; 0 beside `NONE`.
    """

    numbers: Numbers
    cosines: Floats


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How past orders ended 办理结果, the columns of a set of precedents.

    Attributes:
        order_ids: strings.
        departments: the department that handled each in the end; null where none is known.
        categories: category ids, null where unknown.
        accepted_at: timestamps.
        returned_from: lists of department ids that sent the order back or lost a dispute over it.
    """

    order_ids: pa.Array
    departments: pa.Array
    categories: pa.Array
    accepted_at: pa.Array
    returned_from: pa.Array

    def __len__(self) -> int:
        return len(self.order_ids)

    def take(self, numbers: Numbers) -> Outcomes:
        """Return some of them, in the order asked for."""
        chosen = pa.array(numbers)
        return Outcomes(*(column.take(chosen) for column in self.columns()))

    def columns(self) -> tuple[pa.Array, ...]:
        """Return the columns in the order of the fields."""
        return self.order_ids, self.departments, self.categories, self.accepted_at, self.returned_from


@dataclass(frozen=True, slots=True)
class Votes:
    """What the precedents of each query say about the department.

    Attributes:
        departments: ids, one a column of the shares.
        shares: float32, one row a query: each department's share of the votes, summing to 1, or all 0
            where no precedent is alike enough.
        against: the same shape: how much likeness speaks against it because such orders were sent back.
        cases: how many precedents voted.
    """

    departments: tuple[str, ...]
    shares: Floats
    against: Floats
    cases: Numbers


class _Index(Protocol):
    """Finds the most alike rows."""

    def alike(self, queries: Vectors, k: int) -> Alike: ...


class Precedents:
    """Past orders ready to be compared with new ones; adding to them returns a new set."""

    def __init__(self, outcomes: Outcomes, vectors: Vectors) -> None:
        """Take outcomes with their vectors.

        Args:
            outcomes: of the past orders.
            vectors: one row an order: unit rows, sparse float32 of a `Vocabulary`, or dense float32, or
                dense int8 (of any scale: likeness is measured by direction).

        Raises:
            ValueError: they differ in length.
        """
        if len(outcomes) != vectors.shape[0]:
            raise ValueError(f"{len(outcomes)} outcomes for {vectors.shape[0]} vectors")
        self.outcomes = outcomes
        self.vectors = vectors
        self._index: _Index = _Pieces(vectors) if sp.issparse(vectors) else _Points(vectors)
        handled = outcomes.departments.dictionary_encode()
        returned = pc.list_flatten(outcomes.returned_from)
        named = [*handled.dictionary.to_pylist(), *pc.unique(returned).to_pylist()]
        self.departments = tuple(sorted({name for name in named if name is not None}))
        ids = pa.array(self.departments, pa.string())
        self._handled = _numbers(pc.index_in(outcomes.departments, value_set=ids, skip_nulls=True))
        self._returned = _numbers(pc.index_in(returned, value_set=ids, skip_nulls=True))
        sizes = _numbers(pc.list_value_length(outcomes.returned_from), 0)
        self._starts = np.concatenate([[0], np.cumsum(sizes)])

    def __len__(self) -> int:
        return len(self.outcomes)

    def alike(self, vectors: Vectors, k: int) -> Alike:
        """Return the `k` most alike precedents of each query.

        Args:
            vectors: of the same kind and width as the precedents'.
            k: at least 1.
        """
        return self._index.alike(vectors, k)

    def votes(self, alike: Alike, *, least: float = 0.15, bounce_weight: float = 1.0) -> Votes:
        """Let precedents vote: for the department that handled them, against those that sent them back.

        A vote weighs the cube of the cosine, so that near copies outvote the merely related.

        Args:
            alike: from `alike`.
            least: cosine below which a precedent has no vote.
            bounce_weight: how much a return counts against a department, beside a handled order for it.
        """
        queries, wide = len(alike.numbers), len(self.departments)
        voting = (alike.numbers != NONE) & (alike.cosines >= least)
        rows, ranks = np.nonzero(voting)
        cases = alike.numbers[rows, ranks]
        weights = alike.cosines[rows, ranks].astype(np.float64) ** 3
        handled = self._handled[cases]
        known = handled != NONE
        size = queries * wide
        pro = np.bincount((rows * wide + handled)[known], weights=weights[known], minlength=size)
        counts = self._starts[cases + 1] - self._starts[cases]
        # Every return of every voting case, laid out flat.
        inner = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        sent_back = self._returned[np.repeat(self._starts[cases], counts) + inner]
        keys = np.repeat(rows, counts) * wide + sent_back
        contra = np.bincount(keys, weights=np.repeat(weights, counts), minlength=size)
        net = np.maximum(pro - bounce_weight * contra, 0).reshape(queries, wide)
        total = net.sum(axis=1, keepdims=True)
        shares = np.divide(net, total, out=np.zeros_like(net), where=total > 0).astype(np.float32)
        against = contra.reshape(queries, wide).astype(np.float32)
        return Votes(self.departments, shares, against, voting.sum(axis=1).astype(np.int64))

    def add(self, outcomes: Outcomes, vectors: Vectors) -> Precedents:
        """Return the precedents with more of them; an order that is there already gets its new outcome.

        This is how a decided dispute or a granted return becomes a precedent.
        """
        again = pc.is_in(self.outcomes.order_ids, value_set=outcomes.order_ids)
        kept = np.flatnonzero(~again.to_numpy(zero_copy_only=False))
        pairs = zip(self.outcomes.take(kept).columns(), outcomes.columns(), strict=True)
        columns = [pa.concat_arrays([old, new.cast(old.type)]) for old, new in pairs]
        return Precedents(Outcomes(*columns), _stacked(self.vectors[kept], vectors))


def save(precedents: Precedents, folder: Path) -> None:
    """Write precedents to a folder: arrays and JSON, the same bytes for the same precedents."""
    folder.mkdir(parents=True, exist_ok=True)
    outcomes, statement = precedents.outcomes, {"format": _FORMAT, "sparse": bool(sp.issparse(precedents.vectors))}
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "accepted_at": _numbers(outcomes.accepted_at.cast(pa.timestamp("s")).cast(pa.int64())),
        "returned_sizes": _numbers(pc.list_value_length(outcomes.returned_from), 0),
    }
    named = (outcomes.order_ids, outcomes.departments, outcomes.categories, pc.list_flatten(outcomes.returned_from))
    for name, column in zip(("order_ids", "departments", "categories", "returned"), named, strict=True):
        encoded = column.cast(pa.string()).dictionary_encode()
        arrays[name], statement[name] = _numbers(encoded.indices), encoded.dictionary.to_pylist()
    if sp.issparse(precedents.vectors):
        vectors: sp.csr_matrix = precedents.vectors
        arrays |= {"data": vectors.data, "indices": vectors.indices, "indptr": vectors.indptr}
        arrays["shape"] = np.array(vectors.shape)
    else:
        arrays["vectors"] = np.asarray(precedents.vectors)
    with (folder / _ARRAYS).open("wb") as file:
        np.savez_compressed(file, **dict(sorted(arrays.items())))  # type: ignore[arg-type]
    # Last, so that a folder with a statement is whole.
    (folder / _STATEMENT).write_text(json.dumps(statement, ensure_ascii=False) + "\n", encoding="utf-8")


def load(folder: Path) -> Precedents:
    """Read back what `save` wrote.

    Raises:
        NotFound: the folder holds no precedents.
        Conflict: another version of Suqiu wrote them.
    """
    if not (folder / _STATEMENT).is_file():
        raise NotFound(
            "reading.no_precedents",
            Text("{folder}中没有先例库", "{folder} holds no precedents").fill(folder=folder),
            Text("请重新运行研判阶段以生成先例库", "run the reading stage again to collect them"),
        )
    statement = json.loads((folder / _STATEMENT).read_text(encoding="utf-8"))
    if statement["format"] != _FORMAT:
        raise Conflict(
            "reading.other_precedents",
            Text("{folder}中的先例库由其他版本写成", "the precedents in {folder} were written by another version").fill(
                folder=folder
            ),
            Text("请重新运行研判阶段以生成先例库", "run the reading stage again to collect them"),
        )
    with np.load(folder / _ARRAYS, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}

    def named(name: str) -> pa.Array:
        numbers = arrays[name]
        return pa.array(statement[name], pa.string()).take(pa.array(numbers, mask=numbers == NONE))

    ends = np.concatenate([[0], np.cumsum(arrays["returned_sizes"])]).astype(np.int32)
    returned = pa.ListArray.from_arrays(pa.array(ends), named("returned"))
    moments = pa.array(arrays["accepted_at"]).cast(pa.timestamp("s"))
    outcomes = Outcomes(named("order_ids"), named("departments"), named("categories"), moments, returned)
    if not statement["sparse"]:
        return Precedents(outcomes, arrays["vectors"])
    parts = (arrays["data"], arrays["indices"], arrays["indptr"])
    return Precedents(outcomes, sp.csr_matrix(parts, shape=tuple(arrays["shape"])))


def chosen(departments: pa.Array, accepted_at: pa.Array, returned: npt.NDArray[np.bool_], at_most: int) -> Numbers:
    """Choose orders to keep as precedents: no department crowds out another, returned and newest first.

    Args:
        departments: that handled each order, null where unknown: never chosen.
        accepted_at: timestamps.
        returned: the order was sent back by somebody.
        at_most: how many to keep.

    Returns:
        Row numbers, ascending.
    """
    encoded = departments.dictionary_encode()
    groups = _numbers(encoded.indices)
    moments = accepted_at.cast(pa.int64()).to_numpy(zero_copy_only=False)
    rows = np.lexsort((np.arange(len(groups)), -moments, ~returned, groups))
    rows = rows[groups[rows] != NONE]
    sizes = np.bincount(groups[rows], minlength=len(encoded.dictionary))
    rank = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    quota = _quota(sizes, at_most)
    return np.sort(rows[rank < quota]).astype(np.int64)


class _Pieces:
    """An index of sparse vectors by their pieces."""

    def __init__(self, vectors: sp.csr_matrix) -> None:
        self._vectors = vectors.astype(np.float32)
        self._vectors.sort_indices()
        self._by_piece = _champions(self._vectors.tocsc(), POSTINGS)

    def alike(self, queries: sp.csr_matrix, k: int) -> Alike:
        numbers = np.full((queries.shape[0], k), NONE, dtype=np.int64)
        cosines = np.zeros((queries.shape[0], k), dtype=np.float32)
        for begin in range(0, queries.shape[0], _SPARSE_BLOCK):
            block = queries[begin : begin + _SPARSE_BLOCK]
            rows, found = self._candidates(block, k * _CANDIDATES)
            likeness = _pairwise(block, self._vectors, rows, found)
            order = np.lexsort((found, -likeness, rows))
            rows, found, likeness = rows[order], found[order], likeness[order]
            rank = _rank_within(rows, block.shape[0])
            top = (rank < k) & (likeness > 0)
            numbers[begin + rows[top], rank[top]] = found[top]
            cosines[begin + rows[top], rank[top]] = np.minimum(likeness[top], 1)
        return Alike(numbers, cosines)

    def _candidates(self, block: sp.csr_matrix, wanted: int) -> tuple[Numbers, Numbers]:
        """Return pairs of query and precedent that share weighty pieces, at least `wanted` a query if there are."""
        scores = block @ self._by_piece
        sizes = np.diff(scores.indptr)
        rows = np.repeat(np.arange(block.shape[0]), sizes)
        best = np.zeros(block.shape[0], dtype=np.float32)
        filled = np.flatnonzero(sizes)
        if len(filled):
            best[filled] = np.maximum.reduceat(scores.data, scores.indptr[filled])
        steps = np.minimum((scores.data / np.maximum(best, 1e-9)[rows] * _STEPS).astype(np.int64), _STEPS - 1)
        held = np.bincount(rows * _STEPS + steps, minlength=block.shape[0] * _STEPS).reshape(-1, _STEPS)
        enough = np.cumsum(held[:, ::-1], axis=1)[:, ::-1] >= wanted
        # The highest step from which on there are enough; where there are never enough, all are taken.
        lowest = np.where(enough.any(axis=1), _STEPS - 1 - enough[:, ::-1].argmax(axis=1), 0)
        kept = steps >= lowest[rows]
        return rows[kept].astype(np.int64), scores.indices[kept].astype(np.int64)


class _Points:
    """An index of dense vectors: every query meets every precedent."""

    def __init__(self, vectors: Dense) -> None:
        self._vectors = vectors
        self._lengths = _lengths(vectors)

    def alike(self, queries: Dense, k: int) -> Alike:
        numbers = np.full((len(queries), k), NONE, dtype=np.int64)
        cosines = np.zeros((len(queries), k), dtype=np.float32)
        size = min(k, len(self._vectors))
        if size == 0:
            return Alike(numbers, cosines)
        known = self._vectors.astype(np.float32, copy=False).T
        for begin in range(0, len(queries), _DENSE_BLOCK):
            block = queries[begin : begin + _DENSE_BLOCK]
            likeness = block.astype(np.float32, copy=False) @ known
            likeness /= self._lengths[None, :]
            likeness /= _lengths(block)[:, None]
            top = np.argpartition(-likeness, size - 1, axis=1)[:, :size]
            there = np.take_along_axis(likeness, top, axis=1)
            order = np.lexsort((top, -there), axis=1)
            end = begin + len(block)
            found, there = np.take_along_axis(top, order, axis=1), np.take_along_axis(there, order, axis=1)
            numbers[begin:end, :size] = np.where(there > 0, found, NONE)
            cosines[begin:end, :size] = np.clip(there, 0, 1)
        return Alike(numbers, cosines)


def _champions(by_column: sp.csc_matrix, at_most: int) -> sp.csr_matrix:
    """Keep of each piece the precedents in which it weighs most: one row a piece."""
    sizes = np.diff(by_column.indptr)
    columns = np.repeat(np.arange(len(sizes)), sizes)
    long = np.flatnonzero(sizes[columns] > at_most)
    kept = np.ones(len(columns), dtype=np.bool_)
    if len(long):
        order = long[np.lexsort((by_column.indices[long], -by_column.data[long], columns[long]))]
        kept[order[_rank_within(columns[order], len(sizes)) >= at_most]] = False
    ends = np.concatenate([[0], np.cumsum(kept)])[by_column.indptr]
    shape = (by_column.shape[1], by_column.shape[0])
    return sp.csr_matrix((by_column.data[kept], by_column.indices[kept], ends), shape=shape)


def _pairwise(left: sp.csr_matrix, right: sp.csr_matrix, rows: Numbers, others: Numbers) -> Floats:
    """Return the product of each pair of rows."""
    return np.asarray(left[rows].multiply(right[others]).sum(axis=1), dtype=np.float32).ravel()


def _rank_within(groups: Numbers, count: int) -> Numbers:
    """Return each entry's place among its group's; groups stand together."""
    sizes = np.bincount(groups, minlength=count)
    return np.asarray(np.arange(len(groups)) - (np.cumsum(sizes) - sizes)[groups], dtype=np.int64)


def _quota(sizes: Numbers, at_most: int) -> int:
    """Return the largest size to which groups may be cut so that all fit."""
    low, high = 0, int(sizes.max(initial=0))
    while low < high:
        middle = (low + high + 1) // 2
        if int(np.minimum(sizes, middle).sum()) <= at_most:
            low = middle
        else:
            high = middle - 1
    return low


def _lengths(vectors: Dense) -> Floats:
    """Return each row's length, 1 for a row of zeros."""
    wide = vectors.astype(np.float32, copy=False)
    lengths = np.sqrt(np.einsum("ij,ij->i", wide, wide))
    return np.where(lengths > 0, lengths, 1).astype(np.float32)


def _stacked(first: Vectors, second: Vectors) -> Vectors:
    return sp.vstack((first, second), format="csr") if sp.issparse(first) else np.concatenate((first, second))


def _numbers(values: pa.Array, missing: int = NONE) -> Numbers:
    return np.asarray(pc.fill_null(values.cast(pa.int64()), missing).to_numpy(zero_copy_only=False), dtype=np.int64)
