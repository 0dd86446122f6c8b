"""The assessor's spreadsheet loses nothing; OSCAL says what NIST's format asks for."""

from __future__ import annotations

import io
import json
import re
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from suqiu.assessment.exchange import oscal, workbook
from suqiu.assessment.exchange.workbook import AnswerRow
from suqiu.domain.errors import InvalidInput
from suqiu.domain.finding import Verdict
from tests.assessment.made import catalogue, finding, gate, indicator, result

STANDARD = catalogue(
    [indicator("D1.1.1"), indicator("D1.1.2", question=True), indicator("D2.1.1", question=True)],
    [gate("G1"), gate("G2", question=True)],
)
ANSWERS = {
    "D1.1.2": AnswerRow(
        "D1.1.2", "mostly", "inspected", "F-1、F-2", "王评估", "2026-07-05", "=1+1 现场查看\n第二行", ""
    ),
    "G2": AnswerRow("G2", "full", "inspected", "0012", "王评估", "2026-07-05", "", ""),
    "D1.1.1": AnswerRow("D1.1.1", "not_applicable", "declared", "", "王评估", "2026-07-05", "无此业务", "李批准"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_answers_go_out_and_in_without_loss(language: Any) -> None:
    content = workbook.write(STANDARD, "city", ANSWERS, {}, language)
    assert {row.subject: row for row in workbook.read(content, "answers.xlsx")} == ANSWERS


def test_equal_answers_give_equal_files() -> None:
    assert workbook.write(STANDARD, "city", ANSWERS, {}, "zh") == workbook.write(STANDARD, "city", ANSWERS, {}, "zh")


def test_a_spreadsheet_program_that_rewrites_dates_and_numbers_loses_nothing() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.write(STANDARD, "city", ANSWERS, {}, "zh")))
    sheet = book["评判表"]
    titles = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        cell = row[titles.index("日期")]
        if cell.value:
            cell.number_format, cell.value = "yyyy-mm-dd", datetime(2026, 7, 5)
    out = io.BytesIO()
    book.save(out)
    assert {row.subject: row for row in workbook.read(out.getvalue(), "a.xlsx")} == ANSWERS


def test_every_question_has_a_line_and_no_text_becomes_a_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.write(STANDARD, "city", ANSWERS, {}, "zh")))
    subjects = [row[0].value for row in book["评判表"].iter_rows(min_row=2)]
    assert subjects == ["G2", "D1.1.2", "D2.1.1", "G1", "D1.1.1"]
    assert {cell.data_type for row in book["评判表"].iter_rows() for cell in row} <= {"s", "n"}


def test_every_line_that_cannot_be_used_is_named() -> None:
    wrong = {
        "D1.1.2": AnswerRow("D1.1.2", "well", "inspected", "", "", "2026-07-05", "", ""),
        "D2.1.1": AnswerRow("D2.1.1", "not_applicable", "measured", "", "王", "July", "", ""),
    }
    content = workbook.write(STANDARD, "city", wrong, {}, "zh")
    with pytest.raises(InvalidInput) as caught:
        workbook.read(content, "answers.xlsx")
    told = caught.value.message.en
    assert "5 faults" in told
    assert "row 3: the rating well is none" in told
    assert "row 4: the date July is none" in told


def test_what_is_no_workbook_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no readable xlsx"):
        workbook.read(b"PK not really", "a.xlsx")
    book = openpyxl.Workbook()
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(InvalidInput, match="lacks the columns"):
        workbook.read(out.getvalue(), "a.xlsx")


FOUND = result(
    [
        finding("D1.1.1", Verdict.MET),
        finding("D1.1.2", Verdict.UNKNOWN),
        finding("D2.1.1", Verdict.NOT_APPLICABLE),
    ],
    [finding("G1", Verdict.NOT_MET), finding("G2", Verdict.MET)],
)
#: The patterns of NIST's schema for ids and names.
_UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[45][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}")
_TOKEN = re.compile(r"[^\W\d][\w.\-]*")


def walk(node: Any) -> Any:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        assert node, "the schema allows no empty list"
        for value in node:
            yield from walk(value)


def test_oscal_has_what_the_format_demands() -> None:
    document = json.loads(oscal.to_oscal(FOUND, STANDARD, "zh"))["assessment-results"]
    assert {"uuid", "metadata", "import-ap", "results"} <= document.keys()
    assert {"title", "last-modified", "version", "oscal-version"} <= document["metadata"].keys()
    (only,) = document["results"]
    assert {"uuid", "title", "description", "start", "reviewed-controls"} <= only.keys()
    observations = {one["uuid"] for one in only["observations"]}
    resources = {one["uuid"] for one in document["back-matter"]["resources"]}
    for one in only["findings"]:
        assert {"uuid", "title", "description", "target"} <= one.keys()
        assert one["target"]["status"]["state"] in {"satisfied", "not-satisfied"}
        assert {link["observation-uuid"] for link in one["related-observations"]} <= observations
    for one in only["observations"]:
        assert {"uuid", "description", "methods", "collected"} <= one.keys()
        assert all(link["href"][1:] in resources for link in one.get("relevant-evidence", []))
    assert document["import-ap"]["href"][1:] in resources
    for node in walk(document):
        assert "uuid" not in node or _UUID.fullmatch(node["uuid"])
        assert "ns" not in node or _TOKEN.fullmatch(node["name"])
        assert "target-id" not in node or _TOKEN.fullmatch(node["target-id"])
        assert all(value != "" for value in node.values())


def test_oscal_keeps_unknown_apart_from_failed_and_leaves_out_what_does_not_apply() -> None:
    document = json.loads(oscal.to_oscal(FOUND, STANDARD, "en"))["assessment-results"]
    states = {
        one["target"]["target-id"]: (one["target"]["status"]["state"], one["target"]["status"]["reason"])
        for one in document["results"][0]["findings"]
    }
    assert states == {
        "D1.1.1": ("satisfied", "pass"),
        "D1.1.2": ("not-satisfied", "other"),
        "G1": ("not-satisfied", "fail"),
        "G2": ("satisfied", "pass"),
    }
    assert "D2.1.1" in document["results"][0]["remarks"]


def test_equal_results_give_equal_oscal() -> None:
    assert oscal.to_oscal(FOUND, STANDARD, "zh") == oscal.to_oscal(FOUND, STANDARD, "zh")
