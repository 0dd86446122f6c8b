"""Re-checks by sample in a centre: worksheets out, filled ones in.

A worksheet holds real keys and texts, so that the assessor finds the row: it stays in the centre. What was filled in
goes into `rechecks/` beside the forms; at the next assessment the rows checked become a table of evidence of their own,
as they are in truth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

from suqiu import intake as intakes
from suqiu.assessment import filled
from suqiu.assessment.conditions import holds
from suqiu.assessment.faults import FaultBook
from suqiu.assessment.forms import FORMS, Form, Kind
from suqiu.assessment.recheck import drawn, size_for
from suqiu.domain.errors import InvalidInput, SuqiuError
from suqiu.domain.text import Text
from suqiu.intake.times import parse_times
from suqiu.lake import replacing

#: Where filled worksheets are put, beside the forms.
FOLDER = "rechecks"
_TITLES = {
    "form": Text("填报表", "form"),
    "key": Text("编号", "key"),
    "column": Text("核对列", "column"),
    "claimed": Text("填报值", "claimed"),
    "checked": Text("核对值", "checked"),
    "by": Text("核对人", "checked by"),
    "context": Text("该行其他内容", "rest of the row"),
}
_READ = ("form", "key", "column", "checked")
_MOST_FAULTS = 20
_LONGEST_CONTEXT = 2000
#: Fixed, so that the same sample gives the same file.
_MADE = datetime(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Checks:
    """What assessors found when they looked again 复核结果.

    Attributes:
        values: by form, by key, by column: the value as it is in truth, as written.
        by: who checked, sorted.
        left: lines of worksheets on which nothing has been filled in yet.
    """

    values: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    by: tuple[str, ...] = ()
    left: int = 0

    @property
    def done(self) -> int:
        """How many values were checked."""
        return sum(len(columns) for keys in self.values.values() for columns in keys.values())


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sample 样本.

    Attributes:
        population: rows that could have been drawn.
        size: rows drawn.
    """

    population: int
    size: int


def read_checks(centre: Path) -> Checks:
    """Read every filled worksheet of a centre; lines whose checked value is empty are not checked yet.

    Raises:
        InvalidInput: a worksheet cannot be used; every line that is wrong is named.
    """
    folder = centre / FOLDER
    files = (
        sorted(path for path in folder.iterdir() if path.is_file() and path.name[0] not in ".~")
        if folder.is_dir()
        else []
    )
    values: dict[str, dict[str, dict[str, str]]] = {}
    people: set[str] = set()
    wrong: list[Text] = []
    left = 0
    for file in files:
        for line, cells in _lines(file):
            if not cells["checked"]:
                left += any(cells.values())
                continue
            what = _fault(cells, values)
            if what is not None:
                place = Text("{file}第{line}行：{what}", "{file} row {line}: {what}")
                wrong.append(place.fill(file=file.name, line=line, what=what))
                continue
            values.setdefault(cells["form"], {}).setdefault(cells["key"], {})[cells["column"]] = cells["checked"]
            people |= {cells.get("by", "")} - {""}
    if wrong:
        told = wrong[:_MOST_FAULTS]
        raise InvalidInput(
            "recheck.faults",
            Text("复核表有{count}处问题：{all}", "the worksheets have {count} faults: {all}").fill(
                count=len(wrong), all=Text("；".join(one.zh for one in told), "; ".join(one.en for one in told))
            ),
            Text("请改正rechecks目录中的复核表", "mend the worksheets in rechecks/"),
        )
    return Checks(values, tuple(sorted(people)), left)


def checked_sheets(
    form: Form, sheets: Sequence[filled.Sheet], checks: Mapping[str, Mapping[str, str]]
) -> list[filled.Sheet]:
    """Return a form's sheets cut down to the rows that were checked, with the values found.

    Args:
        form: which.
        sheets: as the centre filled them in.
        checks: by key, by column.
    """
    return [_CheckedSheet(form, sheet, checks) for sheet in sheets]


