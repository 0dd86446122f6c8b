"""Rows put aside on disk under a key, to be taken up again key by key: sorting in little memory."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.ipc as ipc

#: Bytes gathered before they are written: enough that the pieces of a key are few and large.
_GATHERED_BYTES = 64 * 1024 * 1024


class Spool:
    """One Arrow file whose record batches each belong to a key; all rows of a key must fit into memory 暂存区.

    Rows are added in any order, then the spool is sealed, then keys are read; within a key rows keep the order
    in which they came.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        """Begin an empty spool; a file left by a run that was killed is overwritten."""
        self._path = path
        self._schema = schema
        self._waiting: dict[int, list[pa.Table]] = defaultdict(list)
        self._bytes = 0
        self._places: dict[int, list[int]] = defaultdict(list)
        self._written = 0
        self._file = pa.OSFile(str(path), mode="wb")
        self._writer = ipc.new_file(self._file, schema, options=ipc.IpcWriteOptions(compression="lz4"))

    def add(self, table: pa.Table, keys: npt.NDArray[np.int64]) -> None:
        """Put rows aside, each under its key.

        Raises:
            ValueError: the table's schema is not the spool's.
        """
        if table.num_rows == 0:
            return
        order = np.argsort(keys, kind="stable")
        arranged = table.select(self._schema.names).cast(self._schema)
        if np.any(np.diff(keys) < 0):
            arranged = arranged.take(pa.array(order))
        present, starts = np.unique(keys[order], return_index=True)
        for key, start, end in zip(present.tolist(), starts, [*starts[1:], len(keys)], strict=True):
            self._waiting[key].append(arranged.slice(start, end - start))
        self._bytes += arranged.nbytes
        if self._bytes >= _GATHERED_BYTES:
            self._write()

    def seal(self) -> None:
        """End adding."""
        self._write()
        self._writer.close()
        self._file.close()

    @property
    def keys(self) -> list[int]:
        """The keys that have rows, ascending."""
        return sorted(self._places)

    def read(self, key: int, columns: list[str] | None = None) -> pa.Table:
        """Return a key's rows, some columns or all; an unknown key has none.

        Raises:
            OSError: the file is gone.
        """
        chosen = self._schema if columns is None else pa.schema([self._schema.field(name) for name in columns])
        options = ipc.IpcReadOptions(included_fields=[self._schema.get_field_index(name) for name in chosen.names])
        with pa.OSFile(str(self._path)) as file:
            reader = ipc.open_file(file, options=options)
            batches = [reader.get_batch(place) for place in self._places.get(key, [])]
        return pa.Table.from_batches(batches, schema=None if batches else chosen).select(chosen.names)

    def _write(self) -> None:
        for key in sorted(self._waiting):
            for batch in pa.concat_tables(self._waiting[key]).combine_chunks().to_batches():
                self._writer.write_batch(batch)
                self._places[key].append(self._written)
                self._written += 1
        self._waiting.clear()
        self._bytes = 0
