"""Rows that hang on orders: steps and call-backs by ranges of order numbers, calls by days.

A range is chosen so that its rows fit into memory; which rows have no order is asked range by range.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.tables import TABLES
from suqiu.intake.ledger import Settled
from suqiu.intake.spool import Spool

#: Orders whose steps are sorted together; with ten steps each they take about 100 MB.
_ORDERS_TOGETHER = 50_000
#: A row's place in the whole input, by which rows that are alike in all else keep their order.
PLACE = "__place__"
_LAST = np.iinfo(np.int64).max

Numbers = npt.NDArray[np.int64]


def spool_schema(table: str) -> pa.Schema:
    """Return a table's schema as it waits on disk: everything may still be null, and its place is with it."""
    fields = [pa.field(field.name, field.type) for field in TABLES[table]]
    return pa.schema([*fields, pa.field(PLACE, pa.int64())])


class OrderRows:
    """Steps or call-backs, sorted by the orders they belong to 工单附属记录."""

    def __init__(self, table: str, path: Path, settled: Settled) -> None:
        self._table = table
        self._known = settled.known
        self._inside = settled.inside
        self._starts = list(range(0, len(settled.known), _ORDERS_TOGETHER)) or [0]
        self._spool = Spool(path, spool_schema(table))

    def add(self, rows: pa.Table) -> None:
        """Put rows aside under the range that their order's number falls into."""
        ids = rows.column("order_id")
        keys = np.zeros(rows.num_rows, dtype=np.int64)
        for start in self._starts[1:]:
            keys += pc.greater_equal(ids, self._known[start]).to_numpy().astype(np.int64)
        self._spool.add(rows, keys)

    def seal(self) -> None:
        """End adding."""
        self._spool.seal()

    def orphans(self) -> Iterator[tuple[Numbers, pa.Array]]:
        """Walk the places and order numbers of rows that have no order."""
        for key in self._spool.keys:
            rows = self._spool.read(key, ["order_id", PLACE])
            lost = pc.is_null(self._orders(key, rows))
            if pc.any(lost, min_count=0).as_py():
                chosen = rows.filter(lost)
                yield chosen.column(PLACE).to_numpy(), chosen.column("order_id").combine_chunks()

    def tables(self) -> Iterator[pa.Table]:
        """Walk the rows whose order goes on, sorted; steps are numbered from 1."""
        schema = TABLES[self._table]
        for key in self._spool.keys:
            rows = self._spool.read(key)
            found = self._orders(key, rows)
            orders = found.fill_null(-1).to_numpy().astype(np.int64)
            start = self._starts[key]
            kept = np.flatnonzero((orders >= 0) & self._inside[np.clip(orders + start, 0, None)] if len(orders) else [])
            kept = kept[np.lexsort((*self._finer(rows, kept), orders[kept]))]
            arranged = rows.take(pa.array(kept))
            if "seq" in schema.names:
                arranged = arranged.set_column(schema.get_field_index("seq"), "seq", _positions(orders[kept]))
            yield arranged.select(schema.names).cast(schema)

    def outside(self) -> int:
        """Count the rows whose order is known but does not go on."""
        count = 0
        for key in self._spool.keys:
            orders = self._orders(key, self._spool.read(key, ["order_id", PLACE])).drop_null().to_numpy()
            count += int(np.count_nonzero(~self._inside[orders.astype(np.int64) + self._starts[key]]))
        return count

    def _orders(self, key: int, rows: pa.Table) -> pa.ChunkedArray:
        """Return each row's order as its place within the range; null when there is none."""
        start = self._starts[key]
        return pc.index_in(rows.column("order_id"), value_set=self._known.slice(start, _ORDERS_TOGETHER))

    def _finer(self, rows: pa.Table, kept: npt.NDArray[np.intp]) -> list[Numbers]:
        """Return what sorts an order's rows, the least first: place, time, and the number where there is one."""
        keys = [rows.column(PLACE).to_numpy()[kept], rows.column("at").to_numpy()[kept].astype(np.int64)]
        if "seq" in rows.column_names:
            keys.append(rows.column("seq").cast(pa.int64()).fill_null(_LAST).to_numpy()[kept])
        return keys


def _positions(orders: Numbers) -> pa.Array:
    """Number the rows of each order from 1; rows of one order stand together."""
    first = np.append(True, orders[1:] != orders[:-1])[: len(orders)]
    starts = np.maximum.accumulate(np.where(first, np.arange(len(orders)), 0)) if len(orders) else orders
    return pa.array(np.arange(len(orders)) - starts + 1, pa.int32())


class CallRows:
    """Telephone calls, sorted by day 通话记录; a call may lead to no order."""

    def __init__(self, path: Path, settled: Settled) -> None:
        self._known = settled.known
        self._spool = Spool(path, spool_schema("calls").append(pa.field("__ordinal__", pa.int64())))
        self._ids: list[pa.Array] = []
        self._places: list[Numbers] = []
        self._count = 0
        self._has_order = np.array([], dtype=bool)

    def add(self, rows: pa.Table) -> None:
        """Put calls aside under their day."""
        ordinals = np.arange(self._count, self._count + rows.num_rows, dtype=np.int64)
        self._count += rows.num_rows
        self._ids += rows.column("order_id").chunks
        self._places.append(rows.column(PLACE).to_numpy())
        days = rows.column("queued_at").to_numpy().astype("datetime64[D]").astype(np.int64)
        self._spool.add(rows.append_column("__ordinal__", pa.array(ordinals)), days)

    def seal(self) -> None:
        """End adding."""
        self._spool.seal()

    def orphans(self) -> Iterator[tuple[Numbers, pa.Array]]:
        """Walk the places and order numbers of calls whose order is not there."""
        ids = pa.chunked_array(self._ids, pa.string()).combine_chunks()
        self._has_order = pc.is_in(ids, value_set=self._known).to_numpy(zero_copy_only=False)
        lost = ~self._has_order & pc.is_valid(ids).to_numpy(zero_copy_only=False)
        if lost.any():
            yield np.concatenate(self._places)[lost], ids.filter(pa.array(lost))
        self._ids, self._places = [], []

    def tables(self) -> Iterator[pa.Table]:
        """Walk the calls, sorted; an order number that means no order is left out."""
        schema = TABLES["calls"]
        for key in self._spool.keys:
            rows = self._spool.read(key)
            order = pc.sort_indices(rows, sort_keys=[(name, "ascending") for name in ("queued_at", "call_id", PLACE)])
            rows = rows.take(order)
            known = pa.array(self._has_order[rows.column("__ordinal__").to_numpy()])
            ids = pc.if_else(known, rows.column("order_id"), pa.scalar(None, pa.string()))
            rows = rows.set_column(schema.get_field_index("order_id"), "order_id", ids)
            yield rows.select(schema.names).cast(schema)

    def outside(self) -> int:
        """Count calls outside the period; those were never put aside."""
        return 0
