"""Workbooks from outside are looked into before any library opens them: packed bombs, and sheets that claim the sky."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text

_MOST_BYTES = 100_000_000
_MOST_PARTS = 500
_MOST_CELLS = 5_000_000
_CHUNK = 1 << 20
#: An address of a cell or a range, as any element of a sheet may name it.
_CELL = re.compile(rb'\b(?:r|ref)="(?:[A-Z]{1,3}[0-9]{1,7}:)?([A-Z]{1,3})([0-9]{1,7})"')
_OVERLAP = 48


def refuse_bombs(path: Path) -> None:
    """Refuse a workbook that would need more room than any honest one.

    Every part is unpacked and counted, since what its directory says of sizes may be a lie; in sheets the last cell
    is found, since a library makes room for everything up to it.

    Raises:
        InvalidInput: it is no workbook, or it would grow beyond measure.
    """
    try:
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
            if "xl/workbook.xml" not in book.namelist():
                raise _none()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_BYTES:
                raise _bomb()
            left = _MOST_BYTES
            for part in parts:
                part.file_size = max(part.file_size, 1 << 40)  # read to the true end
                left = _unpack(book, part, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _none() from error


def _unpack(book: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    sheet = part.filename.lower().startswith("xl/worksheets/")
    before = b""
    with book.open(part) as file:
        while chunk := file.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise _bomb()
            if sheet:
                _refuse_sky(before + chunk)
                before = chunk[-_OVERLAP:]
    return left


def _refuse_sky(text: bytes) -> None:
    for column, row in _CELL.findall(text):
        width = 0
        for letter in column:
            width = width * 26 + letter - 64
        if width * int(row) > _MOST_CELLS:
            raise _bomb()


def _none() -> InvalidInput:
    return InvalidInput(
        "import.no_workbook",
        Text("文件不是完好的Excel工作簿", "the file is no whole Excel workbook"),
        Text("请在Excel中另存为xlsx后重新上传", "save it as xlsx in Excel and send it again"),
    )


def _bomb() -> InvalidInput:
    return InvalidInput(
        "import.too_large_inside",
        Text("工作簿展开后过大", "the workbook is too large once unpacked"),
        Text("请删除多余的行列和图片，或拆分后上传", "delete empty rows, columns and pictures, or split it"),
    )
