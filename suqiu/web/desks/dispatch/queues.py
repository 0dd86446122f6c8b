"""What a dispatcher has to decide 派单待办."""

from __future__ import annotations

from django.db.models import Q

from suqiu.domain.order import Status, StepKind
from suqiu.domain.text import Text
from suqiu.web.desks.orders.lists import Tab
from suqiu.web.orders.models import Order, Step

#: Sent back so often, a matter is disputed: somebody must decide whose it is.
_DISPUTED = 2
#: Where an order stands while this desk has something to decide: few among all orders, and found by their index.
UNDECIDED = (Status.ACCEPTED, Status.RETURNED, Status.RETURN_PENDING, Status.DISPATCHED)
_K = StepKind
#: Steps that tell how an order went back and forth.
_WAY = (
    _K.DISPATCH, _K.REDISPATCH, _K.REQUEST_RETURN, _K.GRANT_RETURN, _K.REFUSE_RETURN, _K.REOPEN, _K.UNMERGE,
)  # fmt: skip


def tabs() -> tuple[Tab, ...]:
    """Return the lists of the desk."""
    nothing = Text("没有需要派单的工单", "nothing waits here")
    return (
        Tab("pool", Text("待派单", "to dispatch"), nothing, Q(status=Status.ACCEPTED), ("accepted_at",)),
        Tab("returned", Text("退回待改派", "returned"), nothing, Q(status=Status.RETURNED), ("status_at",)),
        Tab("requests", Text("退单审核", "return requests"), nothing, Q(status=Status.RETURN_PENDING), ("status_at",)),
        Tab(
            "disputes", Text("争议件", "disputes"), nothing,
            Q(returns__gte=_DISPUTED), ("-returns", "accepted_at"),
        ),
    )  # fmt: skip


def ways(orders: list[Order]) -> dict[int, list[Step]]:
    """Return how each order went back and forth, the oldest first."""
    found: dict[int, list[Step]] = {}
    for step in Step.objects.filter(order__in=orders, kind__in=_WAY).order_by("order_id", "seq"):
        found.setdefault(step.order_id, []).append(step)
    return found
