"""Numbers made from facts, each a fact itself: how it is made stands beside it like any other's."""

from __future__ import annotations

import math
from dataclasses import replace

from suqiu.analysis.catalogue import Entry
from suqiu.analysis.measures.measure import Direction
from suqiu.domain.evidence import Fact, Interval
from suqiu.domain.text import Text

_Z99 = 2.576
#: Below this a count changes by orders, not by percent: one order more is more than three percent.
_SMALL = 30
#: The share of orders due that were not closed by their deadline.
LATE = "C3_late"
DERIVED = (
    Entry(
        LATE,
        Text("超期率", "overdue share"),
        Text("时限到期的已派单工单，不含不合理诉求、并单、撤单、作废",
             "dispatched orders whose deadline fell due, without unreasonable, merged, withdrawn and voided ones"),
        Text("1－按时办结率", "1 − on-time closure"),
        Text("办结时限", "deadline for closure"),
        "share",
        Direction.DOWN,
        "own",
    ),
)  # fmt: skip


def late(on_time: Fact) -> Fact:
    """Return the overdue share that an on-time share leaves."""
    ends = on_time.interval
    return replace(
        on_time,
        fact_id=on_time.fact_id.replace("C3@", f"{LATE}@", 1),
        measure=LATE,
        name=DERIVED[0].name,
        value=None if on_time.value is None else 1 - on_time.value,
        numerator=None if on_time.numerator is None else (on_time.denominator or 0) - on_time.numerator,
        interval=None if ends is None else Interval(1 - ends.upper, 1 - ends.lower, ends.level, ends.method),
    )


def change(now: Fact | None, before: Fact | None) -> float | None:
    """Return how much a number changed: a share by its difference, else by its part of before; None if unknown."""
    if now is None or before is None or now.value is None or before.value is None:
        return None
    if now.unit == "share":
        return float(now.value) - float(before.value)
    return float(now.value) / float(before.value) - 1 if before.value else None


def difference(now: Fact | None, before: Fact | None) -> int | None:
    """Return by how many orders a small count changed: its percentages would say more than is known."""
    if now is None or before is None or now.unit != "orders" or now.value is None or before.value is None:
        return None
    return int(now.value - before.value) if before.value < _SMALL else None


def beyond_chance(now: Fact | None, before: Fact | None) -> bool:
    """Say whether a change is more than chance.

    Shares: neither interval reaches into the other. Counts of equally long periods: they differ by more than two
    Poisson counts of one rate would in 99 of 100 cases.
    """
    if now is None or before is None or now.value is None or before.value is None:
        return False
    if now.interval is not None and before.interval is not None:
        return now.interval.lower > before.interval.upper or now.interval.upper < before.interval.lower
    return now.unit == "orders" and abs(now.value - before.value) > _Z99 * math.sqrt(now.value + before.value)
