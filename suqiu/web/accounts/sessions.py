"""How long somebody stays signed in, and in which browsers.

A session carries a random code; `SignIn` keeps its keyed hash. Deleting the line signs that browser out at its next
request, whatever the browser still holds. GB/T 22239-2019 8.1.4.1 asks that idle and long sessions end by themselves.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest, HttpResponseBase

from suqiu.web.accounts.models import SignIn, User
from suqiu.web.site import site

#: A browser that nobody uses is signed out after this time; requests that a page makes by itself do not count.
IDLE = timedelta(minutes=30)
#: Every browser is signed out after this time: a long shift.
LONGEST = timedelta(hours=12)
#: `seen_at` is not written more often than this.
_NOTED_EVERY = timedelta(minutes=1)
#: A request with this header was made by the page, not by the person: a live list that renews itself.
QUIET = "X-Quiet"
_CODE = "sign_in"


class Keeping:
    """Signs out browsers whose time is over or that were signed out from elsewhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the session before anything asks who is there."""
        if SESSION_KEY in request.session:
            ended = _ended(request)
            if ended:
                request.session.flush()
                request.META["suqiu.ended"] = ended
        return self._get_response(request)


def _ended(request: HttpRequest) -> str:
    """Return why a session is over; empty while it is not."""
    code = request.session.get(_CODE)
    kept = SignIn.objects.filter(mark=_mark(code)).first() if isinstance(code, str) else None
    if kept is None:
        return "elsewhere"
    now = site().now()
    if now - kept.started_at >= LONGEST or now - kept.seen_at >= IDLE:
        reason = "long" if now - kept.started_at >= LONGEST else "idle"
        kept.delete()
        return reason
    if now - kept.seen_at >= _NOTED_EVERY and QUIET not in request.headers:
        SignIn.objects.filter(pk=kept.pk).update(seen_at=now)
    return ""


def current(request: HttpRequest) -> SignIn | None:
    """Return the line of the browser that asks."""
    code = request.session.get(_CODE)
    return SignIn.objects.filter(mark=_mark(code)).first() if isinstance(code, str) else None


def end_all(user: User, *, but: SignIn | None = None) -> int:
    """Sign somebody out in every browser, or in every other one; return in how many."""
    lines = SignIn.objects.filter(user=user)
    if but is not None:
        lines = lines.exclude(pk=but.pk)
    return lines.delete()[0]


def forget_ended() -> int:
    """Delete the lines of browsers whose time is over; return how many."""
    now = site().now()
    old = SignIn.objects.filter(seen_at__lt=now - IDLE) | SignIn.objects.filter(started_at__lt=now - LONGEST)
    return old.delete()[0]


def listen() -> None:
    """Write a line for everybody who signs in, and delete it when they sign out."""
    user_logged_in.connect(_begin, dispatch_uid="accounts.sessions.begin")
    user_logged_out.connect(_end, dispatch_uid="accounts.sessions.end")


def _begin(sender: object, request: HttpRequest, user: User, **_: Any) -> None:
    code, now = secrets.token_urlsafe(24), site().now()
    request.session[_CODE] = code
    SignIn.objects.create(
        user=user,
        mark=_mark(code),
        started_at=now,
        seen_at=now,
        address=str(request.META.get("REMOTE_ADDR", ""))[:45],
        browser=request.headers.get("User-Agent", "")[:200],
    )


def _end(sender: object, request: HttpRequest, user: User | None, **_: Any) -> None:
    kept = current(request)
    if kept is not None:
        kept.delete()


def _mark(code: str) -> str:
    return hmac.new(site().key("sign-ins"), code.encode(), hashlib.sha256).hexdigest()
