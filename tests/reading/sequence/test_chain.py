"""Shares of tags and of spans, and the spans chosen, are those of all sequences written out."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suqiu.reading.sequence.chain import Chain, padded, posterior
from suqiu.reading.sequence.likely import likely

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


def spans_in(tags: tuple[int, ...]) -> list[tuple[int, int, int]]:
    found = []
    for start, tag in enumerate(tags):
        if tag % 2 == 1:
            end = start + 1
            while end < len(tags) and tags[end] == tag + 1:
                end += 1
            found.append((start, end, tag))
    return found


def best_worth(shares: dict[tuple[int, int, int], float], least: float) -> float:
    """The worth of the best list of spans that do not overlap, by trying all lists."""
    spans = [(span, share - least) for span, share in shares.items() if share > least]
    worths = [0.0]
    for picked in product((False, True), repeat=len(spans)):
        chosen = sorted(span for (span, _), one in zip(spans, picked, strict=True) if one)
        if all(a[1] <= b[0] for a, b in pairwise(chosen)):
            worths.append(sum(worth for (_, worth), one in zip(spans, picked, strict=True) if one))
    return max(worths)


@settings(deadline=None, max_examples=30)
@given(
    st.integers(0, 10_000), st.lists(st.integers(0, 4), min_size=1, max_size=4), st.sampled_from([0.15, 0.3, 0.45, 0.7])
)
def test_shares_and_chosen_spans_are_those_of_all_sequences(seed: int, lengths: list[int], least: float) -> None:
    chain, scores, bounds = drawn(seed, lengths)
    for padding in padded(bounds):
        spread = padding.spread(scores)
        found = posterior(chain, spread, padding)
        marginals, (tags, confidences) = found.marginals(), likely(chain, spread, padding, least)
        for row, length in enumerate(padding.lengths.tolist()):
            sequences, totals = all_sequences(chain, spread[row, :length])
            weights = np.exp(totals - totals.max())
            assert found.log_total[row] == pytest.approx(np.log(weights.sum()) + totals.max(), abs=1e-4)
            weights /= weights.sum()
            shares: dict[tuple[int, int, int], float] = defaultdict(float)
            for sequence, weight in zip(sequences, weights.tolist(), strict=True):
                for span in spans_in(sequence):
                    shares[span] += weight
            for place in range(length):
                here = [weights[[tags_[place] == tag for tags_ in sequences]].sum() for tag in range(TAGS)]
                assert marginals[row, place] == pytest.approx(here, abs=1e-5)
            chosen = spans_in(tuple(tags[row, :length].tolist()))
            assert [confidences[row, start] for start, _, _ in chosen] == pytest.approx(
                [shares[span] for span in chosen], abs=1e-5
            )
            assert sum(shares[span] - least for span in chosen) == pytest.approx(best_worth(shares, least), abs=1e-4)


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
        tags, _ = likely(chain, padding.spread(scores), padding)
        inside = (tags > 0) & (tags % 2 == 0)
        assert not inside[:, 0].any()
        went_on = (tags[:, 1:] == tags[:, :-1]) | (tags[:, 1:] == tags[:, :-1] + 1)
        assert went_on[inside[:, 1:]].all()


def test_long_texts_are_laid_out_a_few_at_a_time() -> None:
    bounds = np.arange(0, 300 * 2_001, 2_000, dtype=np.int64)
    layouts = list(padded(bounds))
    assert all(layout.places.size <= 1 << 16 for layout in layouts)
    assert sorted(np.concatenate([layout.places.ravel() for layout in layouts]).tolist()) == list(range(600_000))
