"""The one place where a refusal becomes an answer: a page for people, a part of a page for htmx, JSON for the API."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from suqiu.domain.errors import (
    Conflict,
    Defect,
    InvalidInput,
    NotFound,
    NotPermitted,
    SuqiuError,
    Unavailable,
)
from suqiu.domain.text import Text
from suqiu.web.wording import told

_LOG = logging.getLogger("suqiu.web")

STATUS: dict[type[SuqiuError], int] = {
    InvalidInput: 422,
    NotFound: 404,
    Conflict: 409,
    NotPermitted: 403,
    Unavailable: 503,
    Defect: 500,
}
#: Addresses whose callers are machines.
_MACHINES = ("/api/", "/open311/")


class Refusals:
    """Turns every `SuqiuError` that leaves a view into an answer with its status, message and hint."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refusal; anything else is a defect, logged under a number that the page shows."""
        if not isinstance(error, SuqiuError):
            number = uuid.uuid4().hex[:12]
            _LOG.error("defect %s at %s %s", number, request.method, request.resolver_match, exc_info=error)
            error = Defect(
                "web.defect",
                Text("系统出现故障，编号{number}", "something went wrong, number {number}").fill(number=number),
                Text(
                    "已记录；请稍后重试，或将编号告知系统管理员",
                    "on record; try again, or tell the administrator",
                ),
            )
        return answer(request, error)


def answer(request: HttpRequest, error: SuqiuError, status: int | None = None) -> HttpResponse:
    """Return a refusal as its caller understands it, with the status of its kind unless another is named."""
    status = status or next(code for kind, code in STATUS.items() if isinstance(error, kind))
    said: dict[str, Any] = {"code": error.code, "message": told(error.message), "hint": told(error.hint)}
    if request.path.startswith(_MACHINES):
        return JsonResponse({"error": said}, status=status)
    template = "parts/refusal.html" if request.headers.get("HX-Request") else "refusal.html"
    return render(request, template, {"refusal": said, "status": status}, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for an address that does not exist."""
    return answer(
        request,
        NotFound("web.not_found", Text("未找到该页面", "no such page"), Text("请核对地址", "check the address")),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for what Django itself refuses, such as a form without its token."""
    return answer(
        request,
        NotPermitted(
            "web.forbidden",
            Text("请求未获允许", "the request was refused"),
            Text("请刷新页面后重试", "reload the page and try again"),
        ),
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for a request that is malformed."""
    return answer(
        request,
        InvalidInput(
            "web.bad_request",
            Text("请求格式有误", "malformed request"),
            Text("请刷新页面后重试", "reload and try again"),
        ),
        status=400,
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer where even the middleware failed."""
    return answer(
        request,
        Defect("web.defect", Text("系统出现故障", "something is broken"), Text("请稍后重试", "try again later")),
    )
