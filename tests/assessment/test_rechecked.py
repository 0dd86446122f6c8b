"""Re-checks by sample: worksheets out, filled ones in, and what was found in place of what was claimed."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import python_calamine
import xlsxwriter

from suqiu.assessment import centre as centres
from suqiu.assessment import filled
from suqiu.assessment.forms import FORMS
from suqiu.collected import collect, form_sheets
from suqiu.config import Settings
from suqiu.domain.errors import InvalidInput
from suqiu.intake.times import parse_times
from suqiu.rechecked import Drawn, draw, read_checks

CENTRE = "id: demo\nname: 某市12345热线\nperiod: {first: 2026-01-01, last: 2026-06-30}\n"
LABELS = FORMS["eval_labels"]
Lines = list[list[str]]


def table(path: Path, header: str, rows: Sequence[Sequence[object]]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header.split(), *rows])


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    """Return a centre whose label test set has 60 rows of types and 40 of departments, all claimed right."""
    folder = tmp_path / "centre"
    folder.mkdir()
    (folder / "centre.yaml").write_text(CENTRE, "utf-8")
    rows = [[f"L{n:03d}", "type" if n < 60 else "dispatch", "投诉", "投诉"] for n in range(100)]
    table(folder / "eval_labels.csv", "编号 功能 人工标注 预测结果", rows)
    return folder


def drawn(
    centre: Path,
    out: Path,
    form: str = "eval_labels",
    columns: Sequence[str] = ("truth",),
    *,
    function: str = "",
    seed: str = "1",
    width: float = 0.1,
) -> Drawn:
    given = centres.load(centre).of(form)[0]
    return draw(
        FORMS[form],
        form_sheets(FORMS[form], given),
        out,
        columns=columns,
        among={"function": function} if function else {},
        half_width=width,
        expected=0.5,
        seed=seed,
        as_of=date(2026, 6, 30),
    )


def lines(path: Path) -> Lines:
    return [
        [str(cell) for cell in row]
        for row in python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python()
    ]


def fill(worksheet: Path, centre: Path, found: Callable[[list[str]], str]) -> None:
    """Fill a worksheet in as an assessor would, and put it into the centre's folder."""
    (centre / "rechecks").mkdir(exist_ok=True)
    with xlsxwriter.Workbook(str(centre / "rechecks" / worksheet.name)) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(lines(worksheet)):
            value = found(row) if place else row[4]
            sheet.write_row(place, 0, [*row[:4], value, "评估员乙" if place and value else row[5], row[6]])


def evidence(centre: Path, name: str) -> pa.Table:
    out = centre.parent / "out"
    collect(centre, out, Settings(), lambda what, share: None)
    return pq.read_table(out / "evidence" / f"{name}.parquet")


