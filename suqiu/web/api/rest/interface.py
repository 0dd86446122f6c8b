"""The interface itself: its parts, its authentication, and what it says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.renderers import JSONRenderer
from ninja.security import HttpBearer

from suqiu.web.api.answers import refusal, understood
from suqiu.web.api.door import Calling, rest
from suqiu.web.api.models import ApiToken
from suqiu.web.api.reading import Strict
from suqiu.web.api.rest import bulk, city, health, hooks, orders, published, results

ABOUT = (
    "12345政务服务便民热线诉求办理平台接口。以Bearer令牌访问；写操作（POST）须携带Idempotency-Key；"
    "修改工单须带版本（If-Match或version）。错误一律为{error: {code, message, hint}}，语言随Accept-Language。\n\n"
    "The interface of a 12345 hotline. Come with a Bearer token; send an Idempotency-Key with every POST; "
    "name the version of the order that you change (If-Match or version)."
)


class Token(HttpBearer):
    """The door has recognised the token already; this says that an address asks for one."""

    def __call__(self, request: HttpRequest) -> ApiToken | None:
        """Return the token that was recognised."""
        return cast(Calling, request).token

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Not used: the door has done it."""
        return cast(Calling, request).token


class Plain(JSONRenderer):
    """JSON in which Chinese stays readable."""

    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False}


class Interface(NinjaAPI):
    """NinjaAPI whose every failure has the one shape."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """Return any failure as a refusal."""
        return refusal(understood(exc, request))


interface = Interface(
    title="Suqiu 诉求", version="1", description=ABOUT, urls_namespace="api-v1", docs_url=None, openapi_url=None,
    auth=Token(), parser=Strict(), renderer=Plain(),
)  # fmt: skip
interface.add_router("/orders", orders.router, tags=["orders"])
interface.add_router("/contacts", orders.contacts, tags=["contacts"])
interface.add_router("/city", city.router, tags=["city"])
interface.add_router("", results.router, tags=["events"])
interface.add_router("/webhooks", hooks.router, tags=["webhooks"])
interface.add_router("/imports", bulk.imports, tags=["bulk"])
interface.add_router("/exports", bulk.exports, tags=["bulk"])
interface.add_router("/health", health.router, tags=["health"], auth=None)


def addresses() -> list[URLPattern]:
    """Return the interface's addresses, each behind the door; its root, which says nothing, is left out."""
    return [
        URLPattern(one.pattern, rest(cast("type[HttpResponseBase]", one.callback)), one.default_args, one.name)
        for one in interface.urls[0]
        if isinstance(one, URLPattern) and one.name != "api-root"
    ]


def schema() -> dict[str, Any]:
    """Return what the interface says of itself, as OpenAPI."""
    return published.completed(dict(interface.get_openapi_schema(path_prefix="/api/v1/")))
