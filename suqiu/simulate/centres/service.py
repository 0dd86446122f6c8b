"""Logs of taking calls and messages: channels, bots, emergencies, suggestions to agents."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from suqiu.simulate.centres.rows import Generators, Row, Setting, numbered, table

_CHANNELS = {"chat": 0.25, "wechat": 0.2, "sms": 0.15, "app": 0.15, "mailbox": 0.25}
_LANGUAGES = ("本地方言", "英语", "手语视频", "日语", "韩语", "少数民族语言")
_TARGETS = {"110": 0.5, "119": 0.15, "120": 0.25, "122": 0.1}
#: What is suggested beside the transcript, one a call.
_FUNCTIONS = {
    "fill": 0.22, "category": 0.2, "dispatch": 0.2, "intent": 0.1, "knowledge": 0.1, "summary": 0.06,
    "address": 0.04, "urgent": 0.04, "duplicate": 0.04,
}  # fmt: skip
_FAST = frozenset({"intent", "knowledge", "fill"})
_LOW = 0.15


def messages(s: Setting) -> list[Row]:
    """Messages by text, and how soon they were answered."""
    n, work = s.size, s.work
    channels, received = s.lots.picks(n, _CHANNELS), s.times(n)
    reply, accept = s.lots.most(n, work["first_reply_minutes"]), s.lots.most(n, work["mailbox_hours"])
    mail = [channel == "mailbox" for channel in channels]
    return table(
        message_id=numbered("M", n),
        channel=channels,
        received_at=received,
        first_reply_at=[
            at + timedelta(minutes=float(60 * wait if slow else wait))
            for at, wait, slow in zip(received, reply, mail, strict=True)
        ],
        accepted_at=[
            at + timedelta(hours=float(wait if slow else wait / 20))
            for at, wait, slow in zip(received, accept, mail, strict=True)
        ],
    )


def entries(s: Setting) -> list[Row]:
    """How long it takes to write an order down."""
    mean, started = s.work["entry_minutes"], s.times(s.size)
    minutes = s.lots.even(s.size, 0.6 * mean, 1.4 * mean).tolist()
    return table(
        entry_id=numbered("E", s.size),
        started_at=started,
        submitted_at=[at + timedelta(minutes=one) for at, one in zip(started, minutes, strict=True)],
        assisted=s.lots.flags(s.size, s.work["entry_assisted"]),
    )


def bot_sessions(s: Setting) -> list[Row]:
    """What became of talks with the bot: a tenth of what it ended comes back."""
    n = s.size
    ended = s.lots.flags(n, min(1.0, s.work["bot_solved"] / 0.9))
    asked = s.lots.flags(n, 0.34)
    return table(
        session_id=numbered("B", n),
        started_at=s.times(n),
        ended_in_bot=ended,
        recalled=s.lots.flags(n, 0.1, ended),
        asked_human=asked,
        transferred=s.lots.flags(n, s.work["transferred_to_people"], asked),
    )


def languages(s: Setting) -> list[Row]:
    """Languages needed: five of six; served are the first of them."""
    served = round(s.work["languages_served"] * (s.size - 1))
    return table(
        language=_LANGUAGES[: s.size],
        needed=[n < s.size - 1 for n in range(s.size)],
        served=[n < served for n in range(s.size)],
    )


def emergencies(s: Setting) -> list[Row]:
    """Cues of danger and their hand-over."""
    n, noticed = s.size, s.times(s.size)
    handed = s.lots.flags(n, s.work["handed_over"])
    minutes = s.lots.most(n, s.work["hand_over_minutes"]).tolist()
    return table(
        cue_id=numbered("J", n),
        cue_at=noticed,
        detected_by=s.lots.picks(n, {"agent": 0.5, "both": 0.3, "model": 0.2}),
        handed_over=handed,
        handed_over_at=[
            at + timedelta(minutes=wait) if done else None
            for at, wait, done in zip(noticed, minutes, handed, strict=True)
        ],
        target=[one if done else None for one, done in zip(s.lots.picks(n, _TARGETS), handed, strict=True)],
    )


def suggestions(s: Setting) -> list[Row]:
    """Two suggestions for each call that is assisted: the transcript and one other."""
    helped = s.lots.flags(len(s.calls), s.work["assisted_calls"])
    calls = [call for call, one in zip(s.calls, helped, strict=True) if one]
    n = 2 * len(calls)
    functions = [one for other in s.lots.picks(len(calls), _FUNCTIONS) for one in ("transcript", other)]
    kind = np.array(functions)
    fill, category, dispatch = kind == "fill", kind == "category", kind == "dispatch"
    adopted = s.lots.flags(n, s.work["adopted_fill"], fill) | s.lots.flags(n, s.work["adopted_category"], category)
    adopted |= s.lots.flags(n, s.work["adopted_other"], ~fill & ~category)
    traced = s.lots.flags(n, s.work["traced"])
    low = s.lots.flags(n, _LOW, kind != "transcript")
    slow, quick = s.lots.most(n, s.work["transcript_seconds"]), s.lots.most(n, s.work["response_seconds"])
    seconds = np.where(np.isin(kind, sorted(_FAST)), quick, slow)
    sure = s.lots.even(n, 0.0, 1.0)
    return table(
        suggestion_id=numbered("S", n),
        function=functions,
        shown_at=[call.answered_at + timedelta(seconds=wait) for call in calls for wait in (5, 60)],
        call_id=[call.id for call in calls for _ in (0, 1)],
        order_id=[call.order_id for call in calls for _ in (0, 1)],
        adopted=[bool(one) if known else None for one, known in zip(adopted, traced, strict=True)],
        edited=s.lots.flags(n, 0.2),
        automatic=s.lots.flags(n, s.work["automatic_dispatch"], dispatch),
        confidence=[
            round(0.3 + 0.3 * x if one else 0.6 + 0.4 * x, 3) for one, x in zip(low, sure.tolist(), strict=True)
        ],
        low_confidence=low,
        reviewed=s.lots.flags(n, s.work["low_confidence_reviewed"], low),
        latency_seconds=[round(one, 3) for one in seconds.tolist()],
        version=["2026.1"] * n,
    )


def inspections(s: Setting) -> list[Row]:
    """Checks of calls: by machine where all are checked, by people where only some are."""
    chosen = s.lots.flags(len(s.calls), s.work["inspected"])
    calls = [call for call, one in zip(s.calls, chosen, strict=True) if one]
    n, machine = len(calls), s.work["inspected"] > 0.5
    fault = s.lots.flags(n, 0.08)
    found: dict[str, object] = {"true_fault": [None] * n, "second_fault": [None] * n, "corrected": [None] * n}
    if machine:
        again = s.lots.flags(n, 0.25, ~fault) | fault
        true = s.lots.flags(n, s.work["inspection_precision"], fault)
        # What the machine missed: as many as its recall says.
        missed = true.sum() * (1 - s.work["inspection_recall"]) / s.work["inspection_recall"]
        true |= s.lots.flags(n, missed / max((again & ~fault).sum(), 1), again & ~fault)
        agree = s.lots.flags(n, s.work["inspectors_agree"])
        mended = s.lots.flags(n, s.work["corrected"], true)
        found = {
            "true_fault": [bool(one) if known else None for one, known in zip(true, again, strict=True)],
            "second_fault": [
                bool(one == same) if known else None for one, same, known in zip(true, agree, again, strict=True)
            ],
            "corrected": [bool(one) if known else None for one, known in zip(mended, true, strict=True)],
        }
    rows = table(
        inspection_id=numbered("Z", n),
        at=[call.answered_at + timedelta(days=1) for call in calls],
        call_id=[call.id for call in calls],
        order_id=[call.order_id for call in calls],
        by=["machine" if machine else "person"] * n,
        fault=fault,
    )
    more = table(**{name: list(cells) for name, cells in found.items() if isinstance(cells, list)})
    return [{**row, **rest} for row, rest in zip(rows, more, strict=True)]


GENERATORS: Generators = {
    "messages": messages,
    "entries": entries,
    "bot_sessions": bot_sessions,
    "languages": languages,
    "emergencies": emergencies,
    "suggestions": suggestions,
    "inspections": inspections,
}
