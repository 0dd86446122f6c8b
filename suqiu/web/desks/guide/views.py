"""The first page, and the reader's preferences."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from suqiu.web.accounts.guard import public


@public
def home(request: HttpRequest) -> HttpResponse:
    """Show where to go from here."""
    return render(request, "guide/home.html")


_YEAR = 365 * 24 * 3600
_PREFERENCES = {"theme": {"light", "dark", "auto"}, "large": {"0", "1"}}


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
