from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from suqiu.evaluation.drift import (
    Bounds,
    Level,
    Limits,
    accuracy_shift,
    judged,
    label_shift,
    unseen_shift,
    wording_shift,
)

LIMITS = Limits(0.01, 100, 30, Bounds(0.02, 0.05), Bounds(0.6, 0.75), Bounds(0.02, 0.05), Bounds(0.02, 0.05))
COUNTS = st.lists(st.integers(0, 60), min_size=2, max_size=6)


def texts(count: int, seed: int, new_word: float = 0.0) -> csr_matrix:
    """Return vectors of twenty words, the last of which is as frequent as said."""
    draw = np.random.default_rng(seed)
    words = (draw.random((count, 20)) < 0.3).astype(np.float32)
    words[:, 19] = draw.random(count) < new_word
    return csr_matrix(words)


def test_labels_that_did_not_change_are_no_shift_however_many_there_are() -> None:
    draw, shares = np.random.default_rng(3), np.full(300, 1 / 300)
    found = label_shift(draw.multinomial(2_000, shares), draw.multinomial(500, shares), seed=1)
    assert found is not None
    assert found.divergence > 0.05  # many labels and few orders make this by chance
    assert found.beyond_chance < found.divergence / 10
    assert found.p > 0.01


def test_a_shift_of_labels_is_found_and_measured_in_bits() -> None:
    apart = label_shift(np.array([500, 0]), np.array([0, 500]), seed=1)
    moved = label_shift(np.array([400, 100]), np.array([250, 250]), seed=1)
    assert apart is not None
    assert moved is not None
    assert apart.divergence == pytest.approx(1.0)
    assert apart.p == pytest.approx(1 / 1001)
    assert 0.05 < moved.beyond_chance < 0.1
    assert moved.p < 0.01


@given(COUNTS, st.integers(0, 5))
@settings(max_examples=30, deadline=None)
def test_a_shift_of_labels_stays_in_its_range_and_equal_sides_are_none(counts: list[int], seed: int) -> None:
    one = np.array(counts)
    other = one[::-1].copy()
    found = label_shift(one, other, seed, rounds=50)
    if not one.sum():
        assert found is None
        return
    same = label_shift(one, one, seed, rounds=50)
    assert found is not None
    assert same is not None
    assert -1e-9 <= found.divergence <= 1 + 1e-9
    assert 0 < found.p <= 1
    assert same.divergence == pytest.approx(0, abs=1e-9)
    assert same.p == 1
    assert label_shift(one, other, seed, rounds=50) == found


def test_texts_like_the_references_cannot_be_told_apart_and_others_can() -> None:
    same = wording_shift(texts(600, 3), texts(600, 4), seed=1)
    other = wording_shift(texts(600, 1), texts(600, 2, new_word=0.8), seed=1)
    assert same is not None
    assert other is not None
    assert same.interval.lower < 0.5 < same.interval.upper
    assert same.p > 0.01
    assert other.area > 0.85
    assert other.interval.lower > 0.8
    assert other.p < 1e-6


def test_chance_rarely_calls_equal_texts_different() -> None:
    found = [wording_shift(texts(150, 2 * n), texts(150, 2 * n + 1), seed=n) for n in range(200)]
    assert sum(shift is not None and shift.p < 0.05 for shift in found) <= 22  # about ten expected


def test_unknown_pieces_are_compared_with_what_was_unknown_before() -> None:
    draw = np.random.default_rng(5)
    same = unseen_shift(draw.beta(2, 30, 400), draw.beta(2, 30, 400))
    more = unseen_shift(draw.beta(2, 30, 400), draw.beta(6, 30, 400))
    assert same is not None
    assert more is not None
    assert same.interval.lower < 0 < same.interval.upper
    assert more.interval.lower > 0.05
    assert unseen_shift(np.zeros(1), np.zeros(5)) is None
    flat = unseen_shift(np.zeros(5), np.zeros(5))
    assert flat is not None
    assert flat.p == 1


def test_accuracy_is_told_with_its_interval_and_a_fall_with_its_chance() -> None:
    found = accuracy_shift(70, 100, 900, 1_000)
    assert found is not None
    assert (found.accuracy, found.before) == (0.7, 0.9)
    assert found.interval.lower < 0.7 < found.interval.upper
    assert found.p < 1e-5
    unknown = accuracy_shift(70, 100, 0, 0)
    assert unknown is not None
    assert (unknown.drop, unknown.p) == (0.0, 1.0)
    assert accuracy_shift(0, 0, 9, 10) is None


def test_a_month_is_as_bad_as_its_worst_finding_and_says_that_first() -> None:
    labels = label_shift(np.array([400, 100]), np.array([390, 110]), seed=1)
    accuracy = accuracy_shift(70, 100, 900, 1_000)
    fine = judged("2026-05", 500, LIMITS, labels=labels)
    bad = judged("2026-06", 500, LIMITS, labels=labels, accuracy=accuracy)
    assert fine.level is Level.OK
    assert bad.level is Level.ALARM
    assert "70.0%" in bad.reasons[0].zh
    assert len(bad.reasons) == 2


def test_a_change_that_is_sure_but_small_and_one_that_is_large_but_unsure_raise_nothing() -> None:
    small = label_shift(np.array([500_000, 500_000]), np.array([505_000, 495_000]), seed=1)
    unsure = accuracy_shift(8, 10, 900, 1_000)
    assert small is not None
    assert small.p < 0.01
    assert judged("2026-06", 1_000_000, LIMITS, labels=small).level is Level.OK
    assert judged("2026-06", 500, LIMITS, labels=small, accuracy=unsure).level is Level.OK


def test_a_month_that_cannot_be_judged_is_not_called_fine() -> None:
    few = judged("2026-06", 20, LIMITS, labels=label_shift(np.array([400, 100]), np.array([15, 5]), seed=1))
    assert few.level is Level.WATCH
    assert "20" in few.reasons[0].zh
    assert judged("2026-06", 500, LIMITS).level is Level.WATCH
