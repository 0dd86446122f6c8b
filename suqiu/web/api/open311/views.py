"""The six methods of GeoReport v2, and the discovery that says where they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from suqiu.domain.errors import NotFound
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.api.answers import wrong_method
from suqiu.web.api.door import Calling, door
from suqiu.web.api.open311 import inlet, outlet, services
from suqiu.web.api.open311.heard import api_key, check_jurisdiction, parameters
from suqiu.web.api.open311.saying import answer, refused

_SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
_CHANGED = "2026-05-01T00:00:00+08:00"


def _open(*methods: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponseBase]]:
    """Put the door of Open311 before a view that knows these methods."""

    def behind(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
        def asked(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
            if ("GET" if request.method == "HEAD" else request.method) not in methods:
                raise wrong_method(", ".join(methods))
            check_jurisdiction(parameters(request))
            return view(request, *args, **kwargs)

        return door(asked, refused, within=api_key)

    return behind


@_open("GET")
def discovery(request: HttpRequest, form: str) -> HttpResponse:
    """Say where the interface is and what it speaks."""
    where = f"{request.scheme}://{request.get_host()}"
    said = {
        "changeset": _CHANGED,
        "contact": "12345",
        "key_service": f"{where}/api/",
        "endpoints": [
            {
                "specification": _SPECIFICATION,
                "url": f"{where}/open311/v2",
                "changeset": _CHANGED,
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    return answer(form, "discovery", said)


@_open("GET")
def service_list(request: HttpRequest, form: str) -> HttpResponse:
    """Return every service."""
    return answer(form, "services", services.listed())


@_open("GET")
def service_definition(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """Return what a service asks for."""
    return answer(form, "service_definition", services.defined(code))


@_open("GET", "POST")
def requests(request: HttpRequest, form: str) -> HttpResponse:
    """Return requests, or take one down."""
    said = parameters(request)
    if request.method == "POST":
        return answer(form, "service_requests", inlet.accept(_caller(request), said), 201)
    return answer(form, "service_requests", outlet.listed(_caller(request), said))


@_open("GET")
def request_by_id(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """Return one request."""
    return answer(form, "service_requests", outlet.one(_caller(request), number))


@_open("GET")
def token(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """Return the request behind a token: requests are made at once here, so a token is the request's own number."""
    found = outlet.one(_caller(request), number)[0]["service_request_id"]
    return answer(form, "service_requests", [{"service_request_id": found, "token": found}])


@_open("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
def unknown(request: HttpRequest) -> HttpResponse:
    """Answer for an address that GeoReport v2 does not know."""
    raise NotFound(
        "open311.address",
        Text("没有该地址", "there is no such address"),
        Text(
            "可用：services、services/编码、requests、requests/编号、tokens/编号、discovery，扩展名.json或.xml",
            "services, services/id, requests, requests/id, tokens/id, discovery, with .json or .xml",
        ),
    )


def _caller(request: HttpRequest) -> Actor:
    return cast(Calling, request).caller
