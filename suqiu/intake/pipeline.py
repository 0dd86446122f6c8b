"""The whole way in: a source and a mapping become the tables of orders, steps, calls, call-backs and faults.

Orders are read first, for everything else hangs on their numbers. Rows wait on disk in a spool, under the day or
the range of order numbers they belong to, so that memory holds one day or one range at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.city import City
from suqiu.domain.errors import InvalidInput
from suqiu.domain.fault import FaultCode
from suqiu.domain.tables import CALL_BACKS, CALLS, FAULTS, ORDERS, STEPS
from suqiu.domain.text import Text
from suqiu.intake import mapping as mappings
from suqiu.intake.checks import fault_table, shown
from suqiu.intake.dependents import PLACE, CallRows, OrderRows, spool_schema
from suqiu.intake.fault_log import FaultLog
from suqiu.intake.ledger import FILE_STRIDE, Ledger, within
from suqiu.intake.normalise import Checked, Normaliser
from suqiu.intake.redact import redact_text
from suqiu.intake.refusals import no_rows
from suqiu.intake.rejected import write_rejected
from suqiu.intake.source import BATCH_ROWS, ROW, Source
from suqiu.intake.spool import Spool
from suqiu.intake.translate import Lookups

#: Told how much of the work is done, and how much there is.
Progress = Callable[[int, int], None]

#: Rows of a batch that is given back, at least, unless there are no more.
_FULL_BATCH = 20_000
_ORDINAL = "__ordinal__"
#: Faults of a mapping that are told in one line.
_TOLD = 5


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of one table's rows 读取统计.

    Attributes:
        read: rows looked at.
        kept: rows that go on.
        rejected: rows kept out for a fault.
        outside: good rows outside the period, or whose order is.
    """

    read: int
    kept: int
    rejected: int
    outside: int


@dataclass(frozen=True, slots=True)
class IntakeSummary:
    """What became of the whole input 读取概况.

    Attributes:
        tables: counts by table; a table that the source lacks has none.
        faults: how many faults of each code and severity.
        first_at, last_at: acceptance of the first and last order that goes on; None when none does.
        unused: source tables that the mapping does not take.
    """

    tables: Mapping[str, Counts]
    faults: Mapping[tuple[str, str], int]
    first_at: datetime | None
    last_at: datetime | None
    unused: tuple[str, ...]


class Intake:
    """An input that has been read: its tables, in their final order, as often as wanted 读取结果.

    The tables come from files in the scratch folder, which must stay until they are no longer wanted.
    """

    def __init__(self, reading: _Reading) -> None:
        self._reading = reading
        self.summary: IntakeSummary = reading.summary()

    def orders(self) -> Iterator[pa.RecordBatch]:
        """Walk the orders by acceptance and number, in `domain.tables.ORDERS`."""
        return _batches(self._reading.order_tables(), ORDERS)

    def steps(self) -> Iterator[pa.RecordBatch]:
        """Walk the steps by order and position, in `domain.tables.STEPS`."""
        return _batches(self._reading.others["steps"].tables(), STEPS)

    def calls(self) -> Iterator[pa.RecordBatch]:
        """Walk the calls by time and number, in `domain.tables.CALLS`."""
        return _batches(self._reading.others["calls"].tables(), CALLS)

    def call_backs(self) -> Iterator[pa.RecordBatch]:
        """Walk the call-backs by order and time, in `domain.tables.CALL_BACKS`."""
        return _batches(self._reading.others["call_backs"].tables(), CALL_BACKS)

    def faults(self) -> Iterator[pa.RecordBatch]:
        """Walk everything that is wrong by file, row, column and code, in `domain.tables.FAULTS`."""
        return _batches(self._reading.log.tables(), FAULTS)

    def write_rejected(self, path: Path) -> int:
        """Write the file of rejected rows and return how many there are; see `rejected.write_rejected`."""
        return write_rejected(path, self._reading.source, self._reading.mapping, self._reading.log)


