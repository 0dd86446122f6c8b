"""Excel workbooks, old and new; each sheet with a header is a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import python_calamine

from suqiu.intake.cells import cell_text, clean_headers, header_row
from suqiu.intake.refusals import locked_by_password, no_header, nothing_inside, unreadable, web_page
from suqiu.intake.source import BATCH_ROWS, Portion, SourceTable, make_batch

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # begins old workbooks, and new ones that are encrypted


@dataclass(frozen=True)
class SheetTable(SourceTable):
    """One sheet of a workbook 工作表; the library holds the sheet in memory, which its million rows bound.

    Attributes:
        path: the workbook.
        sheet: the sheet's name.
        header_rows: rows up to and with the header.
    """

    path: Path
    sheet: str
    header_rows: int

    def portions(self, batch_rows: int = BATCH_ROWS) -> Iterator[Portion]:
        """Read the sheet; see `SourceTable.portions`.

        Raises:
            InvalidInput: the workbook has changed or is damaged.
        """
        with _open(self.path) as book:
            sheet = book.get_sheet_by_name(self.sheet)
            rows = islice(sheet.iter_rows(), self.header_rows, None)
            number, width = self.header_rows + 1, len(self.columns)
            while chunk := list(islice(rows, batch_rows)):
                padded = [[cell_text(cell) for cell in row] + [""] * (width - len(row)) for row in chunk]
                cells = [pa.array(column, pa.string()) for column in zip(*padded, strict=True)]
                numbers = pa.array(range(number, number + len(chunk)), pa.int64())
                number += len(chunk)
                share = min(1.0, (number - 1) / max(1, sheet.total_height))
                yield Portion(make_batch(self.columns, cells, numbers), (), share)


def open_workbook(path: Path, name: str) -> tuple[SheetTable, ...]:
    """List the filled sheets of a workbook; a lone one is called by the file's name.

    Raises:
        InvalidInput: the workbook is encrypted, damaged, a web page in disguise, or a sheet has no header.
        NotFound: every sheet is blank.
    """
    with _open(path) as book:
        heads = {
            sheet: [[cell_text(cell) for cell in row] for row in islice(book.get_sheet_by_name(sheet).iter_rows(), 10)]
            for sheet in book.sheet_names
        }
    filled = {sheet: head for sheet, head in heads.items() if any(cell.strip() for row in head for cell in row)}
    if not filled:
        raise nothing_inside(path.name)
    tables = []
    for sheet, head in filled.items():
        file = path.name if len(filled) == 1 else f"{path.name}[{sheet}]"
        found = header_row(head)
        if found is None:
            raise no_header(file)
        header = head[found] + [""] * (max(len(row) for row in head) - len(head[found]))
        title = name if len(filled) == 1 else sheet
        size = path.stat().st_size // len(filled)
        tables.append(SheetTable(title, file, clean_headers(header), None, size, path, sheet, found + 1))
    return tuple(tables)


def _open(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise unreadable(path.name, error) from error
    if b"<html" in head.lower() or b"<table" in head.lower():
        raise web_page(path.name)
    try:
        return python_calamine.load_workbook(str(path))
    except python_calamine.PasswordError as error:
        raise locked_by_password(path.name) from error
    except python_calamine.CalamineError as error:
        if head.startswith(_OLE) and path.suffix.lower() != ".xls":
            raise locked_by_password(path.name) from error
        raise unreadable(path.name, error) from error
