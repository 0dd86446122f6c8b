"""An empty centre's folder to begin with: centre.yaml, one workbook for each form, and what to fill in first."""

from __future__ import annotations

from datetime import datetime
from importlib import resources
from pathlib import Path

import xlsxwriter

from suqiu.assessment.forms import FORMS, Column, Form, Kind
from suqiu.domain.errors import Conflict
from suqiu.domain.text import Text

FOLDER = "forms"
#: Its template comes from the standard, for it has a row for each of the standard's questions.
_FROM_THE_STANDARD = frozenset({"answers"})
#: Workbooks hold the day they were made; a fixed one keeps the same bytes for the same form.
_MADE = datetime(2026, 1, 1)
#: Rows that are made ready for input.
_READY_ROWS = 1000
#: A spreadsheet takes no longer list of choices.
_LONGEST_LIST = 255

KINDS: dict[Kind, Text] = {
    Kind.ID: Text(
        "编号，留在中心，报出时改为流水号", "a number; it stays in the centre and leaves as a running number"
    ),
    Kind.REF: Text("引用编号，须与导出数据一致", "a number as in the export; it leaves as a running number"),
    Kind.CODE: Text("代码，从所列代码中选", "a code from the list"),
    Kind.WORD: Text("短语，不得含个人信息", "a short word without personal data"),
    Kind.TEXT: Text("文本，只在本地计算，不出中心", "a text; it is only counted and never leaves the centre"),
    Kind.FLAG: Text("是或否", "yes or no"),
    Kind.COUNT: Text("非负整数", "a whole number from 0 on"),
    Kind.NUMBER: Text("数字，不带单位", "a number without a unit"),
    Kind.SHARE: Text("比例，如0.85或85%", "a share, such as 0.85 or 85%"),
    Kind.POINTS: Text("0至100的分数，不带单位", "points from 0 to 100 without a unit"),
    Kind.DAY: Text("日期，如2026-03-01", "a day, such as 2026-03-01"),
    Kind.TIME: Text("时间，如2026-03-01 08:30:00", "a time, such as 2026-03-01 08:30:00"),
}
_FORMATS = {Kind.DAY: "yyyy-mm-dd", Kind.TIME: "yyyy-mm-dd hh:mm:ss"}
_AS_TEXT = frozenset({Kind.ID, Kind.REF, Kind.WORD, Kind.CODE, Kind.TEXT})

#: What an empty folder begins with beside the forms.
_STARTING = ("centre.yaml", "README.md")


def write(folder: Path) -> list[Path]:
    """Write an empty centre's folder and return its files, in order.

    Raises:
        Conflict: one of the files is there already; nothing is written then.
    """
    forms = [form for form in FORMS.values() if not form.made and form.name not in _FROM_THE_STANDARD]
    books = {folder / FOLDER / f"{form.title.zh}.xlsx": form for form in forms}
    starting = resources.files("suqiu.assessment") / "starting"
    texts = {folder / name: (starting / name).read_text(encoding="utf-8") for name in _STARTING}
    there = [path for path in (*texts, *books) if path.exists()]
    if there:
        raise Conflict(
            "templates.exists",
            Text("“{path}”已存在，不会覆盖", "{path} is there already and is not overwritten").fill(path=there[0]),
            Text("请换一个目录", "choose another folder"),
        )
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    for path, form in books.items():
        write_book(path, form)
    return [*texts, *books]


def write_book(path: Path, form: Form) -> None:
    """Write a form's workbook: a sheet to fill in, and a sheet that says how."""
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"title": form.title.zh, "created": _MADE})
        head = book.add_format({"bold": True, "bg_color": "#D9E2F3", "border": 1})
        must = book.add_format({"bold": True, "bg_color": "#F8CBAD", "border": 1})
        sheet = book.add_worksheet("填报")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(form.columns):
            cells = book.add_format(
                {"num_format": "@" if column.kind in _AS_TEXT else _FORMATS.get(column.kind, "General")}
            )
            sheet.set_column(place, place, max(14, 2 * len(column.title.zh) + 4), cells)
            sheet.write_string(0, place, column.title.zh, must if column.required else head)
            _choices(sheet, place, column)
        notes = book.add_worksheet("填报说明")
        notes.set_column(0, 5, 18)
        notes.set_column(6, 6, 60)
        lines = [
            ("填报表", form.title.zh, form.name, form.title.en),
            ("内容", form.about.zh, "", form.about.en),
            ("有效期", f"{form.valid_months}个月", "", f"{form.valid_months} months"),
            ("列", "列名", "必填", "类型", "可用代码", "英文", "说明"),
        ]
        lines += [_line(column) for column in form.columns]
        for row, line in enumerate(lines):
            for place, cell in enumerate(line):
                notes.write_string(row, place, cell, head if line[0] == "列" and row == 3 else None)


def _line(column: Column) -> tuple[str, ...]:
    marks = [mark for flag, mark in ((column.key, "不得重复"), (column.check, "可能抽查")) if flag]
    note = "；".join(part for part in (column.note, *marks) if part)
    must = "必填" if column.required else ""
    return (column.title.zh, column.name, must, KINDS[column.kind].zh, "、".join(column.codes), column.title.en, note)


def _choices(sheet: xlsxwriter.worksheet.Worksheet, place: int, column: Column) -> None:
    """Let a spreadsheet offer the codes."""
    choices = ["是", "否"] if column.kind is Kind.FLAG else list(column.codes)
    if choices and len(",".join(choices)) <= _LONGEST_LIST:
        sheet.data_validation(1, place, _READY_ROWS, place, {"validate": "list", "source": choices})
