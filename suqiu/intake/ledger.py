"""What must be known of all orders at once: whose number repeats, who called before, which dates are absurd.

Only numbers, times and what tells callers apart are held, about 100 bytes an order; the orders' texts lie on disk.
What tells callers apart is held in memory only and is gone when the ledger is.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.intake.checks import LATEST, Flags, Moments

#: A row's place in the whole input: file, then row.
FILE_STRIDE = 1 << 40

#: Which share of the orders decides how far the data reaches; the few beyond may be typing errors.
_MOST = 0.99
_YEAR = np.timedelta64(366, "D")


@dataclass(frozen=True, slots=True)
class Settled:
    """What the ledger says of every order, by its ordinal 汇总判定.

    Attributes:
        kept: the order goes on.
        duplicates: the order lost to another row of the same number.
        too_late: the order is dated over a year after nearly all others.
        caller_ids: number of the same caller's first order that goes on; null where the caller is unknown.
        known: numbers of all orders that are good, sorted, whether in the period or not.
        inside: which of `known` go on.
    """

    kept: Flags
    duplicates: Flags
    too_late: Flags
    caller_ids: pa.Array
    known: pa.Array
    inside: Flags


class Ledger:
    """Notes every good row of orders as it comes 工单台账."""

    def __init__(self) -> None:
        self._columns: dict[str, list[pa.Array]] = defaultdict(list)
        self._count = 0

    def note(self, rows: pa.Table, places: npt.NDArray[np.int64], callers: pa.Array) -> npt.NDArray[np.int64]:
        """Note rows and return their ordinals."""
        times = [rows.column(n).to_numpy() for n, field in enumerate(rows.schema) if pa.types.is_timestamp(field.type)]
        columns = rows.num_columns
        filled = columns - sum(
            (pc.is_null(rows.column(n)).to_numpy().astype(np.int16) for n in range(columns)),
            start=np.zeros(rows.num_rows, dtype=np.int16),
        )
        blank = [pc.equal(rows.column(name), "").to_numpy().astype(np.int16) for name in ("title", "text")]
        self._columns["id"].append(rows.column("order_id").combine_chunks())
        self._columns["accepted"].append(rows.column("accepted_at").combine_chunks())
        self._columns["last"].append(pa.array(np.fmax.reduce(times) if rows.num_rows else times[0]))
        self._columns["filled"].append(pa.array(filled - blank[0] - blank[1]))
        self._columns["place"].append(pa.array(places))
        self._columns["caller"].append(callers.combine_chunks() if isinstance(callers, pa.ChunkedArray) else callers)
        start, self._count = self._count, self._count + rows.num_rows
        return np.arange(start, self._count, dtype=np.int64)

    def places(self, which: Flags) -> npt.NDArray[np.int64]:
        """Return where some orders stand in the input."""
        return self._numbers("place")[which]

    def ids(self, which: Flags) -> pa.Array:
        """Return some orders' numbers."""
        return self._texts("id").filter(pa.array(which))

    def accepted(self, which: Flags) -> pa.Array:
        """Return when some orders were accepted, as texts."""
        moments = pa.array(self._moments("accepted")[which])
        return pc.strftime(moments, format="%Y-%m-%d %H:%M:%S")

    def span(self, which: Flags) -> tuple[datetime | None, datetime | None]:
        """Return when the first and the last of some orders were accepted; None when there are none."""
        moments = self._moments("accepted")[which]
        return (moments.min().item(), moments.max().item()) if len(moments) else (None, None)

    def settle(self, period: tuple[date, date] | None) -> Settled:
        """Judge all orders noted, now that all are known."""
        ids = self._texts("id")
        accepted = self._moments("accepted")
        too_late: Flags = accepted > _latest(accepted)
        duplicates = self._losers(ids, np.logical_not(too_late))
        good = np.logical_not(too_late | duplicates)
        kept = np.logical_and(good, within(accepted, period))
        order = np.flatnonzero(good)
        known = ids.take(pa.array(order))
        by_id = pc.sort_indices(known).to_numpy()
        rank = np.zeros(len(ids), dtype=np.int64)
        rank[order[by_id]] = np.arange(len(order))
        return Settled(
            kept,
            duplicates,
            too_late,
            self._callers(ids, accepted, rank, kept),
            known.take(pa.array(by_id)),
            kept[order[by_id]],
        )

    def _losers(self, ids: pa.Array, candidates: Flags) -> Flags:
        """Say which rows repeat a number and are not the one to keep: later last time, fuller, later row wins."""
        codes = ids.dictionary_encode().indices.to_numpy()
        repeated = np.flatnonzero(
            candidates & (np.bincount(codes[candidates], minlength=1)[codes] > 1 if len(codes) else candidates)
        )
        last = self._moments("last")[repeated]
        filled = self._numbers("filled")[repeated]
        order = repeated[np.lexsort((repeated, filled, last.astype(np.int64), codes[repeated]))]
        best = np.append(codes[order][1:] != codes[order][:-1], True)[: len(order)]
        losers = np.zeros(len(ids), dtype=bool)
        losers[order[~best]] = True
        return losers

    def _callers(self, ids: pa.Array, accepted: Moments, rank: npt.NDArray[np.int64], kept: Flags) -> pa.Array:
        callers = self._texts("caller").dictionary_encode().indices
        codes = callers.fill_null(-1).to_numpy()
        rows = np.flatnonzero(kept & (codes >= 0))
        rows = rows[np.lexsort((rank[rows], accepted[rows]))]
        present, first, which = np.unique(codes[rows], return_index=True, return_inverse=True)
        firsts = np.full(len(ids), -1, dtype=np.int64)
        if len(present):
            firsts[rows] = rows[first][which]
        return ids.take(pa.array(firsts, mask=firsts < 0))

    def _texts(self, name: str) -> pa.Array:
        return pa.chunked_array(self._columns[name], pa.string()).combine_chunks()

    def _numbers(self, name: str) -> npt.NDArray[np.int64]:
        chunks = [chunk.to_numpy().astype(np.int64) for chunk in self._columns[name]]
        return np.concatenate([np.array([], dtype=np.int64), *chunks])

    def _moments(self, name: str) -> Moments:
        chunks = [chunk.to_numpy(zero_copy_only=False) for chunk in self._columns[name]]
        return np.concatenate([np.array([], dtype="datetime64[s]"), *chunks])


def _latest(accepted: Moments) -> np.datetime64:
    """Return the last moment that can be right: a year after that by which 99 % of the orders were accepted.

    Only the data has a say, not the file's date or today's: the same bytes give the same result everywhere.
    """
    if len(accepted) == 0:
        return LATEST
    latest: np.datetime64 = np.sort(accepted)[int(_MOST * (len(accepted) - 1))] + _YEAR
    return latest


def within(accepted: Moments, period: tuple[date, date] | None) -> Flags:
    """Say which moments lie in a period of days, both ends inclusive; without a period all do."""
    if period is None:
        return np.ones(len(accepted), dtype=bool)
    days = accepted.astype("datetime64[D]")
    return (days >= np.datetime64(period[0], "D")) & (days <= np.datetime64(period[1], "D"))
