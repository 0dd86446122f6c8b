"""Whom to call next 待访名单."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from suqiu.domain.order import Status, StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.desks.orders.lists import Tab
from suqiu.web.orders import flow
from suqiu.web.orders.models import Order, Step
from suqiu.web.site import site

#: Nobody is called again within so many hours.
PAUSE_HOURS = 4
#: After so many calls that nobody answered, a person decides without the caller's word.
MOST_CALLS = 3


def to_visit(actor: Actor) -> QuerySet[Order]:
    """Return orders, and of each how often its caller was called since the reply, and whether anybody answered."""
    calls = Step.objects.filter(order=OuterRef("pk"), kind=StepKind.CALL_BACK, at__gte=OuterRef("replied_at"))
    just_now = calls.filter(at__gt=site().now() - timedelta(hours=PAUSE_HOURS))
    # Counted order by order, not joined: else the database would group every order there is before it looks at states.
    how_many = calls.order_by().values("order").annotate(count=Count("pk")).values("count")
    return flow.visible(actor).annotate(
        calls=Coalesce(Subquery(how_many), 0),
        answered=Exists(calls.filter(data__reached=True)),
        called_just_now=Exists(just_now),
    )


def tabs() -> tuple[Tab, ...]:
    """Return the lists of the desk."""
    waiting = Q(status=Status.CALLED_BACK, answered=False)
    return (
        Tab("next", Text("待回访", "to call"), Text("没有待回访的工单", "nobody is to be called"),
            Q(status=Status.REVIEWED), ("due_at", "status_at")),
        Tab("again", Text("未接通待再访", "to call again"),
            Text("没有需要再次拨打的工单", "nobody is to be called again"),
            waiting & Q(calls__lt=MOST_CALLS), ("called_just_now", "due_at", "status_at")),
        Tab("decide", Text("待办结或重办", "to close or rework"),
            Text("没有待办结的工单", "nothing waits to be closed"),
            Q(status=Status.CALLED_BACK, answered=True) | waiting & Q(calls__gte=MOST_CALLS), ("due_at", "status_at")),
    )  # fmt: skip
