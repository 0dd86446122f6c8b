"""Texts as sparse vectors of weighted character pieces, the input of every linear model here.

Chinese is written without spaces: pieces of one to three characters need no dictionary, forgive
typing errors and new words, and are what such models do best with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import scipy.sparse as sp

from suqiu.reading.characters import STEP, Characters, characters, mixed

Columns = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]

#: Pieces are told apart by this many bits of their hash: with a few hundred thousand pieces in use
#: one in ten shares its place, which costs no accuracy that could be measured.
BITS = 20
_LENGTHS = (1, 2, 3)

#: A mark (a known fact beside the text, such as the district) is one piece among hundreds; it counts
#: as if the text said it this often.
_MARK_COUNT = 8.0


@dataclass(frozen=True)
class Vocabulary:
    """The pieces worth counting, with their weights.

    Attributes:
        buckets: hash buckets in use, ascending; a piece's column is its bucket's position here.
        weights: inverse document frequency of each column.
    """

    buckets: Columns
    weights: Floats

    def vectors(self, texts: pa.Array, marks: Sequence[pa.Array] = ()) -> sp.csr_matrix:
        """Return texts as unit vectors, one row a text, float32; a text without known pieces is all zero."""
        return self.weighed(counted(texts, marks, self._lookup, len(self.buckets)))

    @cached_property
    def _lookup(self) -> Columns:
        """The column of each hash bucket, -1 for those not in use."""
        lookup = np.full(1 << BITS, -1, dtype=np.int32)
        lookup[self.buckets] = np.arange(len(self.buckets), dtype=np.int32)
        return lookup

    def weighed(self, counts: sp.csr_matrix) -> sp.csr_matrix:
        """Turn counts in this vocabulary's columns into unit vectors: (1 + ln count) · idf, length 1."""
        data = (1.0 + np.log(counts.data)) * self.weights[counts.indices]
        lengths = np.sqrt(np.bincount(_row_numbers(counts), weights=data * data, minlength=counts.shape[0]))
        data = data / np.repeat(np.where(lengths > 0, lengths, 1.0), np.diff(counts.indptr))
        return sp.csr_matrix((data.astype(np.float32), counts.indices, counts.indptr), shape=counts.shape)


def learn_vocabulary(counts: sp.csr_matrix, *, at_most: int, at_least_in: int = 2) -> Vocabulary:
    """Choose the pieces that occur in most texts.

    Args:
        counts: from `counted` without lookup, one row a text.
        at_most: how many pieces to keep.
        at_least_in: a piece in fewer texts than this tells nothing about others.
    """
    found_in = np.bincount(counts.indices, minlength=counts.shape[1])
    kept = np.flatnonzero(found_in >= at_least_in)
    if len(kept) > at_most:
        kept = np.sort(kept[np.argsort(-found_in[kept], kind="stable")[:at_most]])
    weights = np.log((1 + counts.shape[0]) / (1 + found_in[kept])) + 1
    return Vocabulary(kept.astype(np.int32), weights.astype(np.float32))


def counted(
    texts: pa.Array, marks: Sequence[pa.Array] = (), lookup: Columns | None = None, width: int = 1 << BITS
) -> sp.csr_matrix:
    """Count the pieces of each text.

    Args:
        texts: string array.
        marks: string arrays of the same length, each a known fact; null where it is not known.
        lookup: the column of each hash bucket, -1 for buckets to leave out; None keeps all buckets.
        width: how many columns there are.

    Returns:
        One row a text, columns ascending and without doubles.
    """
    laid_out = _same_kind(characters(texts))
    rows, rooms = laid_out.rows(), laid_out.rooms()
    keys = []
    for length in _LENGTHS:
        buckets = _bucket(laid_out.hashes(length))
        columns = buckets if lookup is None else lookup[buckets]
        kept = (rooms >= length) & (columns >= 0)
        keys.append((rows[kept] << BITS) | columns[kept])
    found = np.concatenate(keys)
    found.sort()
    first = np.flatnonzero(np.concatenate([[True], found[1:] != found[:-1]])) if len(found) else np.zeros(0, np.int64)
    counts = np.diff(np.append(first, len(found))).astype(np.float32)
    matrix = _matrix(found[first], counts, (len(texts), width))
    for number, mark in enumerate(marks):
        matrix = matrix + _marked(mark, number, lookup, width)
    return matrix.tocsr()


def _marked(mark: pa.Array, number: int, lookup: Columns | None, width: int) -> sp.csr_matrix:
    """Return a matrix with one entry for each row that has the mark."""
    distinct = mark.dictionary_encode()
    values = characters(distinct.dictionary.cast(pa.string()))
    hashes = [_name_hash(values, n) for n in range(len(distinct.dictionary))]
    own = np.full(len(hashes), number + 1, dtype=np.uint64) * STEP  # the same value in another column is another mark
    buckets = _bucket(mixed(np.array(hashes, dtype=np.uint64) + own))
    known = distinct.indices.is_valid().to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(known)
    columns = buckets[distinct.indices.drop_null().to_numpy(zero_copy_only=False)]
    if lookup is not None:
        columns = lookup[columns].astype(np.int64)
    kept = columns >= 0
    keys = (rows[kept] << BITS) | columns[kept]
    return _matrix(keys, np.full(len(keys), _MARK_COUNT, dtype=np.float32), (len(mark), width))


def _name_hash(values: Characters, number: int) -> np.uint64:
    start, end = values.starts[number], values.starts[number + 1]
    return np.uint64(values.hashes(int(end - start), values.starts[number : number + 1])[0])


def _same_kind(laid_out: Characters) -> Characters:
    """Write capitals small and every digit as 0: which number it is tells nothing about the matter."""
    codes = laid_out.codes
    folded = np.where((codes >= ord("0")) & (codes <= ord("9")), np.uint64(ord("0")), codes)
    folded = np.where((codes >= ord("A")) & (codes <= ord("Z")), codes + np.uint64(32), folded)
    return Characters(folded, laid_out.starts)


def _bucket(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    return (hashes >> np.uint64(64 - BITS)).astype(np.int64)


def _matrix(keys: npt.NDArray[np.int64], counts: Floats, shape: tuple[int, int]) -> sp.csr_matrix:
    """Build a matrix from sorted keys of row and column."""
    sizes = np.bincount(keys >> BITS, minlength=shape[0])
    ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    return sp.csr_matrix((counts, (keys & ((1 << BITS) - 1)).astype(np.int32), ends), shape=shape)


def _row_numbers(matrix: sp.csr_matrix) -> npt.NDArray[np.int64]:
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
