"""A plan reaches its level, and nothing cheaper does."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suqiu.domain.errors import InvalidInput
from suqiu.domain.finding import Finding, Verdict
from suqiu.standard.catalogue import Catalogue
from suqiu.standard.planning import cheapest_plan
from suqiu.standard.scoring import score
from tests.assessment.made import catalogue, finding, gate, indicator

KNOWN = {"met": Verdict.MET, "partly": Verdict.PARTLY, "not_met": Verdict.NOT_MET, "unknown": Verdict.UNKNOWN}


def by(findings: Mapping[str, str]) -> dict[str, Finding]:
    return {id_: finding(id_, KNOWN[word]) for id_, word in findings.items()}


def level_with(standard: Catalogue, findings: Mapping[str, str], gates: Mapping[str, str], done: set[str]) -> int:
    better = {id_: "met" if id_ in done else word for id_, word in findings.items()}
    shut = {id_: "met" if id_ in done else word for id_, word in gates.items()}
    return score(standard, "city", by(better), by(shut)).level


def brute(standard: Catalogue, findings: Mapping[str, str], gates: Mapping[str, str], level: int) -> int:
    """Return the effort of the cheapest set, by trying all."""
    cost = {one.id: one.remedy.effort_days for one in standard.indicators}
    cost |= {one.id: one.remedy.effort_days for one in standard.gates}
    state = {**findings, **gates}
    open_ = [id_ for id_, word in state.items() if word != "met"]
    depends = {one.id: one.depends for one in standard.indicators}
    best = -1
    for size in range(len(open_) + 1):
        for some in itertools.combinations(open_, size):
            done = set(some)
            if any(state[first] != "met" and first not in done for id_ in done for first in depends.get(id_, ())):
                continue
            spent = sum(cost[id_] for id_ in done)
            if (best < 0 or spent < best) and level_with(standard, findings, gates, done) >= level:
                best = spent
    return best


@st.composite
def problems(draw: Any) -> tuple[Catalogue, dict[str, str], dict[str, str], int]:
    ids = [f"D{d}.1.{n}" for d in (1, 2) for n in (1, 2, 3)]
    ones = [
        indicator(
            id_,
            level=draw(st.integers(1, 4)),
            weight=draw(st.sampled_from([1.0, 2.0, 3.0])),
            required=draw(st.booleans()),
            effort=draw(st.integers(5, 60)),
            depends=(ids[n - 1],) if n % 3 == 2 and draw(st.booleans()) else (),
        )
        for n, id_ in enumerate(ids)
    ]
    standard = catalogue(ones, [gate("G1", effort=draw(st.integers(5, 60)))])
    words = st.sampled_from(sorted(KNOWN))
    return standard, {id_: draw(words) for id_ in ids}, {"G1": draw(words)}, draw(st.integers(1, 5))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(problems())
def test_the_plan_is_the_cheapest_that_reaches_the_level(
    problem: tuple[Catalogue, dict[str, str], dict[str, str], int],
) -> None:
    standard, findings, gates, level = problem
    plan = cheapest_plan(standard, "city", by(findings), by(gates), level)
    done = {step.subject for step in plan.steps}
    assert plan.optimal
    assert level_with(standard, findings, gates, done) >= level
    assert plan.effort_days == brute(standard, findings, gates, level)


def test_prerequisites_come_first_and_say_so() -> None:
    standard = catalogue(
        [indicator("D1.1.1", level=1), indicator("D1.1.2", level=2, required=True, depends=("D1.1.1",))]
    )
    plan = cheapest_plan(standard, "city", by({"D1.1.1": "not_met", "D1.1.2": "not_met"}), {}, 2)
    assert [(step.subject, step.reason) for step in plan.steps] == [("D1.1.1", "prerequisite"), ("D1.1.2", "required")]


def test_a_level_that_is_reached_already_costs_nothing() -> None:
    standard = catalogue([indicator("D1.1.1")])
    plan = cheapest_plan(standard, "city", by({"D1.1.1": "met"}), {}, 2)
    assert (plan.steps, plan.effort_days, plan.projected.lower) == ((), 0, 1.0)


def test_a_level_that_the_standard_lacks_is_refused() -> None:
    with pytest.raises(InvalidInput, match="level 6"):
        cheapest_plan(catalogue([indicator("D1.1.1")]), "city", {}, {}, 6)