def refused(centre: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_checks(centre)
    return caught.value.message.en


def test_the_same_seed_draws_the_same_rows_into_the_same_bytes_and_another_seed_others(
    centre: Path, tmp_path: Path
) -> None:
    drawn(centre, tmp_path / "a.xlsx")
    drawn(centre, tmp_path / "b.xlsx")
    drawn(centre, tmp_path / "c.xlsx", seed="2")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert [row[1] for row in lines(tmp_path / "a.xlsx")] != [row[1] for row in lines(tmp_path / "c.xlsx")]


def test_the_order_of_the_rows_does_not_change_what_is_drawn(centre: Path, tmp_path: Path) -> None:
    drawn(centre, tmp_path / "a.xlsx")
    header, *rows = (centre / "eval_labels.csv").read_text("utf-8").splitlines()
    (centre / "eval_labels.csv").write_text("\n".join([header, *reversed(rows)]), "utf-8")
    drawn(centre, tmp_path / "b.xlsx")
    assert {row[1] for row in lines(tmp_path / "a.xlsx")} == {row[1] for row in lines(tmp_path / "b.xlsx")}


def test_only_rows_that_the_claim_is_about_are_drawn(centre: Path, tmp_path: Path) -> None:
    sample = drawn(centre, tmp_path / "a.xlsx", function="dispatch")
    keys = [row[1] for row in lines(tmp_path / "a.xlsx")[1:]]
    assert sample == Drawn(population=40, size=len(keys))
    assert all(key >= "L060" for key in keys)
    assert len(keys) < 40


def test_a_form_without_a_usable_row_has_nothing_to_draw(centre: Path, tmp_path: Path) -> None:
    table(centre / "eval_labels.csv", "编号 功能 人工标注", [])
    with pytest.raises(InvalidInput, match="no row to draw"):
        drawn(centre, tmp_path / "a.xlsx")


def test_the_worksheet_shows_the_claim_and_leaves_room_for_what_is_found(centre: Path, tmp_path: Path) -> None:
    drawn(centre, tmp_path / "a.xlsx")
    header, first, *_ = lines(tmp_path / "a.xlsx")
    assert header == ["填报表", "编号", "核对列", "填报值", "核对值", "核对人", "该行其他内容"]
    assert (first[0], first[2], first[3], first[4]) == ("eval_labels", "truth", "投诉", "")
    assert "预测结果：投诉" in first[6]


def test_what_was_found_becomes_evidence_of_its_own_and_the_claim_stays_as_it_was(centre: Path, tmp_path: Path) -> None:
    sample = drawn(centre, tmp_path / "a.xlsx", function="type")
    fill(tmp_path / "a.xlsx", centre, lambda row: "咨询" if row[1] < "L010" else "投诉")
    checked = evidence(centre, "recheck_eval_labels")
    assert len(checked) == sample.size
    wrong = sum(row[1] < "L010" for row in lines(tmp_path / "a.xlsx")[1:])
    assert checked["truth"].to_pylist().count("咨询") == wrong > 0
    assert set(checked["predicted"].to_pylist()) == {"投诉"}
    assert set(evidence(centre, "eval_labels")["truth"].to_pylist()) == {"投诉"}


def test_a_text_heard_again_replaces_the_reference_before_its_errors_are_counted(centre: Path, tmp_path: Path) -> None:
    rows = [[f"Y{n}", "mandarin", "路灯坏了", "路灯坏了"] for n in range(30)]
    table(centre / "eval_speech.csv", "编号 条件 人工校对文本 识别文本", rows)
    drawn(centre, tmp_path / "a.xlsx", "eval_speech", ("reference",))
    fill(tmp_path / "a.xlsx", centre, lambda row: "楼灯坏啦")
    checked = evidence(centre, "recheck_eval_speech")
    assert set(checked["errors"].to_pylist()) == {2}
    assert "reference" not in checked.column_names
    assert set(evidence(centre, "eval_speech")["errors"].to_pylist()) == {0}


def test_lines_left_empty_are_not_checked_yet_and_are_counted(centre: Path, tmp_path: Path) -> None:
    size = drawn(centre, tmp_path / "a.xlsx").size
    fill(tmp_path / "a.xlsx", centre, lambda row: "投诉" if row[1] < "L050" else "")
    checks = read_checks(centre)
    assert (checks.done + checks.left, checks.by) == (size, ("评估员乙",))
    assert checks.left > 0
    assert all(key < "L050" for key in checks.values["eval_labels"])


def test_without_worksheets_nothing_was_checked(centre: Path) -> None:
    assert read_checks(centre).done == read_checks(centre).left == 0


HEADER = "填报表 编号 核对列 核对值 核对人"


def test_every_line_of_a_worksheet_that_is_wrong_is_named(centre: Path) -> None:
    rows = [
        ["eval_label", "L001", "truth", "投诉", ""],
        ["eval_labels", "L001", "predicted", "投诉", ""],
        ["eval_labels", "L002", "truth", "投诉", ""],
        ["eval_labels", "L002", "truth", "咨询", ""],
        ["bot_sessions", "B1", "ended_in_bot", "也许", ""],
    ]
    table(centre / "rechecks" / "a.csv", HEADER, rows)
    told = refused(centre)
    assert "4 faults" in told
    for words in (
        "a.csv row 2: there is no form eval_label",
        "a.csv row 3: predicted cannot be checked",
        "a.csv row 5: L002 has two different values",
        "a.csv row 6: 也许 is no value of ended in the bot",
    ):
        assert words in told


def test_a_worksheet_that_lacks_columns_is_refused(centre: Path) -> None:
    table(centre / "rechecks" / "a.csv", "编号 核对值", [["L001", "投诉"]])
    assert "lacks the columns 填报表、核对列" in refused(centre)


def test_a_checked_row_cannot_be_taken_out_of_the_form_again(centre: Path) -> None:
    table(centre / "rechecks" / "a.csv", HEADER, [["eval_labels", "L007", "truth", "咨询", "甲"]])
    evidence(centre, "recheck_eval_labels")
    kept = [line for line in (centre / "eval_labels.csv").read_text("utf-8").splitlines() if "L007" not in line]
    (centre / "eval_labels.csv").write_text("\n".join(kept), "utf-8")
    with pytest.raises(InvalidInput, match="1 checked rows of Label test sets are gone or wrong: L007"):
        evidence(centre, "recheck_eval_labels")


def test_a_rating_called_none_is_a_rating_and_no_empty_cell() -> None:
    rating = FORMS["answers"].column("rating")
    assert filled.readable(rating, "none", parse_times)
    assert not filled.readable(rating, "null", parse_times)
    assert not filled.readable(LABELS.column("confidence"), "none", parse_times)
