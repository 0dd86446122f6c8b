"""What an agent has in hand: today's orders, those that wait for dispatch, those that came back 本人工单."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from suqiu.domain.order import Status
from suqiu.web.accounts.models import User
from suqiu.web.orders.models import Order
from suqiu.web.site import site

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Own:
    """An agent's own work.

    Attributes:
        today: accepted since midnight and sent on, the newest first; today_count: how many with those that wait.
        waiting: not dispatched yet.
        returned: a unit says that it is not its matter, or too little is known: to be asked again.
    """

    today: list[Order]
    today_count: int
    waiting: list[Order]
    returned: list[Order]


def own(user: User, orders: QuerySet[Order]) -> Own:
    """Return what an agent has in hand.

    Args:
        user: the agent.
        orders: those in scope.
    """
    mine = orders.filter(agent=user)
    midnight = site().now().replace(hour=0, minute=0, second=0, microsecond=0)
    today = mine.filter(accepted_at__gte=midnight).order_by("-accepted_at")
    back = Q(status__in=(Status.RETURNED, Status.RETURN_PENDING))
    return Own(
        list(today.exclude(status=Status.ACCEPTED)[:_SHOWN]),
        today.count(),
        list(mine.filter(status=Status.ACCEPTED).order_by("accepted_at")[:_SHOWN]),
        list(mine.filter(back).order_by("status_at")[:_SHOWN]),
    )
