"""The call-back desk."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from suqiu.domain.order import StepKind
from suqiu.web.accounts.actor import Actor, actor_of
from suqiu.web.accounts.guard import requires
from suqiu.web.accounts.roles import Right
from suqiu.web.audit import chain
from suqiu.web.desks.orders import deeds, lists
from suqiu.web.desks.orders import page as pages
from suqiu.web.desks.review.views import here
from suqiu.web.desks.visit import queues
from suqiu.web.orders import flow
from suqiu.web.orders.actions import ACTIONS
from suqiu.web.orders.models import Order


@requires(Right.VISIT_DESK)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Show whom to call next, with everything that is needed while calling."""
    actor = actor_of(request)
    tabs, seen = queues.tabs(), queues.to_visit(actor)
    chosen = lists.chosen(request, tabs)
    listed = lists.page(request, seen, chosen)
    context: dict[str, Any] = {
        "chosen": chosen, "tabs": [(tab, seen.filter(tab.condition).count()) for tab in tabs], "listed": listed,
        "most_calls": queues.MOST_CALLS, "pause_hours": queues.PAUSE_HOURS,
    }  # fmt: skip
    order = here(request, listed.orders)
    if order is not None:
        chain.record(actor, "order.read", f"order:{order.number}")
        context |= _sheet(actor, order) | {"next": f"/visit/?{urlencode({'tab': chosen.key})}"}
    return render(request, "visit/desk.html", context)


def _sheet(actor: Actor, order: Order) -> dict[str, Any]:
    steps = list(order.steps.select_related("user"))
    calls = [step for step in steps if step.kind == StepKind.CALL_BACK]
    last = calls[-1] if calls else None
    said = last is not None and bool(last.data.get("reached"))
    unhappy = said and last is not None and (last.data.get("solved") is False or last.data.get("truthful") is False)
    return {
        "order": order, "custody": pages.custody(order, steps), "files": list(order.attachments.order_by("at")),
        "inputs": [one for one in deeds.inputs(ACTIONS[StepKind.CALL_BACK]) if one.name != "reached"],
        "calls": calls, "last": last, "advised": "rework" if unhappy else "close",
        "offered": {str(one.kind) for one in flow.offered(actor, order)}, **pages.caller(actor, order),
    }  # fmt: skip
