"""Texts cut into pieces: a run of digits or of Latin letters is one, every other character is one by itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import yaml

from suqiu.reading.characters import STEP, Characters, Codes, Indices, characters, mixed

Kinds = npt.NDArray[np.int8]

#: Lengths of digit runs that are told apart: a fifth digit tells no more than a fourth.
_LONGEST = 4
#: Code points up to here are sorted by table; those beyond are rare characters.
_TABLE = 1 << 16


class Kind(IntEnum):
    """What a piece consists of."""

    OTHER = 0
    DIGITS = 1
    LETTERS = 2
    SIGN = 3
    NUMERAL = 4
    SUFFIX = 5


#: Digits and Latin letters, narrow and wide.
_RANGES = (
    ("0", "9", Kind.DIGITS),
    ("０", "９", Kind.DIGITS),
    ("A", "Z", Kind.LETTERS),
    ("a", "z", Kind.LETTERS),
    ("Ａ", "Ｚ", Kind.LETTERS),
    ("ａ", "ｚ", Kind.LETTERS),
)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of many texts, one text after the other.

    Attributes:
        starts: the position of each piece's first character in its batch's `Characters`, and at the end where the
            last piece ends: pieces + 1 long.
        bounds: where each text's pieces begin, and at the end where the last one's end: texts + 1 long.
        offsets: where each text's characters begin, as in `Characters.starts`.
        kinds: a `Kind` for each piece.
        exact: 64-bit hash of each piece; equal pieces have equal hashes in every batch.
        alike: the same for what a piece looks like: all numbers of three digits are alike, all words in Latin letters.
    """

    starts: Indices
    bounds: Indices
    offsets: Indices
    kinds: Kinds
    exact: Codes
    alike: Codes

    def rows(self) -> Indices:
        """Return the number of the text that each piece belongs to."""
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))


def cut(texts: pa.Array) -> Pieces:
    """Cut texts into pieces; a null text has none.

    Args:
        texts: string array, read up to `characters.MAX_CHARACTERS` of each.
    """
    laid_out = characters(texts)
    codes = laid_out.codes
    kinds = _kind_table()[np.minimum(codes, np.uint64(_TABLE - 1)).astype(np.int64)]
    begins = np.ones(len(codes), dtype=np.bool_)
    begins[1:] = (kinds[1:] != kinds[:-1]) | ((kinds[1:] != Kind.DIGITS) & (kinds[1:] != Kind.LETTERS))
    filled = laid_out.starts[:-1][np.diff(laid_out.starts) > 0]
    begins[filled] = True
    starts = np.append(np.flatnonzero(begins), len(codes))
    bounds = np.searchsorted(starts[:-1], laid_out.starts)
    exact = _hashes(laid_out, starts)
    kinds = kinds[starts[:-1]]
    lengths = np.minimum(np.diff(starts), _LONGEST).astype(np.uint64)
    alike = np.where(kinds == Kind.DIGITS, lengths, exact)
    alike = np.where(kinds == Kind.LETTERS, np.uint64(_LONGEST + 1), alike)
    return Pieces(starts, bounds, laid_out.starts, kinds, exact, alike)


def _hashes(laid_out: Characters, starts: Indices) -> Codes:
    """Hash each piece: the sum of its characters, each mixed with its place in the piece."""
    if len(starts) == 1:
        return np.zeros(0, dtype=np.uint64)
    places = np.arange(len(laid_out.codes)) - np.repeat(starts[:-1], np.diff(starts))
    return np.add.reduceat(mixed(laid_out.codes + places.astype(np.uint64) * STEP), starts[:-1])


@cache
def _kind_table() -> Kinds:
    """Return the kind of every character up to `_TABLE`."""
    lists = yaml.safe_load((resources.files(__package__) / "pieces.yaml").read_text(encoding="utf-8"))
    table = np.full(_TABLE, Kind.OTHER, dtype=np.int8)
    for code in range(_TABLE - 1):
        if not 0xD800 <= code < 0xE000:
            character = chr(code)
            if not character.isalnum():
                table[code] = Kind.SIGN
    for first, last, kind in _RANGES:
        table[ord(first) : ord(last) + 1] = kind
    for name, kind in (("numerals", Kind.NUMERAL), ("suffixes", Kind.SUFFIX)):
        table[[ord(character) for character in lists[name]]] = kind
    return table
