"""Questionnaires are read and checked, responses checked and weighted, and results know how far they may be off."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from suqiu.assessment import survey
from suqiu.assessment.survey import Estimate, Questionnaire, Responses, SurveyResult
from suqiu.domain.errors import InvalidInput

STANDARD = Path(__file__).parents[2] / "standards" / "hotline-intelligence" / "2026.1"
SHIPPED = sorted((STANDARD / "questionnaires").glob("*.yaml"))

SMALL = """\
id: small
title: {zh: 小问卷, en: small}
about: {zh: 测试用, en: for tests}
groups:
  - {code: manager, zh: 管理人员, en: managers}
  - {code: agent, zh: 座席, en: agents}
strata:
  - column: level
    title: {zh: 层级, en: level}
    options:
      - {code: city, zh: 地市级, en: city}
      - {code: county, zh: 区县级, en: county}
  - column: region
    title: {zh: 地区, en: region}
    options:
      - {code: east, zh: 东部, en: east}
      - {code: west, zh: 西部, en: west}
questions:
  - id: pains
    ask: {zh: 痛点, en: pain points}
    kind: multiple
    required: true
    options:
      - {code: data, zh: 数据归集, en: bringing data together}
      - {code: operation, zh: 运营体系, en: operation}
      - {code: none, zh: 没有, en: none, alone: true}
  - id: want
    ask: {zh: 是否需要更多, en: wants more}
    kind: single
    required: true
    options:
      - {code: more, zh: 更多, en: more}
      - {code: enough, zh: 够用, en: enough}
      - {code: unsure, zh: 不清楚, en: unsure}
  - id: useful
    ask: {zh: 有帮助, en: useful}
    kind: scale
    required: false
    asks: [agent]
    feeds: staff_survey
  - id: years
    ask: {zh: 年数, en: years}
    kind: number
    required: false
    least: 0
    most: 60
  - id: wish
    ask: {zh: 愿望, en: wish}
    kind: text
    required: false
