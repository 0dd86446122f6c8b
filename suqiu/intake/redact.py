"""Masking personal data before a text leaves the vault.

`find` says where personal data is; `redact` puts a word in its place. Both share one definition, the finders;
`redact` first asks whole columns which finders could find anything, and runs only those on only those rows.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.intake.digits import NUMBER_FINDERS
from suqiu.intake.person_names import NAME_FINDERS
from suqiu.intake.spans import Finder, Kind, Span, gather

__all__ = ["Kind", "Span", "find", "redact", "redact_text"]

_FINDERS = (*NUMBER_FINDERS, *NAME_FINDERS)

#: Full-width letters, digits and the signs of numbers and addresses, each made plain; no character moves.
_PLAIN = {ord(char): ord(char) - 0xFEE0 for char in "＠．－＋＿＊"} | {
    code: code - 0xFEE0 for first, last in ("０９", "ＡＺ", "ａｚ") for code in range(ord(first), ord(last) + 1)
}
_WIDE = "[０-９Ａ-Ｚａ-ｚ＠．－＋＿＊]"
_IS_WIDE = re.compile(_WIDE)
#: So few texts are done before the column expressions are made ready.
_FEW = 64
_ANY = "|".join([_WIDE, *dict.fromkeys(finder.needs for finder in _FINDERS)])


def find(text: str) -> list[Span]:
    """Return every piece of personal data in a text, by position; pieces do not overlap."""
    return gather(text.translate(_PLAIN) if _IS_WIDE.search(text) else text, _FINDERS)


def redact_text(text: str) -> str:
    """Return a text with each piece of personal data replaced by its kind's word, as in `[手机]`."""
    return _mask(text, find(text))


def redact(texts: pa.Array) -> pa.Array:
    """Return a column of texts, each as `redact_text` would have it; nulls stay null."""
    if len(texts) <= _FEW:
        return pa.array([None if text is None else redact_text(text) for text in texts.to_pylist()], pa.string())
    if texts.null_count == len(texts):
        return texts
    suspects = pc.indices_nonzero(pc.match_substring_regex(texts, _ANY).fill_null(False))
    if len(suspects) == 0:
        return texts
    chosen = texts.take(suspects)
    wanted = _wanted(chosen)
    cleaned: list[str] = []
    done: dict[str, str] = {}  # the same phrase often stands in many rows
    for text, which in zip(chosen.to_pylist(), wanted, strict=True):
        if text not in done:
            done[text] = redact_text(text) if which < 0 else _mask(text, gather(text, _subset(which)))
        cleaned.append(done[text])
    mask = np.zeros(len(texts), dtype=bool)
    mask[suspects.to_numpy()] = True
    return pc.replace_with_mask(texts, pa.array(mask), pa.array(cleaned, pa.string()))


def _wanted(texts: pa.Array) -> list[int]:
    """Return for each text which finders could find anything, as bits; -1 where full-width characters hide it."""
    bits = np.zeros(len(texts), dtype=np.int64)
    for place, finder in enumerate(_FINDERS):
        bits |= pc.match_substring_regex(texts, finder.needs).to_numpy(zero_copy_only=False).astype(np.int64) << place
    bits[pc.match_substring_regex(texts, _WIDE).to_numpy(zero_copy_only=False)] = -1
    found: list[int] = bits.tolist()
    return found


def _subset(bits: int) -> list[Finder]:
    return [finder for place, finder in enumerate(_FINDERS) if bits >> place & 1]


def _mask(text: str, spans: list[Span]) -> str:
    pieces: list[str] = []
    end = 0
    for span in spans:
        pieces += (text[end : span.start], span.kind.token)
        end = span.end
    return "".join((*pieces, text[end:])) if spans else text
