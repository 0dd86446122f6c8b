"""The pages of upkeep: what models are registered, how the installation does."""

from __future__ import annotations

import shutil

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from suqiu import models_kept
from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.lake.registry import STATES, Deed, Registry, State
from suqiu.web.accounts.actor import actor_of
from suqiu.web.accounts.guard import requires
from suqiu.web.accounts.roles import Right
from suqiu.web.audit.chain import record
from suqiu.web.jobs import oversight
from suqiu.web.orders.models import Order
from suqiu.web.site import site
from suqiu.web.wording import told

_MODELS = requires(Right.MANAGE_MODELS)
_SITE = requires(Right.MANAGE_SITE)
#: Going live takes a paired test on audited orders, which the command makes: see `suqiu model promote`.
_BY_HAND = (State.SHADOW, State.CANDIDATE, State.RETIRED)
_SHOWN = 50


@_MODELS
@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """Show the registry: every model's state, and who changed it, when and why."""
    registry = Registry(site().folder)
    context = {
        "models": [(one, told(STATES[one.state])) for one in registry.models()],
        "entries": [(one, told(STATES[one.state])) for one in registry.entries()[::-1][:_SHOWN]],
        "states": [(str(state), told(STATES[state])) for state in _BY_HAND],
        "folder": site().folder,
    }
    return render(request, "upkeep/models.html", context)


@_MODELS
@require_POST
def move(request: HttpRequest) -> HttpResponse:
    """Change a model's state by hand: any but live."""
    to, version = request.POST.get("to", ""), request.POST.get("version", "")
    if to not in {str(state) for state in _BY_HAND}:
        raise InvalidInput(
            "upkeep.bad_state",
            Text("不能这样变更状态", "no such change of state"),
            Text("启用模型须经配对检验，请用suqiu model promote", "going live takes a test: suqiu model promote"),
        )
    actor = actor_of(request)
    deed = Deed(site().now(), actor.label, request.POST.get("why", "").strip()[:200])
    models_kept.move(site().folder, version, State(to), deed)
    record(actor, "model.change", f"model:{version}", to=to)
    return redirect("upkeep:models")


@_SITE
@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """Show how the installation does."""
    here, about = site(), site().about
    disk = shutil.disk_usage(here.folder)
    backups = sorted((path.name for path in here.backups.glob("*") if not path.name.startswith(".")), reverse=True)
    context = {
        "about": about,
        "folder": here.folder,
        "engine": connection.vendor,
        "orders": Order.objects.count(),
        "free_gb": disk.free / 1e9,
        "backups": backups[:10],
        "backlog": oversight.backlog(),
        "schedules": oversight.schedules(),
        "dead": oversight.dead()[:_SHOWN],
    }
    return render(request, "upkeep/state.html", context)


@_SITE
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Do failed work once more."""
    oversight.again(pk)
    record(actor_of(request), "job.again", f"job:{pk}")
    return redirect("upkeep:state")


@_SITE
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give failed work up."""
    oversight.drop(pk)
    record(actor_of(request), "job.drop", f"job:{pk}")
    return redirect("upkeep:state")
