"""The chain finds the best sequence and the true shares, compared with all sequences written out."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suqiu.reading.sequence.chain import Chain, best, padded, posterior
from suqiu.reading.sequence.tagger import span_shares

KINDS = 2
TAGS = 2 * KINDS + 1


def drawn(seed: int, lengths: list[int]) -> tuple[Chain, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    chain = Chain(draw.normal(size=TAGS).astype(np.float32), draw.normal(size=(TAGS, TAGS)).astype(np.float32))
    bounds = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return chain.possible(), draw.normal(size=(int(bounds[-1]), TAGS)).astype(np.float32) * 2, bounds


def all_sequences(chain: Chain, scores: np.ndarray) -> tuple[list[tuple[int, ...]], np.ndarray]:
    sequences = list(product(range(TAGS), repeat=len(scores)))
    totals = [
        chain.first[tags[0]]
        + scores[np.arange(len(tags)), list(tags)].sum()
        + sum(chain.after[a, b] for a, b in pairwise(tags))
        for tags in sequences
    ]
    return sequences, np.array(totals, dtype=np.float64)


def span_end(tags: tuple[int, ...], start: int) -> int:
    end = start + 1
    while end < len(tags) and tags[end] == tags[start] + 1:
        end += 1
    return end


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.lists(st.integers(0, 4), min_size=1, max_size=4))
def test_best_sequence_shares_and_spans_are_those_of_all_sequences(seed: int, lengths: list[int]) -> None:
    chain, scores, bounds = drawn(seed, lengths)
    for padding in padded(bounds):
        spread = padding.spread(scores)
        tags, found = best(chain, spread, padding), posterior(chain, spread, padding)
        shares, spans = found.marginals(), span_shares(chain, spread, padding, tags)
        for row, length in enumerate(padding.lengths.tolist()):
            sequences, totals = all_sequences(chain, spread[row, :length])
            chosen = tuple(tags[row, :length].tolist())
            assert chosen == sequences[int(totals.argmax())]
            weights = np.exp(totals - totals.max())
            assert found.log_total[row] == pytest.approx(np.log(weights.sum()) + totals.max(), abs=1e-4)
            weights /= weights.sum()
            for place in range(length):
                here = [weights[[tags_[place] == tag for tags_ in sequences]].sum() for tag in range(TAGS)]
                assert shares[row, place] == pytest.approx(here, abs=1e-5)
                if chosen[place] % 2 == 1:
                    end = span_end(chosen, place)
                    same = [t[place] == chosen[place] and span_end(t, place) == end for t in sequences]
                    assert spans[row, place] == pytest.approx(weights[same].sum(), abs=1e-5)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000))
def test_expected_pairs_are_those_of_all_sequences(seed: int) -> None:
    chain, scores, bounds = drawn(seed, [3, 1, 4])
    (padding,) = padded(bounds)
    wanted = np.zeros((TAGS, TAGS))
    spread = padding.spread(scores)
    for row, length in enumerate(padding.lengths.tolist()):
        sequences, totals = all_sequences(chain, spread[row, :length])
        weights = np.exp(totals - totals.max())
        for tags, weight in zip(sequences, weights / weights.sum(), strict=True):
            for pair in pairwise(tags):
                wanted[pair] += weight
    assert posterior(chain, spread, padding).pairs(padding.there) == pytest.approx(wanted, abs=1e-5)


def test_what_goes_on_has_begun() -> None:
    chain, scores, bounds = drawn(5, [30] * 20)
    for padding in padded(bounds):
        tags = best(chain, padding.spread(scores), padding)
        inside = (tags > 0) & (tags % 2 == 0)
        assert not inside[:, 0].any()
        went_on = (tags[:, 1:] == tags[:, :-1]) | (tags[:, 1:] == tags[:, :-1] + 1)
        assert went_on[inside[:, 1:]].all()
