from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar as by_statsmodels

from suqiu.evaluation.paired import Difference, differences, mcnemar
from suqiu.evaluation.scorers.selective import coverage
from suqiu.evaluation.scorers.statistic import mean


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
@settings(max_examples=50, deadline=None)
def test_the_exact_test_equals_that_of_statsmodels(pairs: list[tuple[bool, bool]]) -> None:
    first, second = (np.array(column, np.bool_) for column in zip(*pairs, strict=True))
    found = mcnemar(first, second)
    table = [[(first & second).sum(), found.only_first], [found.only_second, (~first & ~second).sum()]]
    assert found.p == pytest.approx(by_statsmodels(table, exact=True).pvalue)


def compared(first: np.ndarray, second: np.ndarray, groups: np.ndarray | None = None) -> Difference:
    both = np.concatenate([first, second])
    one, other, all_ = ({"share": mean(column)} for column in (first, second, both))
    return differences(one, other, all_, len(first), 5, groups=groups)["share"]


def test_a_model_that_is_right_more_often_is_found_better() -> None:
    draw = np.random.default_rng(1)
    first, second = draw.random(400) < 0.7, draw.random(400) < 0.85
    found = compared(first, second)
    assert found.difference == pytest.approx(second.mean() - first.mean())
    assert found.interval is not None
    assert found.interval.lower > 0
    assert found.p is not None
    assert found.p < 0.01


def test_the_exchanges_agree_with_the_exact_test() -> None:
    draw = np.random.default_rng(2)
    first = draw.random(300) < 0.7
    second = np.where(draw.random(300) < 0.15, draw.random(300) < 0.55, first)
    found = compared(first, second)
    assert found.p == pytest.approx(mcnemar(first, second).p, abs=0.05)


def test_a_model_is_no_better_than_itself() -> None:
    right = np.random.default_rng(3).random(100) < 0.5
    found = compared(right, right)
    assert (found.difference, found.p) == (0.0, 1.0)
    assert found.interval is not None
    assert (found.interval.lower, found.interval.upper) == (0.0, 0.0)


def test_exchanging_the_models_mirrors_the_difference() -> None:
    draw = np.random.default_rng(4)
    first, second = draw.random(80) < 0.6, draw.random(80) < 0.7
    there, back = compared(first, second), compared(second, first)
    assert there.difference is not None
    assert back.difference == -there.difference
    assert there.p == back.p


def test_samples_that_go_together_make_a_difference_less_sure() -> None:
    draw = np.random.default_rng(6)
    first, second = (np.repeat(draw.random(20) < share, 20) for share in (0.6, 0.75))
    alone, together = compared(first, second), compared(first, second, np.repeat(np.arange(20), 20))
    assert alone.p is not None
    assert together.p is not None
    assert together.p > alone.p


def test_coverage_is_compared_like_any_measure() -> None:
    draw = np.random.default_rng(7)
    sure, blind = draw.random(300), draw.random(300)
    right = draw.random(300) < sure
    columns = [(blind, right), (sure, right), (np.concatenate([blind, sure]), np.concatenate([right, right]))]
    one, other, all_ = ({"coverage": coverage(confidence, good, 0.8)} for confidence, good in columns)
    found = differences(one, other, all_, 300, 8)["coverage"]
    assert found.difference is not None
    assert found.difference > 0.2
    assert found.p is not None
    assert found.p < 0.05


def test_without_samples_nothing_is_known() -> None:
    none = np.zeros(0)
    assert compared(none, none) == Difference(None, None, None, None, None)
