"""What was filled into a form: read in portions, every cell checked, everything that is wrong named.

A row with a wrong cell is kept out and listed; a form that lacks a required column is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.assessment.faults import FaultBook, FormFault
from suqiu.assessment.forms import Column, Form, Kind

Flags = npt.NDArray[np.bool_]
Moments = npt.NDArray[np.datetime64]
#: Reads a column of texts as moments (NaT where it cannot), and says which are filled but unreadable.
Times = Callable[[pa.Array], tuple[Moments, Flags]]

#: The column of each portion that carries its rows' numbers, as a spreadsheet shows them.
ROW = "__row__"
#: Which file of the form a row came from.
FILE = "__file__"

_NOTHING = pa.scalar(None, pa.string())
_BLANKS = pa.array(["", "-", "--", "—", "——", "/", "\\N", "null", "NULL", "Null", "None", "none", "N/A", "NaN", "nan"])
_YES = pa.array(["是", "true", "1", "y", "yes", "有", "√", "对", "t"])
_NO = pa.array(["否", "false", "0", "n", "no", "无", "没有", "×", "x", "错", "f"])
#: What is meant to be a word and is longer than this is a text.
_LONGEST_WORD = 200
_FIRST, _LAST = np.datetime64("1950-01-01", "s"), np.datetime64("2100-01-01", "s")
#: A spreadsheet's 1.23457E+17: many numbers share it, so that it names none of them.
_MANGLED = r"^[0-9]\.[0-9]+[eE]\+?[0-9]{1,3}$|^[0-9][eE]\+[0-9]{1,3}$"


class Broken(Protocol):
    """A row that could not be taken apart."""

    @property
    def row(self) -> int:
        """Its number as a spreadsheet shows it."""

    @property
    def shown(self) -> str:
        """It as it stands in the file."""


class Portion(Protocol):
    """Some rows of a table."""

    @property
    def batch(self) -> pa.RecordBatch:
        """Text columns named as in the file, and `__row__`."""

    @property
    def broken(self) -> Sequence[Broken]:
        """Rows that could not be taken apart."""


class Sheet(Protocol):
    """One table of a file, however it is stored."""

    @property
    def file(self) -> str:
        """The file as a person is told."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Its header."""

    def portions(self) -> Iterator[Portion]:
        """Walk its rows from the beginning."""


def chosen(form: Form, sheets: Sequence[Sheet]) -> list[Sheet]:
    """Return the sheets of a file that hold the form: those with all required columns, else the one most like it."""
    fitting = [sheet for sheet in sheets if not lacking(form, sheet)]
    best = max(sheets, key=lambda sheet: len(form.fits(sheet.columns)), default=None)
    return fitting or ([] if best is None else [best])


def lacking(form: Form, sheet: Sheet) -> tuple[Column, ...]:
    """Return the required columns that a sheet has not."""
    there = set(form.fits(sheet.columns).values())
    return tuple(column for column in form.columns if column.required and column.name not in there)


def rows_of(form: Form, sheets: Sequence[Sheet], times: Times, faults: FaultBook) -> Iterator[pa.RecordBatch] | None:
    """Walk the good rows of a form, in batches; None when it is refused as a whole, which is then noted.

    A batch has all columns of the form as filled in: ids, references, codes, words and texts as texts, the others in
    their own type, beside `__row__` and `__file__` (the place of its sheet).

    Args:
        form: what is to be read.
        sheets: the tables that were handed in for it.
        times: reads a column of texts as moments.
        faults: where everything wrong goes.
    """
    refused = False
    for sheet in sheets:
        missing = lacking(form, sheet)
        if missing:
            faults.note(
                form, sheet.file, "、".join(f"{one.title.zh}（{one.name}）" for one in missing), "missing_column"
            )
            refused = True
        unknown = [header for header in sheet.columns if header not in form.fits(sheet.columns)]
        if unknown:
            faults.note(form, sheet.file, "、".join(unknown), "unknown_column")
    return None if refused or not sheets else _rows(form, sheets, times, faults)


