"""The file of rejected rows that goes back to the hotline: what is wrong with each, and the row itself, masked."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.fault import FAULTS, FaultCode
from suqiu.intake.fault_log import FaultLog
from suqiu.intake.mapping import Mapping
from suqiu.intake.redact import redact, redact_text
from suqiu.intake.source import ROW, Source, SourceTable

_HEADER = ("文件", "行号", "问题代码", "问题说明", "处理办法")
_WHOLE_ROW = "原始行"
_HIDDEN = "[已隐去]"
#: Columns whose whole cells are personal, mapped or not.
_PERSONAL = re.compile(
    r"姓名|电话|手机|来电号|号码|身份证|证件|联系方式|邮箱|微信|phone|name|mobile"
    r"|人$|人员$|人[(（]|市民|客户|业主|用户",  # 投诉人, 申请人, 当事人, 经办人: the row is mended without them
    re.IGNORECASE,
)
#: A cell that begins so would be run as a formula by a spreadsheet.
_FORMULA = re.compile(r"^[=+@\-\t\r](?!\d+(?:\.\d+)?$)")

#: What is wrong with a row, as it stands in the first columns: codes, what each says, how to mend it.
Reasons = tuple[str, str, str]


def write_rejected(path: Path, source: Source, mapping: Mapping, log: FaultLog) -> int:
    """Write every rejected row once, with all its reasons, and return how many there are.

    The source is read once more for those of its tables that have rejected rows: to keep all rows that might yet
    be rejected would cost more than reading a few again. UTF-8 with a byte order mark, so that Excel reads it;
    rows sorted by file and row; columns are those of all these tables. The file appears whole or not at all.

    Raises:
        InvalidInput: the source has become unreadable.
        OSError: the file cannot be written.
    """
    tables = [table for table in source.tables if len(log.rejected_rows(table.file))]
    columns = list(dict.fromkeys(column for table in tables for column in table.columns))
    callers = (column for table in mapping.tables.values() for column in table.columns.get("caller", ()))
    hidden = frozenset((*callers, *(column for column in columns if _PERSONAL.search(column))))
    written = 0
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*_HEADER, *map(_safe, columns), _WHOLE_ROW))
        for table in tables:
            for row, reasons, cells, whole in _rows(table, log, hidden):
                values = [_safe(cells.get(column, "")) for column in columns]
                writer.writerow((table.file, row, *reasons, *values, _safe(whole)))
                written += 1
    part.replace(path)
    return written


def _rows(
    table: SourceTable, log: FaultLog, hidden: frozenset[str]
) -> Iterator[tuple[int, Reasons, dict[str, str], str]]:
    """Walk a table's rejected rows with their reasons, their cells, and for a row that is broken its text."""
    rejected = log.rejected_rows(table.file)
    reasons = _reasons(table, log)
    for portion in table.portions():
        whole = _cells(portion.batch, table.columns, rejected, hidden)
        broken = {row.row: redact_text(row.shown) for row in portion.broken}
        for row in sorted({*whole, *broken}):
            number, said = next(reasons)
            if number != row:
                raise RuntimeError(f"row {row} of {table.file} was rejected for nothing")  # the two walks disagree
            yield row, said, whole.get(row, {}), broken.get(row, "")


def _reasons(table: SourceTable, log: FaultLog) -> Iterator[tuple[int, Reasons]]:
    """Walk a file's rejected rows in order, each with all that is wrong with it in one phrase."""
    for faults in log.tables(table.file):
        rejects = faults.filter(pc.equal(faults.column("severity"), "reject"))
        numbers = rejects.column("row").to_numpy()
        starts = np.flatnonzero(np.append(True, numbers[1:] != numbers[:-1])[: len(numbers)])
        said = list(zip(rejects.column("code").to_pylist(), rejects.column("column").to_pylist(), strict=True))
        for start, end in pairwise([*starts, len(numbers)]):
            yield int(numbers[start]), _phrase(said[start:end])


def _phrase(said: Sequence[tuple[str, str]]) -> Reasons:
    codes = [FaultCode(code) for code, _ in said]
    wrong = [FAULTS[FaultCode(code)][0].zh for code, _ in said]
    placed = [f"{column}：{text}" if column else text for (_, column), text in zip(said, wrong, strict=True)]
    mends = [FAULTS[code][1].zh for code in codes]
    return _joined(codes), _joined(placed), _joined(mends)


def _joined(words: Sequence[str]) -> str:
    return "；".join(dict.fromkeys(words))


def _cells(
    batch: pa.RecordBatch, columns: Sequence[str], rejected: npt.NDArray[np.int64], hidden: frozenset[str]
) -> dict[int, dict[str, str]]:
    """Return the masked cells of a batch's rejected rows, by row and column."""
    chosen = batch.filter(pa.array(np.isin(batch.column(ROW).to_numpy(), rejected)))
    rows: list[int] = chosen.column(ROW).to_pylist()
    texts = redact(pa.concat_arrays([chosen.column(column) for column in columns])).to_pylist() if rows else []
    cells: dict[int, dict[str, str]] = {row: {} for row in rows}
    for place, text in enumerate(texts):
        column = columns[place // len(rows)]
        cells[rows[place % len(rows)]][column] = _HIDDEN if column in hidden and text.strip() else text
    return cells


def _safe(cell: str) -> str:
    return "'" + cell if _FORMULA.match(cell) else cell
