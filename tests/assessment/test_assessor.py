"""What an assessor does from the command line: begin a folder, exchange the answers, draw a sample, sign, assess."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
import yaml

from suqiu import cli

CENTRE = "id: demo\nname: 某市12345热线\nperiod: {first: 2026-01-01, last: 2026-06-30}\n"
DOCUMENT = ["W-1", "制度", "紧急热线联动办法", "2026-02-01"]


class Said(NamedTuple):
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


class Desk:
    """A scratch folder in which commands are given."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self.capsys = home, capsys

    def say(self, *words: object) -> Said:
        with pytest.raises(SystemExit) as ended:
            cli.main([str(word) for word in words])
        told = self.capsys.readouterr()
        assert "Traceback" not in told.err
        return Said(int(str(ended.value.code or 0)), told.out, told.err)

    def centre(self) -> Path:
        """Make a centre that hands in a list of documents and a few cues."""
        folder = self.home / "centre"
        folder.mkdir()
        (folder / "centre.yaml").write_text(CENTRE, "utf-8")
        table(folder / "documents.csv", "文件编号 文件类型 名称 日期", DOCUMENT)
        cues = [[f"J{n}", "2026-03-01 08:30:00", "是"] for n in range(12)]
        table(folder / "emergencies.csv", "编号 发现时间 是否移交", *cues)
        return folder

    def findings(self, out: Path) -> dict[str, str]:
        result = json.loads((out / "result.json").read_text("utf-8"))
        return {one["subject"]: one["verdict"] for one in [*result["findings"], *result["gate_findings"]]}


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def table(path: Path, header: str, *rows: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header.split(), *rows])


def fill(path: Path, **answers: dict[str, str]) -> None:
    """Fill in the assessor's spreadsheet as a spreadsheet program would."""
    book = openpyxl.load_workbook(path)
    sheet = book["评判表"]
    places = {str(cell.value): place for place, cell in enumerate(sheet[1], start=1)}
    rows = {str(row[0].value): row[0].row for row in sheet.iter_rows(min_row=2)}
    for subject, cells in answers.items():
        for title, text in cells.items():
            sheet.cell(rows[subject.replace("_", ".")], places[title]).value = text
    book.save(path)


SEEN = {"评判": "完全符合", "依据": "查验", "所据文件": "W-1", "评估员": "甲", "日期": "2026-07-02"}


def test_a_folder_to_begin_with_can_be_assessed_as_it_is_and_settles_nothing(desk: Desk) -> None:
    begun = desk.say("assess", "init", desk.home / "new")
    assert begun.code == 0
    assert {"README.md", "centre.yaml", "forms", "评判表.xlsx", "自设目标值.yaml"} == {
        path.name for path in (desk.home / "new").iterdir()
    }
    run = desk.say("assess", desk.home / "new", "--out", desk.home / "out", "--period", "2026H1")
    assert run.code == 0
    assert "未定级" in run.out
    assert "证据覆盖率      0.0%" in run.out
    assert "最能提高覆盖率" in run.out


def test_nothing_is_ever_overwritten_by_init(desk: Desk) -> None:
    desk.say("assess", "init", desk.home / "new")
    (desk.home / "new" / "centre.yaml").write_text("mine", "utf-8")
    before = {path: path.read_bytes() for path in (desk.home / "new").rglob("*") if path.is_file()}
    again = desk.say("assess", "init", desk.home / "new")
    assert again.code == 4
    assert {path: path.read_bytes() for path in before} == before
    (desk.home / "new" / "评判表.xlsx").unlink()
    (desk.home / "new" / "自设目标值.yaml").unlink()
    assert desk.say("assess", "init", desk.home / "new").code == 4


def test_targets_to_be_set_are_yaml_once_the_marks_are_taken_away(desk: Desk) -> None:
    desk.say("assess", "init", desk.home / "new", "--profile", "county")
    lines = (desk.home / "new" / "自设目标值.yaml").read_text("utf-8").splitlines()
    entries = yaml.safe_load("\n".join(line[1:] for line in lines if line.startswith("#  - ")))
    assert len(entries) > 30
    assert all(entry.keys() == {"subject", "target", "set_by", "reason"} for entry in entries)


def test_ratings_count_once_they_are_read_in_and_those_that_are_not_are_told(desk: Desk) -> None:
    centre, out = desk.centre(), desk.home / "out"
    sheet = centre / "评判表.xlsx"
    assert desk.say("assess", "sheet", centre, "--out", sheet).code == 0
    fill(sheet, D1_3_3=SEEN, D1_2_3={**SEEN, "评判": "不适用", "说明": "辖区无此需求", "不适用批准人": "乙"})
    before = desk.say("assess", centre, "--out", out)
    assert "2条评判尚未导入" in before.out
    assert desk.findings(out)["D1.3.3"] == "unknown"
    assert "2条" in desk.say("assess", "sheet", centre, "--in", sheet).out
    after = desk.say("assess", centre, "--out", out)
    assert "尚未导入" not in after.out
    found = desk.findings(out)
    assert (found["D1.3.3"], found["D1.2.3"]) == ("met", "not_applicable")
    desk.say("assess", "sheet", centre, "--out", sheet, "--result", out)
    rows = {str(row[0]): row for row in openpyxl.load_workbook(sheet)["评判表"].iter_rows(min_row=2, values_only=True)}
    assert "完全符合" in rows["D1.3.3"]
    assert any("辖区无此需求" in str(cell) for cell in rows["D1.2.3"])
    assert "未提交" in str(rows["D1.1.1"][7]), "the findings as they stand are beside the questions"


