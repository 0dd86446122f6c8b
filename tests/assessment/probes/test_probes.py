"""What probes say in special cases, and that they never make a number out of nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from suqiu.assessment.forms import FORMS, evidence_schema
from suqiu.assessment.probing import PROBES
from suqiu.domain.evidence import Fact, Interval, Outcome, Slice
from suqiu.domain.text import Text
from tests.assessment.probes.asking import ask, evidence, scenario

#: One use of each probe.
USES: dict[str, dict[str, Any]] = {
    "accuracy.v1": {"function": "intent", "within": 3},
    "calibration.v1": {"function": "dispatch"},
    "character_accuracy.v1": {},
    "character_gap.v1": {"condition": "noise", "against": "mandarin"},
    "delay.v1": {"form": "messages", "start": "received_at", "end": "accepted_at", "unit": "hours", "at": 0.95},
    "drift.v1": {},
    "edit_share.v1": {"function": "summary"},
    "f1.v1": {"function": "duplicate", "positive": "same"},
    "fell.v1": {},
    "fill.v1": {"form": "suggestions", "columns": ["adopted"]},
    "group_gap.v1": {"function": "intent"},
    "inventory.v1": {"form": "infrastructure", "column": "kind", "wanted": ["compute"], "among": {"in_service": True}},
    "kappa.v1": {"form": "inspections", "one": "true_fault", "other": "second_fault"},
    "macro_f1.v1": {"function": "category"},
    "mean.v1": {"form": "infrastructure", "of": "utilisation", "among": {"kind": "compute"}},
    "measure.v1": {"measure": "A1"},
    "monthly.v1": {"form": "drift", "date": "month", "per": "function"},
    "per_residents.v1": {"form": "staff", "among": {"role": "agent"}},
    "precision.v1": {"function": "urgent", "positive": "urgent"},
    "quantile.v1": {"form": "suggestions", "of": "latency_seconds", "at": 0.95},
    "ratio.v1": {"form": "inspections", "distinct": "call_id", "of_forms": ["calls"]},
    "ratio_of_sums.v1": {"form": "budget", "of": "spent", "among": {"kind": "data"}},
    "recall.v1": {"function": "urgent", "positive": "urgent"},
    "scenario_adoption.v1": {},
    "scenario_coverage.v1": {},
    "scenario_effect.v1": {},
    "scenario_touched.v1": {},
    "share.v1": {"form": "proposals", "that": {"adopted": True}, "among": {"filed_on": {"before": "as_of"}}},
    "sums.v1": {"form": "reports", "part": "edited_chars", "whole": "total_chars"},
    "turnover.v1": {"role": "agent"},
}
EVERY = sorted(PROBES)


def test_every_probe_is_tried_here() -> None:
    assert sorted(USES) == EVERY


@pytest.mark.parametrize("name", EVERY)
def test_nothing_handed_in_is_unknown_and_says_what_is_missing(name: str) -> None:
    answer = ask(name, evidence({}), **USES[name])
    assert answer.outcome is Outcome.UNKNOWN
    assert answer.reason is not None
    form = PROBES[name].needs(**USES[name])[0].form
    if form in FORMS:
        assert FORMS[form].title.zh in answer.reason.zh
        assert FORMS[form].title.en in answer.reason.en


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("rows", [0, 1, 40])
def test_empty_tables_and_tables_of_nulls_never_give_a_number(name: str, rows: int) -> None:
    forms = {need.form for need in PROBES[name].needs(**USES[name])} - {"measure"}
    given = evidence({form: [{} for _ in range(rows)] for form in forms}, scenarios=[scenario("S01")])
    answer = ask(name, given, **USES[name])
    if rows and name == "fill.v1":  # nothing filled in is what it measures
        assert answer.value == 0
    else:
        assert answer.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("name", EVERY)
def test_columns_that_are_not_there_are_as_good_as_empty(name: str) -> None:
    given = evidence({need.form: [{}] for need in PROBES[name].needs(**USES[name]) if need.form != "measure"})
    for form, table in given.tables.items():
        kept = [one for one in table.columns if not evidence_schema(form).field(one).nullable]
        given.tables[form] = table.select(*kept)  # type: ignore[index]
    assert ask(name, given, **USES[name]).value in {None, 0}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("share.v1", {"form": "nowhere", "that": {"a": 1}}),
        ("share.v1", {"form": "audits", "that": {}}),
        ("share.v1", {"form": "audits", "that": {"passed": "yes"}}),
        ("fill.v1", {"form": "cases", "columns": "type"}),
        ("sums.v1", {"form": "reports", "part": "kind", "whole": "total_chars"}),
        ("quantile.v1", {"form": "suggestions", "of": "latency_seconds", "at": 95}),
        ("delay.v1", {"form": "messages", "start": "received_at", "end": "accepted_at", "unit": "weeks"}),
        ("delay.v1", {"form": "messages", "start": "channel", "end": "accepted_at", "unit": "days"}),
        ("accuracy.v1", {"function": "dance"}),
        ("accuracy.v1", {"function": "intent", "within": 4}),
        ("character_gap.v1", {"condition": "noise", "against": "noise"}),
        ("inventory.v1", {"form": "infrastructure", "column": "kind", "wanted": ["compute", "compute"]}),
        ("turnover.v1", {"role": "king"}),
        ("ratio.v1", {"form": "staff", "of_forms": "calls"}),
        ("measure.v1", {"measure": 1}),
    ],
)
def test_arguments_that_make_no_sense_are_told(name: str, arguments: dict[str, Any]) -> None:
    assert PROBES[name].wrong(arguments)


def test_rows_outside_the_period_do_not_count() -> None:
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1)]
    rows = [{"at": day, "kind": "closure", "passed": True} for day in days]
    assert ask("share.v1", evidence({"audits": rows}), form="audits", that={"passed": True}).rows == 2
    times = [datetime(2026, 6, 30, 23, 59, 59), datetime(2026, 7, 1)]
    exports = [{"at": at, "approved": True} for at in times]
    assert ask("share.v1", evidence({"exports": exports}), form="exports", that={"approved": True}).rows == 1


def test_a_measure_comes_with_its_own_interval() -> None:
    whole = Slice("all", "", Text("全市", "whole city"))
    interval = Interval(0.8, 0.95, 0.95, "wilson")
    name = Text("接通率", "connect rate")
    fact = Fact("A1@p/all=", "A1", name, "p", whole, Outcome.KNOWN, 0.9, "share", 90, 100, interval, None, "", 100, "v")
    answer = ask("measure.v1", evidence({}, facts={"A1": fact}), measure="A1")
    assert (answer.value, answer.interval, answer.denominator) == (0.9, interval, 100)
    gone = Fact("A1@p/all=", "A1", name, "p", whole, Outcome.UNKNOWN, None, "share", None, None, None, name, "", 0, "v")
    assert ask("measure.v1", evidence({}, facts={"A1": gone}), measure="A1").reason == name


def test_a_lead_may_be_negative_and_what_nobody_noticed_is_left_out() -> None:
    asked = {"form": "alerts", "start": "raised_at", "end": "noticed_at", "unit": "hours", "at": 0.5}
    hours = [*(datetime(2026, 3, 2, hour) for hour in (7, 8, 9, 11, 12, 13)), None, None, None]
    rows = [{"raised_at": datetime(2026, 3, 2, 9), "noticed_at": at} for at in hours]
    assert ask("delay.v1", evidence({"alerts": rows}), **asked, signed=True).value == 1
    assert ask("delay.v1", evidence({"alerts": rows}), **asked).value is None


def test_drift_is_the_largest_fall_of_any_function() -> None:
    watched = [("a", 1, 90), ("a", 6, 80), ("b", 1, 70), ("b", 6, 90), ("c", 3, 10)]
    rows = [{"function": f, "month": date(2026, m, 1), "right": r, "tried": 100} for f, m, r in watched]
    answer = ask("drift.v1", evidence({"drift": rows}))
    assert answer.value == pytest.approx(10)
    assert answer.interval is not None
    assert answer.interval.lower < 10 < answer.interval.upper
    assert ask("drift.v1", evidence({"drift": rows[2:4]})).value == 0
    assert ask("drift.v1", evidence({"drift": rows[4:]})).value is None


def test_monthly_counts_months_for_each_function() -> None:
    rows = [{"function": "a", "month": date(2026, m, 1), "right": 1, "tried": 1} for m in range(1, 7)]
    rows += [{"function": "b", "month": date(2026, 3, 1), "right": 1, "tried": 1}] * 2
    given = evidence({"drift": rows})
    assert ask("monthly.v1", given, form="drift", date="month", per="function").value == 7 / 12
    assert ask("monthly.v1", given, form="drift", date="month").value == 1
    reports = evidence({"reports": [{"kind": "special", "issued_on": date(2026, 3, 5)}]})
    assert ask("monthly.v1", reports, form="reports", date="issued_on", among={"kind": "bulletin"}).value == 0


def test_turnover_counts_leavers_of_the_period_for_a_year() -> None:
    stayed = [{"role": "agent", "hired_on": date(2024, 1, 1)}] * 38
    left = [{"role": "agent", "hired_on": date(2024, 1, 1), "left_on": date(2026, 3, 31)}] * 2
    before = [{"role": "agent", "hired_on": date(2024, 1, 1), "left_on": date(2025, 3, 31)}] * 5
    answer = ask("turnover.v1", evidence({"staff": [*stayed, *left, *before]}), role="agent")
    assert answer.value == pytest.approx(2 * 365 / 181 / 39)


def test_only_falls_beyond_chance_count_as_falls() -> None:
    counts = [(100, 40), (100, 95), (3, 0), (10, 40), (6, 0), (0, 0)]
    rows = [{"orders_before": before, "orders_after": after} for before, after in counts]
    assert ask("fell.v1", evidence({"proactive": rows})).value == pytest.approx(2 / 6)


def test_an_inventory_counts_what_is_there_and_in_service() -> None:
    rows = [{"kind": "compute", "in_service": True}, {"kind": "storage", "in_service": True}] * 2
    rows.append({"kind": "vector_store", "in_service": False})
    asked = {"form": "infrastructure", "column": "kind", "wanted": ["compute", "vector_store"]}
    answer = ask("inventory.v1", evidence({"infrastructure": rows}), **asked, among={"in_service": True})
    assert answer.value == 0.5


def test_residents_that_are_not_stated_leave_a_rate_unknown() -> None:
    rows = [{"role": "agent"}] * 30
    assert ask("per_residents.v1", evidence({"staff": rows}), form="staff").value == 3
    assert ask("per_residents.v1", evidence({"staff": rows}, residents=None), form="staff").value is None


def test_the_gap_between_groups_and_conditions_is_in_points() -> None:
    rows = [
        {"function": "intent", "truth": "a", "predicted": "a" if n < right else "b", "group": group}
        for group, right in (("x", 90), ("y", 80))
        for n in range(100)
    ]
    rows += [{"function": "intent", "truth": "a", "predicted": "b", "group": "small"}] * 5
    assert ask("group_gap.v1", evidence({"eval_labels": rows}), function="intent").value == pytest.approx(10)
    spoken = [{"condition": one, "length": 100, "errors": n} for one, n in (("mandarin", 5), ("noise", 25))] * 40
    answer = ask("character_gap.v1", evidence({"eval_speech": spoken}), condition="noise", against="mandarin")
    assert answer.value == pytest.approx(20)


def test_confidence_that_is_right_as_often_as_it_says_is_calibrated() -> None:
    rows = [
        {"function": "intent", "truth": "a", "predicted": "a" if n < 80 else "b", "confidence": 0.8} for n in range(100)
    ]
    answer = ask("calibration.v1", evidence({"eval_labels": rows}), function="intent")
    assert answer.value == pytest.approx(0)


def test_large_and_varied_samples_have_the_same_ratio_by_closed_form() -> None:
    rows = [{"condition": "dialect", "length": 50 + n, "errors": n % 7} for n in range(6000)]
    answer = ask("character_accuracy.v1", evidence({"eval_speech": rows}), condition="dialect")
    wrong = sum(n % 7 for n in range(6000)) / sum(50 + n for n in range(6000))
    assert answer.value == pytest.approx(1 - wrong)
    assert answer.value is not None
    assert answer.interval is not None
    assert answer.interval.method == "linearised"
    assert answer.interval.lower < answer.value < answer.interval.upper
