"""The review desk."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from suqiu.domain.errors import NotFound
from suqiu.domain.order import NAMES, StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import actor_of
from suqiu.web.accounts.guard import requires
from suqiu.web.accounts.roles import Right
from suqiu.web.audit import chain
from suqiu.web.desks.orders import batch, deeds, lists
from suqiu.web.desks.orders import page as pages
from suqiu.web.desks.review import queues
from suqiu.web.orders import flow
from suqiu.web.orders.actions import ACTIONS, Deed
from suqiu.web.orders.models import Order


@requires(Right.REVIEW_DESK)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Show what waits for a decision; where decisions are taken one by one, the chosen order beside the list."""
    actor = actor_of(request)
    tabs, seen = queues.tabs(), queues.to_decide(actor)
    chosen = lists.chosen(request, tabs)
    counts = lists.counts(seen, tabs)
    listed = lists.page(request, seen, chosen)
    context: dict[str, Any] = {
        "chosen": chosen, "tabs": [(tab, counts[tab.key]) for tab in tabs], "listed": listed, "grades": deeds.GRADES,
        "one_by_one": chosen.key in queues.DECISIONS,
    }  # fmt: skip
    if context["one_by_one"]:
        order = here(request, listed.orders)
        if order is not None:
            chain.record(actor, "order.read", f"order:{order.number}")
            context |= _beside(order, chosen.key) | {"offered": {one.kind for one in flow.offered(actor, order)}}
    return render(request, "review/desk.html", context)


def here(request: HttpRequest, orders: list[Order]) -> Order | None:
    """Return the order of a list that the address names, else the first: what was decided falls out of the list."""
    number = request.GET.get("order", "")
    return next((one for one in orders if one.number == number), orders[0] if orders else None)


def _beside(order: Order, tab: str) -> dict[str, Any]:
    grant, refuse = queues.DECISIONS[tab]
    steps = list(order.steps.select_related("user"))
    return {
        "order": order, "custody": pages.custody(order, steps), "asked": queues.request_of(order, tab),
        "grant": ACTIONS[grant], "refuse": ACTIONS[refuse] if refuse else None,
        "files": list(order.attachments.order_by("at")), "next": f"/review/?{urlencode({'tab': tab})}",
        "until_typed": deeds.as_typed(deeds.asked_until(order)),
    }  # fmt: skip


@requires(Right.REVIEW_DESK)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Appraise or archive every order that was ticked."""
    tab = request.POST.get("tab", "")
    if tab not in queues.BATCHES:
        raise NotFound("review.batch", Text("没有这项批量操作", "no such batch"), Text("请从页面进入", "use the page"))
    kind = queues.BATCHES[tab]
    grade = request.POST.get("grade", "") if kind is StepKind.APPRAISE else ""
    reason = request.POST.get("reason", "").strip() if kind is StepKind.APPRAISE else ""
    picked = request.POST.getlist("orders")
    outcome = batch.take(actor_of(request), picked, lambda version: Deed(kind, version, grade=grade, reason=reason))
    batch.tell(request, outcome, NAMES[kind])
    return redirect(f"/review/?tab={tab}")
