"""Learning a conditional random field: weights of marks and of tags after each other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from suqiu.reading.sequence.chain import Chain, Indices, Padded, Scores, Tags, padded, posterior
from suqiu.reading.sequence.marks import BITS, Buckets

#: Texts a step, times that every text is seen, and how far a step goes; chosen on a third of
#: the addresses to learn from, held out: more rounds or longer steps did no better.
_TEXTS, _ROUNDS, _RATE = 32, 6, 0.1
#: Share of marks that are hidden at each step: the others must do without them, so that no one mark decides.
_HIDDEN = 0.5
#: By how much scores are damped once they are learned, so that what they hold for probable is as often right: with this
#: factor tags of a held-out third of the addresses to learn from were most probable.
_DAMPED = 0.83
#: A mark that fewer pieces bear is left out.
_LEAST = 2
_SMALL = 1e-6


@dataclass(frozen=True)
class MarkWeights:
    """Scores of tags for marks.

    Attributes:
        buckets: the buckets that have weights, ascending.
        weights: one row for each of them, one column a tag, float16: finer steps change nothing.
    """

    buckets: Buckets
    weights: npt.NDArray[np.float16]

    def scores(self, found: Buckets) -> Scores:
        """Return pieces × tags scores for the buckets of pieces (pieces × marks)."""
        return np.asarray(_borne(found, self._numbers, len(self.buckets)) @ self._wide, dtype=np.float32)

    @cached_property
    def _numbers(self) -> Buckets:
        return _numbers(self.buckets)

    @cached_property
    def _wide(self) -> Scores:
        return self.weights.astype(np.float32)


def _numbers(buckets: Buckets) -> Buckets:
    """Return for every bucket there could be its number among those given, -1 for others."""
    numbers = np.full(1 << BITS, -1, dtype=np.int32)
    numbers[buckets] = np.arange(len(buckets), dtype=np.int32)
    return numbers


def _borne(found: Buckets, numbers: Buckets, width: int) -> sp.csr_matrix:
    """Return pieces × buckets that have numbers: 1 where a piece bears the mark."""
    columns = numbers[found]
    kept = columns >= 0
    ends = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])
    columns = columns[kept]
    return sp.csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(found), width))


def fit(found: Buckets, bounds: Indices, tags: Tags, kinds: int, rounds: int = _ROUNDS) -> tuple[MarkWeights, Chain]:
    """Learn from tagged texts by stochastic steps up the likelihood, each weight at its own pace.

    Source of the pace: J. Duchi, E. Hazan, Y. Singer, Adaptive subgradient methods, JMLR 12 (2011); it falls linearly
    besides. The order of texts and what is hidden are drawn from a seed made from the data.

    Args:
        found: pieces × marks, buckets.
        bounds: where each text's pieces begin, and where the last one's end.
        tags: of each piece.
        kinds: how many there are.
        rounds: times that every text is seen.
    """
    seen, counts = np.unique(found, return_counts=True)
    buckets = seen[counts >= _LEAST].astype(np.int32)
    matrix = _borne(found, _numbers(buckets), len(buckets))
    learner = _Learner(matrix, bounds, tags, 2 * kinds + 1)
    texts = np.flatnonzero(np.diff(bounds) > 0)
    draw = np.random.default_rng([len(texts), matrix.nnz, kinds, int(tags.sum())])
    for number in range(rounds):
        order = draw.permutation(texts)
        for begin in range(0, len(order), _TEXTS):
            pace = _RATE * max(0.05, 1 - (number + begin / len(order)) / rounds)
            learner.step(next(padded(bounds, order[begin : begin + _TEXTS], _TEXTS)), pace, draw)
    first, after = ((_DAMPED * scores).astype(np.float32) for scores in (learner.first, learner.after))
    return MarkWeights(buckets, (_DAMPED * learner.weights).astype(np.float16)), Chain(first, after).possible()


class _Learner:
    """Weights as they are learned."""

    def __init__(self, matrix: sp.csr_matrix, bounds: Indices, tags: Tags, width: int) -> None:
        self._matrix, self._bounds, self._tags = matrix, bounds, tags
        self.weights = np.zeros((matrix.shape[1], width), dtype=np.float32)
        self._walked = np.full((matrix.shape[1], width), _SMALL, dtype=np.float32)
        self.first, self.after = np.zeros(width), np.zeros((width, width))
        self._first_walked, self._after_walked = np.full(width, _SMALL), np.full((width, width), _SMALL)

    def step(self, padding: Padded, pace: float, draw: np.random.Generator) -> None:
        """Go one step up the likelihood of some texts."""
        there = padding.there
        places = padding.places[there]
        rows = self._matrix[places]
        rows.data = (draw.random(len(rows.data)) >= _HIDDEN).astype(np.float32) / np.float32(1 - _HIDDEN)
        touched, rows.indices = np.unique(rows.indices, return_inverse=True)
        rows = sp.csr_matrix((rows.data, rows.indices.astype(np.int32), rows.indptr), shape=(len(places), len(touched)))
        here = self.weights[touched]
        scores = np.zeros((*there.shape, here.shape[1]), dtype=np.float32)
        scores[there] = rows @ here
        chain = Chain(self.first.astype(np.float32), self.after.astype(np.float32)).possible()
        found = posterior(chain, scores, padding)
        tags = np.zeros(there.shape, dtype=np.int64)
        tags[there] = self._tags[places]
        shares = found.marginals()
        slope = -shares[there]
        slope[np.arange(len(places)), self._tags[places]] += 1
        upward = np.asarray(rows.T @ slope.astype(np.float32)) / len(there)
        walked = self._walked[touched] + upward * upward
        self._walked[touched] = walked
        self.weights[touched] = here + np.float32(pace) * upward / np.sqrt(walked)
        first = np.bincount(tags[:, 0], minlength=len(self.first)) - shares[:, 0].sum(axis=0)
        after = np.zeros_like(self.after)
        both = there[:, 1:]
        np.add.at(after, (tags[:, :-1][both], tags[:, 1:][both]), 1)
        after -= found.pairs(there)
        for weights, walk, way in (
            (self.first, self._first_walked, first / len(there)),
            (self.after, self._after_walked, after / len(there)),
        ):
            walk += way * way
            weights += pace * way / np.sqrt(walk)
