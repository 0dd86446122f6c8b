"""A centre's file: what lies in the folder is found, and everything wrong is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from suqiu.assessment.centre import CentreFile, load, read
from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.finding import Backing

LEAST = "id: town\nname: 云台市12345热线\n"


def folder(root: Path, text: str = LEAST, *files: str) -> Path:
    (root / "centre.yaml").write_text(text, "utf-8")
    for file in files:
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("编号\n", "utf-8")
    return root


def names(centre: CentreFile) -> list[str]:
    return [item.name for item in centre.items]


def test_files_named_after_their_form_are_found_in_either_language(tmp_path: Path) -> None:
    centre = load(
        folder(tmp_path, LEAST, "staff.csv", "智能建议日志.xlsx", "forms/预警记录.jsonl", "随手记.csv", "~$staff.xlsx")
    )
    assert names(centre) == ["alerts", "staff", "suggestions"]
    assert centre.profile == "city"
    assert centre.period is None


def test_business_data_is_found_as_files_a_folder_or_tables_read_before(tmp_path: Path) -> None:
    for number, (files, found) in enumerate(
        [
            (("orders.csv", "callbacks.csv"), ["call_backs", "orders"]),
            (("export/any.csv",), ["export"]),
            (("lake/orders.parquet",), ["lake"]),
        ]
    ):
        place = tmp_path / str(number)
        place.mkdir()
        assert names(load(folder(place, LEAST, *files))) == found


def test_what_is_there_twice_is_refused_not_chosen(tmp_path: Path) -> None:
    _, faults = read(folder(tmp_path, LEAST, "staff.csv", "forms/人员名册.xlsx", "orders.csv", "export/orders.csv"))
    assert [fault.severity for fault in faults] == ["error", "error"]
    assert "人员名册.xlsx" in faults[0].message.zh + faults[1].message.zh


def test_a_listed_item_says_where_it_comes_from_and_until_when_it_counts(tmp_path: Path) -> None:
    text = (
        LEAST + "evidence:\n"
        "  - form: suggestions\n    file: logs/a.csv\n    origin: {system: 座席系统, version: '3.2'}\n"
        "    collected: 2026-07-02\n    expires: 2026-12-31\n    backing: attested\n"
        "targets:\n  - {subject: D1.1.1, target: 0.9, floor: 0.5, set_by: 热线办, reason: 年度要点}\n"
        "period: {first: 2026-01-01, last: 2026-06-30}\n"
    )
    centre = load(folder(tmp_path, text, "logs/a.csv"))
    (item,) = centre.items
    assert item.origin == "座席系统 3.2"
    assert item.collected == date(2026, 7, 2)
    assert item.expires == date(2026, 12, 31)
    assert item.backing is Backing.ATTESTED
    assert centre.targets[0].floor == 0.5
    assert centre.period == (date(2026, 1, 1), date(2026, 6, 30))


def test_everything_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    text = (
        "id: Town 1\nname: 云台市\nresidents: many\nperiod: {first: 2026-06-30, last: 2026-01-01}\n"
        "evidence:\n"
        "  - {form: sugestions, file: staff.csv}\n"
        "  - {form: staff, file: none.csv}\n"
        "  - {form: staff, table: orders, file: staff.csv}\n"
        "  - {form: staff, file: staff.csv, backing: measured}\n"
        "colour: red\n"
    )
    with pytest.raises(InvalidInput) as refusal:
        load(folder(tmp_path, text, "staff.csv"))
    for part in ("第1行", "第3行", "第4行", "sugestions", "none.csv", "form和table", "attested", "colour"):
        assert part in refusal.value.message.zh


@pytest.mark.parametrize(
    "line",
    [
        "period: {first: 0001-01-01, last: 2026-06-30}",
        "period: {first: 2026-01-01, last: 9999-12-31}",
        "evidence: [{form: staff, file: staff.csv, collected: 9999-12-01}]",
    ],
)
def test_days_of_other_ages_are_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        load(folder(tmp_path, f"{LEAST}{line}\n", "staff.csv"))
    assert "centre.yaml第3行" in refusal.value.message.zh
    assert "不合理" in refusal.value.message.zh


def test_a_folder_without_its_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        load(tmp_path)
