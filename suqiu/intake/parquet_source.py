"""Parquet files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from suqiu.intake.cells import cell_text, clean_headers
from suqiu.intake.refusals import no_header, unreadable
from suqiu.intake.source import BATCH_ROWS, Portion, SourceTable, make_batch


@dataclass(frozen=True)
class ParquetTable(SourceTable):
    """A Parquet file 列式文件; its first row is row 2, as if it had been saved as a spreadsheet.

    Attributes:
        path: the file.
    """

    path: Path

    def portions(self, batch_rows: int = BATCH_ROWS) -> Iterator[Portion]:
        """Read the file by row groups; see `SourceTable.portions`.

        Raises:
            InvalidInput: the file is damaged.
        """
        try:
            with pq.ParquetFile(self.path) as file:
                passed = 0
                for batch in file.iter_batches(batch_size=batch_rows):
                    numbers = pa.array(range(passed + 2, passed + 2 + batch.num_rows), pa.int64())
                    passed += batch.num_rows
                    cells = [_text(column) for column in batch.columns]
                    share = passed / max(1, self.rows or 0)
                    yield Portion(make_batch(self.columns, cells, numbers), (), share)
        except (pa.ArrowException, OSError) as error:
            raise unreadable(self.file, error) from error


def open_parquet(path: Path, name: str) -> ParquetTable:
    """Read a Parquet file's footer.

    Raises:
        InvalidInput: the file is empty or damaged, or has no columns.
    """
    try:
        with pq.ParquetFile(path) as file:
            names, rows = file.schema_arrow.names, file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise unreadable(path.name, error) from error
    if not names:
        raise no_header(path.name)
    return ParquetTable(name, path.name, clean_headers(names), rows, path.stat().st_size, path)


def _text(column: pa.Array) -> pa.Array:
    """Return a column as texts, nulls empty."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.dictionary_decode())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind):
        return column.cast(pa.string()).fill_null("")
    if pa.types.is_timestamp(kind):
        zoned = column if kind.tz is None else pc.local_timestamp(column)
        return zoned.cast(pa.timestamp("s"), safe=False).cast(pa.string()).fill_null("")
    return pa.array([cell_text(value) for value in column.to_pylist()], pa.string())
