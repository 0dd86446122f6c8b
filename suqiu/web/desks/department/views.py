"""The department desk."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from suqiu.domain.order import NAMES, StepKind
from suqiu.web.accounts.actor import actor_of
from suqiu.web.accounts.guard import requires
from suqiu.web.accounts.roles import Right
from suqiu.web.desks.department import figures, queues
from suqiu.web.desks.orders import batch, lists
from suqiu.web.orders.actions import Deed


@requires(Right.DEPARTMENT_DESK)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Show a unit's work and how it is doing."""
    actor = actor_of(request)
    tabs = queues.tabs(actor)
    chosen, ours = lists.chosen(request, tabs), queues.of_unit(actor)
    counts = lists.counts(ours, tabs)
    context = {
        "chosen": chosen, "tabs": [(tab, counts[tab.key]) for tab in tabs], "listed": lists.page(request, ours, chosen),
        "units": sorted(actor.scope.departments or ()), "rates": figures.rates(actor),
        "forecast": figures.forecast(actor), "stages": figures.stages(actor), "weeks": figures.weeks(actor),
        "assisted_by": figures.assisted_by(actor), "repeats": figures.repeats(actor),
    }  # fmt: skip
    return render(request, "department/desk.html", context)


@requires(Right.DEPARTMENT_DESK)
@require_POST
def sign(request: HttpRequest) -> HttpResponse:
    """Sign every order that was ticked."""
    picked = request.POST.getlist("orders")
    outcome = batch.take(actor_of(request), picked, lambda version: Deed(StepKind.SIGN, version))
    batch.tell(request, outcome, NAMES[StepKind.SIGN])
    return redirect("/department/?tab=new")
