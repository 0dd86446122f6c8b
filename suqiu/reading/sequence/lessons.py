"""Tagged texts laid out for tuning an encoder, and varied from round to round so that it learns no text by heart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from suqiu.reading.characters import Indices
from suqiu.reading.sequence.pieces import cut
from suqiu.reading.sequence.spans import piece_tags

#: Share of texts in which a part is exchanged, of those a second one too, and of texts that lose what stands first.
_EXCHANGED, _TWICE, _SHORTENED = 0.3, 0.3, 0.12
#: A type is exchanged when at least this share of its parts are different ones, and at most this share hold a digit:
#: names of roads and compounds may stand for each other; provinces and house numbers teach nothing new.
_VARIED, _WITH_DIGITS = 0.3, 0.2

Part = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """Texts with the tags of their pieces.

    Attributes:
        texts: the texts.
        places: for each text the first characters of its pieces.
        tags: for each text the tags of its pieces, numbered as in a `Chain`.
    """

    texts: Sequence[str]
    places: Sequence[Indices]
    tags: Sequence[Indices]


def lesson(texts: Sequence[str], tags: Sequence[Sequence[str]], names: tuple[str, ...]) -> Lesson:
    """Lay tagged texts out.

    Args:
        texts: that are tagged.
        tags: for each text one tag a character, as for `SequenceTagger.learn`.
        names: of the types, as the tagger numbers them.

    Raises:
        InvalidInput: tags do not fit their text, or name another type.
    """
    laid_out = pa.array(texts, pa.string())
    pieces = cut(laid_out)
    found, _ = piece_tags(laid_out, pieces, tags, names)
    inner = pieces.bounds[1:-1]
    places = pieces.starts[:-1] - pieces.offsets[pieces.rows()]
    return Lesson(texts, np.split(places, inner), np.split(found.astype(np.int64), inner))


def varied(texts: Sequence[str], tags: Sequence[Sequence[str]], number: int) -> tuple[list[str], list[list[str]]]:
    """Return the texts with some parts exchanged for others of their type, and some without what stands first.

    Args:
        texts: that are tagged.
        tags: for each text one tag a character.
        number: of the round: each gives other variations, the same ones each time.
    """
    draw = np.random.default_rng([len(texts), sum(map(len, texts)), number])
    parts = [_parts(text, row) for text, row in zip(texts, tags, strict=True)]
    stock = _stock(parts)
    changed = [_change(row, stock, draw) for row in parts]
    return ["".join(text for text, _ in row) for row in changed], [_tags(row) for row in changed]


def _parts(text: str, tags: Sequence[str]) -> list[Part]:
    """Cut a text into its parts; what has no type is a part as well."""
    parts: list[Part] = []
    for character, tag in zip(text, tags, strict=True):
        kind = tag[2:] or None
        if parts and tag[0] not in "BS" and parts[-1][1] == kind:
            parts[-1] = (parts[-1][0] + character, kind)
        else:
            parts.append((character, kind))
    return parts


def _stock(parts: Sequence[Sequence[Part]]) -> dict[str, list[str]]:
    """Return all parts of each type that may be exchanged."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in parts:
        for text, kind in row:
            if kind is not None:
                found[kind].append(text)
    return {
        kind: listed
        for kind, listed in found.items()
        if len(set(listed)) >= _VARIED * len(listed)
        and sum(any(map(str.isdigit, text)) for text in listed) <= _WITH_DIGITS * len(listed)
    }


def _change(row: list[Part], stock: dict[str, list[str]], draw: np.random.Generator) -> list[Part]:
    row = list(row)
    if draw.random() < _EXCHANGED:
        open_ = [at for at, (_, kind) in enumerate(row) if kind in stock]
        for at in draw.permutation(open_)[: 1 + int(draw.random() < _TWICE)].tolist():
            kind = row[int(at)][1]
            listed = stock[kind or ""]
            row[int(at)] = (listed[int(draw.integers(len(listed)))], kind)
    return row[1:] if len(row) > 3 and draw.random() < _SHORTENED else row


def _tags(row: Sequence[Part]) -> list[str]:
    tags: list[str] = []
    for text, kind in row:
        tags += ["O"] * len(text) if kind is None else [f"B-{kind}"] + [f"I-{kind}"] * (len(text) - 1)
    return tags
