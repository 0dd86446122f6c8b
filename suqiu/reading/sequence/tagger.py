"""Parts of texts named by a learned tagger: the elements of an address, or whatever was tagged for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.errors import Conflict, InvalidInput
from suqiu.domain.text import Text
from suqiu.reading.sequence.chain import Chain, Padded, Scores, Tags, best, padded, posterior
from suqiu.reading.sequence.fitting import MarkWeights, fit
from suqiu.reading.sequence.marks import marks
from suqiu.reading.sequence.pieces import Pieces, cut
from suqiu.reading.sequence.spans import Spans, piece_tags, spans_of
from suqiu.reading.sequence.states import CharacterStates, StateLayer

Floats = npt.NDArray[np.float32]

#: Texts read at once: memory stays bounded however many there are.
_TEXTS = 4_096


@dataclass(frozen=True, slots=True)
class SequenceTagger:
    """Finds and names the parts of texts 序列标注.

    By itself it reads marks of the characters and what surrounds them (a linear-chain conditional random field); that
    runs everywhere. With an encoder's states it reads those as well, and both are added up.

    Attributes:
        names: of the types, sorted.
        marks: scores of tags for marks.
        chain: how well tags follow each other.
        layer: scores of tags for an encoder's states; None where none was learned.
        marks_share: how much of a score that joins both comes from the marks, 0 to 1.
    """

    names: tuple[str, ...]
    marks: MarkWeights
    chain: Chain
    layer: StateLayer | None = None
    marks_share: float = 0.4

    @classmethod
    def learn(cls, texts: pa.Array, tags: Sequence[Sequence[str]]) -> SequenceTagger:
        """Learn from tagged texts; the same texts give the same tagger.

        Args:
            texts: string array.
            tags: for each text one tag a character: `O`, `B-type`, `I-type`; `M-`, `E-` and `S-` are understood.

        Raises:
            InvalidInput: tags do not fit their text, or none of them names a type.
        """
        pieces = cut(texts)
        found, names = piece_tags(texts, pieces, tags)
        if not names:
            raise InvalidInput(
                "reading.nothing_tagged",
                Text("训练文本中没有标注任何要素", "nothing is tagged in the texts to learn from"),
                Text("请提供带有B-类型标注的文本", "give texts with tags such as B-type"),
            )
        weights, chain = fit(marks(pieces), pieces.bounds, found, len(names))
        return cls(names, weights, chain)

    def beside(self, layer: StateLayer, marks_share: float = 0.4) -> SequenceTagger:
        """Return a tagger that can read an encoder's states as well.

        Args:
            layer: learned with the encoder.
            marks_share: how much of the joint score comes from the marks, 0 to 1.

        Raises:
            Conflict: the layer names other types.
        """
        if layer.names != self.names:
            raise Conflict(
                "reading.other_types",
                Text("编码模型与标注模型的要素类型不一致", "the layer names other types than the tagger"),
                Text("请用同一批标注文本训练两者", "learn both from the same tagged texts"),
            )
        return replace(self, layer=layer, marks_share=marks_share)

    def tag(self, texts: pa.Array, states: CharacterStates | None = None) -> Spans:
        """Find the parts of texts; a null text has none.

        Args:
            texts: string array; of each text the first `characters.MAX_CHARACTERS` characters are read.
            states: the encoder that the layer was learned with; without it, or without a layer, marks alone are read.

        Raises:
            Conflict: the encoder is another one.
        """
        found = [self._tag(texts[begin : begin + _TEXTS], states) for begin in range(0, len(texts), _TEXTS)]
        if not found:
            found = [self._tag(pa.array([], pa.string()), None)]
        return Spans(
            np.concatenate([part.rows + number * _TEXTS for number, part in enumerate(found)]),
            np.concatenate([part.starts for part in found]),
            np.concatenate([part.lengths for part in found]),
            np.concatenate([part.types for part in found]),
            np.concatenate([part.confidences for part in found]),
            self.names,
        )

    def _tag(self, texts: pa.Array, states: CharacterStates | None) -> Spans:
        pieces = cut(texts)
        scores, chain = self.marks.scores(marks(pieces)), self.chain
        if self.layer is not None and states is not None:
            scores, chain = self._joined(scores, self.layer, texts, pieces, states)
        tags = np.zeros(len(scores), dtype=np.int16)
        confidences = np.zeros(len(scores), dtype=np.float32)
        for padding in padded(pieces.bounds):
            there = padding.there
            spread = padding.spread(scores)
            chosen = best(chain, spread, padding)
            tags[padding.places[there]] = chosen[there]
            confidences[padding.places[there]] = span_shares(chain, spread, padding, chosen)[there]
        return spans_of(pieces, tags, confidences, self.names)

    def _joined(
        self, scores: Scores, layer: StateLayer, texts: pa.Array, pieces: Pieces, states: CharacterStates
    ) -> tuple[Scores, Chain]:
        """Add up both scores: the product of what both hold for probable, each raised to its share."""
        mine, its = np.float32(self.marks_share), np.float32(1 - self.marks_share)
        seen = layer.scores(pc.fill_null(texts, ""), pieces, states)
        first = mine * self.chain.first + its * layer.chain.first
        after = mine * self.chain.after + its * layer.chain.after
        return mine * scores + its * seen, Chain(first, after).possible()


def span_shares(chain: Chain, scores: Scores, padding: Padded, tags: Tags) -> Floats:
    """Return, where a span begins, how probable just this span with this kind is; texts × longest.

    The share of its beginning, times the share of each step inside, times that of not going on after its end.
    """
    found = posterior(chain, scores, padding)
    rows, steps = np.ogrid[: tags.shape[0], : tags.shape[1]]
    begun = found.before[rows, steps, tags] * found.ahead[rows, steps, tags]
    then, now = tags[:, :-1], tags[:, 1:]
    onward = then + then % 2  # the tag with which the kind before would go on
    going = np.where((then > 0) & padding.there[:, 1:], found.follow(then, onward), 0)
    inside = (now > 0) & (now % 2 == 0) & padding.there[:, 1:]
    factors = np.zeros(tags.shape)
    factors[:, :-1] = np.log(np.clip(np.where(inside, going, 1 - going), 1e-12, 1))
    # From each beginning on, the steps up to and with the one that leaves the span.
    along = np.cumsum(factors, axis=1)
    leaves = np.ones(tags.shape, dtype=np.bool_)
    leaves[:, :-1] = ~inside
    ends = np.where(leaves, np.arange(tags.shape[1]), tags.shape[1])
    ends = np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]
    total = along[rows, ends] - along + factors
    return np.asarray(np.clip(begun * np.exp(total), 0, 1), dtype=np.float32)
