"""Rows as other systems are shown them: redacted texts, masked callers, empty as null."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from suqiu.web.orders.models import Attachment, Contact, Order, Step
from suqiu.web.site import site
from suqiu.web.vault.safe import masked

_AS_THEY_ARE = (
    "number", "version", "title", "text", "channel", "urgency", "address", "lon", "lat", "object_name", "status",
    "status_at", "accepted_at", "due_at", "sign_due_at", "contact_due_at", "reply_due_at", "close_due_at",
    "dispatches", "returns", "extensions", "urges", "supervisions", "reworks", "supervised", "asked", "exempt",
    "secret", "solved", "replied_at", "closed_at",
)  # fmt: skip
_EMPTY_IS_NONE = ("type", "category", "place", "department", "due_stage", "satisfaction")

#: What an order's row needs beside it, fetched at once.
BESIDE = ("contact", "merged_into")


def order(row: Order) -> dict[str, Any]:
    """Return an order; its row comes with `BESIDE`, and its units fetched."""
    said = {name: _local(getattr(row, name)) for name in _AS_THEY_ARE}
    said |= {name: getattr(row, name) or None for name in _EMPTY_IS_NONE}
    said["contact"] = row.contact.number
    said["assisting"] = sorted(unit.department for unit in row.units.all() if unit.role == "assist")
    said["merged_into"] = row.merged_into.number if row.merged_into is not None else None
    return said


def step(row: Step) -> dict[str, Any]:
    """Return a step of an order's history."""
    return {
        "seq": row.seq, "kind": row.kind, "at": _local(row.at), "actor": row.actor,
        "department": row.department or None, "reason": row.reason, "text": row.text, "until": _local(row.until),
        "parent": row.parent.number if row.parent is not None else None, "data": row.data,
    }  # fmt: skip


def attachment(row: Attachment) -> dict[str, Any]:
    """Return what is known of a file."""
    return {
        name: _local(getattr(row, name)) for name in ("code", "kind", "name", "media_type", "size", "sha256", "at")
    }  # fmt: skip


def contact(row: Contact, numbers: list[str], *, secret: bool) -> dict[str, Any]:
    """Return a call; of a secret caller nothing is shown, not even masked."""
    who = None if secret else masked(row.person)
    return {
        "number": row.number, "channel": row.channel, "at": _local(row.at), "secret": secret, "language": row.language,
        "caller": None if who is None else {"name": who.name, "phone": who.phone}, "orders": numbers,
    }  # fmt: skip


def _local(value: Any) -> Any:
    """Return a moment by the city's clock; anything else as it is."""
    return value.astimezone(site().zone) if isinstance(value, datetime) else value
