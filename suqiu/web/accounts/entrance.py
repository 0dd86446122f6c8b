"""The entrance: password, code, lockout, a provider outside, and the way out."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.web.accounts import demo, provider, second_factor
from suqiu.web.accounts.guard import public
from suqiu.web.accounts.models import User
from suqiu.web.site import site

_PENDING = "pending"
_BEGUN = "begun"
#: The code must follow the password within this time.
_CODE_WITHIN = timedelta(minutes=5)
_LONGEST = 200


class Outside(ModelBackend):
    """Whoever a provider outside vouched for: it signs nobody in by itself."""

    def authenticate(self, request: HttpRequest | None, **_: Any) -> None:  # type: ignore[override]
        """Refuse: `entrance.returned` signs in."""


def wanted(request: HttpRequest) -> str:
    """Return where somebody wanted to go, if that is here; else the first page."""
    to = request.POST.get("next") or request.GET.get("next") or ""
    here = {request.get_host()}
    return to if url_has_allowed_host_and_scheme(to, here, require_https=request.is_secure()) else "/"


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; who also proves with a code goes on to that."""
    if request.method != "POST":
        if isinstance(request.user, User):
            return HttpResponseRedirect(wanted(request))
        return _entrance(request)
    username = request.POST.get("username", "").strip().lower()[:_LONGEST]
    user = authenticate(request, username=username, password=request.POST.get("password", "")[:_LONGEST])
    if not isinstance(user, User):
        return _refused(request, username)
    return _proceed(request, user, str(getattr(user, "backend", "")), wanted(request))


def _proceed(request: HttpRequest, user: User, way: str, to: str) -> HttpResponse:
    """Sign in, or ask for the code first."""
    if not second_factor.is_on(user):
        login(request, user, backend=way)
        return HttpResponseRedirect(to)
    request.session.cycle_key()
    request.session[_PENDING] = {"user": user.pk, "way": way, "at": site().now().isoformat(), "mark": user.password}
    return HttpResponseRedirect(f"{reverse('accounts:code')}?{_query(to)}")


def _query(to: str) -> str:
    return urlencode({"next": to})


@public
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the moment, or a recovery code."""
    pending = _pending(request)
    if pending is None:
        return HttpResponseRedirect(f"{reverse('accounts:login')}?{_query(wanted(request))}")
    user, way = pending
    if request.method != "POST":
        return render(request, "accounts/code.html", {"next": wanted(request)})
    said = request.POST.get("code", "")[:40]
    if authenticate(request, username=user.username, code=said) is None:
        if _minutes_locked(request, user.username):
            request.session.pop(_PENDING, None)
            return _refused(request, user.username)
        context = {"next": wanted(request), "wrong": True}
        return render(request, "accounts/code.html", context, status=422)
    request.session.pop(_PENDING, None)
    login(request, user, backend=way)
    return HttpResponseRedirect(wanted(request))


def _pending(request: HttpRequest) -> tuple[User, str] | None:
    """Return who has given the right password and not yet the code; None when it was too long ago."""
    kept = request.session.get(_PENDING)
    if not isinstance(kept, dict) or site().now() - datetime.fromisoformat(kept["at"]) > _CODE_WITHIN:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True, password=kept["mark"]).first()
    return (user, str(kept["way"])) if user is not None else None


@public
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    logout(request)
    return HttpResponseRedirect("/")


@public
@never_cache
@require_safe
def outside(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider."""
    _offered()
    address, begun = provider.begin(request.build_absolute_uri(reverse("accounts:returned")))
    request.session[_BEGUN] = {**asdict(begun), "next": wanted(request)}
    return HttpResponseRedirect(address)


@public
@never_cache
@require_safe
def returned(request: HttpRequest) -> HttpResponse:
    """Take the browser back from the provider."""
    _offered()
    kept = request.session.pop(_BEGUN, None)
    if not isinstance(kept, dict):
        return HttpResponseRedirect(reverse("accounts:login"))
    to = str(kept.pop("next", "/"))
    user = provider.finish(provider.Begun(**kept), request.GET.get("state", ""), request.GET.get("code", ""))
    return _proceed(request, user, f"{Outside.__module__}.{Outside.__qualname__}", to)


def _offered() -> None:
    if not provider.is_offered():
        raise InvalidInput(
            "provider.none",
            Text("本系统未启用统一身份认证", "this installation has no identity provider"),
            Text("请使用用户名和口令登录", "sign in with name and password"),
        )


def _minutes_locked(request: HttpRequest, username: str) -> int:
    """Return for how many minutes this name is locked from this address; 0 when it is not."""
    if AxesProxyHandler.is_allowed(request, {"username": username}):
        return 0
    return int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)


def _refused(request: HttpRequest, username: str) -> HttpResponse:
    """Say that it was wrong, the same whether or not the name exists; or that it is locked."""
    minutes = _minutes_locked(request, username)
    if minutes:
        said = _("连续多次输入有误，已暂停登录%(minutes)d分钟。") % {"minutes": minutes}
        return _entrance(request, said, username, status=429)
    said = _("用户名或口令不正确；连续%(limit)d次有误将暂停登录。") % {"limit": settings.AXES_FAILURE_LIMIT}
    return _entrance(request, said, username, status=422)


def _entrance(request: HttpRequest, wrong: str = "", username: str = "", status: int = 200) -> HttpResponse:
    context = {
        "next": wanted(request),
        "wrong": wrong,
        "username": username,
        "ended": request.GET.get("ended", ""),
        "provider": provider.is_offered(),
        "people": demo.people() if site().about.demo else (),
        "password": demo.PASSWORD,
    }
    return render(request, "accounts/login.html", context, status=status)
