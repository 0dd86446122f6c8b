"""The chain of audit lines: each carries a keyed mark over itself and the line before.

Who appends locks the one row of `Head`: numbers have no gaps, and a line stands or falls with the transaction that it
tells of. Take this lock last in a transaction: it is held until the commit.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from suqiu.intake.redact import redact_text
from suqiu.web.accounts.actor import Actor, rule
from suqiu.web.audit.models import Entry, Head
from suqiu.web.site import site

#: The deed that says that the chain's head was gone when the next line came.
HEAD_LOST = "audit.head_lost"
#: Beyond this a number may come back from a database in another form than it went in.
_SAFE = 10**15

# Written by hand: every page that shows an order waits for these three.
_READ = "SELECT number, mark, since_number, since_mark, seal FROM audit_head WHERE id = 1"
_WRITE = (
    "INSERT INTO audit_entry (number, at, actor, address, deed, subject, detail, before, mark) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_MOVE = "UPDATE audit_head SET number = %s, mark = %s, seal = %s WHERE id = 1"


def record(actor: Actor, deed: str, subject: str = "", **detail: Any) -> None:
    """Append a line, in the transaction that is open or one of its own.

    Args:
        actor: who does it.
        deed: what, as `object.verb`: `order.read`, `vault.reveal`, `orders.export`, `user.change`.
        subject: what it is done to, as `kind:id`.
        detail: what else is worth knowing: numbers, codes, the reason given; what looks like personal data is masked.
    """
    with transaction.atomic():
        head = _locked_head()
        _append(head, actor, deed, subject, detail)


def _locked_head() -> Head:
    """Return the head, locked until the transaction ends; a lost one is made anew, which the chain then tells."""
    head = _read_head()
    if head is not None:
        return head
    Head.objects.bulk_create([Head(pk=1)], ignore_conflicts=True)  # two who come first make one
    head = Head.objects.select_for_update().get(pk=1)
    last = Entry.objects.order_by("-number").first()
    if not head.number and last is not None:
        head.number, head.mark = last.number, last.mark
        _append(head, rule("audit"), HEAD_LOST, "", {"after": last.number})
    return head


def _read_head() -> Head | None:
    with connection.cursor() as cursor:
        cursor.execute(_READ + (" FOR UPDATE" if connection.vendor == "postgresql" else ""))
        row = cursor.fetchone()
    return Head(1, *row) if row is not None else None


def _append(head: Head, actor: Actor, deed: str, subject: str, detail: Mapping[str, Any]) -> None:
    line = Entry(
        number=head.number + 1,
        at=site().now().astimezone(UTC),
        actor=_plain(actor.label)[:80],
        address=_plain(actor.address)[:45],
        deed=_plain(deed)[:40],
        subject=_plain(subject)[:120],
        detail={_plain(key): _clean(value) for key, value in detail.items()},
        before=head.mark,
    )
    line.mark = mark_of(line)
    head.number, head.mark = line.number, line.mark
    head.seal = seal_of(head)
    at = connection.ops.adapt_datetimefield_value(line.at)
    told = (line.number, at, line.actor, line.address, line.deed, line.subject, json.dumps(line.detail), line.before)
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, (*told, line.mark))
        cursor.execute(_MOVE, (head.number, head.mark, head.seal))


def mark_of(line: Entry) -> str:
    """Return the mark that a line must carry."""
    at: datetime = line.at.astimezone(UTC)
    told = [line.number, at.isoformat(), line.actor, line.address, line.deed, line.subject, line.detail, line.before]
    return keyed(json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def seal_of(head: Head) -> str:
    """Return the seal that the chain's head must carry."""
    return keyed(json.dumps(["head", head.number, head.mark, head.since_number, head.since_mark]))


def keyed(text: str) -> str:
    """Return the audit's keyed hash of a text, in hexadecimal."""
    return hmac.digest(site().key("audit"), text.encode(), hashlib.sha256).hex()


def _plain(text: str) -> str:
    """Return a text that every database keeps as it is: without null characters and broken surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _clean(value: Any) -> Any:
    """Return a detail as JSON keeps it on every database, with personal data in it masked."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < _SAFE else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) and "e" not in repr(value) else repr(value)
    if isinstance(value, Mapping):
        return {redact_text(_plain(str(key))): _clean(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(one) for one in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)]
    return redact_text(_plain(str(value)))


def verify() -> list[Mapping[str, Any]]:
    """Return every break of the chain: `number`, `problem` and `said` (in words) each; nothing when it is whole."""
    from suqiu.web.audit import anchors, verifying  # which mark lines as this module does

    breaks = verifying.read_chain(anchors.kept()).breaks
    return [{"number": one.number, "problem": one.problem, "said": one.said} for one in breaks]