def require_all(form: Form, sheets: Sequence[filled.Sheet], checks: Mapping[str, Mapping[str, str]], good: int) -> None:
    """Refuse a form from which rows that were checked have gone: taking back what was found would raise the result.

    Args:
        form, sheets, checks: as for `checked_sheets`.
        good: how many of the rows that were checked can be used.

    Raises:
        InvalidInput: some are gone, or are filled in so that they cannot be used any more.
    """
    if good >= len(checks):
        return
    there = {
        key
        for sheet in checked_sheets(form, sheets, checks)
        for portion in sheet.portions()
        for key in pc.utf8_trim_whitespace(portion.batch.column(_header_of_key(form, sheet))).to_pylist()
    }
    gone = sorted(checks.keys() - there)
    what = Text(
        "填报表“{form}”中复核过的{count}行已不在表中或填写有误", "{count} checked rows of {form} are gone or wrong"
    )
    raise InvalidInput(
        "recheck.rows_gone",
        Text("{what}：{keys}", "{what}: {keys}").fill(
            what=what.fill(form=form.title, count=len(checks) - good), keys="、".join(gone[:_MOST_FAULTS]) or "—"
        ),
        Text("请恢复这些行，或由评估员重新抽样", "put the rows back, or have the assessor draw again"),
    )


def draw(
    form: Form,
    sheets: Sequence[filled.Sheet],
    out: Path,
    *,
    columns: Sequence[str],
    among: Mapping[str, object],
    half_width: float,
    expected: float,
    seed: str,
    as_of: date,
) -> Drawn:
    """Draw a sample of a form's rows and write the worksheet.

    Args:
        form: which.
        sheets: as the centre filled them in.
        out: the worksheet, xlsx.
        columns: what to ask for; columns of the form that may be checked.
        among: only rows for which this holds; conditions on columns that texts give rise to are left out.
        half_width, expected: see `recheck.size_for`.
        seed: see `recheck.drawn`.
        as_of: the day that conditions on days go by.

    Raises:
        InvalidInput: there is no row to draw.
    """
    faults = FaultBook(intakes.redact)
    batches = list(filled.rows_of(form, sheets, parse_times, faults) or ())
    table = pa.Table.from_batches(batches) if batches else None
    if table is not None and among:
        known = {name: wish for name, wish in among.items() if name in table.column_names}
        numbered = table.append_column("__place__", pa.array(np.arange(len(table))))
        frame = ibis.memtable(numbered.select([*known, "__place__"]))
        kept = frame.filter(holds(frame, known, as_of)).order_by("__place__").select("__place__").to_pyarrow()
        table = table.take(kept.column(0))
    if table is None or not len(table):
        raise InvalidInput(
            "recheck.nothing",
            Text("填报表“{form}”没有可抽取的行", "the form {form} has no row to draw").fill(form=form.title),
            Text("请核对该表是否已提交", "see whether it was handed in"),
        )
    (key,) = form.key
    keys = table.column(key).to_pylist()
    size = size_for(half_width, expected=expected, population=len(keys))
    chosen = table.take(pa.array(drawn(keys, size, seed)))
    with replacing(out) as part:
        _write(form, chosen, columns, part)
    return Drawn(len(keys), size)


class _CheckedSheet:
    """A sheet of which only the checked rows are seen, with what was found in place of what was claimed."""

    def __init__(self, form: Form, sheet: filled.Sheet, checks: Mapping[str, Mapping[str, str]]) -> None:
        self._sheet, self._checks = sheet, checks
        self._headers = {name: header for header, name in form.fits(sheet.columns).items()}
        self._key = _header_of_key(form, sheet)

    @property
    def file(self) -> str:
        return self._sheet.file

    @property
    def columns(self) -> tuple[str, ...]:
        return self._sheet.columns

    def portions(self) -> Iterator[filled.Portion]:
        known = pa.array(list(self._checks), pa.string())
        for portion in self._sheet.portions():
            keys = pc.utf8_trim_whitespace(portion.batch.column(self._key))
            batch = portion.batch.filter(pc.is_in(keys, value_set=known))
            yield _Part(self._corrected(batch, pc.utf8_trim_whitespace(batch.column(self._key))))

    def _corrected(self, batch: pa.RecordBatch, keys: pa.Array) -> pa.RecordBatch:
        found = [self._checks[key] for key in keys.to_pylist()]
        columns = {name: batch.column(name) for name in batch.schema.names}
        for name, header in self._headers.items():
            cells = columns[header].to_pylist()
            columns[header] = pa.array(
                [one.get(name, cell) for one, cell in zip(found, cells, strict=True)], pa.string()
            )
        return pa.RecordBatch.from_pydict(columns)


