"""The way in: every request of another system passes here before anything else looks at it.

In this order: how large and how framed, who it is, how often it comes, whether it came before; then the deed; and
whatever went wrong becomes the refusal that this door speaks.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from suqiu.domain.errors import NotPermitted, SuqiuError
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.api import limits, once, tokens
from suqiu.web.api.answers import Turned, malformed, refusal, too_large, understood, wrong_method
from suqiu.web.api.models import ApiToken
from suqiu.web.site import site

View = Callable[..., HttpResponseBase]
Speak = Callable[[HttpRequest, SuqiuError], HttpResponseBase]

MOST_BYTES = 1_000_000
MOST_FILE_BYTES = 32_000_000


class Calling(HttpRequest):
    """A request behind the door.

    Attributes:
        token: that was shown and holds; None for anybody.
        caller: who it is, as an actor; without a token, an actor without rights.
    """

    token: ApiToken | None
    caller: Actor


def door(
    view: View, speak: Speak, *, within: Callable[[HttpRequest], str] | None = None, keyed: bool = False
) -> View:  # fmt: skip
    """Put the door before a view.

    Args:
        view: what is behind it.
        speak: how a refusal is said.
        within: finds a token that is not in the Authorization header; empty where there is none.
        keyed: a POST must carry an Idempotency-Key; elsewhere it may.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = _pass(cast(Calling, request), lambda: view(request, *args, **kwargs), within, keyed=keyed)
            if response.status_code == 405:
                response = speak(request, wrong_method(response.get("Allow", "GET")))
        except Exception as error:
            response = speak(request, understood(error, request))
        for name, value in getattr(request, "standing", {}).items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    cast(Any, guarded).csrf_exempt = True  # no cookie opens anything here
    cast(Any, guarded).asks = ("token",)
    return guarded


def bearer(request: HttpRequest) -> str:
    """Return the token of the Authorization header."""
    kind, _, said = request.headers.get("Authorization", "").partition(" ")
    return said.strip() if kind.lower() == "bearer" else ""


def rest(view: View) -> View:
    """Put the REST interface's door before a view."""
    return door(view, lambda _, error: refusal(error), keyed=True)


def need(request: HttpRequest, right: str) -> Actor:
    """Return the caller, who must have a right.

    Raises:
        NotPermitted: it has not.
    """
    caller = cast(Calling, request).caller
    if not caller.may(right):
        raise NotPermitted(
            "api.right_missing",
            Text("该令牌没有权限“{right}”", "this token lacks the right “{right}”").fill(right=right),
            Text("如业务需要，请安全管理员发放含此权限的令牌", "ask the security administrator for a token with it"),
        )
    return caller


def token_of(request: HttpRequest) -> ApiToken:
    """Return the token behind a request whose address asks for one."""
    token = cast(Calling, request).token
    assert token is not None  # noqa: S101 — the interface's authentication has seen to it
    return token


def _pass(
    request: Calling,
    do: Callable[[], HttpResponseBase],
    within: Callable[[HttpRequest], str] | None,
    *,
    keyed: bool,
) -> HttpResponseBase:
    _admit(request, bearer(request))
    _refuse_frame(request)
    if within is not None and request.token is None and (said := within(request)):
        _admit(request, said)
    wanted = keyed or "Idempotency-Key" in request.headers
    if wanted and request.method == "POST" and request.token is not None:
        return once.once(request, request.token, do)
    return do()


def _admit(request: Calling, said: str) -> None:
    """Recognise who shows a token, and count the request: a token's own, or its address's."""
    address, chosen = str(request.META.get("REMOTE_ADDR", ""))[:45], site().settings
    request.token = tokens.recognise(said) if said else None
    if request.token is not None:
        request.caller = tokens.actor_for(request.token, address)
        standing = limits.take(f"token:{request.token.pk}", request.token.per_minute or chosen.api_per_minute)
    else:
        request.caller = Actor("anybody", address=address)
        standing = limits.take(f"address:{address}", chosen.api_public_per_minute)
    cast(Any, request).standing = standing.headers()


def _refuse_frame(request: HttpRequest) -> None:
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if charset.replace("-", "") not in {"utf8", "usascii", "ascii"}:
        raise malformed()
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and request.headers.get("Transfer-Encoding"):
        raise Turned(
            411,
            "api.no_length",
            Text("请求未注明长度", "the request does not say how long it is"),
            Text("请携带Content-Length请求头", "send the header Content-Length"),
        )
    if length and not (length.isascii() and length.isdigit()):
        raise malformed()
    most = MOST_FILE_BYTES if request.content_type == "multipart/form-data" else MOST_BYTES
    if int(length or 0) > most:
        raise too_large()
