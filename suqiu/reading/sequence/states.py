"""What an encoder knows about each character, brought to the tagger without knowing which encoder it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa

from suqiu.domain.errors import Conflict
from suqiu.domain.text import Text
from suqiu.reading.sequence.chain import Chain, Scores
from suqiu.reading.sequence.pieces import Pieces


class CharacterStates(Protocol):
    """An encoder of characters; `suqiu.models.tagging` has one."""

    @property
    def fingerprint(self) -> str:
        """Say which encoder it is: equal prints, equal states."""

    def __call__(self, texts: pa.Array) -> Scores:
        """Return characters × width states of all texts, one text after the other, float32.

        Args:
            texts: string array without nulls, each of at most `characters.MAX_CHARACTERS` characters.
        """


@dataclass(frozen=True, slots=True)
class StateLayer:
    """Scores of tags for an encoder's states.

    Attributes:
        names: the types that it tells apart, as in `Spans.names`.
        weights: width × tags, float32.
        offsets: of each tag.
        chain: how well tags follow each other beside these scores.
        fingerprint: of the encoder whose states it was learned from.
    """

    names: tuple[str, ...]
    weights: Scores
    offsets: Scores
    chain: Chain
    fingerprint: str

    def scores(self, texts: pa.Array, pieces: Pieces, states: CharacterStates) -> Scores:
        """Return pieces × tags scores; a piece has the state of its first character.

        Raises:
            Conflict: the encoder is another one than the layer was learned for, or its states do not fit the texts.
        """
        if states.fingerprint != self.fingerprint:
            raise other_encoder()
        found = states(texts)
        if found.shape != (pieces.starts[-1], len(self.weights)):
            raise other_encoder()
        return np.asarray(found[pieces.starts[:-1]] @ self.weights + self.offsets, dtype=np.float32)


def other_encoder() -> Conflict:
    """Return the error for an encoder that no layer was learned with."""
    return Conflict(
        "reading.other_encoder",
        Text("要素标注模型与当前编码模型不匹配", "the tagger was not learned with this encoder"),
        Text("请使用训练时的编码模型，或重新训练", "use the encoder it was learned with, or learn it again"),
    )
