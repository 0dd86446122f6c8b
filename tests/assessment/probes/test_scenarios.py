"""How far scenarios are in use, and what they changed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from suqiu.assessment.evidence import Evidence
from suqiu.assessment.scenarios import scenario_results
from tests.assessment.probes.asking import ask, evidence, scenario

SCENARIOS = [
    scenario("S01", "fill"),
    scenario("S02", "intent"),
    scenario("S03", "alert", "down"),
    scenario("S04", "alert"),
]


def used(id_: str, work: int, touched: int, adopted: int | None = None, month: int = 3) -> dict[str, Any]:
    return {"scenario": id_, "month": date(2026, month, 1), "work": work, "touched": touched, "adopted": adopted}


def changed(id_: str, before: float, after: float, arm: str = "treated") -> list[dict[str, Any]]:
    return [
        {"scenario": id_, "arm": arm, "month": date(2025, n, 1), "after": n > 6, "value": before if n <= 6 else after}
        for n in range(1, 13)
    ]


def given(**forms: Any) -> Evidence:
    return evidence(forms, scenarios=SCENARIOS)


def test_use_is_shown_by_work_touched_or_by_a_function_of_its_own_in_the_log() -> None:
    forms = {"scenario_use": [used("S01", 100, 50), used("S02", 100, 0), used("S99", 100, 100)]}
    assert ask("scenario_coverage.v1", given(**forms)).value == 0.25
    logged = [{"function": "intent"}, {"function": "alert"}]
    assert ask("scenario_coverage.v1", given(**forms, suggestions=logged)).value == 0.5
    assert ask("scenario_coverage.v1", given(suggestions=logged)).value == 0.25
    assert ask("scenario_coverage.v1", given()).value is None


def test_work_touched_is_the_mean_over_all_scenarios_so_that_hiding_one_betters_nothing() -> None:
    rows = [used("S01", 100, 80), used("S01", 100, 80, month=4), used("S02", 100, 10)]
    assert ask("scenario_touched.v1", given(scenario_use=rows)).value == pytest.approx((0.8 + 0.1) / 4)
    assert ask("scenario_touched.v1", given(scenario_use=rows[:2])).value == pytest.approx(0.8 / 4)


def test_adoption_that_is_not_stated_is_none() -> None:
    rows = [used("S01", 100, 80, 60), used("S02", 100, 20)]
    assert ask("scenario_adoption.v1", given(scenario_use=rows)).value == pytest.approx(0.6)
    assert ask("scenario_adoption.v1", given(scenario_use=rows[1:])).value is None


def test_an_effect_counts_in_the_right_direction_and_among_scenarios_in_use() -> None:
    use = [used(one.id, 100, 50) for one in SCENARIOS[:3]]
    effects = [*changed("S01", 1, 2), *changed("S02", 2, 1), *changed("S03", 2, 1), *changed("S04", 1, 2)]
    answer = ask("scenario_effect.v1", given(scenario_use=use, scenario_effects=effects))
    assert answer.value == pytest.approx(2 / 3)
    assert answer.denominator == 3


def test_every_scenario_of_the_standard_has_a_result() -> None:
    use = [used("S01", 100, 50, 40), used("S02", 0, 0)]
    results = scenario_results(given(scenario_use=use, scenario_effects=changed("S01", 1, 2)))
    assert [one.scenario for one in results] == ["S01", "S02", "S03", "S04"]
    first, second, *_ = results
    assert (first.exists, first.touched, first.adopted, first.effect, first.method) == (
        True, 0.5, 0.8, 1.0, "interrupted_series",
    )  # fmt: skip
    assert (second.exists, second.touched, second.effect) == (False, None, None)
    assert "成效已显示" in first.message.zh


def test_without_evidence_nobody_can_tell_whether_a_scenario_exists() -> None:
    assert {one.exists for one in scenario_results(given())} == {None}
