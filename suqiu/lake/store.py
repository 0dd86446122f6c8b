"""The lake: one folder of Parquet files, asked through Ibis on DuckDB in process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from suqiu.domain.errors import NotFound
from suqiu.domain.tables import TABLES
from suqiu.domain.text import Text
from suqiu.lake.writing import TableWriter, fingerprint, replacing

#: Rows of a batch that streams through a stage: small enough for a laptop, large enough for vectors.
BATCH_ROWS = 16_384


class Lake:
    """The tables of one run, by name; every table is one Parquet file that is replaced whole.

    Attributes:
        root: the folder; made when missing.
    """

    def __init__(
        self,
        root: Path,
        *,
        memory_mb: int = 1024,
        threads: int = 2,
        schemas: Mapping[str, pa.Schema] = TABLES,
    ) -> None:
        """Open a folder of tables; those of a run, unless other `schemas` say which tables it may hold."""
        self.root = root
        self._schemas = schemas
        root.mkdir(parents=True, exist_ok=True)
        self._spill = root / ".spill"
        self._engine: Any = None
        self._memory_mb = memory_mb
        self._threads = threads

    def __enter__(self) -> Lake:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let the engine go."""
        if self._engine is not None:
            self._engine.disconnect()
            self._engine = None

    @property
    def engine(self) -> Any:
        """The Ibis backend, opened on first use, offline and within its memory."""
        if self._engine is None:
            self._engine = ibis.duckdb.connect(
                memory_limit=f"{self._memory_mb}MB",
                threads=self._threads,
                temp_directory=str(self._spill),
                autoinstall_known_extensions=False,
                preserve_insertion_order=True,
            )
        return self._engine

    def path(self, name: str) -> Path:
        """Return where a table's file is, whether it exists or not."""
        return self.root / f"{name}.parquet"

    def holds(self, name: str) -> bool:
        """Say whether the table exists."""
        return self.path(name).exists()

    def table(self, name: str) -> ibis.Table:
        """Return a table as an Ibis expression.

        Raises:
            NotFound: no stage has written it.
        """
        self._require(name)
        # A view by the table's own name: the SQL kept with a fact then reads as a person would write it.
        return self.engine.read_parquet(str(self.path(name)), table_name=name)

    def tables(self, names: Sequence[str]) -> Mapping[str, ibis.Table]:
        """Return those of the named tables that exist."""
        return {name: self.table(name) for name in names if self.holds(name)}

    def batches(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Stream a table's rows in their stored order.

        Raises:
            NotFound: no stage has written it.
        """
        self._require(name)
        whole = self._schemas[name]
        schema = whole if columns is None else pa.schema([whole.field(column) for column in columns])
        with pq.ParquetFile(self.path(name)) as file:
            for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=columns):
                # Parquet has no seconds and gives milliseconds back; columns come in the file's order.
                yield batch.select(schema.names).cast(schema)

    def stream(self, expression: ibis.Table) -> Iterator[pa.RecordBatch]:
        """Run an expression and stream its rows."""
        # Not `to_pyarrow_batches`: Ibis 12 calls a method there that DuckDB 2 no longer has.
        yield from self.engine.con.sql(self.sql(expression)).to_arrow_reader(BATCH_ROWS)

    def drop(self, name: str) -> None:
        """Forget a table, if there is one: the present input has none of its kind."""
        self.path(name).unlink(missing_ok=True)

    def rows(self, name: str) -> int:
        """Count a table's rows without reading them."""
        self._require(name)
        with pq.ParquetFile(self.path(name)) as file:
            count: int = file.metadata.num_rows
            return count

    @contextmanager
    def writing(self, *names: str) -> Iterator[Mapping[str, TableWriter]]:
        """Write tables side by side; all are replaced when the block ends well, none when it fails."""
        with ExitStack() as stack:
            parts = {name: stack.enter_context(replacing(self.path(name))) for name in names}
            writers = {name: TableWriter(name, part, self._schemas[name]) for name, part in parts.items()}
            try:
                yield writers
            finally:
                for writer in writers.values():
                    writer.close()

    def write(self, name: str, batches: Iterator[pa.RecordBatch] | pa.Table) -> int:
        """Write one table and return its number of rows."""
        with self.writing(name) as writers:
            for batch in batches.to_batches() if isinstance(batches, pa.Table) else batches:
                writers[name].add(batch)
            return writers[name].rows

    def fingerprint(self, name: str) -> str:
        """Return the fingerprint of a table's bytes.

        Raises:
            NotFound: no stage has written it.
        """
        self._require(name)
        return fingerprint(self.path(name))

    def sql(self, expression: ibis.Table) -> str:
        """Return the SQL that an expression runs as."""
        return str(ibis.to_sql(expression, dialect="duckdb"))

    def _require(self, name: str) -> None:
        if name not in self._schemas:
            raise KeyError(name)
        if not self.holds(name):
            raise NotFound(
                "lake.no_table",
                Text("{root}中没有数据表{name}", "{root} has no table {name}").fill(root=self.root, name=name),
                Text("请先运行产生该表的环节", "run the stage that writes it first"),
            )
