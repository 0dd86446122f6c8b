"""How citizens feel about their matter, and whether it may escalate, with the words that tell so.

A complaint is no strong feeling by itself: agents record most demands in neutral words, and those are
neutral here. The cues are data (`feeling_cues.yaml`); what they find is a reason for a person to look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from suqiu.reading.characters import MAX_CHARACTERS, characters
from suqiu.reading.searching import first, holding, replaced
from suqiu.reading.urgency_screen import Screen, rows_of

_Numbers = npt.NDArray[np.int64]


class Sentiment(StrEnum):
    """Whether a citizen is pleased or displeased 情感倾向."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


@dataclass(frozen=True, slots=True)
class FeelingCue:
    """Ways of showing one feeling 情绪线索.

    Attributes:
        id: named where the cue decides.
        name: what officials call it.
        sentiment: what it tells.
        intensity: 1 felt, 2 strong, 3 fierce.
        escalates: the citizen may turn elsewhere or lose control.
        says: regular expressions (RE2), any of which is enough.
        exceptions: regular expressions whose matches do not count.
        note: why it is so.
    """

    id: str
    name: str
    sentiment: Sentiment
    intensity: int
    escalates: bool
    says: tuple[str, ...]
    exceptions: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Feelings:
    """What each order of a batch tells about its caller's feeling.

    Attributes:
        sentiment: codes of `Sentiment`, never null: neutral without a cue.
        intensity: int8, 0 to 3: the strongest cue's; 0 without one.
        reason: the id of the strongest cue, null without one.
        escalation: the id of the strongest cue that escalates, null without one.
        start: int32, where the deciding words begin, in characters of the text; null without a cue.
        length: int32, how many characters they have; null likewise.
    """

    sentiment: pa.Array
    intensity: pa.Array
    reason: pa.Array
    escalation: pa.Array
    start: pa.Array
    length: pa.Array


class FeelingFinder:
    """Searches texts for feelings; the strongest wins, of equals the one listed first."""

    def __init__(self, cues: Sequence[FeelingCue]) -> None:
        self._cues = sorted(cues, key=lambda cue: -cue.intensity)  # stable: keeps the listed order
        self._says = ["|".join(f"(?:{pattern})" for pattern in cue.says) for cue in self._cues]
        self._screen = Screen(self._says)
        told = repr([(cue.id, cue.sentiment.value, cue.intensity, cue.escalates, cue.says, cue.exceptions)
                     for cue in self._cues])  # fmt: skip
        self.version = f"feeling/{sha256(told.encode()).hexdigest()[:12]}"

    def judge(self, said: pa.Array) -> Feelings:
        """Judge each text.

        Args:
            said: string array; null is taken as empty.
        """
        filled = pc.utf8_slice_codeunits(pc.fill_null(said, ""), 0, MAX_CHARACTERS)
        may = self._screen.likely(characters(filled))
        none = len(self._cues)
        strongest, escalating = np.full(len(said), none), np.full(len(said), none)
        start, length = np.zeros(len(said), dtype=np.int32), np.zeros(len(said), dtype=np.int32)
        for number in reversed(range(none)):
            cue = self._cues[number]
            rows, begins, lengths = _found(filled, cue, self._says[number], rows_of(may, number))
            strongest[rows], start[rows], length[rows] = number, begins, lengths
            if cue.escalates:
                escalating[rows] = number
        silent = strongest == none
        sentiments = pa.array([*(cue.sentiment.value for cue in self._cues), Sentiment.NEUTRAL.value])
        ids = pa.array([*(cue.id for cue in self._cues), None], pa.string())
        intensities = pa.array([*(cue.intensity for cue in self._cues), 0], pa.int8())
        return Feelings(
            sentiment=sentiments.take(pa.array(strongest)),
            intensity=intensities.take(pa.array(strongest)),
            reason=ids.take(pa.array(strongest)),
            escalation=ids.take(pa.array(escalating)),
            start=pa.array(start, mask=silent),
            length=pa.array(length, mask=silent),
        )


def shipped_feelings() -> tuple[FeelingCue, ...]:
    """Read the cues that come with the package."""
    source = files("suqiu.reading").joinpath("feeling_cues.yaml").read_text(encoding="utf-8")
    return tuple(_cue(entry) for entry in yaml.safe_load(source))


def _cue(entry: Mapping[str, Any]) -> FeelingCue:
    return FeelingCue(
        id=entry["id"],
        name=entry["name"],
        sentiment=Sentiment(entry["sentiment"]),
        intensity=int(entry["intensity"]),
        escalates=bool(entry["escalation"]),
        says=tuple(entry["says"]),
        exceptions=tuple(entry["except"]),
        note=entry["note"],
    )


def _found(texts: pa.Array, cue: FeelingCue, says: str, rows: _Numbers) -> tuple[_Numbers, _Numbers, _Numbers]:
    """Return the texts that hold a cue, and where in each its words begin and how long they are, in characters.

    Args:
        texts: string array.
        cue: to look for.
        says: all its ways of speaking as one expression.
        rows: of the texts that may hold it.
    """
    if len(rows):
        rows = rows[holding(texts.take(pa.array(rows)), says)]
    if not len(rows):
        return rows, rows, rows
    likely = texts.take(pa.array(rows))
    # Nothing that cues say holds this mark; its place is lost only inside a text that holds an exception.
    words = first(replaced(likely, [(pattern, "\x00") for pattern in cue.exceptions]), says)
    held = np.flatnonzero(words.is_valid().to_numpy(zero_copy_only=False))
    rows, words, likely = rows[held], words.take(pa.array(held)), likely.take(pa.array(held))
    found = [text.find(word) for text, word in zip(likely.to_pylist(), words.to_pylist(), strict=True)]
    lengths = pc.utf8_length(words).to_numpy(zero_copy_only=False).astype(np.int64)
    return rows, np.array(found, dtype=np.int64), lengths
