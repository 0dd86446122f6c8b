"""Where a request comes from."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from suqiu.web.forwarded import Forwarded


def _address(remote: str, header: str) -> str:
    seen: list[str] = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append(str(request.META["REMOTE_ADDR"]))
        return HttpResponse()

    Forwarded(answer)(RequestFactory().get("/", REMOTE_ADDR=remote, headers={"X-Forwarded-For": header}))
    return seen[0]


@pytest.mark.parametrize(
    ("remote", "header", "address"),
    [
        ("127.0.0.1", "10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "6.6.6.6, 10.1.2.3", "10.1.2.3"),  # what the caller wrote itself stands before
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "<script>", "127.0.0.1"),
        ("10.9.9.9", "10.1.2.3", "10.9.9.9"),
    ],
)
def test_only_a_known_proxy_says_where_a_request_comes_from(remote: str, header: str, address: str) -> None:
    assert _address(remote, header) == address
