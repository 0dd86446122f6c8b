"""A batch of texts as one long text, so that each pattern runs once over all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.reading.characters import MAX_CHARACTERS, Characters
from suqiu.reading.tree import Numbers

_PLANE = 1 << 16


@dataclass(frozen=True, slots=True)
class Spans:
    """Pieces of a scan, in the order in which they begin.

    Attributes:
        starts, ends: positions in the scan; the end is the first position behind.
        labels: which alternative of the pattern was found, 0 for the first.
    """

    starts: Numbers
    ends: Numbers
    labels: Numbers

    def __len__(self) -> int:
        return len(self.starts)

    def where(self, keep: npt.NDArray[np.bool_]) -> Spans:
        """Return those that are to be kept."""
        return Spans(self.starts[keep], self.ends[keep], self.labels[keep])


class Scan:
    """Texts laid end to end with a line break behind each, letters and digits brought to one form.

    Full-width letters, digits and signs become ASCII and letters become capital; every character stays
    one character, so that a span of the scan is a span of what was written. The full-width comma stays,
    because `3，500元` is not `3,500元`.

    Attributes:
        text: all texts in one form.
        written: the same as written.
        starts: where each text begins, and at the end the length of all: texts + 1 long.
        codes: the characters of `text`.
    """

    def __init__(self, texts: pa.Array) -> None:
        filled = pc.utf8_slice_codeunits(pc.fill_null(texts, ""), 0, MAX_CHARACTERS)
        self.starts = np.zeros(len(filled) + 1, dtype=np.int64)
        np.cumsum(pc.utf8_length(filled).to_numpy(zero_copy_only=False).astype(np.int64) + 1, out=self.starts[1:])
        closed = pc.binary_join_element_wise(filled, pa.scalar(""), "\n")
        self.written: str = pc.binary_join(
            pa.ListArray.from_arrays(pa.array([0, len(closed)], pa.int32()), closed), ""
        )[0].as_py()
        self.codes = _one_form(np.frombuffer(self.written.encode("utf-32-le"), dtype=np.uint32))
        self.text = _string(self.codes)

    @cached_property
    def in_name(self) -> npt.NDArray[np.bool_]:
        """Say of each character whether a name may hold it: a Chinese character, a letter or a digit."""
        codes = self.codes
        letters = (codes >= ord("A")) & (codes <= ord("Z")) | (codes >= ord("0")) & (codes <= ord("9"))
        return np.asarray((codes >= 0x4E00) & (codes <= 0x9FFF) | letters)

    def rows(self, positions: Numbers) -> Numbers:
        """Return the number of the text that each position belongs to."""
        return np.asarray(np.searchsorted(self.starts, positions, side="right") - 1, dtype=np.int64)

    def signs(self, signs: Iterable[str]) -> npt.NDArray[np.bool_]:
        """Say of each position whether one of some characters stands there."""
        table = np.zeros(_PLANE, dtype=np.bool_)
        table[[ord(sign) for sign in signs]] = True
        return np.asarray(table[np.minimum(self.codes, _PLANE - 1)])

    def at(self, signs: Iterable[str], *, once: bool = False) -> Numbers:
        """Return the positions of some characters; with `once` only the first of several in a row."""
        here = self.signs(signs)
        if once:
            here[1:] &= ~here[:-1]  # numpy reads all of the right side first
        return np.flatnonzero(here)

    @cached_property
    def _pairs(self) -> npt.NDArray[np.int64]:
        return _pair(self.codes, np.append(self.codes[1:], np.uint32(0)))

    def beginning(self, words: Beginnings) -> Numbers:
        """Return the positions where one of some words may begin."""
        return np.flatnonzero(words.pairs[self._pairs] | words.singles[np.minimum(self.codes, _PLANE - 1)])

    def find(self, pattern: re.Pattern[str], positions: Numbers) -> Spans:
        """Find a pattern where it may begin; its outermost groups, if any, are its alternatives."""
        return matches_at(self.text, pattern, positions)

    def pieces(self, spans: Spans) -> list[str]:
        """Return the text of each span, in one form."""
        text = self.text
        return [text[start:end] for start, end in zip(spans.starts.tolist(), spans.ends.tolist(), strict=True)]

    def masked(self, marks: Iterable[tuple[Spans, str]]) -> str:
        """Return the text with spans blotted out by a sign of their kind, so that patterns can speak of kinds.

        Source: cascaded finite-state extraction, J. Hobbs et al., FASTUS, 1997.

        Args:
            marks: spans that do not overlap, each with one character to write over all of it.
        """
        codes = self.codes.copy()
        for spans, sign in marks:
            codes[_inside(spans, len(codes))] = ord(sign)
        return _string(codes)

    def every_position(self) -> Characters:
        """Lay the scan out so that a search for names tells the position of each instead of its text."""
        return _Positions(self.codes.astype(np.uint64), np.arange(len(self.codes) + 1), self.starts)


@dataclass(frozen=True, slots=True)
class _Positions(Characters):
    """Characters that are each a text of their own, with room up to the end of the true text."""

    bounds: Numbers

    def rooms(self) -> Numbers:
        ends = np.repeat(self.bounds[1:], np.diff(self.bounds))
        return np.asarray(ends - np.arange(len(self.codes)), dtype=np.int64)


def matches_at(text: str, pattern: re.Pattern[str], positions: Numbers) -> Spans:
    """Match a pattern at some positions, none inside an earlier match.

    Much faster than a search through all of the text, because few characters begin anything.

    Args:
        text: of a scan, or masked.
        pattern: its outermost groups, if any, are its alternatives.
        positions: ascending.
    """
    found: list[tuple[int, int, int]] = []
    match, end = pattern.match, 0
    for position in positions.tolist():
        if position >= end and (hit := match(text, position)):
            end = hit.end()
            found.append((position, end, (hit.lastindex or 1) - 1))
    table = np.array(found, dtype=np.int64).reshape(-1, 3)
    return Spans(table[:, 0], table[:, 1], table[:, 2])


def any_of(words: Iterable[str]) -> str:
    """Return a pattern for the longest of some words, tried by their first character."""
    by_first: dict[str, set[str]] = {}
    for word in words:
        by_first.setdefault(word[0], set()).add(word[1:])
    return "|".join(
        re.escape(first) + ("(?:" + "|".join(re.escape(rest) for rest in sorted(rests, key=_longest)) + ")")
        for first, rests in sorted(by_first.items())
    )


@dataclass(frozen=True, slots=True)
class Beginnings:
    """How some words begin, to rule out most positions before a pattern is tried.

    Attributes:
        singles: by code point, whether a word of one character is that.
        pairs: by `_pair` of their first two characters, whether a longer word may begin so.
    """

    singles: npt.NDArray[np.bool_]
    pairs: npt.NDArray[np.bool_]


def beginnings(words: Iterable[str]) -> Beginnings:
    """Return how words begin; of longer words only the first two characters are looked at."""
    singles, pairs = np.zeros(_PLANE, dtype=np.bool_), np.zeros(_PLANE, dtype=np.bool_)
    for word in words:
        if len(word) == 1:
            singles[ord(word)] = True
        else:
            pairs[int(_pair(np.array([ord(word[0])]), np.array([ord(word[1])]))[0])] = True
    return Beginnings(singles, pairs)


def _pair(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Return a number below 2^16 for two characters."""
    return (first.astype(np.int64) * 0x9E37 + second.astype(np.int64) * 0x79B9 + (first.astype(np.int64) >> 5)) & (
        _PLANE - 1
    )


