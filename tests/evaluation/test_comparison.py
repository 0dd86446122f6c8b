from __future__ import annotations

import json

import pyarrow as pa
import pytest

from suqiu.domain.errors import InvalidInput
from suqiu.evaluation.comparison import compare
from suqiu.evaluation.measures import Kind
from suqiu.evaluation.runlog import RunLog, run_log

from .factories import a_header, a_run, a_small_run


def test_a_better_run_is_found_better() -> None:
    found = compare(a_run(300, skill=0.5, seed=1), a_run(300, skill=1.0, seed=2), rounds=200)
    accuracy = found.differences["accuracy"]
    assert accuracy.difference is not None
    assert accuracy.interval is not None
    assert accuracy.p is not None
    assert found.mcnemar is not None
    assert accuracy.interval.lower > 0
    assert accuracy.p < 0.01
    assert found.mcnemar.only_second > found.mcnemar.only_first
    assert {"coverage", "macro_f1", "brier"} <= set(found.differences)
    json.dumps(found.to_dict(), allow_nan=False)


def test_the_order_of_the_samples_changes_nothing() -> None:
    first, second = a_run(80, seed=1), a_run(80, seed=2)
    turned = RunLog(second.header, second.samples.take(pa.array(range(79, -1, -1))))
    assert compare(first, turned, rounds=50) == compare(first, second, rounds=50)


def test_variants_of_one_run_are_compared() -> None:
    rows = a_run(40).samples
    hinted, bare = rows.set_column(1, "variant", pa.array(["带提示"] * 40)), a_run(40, seed=3).samples
    together = pa.concat_tables([hinted, bare.set_column(1, "variant", pa.array(["不带提示"] * 40))])
    log = run_log(a_header(), **{name: together[name] for name in together.schema.names})
    found = compare(log, log, variants=("带提示", "不带提示"), rounds=20)
    assert (found.variants, found.samples) == (("带提示", "不带提示"), 40)


def test_spans_are_compared_by_their_measures() -> None:
    piece = {"start": 0, "end": 3, "kind": "路"}
    runs = [
        run_log(a_header(kind=Kind.SPANS), sample=["1", "2"], true_spans=[[piece]] * 2, found_spans=found)
        for found in ([[piece], []], [[piece], [piece]])
    ]
    found = compare(runs[0], runs[1], rounds=20)
    assert found.mcnemar is None
    assert found.differences["span_recall"].difference == 0.5


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (a_small_run([("1", "甲", ["甲"], [0.9])], task="category"), "task"),
        (a_small_run([("1", "甲", ["甲"], [0.9])], data="ffff"), "data"),
        (a_small_run([("2", "甲", ["甲"], [0.9])]), "sample"),
        (a_small_run([("1", "乙", ["甲"], [0.9])]), "truth"),
    ],
)
def test_runs_on_other_samples_are_not_compared(other: RunLog, said: str) -> None:
    with pytest.raises(InvalidInput, match=rf"differ in .*{said}"):
        compare(a_small_run([("1", "甲", ["甲"], [0.9])]), other)


def test_runs_without_known_truths_are_not_compared() -> None:
    nothing = a_small_run([("1", None, ["甲"], [0.9])])
    with pytest.raises(InvalidInput, match="nothing_to_compare"):
        compare(nothing, nothing)
