"""Audit lines that have stood their time: written to a file, anchored, then taken out of the database.

The file holds the lines as they were marked; the chain in the database goes on from the last of them, whose mark
stays in the head. `suqiu audit verify` reads both.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from suqiu.lake import replacing
from suqiu.web.accounts.actor import rule
from suqiu.web.audit import anchors, chain, guards
from suqiu.web.audit.models import Entry, Head
from suqiu.web.site import site

_FIELDS = ("number", "at", "actor", "address", "deed", "subject", "detail", "before", "mark")
#: So many lines at most in a file.
MOST = 200_000


def put_away(before: datetime, dry_run: bool) -> int:
    """Archive the lines from before a moment; the newest line always stays. Return how many."""
    head = Head.objects.filter(pk=1).first()
    newer = Entry.objects.filter(at__gte=before).order_by("number").values_list("number", flat=True).first()
    if head is None:
        return 0
    last = (newer - 1) if newer is not None else head.number - 1
    count = max(0, last - head.since_number)
    if not dry_run:
        for first in range(head.since_number + 1, last + 1, MOST):
            _put_away(first, min(first + MOST - 1, last))
    return count


def _put_away(first: int, last: int) -> None:
    anchors.drop()
    chosen = Entry.objects.filter(number__gte=first, number__lte=last).order_by("number")
    target = folder() / f"audit-{first:012d}-{last:012d}.jsonl.gz"
    target.parent.mkdir(mode=0o700, exist_ok=True)
    with replacing(target) as part, gzip.open(part, "wt", encoding="utf-8") as out:
        for line in chosen.iterator(chunk_size=2000):
            kept = {name: getattr(line, name) for name in _FIELDS} | {"at": line.at.isoformat()}
            out.write(json.dumps(kept, ensure_ascii=False, sort_keys=True) + "\n")
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    with transaction.atomic():
        head = Head.objects.select_for_update().get(pk=1)
        ending = Entry.objects.get(number=last)
        guards.lift(connection, "audit_entry")
        chosen.delete()
        guards.install(connection)
        head.since_number, head.since_mark = last, ending.mark
        head.seal = chain.seal_of(head)
        head.save()
        chain.record(rule("retention"), "audit.archive", first=first, last=last, file=target.name, sha256=digest)


def folder() -> Path:
    """Return where archived lines lie."""
    return site().folder / "audit-archive"


def lines(file: Path) -> Iterator[Entry]:
    """Yield the lines of an archive file."""
    with gzip.open(file, "rt", encoding="utf-8") as source:
        for text in source:
            said: dict[str, Any] = json.loads(text)
            yield Entry(**said | {"at": datetime.fromisoformat(said["at"])})


def files() -> list[Path]:
    """Return the archive files, the oldest first."""
    return sorted(folder().glob("audit-*.jsonl.gz"))
