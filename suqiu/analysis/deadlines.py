"""When each stage of an order is due: limits, extensions and pauses, on whole batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from suqiu.domain.clock import Calendar, LimitTable, LimitUnit, Moments, Stage
from suqiu.domain.order import OrderType, Urgency

Rows = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Demands:
    """Which limit fits which rows of a batch.

    Attributes:
        types: column `type` of READINGS.
        urgencies: column `urgency` of READINGS; null counts as normal.
        limits: the city's time limits.
    """

    types: pa.Array
    urgencies: pa.Array
    limits: LimitTable

    @cached_property
    def _combinations(self) -> list[tuple[OrderType | None, Urgency, Rows]]:
        def codes(values: pa.Array) -> tuple[npt.NDArray[Any], list[str | None]]:
            # A null becomes a value of its own, so that it takes part in the combinations.
            encoded = values.dictionary_encode(null_encoding="encode")
            return encoded.indices.to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist()

        types, type_names = codes(self.types)
        urgencies, urgency_names = codes(self.urgencies)
        return [
            (
                OrderType(type_name) if type_name is not None else None,
                Urgency(urgency_name) if urgency_name is not None else Urgency.NORMAL,
                (types == t) & (urgencies == u),
            )
            for t, type_name in enumerate(type_names)
            for u, urgency_name in enumerate(urgency_names)
        ]

    def by_limit(self, stage: Stage) -> Iterator[tuple[int, LimitUnit, Rows]]:
        """Yield each limit of a stage with the rows it is for; rows without a limit are in none."""
        rows_of: dict[tuple[int, LimitUnit], Rows] = {}
        for type_, urgency, rows in self._combinations:
            limit = self.limits.find(stage, type_, urgency)
            if limit is not None:
                key = (limit.amount, limit.unit)
                rows_of[key] = rows_of[key] | rows if key in rows_of else rows
        for (amount, unit), rows in rows_of.items():
            yield amount, unit, rows


def due(starts: Moments, demands: Demands, stage: Stage, calendar: Calendar) -> Moments:
    """Return when a stage that starts at each moment is due by the limits alone; NaT where no limit fits.

    Raises:
        InvalidInput: a limit in working days leaves the known calendar.
    """
    moments = np.full(starts.shape, np.datetime64("NaT"), dtype="datetime64[s]")
    for amount, unit, rows in demands.by_limit(stage):
        moments[rows] = calendar.due(starts[rows], amount, unit)
    return moments


@dataclass(frozen=True)
class Pauses:
    """When the clocks of a batch stood still.

    Attributes:
        starts, ends: list columns of moments, oldest first; null for an order that was never
            paused; `ends` is one shorter where the last pause still lasts.
    """

    starts: pa.ListArray
    ends: pa.ListArray

    def in_turn(self) -> Iterator[tuple[npt.NDArray[np.int64], Moments, Moments]]:
        """Yield the first pause of every order that has one, then the second, and so on.

        Each time: the row numbers, the pauses' starts, their ends (NaT for one that still lasts).
        """
        starts, ends = _Lists(self.starts), _Lists(self.ends)
        for turn in range(int(starts.lengths.max(initial=0))):
            rows = np.flatnonzero(starts.lengths > turn)
            yield rows, starts.item(rows, turn), ends.item(rows, turn)


class _Lists:
    """A list column opened for numpy."""

    def __init__(self, column: pa.ListArray) -> None:
        self.lengths = np.nan_to_num(column.value_lengths().to_numpy(zero_copy_only=False)).astype(np.int64)
        self.values = moments_of(column.flatten())
        # flatten() leaves null lists out, so the offsets are those of the lengths.
        self.first = np.cumsum(self.lengths) - self.lengths

    def item(self, rows: npt.NDArray[np.int64], turn: int) -> Moments:
        found = np.full(rows.shape, np.datetime64("NaT"), dtype="datetime64[s]")
        has = self.lengths[rows] > turn
        found[has] = self.values[self.first[rows[has]] + turn]
        return found


def moments_of(column: pa.Array) -> Moments:
    """Return a timestamp column as moments, NaT for null."""
    moments: Moments = column.cast(pa.timestamp("s"), safe=False).to_numpy(zero_copy_only=False)
    return moments.astype("datetime64[s]")


def put_off(
    dues: Moments, since: Moments, demands: Demands, stage: Stage, pauses: Pauses, calendar: Calendar
) -> Moments:
    """Push deadlines by the pauses that began while their clock ran.

    A pause counts in the limit's own unit: seconds of a limit in hours, calendar days or working
    days (after the day it began, up to the day it ended) of a limit in days or working days. While
    a pause lasts, nothing is due: the deadline is NaT.

    Args:
        dues: the deadlines without pauses.
        since: from when each clock ran: a pause that began earlier is already in the deadline.
        demands, stage: which limit, and so which unit, each row has; rows without one keep their deadline.
        pauses: when the clocks stood still.
        calendar: the working days.
    """
    units = {unit: np.zeros(dues.shape, dtype=bool) for unit in LimitUnit}
    for _, unit, fitting in demands.by_limit(stage):
        units[unit] |= fitting
    moments = dues.copy()
    for rows, starts, ends in pauses.in_turn():
        # NaT compares as false, so a clock that stands or has no deadline is not pushed.
        counts = (starts >= since[rows]) & (starts <= moments[rows])
        for unit, of_unit in units.items():
            hit = counts & of_unit[rows]
            if hit.any():
                moments[rows[hit]] = _pushed(moments[rows[hit]], starts[hit], ends[hit], unit, calendar)
    return moments


def _pushed(dues: Moments, starts: Moments, ends: Moments, unit: LimitUnit, calendar: Calendar) -> Moments:
    """Push each deadline by its pause; one that still lasts leaves no deadline."""
    if unit is not LimitUnit.WORKDAYS:
        step = "s" if unit is LimitUnit.HOURS else "D"
        stood = ends.astype(f"datetime64[{step}]") - starts.astype(f"datetime64[{step}]")
        pushed: Moments = dues + stood.astype("timedelta64[s]")
        return pushed
    moments = np.full(dues.shape, np.datetime64("NaT"), dtype="datetime64[s]")
    over = ~np.isnat(ends)
    days = calendar.workdays_between(starts[over], ends[over])
    finished = dues[over].copy()
    for count in np.unique(days[days > 0]):
        same = days == count
        finished[same] = calendar.due(finished[same], int(count), LimitUnit.WORKDAYS)
    moments[over] = finished
    return moments
