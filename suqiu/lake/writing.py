"""Parquet files that appear whole or not at all, with the same bytes for the same rows."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from suqiu.domain.errors import Defect
from suqiu.domain.tables import TABLES
from suqiu.domain.text import Text

#: Rows of a row group: fixed, so that the file's bytes do not depend on how its rows arrived.
ROWS_PER_GROUP = 131_072


class TableWriter:
    """Writes one table to a file, in row groups of fixed size.

    The rows of at most one row group are held in memory.
    """

    def __init__(self, name: str, path: Path, schema: pa.Schema | None = None) -> None:
        """Begin a file; without a schema, that of the name in `domain.tables` holds."""
        self._name = name
        self._schema = TABLES[name] if schema is None else schema
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd", version="2.6")
        self._waiting: list[pa.RecordBatch] = []
        self._waiting_rows = 0
        self.rows = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Append rows.

        Raises:
            Defect: the batch has not the table's columns and types, or a null where none may be.
        """
        if not batch.schema.equals(self._schema):
            batch = self._conform(batch)
        for field in self._schema:
            if not field.nullable and batch.column(field.name).null_count:
                raise self._defect(f"null in {field.name}")
        self.rows += batch.num_rows
        while batch.num_rows:
            room = ROWS_PER_GROUP - self._waiting_rows
            self._waiting.append(batch.slice(0, room))
            self._waiting_rows += self._waiting[-1].num_rows
            batch = batch.slice(room)
            if self._waiting_rows == ROWS_PER_GROUP:
                self._flush()

    def close(self) -> None:
        """Write what waits and finish the file."""
        if self._waiting_rows:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        group = pa.Table.from_batches(self._waiting, self._schema).combine_chunks()
        self._writer.write_table(group, row_group_size=ROWS_PER_GROUP)
        self._waiting, self._waiting_rows = [], 0

    def _conform(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if batch.schema.names != self._schema.names:
            raise self._defect(f"columns {batch.schema.names}, not {self._schema.names}")
        try:
            # Engines say "nullable" of every column and dictionaries of some: casting keeps the values.
            return pa.RecordBatch.from_arrays(
                [column.cast(field.type) for column, field in zip(batch.columns, self._schema, strict=True)],
                schema=self._schema,
            )
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise self._defect(str(error)) from error

    def _defect(self, what: str) -> Defect:
        return Defect(
            "lake.schema",
            Text("数据表{name}不符合结构：{what}", "table {name} does not fit its schema: {what}").fill(
                name=self._name, what=what
            ),
            Text("请向开发者报告此问题", "please report this to the developers"),
        )


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path whose file takes the place of `path` when the block ends well.

    After a crash at any moment `path` is either the old file or the new one, whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        with part.open("rb+") as handle:
            os.fsync(handle.fileno())
        part.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        part.unlink(missing_ok=True)


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, the first 16 hex digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()[:16]