def test_a_spreadsheet_with_faults_changes_nothing_and_names_each(desk: Desk) -> None:
    centre, sheet = desk.centre(), desk.home / "a.xlsx"
    desk.say("assess", "sheet", centre, "--out", sheet)
    fill(sheet, D1_3_3={**SEEN, "评判": "符合", "日期": "7月2日"}, D1_2_3={**SEEN, "评判": "不适用"})
    refused = desk.say("assess", "sheet", centre, "--in", sheet)
    assert refused.code == 2
    assert "3处问题" in refused.err
    assert "应为完全符合、大部分符合、部分符合、不符合、不适用" in refused.err
    assert not (centre / "forms" / "answers.csv").exists()


def test_answers_are_not_read_in_beside_another_file_that_would_be_taken_instead(desk: Desk) -> None:
    centre, sheet = desk.centre(), desk.home / "a.xlsx"
    desk.say("assess", "sheet", centre, "--out", sheet)
    fill(sheet, D1_3_3=SEEN)
    table(centre / "answers.csv", "subject rating basis by dated", ["D1.3.3", "none", "inspected", "甲", "2026-07-01"])
    refused = desk.say("assess", "sheet", centre, "--in", sheet)
    assert (refused.code, "assess.answers_elsewhere" in refused.err) == (4, True)


@pytest.mark.parametrize("ways", [(), ("--out", "a.xlsx", "--in", "a.xlsx")])
def test_the_spreadsheet_goes_either_out_or_in(desk: Desk, ways: tuple[str, ...]) -> None:
    assert "assess.out_or_in" in desk.say("assess", "sheet", desk.centre(), *ways).err


def test_a_sample_is_sized_drawn_and_told(desk: Desk) -> None:
    centre, out = desk.centre(), desk.home / "a.xlsx"
    told = desk.say("assess", "sample", centre, "G1", "--out", out, "--width", "0.2")
    assert told.code == 0
    assert "行，取自12行" in told.out
    assert "handed_over" in told.out
    first = out.read_bytes()
    desk.say("assess", "sample", centre, "emergencies", "--out", out, "--width", "0.2")
    assert out.read_bytes() == first


WRONG_SAMPLES = {
    "D9.9.9": "assess.no_claim",
    "D4.1.1": "assess.no_claim",
    "D1.1.1": "assess.not_by_sample",
    "budget": "assess.not_by_sample",
    "D2.2.1": "assess.form_missing",
}


@pytest.mark.parametrize(("subject", "code"), WRONG_SAMPLES.items())
def test_what_cannot_be_sampled_is_answered(desk: Desk, subject: str, code: str) -> None:
    assert code in desk.say("assess", "sample", desk.centre(), subject, "--out", desk.home / "a.xlsx").err


def test_a_column_that_cannot_be_checked_is_answered_with_those_that_can(desk: Desk) -> None:
    words = ("emergencies", "--column", "target", "--out", desk.home / "a.xlsx")
    assert "可核对的有：handed_over" in desk.say("assess", "sample", desk.centre(), *words).err


def test_a_key_is_made_once_and_signs_what_a_third_party_verifies(desk: Desk) -> None:
    """One assessment with a worksheet half filled in serves for all that comes after it."""
    centre, out, key = desk.centre(), desk.home / "out", desk.home / "centre.key"
    made = desk.say("assess", "key", key)
    fingerprint = made.out.split("签名指纹")[1].split("（")[0].strip()
    assert desk.say("assess", "key", key).code == 4
    (centre / "rechecks").mkdir()
    rows = [["emergencies", f"J{n}", "handed_over", "否" if n == 3 else "是" if n < 8 else "", "乙"] for n in range(10)]
    table(centre / "rechecks" / "a.csv", "form key column checked by", *rows)
    told = desk.say("assess", centre, "--out", out, "--key", key).out
    assert fingerprint in told
    assert "已核对8项，未核对2项" in told
    assert "与填报不符，以复核为准：G1" in told
    assert desk.findings(out)["G1"] == "not_met"
    assert desk.say("assess", "verify", out, "--signer", fingerprint).code == 0
    (out / "previous.json").write_text("{}", "utf-8")
    other = desk.say("assess", "verify", out, "--signer", "0" * 16)
    assert other.code == 4
    assert "签名指纹应为" in other.out
    assert "不在清单内" in other.out
    (out / "previous.json").unlink()
    kept = (out / "manifest.json").read_bytes()
    lost = desk.say("assess", centre, "--out", out, "--key", desk.home / "lost.key")
    assert (lost.code, "bundle.no_key" in lost.err) == (3, True)
    assert (out / "manifest.json").read_bytes() == kept, "a lost key is told before the last bundle is touched"
    plan = desk.say("assess", "plan", out, "--to", "1").out
    assert "D2.1.7" in plan
    assert "合计" in plan
    assert desk.say("assess", "oscal", out, "--out", desk.home / "o.json").code == 0
    assert "assessment-results" in json.loads((desk.home / "o.json").read_text("utf-8"))
    assert desk.say("assess", "plan", centre).code == 3
