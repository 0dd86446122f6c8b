from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from suqiu.evaluation.scorers.calibration import brier, calibration_error, reliability
from suqiu.evaluation.scorers.statistic import value_of

ANSWERS = st.lists(st.tuples(st.sampled_from([0.05, 0.2, 0.5, 0.8, 0.99]), st.booleans()), min_size=2, max_size=80)


def columns(answers: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    said, right = zip(*answers, strict=True)
    return np.array(said), np.array(right, np.bool_)


@given(ANSWERS)
@settings(max_examples=40, deadline=None)
def test_the_brier_score_equals_that_of_scikit_learn(answers: list[tuple[float, bool]]) -> None:
    said, right = columns(answers)
    assert value_of(brier(said, right), len(said)) == pytest.approx(brier_score_loss(right, said, pos_label=True))


def test_the_bins_equal_those_of_scikit_learn_where_confidences_differ() -> None:
    draw = np.random.default_rng(5)
    said = draw.random(150)
    right = draw.random(150) < said
    theirs = calibration_curve(right, said, n_bins=15, strategy="quantile")
    ours = reliability(said, right, 15)
    assert ours["accuracy"].to_pylist() == pytest.approx(theirs[0].tolist())
    assert ours["confidence"].to_pylist() == pytest.approx(theirs[1].tolist())


@given(ANSWERS, st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_the_error_is_the_gap_of_the_bins_and_the_order_of_samples_changes_nothing(
    answers: list[tuple[float, bool]], bins: int
) -> None:
    said, right = columns(answers)
    error = value_of(calibration_error(said, right, bins), len(said))
    rows = reliability(said, right, bins).to_pylist()
    assert sum(row["samples"] for row in rows) == len(said)
    gaps = sum(row["samples"] * abs(row["accuracy"] - row["confidence"]) for row in rows)
    assert error == pytest.approx(gaps / len(said))
    assert value_of(calibration_error(said[::-1], right[::-1], bins), len(said)) == pytest.approx(error)
    # Answers of one confidence share a bin.
    assert len({row["least"] for row in rows}) == len(rows) == len({row["most"] for row in rows})


@given(ANSWERS, st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_weights_count_samples_as_if_they_stood_there_that_often(answers: list[tuple[float, bool]], seed: int) -> None:
    said, right = columns(answers)
    weights = np.random.default_rng(seed).integers(0, 3, (2, len(said)))
    values = calibration_error(said, right, 4)(weights.astype(np.float64))
    for row, value in zip(weights, values, strict=True):
        drawn = np.repeat(np.arange(len(said)), row)
        repeated = value_of(calibration_error(said[drawn], right[drawn], 4), len(drawn))
        assert np.isnan(value) if repeated is None else value == pytest.approx(repeated)


def test_a_confidence_that_means_what_it_says_has_no_error() -> None:
    said, right = np.full(10, 0.8), np.arange(10) < 8
    assert value_of(calibration_error(said, right), 10) == pytest.approx(0)
    assert len(reliability(said[:0], right[:0])) == 0
