"""Files that grow chunk by chunk and appear only when they are whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Format = Literal["csv", "parquet"]
"""How the export is written; the truth is always Parquet."""

#: Where files grow until all are whole.
_WORKSHOP = ".simulating"


class Sheet(Protocol):
    """A file that takes tables.

    Attributes:
        rows: written so far, without the header.
    """

    rows: int

    def add(self, table: pa.Table, torn: frozenset[int] = frozenset()) -> None:
        """Append rows; those at the torn positions are written with one column too many, where the format allows."""

    def close(self) -> None:
        """Finish the file."""


class CsvSheet:
    """CSV as spreadsheets write it: UTF-8 with a mark at the beginning, quotes only where they are needed."""

    def __init__(self, path: Path, names: tuple[str, ...]) -> None:
        self._file = path.open("wb")
        self._file.write(b"\xef\xbb\xbf" + ",".join(names).encode() + b"\n")
        self.rows = 0

    def add(self, table: pa.Table, torn: frozenset[int] = frozenset()) -> None:
        """Append rows; a torn one gets a comma too many."""
        cells = [_quoted(pc.fill_null(column, "")) for column in table.combine_chunks().columns]
        lines = pc.binary_join_element_wise(*cells, ",").to_pylist()
        for row in torn:
            lines[row] += ",备注"
        self._file.write("".join(line + "\n" for line in lines).encode())
        self.rows += table.num_rows

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class ParquetSheet:
    """Parquet with the same columns and cells."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self._schema = schema
        self.rows = 0

    def add(self, table: pa.Table, torn: frozenset[int] = frozenset()) -> None:
        """Append rows; none can be torn."""
        if table.num_rows:
            self._writer.write_table(table.cast(self._schema).combine_chunks(), row_group_size=table.num_rows)
        self.rows += table.num_rows

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()


class Folder:
    """The output folder in the making."""

    def __init__(self, workshop: Path, formats: Format) -> None:
        self._workshop = workshop
        self._formats = formats
        self._sheets: list[Sheet] = []
        (workshop / "truth").mkdir(parents=True)

    def export(self, name: str, names: tuple[str, ...]) -> Sheet:
        """Begin a file of the export."""
        path = self._workshop / self.file_name(name)
        sheet: Sheet = (
            CsvSheet(path, names)
            if self._formats == "csv"
            else ParquetSheet(path, pa.schema([(one, pa.string()) for one in names]))
        )
        self._sheets.append(sheet)
        return sheet

    def truth(self, name: str, schema: pa.Schema) -> Sheet:
        """Begin a file of the truth."""
        sheet = ParquetSheet(self._workshop / "truth" / f"{name}.parquet", schema)
        self._sheets.append(sheet)
        return sheet

    def file_name(self, name: str) -> str:
        """Return the name of a file of the export."""
        return f"{name}.{self._formats}"

    def close(self) -> None:
        """Finish all files."""
        for sheet in self._sheets:
            sheet.close()


@contextmanager
def whole(out: Path, formats: Format) -> Iterator[Folder]:
    """Let files grow aside, and move them into the output folder once all are whole.

    Files of an earlier run that this one does not make again are removed: a truth beside another run's orders lies.
    """
    workshop = out / _WORKSHOP
    shutil.rmtree(workshop, ignore_errors=True)
    folder = Folder(workshop, formats)
    try:
        yield folder
    except BaseException:
        folder.close()
        shutil.rmtree(workshop, ignore_errors=True)
        raise
    folder.close()
    for other in ("csv", "parquet"):
        for name in ("orders", "steps", "calls", "callbacks"):
            (out / f"{name}.{other}").unlink(missing_ok=True)
    (out / "truth").mkdir(exist_ok=True)
    for path in sorted(workshop.rglob("*.*")):
        path.replace(out / path.relative_to(workshop))
    shutil.rmtree(workshop)


def _quoted(cells: pa.Array) -> pa.Array:
    """Put quotes around cells that hold a comma, a quote or a line break."""
    special = pc.match_substring_regex(cells, '[",\r\n]')
    if not pc.any(special).as_py():
        return cells
    doubled = pc.binary_join_element_wise('"', pc.replace_substring(cells, '"', '""'), '"', "")
    return pc.if_else(special, doubled, cells)
