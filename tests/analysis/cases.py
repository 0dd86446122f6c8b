"""A hotline small enough to count by hand: seven orders of January 2026 and one of February."""

from __future__ import annotations

from typing import Any

import ibis

from tests.analysis.factories import at, table

#: Told once for every order that went to a department and back without anything special.
_QUIET: dict[str, Any] = {
    "dispatches": 1,
    "returns_asked": 0,
    "returns_granted": 0,
    "returns_refused": 0,
    "extensions": 0,
    "urges": 0,
    "supervisions": 0,
    "reworks": 0,
    "shelved": False,
    "exempt": False,
    "appeals": 0,
    "appeals_upheld": 0,
}

#: order, day and hour of acceptance, channel, type, category, department, district, street, community
_ORDERS = (
    ("o1", "01-05 09:00", "phone", "consult", "01.01", None, "01", "01.01", "01.01.001"),
    ("o2", "01-05 09:00", "phone", "complaint", "01.01", "D01", "01", "01.01", None),
    ("o3", "01-05 10:00", "web", "complaint", "02.01", "D02", "02", None, None),
    ("o4", "01-06 09:00", "phone", "complaint", "02.01", "D02", "02", None, None),
    ("o5", "01-06 10:00", "phone", "complaint", "01.01", "D01", "01", "01.01", None),
    ("o6", "01-07 09:00", "web", "help", "02.01", "D02", "02", None, None),
    ("o7", "01-20 09:00", "phone", "complaint", "01.01", "D01", None, None, None),
    ("o8", "02-10 09:00", "phone", "consult", "01.01", None, "01", None, None),
)


def orders() -> ibis.Table:
    """The orders, with what the export says the callers said."""
    said = {"o2": (True, "satisfied"), "o3": (True, "satisfied"), "o7": (False, "basic")}
    return table(
        "orders",
        [
            {
                "order_id": id_,
                "accepted_at": at(accepted),
                "channel": channel,
                "solved": said.get(id_, (None, None))[0],
                "satisfaction": said.get(id_, (None, None))[1],
            }
            for id_, accepted, channel, *_ in _ORDERS
        ],
    )


def readings() -> ibis.Table:
    """The orders as understood."""
    return table(
        "readings",
        [
            {
                "order_id": id_,
                "accepted_at": at(accepted),
                "type": type_,
                "category": category,
                "category_1": category[:2],
                "department": department,
                "district": district,
                "street": street,
                "community": community,
            }
            for id_, accepted, _, type_, category, department, district, street, community in _ORDERS
        ],
    )


def timelines() -> ibis.Table:
    """What became of each order."""
    direct = {"closed_at": at("01-05 09:05"), "status": "closed", **_QUIET, "dispatches": 0}
    good = {
        "first_dispatched_at": at("01-05 09:30"),
        "signed_at": at("01-05 10:00"),
        "contacted_at": at("01-05 11:00"),
        "replied_at": at("01-07 09:00"),
        "closed_at": at("01-08 09:30"),
        "status": "closed",
        **_QUIET,
    }
    bounced = {
        "first_dispatched_at": at("01-05 10:40"),
        "signed_at": at("01-07 10:00"),
        "replied_at": at("01-12 09:00"),
        "closed_at": at("01-15 10:40"),
        "status": "closed",
        **_QUIET,
        "dispatches": 2,
        "returns_asked": 1,
        "returns_granted": 1,
    }
    unreasonable = {
        **bounced,
        "first_dispatched_at": at("01-06 10:40"),
        "exempt": True,
        "dispatches": 1,
        "returns_asked": 0,
        "returns_granted": 0,
    }
    merged = {"first_dispatched_at": at("01-06 10:30"), "status": "merged", **_QUIET, "merged_into": "o2"}
    stuck = {
        "first_dispatched_at": at("01-07 09:50"),
        "signed_at": at("01-07 10:00"),
        "status": "handling",
        **_QUIET,
        "urges": 2,
        "extensions": 1,
        "supervisions": 1,
        "shelved": True,
    }
    disputed = {
        "first_dispatched_at": at("01-20 10:00"),
        "signed_at": at("01-20 11:00"),
        "contacted_at": at("01-20 11:30"),
        "replied_at": at("01-21 10:00"),
        "closed_at": at("01-22 10:00"),
        "status": "closed",
        **_QUIET,
        "dispatches": 2,  # the second after the citizen reopened it
        "returns_asked": 1,
        "returns_refused": 1,
        "reworks": 1,
        "appeals": 2,
        "appeals_upheld": 1,
    }
    lives: list[dict[str, Any]] = [direct, good, bounced, unreasonable, merged, stuck, disputed, {}]
    due = {
        "o2": ("01-06 09:30", "01-06 09:30", "01-08 23:59", "01-12 23:59"),
        "o3": ("01-06 10:40", "01-06 10:40", "01-08 23:59", "01-12 23:59"),
        "o4": ("01-07 10:40", "01-07 10:40", "01-09 23:59", "01-13 23:59"),
        "o5": ("01-07 10:30", "01-07 10:30", "01-09 23:59", "01-13 23:59"),
        "o6": ("01-08 09:50", "01-08 09:50", "01-10 23:59", "01-14 23:59"),
        "o7": ("01-21 10:00", "01-21 10:00", "01-23 23:59", "02-02 23:59"),
    }
    names = ("sign_due_at", "contact_due_at", "reply_due_at", "close_due_at")
    return table(
        "timelines",
        [
            {
                "order_id": order[0],
                "accepted_at": at(order[1]),
                **dict(zip(names, map(at, due[order[0]]), strict=True) if order[0] in due else {}),
                **life,
            }
            for order, life in zip(_ORDERS, lives, strict=True)
        ],
    )


