"""All faults of a run, kept on disk and given back in order of file, row, column and code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from suqiu.domain.tables import FAULTS
from suqiu.intake.spool import Spool

#: Rows of a file whose faults are sorted together: with ten faults each they still fit into memory.
_ROWS_TOGETHER = 1 << 16
_FILE_STRIDE = 1 << 32


class FaultLog:
    """Gathers faults in any order of discovery 问题记录.

    Attributes:
        counts: how many faults of each code and severity.
    """

    def __init__(self, path: Path, files: tuple[str, ...]) -> None:
        """Begin an empty log for some files, which are given in their order."""
        self._place = {file: place for place, file in enumerate(files)}
        self._files = files
        self._spool = Spool(path, FAULTS)
        self._counts: Counter[tuple[str, str]] = Counter()

    @property
    def counts(self) -> Mapping[tuple[str, str], int]:
        """How many faults of each code and severity, sorted."""
        return dict(sorted(self._counts.items()))

    def add(self, faults: pa.Table) -> None:
        """Note faults that all concern one file."""
        if faults.num_rows == 0:
            return
        place = self._place[faults.column("file")[0].as_py()]
        rows = faults.column("row").to_numpy()
        self._spool.add(faults, place * _FILE_STRIDE + rows // _ROWS_TOGETHER)
        for codes in faults.group_by(["code", "severity"]).aggregate([([], "count_all")]).to_pylist():
            self._counts[codes["code"], codes["severity"]] += codes["count_all"]

    def seal(self) -> None:
        """End adding."""
        self._spool.seal()

    def tables(self, file: str | None = None) -> Iterator[pa.Table]:
        """Walk all faults, or one file's, in order."""
        for key in self._spool.keys:
            if file is None or key // _FILE_STRIDE == self._place[file]:
                order = [(name, "ascending") for name in ("row", "column", "code", "severity", "value")]
                yield self._spool.read(key).sort_by(order)

    def rejected_rows(self, file: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Return the numbers of a file's rejected rows, ascending."""
        rows = [np.array([], dtype=np.int64)]
        for table in self.tables(file):
            chosen = table.filter(pa.compute.equal(table.column("severity"), "reject"))
            rows.append(np.unique(chosen.column("row").to_numpy()))
        return np.concatenate(rows)
