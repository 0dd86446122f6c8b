"""Combined views are never worse than the best one, and confidence is a chance that rises with what speaks for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax

from suqiu.reading.labelling.combining import Confidence, calibrate, combine
from suqiu.reading.labelling.model import ranked

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

EVEN = np.zeros(4)


def drawn(seed: int, skills: tuple[float, ...], rows: int = 200) -> tuple[list[Floats], Numbers]:
    """Return views that know the truth better or worse, and the truth."""
    draw = np.random.default_rng(seed)
    truth = draw.integers(0, 4, rows)
    views = []
    for skill in skills:
        scores = draw.normal(size=(rows, 4))
        scores[np.arange(rows), truth] += skill
        views.append(scores.astype(np.float32))
    return views, truth


def unlikely(log_shares: Doubles, truth: Numbers) -> float:
    return float(-log_shares[np.arange(len(truth)), truth].sum())


@given(st.integers(0, 10_000), st.lists(st.floats(-1, 4), min_size=1, max_size=3))
@settings(max_examples=25, deadline=None)
def test_a_combination_is_no_worse_than_its_best_view_on_what_it_learned_from(seed: int, skills: list[float]) -> None:
    views, truth = drawn(seed, tuple(skills))
    together = unlikely(combine(views, EVEN, truth).log_shares(views, EVEN), truth)
    best = min(unlikely(log_softmax(view.astype(np.float64), axis=1), truth) for view in views)
    # The pull towards equal weights may cost half an example for each view that would better be left out.
    assert together <= best + (len(views) - 1) / 2 + 0.01


def test_the_view_that_knows_more_weighs_more_and_one_that_misleads_nothing() -> None:
    views, truth = drawn(3, (3.0, 0.5, -2.0), 1_000)
    good, poor, wrong = combine(views, EVEN, truth).weights
    assert good > poor > wrong
    assert wrong == pytest.approx(0, abs=1e-9)


def test_labels_that_no_view_knows_teach_nothing() -> None:
    views, truth = drawn(4, (1.0, 1.0))
    holes = truth.copy()
    holes[::3] = -1
    seen = holes >= 0
    assert combine(views, EVEN, holes) == combine([view[seen] for view in views], EVEN, holes[seen])
    nothing = combine(views, EVEN, np.full_like(truth, -1))
    assert nothing.weights == (1.0, 1.0)


def test_how_common_a_label_is_decides_where_the_texts_say_nothing() -> None:
    truth = np.array([0] * 90 + [1] * 10)
    views, prior = [np.zeros((100, 2), dtype=np.float32)], np.log([0.9, 0.1])
    shares = np.exp(combine(views, prior, truth).log_shares(views, prior))
    assert shares[0] == pytest.approx([0.9, 0.1], abs=0.02)


@given(st.integers(0, 10_000), st.floats(-0.5, 3))
@settings(max_examples=25, deadline=None)
def test_confidence_is_a_chance_and_never_falls_as_the_best_share_rises(seed: int, skill: float) -> None:
    views, truth = drawn(seed, (skill, skill))
    log_shares = log_softmax(views[0].astype(np.float64) + views[1], axis=1)
    confidence = calibrate(log_shares, views, log_shares.argmax(axis=1) == truth)
    said = confidence.of(log_shares, views)
    assert ((said > 0) & (said < 1)).all()
    ladder = log_softmax(np.column_stack([np.linspace(0, 8, 50), *np.zeros((3, 50))]), axis=1)
    agreed = [ladder.astype(np.float32)] * 2
    assert (np.diff(confidence.of(ladder, agreed)) >= 0).all()


def test_confidence_comes_true_on_what_it_learned_from() -> None:
    views, truth = drawn(7, (1.0, 1.0), 2_000)
    log_shares = log_softmax(views[0].astype(np.float64) + views[1], axis=1)
    right = log_shares.argmax(axis=1) == truth
    said = calibrate(log_shares, views, right).of(log_shares, views)
    assert said.mean() == pytest.approx(right.mean(), abs=0.01)
    surer = said > np.median(said)
    assert said[surer].mean() == pytest.approx(right[surer].mean(), abs=0.05)


def test_nothing_to_learn_from_still_gives_a_confidence() -> None:
    none = calibrate(np.zeros((0, 4)), [np.zeros((0, 4), dtype=np.float32)], np.zeros(0, dtype=np.bool_))
    assert none == Confidence((1.0, 0.0, 0.0, 0.0))
    only = np.zeros((3, 1))
    assert (none.of(only, [only.astype(np.float32)]) > 0.99).all()


@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 6))
@settings(max_examples=50, deadline=None)
def test_ranked_confidences_fall_and_are_chances(seed: int, classes: int, ranks: int) -> None:
    draw = np.random.default_rng(seed)
    log_shares = log_softmax(draw.normal(scale=4, size=(20, classes)), axis=1)
    labels, confidence = ranked(log_shares, draw.random(20), ranks)
    assert labels.shape == confidence.shape == (20, min(classes, ranks))
    assert ((confidence >= 0) & (confidence <= 1)).all()
    assert (np.diff(confidence, axis=1) <= 0).all()
    assert (labels == np.argsort(-log_shares, axis=1, kind="stable")[:, :ranks]).all()
    assert confidence.sum(axis=1).max() <= 1 + 1e-9
