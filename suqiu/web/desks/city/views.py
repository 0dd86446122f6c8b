"""The pages of the city pack."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from suqiu.web.accounts.actor import actor_of
from suqiu.web.accounts.guard import requires
from suqiu.web.accounts.roles import Right
from suqiu.web.pack import drafting
from suqiu.web.pack.trying import tried
from suqiu.web.site import site
from suqiu.web.wording import told

_EDIT = requires(Right.EDIT_CITY)
_SHOWN_PARTS = 15


@_EDIT
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the pack's files, whether a draft is being edited, and what was in force before."""
    groups: dict[str, list[str]] = {}
    for name in drafting.files(drafting.folder() if drafting.begun() else drafting.current()):
        groups.setdefault(name.split("/", 1)[0], []).append(name)
    context = {
        "city": site().city,
        "begun": drafting.begun(),
        "groups": [
            (told(drafting.NAMES[key]) if key in drafting.NAMES else key, names) for key, names in groups.items()
        ],
        "changed": set(drafting.changes()) if drafting.begun() else set(),
        "history": drafting.history(),
    }
    return render(request, "city/index.html", context)


@_EDIT
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a draft."""
    drafting.begin(actor_of(request))
    return redirect("city:index")


@_EDIT
@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """Throw the draft away."""
    drafting.drop(actor_of(request))
    return redirect("city:index")


@_EDIT
@require_http_methods(["GET", "POST"])
def file(request: HttpRequest, name: str) -> HttpResponse:
    """Show a file; in a draft, change it."""
    if request.method == "POST":
        drafting.write(actor_of(request), name, request.POST.get("text", ""))
        return redirect("city:check")
    wrong = [fault for fault in drafting.faults() if fault.file == name] if drafting.begun() else []
    context = {"name": name, "text": drafting.read(name), "begun": drafting.begun(), "faults": wrong}
    return render(request, "city/file.html", context)


@_EDIT
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Show what is wrong with the draft, and what it changes."""
    faults = drafting.faults()
    context = {
        "faults": faults,
        "errors": any(fault.severity == "error" for fault in faults),
        "changes": drafting.changes(),
    }
    return render(request, "city/check.html", context)


@_EDIT
@require_safe
def trial(request: HttpRequest) -> HttpResponse:
    """Show what past orders would have met under the draft."""
    report = tried()
    context: dict[str, Any] = {"report": report, "said": report.told() if report else None}
    if report is not None:
        units = {**site().city.department_by_id, **drafting.loaded().department_by_id}
        context["pairs"] = [
            ([units[id_].name if id_ in units else id_ for id_ in part.key.split(">")], part)
            for part in report.by_pair[:_SHOWN_PARTS]
        ]
        context["categories"] = report.by_category[:_SHOWN_PARTS]
    return render(request, "city/trial.html", context)


@_EDIT
@require_POST
def adopt(request: HttpRequest) -> HttpResponse:
    """Put the draft into force."""
    drafting.adopt(actor_of(request), request.POST.get("reason", ""))
    return redirect("city:index")
