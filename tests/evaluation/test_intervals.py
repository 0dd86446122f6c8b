"""Confidence intervals."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.evaluation import resampling
from suqiu.evaluation.intervals import bootstrap, wilson
from suqiu.evaluation.resampling import group_codes
from suqiu.evaluation.scorers.agreement import kappa
from suqiu.evaluation.scorers.statistic import mean
from suqiu.evaluation.seeds import seed_of


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


def test_the_bootstrap_of_a_share_agrees_with_the_score_interval() -> None:
    right = np.arange(400) < 300
    ends = bootstrap({"share": mean(right)}, 400, 7)["share"]
    score = wilson(300, 400)
    assert ends is not None
    assert score is not None
    assert (ends.lower, ends.upper) == pytest.approx((score.lower, score.upper), abs=0.01)
    assert ends.method == "bootstrap"


def test_the_same_seed_draws_the_same_and_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(1).random(50)
    once = bootstrap({"mean": mean(values)}, 50, 11)
    assert bootstrap({"mean": mean(values)}, 50, 11) == once
    assert bootstrap({"mean": mean(values)}, 50, 12) != once
    monkeypatch.setattr(resampling, "_BLOCK", 5_000)
    assert bootstrap({"mean": mean(values)}, 50, 11) == once


def test_samples_that_go_together_widen_the_interval() -> None:
    right = np.repeat(np.random.default_rng(2).random(40) < 0.6, 10)
    alone = bootstrap({"share": mean(right)}, 400, 3)["share"]
    together = bootstrap({"share": mean(right)}, 400, 3, groups=np.repeat(np.arange(40), 10))["share"]
    assert alone is not None
    assert together is not None
    assert together.upper - together.lower > 2 * (alone.upper - alone.lower)
    assert together.method == "cluster bootstrap"


def test_the_bootstrap_holds_the_truth_about_as_often_as_it_says() -> None:
    draw = np.random.default_rng(4)
    held = 0
    for seed in range(100):
        values = draw.normal(size=60)
        ends = bootstrap({"mean": mean(values)}, 60, seed, rounds=300)["mean"]
        assert ends is not None
        held += ends.lower <= 0 <= ends.upper
    assert 88 <= held <= 99


def test_a_statistic_that_is_often_undefined_has_no_interval() -> None:
    rare = kappa(np.array([0, 0, 0, 1]), np.array([0, 0, 0, 1]), 2)
    assert bootstrap({"kappa": rare}, 4, 1) == {"kappa": None}
    assert bootstrap({"none": mean(np.zeros(0))}, 0, 1) == {"none": None}


def test_samples_without_a_group_stand_alone() -> None:
    codes = group_codes(pa.array(["a", None, "a", None, "b"]))
    assert codes[0] == codes[2]
    assert len(set(codes.tolist())) == 4
    assert sorted(set(codes.tolist())) == [0, 1, 2, 3]


def test_seeds_tell_data_apart() -> None:
    texts = pa.array(["路灯", None, ""])
    assert seed_of(texts) == seed_of(pa.chunked_array([["路灯"], [None, ""]], pa.string()))
    others = [pa.array(["路灯", "", None]), pa.array(["路灯", None]), np.zeros(3), np.zeros(3, np.int64)]
    assert len({seed_of(texts), *map(seed_of, others)}) == 5
