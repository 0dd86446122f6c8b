"""Removing personal data after its time: never history, only what tells who somebody is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from suqiu.domain.order import Status
from suqiu.web.accounts.actor import rule
from suqiu.web.audit import archive
from suqiu.web.audit.chain import record
from suqiu.web.custody.rules import rules
from suqiu.web.orders.models import Attachment, Order, Step
from suqiu.web.site import site
from suqiu.web.vault.models import Person, Relay, Sealed

#: Here an order is over.
OVER = (Status.CLOSED, Status.APPRAISED, Status.ARCHIVED, Status.WITHDRAWN, Status.VOIDED, Status.MERGED)
#: Name of an attachment whose content was removed.
REMOVED = "已按保存期限清除"
#: So many of the newest backups stay, however old.
NEWEST_BACKUPS = 3
_AT_A_TIME = 500


def retain(*, dry_run: bool = False) -> Mapping[str, int]:
    """Remove everything whose time is over; return how many of each kind.

    Args:
        dry_run: only count.
    """
    now = site().now()
    before = {kind: now - timedelta(days=one.days) for kind, one in rules().items()}
    deeds: dict[str, Callable[[datetime, bool], int]] = {
        "callers": _callers,
        "originals": _originals,
        "attachments": _attachments,
        "sessions": _sessions,
        "backups": _backups,
        "audit": archive.put_away,
    }
    counts = {kind: deed(before[kind], dry_run) for kind, deed in deeds.items()}
    if not dry_run and any(counts.values()):
        record(rule("retention"), "site.retain", counts=dict(counts))
    return counts


def _open_or_recent(before: datetime) -> QuerySet[Order]:
    """Return the orders that are not over, or not for long enough."""
    return Order.objects.filter(~Q(status__in=OVER) | Q(status_at__gte=before))


def _callers(before: datetime, dry_run: bool) -> int:
    """Empty persons whose every order was over before a moment; the row stays, so that history holds together."""
    held = _open_or_recent(before).filter(contact__person=OuterRef("pk"))
    due = Person.objects.filter(~Exists(held), created_at__lt=before).exclude(sealed=b"")
    return _in_batches(due, lambda rows: rows.update(sealed=b"", phone_mark=""), dry_run)


def _originals(before: datetime, dry_run: bool) -> int:
    """Delete originals of orders that were over before a moment, and those whose order is not there any more."""
    count, last = 0, 0
    kept = _open_or_recent(before)
    while chunk := list(Sealed.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "subject")[:_AT_A_TIME]):
        last = chunk[-1][0]
        held = _subjects_of(kept, [subject for _, subject in chunk])
        due = [pk for pk, subject in chunk if subject not in held]
        count += len(due)
        if due and not dry_run:
            Sealed.objects.filter(pk__in=due).delete()
    return count


def _subjects_of(orders: QuerySet[Order], subjects: list[str]) -> set[str]:
    """Return those of the subjects that belong to one of the orders."""
    ids: dict[str, dict[str, list[str]]] = {"order": {}, "step": {}, "relay": {}}
    for subject in subjects:
        kind, _, rest = subject.partition(":")
        ids.setdefault(kind, {}).setdefault(rest.rpartition(":")[0], []).append(subject)
    numbers = set(orders.filter(number__in=ids["order"]).values_list("number", flat=True))
    steps = Step.objects.filter(pk__in=[int(one) for one in ids["step"] if one.isdecimal()], order__in=orders)
    relays = Relay.objects.filter(pk__in=[int(one) for one in ids["relay"] if one.isdecimal()])
    kept = {
        "order": numbers,
        "step": {str(pk) for pk in steps.values_list("pk", flat=True)},
        "relay": {str(pk) for pk in relays.filter(order__in=orders.values("number")).values_list("pk", flat=True)},
    }
    return {subject for kind, found in kept.items() for id_ in found for subject in ids[kind].get(id_, [])}


def _attachments(before: datetime, dry_run: bool) -> int:
    """Delete the files of orders that were over before a moment; kind, size, mark and time stay on record."""
    due = Attachment.objects.filter(order__status__in=OVER, order__status_at__lt=before, at__lt=before).exclude(
        name=REMOVED
    )
    marks = set(due.values_list("sha256", flat=True)) if not dry_run else set()
    count = _in_batches(due, lambda rows: rows.update(name=REMOVED), dry_run)
    for mark in sorted(marks):
        # The same photo may belong to another order still.
        if not Attachment.objects.filter(sha256=mark).exclude(name=REMOVED).exists():
            (site().files / mark[:2] / mark).unlink(missing_ok=True)
    return count


def _sessions(before: datetime, dry_run: bool) -> int:
    # Sessions end by the machine's clock, from which a demonstration's may be far.
    ended = timezone.now() - (site().now() - before)
    return _in_batches(Session.objects.filter(expire_date__lt=ended), lambda rows: rows.delete(), dry_run)


def _backups(before: datetime, dry_run: bool) -> int:
    """Delete old backups of the installation's own folder, the newest excepted."""
    found = sorted(site().backups.glob("suqiu-????????-??????.tar"))
    due = [file for file in found[:-NEWEST_BACKUPS] if file.name < f"suqiu-{before:%Y%m%d-%H%M%S}"]
    for file in due if not dry_run else []:
        file.unlink()
    return len(due)


def _in_batches(
    due: QuerySet[Person] | QuerySet[Attachment] | QuerySet[Session], deed: Callable[..., object], dry_run: bool
) -> int:
    """Do something to all rows of a query, so many in a transaction; return their number."""
    if dry_run:
        return due.count()
    count = 0
    while keys := list(due.order_by("pk").values_list("pk", flat=True)[:_AT_A_TIME]):
        with transaction.atomic():
            deed(due.model._default_manager.filter(pk__in=list(map(str, keys))))
        count += len(keys)
    return count
