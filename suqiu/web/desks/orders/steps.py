"""Taking a step: the form that an action asks for, what is wrong with it, and what happened meanwhile."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from suqiu.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted, SuqiuError
from suqiu.domain.order import StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor, actor_of
from suqiu.web.accounts.guard import requires
from suqiu.web.accounts.roles import Right
from suqiu.web.desks.orders import answering, deeds, timeline
from suqiu.web.orders import flow
from suqiu.web.orders.actions import ACTIONS, Action
from suqiu.web.orders.models import Order
from suqiu.web.refusals import STATUS
from suqiu.web.wording import told


@requires(Right.SEE_ORDERS)
@require_http_methods(["GET", "POST"])
def do(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """Show a step's form, or take the step; what is refused comes back with everything that was typed."""
    actor = actor_of(request)
    order = flow.find(actor, number)
    kind = deeds.kind_of(name)
    if kind not in ACTIONS:
        raise NotFound(
            "deed.none", Text("没有这项操作", "no such step"), Text("请从工单页办理", "begin on the order's page")
        )
    action, to = ACTIONS[kind], _next(request, order)
    if request.method == "GET":
        return _form(request, actor, order, action, to)
    kept: tuple[str, ...] = ()
    try:
        kept = _files(request, actor, order)
        deed = deeds.read(kind, request.POST, kept)
        if action.danger and request.POST.get("confirmed") != "yes":
            return _form(request, actor, order, action, to, kept=kept, confirming=True)
        flow.act(actor, number, deed)
    except (InvalidInput, Conflict, NotPermitted) as problem:
        return _form(request, actor, flow.find(actor, number), action, to, kept=kept, problem=problem)
    done = Text("工单{number}：{step}已登记", "order {number}: {step} is on record")
    messages.success(request, told(done.fill(number=number, step=action.name)))
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": to})
    return HttpResponseRedirect(to)


@requires(Right.SEE_ORDERS)
@require_POST
def judge(request: HttpRequest, number: str) -> HttpResponse:
    """Judge a reply that is being written: advice, kept nowhere."""
    order = flow.find(actor_of(request), number)
    text = request.POST.get("text", "")[:5_000]
    found = answering.opinion(order.text, text) if text.strip() else None
    return render(request, "orders/parts/opinion.html", {"opinion": found, "live": True})


def _next(request: HttpRequest, order: Order) -> str:
    """Return where to go afterwards: a page of this site only."""
    to = request.POST.get("next") or request.GET.get("next") or ""
    good = to.startswith("/") and url_has_allowed_host_and_scheme(to, {request.get_host()})
    return to if good else reverse("orders:page", args=[order.number])


def _files(request: HttpRequest, actor: Actor, order: Order) -> tuple[str, ...]:
    """Keep what was brought along, and return it with what was brought before and not used yet."""
    ours = order.attachments.filter(step=None, by=actor.label, code__in=request.POST.getlist("file"))
    kept = ours.values_list("code", flat=True)
    brought = [
        flow.attach(actor, order.number, "proof", one.name or "", one.read()) for one in request.FILES.getlist("files")
    ]
    return (*kept, *(one.code for one in brought))


def _form(
    request: HttpRequest, actor: Actor, order: Order, action: Action, to: str, *,
    kept: tuple[str, ...] = (), confirming: bool = False, problem: SuqiuError | None = None,
) -> HttpResponse:  # fmt: skip
    typed = request.POST if request.method == "POST" else None
    seen = int(typed.get("version", "")) if typed and typed.get("version", "").isdecimal() else order.version
    offered = action.kind in {one.kind for one in flow.offered(actor, order)}
    until, judged = deeds.asked_until(order), action.kind is StepKind.REPLY
    text = typed.get("text", "").strip() if typed and judged else ""
    context: dict[str, Any] = {
        "order": order, "action": action, "next": to, "typed": typed, "problem": problem, "offered": offered,
        "inputs": deeds.inputs(action, typed), "confirming": confirming,
        "meanwhile": timeline.entries(order, since=seen) if seen < order.version else [],
        "kept": order.attachments.filter(code__in=kept),
        "groups": deeds.units(), "asked_until": until, "asked_until_typed": deeds.as_typed(until),
        "judged": judged, "opinion": answering.opinion(order.text, text) if text else None,
    }  # fmt: skip
    status = 200 if offered or problem else 409
    if problem is not None:
        status = next(code for kind, code in STATUS.items() if isinstance(problem, kind))
    part = request.headers.get("HX-Request") is not None
    return render(request, "orders/parts/deed.html" if part else "orders/deed.html", context, status=status)
