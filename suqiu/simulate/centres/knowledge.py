"""The knowledge base, its use, and how well questions are answered from it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from suqiu.simulate.centres.rows import Generators, Row, Setting, numbered, table

_SHOULD_REFUSE = 0.2


def _ago(as_of: date, days: list[int]) -> list[date]:
    return [as_of - timedelta(days=one) for one in days]


def knowledge_items(s: Setting) -> list[Row]:
    """Items in use: some are past their day."""
    n, as_of = s.size, s.plan.as_of
    expired = s.lots.flags(n, s.work["knowledge_expired"])
    ahead, past = s.lots.wholes(n, 60, 700).tolist(), s.lots.wholes(n, 20, 200).tolist()
    return table(
        item_id=numbered("K", n),
        owner=s.lots.picks(n, s.units[:20]),
        updated_on=_ago(as_of, s.lots.wholes(n, 10, 360).tolist()),
        valid_until=[
            as_of + timedelta(days=-before if old else after)
            for old, after, before in zip(expired, ahead, past, strict=True)
        ],
        has_source=s.lots.flags(n, s.work["knowledge_sourced"]),
    )


def knowledge_uses(s: Setting) -> list[Row]:
    """Searches and pushes."""
    ways = s.lots.picks(s.size, ["search", "push"])
    push = np.array([way == "push" for way in ways])
    used = s.lots.flags(s.size, s.work["pushes_used"], push) | s.lots.flags(s.size, s.work["searches_used"], ~push)
    return table(use_id=numbered("U", s.size), at=s.times(s.size), way=ways, used=used)


def knowledge_gaps(s: Setting) -> list[Row]:
    """Questions that had no answer."""
    days, filled = s.days(s.size), s.lots.flags(s.size, s.work["gaps_filled"])
    return table(
        gap_id=numbered("G", s.size),
        found_on=days,
        filled_on=[day + timedelta(days=5) if one else None for day, one in zip(days, filled, strict=True)],
    )


def policy_changes(s: Setting) -> list[Row]:
    """Changes of policy, and whether the items followed in time."""
    days, in_time = s.days(s.size), s.lots.flags(s.size, s.work["knowledge_on_time"])
    return table(
        change_id=numbered("P", s.size),
        changed_on=days,
        updated_on=[day + timedelta(days=2 if one else 20) for day, one in zip(days, in_time, strict=True)],
        in_limit=in_time,
    )


def eval_answers(s: Setting) -> list[Row]:
    """Questions with judged answers; a fifth should not be answered at all."""
    n, work = s.size, s.work
    refuse = s.lots.flags(n, _SHOULD_REFUSE)
    refused = s.lots.flags(n, work["refused"], refuse)
    matters = s.lots.picks(n, s.matters)
    return table(
        sample_id=numbered("W", n),
        question=[f"{matter}如何办理，需要哪些材料？" for matter in matters],
        answer=[
            "该问题不在答复范围，请转人工。" if one else f"办理{matter}请携带有效证件到政务服务窗口。"
            for one, matter in zip(refused, matters, strict=True)
        ],
        correct=s.lots.flags(n, work["answers_right"], ~refuse) | refused,
        sourced=s.lots.flags(n, work["answers_sourced"], ~refused),
        supported=s.lots.flags(n, work["answers_supported"], ~refused) | refused,
        should_refuse=refuse,
        refused=refused,
    )


GENERATORS: Generators = {
    "knowledge_items": knowledge_items,
    "knowledge_uses": knowledge_uses,
    "knowledge_gaps": knowledge_gaps,
    "policy_changes": policy_changes,
    "eval_answers": eval_answers,
}
