"""The first page, and the reader's preferences."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from suqiu.web.accounts import demo
from suqiu.web.accounts.actor import actor_of
from suqiu.web.accounts.guard import public
from suqiu.web.accounts.models import User
from suqiu.web.accounts.roles import Right
from suqiu.web.desks.guide.tour import STOPS
from suqiu.web.orders.queues import QUEUE_NAMES, Queue, counts
from suqiu.web.site import site

_YEAR = 365 * 24 * 3600
_PREFERENCES = {"theme": {"light", "dark", "auto"}, "large": {"0", "1"}}
#: What a person sees first, by the desk that works on it.
_QUEUES = (
    (Right.DISPATCH_DESK, "/dispatch/", (Queue.TO_DISPATCH, Queue.RETURNS)),
    (Right.DEPARTMENT_DESK, "/department/", (Queue.TO_SIGN, Queue.IN_HANDLING, Queue.DUE_SOON, Queue.OVERDUE)),
    (Right.REVIEW_DESK, "/review/", (Queue.TO_REVIEW, Queue.ASKED)),
    (Right.VISIT_DESK, "/visit/", (Queue.TO_CALL_BACK,)),
    (Right.SUPERVISION_DESK, "/supervision/", (Queue.OVERDUE, Queue.SUPERVISED)),
)


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person; to a visitor, the ways in, and in a demo the way through."""
    context: dict[str, Any] = {}
    if isinstance(request.user, User):
        context["waiting"] = _waiting(request, request.user)
    if site().about.demo:
        context |= {"stops": STOPS, "password": demo.PASSWORD}
    return render(request, "guide/home.html", context)


@public
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the language, theme and size of letters that the reader wants, in cookies of this browser."""
    to = request.POST.get("next", "/")
    response = HttpResponseRedirect(to if url_has_allowed_host_and_scheme(to, {request.get_host()}) else "/")
    if request.POST.get("language") in {"zh", "en"}:
        code = "en" if request.POST["language"] == "en" else "zh-hans"
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=_YEAR, samesite="Lax", httponly=True)
    for name, allowed in _PREFERENCES.items():
        if request.POST.get(name) in allowed:
            response.set_cookie(name, request.POST[name], max_age=_YEAR, samesite="Lax", httponly=True)
    return response


def _waiting(request: HttpRequest, user: User) -> list[dict[str, Any]]:
    mine = [(address, which) for right, address, which in _QUEUES if user.may(right)]
    wanted = tuple(dict.fromkeys(queue for _, which in mine for queue in which))
    found = counts(actor_of(request), *wanted) if wanted else {}
    return [
        {"name": QUEUE_NAMES[queue], "count": found[queue], "address": address, "urgent": queue is Queue.OVERDUE}
        for address, which in mine
        for queue in which
    ]
