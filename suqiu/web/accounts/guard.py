"""Which right each page asks for: no view without a guard, and a test lists them all."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from suqiu.domain.errors import NotPermitted
from suqiu.domain.text import Text
from suqiu.web.accounts.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

#: What a guard may ask for besides rights.
ANYBODY = "anybody"
SIGNED_IN = "signed in"


class SignedIn(HttpRequest):
    """A request behind a guard: somebody is signed in."""

    user: User


class Guarded(Protocol):
    """A view that says what it asks for."""

    asks: tuple[str, ...]


def requires(*rights: str) -> Callable[[Callable[..., Any]], Any]:
    """Let in who is signed in and holds at least one of these rights; without rights named, everybody signed in.

    The view carries them as `asks`. Who is not signed in is led to the entrance (a part of a page gets 401).
    """
    asks = tuple(str(right) for right in rights) or (SIGNED_IN,)

    def guard(view: Callable[..., HttpResponseBase]) -> Any:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not isinstance(user, User) or not user.is_active:
                if request.headers.get("HX-Request"):
                    return HttpResponse(status=401, headers={"HX-Redirect": f"/accounts/login/?next={request.path}"})
                return redirect_to_login(request.get_full_path())
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


def public(view: Callable[..., HttpResponseBase]) -> Any:
    """Mark a view that anybody may open."""
    cast(Any, view).asks = (ANYBODY,)
    return view
