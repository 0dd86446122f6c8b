"""The standing queues of the desks 待办队列: each a condition on orders, always within what an actor may see."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Count, F, Field, Model, Q, QuerySet

from suqiu.domain.order import Status, StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.orders import flow, refused
from suqiu.web.orders.decisions import OPEN
from suqiu.web.orders.models import Order, Unit
from suqiu.web.orders.projection import ASSIST, LEAD
from suqiu.web.site import site

#: From so many hours before its end a clock counts as due soon.
SOON_HOURS = 24
PAGE = 50
_MOST = 200
#: States in which something may still wait for somebody.
_ALIVE = OPEN | {Status.CLOSED, Status.APPRAISED}


class Queue(StrEnum):
    """What waits for somebody 队列."""

    TO_DISPATCH = "to_dispatch"
    TO_SIGN = "to_sign"
    IN_HANDLING = "in_handling"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    MINE = "mine"
    TO_REVIEW = "to_review"
    TO_CALL_BACK = "to_call_back"
    TO_CLOSE = "to_close"
    RETURNS = "returns"
    ASKED = "asked"
    SUPERVISED = "supervised"
    SHELVED = "shelved"


QUEUE_NAMES: dict[Queue, Text] = {
    Queue.TO_DISPATCH: Text("待派单", "waiting for dispatch"),
    Queue.TO_SIGN: Text("待签收", "waiting for signature"),
    Queue.IN_HANDLING: Text("办理中", "in handling"),
    Queue.DUE_SOON: Text("临期", "due soon"),
    Queue.OVERDUE: Text("超期", "overdue"),
    Queue.MINE: Text("我的工单", "mine"),
    Queue.TO_REVIEW: Text("待审核", "waiting for review"),
    Queue.TO_CALL_BACK: Text("待回访", "waiting for call-back"),
    Queue.TO_CLOSE: Text("待办结", "waiting for closure"),
    Queue.RETURNS: Text("退单待审", "returns to review"),
    Queue.ASKED: Text("申请待审", "requests to decide"),
    Queue.SUPERVISED: Text("督办中", "under supervision"),
    Queue.SHELVED: Text("挂账", "shelved"),
}


def queue(actor: Actor, which: Queue | str) -> QuerySet[Order]:
    """Return what waits in a queue for an actor, without an order of rows: see `page`."""
    return flow.visible(actor).filter(_condition(actor, Queue(which), site().now()))


def counts(actor: Actor, *which: Queue) -> dict[Queue, int]:
    """Return how much waits in queues (all of them, unless some are named), in one query."""
    now = site().now()
    wanted = which or tuple(Queue)
    asked = {str(one): Count("pk", filter=_condition(actor, one, now)) for one in wanted}
    # What is over and archived waits for nobody: the index on status leaves it out.
    told = flow.visible(actor).filter(status__in=_ALIVE).aggregate(**asked)
    return {one: told[str(one)] for one in wanted}


def _condition(actor: Actor, which: Queue, now: datetime) -> Q:
    soon = now + timedelta(hours=SOON_HOURS)
    conditions = {
        Queue.TO_DISPATCH: Q(status__in=(Status.ACCEPTED, Status.RETURNED)),
        Queue.TO_SIGN: Q(status=Status.DISPATCHED),
        Queue.IN_HANDLING: Q(status=Status.HANDLING),
        Queue.DUE_SOON: Q(status__in=OPEN, due_at__gte=now, due_at__lte=soon),
        Queue.OVERDUE: Q(status__in=OPEN, due_at__lt=now),
        Queue.MINE: _mine(actor) & Q(status__in=OPEN),
        Queue.TO_REVIEW: Q(status=Status.REPLIED),
        Queue.TO_CALL_BACK: Q(status=Status.REVIEWED),
        Queue.TO_CLOSE: Q(status=Status.CALLED_BACK),
        Queue.RETURNS: Q(status=Status.RETURN_PENDING),
        Queue.ASKED: Q(status__in=_ALIVE) & ~Q(asked=[]),
        Queue.SUPERVISED: Q(status__in=_ALIVE, supervised=True),
        Queue.SHELVED: Q(status=Status.SHELVED),
    }
    return conditions[which]


def _mine(actor: Actor) -> Q:
    """Return what is an actor's own: what a unit leads or assists in now, what an agent has taken down."""
    if actor.scope.departments is not None:
        working = Unit.objects.filter(department__in=actor.scope.departments, role__in=(LEAD, ASSIST))
        return Q(pk__in=working.values("order_id"))
    return Q(agent=actor.user) if actor.user is not None else Q(pk__in=[])