@dataclass(frozen=True, slots=True)
class _Part:
    """Some rows of a checked sheet; those that could not be taken apart were never drawn."""

    batch: pa.RecordBatch
    broken: Sequence[filled.Broken] = ()


def _header_of_key(form: Form, sheet: filled.Sheet) -> str:
    (key,) = form.key
    return next(header for header, name in form.fits(sheet.columns).items() if name == key)


def _lines(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Walk the lines of a worksheet with their numbers, in a spreadsheet or CSV."""
    try:
        tables = intakes.open_source(str(file)).tables
    except SuqiuError as error:
        raise InvalidInput("recheck.unreadable", error.message, error.hint) from error
    for table in tables:
        titles = {
            name: header
            for header in table.columns
            for name, title in _TITLES.items()
            if header.strip() in {name, title.zh, title.en}
        }
        if not set(_READ) <= titles.keys():
            raise InvalidInput(
                "recheck.columns",
                Text("复核表“{file}”缺少列：{names}", "the worksheet {file} lacks the columns {names}").fill(
                    file=file.name, names="、".join(_TITLES[name].zh for name in _READ if name not in titles)
                ),
                Text("请使用suqiu assess sample生成的复核表", "use a worksheet made by suqiu assess sample"),
            )
        for portion in table.portions():
            cells = {name: portion.batch.column(header).to_pylist() for name, header in titles.items()}
            rows = portion.batch.column(filled.ROW).to_pylist()
            for place, row in enumerate(rows):
                yield row, {name: (column[place] or "").strip() for name, column in cells.items()}


def _fault(cells: Mapping[str, str], values: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Text | None:
    form = FORMS.get(cells["form"])
    if form is None:
        return Text("没有填报表“{form}”", "there is no form {form}").fill(form=cells["form"])
    if cells["column"] not in {column.name for column in form.columns if column.check}:
        return Text("“{column}”不是可核对的列", "{column} cannot be checked").fill(column=cells["column"])
    if not filled.readable(form.column(cells["column"]), cells["checked"], parse_times):
        return Text("核对值“{value}”不能填入“{column}”", "{value} is no value of {column}").fill(
            value=cells["checked"], column=form.column(cells["column"]).title
        )
    before = values.get(cells["form"], {}).get(cells["key"], {}).get(cells["column"])
    if before is not None and before != cells["checked"]:
        return Text("“{key}”有两个不同的核对值", "{key} has two different values").fill(key=cells["key"])
    return None


def _write(form: Form, rows: pa.Table, columns: Sequence[str], path: Path) -> None:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": _MADE})
    sheet = book.add_worksheet("复核表")
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF5", "border": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "num_format": "@"})
    for place, (name, width) in enumerate(zip(_TITLES, (14, 20, 16, 30, 30, 12, 80), strict=True)):
        sheet.write_string(0, place, _TITLES[name].zh, bold)
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 2)
    (key,) = form.key
    line = 0
    for row in rows.to_pylist():
        others = "；".join(
            f"{column.title.zh}：{row[column.name]}"
            for column in form.columns
            if column.name not in {key, *columns} and row[column.name] is not None
        )
        for name in columns:
            line += 1
            cells = (
                form.name,
                row[key],
                name,
                _shown(row[name], form.column(name).kind),
                "",
                "",
                others[:_LONGEST_CONTEXT],
            )
            for place, cell in enumerate(cells):
                sheet.write_string(line, place, str(cell), wrap)
    book.close()


def _shown(value: object, kind: Kind) -> str:
    if value is None:
        return ""
    return ("是" if value else "否") if kind is Kind.FLAG else str(value)
