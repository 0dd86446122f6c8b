"""Telephone calls: those that became orders, those that needed none, and those that nobody answered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from suqiu.domain.order import Channel, Urgency
from suqiu.simulate.matters import Draft

#: Calls without an order for each call with one, and the share of them that nobody answers.
_WITHOUT_ORDER, _MISSED = 0.3, 0.16
#: In a storm callers wait this many times as long.
_STORM_WAIT = 4.0
_EMERGENCY_LINES = ("110", "119", "120", "122")

Row = tuple[object, ...]
"""One row of a table."""


def call_rows(
    drafts: Sequence[Draft], agents: Sequence[str], stormy: npt.NDArray[np.bool_], units: Sequence[str],
    rng: np.random.Generator,
) -> list[Row]:  # fmt: skip
    """Return the calls of a chunk, in the order in which they queued.

    Args:
        drafts: the chunk's orders.
        agents: number of the agent who took each.
        stormy: whether each came in on a day of storm.
        units: names of departments to which calls may be put through.
        rng: the chunk's.
    """
    phoned = [n for n, draft in enumerate(drafts) if draft.channel is Channel.PHONE]
    if not phoned:
        return []
    rows = _with_order(drafts, agents, phoned, stormy, rng) + _without_order(drafts, agents, phoned, stormy, units, rng)
    return sorted(rows, key=lambda row: (row[2], row[0]))


def _with_order(
    drafts: Sequence[Draft], agents: Sequence[str], phoned: list[int], stormy: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> list[Row]:  # fmt: skip
    """Build the call around each order's acceptance."""
    accepted = np.array([drafts[n].at for n in phoned], dtype=np.int64)
    wait, talk, wrap = _durations(len(phoned), stormy[phoned], rng)
    answered = accepted - (talk * rng.uniform(0.5, 0.9, len(phoned))).astype(np.int64)
    ended = answered + talk
    transfer = rng.random(len(phoned)).tolist()
    rows: list[Row] = []
    for n, queued, at, end, done, roll in zip(
        phoned, (answered - wait).tolist(), answered.tolist(), ended.tolist(), (ended + wrap).tolist(), transfer,
        strict=True,
    ):  # fmt: skip
        draft = drafts[n]
        urgent = draft.matter.urgency is Urgency.EMERGENCY and roll < 0.5
        line = _EMERGENCY_LINES[int(roll * 8)] if urgent else None
        call = "T" + draft.order_id.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        rows.append((call, draft.order_id, queued, at, end, done, agents[n], line, "是" if line else None, None))
    return rows


def _without_order(
    drafts: Sequence[Draft], agents: Sequence[str], phoned: list[int], stormy: npt.NDArray[np.bool_],
    units: Sequence[str], rng: np.random.Generator,
) -> list[Row]:  # fmt: skip
    """Build calls near those of orders: hung up in the queue, answered without an order, or put through."""
    count = int(len(phoned) * _WITHOUT_ORDER)
    near = np.array(phoned)[np.sort(rng.integers(len(phoned), size=count))]
    wait, talk, wrap = _durations(count, stormy[near], rng)
    queued = np.array([drafts[n].at for n in near], dtype=np.int64) + rng.integers(-600, 600, count)
    missed = rng.random(count) < np.where(stormy[near], 2.0, 1.0) * _MISSED
    back = rng.random(count) < 0.75
    back_after = 120 + rng.exponential(2400, count).astype(np.int64)
    through, taken, unit = rng.random(count) < 0.12, rng.random(count) < 0.93, rng.integers(len(units), size=count)
    rows: list[Row] = []
    for k, n in enumerate(near.tolist()):
        call, at = f"N{drafts[n].order_id.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}{k:04d}", int(queued[k])
        if missed[k]:
            end = at + 5 + int(wait[k]) * 3
            called_back = end + int(back_after[k]) if back[k] else None
            rows.append((call, None, at, None, end, None, None, None, None, called_back))
            continue
        answered = at + int(wait[k])
        end = answered + int(talk[k]) // 2
        to = units[int(unit[k])] if through[k] and k % 3 else "110" if through[k] else None
        ok = None if to is None else "是" if taken[k] else "否"
        rows.append((call, None, at, answered, end, end + int(wrap[k]) // 2, agents[n], to, ok, None))
    return rows


def _durations(
    count: int, stormy: npt.NDArray[np.bool_], rng: np.random.Generator
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Draw seconds of waiting, talking and after-call work: most wait little, some long."""
    patient = np.where(rng.random(count) < 0.9, 5.0, 45.0) * np.where(stormy, _STORM_WAIT, 1.0)
    wait = 1 + rng.exponential(patient).astype(np.int64)
    talk = 20 + rng.lognormal(np.log(150), 0.6, count).astype(np.int64)
    wrap = 5 + rng.exponential(40, count).astype(np.int64)
    return wait, talk, wrap