def read(
    source: Source,
    mapping: mappings.Mapping,
    city: City,
    *,
    scratch: Path,
    period: tuple[date, date] | None = None,
    progress: Progress | None = None,
    batch_rows: int = BATCH_ROWS,
    texts: bool = True,
) -> Intake:
    """Read everything, once.

    Args:
        source: what to read.
        mapping: how its columns fill ours.
        city: whose names and clock count.
        scratch: an existing folder for files that may be large; what lies there under our names is overwritten.
        period: first and last day of acceptance to keep, both inclusive; None keeps all. Calls go by their own time.
        progress: told now and then how far the reading is.
        batch_rows: rows read at a time; it does not change the result.
        texts: read what people wrote. Without, titles, contents, replies, addresses, reasons and actors are neither
            looked at nor kept, which is several times as fast; an order then needs no text.

    Raises:
        InvalidInput: the mapping does not fit the source; there is not one row of orders; a source file is damaged
            beyond reading.
        Unavailable: the database does not answer.
    """
    wrong = mappings.check(mapping, source, city, texts=texts)
    if wrong:
        raise InvalidInput(
            "intake.mapping_does_not_fit",
            _in_a_line(wrong),
            Text("请预览并修改列映射文件", "look at the preview and edit the mapping file"),
        )
    told = progress or (lambda done, total: None)
    reading = _Reading(source, mapping, city, scratch, period, told, batch_rows, texts=texts)
    reading.read()
    return Intake(reading)


def _in_a_line(wrong: Sequence[Text]) -> Text:
    """Say the first few of many faults, and how many there are."""
    first, more = wrong[:_TOLD], len(wrong) - _TOLD
    told = Text("；".join(text.zh for text in first), "; ".join(text.en for text in first))
    return told if more <= 0 else Text(f"{told.zh}；另有{more}处", f"{told.en}; and {more} more")


