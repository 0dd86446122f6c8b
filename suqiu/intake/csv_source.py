"""Delimited text: CSV and TSV in any usual encoding, plain or gzipped."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from suqiu.domain.fault import FaultCode
from suqiu.intake.cells import clean_headers, header_row
from suqiu.intake.encoding import HEAD_BYTES, Utf8Stream, open_bytes, sniff
from suqiu.intake.refusals import empty_file, no_header, row_without_end, unreadable
from suqiu.intake.source import BATCH_ROWS, ROW, BrokenRow, Portion, SourceTable, make_batch, slices

#: Bytes parsed at a time; a single row may not be longer.
_BLOCK_BYTES = 4 * 1024 * 1024
#: What may part cells, the likeliest first.
_DELIMITERS = ",\t;|"

#: A line of prose may hold a few delimiters; a swallowed row holds as many as the header, and at least these.
_FEWEST_PARTS = 5


@dataclass(frozen=True)
class CsvTable(SourceTable):
    """A delimited text file 分隔文本.

    Attributes:
        path: the file.
        encoding: its encoding.
        delimiter: what parts its cells.
        header_end: characters up to the end of the header.
        header_rows: rows up to and with the header, as a spreadsheet counts them.
    """

    path: Path
    encoding: str
    delimiter: str
    header_end: int
    header_rows: int

    def portions(self, batch_rows: int = BATCH_ROWS) -> Iterator[Portion]:
        """Read the file in blocks; see `SourceTable.portions`.

        Raises:
            InvalidInput: a quotation mark never ends, or the file is damaged.
        """
        with Utf8Stream(self.path, self.encoding, skip=self.header_end) as stream:
            try:
                if stream.peek():
                    yield from self._portions(stream, batch_rows)
            except (pa.ArrowInvalid, EOFError, OSError) as error:
                raise unreadable(self.file, error) from error

    def _portions(self, stream: Utf8Stream, batch_rows: int) -> Iterator[Portion]:
        waiting: list[BrokenRow] = []  # met by the parser, not yet handed on

        def note(row: Any) -> str:
            waiting.append(BrokenRow(row.number + self.header_rows, FaultCode.WRONG_COLUMN_COUNT, row.text))
            return "skip"

        last = self.header_rows
        for batch in self._batches(stream, note):
            numbers = _numbers(last, batch.num_rows, [row.row for row in waiting])
            last = int(numbers[-1]) if len(numbers) else last
            whole, swallowing = self._without_swallowing(make_batch(self.columns, batch.columns, pa.array(numbers)))
            if swallowing:
                waiting = sorted([*waiting, *swallowing], key=lambda row: row.row)
            share = min(1.0, stream.position / max(1, self.size))
            for piece in slices(whole, batch_rows):
                end = piece.column(ROW)[-1].as_py() if piece.num_rows else last
                broken = tuple(row for row in waiting if row.row < end)
                del waiting[: len(broken)]
                yield Portion(piece, broken, share)
        if waiting:
            nothing = pa.array([], pa.string())
            yield Portion(
                make_batch(self.columns, [nothing] * len(self.columns), pa.array([], pa.int64())), tuple(waiting)
            )

    def _without_swallowing(self, batch: pa.RecordBatch) -> tuple[pa.RecordBatch, list[BrokenRow]]:
        """Part off rows in which a cell holds a whole further row: a stray quotation mark has swallowed it.

        The parser sees one good row there, and everything up to the next mark would be lost in silence.
        """
        parts = max(_FEWEST_PARTS, len(self.columns) - 1)
        # Prose too may hold many delimiters; but a swallowed row begins with a number or code, as orders do.
        line = f'\n"?[A-Za-z0-9_-]{{2,40}}"?(?:{re.escape(self.delimiter)}[^\n]*){{{parts}}}'
        broken: dict[int, str] = {}
        for name in self.columns:
            cells = batch.column(name)
            if not pc.any(pc.match_substring(cells, "\n"), min_count=0).as_py():
                continue
            for place in pc.indices_nonzero(pc.match_substring_regex(cells, line)).to_pylist():
                broken.setdefault(place, cells[place].as_py())
        if not broken:
            return batch, []
        rows = batch.column(ROW)
        told = [
            BrokenRow(rows[place].as_py(), FaultCode.WRONG_COLUMN_COUNT, text) for place, text in sorted(broken.items())
        ]
        kept = pc.invert(pc.is_in(rows, value_set=pa.array([row.row for row in told], pa.int64())))
        return batch.filter(kept), told

    def _batches(self, stream: Utf8Stream, note: Callable[[Any], str]) -> Iterator[pa.RecordBatch]:
        """Parse block by block; a row that no block can hold is told by the last row that could be read."""
        row = self.header_rows
        try:
            for batch in self._reader(stream, note):
                row += batch.num_rows
                yield batch
        except pa.ArrowInvalid as error:
            if "straddling" in str(error):  # the parser's word for it; it has no error of its own
                raise row_without_end(self.file, row, _BLOCK_BYTES // 2**20) from error
            raise

    def _reader(self, stream: Utf8Stream, note: Callable[[Any], str]) -> Any:
        return arrow_csv.open_csv(
            pa.PythonFile(stream, mode="r"),
            read_options=arrow_csv.ReadOptions(
                use_threads=False,  # only then are broken rows numbered
                column_names=list(self.columns),
                block_size=_BLOCK_BYTES,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,  # a blank line is a row to a spreadsheet and must be counted
                invalid_row_handler=note,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(self.columns, pa.string()), strings_can_be_null=False
            ),
        )


def _numbers(last: int, good: int, broken: list[int]) -> npt.NDArray[np.int64]:
    """Return the numbers of the next `good` rows after row `last`, which pass over the broken ones."""
    end = last + good
    for row in broken:
        if row > end:
            break
        end += 1
    numbers = np.arange(last + 1, end + 1, dtype=np.int64)
    return numbers[~np.isin(numbers, broken)]


def open_csv(path: Path, name: str, delimiter: str | None) -> CsvTable:
    """Look at the head of a delimited file; `delimiter` None means to find it.

    Raises:
        InvalidInput: the file is empty, damaged, or has no header.
    """
    try:
        stream, file = open_bytes(path)
        with file, stream:
            head = stream.read(HEAD_BYTES)
        encoding = sniff(head)
        with Utf8Stream(path, encoding) as text:
            start = text.read(HEAD_BYTES).decode("utf-8", errors="ignore")
    except (OSError, EOFError) as error:
        raise unreadable(path.name, error) from error
    if not head.strip():
        raise empty_file(path.name)
    parted = delimiter or _delimiter(start)
    records = list(_records(start, parted))
    found = header_row([cells for cells, _ in records])
    if found is None:
        raise no_header(path.name)
    cells, header_end = records[found]
    return CsvTable(
        name, path.name, clean_headers(cells), None, path.stat().st_size, path, encoding, parted, header_end, found + 1
    )


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=lambda mark: (first.count(mark), -_DELIMITERS.index(mark)))


def _records(text: str, delimiter: str, most: int = 10) -> Iterator[tuple[list[str], int]]:
    """Walk the first records of a text, each with the characters up to its end."""
    end = 0

    def lines() -> Iterator[str]:
        nonlocal end
        for line in io.StringIO(text, newline=""):
            end += len(line)
            yield line

    csv.field_size_limit(max(csv.field_size_limit(), HEAD_BYTES * 4))
    try:
        for count, cells in enumerate(csv.reader(lines(), delimiter=delimiter), start=1):
            yield cells, end
            if count == most:
                return
    except csv.Error:  # what follows the header may be anything
        return
