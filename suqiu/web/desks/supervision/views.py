"""The supervision desk."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from suqiu.domain.errors import InvalidInput
from suqiu.domain.order import NAMES, StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import actor_of
from suqiu.web.accounts.guard import requires
from suqiu.web.accounts.roles import Right
from suqiu.web.desks.orders import batch, deeds, lists
from suqiu.web.desks.supervision import queues
from suqiu.web.orders.actions import Deed
from suqiu.web.site import site

_BATCHES = {"urge": StepKind.URGE, "supervise": StepKind.SUPERVISE}


@requires(Right.SUPERVISION_DESK)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Show what needs a push, and whose it is."""
    actor = actor_of(request)
    tabs, seen = queues.tabs(), queues.watched(actor)
    unit = request.GET.get("unit", "")
    if unit in site().city.department_by_id:
        seen = seen.filter(department=unit)
    chosen = lists.chosen(request, tabs)
    counts = lists.counts(seen, tabs)
    whose = (
        queues.watched(actor).filter(chosen.condition).exclude(department="").order_by()
        .values_list("department").annotate(n=Count("pk")).order_by("-n", "department")[:12]
    )  # fmt: skip
    context = {
        "chosen": chosen, "tabs": [(tab, counts[tab.key]) for tab in tabs], "listed": lists.page(request, seen, chosen),
        "whose": list(whose), "unit": unit if unit in site().city.department_by_id else "",
    }  # fmt: skip
    context["keep"] = f"unit={context['unit']}" if context["unit"] else ""
    return render(request, "supervision/desk.html", context)


@requires(Right.SUPERVISION_DESK)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Urge or supervise every order that was ticked."""
    kind = _BATCHES.get(request.POST.get("kind", ""))
    if kind is None:
        raise InvalidInput(
            "supervision.kind", Text("没有这项批量操作", "no such batch"), Text("请选择催办或督办", "urge or supervise")
        )
    said: QueryDict = request.POST.copy()
    said["version"] = "0"
    read = deeds.read(kind, said)
    until = read.until if kind is StepKind.SUPERVISE else None
    outcome = batch.take(
        actor_of(request), request.POST.getlist("orders"),
        lambda version: Deed(kind, version, reason=read.reason, until=until),
    )  # fmt: skip
    batch.tell(request, outcome, NAMES[kind])
    query = QueryDict(mutable=True)
    query.update({name: request.POST[name] for name in ("tab", "unit") if request.POST.get(name)})
    return redirect(f"/supervision/?{query.urlencode()}")