def steps() -> ibis.Table:
    """Who passed what to whom."""
    moves = (
        ("o2", "dispatch", "01-05 09:30", "D01"),
        ("o3", "dispatch", "01-05 10:40", "D01"),
        ("o3", "request_return", "01-05 11:00", "D01"),
        ("o3", "grant_return", "01-05 12:00", None),
        ("o3", "redispatch", "01-05 12:10", "D02"),
        ("o4", "dispatch", "01-06 10:40", "D02"),
        ("o7", "dispatch", "01-20 10:00", "D01"),
        ("o7", "request_return", "01-20 10:10", "D01"),
        ("o7", "refuse_return", "01-20 10:20", None),
    )
    return table(
        "steps",
        [
            {"order_id": id_, "seq": seq, "kind": kind, "at": at(when), "department": department}
            for seq, (id_, kind, when, department) in enumerate(moves, start=1)
        ],
    )


def calls() -> ibis.Table:
    """Six calls: waits of 10, 15, 20 and 55 seconds, two missed."""

    def call(id_: str, queued: str, wait: int | None, talk: int, **more: Any) -> dict[str, Any]:
        start = at(queued)
        answered = None if wait is None else start.replace(second=wait)
        ended = (answered or start).timestamp() + talk
        return {
            "call_id": id_,
            "queued_at": start,
            "answered_at": answered,
            "ended_at": start.fromtimestamp(ended),
            **more,
        }

    return table(
        "calls",
        [
            call("c1", "01-05 09:00", 10, 50, wrapped_at=at("01-05 09:01").replace(second=30)),
            call("c2", "01-05 10:00", 20, 100, transferred_to="D01", transfer_accepted=True),
            call("c3", "01-05 11:00", None, 60, called_back_at=at("01-05 11:11")),
            call("c4", "01-05 12:00", None, 60),
            call("c5", "01-05 13:00", 15, 45, transferred_to="110", transfer_accepted=True),
            call("c6", "01-05 14:00", 55, 5, transferred_to="119", transfer_accepted=False),
        ],
    )


def call_backs() -> ibis.Table:
    """Three orders were visited, one of them twice."""
    return table(
        "call_backs",
        [
            {
                "order_id": "o2",
                "at": at("01-09 09:00"),
                "reached": True,
                "solved": True,
                "satisfaction": "very_satisfied",
                "truthful": True,
            },
            {"order_id": "o3", "at": at("01-16 09:00"), "reached": False},
            {
                "order_id": "o3",
                "at": at("01-17 09:00"),
                "reached": True,
                "solved": False,
                "satisfaction": "dissatisfied",
                "truthful": False,
            },
            {
                "order_id": "o4",
                "at": at("01-17 10:00"),
                "reached": True,
                "solved": False,
                "satisfaction": "very_dissatisfied",
            },
        ],
    )


def repeats() -> ibis.Table:
    """One repeat soon after the first, one long after."""
    return table(
        "repeats",
        [{"order_id": "o5", "first_id": "o2"}, {"order_id": "o8", "first_id": "o1"}],
    )


def hotline() -> dict[str, ibis.Table]:
    """All tables of the hotline."""
    return {
        "orders": orders(),
        "readings": readings(),
        "timelines": timelines(),
        "steps": steps(),
        "calls": calls(),
        "call_backs": call_backs(),
        "repeats": repeats(),
    }
