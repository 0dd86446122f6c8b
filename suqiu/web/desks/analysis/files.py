"""A question's table as a file: numbers as numbers, texts that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io

import xlsxwriter

from suqiu.domain.errors import InvalidInput
from suqiu.domain.evidence import Fact
from suqiu.domain.text import Text
from suqiu.web.desks.analysis.answering import Answer, Line
from suqiu.web.desks.orders.export import harmless
from suqiu.web.wording import told

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_COLUMNS = (
    Text("指标", "measure"), Text("切片", "slice"), Text("切片编码", "slice id"), Text("期间", "period"),
    Text("值", "value"), Text("单位", "unit"), Text("分子", "numerator"), Text("分母", "denominator"),
    Text("区间下限", "interval from"), Text("区间上限", "interval to"), Text("统计行数", "rows"),
    Text("对比期值", "value compared"), Text("变化", "change"), Text("说明", "reason"),
    Text("数据版本", "data version"),
)  # fmt: skip

Cell = str | float | int | None


def table(answer: Answer) -> list[list[Cell]]:
    """Return the table with its head: the whole first, then the slices."""
    lines = [*([answer.whole] if answer.whole else []), *answer.lines]
    return [[told(name) for name in _COLUMNS], *(_row(line) for line in lines)]


def _row(line: Line) -> list[Cell]:
    fact: Fact = line.fact
    ends = fact.interval
    return [
        told(fact.name), told(fact.slice.name), fact.slice.key, fact.period, fact.value, fact.unit,
        fact.numerator, fact.denominator, ends.lower if ends else None, ends.upper if ends else None, fact.rows,
        line.before.value if line.before else None, line.change, told(fact.reason) if fact.reason else "",
        fact.data_version,
    ]  # fmt: skip


def written(rows: list[list[Cell]], form: str) -> bytes:
    """Return the table as a file.

    Raises:
        InvalidInput: the form is none that is written.
    """
    if form not in FORMS:
        raise InvalidInput(
            "export.form", Text("不支持这种导出格式", "no such form"), Text("请选择CSV或XLSX", "choose CSV or XLSX")
        )
    safe = [[harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    return _as_csv(safe) if form == "csv" else _as_xlsx(safe)


def _as_csv(rows: list[list[Cell]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")  # the mark lets spreadsheets read Chinese


def _as_xlsx(rows: list[list[Cell]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("analysis")
    sheet.freeze_panes(1, 2)
    bold = book.add_format({"bold": True})
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(at, column, cell, bold if at == 0 else None)
            elif cell is not None:
                sheet.write_number(at, column, cell)
    book.close()
    return out.getvalue()
