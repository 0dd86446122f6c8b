"""What needs a push 督办线索."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from suqiu.domain.order import Status, StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.desks.orders.lists import Tab
from suqiu.web.orders import flow
from suqiu.web.orders.decisions import OPEN
from suqiu.web.orders.models import Order, Step
from suqiu.web.site import site

#: Longer than the longest ordinary limit, with one extension.
LONG_DAYS = 30
#: Dispatched so often, or returned so often, an order has bounced.
_BOUNCES = 2
_URGED = 2


def watched(actor: Actor) -> QuerySet[Order]:
    """Return orders, and of each whether this person has urged or supervised it."""
    mine = Step.objects.filter(
        order=OuterRef("pk"), actor=actor.label, kind__in=(StepKind.URGE, StepKind.SUPERVISE, StepKind.REWORK)
    )
    return flow.visible(actor).annotate(mine=Exists(mine))


def tabs() -> tuple[Tab, ...]:
    """Return the lists of the desk."""
    now, open_ = site().now(), Q(status__in=OPEN)
    nothing = Text("没有这类工单", "none of this kind")
    hard = Q(status=Status.SHELVED) | Q(extensions__gte=2) | Q(reworks__gte=2)
    return (
        Tab("overdue", Text("超期", "overdue"), nothing, open_ & Q(due_at__lt=now)),
        Tab("long", Text("久拖未结", "long open"), nothing, open_ & Q(accepted_at__lt=now - timedelta(LONG_DAYS)),
            ("accepted_at",)),
        Tab("bounced", Text("多次退转", "bounced"), nothing, open_ & Q(returns__gte=_BOUNCES), ("-returns", "due_at")),
        Tab("urged", Text("多次催办", "urged often"), nothing, open_ & Q(urges__gte=_URGED), ("-urges", "due_at")),
        Tab("supervised", Text("督办中", "supervised"), nothing, Q(supervised=True)),
        Tab("hard", Text("疑难", "hard cases"), nothing, open_ & hard, ("accepted_at",)),
        Tab("watch", Text("我的关注", "my watch list"), nothing, open_ & Q(mine=True)),
    )  # fmt: skip
