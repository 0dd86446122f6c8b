"""What every answer tells browsers, and what is refused before any view is asked."""

from __future__ import annotations

import importlib

import pytest
from django.http import HttpResponseBase
from django.test import Client

import suqiu.web.settings
from suqiu.config import settings as suqiu_settings
from suqiu.web.accounts.guard import ANYBODY, TOKEN
from suqiu.web.accounts.roles import Role
from suqiu.web.site import site
from tests.web import made
from tests.web.rights import addresses

pytestmark = pytest.mark.django_db
EVERY = [address for address in addresses.every() if not address.lacking() and "logout" not in address.route]


def check(answer: HttpResponseBase, route: str) -> None:
    policy = answer.headers.get("Content-Security-Policy", "")
    for rule in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert rule in policy, route
    assert "unsafe-eval" not in policy, route
    assert "script-src 'self' " not in policy, route
    assert answer.headers["X-Frame-Options"] == "DENY", route
    assert answer.headers["X-Content-Type-Options"] == "nosniff", route
    assert answer.headers["Referrer-Policy"] == "same-origin", route
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", route
    assert answer.headers["Cross-Origin-Resource-Policy"] in {"same-origin", "cross-origin"}, route
    assert "camera=()" in answer.headers["Permissions-Policy"], route
    assert "Server" not in answer.headers, route
    assert "X-Powered-By" not in answer.headers, route


def test_every_address_answers_with_all_headers_also_when_it_refuses(client: Client) -> None:
    client.raise_request_exception = False
    for address in EVERY:
        check(client.get(address.path()), address.route)
    check(client.get("/no/such/page/"), "none")


def test_what_lies_behind_the_entrance_is_kept_nowhere() -> None:
    one = made.user(Role.DISPATCHER)
    client = Client(raise_request_exception=False)
    client.force_login(one)
    for address in EVERY:
        if not {ANYBODY, TOKEN} & set(address.asks or ()):
            answer = client.get(address.path())
            check(answer, address.route)
            assert "no-store" in answer.headers["Cache-Control"], address.route
    assert "no-store" in client.get("/").headers["Cache-Control"], "a public page as well, once somebody reads it"


def test_scripts_and_styles_may_be_kept_and_have_the_mark_of_their_content(client: Client) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert "<script>" not in page
    assert " onclick=" not in page
    assert "suqiu.js?v=" in page


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1@evil.example", "a b"])
def test_a_foreign_host_is_refused_and_never_said_again(client: Client, host: str) -> None:
    answer = client.get("/accounts/login/", headers={"Host": host})
    assert answer.status_code == 400
    assert b"evil" not in answer.content
    answer = client.get("/accounts/login/", headers={"X-Forwarded-Host": "evil.example"})
    assert b"evil" not in answer.content


def test_a_form_from_another_site_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(made.user(Role.SYSTEM_ADMIN))
    client.get("/accounts/")
    token = client.cookies["csrftoken"].value
    said = {"username": "wangfang", "full_name": "王芳", "number": "1", "csrfmiddlewaretoken": token}
    new = "/administration/users/new/"
    assert client.post(new, said, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post(new, {**said, "csrfmiddlewaretoken": ""}).status_code == 403
    assert client.post(new, said).status_code == 200


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client: Client) -> None:
    one = made.user(Role.AGENT)
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"username": one.username, "password": made.PASSWORD})
    for name in ("sessionid", "csrftoken"):
        assert client.cookies[name]["httponly"], name
        assert client.cookies[name]["samesite"] == "Lax", name
    assert not client.cookies["sessionid"]["max-age"], "it ends with the browser"


def test_behind_https_cookies_are_for_it_alone_and_browsers_are_told_to_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUQIU_HTTPS", "on")
    site.cache_clear()
    try:
        secure = importlib.reload(suqiu.web.settings)
        assert suqiu_settings().https == "on"
        assert secure.SESSION_COOKIE_SECURE
        assert secure.CSRF_COOKIE_SECURE
        assert secure.SECURE_HSTS_SECONDS >= 31_536_000
    finally:
        monkeypatch.undo()
        site.cache_clear()
        importlib.reload(suqiu.web.settings)


def test_hsts_is_sent_over_https_only(client: Client, settings: object) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000  # type: ignore[attr-defined]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # type: ignore[attr-defined]
    fresh = Client()
    assert "max-age=31536000" in fresh.get("/", headers={"X-Forwarded-Proto": "https"})["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in fresh.get("/")


@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "javascript:alert(1)"])
def test_preferences_lead_nowhere_else(client: Client, to: str) -> None:
    assert client.post("/preferences/", {"theme": "dark", "next": to})["Location"] == "/"
