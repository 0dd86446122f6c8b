"""Replies cut into clauses, and what each clause does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.reading.characters import MAX_CHARACTERS
from suqiu.reading.reply.cues import ClauseKind, ReplyCues

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: What the citizen said, quoted back: "反映“…”的问题".
_QUOTED = (
    r"(反映|反应|关于|咨询|提出|来信|留言|发表|发帖|建议|投诉|标题为|针对|问题)"
    r"(的|了|是)?\s*[“\"「『‘][^”\"」』’]*[”\"」』’]"
)
_BREAK = r"[。！!？?；;，,：:\n\r\t　]+|\s{2,}"
KINDS = tuple(ClauseKind)


@dataclass(frozen=True, slots=True)
class Clauses:
    """The clauses of many replies, one after the other.

    Attributes:
        texts: each clause; never null.
        rows: the reply of each.
        lengths: characters of each.
        kinds: position in `KINDS` of what each does.
        cues: position of the cue that says so, their number for clauses of generic words, -1 for body.
    """

    texts: pa.Array
    rows: Numbers
    lengths: Numbers
    kinds: Numbers
    cues: Numbers

    def of(self, *kinds: ClauseKind) -> Flags:
        """Say which clauses are of one of these kinds."""
        return np.isin(self.kinds, [KINDS.index(kind) for kind in kinds])

    def chosen(self, flags: Flags) -> Clauses:
        """Return some of the clauses."""
        at = np.flatnonzero(flags)
        return Clauses(self.texts.take(pa.array(at)), self.rows[at], self.lengths[at], self.kinds[at], self.cues[at])

    def matching(self, pattern: str) -> Flags:
        """Say which clauses hold a match of a regular expression (RE2)."""
        return matching(self.texts, pattern)


class ClauseReader:
    """Cuts replies into clauses and tells what each does by the first cue that fits."""

    def __init__(self, cues: ReplyCues) -> None:
        self._cues = [
            (cue.longest, KINDS.index(cue.kind), _any(cue.says), _any(cue.exceptions)) for cue in cues.clauses
        ]
        self._generic = "|".join([*cues.generic, r"[\p{P}\p{S}\s]"])
        self._least, self._share = cues.generic_least, cues.generic_share

    def read(self, replies: pa.Array) -> Clauses:
        """Read replies.

        Args:
            replies: string array without null; what exceeds `MAX_CHARACTERS` is left out.
        """
        short = pc.utf8_slice_codeunits(replies, 0, MAX_CHARACTERS)
        unquoted = pc.replace_substring_regex(short, pattern=_QUOTED, replacement=r"\1")
        lists = pc.split_pattern_regex(unquoted, pattern=_BREAK)
        texts, rows = pc.utf8_trim_whitespace(pc.list_flatten(lists)), pc.list_parent_indices(lists).to_numpy()
        lengths = pc.utf8_length(texts).to_numpy().astype(np.int64)
        kept = np.flatnonzero(lengths > 0)
        texts = texts.take(pa.array(kept))
        cues = self._cue_of(texts)
        kinds = (
            *(number for _, number, _, _ in self._cues),
            KINDS.index(ClauseKind.VAGUE),
            KINDS.index(ClauseKind.BODY),
        )
        numbers = np.array(kinds)
        return Clauses(texts, rows[kept].astype(np.int64), lengths[kept], numbers[cues], cues)

    def _cue_of(self, texts: pa.Array) -> Numbers:
        """Return the first cue that fits each text; stock phrases recur, so each distinct one is read once."""
        distinct = texts.dictionary_encode()
        found = np.full(len(distinct.dictionary), -1, dtype=np.int64)
        lengths = pc.utf8_length(distinct.dictionary).to_numpy()
        for number, (longest, _, says, exceptions) in enumerate(self._cues):
            open_ = np.flatnonzero((found < 0) & (lengths <= longest))
            hits = open_[matching(distinct.dictionary.take(pa.array(open_)), says)]
            if exceptions and len(hits):
                hits = hits[~matching(distinct.dictionary.take(pa.array(hits)), exceptions)]
            found[hits] = number
        rest = np.flatnonzero(found < 0)
        left = pc.replace_substring_regex(distinct.dictionary.take(pa.array(rest)), self._generic, "")
        short = pc.utf8_length(left).to_numpy()
        found[rest[(short < self._least) | (short < self._share * lengths[rest])]] = len(self._cues)
        return np.asarray(found[distinct.indices.to_numpy()], dtype=np.int64)


def matching(texts: pa.Array, pattern: str) -> Flags:
    """Say which texts hold a match of a regular expression (RE2)."""
    found: Flags = pc.match_substring_regex(texts, pattern=pattern).to_numpy(zero_copy_only=False)
    return found


def _any(patterns: Sequence[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)
