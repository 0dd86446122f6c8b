"""What stands in the database at this moment: a few counts, kept for some seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import TypeVar, cast

from django.core.cache import cache
from django.db.models import Count, Q
from django.db.models.functions import TruncHour

from suqiu.domain.order import Status, StepKind, Urgency
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.scope import Scope
from suqiu.web.orders import flow
from suqiu.web.orders.decisions import OPEN
from suqiu.web.orders.models import Order, Step
from suqiu.web.site import site

T = TypeVar("T")

#: Many look at the same counts: nobody needs them newer than this.
SECONDS = 20
_SOON = timedelta(hours=24)
_LISTED = 12


@dataclass(frozen=True, slots=True)
class Counts:
    """The counters of this moment 实时计数.

    Attributes:
        at: when they were counted.
        today, yesterday: accepted since midnight, and by the same time yesterday.
        closed: closed since midnight.
        open: somebody still has something to do.
        waiting: not dispatched, or returned and to be dispatched anew.
        overdue: open, the running clock is past its end.
        soon: open, the running clock ends within 24 hours.
        urgent: open, urgent or emergency.
        supervised: open, under supervision.
        hours, hours_before: accepted in each hour of today so far, and of all yesterday.
    """

    at: datetime
    today: int
    yesterday: int
    closed: int
    open: int
    waiting: int
    overdue: int
    soon: int
    urgent: int
    supervised: int
    hours: tuple[int, ...]
    hours_before: tuple[int, ...]


def counts(actor: Actor) -> Counts:
    """Return the counters for an actor's scope."""
    return _kept("counts", actor, lambda: _counted(actor))


def _counted(actor: Actor) -> Counts:
    now = site().now()
    midnight = datetime.combine(now.date(), time.min, site().zone)
    before = datetime.combine(now.date() - timedelta(1), time.min, site().zone)
    seen = flow.visible(actor).order_by()
    standing = seen.filter(status__in=OPEN).aggregate(
        open=Count("pk"),
        waiting=Count("pk", filter=Q(status__in=(Status.ACCEPTED, Status.RETURNED))),
        overdue=Count("pk", filter=Q(due_at__lt=now)),
        soon=Count("pk", filter=Q(due_at__gte=now, due_at__lt=now + _SOON)),
        urgent=Count("pk", filter=~Q(urgency=Urgency.NORMAL)),
        supervised=Count("pk", filter=Q(supervised=True)),
    )
    by_hour = dict(
        seen.filter(accepted_at__gte=before)
        .annotate(hour=TruncHour("accepted_at", tzinfo=site().zone))
        .values_list("hour")
        .annotate(orders=Count("pk"))
    )
    hours = tuple(by_hour.get(midnight + timedelta(hours=n), 0) for n in range(now.hour + 1))
    hours_before = tuple(by_hour.get(before + timedelta(hours=n), 0) for n in range(24))
    same_time = seen.filter(accepted_at__gte=before, accepted_at__lte=now - timedelta(1)).count()
    closures = Step.objects.filter(kind=StepKind.CLOSE, at__gte=midnight)
    if actor.scope != Scope():
        closures = closures.filter(order__in=seen)
    return Counts(now, sum(hours), same_time, closures.count(), **standing, hours=hours, hours_before=hours_before)


def emergencies(actor: Actor) -> list[Order]:
    """Return the open emergencies, and orders in which a rule saw a cue of one, the newest first."""

    def work() -> list[Order]:
        cue = Q(urgency=Urgency.EMERGENCY) | ~Q(emergency_cue="")
        return list(flow.visible(actor).filter(cue, status__in=OPEN).order_by("-accepted_at")[:_LISTED])

    return _kept("emergencies", actor, work)


def _kept(name: str, actor: Actor, work: Callable[[], T]) -> T:
    scope = actor.scope
    parts = (name, scope.departments and sorted(scope.departments), scope.regions, scope.categories)
    key = f"command.{sha256(repr(parts).encode()).hexdigest()[:20]}"
    held = cache.get(key)
    if held is None:
        held = work()
        cache.set(key, held, SECONDS)
    return cast(T, held)
