"""Regular expressions over texts: RE2 over many at once; over a few, Python's own, which stay compiled.

RE2 runs through a column in time that grows with it alone, but is built anew at each call, which for one text costs
a hundred times the search. On patterns that both engines read alike they find the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

#: Up to so many texts Python's own expressions are faster than building RE2's anew.
FEW = 16
#: What RE2 alone understands: classes and code points by name.
_ONLY_RE2 = re.compile(r"\\[pPx]\{")
#: In RE2 it stands at the end of a text only, in Python also before a last line break.
_END = re.compile(r"(?<!\\)\$")


@lru_cache(maxsize=2048)
def ready(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern compiled by Python to find what RE2 finds; None where only RE2 can read it."""
    return None if _ONLY_RE2.search(pattern) else re.compile(_END.sub(r"\\Z", pattern), re.ASCII)


def holding(texts: pa.Array, pattern: str) -> npt.NDArray[np.bool_]:
    """Say which texts hold a match.

    Args:
        texts: string array without nulls.
        pattern: regular expression (RE2).
    """
    expression = ready(pattern) if len(texts) <= FEW else None
    if expression is None:
        found: npt.NDArray[np.bool_] = pc.match_substring_regex(texts, pattern=pattern).to_numpy(zero_copy_only=False)
        return found
    return np.array([expression.search(text) is not None for text in texts.to_pylist()], dtype=np.bool_)


def replaced(texts: pa.Array, changes: Sequence[tuple[str, str]]) -> pa.Array:
    """Return texts with every match of each pattern replaced, one pattern after the other.

    Args:
        texts: string array without nulls.
        changes: regular expressions (RE2) that do not match nothing, each with what takes the place of a match; it
            may name groups: `\\1`.
    """
    expressions = [ready(pattern) for pattern, _ in changes] if len(texts) <= FEW else [None]
    if None in expressions:
        for pattern, replacement in changes:
            texts = pc.replace_substring_regex(texts, pattern=pattern, replacement=replacement)
        return texts
    said: list[str] = texts.to_pylist()
    for expression, (_, replacement) in zip(expressions, changes, strict=True):
        said = [expression.sub(replacement, text) for text in said if expression is not None]
    return pa.array(said, pa.string())


def first(texts: pa.Array, pattern: str) -> pa.Array:
    """Return the first match in each text, null where there is none.

    Args:
        texts: string array without nulls.
        pattern: regular expression (RE2) without named groups.
    """
    expression = ready(pattern) if len(texts) <= FEW else None
    if expression is None:
        return pc.struct_field(pc.extract_regex(texts, pattern=f"(?P<words>{pattern})"), "words")
    found = [expression.search(text) for text in texts.to_pylist()]
    return pa.array([None if match is None else match.group() for match in found], pa.string())
