"""Cues of emergencies in what citizens say: recall first, a person always decides.

The cues are data (`urgency_cues.yaml`): what citizens say, how speech recognition and typing misspell
it, what sounds alike but is none (denials, drills, worries, homonyms), how urgent it is and why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from suqiu.domain.order import Urgency
from suqiu.reading.characters import MAX_CHARACTERS, characters
from suqiu.reading.searching import holding, replaced
from suqiu.reading.tree import Numbers
from suqiu.reading.urgency_screen import Screen, bits_of, rows_of

#: From least to most urgent.
ORDER = (Urgency.NORMAL, Urgency.URGENT, Urgency.EMERGENCY)

#: What parts the words of somebody upset, or of a poor transcript, with what takes its place.
_HALTING = ((r"[，、,]?(?:呃|嗯)+[，、,…]?", ""), (r"(\p{Han})[ \t\x{3000}·~…]+", r"\1"))


@dataclass(frozen=True, slots=True)
class Cue:
    """Ways of saying that something urgent happens 紧急线索.

    Attributes:
        id: goes into `readings.urgency_reason`.
        name: what officials call it.
        urgency: how urgent an order with it is.
        says: regular expressions (RE2), any of which is enough.
        exceptions: regular expressions whose matches are blanked before `says` is searched.
        note: why it is so.
    """

    id: str
    name: str
    urgency: Urgency
    says: tuple[str, ...]
    exceptions: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class CueBook:
    """All cues, and what is done to a text before any of them is searched 紧急线索册.

    Attributes:
        cues: in the order of their precedence among equals.
        spellings: the right spelling of a word, and a regular expression of its misspellings.
        everywhere: regular expressions whose matches are blanked for every cue: what departments report back, thanks.
        sounds: characters taken for one another by speech recognition and typing: all are read as the first of theirs.
    """

    cues: tuple[Cue, ...]
    spellings: tuple[tuple[str, str], ...] = ()
    everywhere: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Urgencies:
    """How urgent each order of a batch sounds.

    Attributes:
        urgency: codes of `Urgency`, never null: normal without a cue.
        reason: the id of the strongest cue, null without one.
    """

    urgency: pa.Array
    reason: pa.Array


class UrgencyFinder:
    """Searches texts for cues; of several the more urgent wins, of equals the one listed first."""

    def __init__(self, book: CueBook) -> None:
        self._book = book
        self._cues = sorted(book.cues, key=lambda cue: -ORDER.index(cue.urgency))  # stable: keeps the listed order
        self._fold = _folding(book.sounds)
        self._says = [tuple(map(self._alike, cue.says)) for cue in self._cues]
        self._blanks = [
            [(self._alike(pattern), " ") for pattern in (*book.everywhere, *cue.exceptions)] for cue in self._cues
        ]
        self._screen = Screen([pattern for says in self._says for pattern in says])
        ends = np.cumsum([0, *map(len, self._says)]).tolist()
        self._any_of = [bits_of(range(first, last), ends[-1]) for first, last in pairwise(ends)]
        told = repr(
            (
                [(cue.id, cue.urgency.value, cue.says, cue.exceptions) for cue in self._cues],
                book.spellings,
                book.everywhere,
                book.sounds,
            )
        )
        self.version = f"urgency/{sha256(told.encode()).hexdigest()[:12]}"

    def judge(self, texts: pa.Array) -> Urgencies:
        """Find the strongest cue in each text.

        Args:
            texts: string array; null is taken as empty.
        """
        filled = pc.utf8_slice_codeunits(pc.fill_null(texts, ""), 0, MAX_CHARACTERS)
        filled = _sounded(self._plain(filled), self._fold)
        likely = self._screen.likely(characters(filled))
        found = np.full(len(texts), len(self._cues), dtype=np.int64)
        first = sum(len(says) for says in self._says)
        for number, says in reversed(list(enumerate(self._says))):
            first -= len(says)
            if not (likely & self._any_of[number]).any():
                continue
            rows = [rows_of(likely, first + place) for place in range(len(says))]
            # Few texts hold a cue at all: only those are searched again without the exceptions.
            held = _holding(filled, says, rows)
            if not len(held):
                continue
            said = replaced(filled.take(pa.array(held)), self._blanks[number])
            found[held[_holding(said, says, [np.arange(len(held))] * len(says))]] = number
        levels = pa.array([*(cue.urgency.value for cue in self._cues), Urgency.NORMAL.value])
        reasons = pa.array([*(cue.id for cue in self._cues), None], pa.string())
        return Urgencies(levels.take(pa.array(found)), reasons.take(pa.array(found)))

    def _alike(self, pattern: str) -> str:
        return pattern.translate(self._fold)

    def _plain(self, texts: pa.Array) -> pa.Array:
        """Close gaps inside words, drop what people say while they search for words, and mend known misspellings."""
        texts = _replaced(texts, _HALTING)
        return _replaced(texts, [(wrong, right) for right, wrong in self._book.spellings])


def shipped_cues() -> CueBook:
    """Read the cues that come with the package."""
    source = files("suqiu.reading").joinpath("urgency_cues.yaml").read_text(encoding="utf-8")
    return read_cues(yaml.safe_load(source))


def read_cues(source: Mapping[str, Any]) -> CueBook:
    """Build a cue book from the content of a cue file; word groups `<name>` are written out.

    Raises:
        KeyError: a pattern names a word group that the file does not have, or an entry lacks a field.
    """
    words: Mapping[str, str] = source["words"]
    return CueBook(
        cues=tuple(_cue(entry, words) for entry in source["cues"]),
        spellings=tuple(source["spellings"].items()),
        everywhere=tuple(source["everywhere"]),
        sounds=tuple(source["sounds"]),
    )


def _cue(entry: Mapping[str, Any], words: Mapping[str, str]) -> Cue:
    return Cue(
        id=entry["id"],
        name=entry["name"],
        urgency=Urgency(entry["urgency"]),
        says=tuple(_written_out(pattern, words) for pattern in entry["says"]),
        exceptions=tuple(_written_out(pattern, words) for pattern in entry["except"]),
        note=entry["note"],
    )


def _written_out(pattern: str, words: Mapping[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda match: f"(?:{words[match[1]]})", pattern)


def _folding(sounds: Sequence[str]) -> dict[int, int]:
    return {ord(other): ord(group[0]) for group in sounds for other in group[1:]}


def _sounded(texts: pa.Array, fold: Mapping[int, int]) -> pa.Array:
    """Write one character for all that sound like it: every one of them takes three bytes, and is changed in place."""
    if not fold or not len(texts):
        return texts
    texts = pa.concat_arrays([texts])
    _, offsets, content = texts.buffers()
    data = np.frombuffer(content, dtype=np.uint8).copy()
    at = np.flatnonzero((data[:-2] & 0xF0) == 0xE0)
    codes = (data[at].astype(np.int64) & 0xF) << 12 | (data[at + 1].astype(np.int64) & 0x3F) << 6 | data[at + 2] & 0x3F
    table = np.arange(1 << 16)
    table[list(fold)] = list(fold.values())
    changed = np.flatnonzero(table[codes] != codes)
    at, codes = at[changed], table[codes[changed]]
    data[at], data[at + 1], data[at + 2] = 0xE0 | codes >> 12, 0x80 | codes >> 6 & 0x3F, 0x80 | codes & 0x3F
    return pa.Array.from_buffers(texts.type, len(texts), [None, offsets, pa.py_buffer(data)], 0, texts.offset)


def _any(patterns: Sequence[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


def _replaced(texts: pa.Array, changes: Sequence[tuple[str, str]]) -> pa.Array:
    """Apply replacements to those texts that hold any of the patterns."""
    if not changes:
        return texts
    found = holding(texts, _any([pattern for pattern, _ in changes]))
    if not found.any():
        return texts
    mended = texts.filter(pa.array(found))
    return pc.replace_with_mask(texts, pa.array(found), replaced(mended, changes))


def _holding(texts: pa.Array, patterns: Sequence[str], rows: Sequence[Numbers]) -> Numbers:
    """Return where any pattern matches, each searched in some of the texts only.

    Each is searched by itself: together they would make one automaton that is slower than all of them.
    """
    found = np.zeros(len(texts), dtype=np.bool_)
    for pattern, some in zip(patterns, rows, strict=True):
        left = some[~found[some]]
        if len(left):
            found[left[holding(texts.take(pa.array(left)), pattern)]] = True
    return np.flatnonzero(found)
