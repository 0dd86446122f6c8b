"""Probes come to the same as plain Python on small random tables."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from suqiu.domain.evidence import Outcome
from suqiu.domain.finding import Answer
from tests.assessment.probes.asking import ask, evidence

quick = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
flags = st.sampled_from([True, False, None])
MOMENT = datetime(2026, 3, 2, 9)

Rows = Sequence[Mapping[str, Any]]


def tables(
    least: int = 1, most: int = 12, **columns: st.SearchStrategy[Any]
) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.fixed_dictionaries(columns), min_size=least, max_size=most)


def same(answer: Answer, value: float | None) -> None:
    if value is None:
        assert answer.outcome is Outcome.UNKNOWN
        return
    assert answer.reason is None, answer.reason
    assert answer.value == pytest.approx(value, rel=1e-9, abs=1e-9)
    if answer.interval is not None:
        assert answer.interval.lower <= value + 1e-9
        assert answer.interval.upper >= value - 1e-9


def same_unless_uniform(answer: Answer, value: float | None) -> None:
    """Compare, unless nearly all samples are alike, so that resampling leaves the figure undefined too often."""
    if answer.outcome is Outcome.KNOWN or value is None:
        same(answer, value)
    else:
        assert answer.reason is not None
        assert "nearly all" in answer.reason.en


@quick
@given(tables(passed=flags, kind=st.sampled_from(["closure", "reply"])))
def test_shares(rows: Rows) -> None:
    among = [row for row in rows if row["kind"] == "closure"]
    stated = [row for row in among if row["passed"] is not None]
    expected = sum(bool(row["passed"]) for row in among) / len(among) if stated else None
    given_ = evidence({"audits": rows})
    same(ask("share.v1", given_, form="audits", that={"passed": True}, among={"kind": "closure"}), expected)


@quick
@given(tables(role=st.sampled_from(["agent", "analyst"])), tables(role=st.just("agent")))
def test_ratios(rows: Rows, others: Rows) -> None:
    given_ = evidence({"staff": [*rows, *others]})
    expected = sum(row["role"] == "analyst" for row in rows) / (len(rows) + len(others))
    same(ask("ratio.v1", given_, form="staff", among={"role": "analyst"}, of_forms=["staff"]), expected)


@quick
@given(tables(call_id=st.sampled_from(["1", "2", "3", None])), st.integers(1, 5))
def test_ratios_of_distinct_values(rows: Rows, calls: int) -> None:
    given_ = evidence({"inspections": rows, "calls": [{"call_id": str(n), "queued_at": MOMENT} for n in range(calls)]})
    seen = {row["call_id"] for row in rows} - {None}
    expected = len(seen) / calls if seen else None
    same(ask("ratio.v1", given_, form="inspections", distinct="call_id", of_forms=["calls"]), expected)


@quick
@given(tables(edited_chars=st.integers(0, 50) | st.none(), total_chars=st.integers(0, 99) | st.none()))
def test_sums(rows: Rows) -> None:
    both = [row for row in rows if None not in row.values()]
    below = sum(row["total_chars"] for row in both)
    expected = sum(min(row["edited_chars"], row["total_chars"]) for row in both) / below if below else None
    answer = ask("sums.v1", evidence({"reports": rows}), form="reports", part="edited_chars", whole="total_chars")
    same(answer, expected)


@quick
@given(tables(kind=st.sampled_from(["data", "models"]), spent=st.integers(0, 9)))
def test_ratios_of_sums(rows: Rows) -> None:
    below = sum(row["spent"] for row in rows)
    expected = sum(row["spent"] for row in rows if row["kind"] == "data") / below if below else None
    answer = ask("ratio_of_sums.v1", evidence({"budget": rows}), form="budget", of="spent", among={"kind": "data"})
    same(answer, expected)


@quick
@given(tables(score=st.integers(0, 100) | st.none()))
def test_means(rows: Rows) -> None:
    stated = [row["score"] for row in rows if row["score"] is not None]
    expected = statistics.fmean(stated) if len(stated) > 1 else None
    same(ask("mean.v1", evidence({"audits": rows}), form="audits", of="score"), expected)


@quick
@given(tables(2, 30, latency_seconds=st.floats(0, 100) | st.none()), st.sampled_from([0, 0.25, 0.5, 0.75, 1]))
def test_quantiles(rows: Rows, at: float) -> None:
    stated = sorted(row["latency_seconds"] for row in rows if row["latency_seconds"] is not None)
    least = {0: 1, 0.25: 13, 0.5: 6, 0.75: 13, 1: 1}[at]
    expected = None if len(stated) < least else interpolated(stated, at)
    answer = ask("quantile.v1", evidence({"suggestions": rows}), form="suggestions", of="latency_seconds", at=at)
    same(answer, expected)


@pytest.mark.parametrize(("at", "least"), [(0.1, 36), (0.5, 6), (0.9, 36), (0.95, 72)])
def test_an_interval_of_a_quantile_ends_within_the_rows(at: float, least: int) -> None:
    above, below = 1 - at**least, 1 - (1 - at) ** least
    assert min(above, below) >= 0.975
    for rows, is_known in ((least, True), (least - 1, False)):
        table = [{"latency_seconds": float(n)} for n in range(rows)]
        answer = ask("quantile.v1", evidence({"suggestions": table}), form="suggestions", of="latency_seconds", at=at)
        assert (answer.value is not None) is is_known


def interpolated(values: Sequence[float], at: float) -> float:
    place = at * (len(values) - 1)
    low, high = values[math.floor(place)], values[math.ceil(place)]
    return low + (high - low) * (place - math.floor(place))


@quick
@given(tables(took=st.integers(-3, 500) | st.none()))
def test_mean_delays(rows: Rows) -> None:
    entries = [
        {
            "started_at": MOMENT,
            "submitted_at": MOMENT + timedelta(seconds=row["took"]) if row["took"] is not None else None,
        }
        for row in rows
    ]
    took = [row["took"] / 60 for row in rows if row["took"] is not None and row["took"] >= 0]
    expected = statistics.fmean(took) if len(took) > 1 else None
    answer = ask(
        "delay.v1",
        evidence({"entries": entries}),
        form="entries",
        start="started_at",
        end="submitted_at",
        unit="minutes",
    )
    same(answer, expected)


@quick
@given(st.lists(st.integers(0, 500), min_size=6, max_size=20), st.integers(0, 20))
def test_leaving_ends_out_never_shortens_a_delay(took: list[int], left_out: int) -> None:
    asked = {"form": "messages", "start": "received_at", "end": "first_reply_at", "unit": "minutes", "at": 0.5}

    def answer(hidden: int) -> Answer:
        rows = [
            {"received_at": MOMENT, "first_reply_at": None if n < hidden else MOMENT + timedelta(minutes=minutes)}
            for n, minutes in enumerate(sorted(took, reverse=True))
        ]
        return ask("delay.v1", evidence({"messages": rows}), **asked)

    whole, less = answer(0), answer(min(left_out, len(took)))
    same(whole, interpolated(sorted(took), 0.5))
    assert less.value is None or (whole.value is not None and less.value >= whole.value)


@quick
@given(tables(type=st.sampled_from(["complaint", None]), district=st.sampled_from(["01", None])))
def test_filled_cells(rows: Rows) -> None:
    cells = [value for row in rows for value in row.values()]
    expected = sum(value is not None for value in cells) / len(cells)
    full = [{**row, "accepted_at": MOMENT} for row in rows]
    same(ask("fill.v1", evidence({"cases": full}), form="cases", columns=["type", "district"]), expected)


labels = st.sampled_from(["a", "b", "c"])
samples = tables(1, 40, truth=labels | st.none(), predicted=labels | st.none(), predicted_2=labels | st.none())


def labelled(rows: Rows) -> tuple[list[dict[str, Any]], list[tuple[str, str | None]]]:
    full = [{**row, "function": "intent"} for row in rows]
    return full, [(row["truth"], row["predicted"]) for row in rows if row["truth"] is not None]


@quick
@given(samples)
def test_accuracy(rows: Rows) -> None:
    full, pairs = labelled(rows)
    given_ = evidence({"eval_labels": full})
    answered = any(found is not None for _, found in pairs)
    expected = sum(truth == found for truth, found in pairs) / len(pairs) if answered else None
    same(ask("accuracy.v1", given_, function="intent"), expected)
    second = any(row["predicted_2"] is not None for row in rows if row["truth"] is not None)
    near = [row["truth"] in (row["predicted"], row["predicted_2"]) for row in rows if row["truth"] is not None]
    both = sum(near) / len(near) if answered and second else None
    same(ask("accuracy.v1", given_, function="intent", within=2), both)


@quick
@given(samples)
def test_recall_and_precision(rows: Rows) -> None:
    full, pairs = labelled(rows)
    assume(any(found is not None for _, found in pairs))
    given_ = evidence({"eval_labels": full})
    hits = sum(truth == found == "a" for truth, found in pairs)
    stated, found = sum(truth == "a" for truth, _ in pairs), sum(found == "a" for _, found in pairs)
    same(ask("recall.v1", given_, function="intent", positive="a"), hits / stated if stated else None)
    same(ask("precision.v1", given_, function="intent", positive="a"), hits / found if found else None)


@settings(quick, max_examples=10)
@given(tables(32, 50, truth=labels, predicted=labels | st.none()))
def test_f1_and_kappa(rows: Rows) -> None:
    full, pairs = labelled(rows)
    assume(any(found is not None for _, found in pairs))
    given_ = evidence({"eval_labels": full})
    scores = {label: f1(pairs, label) for label in "abc"}
    known = [score for score in scores.values() if score is not None]
    same(ask("macro_f1.v1", given_, function="intent"), statistics.fmean(known))
    if scores["a"] is not None:
        same_unless_uniform(ask("f1.v1", given_, function="intent", positive="a"), scores["a"])
    both = [(truth, found) for truth, found in pairs if found is not None]
    answer = ask("kappa.v1", given_, form="eval_labels", one="truth", other="predicted")
    if len(both) < 30:
        same(answer, None)
    else:
        same_unless_uniform(answer, kappa(both))


def f1(pairs: Sequence[tuple[str, str | None]], label: str) -> float | None:
    hits = sum(truth == found == label for truth, found in pairs)
    named = sum(truth == label for truth, _ in pairs) + sum(found == label for _, found in pairs)
    return 2 * hits / named if named else None


def kappa(pairs: Sequence[tuple[str, str | None]]) -> float | None:
    total = len(pairs)
    observed = sum(one == other for one, other in pairs) / total
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    expected = sum(ones[label] * others[label] for label in ones) / total**2
    return (observed - expected) / (1 - expected) if expected < 1 else None


@settings(quick, max_examples=10)
@given(tables(30, 60, errors=st.integers(0, 30), length=st.integers(1, 20)))
def test_character_accuracy_and_edit_share(rows: Rows) -> None:
    wrong = sum(row["errors"] for row in rows) / sum(row["length"] for row in rows)
    spoken = [{**row, "condition": "noise"} for row in rows]
    same(ask("character_accuracy.v1", evidence({"eval_speech": spoken}), condition="noise"), max(0.0, 1 - wrong))
    drafts = [{"function": "reply", "distance": row["errors"], "length": row["length"]} for row in rows]
    same(ask("edit_share.v1", evidence({"eval_summaries": drafts}), function="reply"), wrong)