"""

GOOD = {
    "respondent_id": "r",
    "centre": "甲市",
    "group": "座席",
    "answered_on": "2026-03-01",
    "level": "city",
    "region": "东部",
    "pains": "data、运营体系",
    "want": "more",
    "useful": "4",
    "years": "2.5",
    "wish": "少录一遍",
}


@pytest.fixture
def small(tmp_path: Path) -> Questionnaire:
    return written(tmp_path, SMALL)


def written(folder: Path, text: str) -> Questionnaire:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return survey.read_questionnaire(path)


def answered(questionnaire: Questionnaire, *rows: Mapping[str, str]) -> Responses:
    """Read responses that say what GOOD says unless told otherwise, each with a number of its own."""
    full = [{**GOOD, "respondent_id": f"r{place}", **row} for place, row in enumerate(rows)]
    columns = {name: pa.array([row[name] for row in full], pa.string()) for name in survey.template(questionnaire)}
    return survey.read_responses(questionnaire, pa.table(columns))


def found(result: SurveyResult, question: str, option: str = "", group: str = "") -> Estimate:
    (one,) = [one for one in result.estimates if (one.question, one.option, one.group) == (question, option, group)]
    return one


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_questionnaires_that_ship_have_no_fault(path: Path) -> None:
    assert survey.check_questionnaire(path) == []


def test_the_indicators_that_questions_inform_exist() -> None:
    there = {path.stem for path in (STANDARD / "indicators").glob("*/*.yaml")}
    questions = [question for path in SHIPPED for question in survey.read_questionnaire(path).questions]
    assert {id_ for question in questions for id_ in question.informs} <= there


def test_the_survey_of_needs_asks_for_five_pain_points_and_for_each_technology() -> None:
    questions = {one.id: one for one in survey.read_questionnaire(STANDARD / "questionnaires" / "needs.yaml").questions}
    pains = {"infrastructure", "technology", "gap", "operation", "data"}
    assert pains <= {option.code for option in questions["pain_points"].options}
    assert len([id_ for id_ in questions if id_.startswith("want_") and id_ != "want_support"]) == 9


def test_the_template_and_the_guide_name_the_same_columns(small: Questionnaire) -> None:
    header = survey.template(small)
    assert header[:6] == ("respondent_id", "centre", "group", "answered_on", "level", "region")
    assert tuple(column for column, _, _ in survey.guide(small)) == header


def test_every_fault_of_a_questionnaire_is_named_with_its_line(tmp_path: Path) -> None:
    broken = SMALL.replace("kind: single", "kind: singel").replace("feeds: staff_survey", "feeds: nothing")
    broken = broken.replace("id: years", "id: want").replace("asks: [agent]", "asks: [boss]")
    with pytest.raises(InvalidInput) as refusal:
        written(tmp_path, broken)
    lines = broken.splitlines()
    for wrong in ("kind: singel", "feeds: nothing", "id: want", "asks: [boss]"):
        places = [number for number, line in enumerate(lines, start=1) if wrong in line]
        assert f"第{places[-1]}行" in refusal.value.message.zh


def test_a_response_may_use_codes_or_words_of_either_language(small: Questionnaire) -> None:
    read = answered(small, {}, {"group": "AGENT", "level": "地市级", "pains": "Operation; data", "want": "enough"})
    assert read.faults == ()
    rows = read.table.to_pylist()
    assert [row["group"] for row in rows] == ["agent", "agent"]
    assert [row["pains"] for row in rows] == [["data", "operation"]] * 2


def test_texts_names_and_numbers_of_respondents_stay_behind(small: Questionnaire) -> None:
    read = answered(small, {"wish": "张三，13800000000"}, {"centre": "乙市"})
    assert "wish" not in read.table.column_names
    shown = str(read.table.to_pylist())
    assert not any(word in shown for word in ("张三", "甲市", "乙市", "r0"))


def test_every_fault_of_responses_is_named_with_row_and_column(small: Questionnaire) -> None:
    read = answered(
        small,
        {"respondent_id": "same"},
        {"respondent_id": "same", "want": "", "useful": "6"},
        {"group": "老板", "answered_on": "昨天", "pains": "data、没有"},
        {"group": "manager", "useful": "4", "years": "百"},
    )
    assert {(fault.row, fault.column) for fault in read.faults} == {
        (3, "respondent_id"), (3, "want"), (3, "useful"),
        (4, "group"), (4, "answered_on"), (4, "pains"),
        (5, "useful"), (5, "years"),
    }  # fmt: skip
    assert all(fault.rejected and fault.hint.zh for fault in read.faults)
    assert (read.read, read.table.num_rows) == (4, 1)


def test_a_table_without_a_column_counts_no_row_and_a_strange_column_is_passed_over(small: Questionnaire) -> None:
    columns = {name: pa.array([GOOD[name]]) for name in survey.template(small)}
    strange = survey.read_responses(small, pa.table({**columns, "wants": pa.array(["x"])}))
    assert strange.table.num_rows == 1
    assert [(fault.row, fault.column, fault.rejected) for fault in strange.faults] == [(1, "wants", False)]
    del columns["want"]
    lacking = survey.read_responses(small, pa.table(columns))
    assert (lacking.table.num_rows, [fault.column for fault in lacking.faults]) == (0, ["want"])


def test_the_order_of_rows_changes_nothing(small: Questionnaire) -> None:
    rows = [
        {"respondent_id": f"n{n}", "centre": "甲乙丙丁"[n % 4], "want": ["more", "enough"][n % 3 == 0]}
        for n in range(40)
    ]
    results = [
        survey.estimate(read, survey.weigh(read)) for read in (answered(small, *rows), answered(small, *rows[::-1]))
    ]
    assert results[0] == results[1]


def test_one_margin_makes_each_part_count_as_in_the_population(small: Questionnaire) -> None:
    read = answered(small, *[{"level": "city", "want": "more"}] * 30, *[{"level": "county", "want": "enough"}] * 10)
    weights = survey.weigh(read, {"level": {"city": 100, "county": 300}})
    assert weights.method == "post_stratification"
    assert found(survey.estimate(read, weights), "want", "more").value == pytest.approx(0.25)


def test_two_margins_are_both_met(small: Questionnaire) -> None:
    cells = [("city", "east", 20), ("city", "west", 10), ("county", "east", 5), ("county", "west", 25)]
    rows = [{"level": level, "region": region} for level, region, times in cells for _ in range(times)]
    read = answered(small, *rows)
    weights = survey.weigh(read, {"level": {"city": 40, "county": 60}, "region": {"east": 70, "west": 30}})
    assert weights.method == "raking"
    for column, code, share in (("level", "city", 0.4), ("region", "west", 0.3)):
        here = np.array([value == code for value in read.table[column].to_pylist()])
        assert weights.values[here].sum() / weights.values.sum() == pytest.approx(share)
    assert weights.effect > 1


def test_all_that_is_wrong_with_population_counts_is_named(small: Questionnaire) -> None:
    read = answered(small, *[{"level": "city"}] * 6)
    with pytest.raises(InvalidInput) as refusal:
        survey.weigh(read, {"level": {"county": 3, "village": 5}, "size": {"big": 1}})
    for word in ("size", "village", "county", "city"):
        assert word in refusal.value.message.en


def test_margins_of_different_populations_are_refused(small: Questionnaire) -> None:
    read = answered(small, {"level": "city"}, {"level": "county", "region": "west"})
    with pytest.raises(InvalidInput, match="totals"):
        survey.weigh(read, {"level": {"city": 10, "county": 10}, "region": {"east": 10, "west": 30}})


def test_alike_answers_within_centres_widen_the_interval(small: Questionnaire) -> None:
    alike = [{"centre": f"c{n // 20}", "want": ["more", "enough"][n // 20 % 2]} for n in range(400)]
    mixed = [{"centre": f"c{n // 20}", "want": ["more", "enough"][n % 2]} for n in range(400)]
    one, other = (
        found(survey.estimate(read, survey.weigh(read)), "want", "more")
        for read in (answered(small, *alike), answered(small, *mixed))
    )
    assert one.value == other.value == 0.5
    assert one.design_effect == pytest.approx(20 * 20 / 19)
    assert one.effective == pytest.approx(19)
    assert one.interval is not None
    assert other.interval is not None
    assert one.interval.upper - one.interval.lower > 3 * (other.interval.upper - other.interval.lower)


def test_small_cells_are_not_shown_and_cannot_be_subtracted(small: Questionnaire) -> None:
    rows = [{"want": "more"}] * 30 + [{"want": "enough"}] * 12 + [{"want": "unsure"}] * 3
    result = survey.estimate(read := answered(small, *rows), survey.weigh(read))
    assert [found(result, "want", option).value is None for option in ("more", "enough", "unsure")] == [
        False,
        True,
        True,
    ]
    assert found(result, "pains", "none").value == 0


def test_a_small_group_takes_another_with_it(small: Questionnaire) -> None:
    rows = [{"group": "agent", "want": "more"}] * 30 + [{"group": "manager", "want": "more", "useful": ""}] * 3
    result = survey.estimate(read := answered(small, *rows), survey.weigh(read), by=("group",))
    hidden = {group: found(result, "want", "more", group) for group in ("agent", "manager")}
    assert [one.value for one in hidden.values()] == [None, None]
    assert hidden["manager"].respondents is None
    assert found(result, "want", "more").value == 1


def test_two_centres_say_little_and_one_speaks_for_itself(small: Questionnaire) -> None:
    rows = [{"want": ["more", "enough"][n % 2]} for n in range(40)]
    two = answered(small, *[{**row, "centre": "甲乙"[n % 4 // 2]} for n, row in enumerate(rows)])
    widths = []
    for read in (two, answered(small, *rows)):
        interval = found(survey.estimate(read, survey.weigh(read)), "want", "more").interval
        assert interval is not None
        widths.append(interval.upper - interval.lower)
    assert widths[0] > 2 * widths[1]


def test_scales_become_scores_of_the_form_that_they_feed(small: Questionnaire) -> None:
    read = answered(small, {"useful": "5"}, {"useful": "2"}, {"useful": ""}, {"group": "manager", "useful": ""})
    rows = survey.form_rows(read, "staff_survey").to_pylist()
    assert [row["score"] for row in rows] == [100.0, 25.0]


def test_results_make_a_table_with_words_in_both_languages(small: Questionnaire) -> None:
    read = answered(small, *[{"want": "more"}] * 6, *[{"want": "enough"}] * 6)
    rows = survey.tabulated(survey.estimate(read, survey.weigh(read), by=("level",)), small).to_pylist()
    (row,) = [one for one in rows if (one["question"], one["option"], one["group"]) == ("want", "more", "city")]
    assert (row["option_zh"], row["group_zh"], row["respondents"], row["value"]) == ("更多", "地市级", 12, 0.5)
    assert "wish" not in {one["question"] for one in rows}


def simulated(questionnaire: Questionnaire, draw: np.random.Generator, shares: Mapping[str, float]) -> Responses:
    """Draw centres from a population of known shares; respondents of one centre lean the same way."""
    rows = []
    for centre in range(36):
        level = "city" if centre < 24 else "county"
        share = shares[level]
        lean = draw.beta(share * 8, (1 - share) * 8)
        rows += [
            {"centre": f"c{centre}", "level": level, "want": "more" if draw.random() < lean else "enough"}
            for _ in range(int(draw.integers(4, 14)))
        ]
    return answered(questionnaire, *rows)


def test_intervals_of_simulated_surveys_hold_the_known_share_as_often_as_they_say(small: Questionnaire) -> None:
    shares = {"city": 0.7, "county": 0.4}
    population = {"city": 100.0, "county": 300.0}
    truth = sum(shares[level] * count for level, count in population.items()) / sum(population.values())
    draw, held, rounds = np.random.default_rng(20231109), 0, 200
    for _ in range(rounds):
        read = simulated(small, draw, shares)
        one = found(survey.estimate(read, survey.weigh(read, {"level": population})), "want", "more")
        assert one.interval is not None
        held += one.interval.lower <= truth <= one.interval.upper
    # 95 % of 200, within three standard errors.
    assert 0.90 <= held / rounds <= 0.995


def test_the_survey_of_the_seminar_can_be_made_again_from_responses() -> None:
    questionnaire = survey.read_questionnaire(STANDARD / "questionnaires" / "needs.yaml")
    draw = np.random.default_rng(5)
    pains = {"infrastructure": 0.7, "technology": 0.5, "gap": 0.6, "operation": 0.8, "data": 0.4}
    wants = {one.id: 0.3 + 0.05 * place for place, one in enumerate(questionnaire.questions) if one.id in _WANTED}
    rows = []
    for place in range(600):
        named = [pain for pain, share in pains.items() if draw.random() < share]
        row = dict.fromkeys(survey.template(questionnaire), "")
        row |= {"respondent_id": str(place), "centre": f"c{place % 60}", "group": "agent", "answered_on": "2026-03-01"}
        row |= {"level": ("province", "city", "county")[place % 3], "region": ("east", "central")[place % 2]}
        row |= {"pain_points": "、".join(named) or "none", "worst_pain": named[0] if named else "none"}
        row |= {id_: "more" if draw.random() < share else "enough" for id_, share in wants.items()}
        rows.append(row)
    columns = {name: [row[name] for row in rows] for name in survey.template(questionnaire)}
    read = survey.read_responses(questionnaire, pa.table(columns))
    assert read.faults == ()
    population = {"level": {"province": 10.0, "city": 60.0, "county": 30.0}, "region": {"east": 50.0, "central": 50.0}}
    result = survey.estimate(read, survey.weigh(read, population))
    known = [("pain_points", pain, share) for pain, share in pains.items()]
    known += [(id_, "more", share) for id_, share in wants.items()]
    assert len(known) == 14
    held = 0
    for question, option, share in known:
        one = found(result, question, option)
        assert one.interval is not None
        assert one.effective is not None
        assert one.effective <= 600
        held += one.interval.lower <= share <= one.interval.upper
    assert held >= 12


_WANTED = {
    f"want_{name}"
    for name in ("speech", "fill", "classify", "dispatch", "knowledge", "inspection", "callback", "analysis", "llm")
}


def test_a_number_has_a_weighted_mean_with_an_interval(small: Questionnaire) -> None:
    rows = [{"centre": f"c{n}", "years": str(n % 10), "level": ["city", "county"][n % 2]} for n in range(40)]
    read = answered(small, *rows)
    one = found(survey.estimate(read, survey.weigh(read, {"level": {"city": 100, "county": 300}})), "years")
    assert one.statistic == "mean"
    assert one.value == pytest.approx(0.25 * 4 + 0.75 * 5)
    assert one.interval is not None
    assert one.interval.lower < 4.75 < one.interval.upper


def test_a_part_with_a_single_centre_does_not_make_results_look_certain(small: Questionnaire) -> None:
    rows = [{"centre": "c0", "level": "county", "want": ["more", "enough"][n % 4 > 0]} for n in range(20)]
    rows += [{"centre": f"c{1 + n // 10}", "want": ["more", "enough"][n % 2]} for n in range(100)]
    read = answered(small, *rows)
    one = found(survey.estimate(read, survey.weigh(read, {"level": {"city": 50, "county": 950}})), "want", "more")
    assert one.interval is not None
    assert one.interval.upper - one.interval.lower > 0.3


def test_nobody_and_everybody_have_intervals_with_one_end_at_the_end(small: Questionnaire) -> None:
    read = answered(small, *[{"centre": f"c{n}", "pains": "data"} for n in range(50)])
    result = survey.estimate(read, survey.weigh(read))
    every, none = found(result, "pains", "data").interval, found(result, "pains", "operation").interval
    assert every is not None
    assert none is not None
    assert (every.upper, none.lower) == (1, 0)
    assert every.lower == pytest.approx(1 - none.upper)
    assert 0.05 < none.upper < 0.08