def _longest(word: str) -> tuple[int, str]:
    return -len(word), word


def _inside(spans: Spans, size: int) -> npt.NDArray[np.bool_]:
    """Say of each position whether a span covers it."""
    edges = np.zeros(size + 1, dtype=np.int64)
    np.add.at(edges, spans.starts, 1)
    np.add.at(edges, spans.ends, -1)
    return np.asarray(np.cumsum(edges[:-1]) > 0)


def _table() -> npt.NDArray[np.uint32]:
    table = np.arange(_PLANE, dtype=np.uint32)
    table[0xFF01:0xFF5F] -= np.uint32(0xFEE0)
    table[0xFF0C] = 0xFF0C
    table[0x3000] = ord(" ")
    table[ord("a") : ord("z") + 1] -= np.uint32(32)
    table[0xFF41:0xFF5B] -= np.uint32(32)
    table[[0x2014, 0x2013, 0x2212]] = ord("-")
    return table


_ONE_FORM = _table()


def _one_form(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    plain = codes < _PLANE
    if plain.all():
        return np.asarray(_ONE_FORM[codes])
    return np.where(plain, _ONE_FORM[np.where(plain, codes, 0)], codes)


def _string(codes: npt.NDArray[np.uint32]) -> str:
    return codes.astype("<u4").tobytes().decode("utf-32-le")