class _Reading:
    """The state of one reading: what has been put aside where, and what is counted."""

    def __init__(
        self,
        source: Source,
        mapping: mappings.Mapping,
        city: City,
        scratch: Path,
        period: tuple[date, date] | None,
        progress: Progress,
        batch_rows: int,
        *,
        texts: bool,
    ) -> None:
        self.source = source
        self.mapping = mapping
        self.log = FaultLog(scratch / "faults.arrow", tuple(table.file for table in source.tables))
        self.others: dict[str, OrderRows | CallRows] = {}
        self._scratch = scratch
        self._period = period
        self._batch_rows = batch_rows
        self._texts = texts
        self._lookups = Lookups.of(city)
        # China keeps no summer time, so any year's offset does.
        offset = ZoneInfo(city.timezone).utcoffset(datetime(2020, 1, 1))
        self._utc_offset = int(offset.total_seconds()) if offset is not None else 0
        self._ledger = Ledger()
        schema = spool_schema("orders").append(pa.field(_ORDINAL, pa.int64()))
        self._orders = Spool(scratch / "orders.arrow", schema.remove(schema.get_field_index("caller_id")))
        self._progress = progress
        self._done = 0
        taken = [table for table in source.tables if any(part.takes(table) for part in mapping.tables.values())]
        self._total = sum(table.size for table in taken)
        self._unused = tuple(table.file for table in source.tables if table not in taken)
        self._read: dict[str, int] = dict.fromkeys(mapping.tables, 0)
        self._rejected: dict[str, int] = dict.fromkeys(mapping.tables, 0)
        self._outside: dict[str, int] = dict.fromkeys(mapping.tables, 0)

    def read(self) -> None:
        """Read all tables, orders first, and judge what needs all of them."""
        for rows, checked in self._checked("orders"):
            callers = checked.callers if checked.callers is not None else pa.nulls(rows.num_rows, pa.string())
            ordinals = self._ledger.note(rows, rows.column(PLACE).to_numpy(), callers)
            rows = rows.append_column(_ORDINAL, pa.array(ordinals))
            accepted = rows.column("accepted_at").to_numpy()
            inside = within(accepted, self._period)
            days = accepted.astype("datetime64[D]").astype(np.int64)
            self._orders.add(rows.filter(pa.array(inside)), days[inside])
        self._orders.seal()
        if not self._read["orders"]:
            files = (table.file for table in self.source.tables if self.mapping.tables["orders"].takes(table))
            raise no_rows("、".join(files))
        self._settled = self._ledger.settle(self._period)
        self._note_late_orders()
        for table in ("steps", "calls", "call_backs"):
            self._read_others(table)
        self.log.seal()
        self._progress(self._total, self._total)

    def _read_others(self, table: str) -> None:
        path = self._scratch / f"{table}.arrow"
        rows_of = CallRows(path, self._settled) if table == "calls" else OrderRows(table, path, self._settled)
        self.others[table] = rows_of
        if table not in self.mapping.tables:
            rows_of.seal()
            return
        for rows, _ in self._checked(table):
            if table == "calls":
                inside = within(rows.column("queued_at").to_numpy(), self._period)
                self._outside[table] += int(np.count_nonzero(~inside))
                rows = rows.filter(pa.array(inside))
            rows_of.add(rows)
        rows_of.seal()
        severity = "mend" if table == "calls" else "reject"
        for places, ids in rows_of.orphans():
            self._note(table, "order_id", places, FaultCode.ORPHAN, severity, ids)
            self._rejected[table] += len(places) if severity == "reject" else 0
        self._outside[table] += rows_of.outside()

    def _checked(self, table: str) -> Iterator[tuple[pa.Table, Checked]]:
        """Read one of our tables from all its source tables; rows come with file, row and place."""
        mapped = self.mapping.tables[table]
        for number, source in enumerate(self.source.tables):
            if not mapped.takes(source):
                continue
            normalise = Normaliser(table, source, mapped, self._lookups, self._utc_offset, texts=self._texts)
            for portion in source.portions(self._batch_rows):
                checked = normalise(portion)
                self.log.add(checked.faults)
                self._read[table] += checked.read
                self._rejected[table] += checked.read - checked.rows.num_rows
                rows = checked.rows
                numbers = rows.column(ROW)
                if table == "orders":
                    file = pa.repeat(pa.scalar(redact_text(source.file)), rows.num_rows)
                    rows = rows.append_column("source_file", file).append_column("source_row", numbers)
                places = pa.array(number * FILE_STRIDE + numbers.to_numpy())
                yield rows.drop_columns([ROW]).append_column(PLACE, places), checked
                self._progress(self._done + int(portion.share * source.size), self._total)
            self._done += source.size

    def _note_late_orders(self) -> None:
        """Note what only shows when all orders are known."""
        settled, ledger = self._settled, self._ledger
        places = ledger.places(settled.duplicates)
        self._note("orders", "order_id", places, FaultCode.DUPLICATE_ORDER, "reject", ledger.ids(settled.duplicates))
        late = ledger.places(settled.too_late)
        accepted = ledger.accepted(settled.too_late)
        self._note("orders", "accepted_at", late, FaultCode.TIME_OUT_OF_RANGE, "reject", accepted)
        self._rejected["orders"] += len(places) + len(late)
        good = len(settled.known)
        self._outside["orders"] = good - int(np.count_nonzero(settled.inside))

    def _note(
        self, table: str, field: str, places: npt.NDArray[np.int64], code: FaultCode, severity: str, values: pa.Array
    ) -> None:
        column = "、".join(self.mapping.tables[table].columns[field])
        files = places // FILE_STRIDE
        for number in np.unique(files).tolist():
            chosen = files == number
            rows = places[chosen] % FILE_STRIDE
            texts = shown(values.filter(pa.array(chosen)))
            self.log.add(fault_table(self.source.tables[number].file, rows, column, code, severity, texts))

    def order_tables(self) -> Iterator[pa.Table]:
        """Walk the orders that go on, day by day."""
        for day in self._orders.keys:
            rows = self._orders.read(day)
            ordinals = rows.column(_ORDINAL).to_numpy()
            rows = rows.append_column("caller_id", self._settled.caller_ids.take(pa.array(ordinals)))
            rows = rows.filter(pa.array(self._settled.kept[ordinals]))
            order = pc.sort_indices(rows, sort_keys=[("accepted_at", "ascending"), ("order_id", "ascending")])
            yield rows.take(order).select(ORDERS.names).cast(ORDERS)

    def summary(self) -> IntakeSummary:
        """Count what became of everything."""
        tables = {}
        for table, read_ in self._read.items():
            rejected, outside = self._rejected[table], self._outside[table]
            tables[table] = Counts(read_, read_ - rejected - outside, rejected, outside)
        first, last = self._ledger.span(self._settled.kept)
        return IntakeSummary(tables, self.log.counts, first, last, self._unused)


def _batches(tables: Iterator[pa.Table], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Join small tables to batches of a useful size; the rows and their order stay."""
    waiting: list[pa.Table] = []
    rows = 0
    for table in tables:
        waiting.append(table)
        rows += table.num_rows
        if rows >= _FULL_BATCH:
            yield from pa.concat_tables(waiting).combine_chunks().to_batches(max_chunksize=BATCH_ROWS)
            waiting, rows = [], 0
    if rows:
        yield from pa.concat_tables(waiting).combine_chunks().to_batches(max_chunksize=BATCH_ROWS)
