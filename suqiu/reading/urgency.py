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
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from suqiu.domain.order import Urgency
from suqiu.reading.characters import MAX_CHARACTERS

#: From least to most urgent.
ORDER = (Urgency.NORMAL, Urgency.URGENT, Urgency.EMERGENCY)

#: One escape, class, gap or character of a regular expression.
_PIECE = re.compile(r"\\.|\[(?:\\.|[^\]])*\]|\.\{0,\d+\}|.", re.DOTALL)

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
    """

    cues: tuple[Cue, ...]
    spellings: tuple[tuple[str, str], ...] = ()
    everywhere: tuple[str, ...] = ()


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
        self._says = [tuple((_screen(pattern), pattern) for pattern in cue.says) for cue in self._cues]
        told = repr(
            (
                [(cue.id, cue.urgency.value, cue.says, cue.exceptions) for cue in self._cues],
                book.spellings,
                book.everywhere,
            )
        )
        self.version = f"urgency/{sha256(told.encode()).hexdigest()[:12]}"

    def judge(self, texts: pa.Array) -> Urgencies:
        """Find the strongest cue in each text.

        Args:
            texts: string array; null is taken as empty.
        """
        filled = pc.utf8_slice_codeunits(pc.fill_null(texts, ""), 0, MAX_CHARACTERS)
        filled = self._plain(filled)
        found = np.full(len(texts), len(self._cues), dtype=np.int64)
        for number, cue in reversed(list(enumerate(self._cues))):
            # Few texts hold a cue at all: only those are searched again without the exceptions.
            likely = _holding(filled, self._says[number])
            said = _without(filled.take(pa.array(likely)), (*self._book.everywhere, *cue.exceptions))
            found[likely[_holding(said, self._says[number])]] = number
        levels = pa.array([*(cue.urgency.value for cue in self._cues), Urgency.NORMAL.value])
        reasons = pa.array([*(cue.id for cue in self._cues), None], pa.string())
        return Urgencies(levels.take(pa.array(found)), reasons.take(pa.array(found)))

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


def _screen(pattern: str) -> str:
    """Return a pattern that matches wherever `pattern` does, and oftener, without what stands before a gap.

    An automaton that must count the characters of many gaps at once is large and slow; one without is not.
    """
    return _any([_tail(alternative) for alternative in _alternatives(pattern)])


def _alternatives(pattern: str) -> list[str]:
    """Split at each `|` that stands in no group and no class."""
    return ["".join(part) for part in _parts(pattern, "|")]


def _tail(alternative: str) -> str:
    """Return what follows the last gap, unless that may be empty."""
    tail = "".join(_parts(alternative, ".{0,")[-1])
    return alternative if re.compile(tail).search("") else tail


def _parts(pattern: str, divider: str) -> list[list[str]]:
    """Return the pieces of a pattern, divided at those outside all groups that begin with `divider`."""
    parts: list[list[str]] = [[]]
    depth = 0
    for piece in _PIECE.findall(pattern):
        depth += (piece == "(") - (piece == ")")
        if depth == 0 and piece.startswith(divider):
            parts.append([])
        else:
            parts[-1].append(piece)
    return parts


def _any(patterns: Sequence[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


def _replaced(texts: pa.Array, changes: Sequence[tuple[str, str]]) -> pa.Array:
    """Apply replacements to those texts that hold any of the patterns."""
    if not changes:
        return texts
    found = _matching(texts, _any([pattern for pattern, _ in changes]))
    if not found.any():
        return texts
    mended = texts.filter(pa.array(found))
    for pattern, replacement in changes:
        mended = pc.replace_substring_regex(mended, pattern=pattern, replacement=replacement)
    return pc.replace_with_mask(texts, pa.array(found), mended)


def _without(texts: pa.Array, patterns: Sequence[str]) -> pa.Array:
    for pattern in patterns:
        texts = pc.replace_substring_regex(texts, pattern=pattern, replacement=" ")
    return texts


def _matching(texts: pa.Array, pattern: str) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = pc.match_substring_regex(texts, pattern=pattern).to_numpy(zero_copy_only=False)
    return found


def _holding(texts: pa.Array, patterns: Sequence[tuple[str, str]]) -> npt.NDArray[np.int64]:
    """Return where any pattern matches, each given with its screen.

    Each is searched by itself: together they would make one automaton that is slower than all of them.
    """
    found = np.zeros(len(texts), dtype=np.bool_)
    for screen, pattern in patterns:
        likely = np.flatnonzero(_matching(texts, screen))
        if screen != pattern:
            likely = likely[_matching(texts.take(pa.array(likely)), pattern)]
        found[likely] = True
    return np.flatnonzero(found)
