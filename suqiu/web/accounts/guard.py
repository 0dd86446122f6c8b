"""Which right each page asks for: no view without a guard, and a test lists them all."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from suqiu.domain.errors import NotPermitted
from suqiu.domain.text import Text
from suqiu.web.accounts import held
from suqiu.web.accounts.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

#: What a guard may ask for besides rights.
ANYBODY = "anybody"
SIGNED_IN = "signed in"
#: A machine's token: the operation itself asks for the token's rights.
TOKEN = "token"  # noqa: S105 — a word for a kind of guard


class SignedIn(HttpRequest):
    """A request behind a guard: somebody is signed in."""

    user: User


class Guarded(Protocol):
    """A view that says what it asks for."""

    asks: tuple[str, ...]


def requires(*rights: str, while_held: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """Let in who is signed in and holds at least one of these rights; without rights named, everybody signed in.

    The view carries them as `asks`. Who is not signed in is led to the entrance (a part of a page gets 401), and who
    must first do something else (`accounts.held`) to that, unless the view is there for those too: `while_held`.
    """
    asks = tuple(str(right) for right in rights) or (SIGNED_IN,)

    def guard(view: Callable[..., HttpResponseBase]) -> Any:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not isinstance(user, User) or not user.is_active:
                return _led(request, reverse("accounts:login"), 401)
            duty = None if while_held else held.duty(request, user)
            if duty is not None:
                return _led(request, reverse(duty), 403)
            if rights and not any(user.may(right) for right in rights):
                raise NotPermitted(
                    "rights.missing",
                    Text("您没有使用此页面的权限", "you may not use this page"),
                    Text("如工作需要，请向安全管理员申请", "ask the security administrator if your work needs it"),
                )
            return view(request, *args, **kwargs)

        cast(Any, guarded).asks = asks
        return guarded

    return guard


def _led(request: HttpRequest, to: str, status: int) -> HttpResponse:
    """Lead somebody elsewhere, and back afterwards; a part of a page makes the whole page go."""
    part = bool(request.headers.get("HX-Request"))
    back = request.headers.get("HX-Current-URL", "/") if part or request.method != "GET" else request.get_full_path()
    said = {"next": back, "ended": request.META.get("suqiu.ended", "")}
    address = f"{to}?{urlencode({key: value for key, value in said.items() if value})}"
    return HttpResponse(status=status, headers={"HX-Redirect": address}) if part else HttpResponseRedirect(address)


def public(view: Callable[..., HttpResponseBase]) -> Any:
    """Mark a view that anybody may open."""
    cast(Any, view).asks = (ANYBODY,)
    return view


def by_token(view: Callable[..., HttpResponseBase]) -> Any:
    """Mark a view of an interface for machines, whose operations check the rights of the token they are given."""
    cast(Any, view).asks = (TOKEN,)
    return view
