"""How well pieces of a text are found: exact ends and exact type."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.evaluation.scorers.statistic import Codes, Statistic, Values, ratio


@dataclass(frozen=True, slots=True)
class Spans:
    """Marked pieces of many samples, one entry a piece 片段.

    Attributes:
        sample: number of the sample, from 0.
        start, end: characters, the end is not part of the piece.
        kind: its type.
    """

    sample: Codes
    start: Codes
    end: Codes
    kind: pa.Array

    @staticmethod
    def of(column: pa.Array) -> Spans:
        """Flatten a column of lists of `{start, end, kind}`; null and empty lists hold none."""
        flat = column.flatten()
        return Spans(
            _numbers(pc.list_parent_indices(column)),
            _numbers(flat.field("start")),
            _numbers(flat.field("end")),
            flat.field("kind").cast(pa.string()),
        )


def from_tags(tags: pa.Array) -> pa.Array:
    """Turn tags into pieces: BIO, and BIOES or BMES as well.

    `B-x` and `S-x` begin a piece. `I-x`, `M-x` and `E-x` go on with it, or begin one where nothing of that
    type stands open, as the CoNLL scorer reads it. Any other tag is outside.

    Args:
        tags: one list a sample, one tag a character.

    Returns:
        One list of `{start, end, kind}` a sample.
    """
    flat = tags.flatten()
    parts = pc.extract_regex(flat, r"^(?P<mark>[BIMES])-(?P<kind>.+)$")
    mark, kind = (pc.fill_null(pc.struct_field(parts, name), "") for name in ("mark", "kind"))
    marks = np.asarray(mark.to_numpy(zero_copy_only=False), dtype=np.str_)
    kinds = _numbers(kind.dictionary_encode().indices)
    parents = _numbers(pc.list_parent_indices(tags))
    inside = marks != ""
    fresh = np.append(True, parents[1:] != parents[:-1])[: len(parents)]
    unlike = np.append(True, kinds[1:] != kinds[:-1])[: len(kinds)]
    shut = np.append(True, np.isin(marks[:-1], ["", "E", "S"]))[: len(marks)]
    begins = inside & (np.isin(marks, ["B", "S"]) | fresh | unlike | shut)
    # A piece ends before the next character that begins one, is outside, or belongs to another sample.
    breaks = np.append((begins | ~inside | fresh)[1:], True)[: len(marks)]
    starts, ends = np.flatnonzero(begins), np.flatnonzero(inside & breaks)
    samples = len(tags)
    first = np.searchsorted(parents, np.arange(samples))
    owner = parents[starts]
    pieces = pa.StructArray.from_arrays(
        [
            pa.array((starts - first[owner]).astype(np.int32)),
            pa.array((ends - first[owner] + 1).astype(np.int32)),
            kind.take(pa.array(starts)),
        ],
        names=["start", "end", "kind"],
    )
    offsets = np.searchsorted(owner, np.arange(samples + 1)).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pieces)


@dataclass(frozen=True, slots=True)
class SpanTally:
    """Pieces counted a sample and a type.

    Attributes:
        kinds: the types, sorted.
        right, stated, found: one row a sample, one column a type: pieces found exactly, pieces there are,
            pieces answered.
    """

    kinds: tuple[str, ...]
    right: Values
    stated: Values
    found: Values

    def precision(self) -> Statistic:
        """Return the share of answered pieces that are right, all types together."""
        return _pooled(self.right, self.found)

    def recall(self) -> Statistic:
        """Return the share of pieces that are found, all types together."""
        return _pooled(self.right, self.stated)

    def f1(self) -> Statistic:
        """Return F1 over all pieces of all types."""
        return _pooled(2 * self.right, self.stated + self.found)

    def macro_f1(self) -> Statistic:
        """Return the unweighted mean of F1 over the types that occur in the round."""

        def statistic(weights: Values) -> Values:
            f1 = ratio(weights @ (2 * self.right), weights @ (self.stated + self.found))
            return ratio(np.nansum(f1, axis=1), (~np.isnan(f1)).sum(axis=1).astype(np.float64))

        return statistic

    def table(self) -> pa.Table:
        """Return each type as `class_table` returns each class."""
        right, stated, found = (counts.sum(axis=0) for counts in (self.right, self.stated, self.found))
        order = np.lexsort((np.arange(len(self.kinds)), -stated))
        columns = {
            "samples": pa.array(stated[order].astype(np.int64)),
            "answered": pa.array(found[order].astype(np.int64)),
            "right": pa.array(right[order].astype(np.int64)),
            "precision": pa.array(ratio(right, found)[order], from_pandas=True),
            "recall": pa.array(ratio(right, stated)[order], from_pandas=True),
            "f1": pa.array(ratio(2 * right, stated + found)[order], from_pandas=True),
        }
        return pa.table({"label": pa.array([self.kinds[n] for n in order], pa.string()), **columns})


def tally(truth: Spans, found: Spans, samples: int) -> SpanTally:
    """Count exact agreements; a piece that is answered twice is right once and wrong once.

    Args:
        truth, found: pieces of the same samples.
        samples: how many samples there are.
    """
    both = pa.concat_arrays([truth.kind, found.kind])
    known = both.unique()
    kinds = known.take(pc.sort_indices(known))
    number = _numbers(pc.index_in(both, value_set=kinds))
    stated, answered = number[: len(truth.kind)], number[len(truth.kind) :]
    rows = np.concatenate(
        [
            np.column_stack([spans.sample, spans.start, spans.end, codes])
            for spans, codes in ((truth, stated), (found, answered))
        ]
    )
    _, keys = np.unique(rows, axis=0, return_inverse=True)
    keys = keys.reshape(-1)
    mine, first = np.unique(keys[len(stated) :], return_index=True)
    hit = first[np.isin(mine, keys[: len(stated)])]
    width = len(kinds)

    def counted(sample: Codes, codes: Codes) -> Values:
        counts = np.bincount(sample * width + codes, minlength=samples * width) if width else np.zeros(0)
        return np.asarray(counts.reshape(samples, width), dtype=np.float64)

    return SpanTally(
        tuple(kinds.to_pylist()),
        counted(found.sample[hit], answered[hit]),
        counted(truth.sample, stated),
        counted(found.sample, answered),
    )


def _pooled(above: Values, below: Values) -> Statistic:
    tops, bottoms = above.sum(axis=1), below.sum(axis=1)

    def statistic(weights: Values) -> Values:
        return ratio(weights @ tops, weights @ bottoms)

    return statistic


def _numbers(array: pa.Array) -> Codes:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.int64)
