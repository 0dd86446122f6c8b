"""Telephone calls as a centre exports them: answered, waited for, called back and handed on as planned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np

from suqiu.simulate.centres.lots import Lots
from suqiu.simulate.centres.plan import Plan, Work
from suqiu.simulate.centres.rows import Call

Row = tuple[object, ...]

_LINES = {"110": 5.0, "119": 1.0, "120": 2.0, "122": 2.0}
_TRANSFERRED = 0.04
_EPOCH = datetime(1970, 1, 1)


def calls_of(
    plan: Plan, work: Work, lots: Lots, count: int, prefix: str, phoned: Sequence[tuple[str, int]]
) -> tuple[list[Row], list[Call]]:
    """Return the rows of the export in the order in which they queued, and the answered calls.

    Args:
        plan: for the period.
        work: how well calls are answered.
        lots: the calls' own.
        count: how many.
        prefix: of their numbers.
        phoned: orders made by telephone: number, and when accepted in seconds since 1970; each gets a call of its
            own as long as answered calls last.
    """
    queued = np.array([int((at - _EPOCH).total_seconds()) for at in lots.times(count, plan.first, plan.last)])
    answered = lots.flags(count, work["answered"])
    quick = lots.flags(count, work["within_15s"], answered)
    wait = np.where(quick, lots.even(count, 2, 14), 16 + 2 * lots.even(count, 0, work["long_wait_s"])).astype(np.int64)
    talk, wrap = lots.even(count, 40, 400).astype(np.int64), lots.even(count, 5, 90).astype(np.int64)
    handed = lots.flags(count, _TRANSFERRED, answered)
    taken = lots.flags(count, work["transferred_well"], handed)
    lines = lots.picks(count, _LINES)
    back = lots.flags(count, work["called_back"], ~answered)
    delay = lots.even(count, 300, 3600).astype(np.int64)
    rows: list[Row] = []
    found: list[Call] = []
    orders: Iterator[tuple[str | None, int | None]] = iter(phoned)
    for n in range(count):
        id_, at = f"{prefix}{n + 1:06d}", int(queued[n])
        if not answered[n]:
            end = at + 20 + int(wait[n])
            rows.append((id_, None, at, None, end, None, None, None, None, end + int(delay[n]) if back[n] else None))
            continue
        order, accepted = next(orders, (None, None)) if not handed[n] else (None, None)
        if accepted is not None:  # the order is written down while they talk
            at = accepted - int(talk[n]) // 2 - int(wait[n])
        begin = at + int(wait[n])
        end = begin + int(talk[n])
        line, ok = (lines[n], "是" if taken[n] else "否") if handed[n] else (None, None)
        rows.append((id_, order, at, begin, end, end + int(wrap[n]), f"{1001 + n % 120}", line, ok, None))
        found.append(Call(id_, _EPOCH + timedelta(seconds=begin), order))
    rows.sort(key=lambda row: (row[2], row[0]))
    return rows, sorted(found, key=lambda call: (call.answered_at, call.id))
