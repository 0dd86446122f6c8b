"""Events and measures over the wire: numbers with what they rest on, within the token's scope."""

from __future__ import annotations

import pytest

from suqiu.domain.evidence import Fact
from suqiu.web.accounts.roles import Right
from suqiu.web.api.rights import RESULTS
from suqiu.web.results.store import Result
from tests.web.analysed import analysed, small_run, told
from tests.web.api.conftest import Knock

__all__ = ["analysed", "small_run", "told"]
pytestmark = pytest.mark.django_db


def test_values_are_the_facts_of_the_run(knock: Knock, analysed: Result, told: dict[str, Fact]) -> None:
    asked = {"measure": ["V1", "B6"], "first": str(analysed.first), "last": str(analysed.last), "by": "district"}
    rows = knock(RESULTS).get("/api/v1/measures/values", asked).json()
    assert {row["measure"] for row in rows} == {"V1", "B6"}
    compared = [(row["value"], told[row["id"]].value) for row in rows if row["id"] in told]
    assert compared
    assert all(value == kept for value, kept in compared)
    assert all(row["data_version"] and (row["value"] is None) is bool(row["reason"]) for row in rows)


def test_events_lead_to_their_days_units_and_orders(knock: Knock, analysed: Result) -> None:
    system = knock(RESULTS)
    for one in system.get("/api/v1/events").json()["items"]:
        whole = system.get(f"/api/v1/events/{one['id']}").json()
        assert sum(day["orders"] for day in whole["days"]) == one["orders"] == len(whole["numbers"])
    assert system.get("/api/v1/events/nothing").status_code == 404


def test_a_scope_counts_its_own_orders(knock: Knock, analysed: Result) -> None:
    asked = {"measure": "V1", "first": str(analysed.first), "last": str(analysed.last)}
    [everything] = knock(RESULTS).get("/api/v1/measures/values", asked).json()
    [part] = knock(RESULTS, regions=("01",)).get("/api/v1/measures/values", asked).json()
    assert 0 < part["value"] < everything["value"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"measure": "V999"}, {"measure": "V1", "first": "1999-01-01"}, {"measure": "V1", "by": "colour"}, {},
        {"measure": "V1", "first": "2026-13-01"}, {"measure": "V1", "frist": "2026-01-01"}, {"measure": ["V1"] * 21},
        {"measure": "V1", "first": "9999-12-31", "last": "0001-01-01"},
    ],
)  # fmt: skip
def test_what_cannot_be_answered_says_what_can(knock: Knock, analysed: Result, wrong: dict[str, str]) -> None:
    answer = knock(RESULTS).get("/api/v1/measures/values", wrong)
    assert answer.status_code == 422
    assert answer.json()["error"]["hint"]


def test_before_the_first_analysis_there_is_nothing_and_a_hint(knock: Knock) -> None:
    assert knock(RESULTS).get("/api/v1/events").status_code == 404
    assert knock(Right.SEE_ORDERS).get("/api/v1/events").status_code == 403
    assert any(one["id"] == "V1" for one in knock(RESULTS).get("/api/v1/measures").json())
