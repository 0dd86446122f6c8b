"""Parts of texts named by a learned tagger: the elements of an address, or whatever was tagged for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.errors import Conflict, InvalidInput
from suqiu.domain.text import Text
from suqiu.reading.sequence.chain import Chain, Scores, padded
from suqiu.reading.sequence.fitting import MarkWeights, fit
from suqiu.reading.sequence.likely import LEAST, likely
from suqiu.reading.sequence.marks import marks
from suqiu.reading.sequence.pieces import Pieces, cut
from suqiu.reading.sequence.sharpness import eased_by, sharpest
from suqiu.reading.sequence.spans import Spans, piece_tags, spans_of
from suqiu.reading.sequence.states import CharacterStates, StateLayer, other_encoder

_Reader = tuple[StateLayer, CharacterStates]

#: Texts read at once: memory stays bounded however many there are.
_TEXTS = 4_096


@dataclass(frozen=True, slots=True)
class SequenceTagger:
    """Finds and names the parts of texts 序列标注.

    By itself it reads marks of the characters and what surrounds them (a linear-chain conditional random field); that
    runs everywhere. With the states of one encoder or several it reads those as well, and all are added up.

    Attributes:
        names: of the types, sorted.
        marks: scores of tags for marks.
        chain: how well tags follow each other.
        layers: scores of tags for encoders' states, one for each encoder; none where none was learned.
        marks_share: how much of a score that joins both comes from the marks, 0 to 1; encoders share the rest equally.
        least: how probable a span must be to be stated, above 0 and below 1; the higher, the fewer and surer.
        sharpness: by what joint scores are multiplied, so that confidences are as often right; see `calibrated`.
    """

    names: tuple[str, ...]
    marks: MarkWeights
    chain: Chain
    layers: tuple[StateLayer, ...] = ()
    marks_share: float = 0.4
    least: float = LEAST
    sharpness: float = 1.0

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

    def beside(self, *layers: StateLayer, marks_share: float = 0.4) -> SequenceTagger:
        """Return a tagger that can read encoders' states as well.

        Args:
            layers: each learned with its encoder.
            marks_share: how much of the joint score comes from the marks, 0 to 1.

        Raises:
            Conflict: a layer names other types, or two were learned with the same encoder.
        """
        if any(layer.names != self.names for layer in layers):
            raise Conflict(
                "reading.other_types",
                Text("编码模型与标注模型的要素类型不一致", "the layer names other types than the tagger"),
                Text("请用同一批标注文本训练两者", "learn both from the same tagged texts"),
            )
        if len({layer.fingerprint for layer in layers}) < len(layers):
            raise Conflict(
                "reading.encoder_twice",
                Text("同一编码模型重复使用", "two layers were learned with the same encoder"),
                Text("每个编码模型只保留一份标注参数", "give one layer for each encoder"),
            )
        return replace(self, layers=layers, marks_share=marks_share)

    def calibrated(
        self, texts: pa.Array, tags: Sequence[Sequence[str]], encoder: CharacterStates, *more: CharacterStates
    ) -> SequenceTagger:
        """Return a tagger whose confidences are as often right as they say when it reads these encoders.

        Args:
            texts: that neither the tagger nor a layer was learned from; a few hundred will do, 4,096 are looked at.
            tags: of the texts, as for `learn`.
            encoder: one that a layer was learned with.
            more: others.

        Raises:
            Conflict: no layer was learned with one of the encoders.
            InvalidInput: tags do not fit their text, or name another type.
        """
        texts, tags = texts[:_TEXTS], tags[:_TEXTS]
        pieces = cut(texts)
        stated, _ = piece_tags(texts, pieces, tags, self.names)
        plain = replace(self, sharpness=1.0)
        scores, chain = plain._scores(texts, pieces, self._readers((encoder, *more)))
        return replace(self, sharpness=sharpest(chain, scores, pieces.bounds, stated))

    def tag(self, texts: pa.Array, *encoders: CharacterStates) -> Spans:
        """Find the parts of texts; a null text has none.

        Args:
            texts: string array; of each text the first `characters.MAX_CHARACTERS` characters are read.
            encoders: those that layers were learned with, in any order; a layer whose encoder is not there is left out,
                and without any encoder marks alone are read.

        Raises:
            Conflict: no layer was learned with one of the encoders.
        """
        readers = self._readers(encoders)
        found = [self._tag(texts[begin : begin + _TEXTS], readers) for begin in range(0, len(texts), _TEXTS)]
        if not found:
            found = [self._tag(pa.array([], pa.string()), [])]
        return Spans(
            np.concatenate([part.rows + number * _TEXTS for number, part in enumerate(found)]),
            np.concatenate([part.starts for part in found]),
            np.concatenate([part.lengths for part in found]),
            np.concatenate([part.types for part in found]),
            np.concatenate([part.confidences for part in found]),
            self.names,
        )

    def _readers(self, encoders: Sequence[CharacterStates]) -> list[_Reader]:
        """Return each layer with its encoder, in the order of the layers, so that sums are always the same."""
        given = {encoder.fingerprint: encoder for encoder in encoders}
        if not self.layers:
            return []
        if not given.keys() <= {layer.fingerprint for layer in self.layers}:
            raise other_encoder()
        return [(layer, given[layer.fingerprint]) for layer in self.layers if layer.fingerprint in given]

    def _tag(self, texts: pa.Array, readers: list[_Reader]) -> Spans:
        pieces = cut(texts)
        scores, chain = self._scores(texts, pieces, readers)
        tags = np.zeros(len(scores), dtype=np.int16)
        confidences = np.zeros(len(scores), dtype=np.float32)
        for padding in padded(pieces.bounds):
            there = padding.there
            chosen, shares = likely(chain, padding.spread(scores), padding, self.least)
            tags[padding.places[there]] = chosen[there]
            confidences[padding.places[there]] = shares[there]
        return spans_of(pieces, tags, confidences, self.names)

    def _scores(self, texts: pa.Array, pieces: Pieces, readers: list[_Reader]) -> tuple[Scores, Chain]:
        """Add up all scores: the product of what all hold for probable, each raised to its share."""
        scores, first, after = self.marks.scores(marks(pieces)), self.chain.first, self.chain.after
        if not readers:
            return scores, self.chain
        mine = self.sharpness * self.marks_share
        its = self.sharpness * (1 - self.marks_share) / len(readers)
        scores, first, after = eased_by(scores, mine), eased_by(first, mine), eased_by(after, mine)
        written = pc.fill_null(texts, "")
        for layer, encoder in readers:
            scores += eased_by(layer.scores(written, pieces, encoder), its)
            first += eased_by(layer.chain.first, its)
            after += eased_by(layer.chain.after, its)
        return scores, Chain(first, after).possible()
