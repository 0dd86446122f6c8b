"""Thousands of names looked up in a batch of texts at once, by hash, without a loop over texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from suqiu.reading.characters import Characters, characters
from suqiu.reading.tree import Numbers

Hashes = npt.NDArray[np.uint64]

#: Most positions are ruled out by their first two characters alone, with a table of 2^16 answers.
_FIRST = 2
_FILTER_BITS = 16


@dataclass(frozen=True, slots=True)
class Matches:
    """Where names occur, from the first text on, never one inside or across another.

    Attributes:
        rows: the text.
        lengths: characters of the name.
        names: the name's number.
    """

    rows: Numbers
    lengths: Numbers
    names: Numbers


class NameIndex:
    """Names of at least two characters, ready to be found."""

    def __init__(self, names: Iterable[str]) -> None:
        listed = tuple(names)
        laid_out = characters(pa.array(listed, pa.string()))
        lengths = np.diff(laid_out.starts)
        self._by_length: dict[int, tuple[Hashes, Numbers]] = {}
        self._filter = np.zeros(1 << _FILTER_BITS, dtype=np.bool_)
        for length in sorted(set(lengths.tolist()), reverse=True):
            numbers = np.flatnonzero(lengths == length)
            hashes = laid_out.hashes(length, laid_out.starts[numbers])
            order = np.argsort(hashes, kind="stable")
            self._by_length[length] = (hashes[order], numbers[order])
            self._filter[_short(laid_out.hashes(_FIRST, laid_out.starts[numbers]))] = True

    def find(self, laid_out: Characters) -> Matches:
        """Find the longest name at each position; a name that begins inside an earlier one is left out."""
        rooms = laid_out.rooms()
        at = np.flatnonzero(self._filter[_short(laid_out.hashes(_FIRST))] & (rooms >= _FIRST))
        positions, lengths, names = [], [], []
        for length, (hashes, numbers) in self._by_length.items():
            roomy = at[rooms[at] >= length]
            seen = laid_out.hashes(length, roomy)
            place = np.minimum(np.searchsorted(hashes, seen), len(hashes) - 1)
            hit = hashes[place] == seen
            positions.append(roomy[hit])
            lengths.append(np.full(int(hit.sum()), length, dtype=np.int64))
            names.append(numbers[place[hit]])
            at = np.setdiff1d(at, roomy[hit], assume_unique=True)
        return _apart(
            laid_out, *(np.concatenate(part or [np.zeros(0, np.int64)]) for part in (positions, lengths, names))
        )


def _apart(laid_out: Characters, positions: Numbers, lengths: Numbers, names: Numbers) -> Matches:
    """Put matches in order and leave out those that begin inside an earlier one."""
    order = np.argsort(positions, kind="stable")
    positions, lengths, names = positions[order], lengths[order], names[order]
    ends = np.maximum.accumulate(positions + lengths)
    free = np.ones(len(positions), dtype=np.bool_)
    free[1:] = positions[1:] >= ends[:-1]
    rows = np.searchsorted(laid_out.starts, positions[free], side="right") - 1
    return Matches(rows.astype(np.int64), lengths[free], names[free])


def _short(hashes: Hashes) -> Numbers:
    return (hashes >> np.uint64(64 - _FILTER_BITS)).astype(np.int64)
