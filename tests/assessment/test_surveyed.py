"""A survey from the command line's side: a blank form, filled in, and a table of results."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from suqiu import surveyed
from suqiu.config import settings
from suqiu.domain.errors import InvalidInput, NotFound

STANDARD = "hotline-intelligence/2026.1"
HERE = settings({})
#: What a manager answers; agents are not asked about states and support.
MANAGER = {
    "group": "热线管理人员",
    "answered_on": "2026-05-12",
    "level": "地市级",
    "region": "东部",
    "pain_points": "技术存在瓶颈、数据归集难",
    "worst_pain": "数据归集难",
    "want_support": "标准和评估方法",
}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def blank(folder: Path) -> list[str]:
    surveyed.blank(STANDARD, "needs", folder / "needs.csv", HERE)
    with (folder / "needs.csv").open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file))


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """Return the blank form filled in by twenty managers of twenty centres, eight of them of counties."""
    header = blank(tmp_path)
    rows = []
    for n in range(20):
        wants = {name: "希望加大应用" if n < 15 else "现状已够用" for name in header if name.startswith("want_")}
        states = {name: "3" for name in header if name.startswith("state_")}
        level = {"level": "区县级"} if n < 8 else {}
        rows.append({**wants, **states, **MANAGER, **level, "respondent_id": f"R{n}", "centre": f"中心{n}"})
    with (tmp_path / "needs.csv").open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header).writerows(rows)
    return tmp_path / "needs.csv"


def results(answers: Path, population: Path | None = None, by: tuple[str, ...] = ()) -> list[dict[str, str]]:
    out = answers.parent / "results.csv"
    surveyed.results(STANDARD, "needs", str(answers), out, population=population, by=by, settings=HERE)
    return read(out)


def share(rows: list[dict[str, str]], question: str, option: str) -> float:
    (row,) = (r for r in rows if (r["question"], r["option"], r["by"]) == (question, option, "all"))
    return float(row["value"])


def test_the_blank_form_has_a_guide_that_says_what_each_column_may_hold_and_who_fills_it_in(tmp_path: Path) -> None:
    header = blank(tmp_path)
    guide = {row["column"]: row for row in read(tmp_path / "needs.guide.csv")}
    assert list(guide) == header
    assert "more=希望加大应用" in guide["want_speech"]["可填内容"]
    assert guide["want_support"]["allowed"].startswith("only managers, technical staff, empty for others")


def test_a_form_filled_in_with_chinese_words_gives_results_that_a_spreadsheet_can_read(answers: Path) -> None:
    rows = results(answers)
    assert share(rows, "want_speech", "more") == 0.75
    assert share(rows, "pain_points", "data") == 1
    assert (answers.parent / "results.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_population_counts_make_each_level_count_as_much_as_it_should(answers: Path) -> None:
    counts = answers.parent / "counts.csv"
    counts.write_text("column,code,count\nlevel,city,100\nlevel,county,100\n", "utf-8")
    assert share(results(answers, counts), "want_speech", "more") == pytest.approx(0.5 + 0.5 * 7 / 12)


def test_responses_with_faults_are_left_out_and_listed(answers: Path) -> None:
    text = answers.read_text("utf-8-sig")
    answers.write_text(text + text.splitlines()[1].replace("热线管理人员", "记者") + "\n", "utf-8")
    assert {row["respondents"] for row in results(answers) if row["question"] == "pain_points"} == {"20"}
    (strange, twice) = read(answers.parent / "results.faults.csv")
    assert (strange["行"], strange["列"], strange["问题"]) == ("22", "group", "没有选项“记者”")
    assert twice["列"] == "respondent_id"


def test_a_form_that_nobody_filled_in_says_so(tmp_path: Path) -> None:
    blank(tmp_path)
    with pytest.raises(InvalidInput, match="no response counts: the table has no rows"):
        results(tmp_path / "needs.csv")


def test_columns_that_are_missing_are_named(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("respondent_id,centre\nR1,A\n", "utf-8")
    with pytest.raises(InvalidInput, match="the column “group” is missing"):
        results(tmp_path / "x.csv")


def test_unknown_questionnaires_and_columns_to_tell_apart_by_are_answered_with_those_there_are(answers: Path) -> None:
    with pytest.raises(NotFound) as caught:
        surveyed.blank(STANDARD, "need", answers, HERE)
    assert "agents, needs, present" in caught.value.hint.en
    with pytest.raises(NotFound) as caught:
        results(answers, by=("city",))
    assert "group, level, region" in caught.value.hint.en


def test_population_counts_that_are_no_counts_are_refused(answers: Path) -> None:
    counts = answers.parent / "counts.csv"
    counts.write_text("column,code,count\nlevel,city,many\n", "utf-8")
    with pytest.raises(InvalidInput, match="the count many is no number"):
        results(answers, counts)
    counts.write_text("level,count\ncity,3\n", "utf-8")
    with pytest.raises(InvalidInput, match="needs the columns column, code, count"):
        results(answers, counts)


def test_every_questionnaire_of_the_standard_is_named() -> None:
    assert [one.name.en for one in surveyed.listed(STANDARD, HERE)] == ["agents", "needs", "present"]
