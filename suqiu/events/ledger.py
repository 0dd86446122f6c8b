"""The life of an event: how it grew, whether complaints fell, and one name from first signal to end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True, slots=True)
class Life:
    """How many orders an event brought on each day 事件生命线.

    Attributes:
        event_id: the event.
        first_on: day of its first order.
        daily: orders a day from then on, to its last.
        before_peak, after_peak: mean orders a day over the seven days before and after its peak day.
    """

    event_id: str
    first_on: date
    daily: tuple[int, ...]
    before_peak: float
    after_peak: float

    @property
    def fell(self) -> bool:
        """Say whether orders fell after the peak."""
        return self.after_peak < self.before_peak


def lives(event_orders: pa.Table, orders: pa.Table) -> list[Life]:
    """Return the life of each event.

    Args:
        event_orders: EVENT_ORDERS.
        orders: any table with `order_id` and `accepted_at` of those orders.
    """
    joined = event_orders.join(orders.select(["order_id", "accepted_at"]), "order_id", join_type="inner")
    days = joined.append_column("day", pc.cast(joined["accepted_at"], pa.date32()))
    counts = days.group_by(["event_id", "day"]).aggregate([([], "count_all")])
    by_event: dict[str, dict[date, int]] = {}
    for row in counts.sort_by([("event_id", "ascending"), ("day", "ascending")]).to_pylist():
        by_event.setdefault(row["event_id"], {})[row["day"]] = row["count_all"]
    return [_life(event_id, daily) for event_id, daily in by_event.items()]


def _life(event_id: str, daily: Mapping[date, int]) -> Life:
    first, last = min(daily), max(daily)
    curve = np.array([daily.get(first + timedelta(n), 0) for n in range((last - first).days + 1)])
    peak = int(curve.argmax())
    before = curve[max(0, peak - 7) : peak].sum() / 7
    after = curve[peak + 1 : peak + 8].sum() / 7
    return Life(event_id, first, tuple(int(n) for n in curve), float(before), float(after))


def carry_over(previous: pa.Table, current: pa.Table) -> dict[str, str]:
    """Say which event found now is one that was found before, so that it keeps its name for life.

    Args:
        previous, current: EVENT_ORDERS of the earlier and of the present run.

    Returns:
        Present event_id → earlier event_id, for each present event that holds more than half of an
        earlier event's orders; of several such the one it shares most orders with, each used once.
    """
    owner = dict(zip(current["order_id"].to_pylist(), current["event_id"].to_pylist(), strict=True))
    sizes = Counter(previous["event_id"].to_pylist())
    shared = Counter(
        (owner[order], event)
        for order, event in zip(previous["order_id"].to_pylist(), previous["event_id"].to_pylist(), strict=True)
        if order in owner
    )
    kept: dict[str, str] = {}
    for (now, then), count in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if now not in kept and then not in kept.values() and count * 2 > sizes[then]:
            kept[now] = then
    return kept
