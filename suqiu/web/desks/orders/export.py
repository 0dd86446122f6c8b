"""What was found, as a file: redacted texts only, nobody's identity, nothing that a spreadsheet would run 查询导出."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import xlsxwriter
from django.db.models import QuerySet

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.web.desks.templatetags import suqiu as shown
from suqiu.web.orders.models import Order
from suqiu.web.wording import told

#: Rows of one file. A sheet takes longer to write than plain rows, and somebody waits for it.
MOST = {"csv": 200_000, "xlsx": 20_000}
_CHUNK = 500
#: What makes a spreadsheet take a cell for a formula, as the first character that is not a space.
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_YES = {True: Text("是", "yes"), False: Text("否", "no")}
COLUMNS: tuple[tuple[str, Text], ...] = (
    ("number", Text("工单编号", "number")),
    ("title", Text("标题", "title")),
    ("text", Text("诉求内容", "demand")),
    ("channel", Text("受理渠道", "channel")),
    ("type", Text("诉求类型", "type")),
    ("category", Text("问题分类", "category")),
    ("urgency", Text("紧急程度", "urgency")),
    ("place", Text("事发区划", "region")),
    ("address", Text("事发地址", "address")),
    ("department", Text("主办单位", "lead unit")),
    ("status", Text("工单状态", "status")),
    ("accepted_at", Text("受理时间", "accepted")),
    ("due_at", Text("当前时限", "due")),
    ("replied_at", Text("反馈时间", "replied")),
    ("closed_at", Text("办结时间", "closed")),
    ("returns", Text("退单次数", "returns")),
    ("extensions", Text("延期次数", "extensions")),
    ("urges", Text("催办次数", "urges")),
    ("supervised", Text("督办", "supervised")),
    ("exempt", Text("不合理诉求", "exempt")),
    ("solved", Text("是否解决", "solved")),
    ("satisfaction", Text("满意度", "satisfaction")),
)
_NAMED = {"channel", "type", "urgency", "status", "satisfaction"}


def harmless(value: str) -> str:
    """Return a cell's text so that no spreadsheet takes it for a formula: a quote is put before what begins one."""
    runs = value.lstrip(" \u3000").startswith(_STARTS_A_FORMULA)
    return f"'{value}" if runs else value


def cells(order: Order) -> list[str]:
    """Return one row of the file."""
    return [harmless(_cell(name, getattr(order, name))) for name, _ in COLUMNS]


def _cell(name: str, value: object) -> str:
    if value is None or value == "":
        return ""
    if name in _NAMED:
        return shown.named(value)
    if name in {"category", "place", "department"}:
        return {"category": shown.category, "place": shown.place, "department": shown.department}[name](value)
    if isinstance(value, bool):
        return told(_YES[value])
    return shown.moment(value) if isinstance(value, datetime) else str(value)


def counted(orders: QuerySet[Order], form: str) -> int:
    """Return how many rows the file will have.

    Raises:
        InvalidInput: more than one file holds, or in a form that is not written.
    """
    if form not in MOST:
        raise InvalidInput(
            "export.form", Text("不支持这种导出格式", "no such form"), Text("请选择CSV或XLSX", "choose CSV or XLSX")
        )
    count = orders.order_by()[: MOST[form] + 1].count()
    if count > MOST[form]:
        raise InvalidInput(
            "export.large",
            Text("结果超过{most}条，不能一次导出", "more than {most} rows cannot be exported at once").fill(
                most=f"{MOST[form]:,}"
            ),
            Text("请缩短受理日期范围后分次导出", "narrow the days and export in parts"),
        )
    return count


def as_csv(orders: QuerySet[Order]) -> Iterator[bytes]:
    """Yield the file in pieces; the mark at its beginning lets spreadsheets read Chinese."""
    yield b"\xef\xbb\xbf" + _lines([[told(name) for _, name in COLUMNS]])
    rows: list[list[str]] = []
    for order in orders.iterator(chunk_size=_CHUNK):
        rows.append(cells(order))
        if len(rows) == _CHUNK:
            yield _lines(rows)
            rows = []
    if rows:
        yield _lines(rows)


def _lines(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8")


def as_xlsx(orders: QuerySet[Order]) -> bytes:
    """Return the file as a workbook; every cell is text, so nothing in it is computed."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "orders.xlsx"
        book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
        sheet = book.add_worksheet("orders")
        sheet.freeze_panes(1, 1)
        bold = book.add_format({"bold": True})
        for at, (_, name) in enumerate(COLUMNS):
            sheet.write_string(0, at, told(name), bold)
        for row, order in enumerate(orders.iterator(chunk_size=_CHUNK), start=1):
            for at, value in enumerate(cells(order)):
                sheet.write_string(row, at, value[:32_000])
        book.close()
        return path.read_bytes()
