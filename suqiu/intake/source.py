"""What a source of orders is: some tables, each read in portions of text columns with row numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.fault import FaultCode

#: Name of the column that carries each row's number as a spreadsheet shows it.
ROW = "__row__"

#: Rows in one portion, unless the caller says otherwise: large enough for vectorised work, small enough for memory.
BATCH_ROWS = 50_000

#: So many lines a cell with line breaks of its own may give a row without anyone wondering.
_FEW_LINES = 3


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that could not be taken apart into its cells 无法拆分的行.

    Attributes:
        row: its number as a spreadsheet shows it.
        code: what is wrong with it.
        text: the row as it stands in the file.
    """

    row: int
    code: FaultCode
    text: str

    @property
    def shown(self) -> str:
        """The row for a person to see; one over many lines has most likely taken in those that follow it."""
        lines = len(self.text.splitlines())
        return f"（可能有未闭合的引号，涉及{lines}行）{self.text}" if lines > _FEW_LINES else self.text


@dataclass(frozen=True, slots=True)
class Portion:
    """Some rows of a source table 一批数据.

    Attributes:
        batch: text columns named as in the source (an empty cell is an empty text) and the int64 column `__row__`.
        broken: rows met meanwhile that could not be read, ascending.
        share: how much of the table has been read by now, 0 to 1.
    """

    batch: pa.RecordBatch
    broken: tuple[BrokenRow, ...] = ()
    share: float = 1.0


@dataclass(frozen=True)
class SourceTable(ABC):
    """One table of a source: a file, a sheet or a database table 来源表.

    Attributes:
        name: file name without suffix, sheet name, or database table name; mappings choose by it.
        file: what a person is told when something in it is wrong.
        columns: column names, cleaned and unique.
        rows: how many rows, None where counting would mean reading.
        size: bytes of the file, or rows of the database table, as a measure of work.
    """

    name: str
    file: str
    columns: tuple[str, ...]
    rows: int | None
    size: int

    @abstractmethod
    def portions(self, batch_rows: int = BATCH_ROWS) -> Iterator[Portion]:
        """Read the table from its beginning, at most `batch_rows` rows at a time."""


@dataclass(frozen=True)
class Source:
    """Everything that one address offers 数据来源.

    Attributes:
        where: the address as given, without passwords.
        tables: its tables, sorted by `file`.
    """

    where: str
    tables: tuple[SourceTable, ...]


def make_batch(columns: tuple[str, ...], cells: list[pa.Array], rows: pa.Array) -> pa.RecordBatch:
    """Build a portion's batch and leave out the rows in which no cell is filled.

    Raises:
        ValueError: columns and cells differ in number.
    """
    batch = pa.RecordBatch.from_arrays([*cells, rows], names=[*columns, ROW])
    filled = pc.equal(rows, None).fill_null(False)
    for column in cells:
        filled = pc.or_(filled, pc.not_equal(column, ""))
        if pc.all(filled, min_count=0).as_py():
            return batch
    return batch.filter(filled)


def slices(batch: pa.RecordBatch, batch_rows: int) -> Iterator[pa.RecordBatch]:
    """Cut a batch into pieces of at most `batch_rows` rows; an empty batch stays one piece."""
    for start in range(0, max(batch.num_rows, 1), batch_rows):
        yield batch.slice(start, batch_rows)
