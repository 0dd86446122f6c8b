"""Signing in leaves a trace in the audit, and so does every failure."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.models import User
from suqiu.web.audit import chain


def listen() -> None:
    """Write down who signs in and out, who fails to, and who is locked out."""
    user_logged_in.connect(_signed_in, dispatch_uid="accounts.trace.in")
    user_logged_out.connect(_signed_out, dispatch_uid="accounts.trace.out")
    user_login_failed.connect(_failed, dispatch_uid="accounts.trace.failed")
    user_locked_out.connect(_locked_out, dispatch_uid="accounts.trace.locked")


def person(user: User, request: HttpRequest | None) -> Actor:
    """Return somebody as an actor while the request does not yet, or no longer, know them."""
    return Actor(f"user:{user.number}", user.rights, user.scope, user, _address(request))


def _address(request: HttpRequest | None) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))[:45] if request is not None else ""


def _signed_in(sender: object, request: HttpRequest, user: User, **_: Any) -> None:
    way = str(request.session.get(BACKEND_SESSION_KEY, "")).rpartition(".")[2]
    chain.record(person(user, request), "sign_in", f"user:{user.number}", way=way)


def _signed_out(sender: object, request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        chain.record(person(user, request), "sign_out", f"user:{user.number}")


def _failed(sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    step = "code" if "code" in credentials else "password"
    chain.record(Actor("nobody", address=_address(request)), "sign_in_failed", _subject(credentials), step=step)


def _locked_out(sender: object, request: HttpRequest, username: str | None = None, **_: Any) -> None:
    chain.record(Actor("nobody", address=_address(request)), "lockout", _subject({"username": username}))


def _subject(credentials: dict[str, Any]) -> str:
    """Name the account that was tried; what is typed as a name that nobody has may be a password, and is not kept."""
    number = (
        User.objects.filter(username=str(credentials.get("username") or ""))
        .values_list("number", flat=True).first()
    )  # fmt: skip
    return f"user:{number}" if number else ""
