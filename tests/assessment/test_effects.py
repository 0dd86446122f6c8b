"""Effects are shown where there are some, and nearly never where there are none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import ibis
import numpy as np
import pytest

from suqiu.assessment.effects import effect, effects_of, estimate
from tests.assessment.probes.asking import table


def month(number: int) -> date:
    return date(2024 + number // 12, number % 12 + 1, 1)


def rows(values: Any, start: int, arm: str = "treated") -> Iterator[dict[str, Any]]:
    for number, value in enumerate(values):
        if value is not None:
            yield {"arm": arm, "month": month(number), "after": number >= start, "value": float(value)}


def autocorrelated(draw: np.random.Generator, length: int, strength: float) -> Any:
    errors = draw.normal(size=length + 50)
    for place in range(1, len(errors)):
        errors[place] += strength * errors[place - 1]
    return errors[50:]


@pytest.mark.parametrize("control", [True, False])
@pytest.mark.parametrize("strength", [0.0, 0.3])
def test_intervals_hold_the_truth_as_often_as_they_claim(control: bool, strength: float) -> None:
    draw, held, rounds, side, truth = np.random.default_rng(7), 0, 400, 12, 1.5
    after = (np.arange(2 * side) >= side).astype(np.float64)
    since = np.arange(2 * side) - side
    columns = [np.ones(2 * side), after] if control else [np.ones(2 * side), since, after, after * since]
    wanted = np.array([0.0, 1.0] if control else [0.0, 0.0, 1.0, since[side:].mean()])
    for _ in range(rounds):
        series = 20 + truth * after + autocorrelated(draw, 2 * side, strength)
        _, interval = estimate(np.column_stack(columns).astype(np.float64), series, wanted, np.arange(2 * side))
        held += interval.lower <= truth <= interval.upper
    assert 0.90 <= held / rounds <= 0.98


def test_a_control_takes_out_what_would_have_come_anyway() -> None:
    draw = np.random.default_rng(1)
    common = np.linspace(10, 16, 24) + draw.normal(0, 0.1, 24)
    treated = common + 2 * (np.arange(24) >= 12) + draw.normal(0, 0.2, 24)
    found = effect([*rows(treated, 12), *rows(common, 12, "control")])
    assert found.method == "control"
    assert found.value == pytest.approx(2, abs=0.3)
    assert found.shown("up")
    assert not found.shown("down")


def test_without_a_control_a_trend_that_goes_on_is_no_effect() -> None:
    draw = np.random.default_rng(2)
    found = effect(list(rows(np.linspace(10, 16, 24) + draw.normal(0, 0.2, 24), 12)))
    assert found.method == "interrupted_series"
    assert not found.shown("up")


def test_a_step_down_is_shown_without_a_control() -> None:
    draw = np.random.default_rng(3)
    found = effect(list(rows(10 - 3 * (np.arange(24) >= 12) + draw.normal(0, 0.3, 24), 12)))
    assert found.value == pytest.approx(-3, abs=0.7)
    assert found.shown("down")


def test_missing_months_only_widen_the_interval() -> None:
    draw = np.random.default_rng(4)
    series = list(10 + 2 * (np.arange(24) >= 12) + draw.normal(0, 0.5, 24))
    whole = effect(list(rows(series, 12)))
    gaps = effect(list(rows([value if n % 3 else None for n, value in enumerate(series)], 12)))
    assert whole.interval is not None
    assert gaps.interval is not None
    assert gaps.interval.upper - gaps.interval.lower > whole.interval.upper - whole.interval.lower


@pytest.mark.parametrize(("before", "after", "shown"), [(5.0, 5.0, False), (5.0, 8.0, True)])
def test_series_that_never_vary_have_the_effect_that_anyone_sees(before: float, after: float, shown: bool) -> None:
    found = effect(list(rows([before] * 6 + [after] * 6, 6)))
    assert found.value == after - before
    assert found.shown("up") is shown


@pytest.mark.parametrize(
    "given",
    [
        [],
        list(rows([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 6)),
        list(rows(range(12), 0)),
        list(rows(range(12), 12)),
        [*rows(range(4), 2), *rows(range(4), 2, "control")],
        list(rows(range(12), 6, "control")),
    ],
)
def test_too_few_months_show_nothing_and_say_so(given: list[dict[str, Any]]) -> None:
    found = effect(given)
    assert (found.value, found.interval, found.method) == (None, None, "")
    assert "not shown" in found.message.en


def test_months_out_of_order_show_nothing() -> None:
    wrong = [{**row, "after": not row["after"]} for row in rows(range(12), 6)]
    assert effect(wrong).value is None
    both = [*rows(range(12), 6), {"arm": "treated", "month": month(0), "after": True, "value": 1.0}]
    assert effect(both).value is None


def test_a_form_gives_the_effect_of_each_scenario() -> None:
    given = [{"scenario": id_, **row} for id_ in ("S02", "S01") for row in rows([1] * 6 + [2] * 6, 6)]
    found = effects_of(ibis.memtable(table("scenario_effects", given)))
    assert list(found) == ["S01", "S02"]
    assert found["S01"].value == 1
