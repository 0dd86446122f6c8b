"""Samples are as large as needed, drawn by nobody's choice, and speak against claims they contradict."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.assessment.probing import known, unknown
from suqiu.assessment.recheck import contradicts, drawn, size_for
from suqiu.domain.text import Text
from suqiu.evaluation.intervals import wilson


@given(width=st.floats(0.01, 0.3), expected=st.floats(0, 1), population=st.integers(1, 10**6))
def test_a_sample_is_never_larger_than_what_there_is(width: float, expected: float, population: int) -> None:
    assert 1 <= size_for(width, expected=expected, population=population) <= population


def test_a_sample_gives_the_wanted_width_and_one_row_less_does_not() -> None:
    size = size_for(0.05, expected=0.5, population=10**9)
    widths = [wilson(round(n * 0.5), n) for n in (size - 2, size)]
    assert widths[0] is not None
    assert widths[1] is not None
    assert widths[1].upper - widths[1].lower <= 0.1 < widths[0].upper - widths[0].lower


def test_a_small_population_needs_fewer() -> None:
    assert size_for(0.05, expected=0.5, population=300) < size_for(0.05, expected=0.5, population=30_000)


@pytest.mark.parametrize("width", [0, -0.1, 0.5, 2])
def test_a_width_that_makes_no_sense_is_refused(width: float) -> None:
    with pytest.raises(ValueError, match="no sample"):
        size_for(width, expected=0.5, population=10)


def test_the_draw_depends_on_the_keys_and_the_seed_alone() -> None:
    keys = [f"order-{n}" for n in range(1000)]
    mixed = random.Random(5).sample(keys, len(keys))
    first = {keys[place] for place in drawn(keys, 50, "2026H1")}
    assert first == {mixed[place] for place in drawn(mixed, 50, "2026H1")}
    assert len(first) == 50
    assert first != {keys[place] for place in drawn(keys, 50, "2026H2")}


def test_every_row_has_the_same_chance() -> None:
    keys = [str(n) for n in range(20)]
    times = [0] * 20
    for seed in range(2000):
        for place in drawn(keys, 5, str(seed)):
            times[place] += 1
    assert all(400 < count < 600 for count in times)


def test_a_claim_outside_the_interval_is_contradicted_and_one_inside_is_not() -> None:
    checked = known(0.8, interval=wilson(80, 100), numerator=80, denominator=100, rows=100)
    assert contradicts(known(0.95, rows=1000), checked)
    assert not contradicts(known(0.82, rows=1000), checked)


def test_rows_that_are_as_claimed_contradict_nothing_however_far_the_interval_is() -> None:
    same = known(1.0, interval=wilson(0, 100), rows=100)
    assert not contradicts(known(1.0, rows=100), same)


def test_without_an_interval_any_difference_contradicts() -> None:
    assert contradicts(known(1.0, rows=50), known(0.98, rows=50))
    assert not contradicts(known(0.98, rows=50), known(0.98, rows=50))


def test_what_nobody_could_check_contradicts_nothing() -> None:
    assert not contradicts(known(0.95, rows=9), unknown(Text("没有样本", "no sample")))