def readable(column: Column, value: str, times: Times) -> bool:
    """Say whether a value is one that a cell of a column may hold."""
    cells = _clean(pa.array([value], pa.string()), column)
    _, _, wrong = _READERS[column.kind](cells, column, times)
    return bool(cells[0].is_valid) and not wrong.any()


def _rows(form: Form, sheets: Sequence[Sheet], times: Times, faults: FaultBook) -> Iterator[pa.RecordBatch]:
    for place, sheet in enumerate(sheets):
        headers = {name: header for header, name in form.fits(sheet.columns).items()}
        for portion in sheet.portions():
            for broken in portion.broken:
                faults.add(form, sheet.file, "", "broken_row", [broken.row], pa.array([broken.shown]))
            if portion.batch.num_rows:
                yield _checked(form, headers, portion.batch, times, faults, sheet.file, place)


def _checked(
    form: Form,
    headers: Mapping[str, str],
    batch: pa.RecordBatch,
    times: Times,
    faults: FaultBook,
    file: str,
    place: int,
) -> pa.RecordBatch:
    """Read a portion's cells and leave out the rows in which one is wrong."""
    rows = batch.column(ROW).to_numpy()
    rejected = np.zeros(batch.num_rows, dtype=bool)
    columns: dict[str, pa.Array] = {}
    for column in form.columns:
        header = headers.get(column.name)
        cells = pa.nulls(batch.num_rows, pa.string()) if header is None else _clean(batch.column(header), column)
        columns[column.name], code, wrong = _READERS[column.kind](cells, column, times)
        absent = _flags(pc.is_null(cells)) if column.required else np.zeros(len(rows), dtype=bool)
        for which, fault in ((wrong, code), (absent, FormFault.MISSING_VALUE)):
            if which.any():
                shown = pa.nulls(len(rows), pa.string()) if column.kind is Kind.TEXT else cells
                faults.add(form, file, str(header), fault, rows[which], shown.filter(pa.array(which)))
        rejected |= wrong | absent
    columns[ROW] = batch.column(ROW)
    columns[FILE] = pa.array(np.full(len(rows), place, dtype=np.int32))
    return pa.RecordBatch.from_pydict(columns).filter(pa.array(~rejected))


def _clean(cells: pa.Array, column: Column) -> pa.Array:
    """Trim cells and make blank ones null; but in a text even a dash is something, and a code is what it says."""
    kind = column.kind
    trimmed = pc.utf8_trim(cells, " \t\r\n\u00a0\u3000\ufeff\u200b")
    if kind is Kind.TEXT:
        return pc.if_else(pc.equal(trimmed, ""), _NOTHING, trimmed)
    if kind not in {Kind.ID, Kind.REF, Kind.WORD} and not pc.all(pc.string_is_ascii(trimmed), min_count=0).as_py():
        trimmed = pc.utf8_normalize(trimmed, "NFKC")
    blank = pc.is_in(trimmed, value_set=_BLANKS)
    if "none" in column.codes:  # a rating that says something, and what another program writes for nothing
        blank = pc.and_not(blank, pc.equal(pc.utf8_lower(trimmed), "none"))
    return pc.if_else(blank, _NOTHING, trimmed)


Read = tuple[pa.Array, FormFault, Flags]


def _id(cells: pa.Array, column: Column, _: Times) -> Read:
    # Spreadsheets guard long numbers as ="123" or '123.
    guarded = pc.or_(pc.starts_with(cells, "="), pc.starts_with(cells, "'"))
    if pc.any(guarded, min_count=0).as_py():
        cells = pc.replace_substring_regex(cells, '^(?:="(.*)"|\'(.*))$', r"\1\2")
    mangled = _flags(pc.match_substring_regex(cells, _MANGLED))
    return cells, FormFault.MANGLED_NUMBER, mangled


def _word(cells: pa.Array, column: Column, _: Times) -> Read:
    return cells, FormFault.TOO_LONG, _flags(pc.greater(pc.utf8_length(cells), _LONGEST_WORD))


def _text(cells: pa.Array, column: Column, _: Times) -> Read:
    return cells, FormFault.TOO_LONG, np.zeros(len(cells), dtype=bool)


