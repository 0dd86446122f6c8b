from __future__ import annotations

import json

import pyarrow as pa
import pytest

from suqiu.domain.text import Text
from suqiu.evaluation.measures import MEASURES, Kind
from suqiu.evaluation.runlog import run_log
from suqiu.evaluation.scorecard import VariantScore, score
from suqiu.evaluation.task import Goal

from .factories import a_header, a_run, a_small_run


def figures(scored: VariantScore) -> dict[str, float | None]:
    return {figure.measure: figure.value for figure in scored.figures}


def test_every_figure_of_a_small_run_is_right() -> None:
    log = a_small_run(
        [
            ("1", "城管局", ["城管局", "住建局", "交通局"], [0.9, 0.1, 0.0]),
            ("2", "住建局", ["城管局", "住建局", "交通局"], [0.6, 0.3, 0.1]),
            ("3", "住建局", ["住建局", "城管局", "交通局"], [0.8, 0.1, 0.1]),
            ("4", "交通局", [], []),  # silent
            ("5", None, ["交通局"], [0.5]),  # nobody knows
        ]
    )
    (scored,) = score(log, 1.0, rounds=20).variants
    assert (scored.samples, scored.unknown, scored.silent) == (4, 1, 1)
    found = figures(scored)
    assert (found["accuracy"], found["top_3"], found["coverage"]) == (0.5, 0.75, 0.5)
    assert found["macro_f1"] == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)
    assert found["brier"] == pytest.approx((0.01 + 0.36 + 0.04) / 3)
    assert scored.surest is not None
    assert (scored.surest.threshold, scored.surest.accepted) == (0.8, 2)
    assert scored.classes["label"].to_pylist() == ["住建局", "交通局", "城管局"]
    assert scored.confusions is not None
    assert [tuple(row.values())[:3] for row in scored.confusions.to_pylist()] == [("住建局", "城管局", 1)]


def test_the_same_run_gives_the_same_card_and_json_takes_it() -> None:
    card = score(a_run(), rounds=50).to_dict()
    assert card == score(a_run(), rounds=50).to_dict()
    assert json.loads(json.dumps(card, allow_nan=False)) == card


def test_every_interval_holds_its_figure_or_is_of_a_mean_gap() -> None:
    (scored,) = score(a_run(400), rounds=300).variants
    assert [figure.measure for figure in scored.figures] == [
        name for name, measure in MEASURES.items() if Kind.CHOICE in measure.kinds
    ]
    for figure in scored.figures:
        assert figure.interval is not None
        assert figure.value is not None
        if figure.measure != "calibration_error":  # resamples lie further off the diagonal than the sample
            assert figure.interval.lower <= figure.value <= figure.interval.upper


def test_answers_that_were_never_asked_for_have_no_figure() -> None:
    (scored,) = score(a_small_run([("1", "甲", ["甲"], [0.9])]), rounds=20).variants
    assert "top_3" not in figures(scored)
    assert scored.carried is None


def test_groups_are_drawn_whole_for_every_figure() -> None:
    (alone,) = score(a_run(100), rounds=50).variants
    (grouped,) = score(a_run(100, group=[f"组{n // 5}" for n in range(100)]), rounds=50).variants
    assert {figure.interval.method for figure in alone.figures if figure.interval} == {"wilson", "bootstrap"}
    assert {figure.interval.method for figure in grouped.figures if figure.interval} == {"cluster bootstrap"}
    assert figures(alone) == figures(grouped)


def test_a_threshold_is_carried_from_the_older_half_to_the_newer() -> None:
    (drawn,) = score(a_run(100), rounds=5).variants
    (timed,) = score(a_run(100, at=pa.array(range(100), pa.timestamp("s"))), rounds=5).variants
    assert drawn.carried is not None
    assert timed.carried is not None
    assert (drawn.carried.by, timed.carried.by) == ("draw", "time")
    assert timed.carried.chosen.threshold == timed.carried.applied.threshold
    assert (timed.carried.chosen.samples, timed.carried.applied.samples) == (50, 50)


def test_variants_are_scored_apart() -> None:
    one = a_run(50).samples
    columns = {name: pa.concat_arrays([one[name].combine_chunks()] * 2) for name in one.schema.names}
    columns["variant"] = pa.array(["带提示"] * 50 + ["不带提示"] * 50)
    card = score(run_log(a_header(), **columns), rounds=20)
    assert [scored.variant for scored in card.variants] == ["带提示", "不带提示"]
    assert figures(card.variants[0]) == figures(card.variants[1])


def test_a_goal_is_met_missed_or_not_known() -> None:
    source = Text("本市目标", "the city's goal")
    wanted = {"accuracy": 0.5, "brier": 0.0, "kappa": 0.5}
    goals = [Goal(measure, value, source) for measure, value in wanted.items()]
    (scored,) = score(a_run(300), goals=goals, rounds=50).variants
    assert [(result.met, result.sure) for result in scored.goals] == [(True, True), (False, False), (None, None)]


def test_a_tree_is_scored_at_every_level() -> None:
    log = a_small_run(
        [
            ("1", "城管›市容", ["城管›噪声"], [0.8]),
            ("2", "住建›物业", ["住建›物业"], [0.7]),
            ("3", "教育", ["住建"], [0.4]),
        ],
        kind=Kind.TREE,
        levels=("一级", "二级"),
    )
    (scored,) = score(log, rounds=20).variants
    assert [(level.measure, level.value, level.samples) for level in scored.levels] == [
        ("一级", pytest.approx(2 / 3), 3),
        ("二级", 0.5, 2),
    ]


def test_a_verdict_is_scored_by_agreement() -> None:
    rows = [
        ("1", "是", ["是"], [0.9]),
        ("2", "否", ["是"], [0.6]),
        ("3", "否", ["否"], [0.7]),
        ("4", "是", ["是"], [0.8]),
    ]
    (scored,) = score(a_small_run(rows, kind=Kind.VERDICT, positive="是"), rounds=20).variants
    found = figures(scored)
    assert (found["accuracy"], found["kappa"]) == (0.75, 0.5)
    assert found["f1"] == pytest.approx(0.8)
    assert "top_3" not in found


def test_spans_are_scored_by_pieces() -> None:
    piece = {"start": 0, "end": 3, "kind": "路"}
    log = run_log(
        a_header(kind=Kind.SPANS),
        sample=["1", "2", "3"],
        true_spans=[[piece], [piece], None],
        found_spans=[[piece], None, [piece]],
    )
    (scored,) = score(log, rounds=20).variants
    assert (scored.samples, scored.unknown, scored.silent) == (2, 1, 1)
    assert (figures(scored)["span_precision"], figures(scored)["span_recall"]) == (1.0, 0.5)
    json.dumps(score(log, rounds=20).to_dict(), allow_nan=False)


def test_a_run_without_known_truths_has_no_figures() -> None:
    (scored,) = score(a_small_run([("1", None, ["甲"], [0.9])]), rounds=20).variants
    assert set(figures(scored).values()) == {None}
    json.dumps(score(a_small_run([("1", None, [], [])]), rounds=20).to_dict(), allow_nan=False)
