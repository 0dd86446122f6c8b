"""Merged orders: who speaks for whom.

A child keeps only its own history. What the unit replies to the parent, and how the parent is closed, is read through
`merged_into`; no step is copied. So one reply reaches everybody who is merged, nobody's history tells what did not
happen to it, measures count one reply as one, and an undone merge leaves nothing behind. (The rules of the flow know
no reply to a merged order either: `domain.order.RULES`.)
"""

from __future__ import annotations

from suqiu.domain.order import StepKind
from suqiu.web.orders.models import Order, Step

#: What a parent's history tells those merged into it.
SPEAKS = (
    StepKind.REPLY, StepKind.FAIL_REVIEW, StepKind.PASS_REVIEW, StepKind.REWORK, StepKind.CLOSE, StepKind.REOPEN,
)  # fmt: skip


def speaker(order: Order) -> Order:
    """Return the order whose handling counts for this one: the parent at the top, or itself."""
    seen = {order.pk}
    while order.merged_into is not None and order.merged_into_id not in seen:
        order = order.merged_into
        seen.add(order.pk)
    return order


def children(order: Order) -> list[Order]:
    """Return all orders that are merged into this one, directly or through another: one reply reaches them all."""
    found: list[Order] = []
    layer = [order.pk]
    while layer:
        below = list(Order.objects.filter(merged_into__in=layer).order_by("accepted_at", "pk"))
        below = [one for one in below if one.pk != order.pk and one not in found]
        found += below
        layer = [one.pk for one in below]
    return found


def heard(order: Order) -> list[Step]:
    """Return the steps of the parent's history that speak to a merged order: all, also those before the merge."""
    top = speaker(order)
    if top.pk == order.pk:
        return []
    spoken = top.steps.filter(kind__in=SPEAKS).select_related("user", "parent").prefetch_related("attachments")
    return list(spoken.order_by("seq"))
