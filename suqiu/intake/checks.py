"""What is wrong with a batch of rows: every objection with row, column and value, and which rows it keeps out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.fault import FaultCode
from suqiu.domain.tables import FAULTS
from suqiu.intake.redact import redact
from suqiu.intake.source import BrokenRow

Flags = npt.NDArray[np.bool_]
Moments = npt.NDArray[np.datetime64]

#: No hotline's record is older: the first 12345 telephone opened in 1983, the first computer records about 1999.
EARLIEST = np.datetime64("1999-01-01T00:00:00", "s")
#: Later years are typing errors whatever the export; the nearer bound needs all of the data (`pipeline`).
LATEST = np.datetime64("2100-01-01T00:00:00", "s")

#: How much of an offending value is shown.
_SHOWN = 60
#: The replacement character, and what becomes of it when it is read as GBK once more.
_DAMAGE = ("\ufffd", "锟斤拷")


class Objections:
    """Gathers what is wrong with one batch of one source table.

    Attributes:
        rejected: which rows of the batch are kept out so far.
    """

    def __init__(self, file: str, rows: npt.NDArray[np.int64]) -> None:
        self._file = file
        self._rows = rows
        self._tables: list[pa.Table] = []
        self.rejected: Flags = np.zeros(len(rows), dtype=bool)

    def reject(self, which: Flags, column: str, code: FaultCode, values: pa.Array | None = None) -> None:
        """Keep rows out; `values` is the whole column that offends, None where there is nothing to show."""
        self.rejected |= which
        self._add(which, column, code, "reject", values)

    def mend(self, which: Flags, column: str, code: FaultCode, values: pa.Array) -> None:
        """Let rows go on without the cell."""
        self._add(which, column, code, "mend", values)

    def broken(self, rows: Sequence[BrokenRow]) -> None:
        """Note rows that could not even be taken apart."""
        if rows:
            texts = shown(pa.array([row.shown for row in rows], pa.string()))
            for row, text in zip(rows, texts.to_pylist(), strict=True):
                self._tables.append(fault_table(self._file, [row.row], "", row.code, "reject", pa.array([text])))

    def table(self) -> pa.Table:
        """Return everything noted, as the table of faults, unsorted."""
        return pa.concat_tables([FAULTS.empty_table(), *self._tables])

    def _add(self, which: Flags, column: str, code: FaultCode, severity: str, values: pa.Array | None) -> None:
        places = np.flatnonzero(which)
        if places.size:
            texts = (
                pa.array([""] * places.size, pa.string()) if values is None else shown(values.take(pa.array(places)))
            )
            self._tables.append(fault_table(self._file, self._rows[places], column, code, severity, texts))


def fault_table(
    file: str,
    rows: npt.NDArray[np.int64] | Sequence[int],
    column: str,
    code: FaultCode,
    severity: str,
    values: pa.Array,
) -> pa.Table:
    """Build faults that share all but row and value; values are redacted already."""
    count = len(rows)
    return pa.table(
        [
            pa.repeat(pa.scalar(file), count),
            pa.array(rows, pa.int64()),
            pa.repeat(pa.scalar(column), count),
            pa.repeat(pa.scalar(code.value), count),
            pa.repeat(pa.scalar(severity), count),
            values.cast(pa.string()),
        ],
        schema=FAULTS,
    )


def check_encoding(batch: pa.RecordBatch, columns: Sequence[str], objections: Objections) -> None:
    """Reject rows with characters that cannot be restored, in any of the source's columns."""
    for column in columns:
        if not _may_be_damaged(batch.column(column)):
            continue
        damaged = pc.match_substring_regex(batch.column(column), "|".join(_DAMAGE))
        if pc.any(damaged, min_count=0).as_py():
            objections.reject(to_flags(damaged), column, FaultCode.DAMAGED_ENCODING, batch.column(column))


def _may_be_damaged(column: pa.Array) -> bool:
    """Look for damage in a column's bytes as a whole, which is much faster than cell by cell."""
    data = column.buffers()[2]
    return data is not None and any(mark.encode() in data.to_pybytes() for mark in _DAMAGE)


def check_range(moments: Moments) -> Flags:
    """Say which moments no export can hold."""
    return ~np.isnat(moments) & ((moments < EARLIEST) | (moments >= LATEST))


def check_order(
    start: Moments,
    later: Mapping[str, Moments],
    columns: Mapping[str, str],
    texts: Mapping[str, pa.Array],
    objections: Objections,
    decisive: Collection[str],
) -> dict[str, Flags]:
    """Object to everything that must come later and is dated before the start.

    A row that ended before it began is told wrong and rejected. An earlier dispatch or signature is found in
    sound exports, where a demand was entered again under its old number: the row goes on without that time.

    Args:
        start: when the row's story begins; NaT and impossible moments are judged elsewhere.
        later: by field, what must not come before.
        columns, texts: by field, the source column's name and its cells.
        objections: gathers them.
        decisive: fields that end the story.

    Returns:
        By field, the cells that the row goes on without.
    """
    dropped: dict[str, Flags] = {}
    for name, moments in later.items():
        reversed_ = ~np.isnat(start) & ~np.isnat(moments) & (moments < start)
        if name in decisive:
            objections.reject(reversed_, columns[name], FaultCode.TIME_REVERSED, texts[name])
        elif reversed_.any():
            objections.mend(reversed_, columns[name], FaultCode.TIME_REVERSED, texts[name])
            dropped[name] = reversed_
    return dropped


def to_flags(column: pa.Array) -> Flags:
    """Return a boolean column as an array; null is no."""
    flags: Flags = column.fill_null(False).to_numpy(zero_copy_only=False)
    return flags


def shown(values: pa.Array) -> pa.Array:
    """Return offending values as they may be shown: redacted, and cut short."""
    return pc.utf8_slice_codeunits(redact(values.cast(pa.string()).fill_null("")), 0, _SHOWN)
