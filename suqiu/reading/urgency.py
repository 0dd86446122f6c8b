"""Cues of emergencies in what citizens say: recall first, a person always decides.

The cues are data (`urgency_cues.yaml`): what citizens say, what sounds alike but is none (denials,
drills, worries, homonyms), how urgent it is and why.
"""

from __future__ import annotations

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

    def __init__(self, cues: Sequence[Cue]) -> None:
        self._cues = sorted(cues, key=lambda cue: -ORDER.index(cue.urgency))  # stable: keeps the listed order
        told = repr([(cue.id, cue.urgency.value, cue.says, cue.exceptions) for cue in self._cues])
        self.version = f"urgency/{sha256(told.encode()).hexdigest()[:12]}"

    def judge(self, texts: pa.Array) -> Urgencies:
        """Find the strongest cue in each text.

        Args:
            texts: string array; null is taken as empty.
        """
        filled = pc.utf8_slice_codeunits(pc.fill_null(texts, ""), 0, MAX_CHARACTERS)
        found = np.full(len(texts), len(self._cues), dtype=np.int64)
        for number, cue in reversed(list(enumerate(self._cues))):
            says = "|".join(f"(?:{pattern})" for pattern in cue.says)
            # Few texts hold a cue at all: only those are searched again without the exceptions.
            likely = np.flatnonzero(_matching(filled, says))
            said = _without(filled.take(pa.array(likely)), cue.exceptions)
            found[likely[_matching(said, says)]] = number
        levels = pa.array([*(cue.urgency.value for cue in self._cues), Urgency.NORMAL.value])
        reasons = pa.array([*(cue.id for cue in self._cues), None], pa.string())
        return Urgencies(levels.take(pa.array(found)), reasons.take(pa.array(found)))


def shipped_cues() -> tuple[Cue, ...]:
    """Read the cues that come with the package."""
    source = files("suqiu.reading").joinpath("urgency_cues.yaml").read_text(encoding="utf-8")
    return tuple(_cue(entry) for entry in yaml.safe_load(source))


def _cue(entry: Mapping[str, Any]) -> Cue:
    return Cue(
        id=entry["id"],
        name=entry["name"],
        urgency=Urgency(entry["urgency"]),
        says=tuple(entry["says"]),
        exceptions=tuple(entry["except"]),
        note=entry["note"],
    )


def _without(texts: pa.Array, patterns: Sequence[str]) -> pa.Array:
    for pattern in patterns:
        texts = pc.replace_substring_regex(texts, pattern=pattern, replacement=" ")
    return texts


def _matching(texts: pa.Array, pattern: str) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = pc.match_substring_regex(texts, pattern=pattern).to_numpy(zero_copy_only=False)
    return found
