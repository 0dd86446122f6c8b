"""Spans of texts: what stands from where to where, and the tags by which a tagger names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.reading.characters import MAX_CHARACTERS, Indices
from suqiu.reading.sequence.chain import Tags
from suqiu.reading.sequence.pieces import Pieces

#: Columns of `Spans.table`.
SCHEMA = pa.schema(
    [
        pa.field("row", pa.int32(), nullable=False),  # number of the text
        pa.field("start", pa.int32(), nullable=False),  # characters from the beginning of the text
        pa.field("length", pa.int32(), nullable=False),  # characters
        pa.field("type", pa.string(), nullable=False),
        pa.field("confidence", pa.float32(), nullable=False),  # 0 to 1
    ]
)


@dataclass(frozen=True, slots=True)
class Spans:
    """Parts of texts, in the order of the texts and, within one, from left to right 要素片段.

    Attributes:
        rows: number of the text.
        starts: characters from the beginning of the text.
        lengths: characters.
        types: number of the type in `names`.
        confidences: 0 to 1; how probable it is that just this span has just this type.
        names: of the types.
    """

    rows: Indices
    starts: Indices
    lengths: Indices
    types: npt.NDArray[np.int16]
    confidences: npt.NDArray[np.float32]
    names: tuple[str, ...]

    def table(self) -> pa.Table:
        """Return the spans as a table with `SCHEMA`."""
        types = pa.DictionaryArray.from_arrays(pa.array(self.types), pa.array(self.names, pa.string()))
        columns = [self.rows.astype(np.int32), self.starts.astype(np.int32), self.lengths.astype(np.int32)]
        arrays = [*map(pa.array, columns), types.cast(pa.string()), pa.array(self.confidences)]
        return pa.table(arrays, schema=SCHEMA)


def spans_of(pieces: Pieces, tags: Tags, confidences: npt.NDArray[np.float32], names: tuple[str, ...]) -> Spans:
    """Join tagged pieces to spans.

    Args:
        pieces: of the texts.
        tags: of each piece; a kind goes on only where it began.
        confidences: of each piece's span, looked at where the span begins.
        names: of the kinds.
    """
    begins = np.flatnonzero(tags % 2 == 1)
    stops = np.append(np.flatnonzero((tags == 0) | (tags % 2 == 1)), len(tags))
    ends = stops[np.searchsorted(stops, begins, side="right")]
    rows = pieces.rows()[begins]
    return Spans(
        rows,
        pieces.starts[begins] - pieces.offsets[rows],
        pieces.starts[ends] - pieces.starts[begins],
        (tags[begins] // 2).astype(np.int16),
        confidences[begins],
        names,
    )


def piece_tags(
    texts: pa.Array, pieces: Pieces, tags: Sequence[Sequence[str]], names: tuple[str, ...] | None = None
) -> tuple[Tags, tuple[str, ...]]:
    """Turn written tags into numbers, and return them with the names of the types.

    `O` is outside; `B-x` begins type x and `I-x` goes on with it; `M-x` and `E-x` are read as `I-x`, `S-x` as `B-x`,
    and an `I-x` after something else as `B-x`. A piece has the tag of its first character.

    Args:
        texts: that are tagged.
        pieces: of the texts.
        tags: for each text one tag a character.
        names: of the types; those that occur when None.

    Raises:
        InvalidInput: a text has more or fewer tags than characters, is too long, or a tag is none of these.
    """
    written = pa.array(tags, pa.list_(pa.string()))
    lengths = pc.utf8_length(pc.fill_null(texts, "")).to_numpy(zero_copy_only=False)
    counts = pc.fill_null(pc.list_value_length(written), 0).to_numpy(zero_copy_only=False)
    if len(texts) != len(written):
        raise _bad_tags(min(len(texts), len(written)))
    wrong = np.flatnonzero((lengths != counts) | (lengths > MAX_CHARACTERS))
    if len(wrong):
        raise _bad_tags(int(wrong[0]))
    encoded = pc.list_flatten(written).dictionary_encode()
    distinct = encoded.dictionary.to_pylist()
    if names is None:
        names = tuple(sorted({tag[2:] for tag in distinct if tag is not None and tag[1:2] == "-"}))
    numbers = np.array([_number(tag, names) for tag in distinct] or [0], dtype=np.int16)
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    refused = np.flatnonzero((codes < 0) | (numbers[codes] < 0))
    if len(refused):
        raise _bad_tags(int(np.searchsorted(pieces.offsets, refused[0], side="right")) - 1)
    found = numbers[codes][pieces.starts[:-1]]
    before = np.concatenate([[0], found[:-1]]).astype(np.int16) if len(found) else found
    before[pieces.bounds[:-1][np.diff(pieces.bounds) > 0]] = 0
    orphan = (found > 0) & (found % 2 == 0) & ((before + 1) // 2 != found // 2)
    return np.where(orphan, found - 1, found).astype(np.int16), names


def _number(tag: str, names: tuple[str, ...]) -> int:
    """Return the number of a tag, -1 for what is no tag."""
    if tag == "O":
        return 0
    if tag[:2] not in {"B-", "S-", "I-", "M-", "E-"} or tag[2:] not in names or len(tag) == 2:
        return -1
    return 2 * names.index(tag[2:]) + (1 if tag[0] in "BS" else 2)


def _bad_tags(row: int) -> InvalidInput:
    return InvalidInput(
        "reading.bad_tags",
        Text("第{row}条文本的标注与文字不符", "the tags of text {row} do not fit it").fill(row=row + 1),
        Text(
            "每个字符须有且仅有一个标注，写作O、B-类型或I-类型；单条文本不超过{most}个字符",
            "give each character one tag, O, B-type or I-type; a text has at most {most} characters",
        ).fill(most=MAX_CHARACTERS),
    )