def _code(cells: pa.Array, column: Column, _: Times) -> Read:
    lowered = pc.utf8_lower(cells)
    # By place in the list of codes, so that the column holds the code as the form spells it.
    places = pc.index_in(lowered, value_set=pa.array([code.lower() for code in column.codes]))
    return pa.array(column.codes).take(places), FormFault.UNKNOWN_CODE, _lost(cells, places)


def _flag(cells: pa.Array, column: Column, _: Times) -> Read:
    lowered = pc.utf8_lower(cells)
    yes, no = pc.is_in(lowered, value_set=_YES), pc.is_in(lowered, value_set=_NO)
    values = pc.if_else(pc.or_(yes, no), yes, pa.scalar(None, pa.bool_()))
    return values, FormFault.BAD_FLAG, _lost(cells, values)


def _count(cells: pa.Array, column: Column, _: Times) -> Read:
    plain = pc.replace_substring_regex(pc.replace_substring(cells, ",", ""), r"^\+?(\d+)(?:\.0+)?$", r"\1")
    shaped = pc.match_substring_regex(plain, r"^\d{1,15}$")
    values = pc.if_else(shaped, plain, _NOTHING).cast(pa.int64())
    return values, FormFault.BAD_COUNT, _lost(cells, values)


def _number(cells: pa.Array, column: Column, _: Times) -> Read:
    plain = pc.replace_substring(cells, ",", "")
    shaped = pc.match_substring_regex(plain, r"^[+-]?\d{1,15}(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$")
    values = pc.if_else(shaped, pc.utf8_ltrim(plain, "+"), _NOTHING).cast(pa.float64())
    return values, FormFault.BAD_NUMBER, _lost(cells, values)


def _share(cells: pa.Array, column: Column, times: Times) -> Read:
    percent = pc.ends_with(cells, "%").fill_null(False)
    numbers, _, _ = _number(pc.utf8_rtrim(cells, "% "), column, times)
    numbers = pc.if_else(percent, pc.divide(numbers, 100.0), numbers)
    inside = pc.and_(pc.greater_equal(numbers, 0.0), pc.less_equal(numbers, 1.0)).fill_null(False)
    values = pc.if_else(inside, numbers, pa.scalar(None, pa.float64()))
    return values, FormFault.BAD_SHARE, _lost(cells, values)


def _points(cells: pa.Array, column: Column, times: Times) -> Read:
    numbers, _, _ = _number(cells, column, times)
    inside = pc.and_(pc.greater_equal(numbers, 0.0), pc.less_equal(numbers, 100.0)).fill_null(False)
    values = pc.if_else(inside, numbers, pa.scalar(None, pa.float64()))
    return values, FormFault.BAD_POINTS, _lost(cells, values)


def _time(cells: pa.Array, column: Column, times: Times) -> Read:
    moments, bad = times(cells)
    outside = ~np.isnat(moments) & ((moments < _FIRST) | (moments >= _LAST))
    moments[outside] = np.datetime64("NaT")
    return pa.array(moments, pa.timestamp("s")), FormFault.BAD_TIME, bad | outside


def _day(cells: pa.Array, column: Column, times: Times) -> Read:
    months = pc.replace_substring_regex(cells, r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?$", r"\1-\2-01")
    moments, _, bad = _time(months, column, times)
    return moments.cast(pa.date32(), safe=False), FormFault.BAD_DAY, bad


_READERS: Mapping[Kind, Callable[[pa.Array, Column, Times], Read]] = {
    Kind.ID: _id,
    Kind.REF: _id,
    Kind.WORD: _word,
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.FLAG: _flag,
    Kind.COUNT: _count,
    Kind.NUMBER: _number,
    Kind.SHARE: _share,
    Kind.POINTS: _points,
    Kind.TIME: _time,
    Kind.DAY: _day,
}


def _lost(cells: pa.Array, values: pa.Array) -> Flags:
    """Say which cells are filled and came to nothing."""
    return _flags(pc.and_(pc.is_valid(cells), pc.is_null(values)))


def _flags(column: pa.Array) -> Flags:
    flags: Flags = column.fill_null(False).to_numpy(zero_copy_only=False)
    return flags