def waiting_for(kind: StepKind) -> Queue | None:
    """Return the queue whose orders wait for a step of this kind; None for steps that nothing waits for."""
    return {
        StepKind.DISPATCH: Queue.TO_DISPATCH,
        StepKind.SIGN: Queue.TO_SIGN,
        StepKind.REPLY: Queue.IN_HANDLING,
        StepKind.PASS_REVIEW: Queue.TO_REVIEW,
        StepKind.CALL_BACK: Queue.TO_CALL_BACK,
        StepKind.CLOSE: Queue.TO_CLOSE,
        StepKind.GRANT_RETURN: Queue.RETURNS,
        StepKind.RELEASE: Queue.SHELVED,
    }.get(kind)


Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a long list 分页.

    Attributes:
        rows: of this page.
        next: what to ask for the page after; empty on the last.
    """

    rows: Sequence[Row]
    next: str = ""


def page(rows: QuerySet[Row], by: str = "due_at", after: str = "", size: int = PAGE) -> Page[Row]:
    """Return the rows of a list after a place, in the order of a column, equal ones by primary key.

    The place is a row's own values, so the page after costs the same wherever it lies, and rows that come or go
    meanwhile shift nothing. Empty values come last.

    Args:
        rows: any order they have is replaced.
        by: a column of moments or texts; `-` before it for the latest first.
        after: `Page.next` of the page before; empty for the first.
        size: rows of a page, at most 200.

    Raises:
        InvalidInput: `after` is no place in a list.
    """
    column, down = by.removeprefix("-"), by.startswith("-")
    size = min(max(size, 1), _MOST)
    if after:
        rows = rows.filter(_beyond(column, down, *_read(_field(rows, column), after)))
    key = F(column).desc(nulls_last=True) if down else F(column).asc(nulls_last=True)
    found = list(rows.order_by(key, "-pk" if down else "pk")[: size + 1])
    more = len(found) > size
    return Page(found[:size], _place(found[size - 1], column) if more else "")


def _field(rows: QuerySet[Row], column: str) -> Field[Any, Any]:
    found = rows.model._meta.get_field(column)
    if not isinstance(found, Field):
        raise TypeError(column)
    return found


def _beyond(column: str, down: bool, value: Any, pk: int) -> Q:
    same = Q(pk__lt=pk) if down else Q(pk__gt=pk)
    if value is None:
        return Q(**{f"{column}__isnull": True}) & same
    side = "lt" if down else "gt"
    return Q(**{f"{column}__{side}": value}) | (Q(**{column: value}) & same) | Q(**{f"{column}__isnull": True})


def _place(row: Model, column: str) -> str:
    value = getattr(row, column)
    said = {"t": value.isoformat()} if isinstance(value, datetime) else {"v": value}
    return base64.urlsafe_b64encode(json.dumps([said, row.pk]).encode()).decode()


def _read(column: Field[Any, Any], place: str) -> tuple[Any, int]:
    try:
        said, pk = json.loads(base64.urlsafe_b64decode(place.encode()))
        value = said.get("t", said.get("v"))
        held = None if value is None else column.to_python(str(value))
        if type(pk) is int and 0 < pk < 2**63:
            return held, pk
    except (binascii.Error, ValueError, TypeError, AttributeError, ValidationError):
        pass  # a place that nobody gave out
    raise refused.invalid("no_such_page", "没有这一页", "there is no such page", "请回到第一页", "go back to the first")
