from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suqiu.evaluation.scorers.selective import applied, carried, coverage, risk_area, risk_coverage, surest
from suqiu.evaluation.scorers.statistic import value_of

CONFIDENCE = st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9, float("nan")])
ANSWERS = st.lists(st.tuples(CONFIDENCE, st.booleans()), min_size=1, max_size=40)
WANTED = st.sampled_from([0.5, 0.75, 0.8, 0.9, 0.95, 1.0])


def columns(answers: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    said, right = zip(*answers, strict=True)
    return np.array(said), np.array(right, np.bool_) & ~np.isnan(said)


def most_by_hand(said: np.ndarray, right: np.ndarray, wanted: float) -> int:
    """Try every threshold."""
    kept = [right[said >= threshold] for threshold in set(said[~np.isnan(said)].tolist())]
    return max([len(part) for part in kept if part.sum() >= wanted * len(part) - 1e-9], default=0)


@given(ANSWERS, WANTED)
@settings(max_examples=100, deadline=None)
def test_the_share_equals_that_of_trying_every_threshold(answers: list[tuple[float, bool]], wanted: float) -> None:
    said, right = columns(answers)
    chosen = surest(said, right, wanted)
    assert chosen.accepted == most_by_hand(said, right, wanted)
    assert chosen.accuracy is None or chosen.accuracy >= wanted - 1e-9
    assert value_of(coverage(said, right, wanted), len(said)) == pytest.approx(chosen.share)
    again = applied(chosen.threshold, said, right)
    assert (again.accepted, again.right) == (chosen.accepted, chosen.right)


@given(ANSWERS, WANTED, st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_weights_count_samples_as_if_they_stood_there_that_often(
    answers: list[tuple[float, bool]], wanted: float, seed: int
) -> None:
    said, right = columns(answers)
    weights = np.random.default_rng(seed).integers(0, 3, len(said))
    drawn = np.repeat(np.arange(len(said)), weights)
    row = weights[None, :].astype(np.float64)
    for make in (lambda s, r: coverage(s, r, wanted), risk_area):
        repeated, weighed = value_of(make(said[drawn], right[drawn]), len(drawn)), float(make(said, right)(row)[0])
        assert np.isnan(weighed) if repeated is None else weighed == pytest.approx(repeated)


@given(ANSWERS)
@settings(max_examples=40, deadline=None)
def test_asking_for_more_accuracy_never_gives_more_share(answers: list[tuple[float, bool]]) -> None:
    said, right = columns(answers)
    shares = [surest(said, right, wanted).accepted for wanted in (0.5, 0.8, 0.95, 1.0)]
    assert shares == sorted(shares, reverse=True)


@given(ANSWERS)
@settings(max_examples=40, deadline=None)
def test_staying_silent_instead_of_right_never_lowers_the_risk(answers: list[tuple[float, bool]]) -> None:
    said, right = columns([(0.5, True), *answers])
    quiet = np.where(np.arange(len(said)) == 0, np.nan, said)
    before, after = (value_of(risk_area(each, right), len(said)) for each in (said, quiet))
    assert before is not None
    assert after is not None
    assert after >= before - 1e-9


def test_answers_of_one_confidence_are_accepted_together() -> None:
    said, right = np.array([0.9, 0.9, 0.5]), np.array([True, False, True])
    assert surest(said, right, 0.9).accepted == 0
    assert surest(said, right, 0.6).accepted == 3


def test_the_curve_ends_with_all_answers_and_can_be_thinned() -> None:
    draw = np.random.default_rng(1)
    said, right = draw.random(500), draw.random(500) < 0.7
    whole, thin = risk_coverage(said, right), risk_coverage(said, right, 50)
    assert len(whole) == 500
    assert len(thin) <= 51
    assert thin.to_pylist()[-1] == whole.to_pylist()[-1]
    assert whole["share"][-1].as_py() == 1.0
    assert set(map(tuple, (row.values() for row in thin.to_pylist()))) <= set(
        map(tuple, (row.values() for row in whole.to_pylist()))
    )


def test_a_threshold_is_chosen_on_one_part_and_judged_on_the_other() -> None:
    said = np.array([0.9, 0.8, 0.4, 0.9, 0.8, 0.4])
    right = np.array([True, True, False, True, False, True])
    chosen, judged = carried(said, right, np.arange(6) < 3, 0.95)
    assert (chosen.threshold, chosen.share, chosen.accuracy) == (0.8, 2 / 3, 1.0)
    assert (judged.threshold, judged.share, judged.accuracy) == (0.8, 2 / 3, 0.5)


def test_where_no_threshold_will_do_nothing_is_accepted() -> None:
    nothing = surest(np.array([0.9]), np.array([False]), 0.95)
    assert (nothing.threshold, nothing.share, nothing.accuracy) == (None, 0.0, None)
    assert applied(None, np.array([0.9]), np.array([True])).accepted == 0
    assert surest(np.zeros(0), np.zeros(0, np.bool_), 0.95).share is None
