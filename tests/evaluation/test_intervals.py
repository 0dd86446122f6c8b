"""Confidence intervals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.evaluation.intervals import wilson


def test_a_share_without_trials_has_no_interval() -> None:
    assert wilson(0, 0) is None


def test_the_interval_equals_the_published_example() -> None:
    # 10 of 20: the score interval in every textbook is 0.299 to 0.701.
    interval = wilson(10, 20)
    assert interval is not None
    assert (round(interval.lower, 3), round(interval.upper, 3)) == (0.299, 0.701)
    assert (interval.level, interval.method) == (0.95, "wilson")


@pytest.mark.parametrize(("successes", "trials"), [(3, 2), (-1, 4)])
def test_impossible_counts_are_refused(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="successes"):
        wilson(successes, trials)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_mirrors(counts: tuple[int, int]) -> None:
    successes, trials = counts
    interval, mirrored = wilson(successes, trials), wilson(trials - successes, trials)
    assert interval is not None
    assert mirrored is not None
    assert 0 <= interval.lower <= successes / trials <= interval.upper <= 1
    assert interval.lower == pytest.approx(1 - mirrored.upper, abs=1e-9)


@given(st.integers(1, 500), st.integers(2, 20))
def test_more_trials_of_the_same_share_narrow_the_interval(trials: int, times: int) -> None:
    few, many = wilson(trials, 2 * trials), wilson(trials * times, 2 * trials * times)
    assert few is not None
    assert many is not None
    assert many.upper - many.lower < few.upper - few.lower
