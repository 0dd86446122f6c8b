"""A real browser before a real server: headless Chromium, driven by Playwright.

Every test here carries `pytestmark = WITH_BROWSER`. A page on which the browser reports an error fails its test. The
browser lives for one module: its event loop must be gone before other tests run.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from suqiu.web.accounts.models import User
from tests.web.browser.looking import CHROMIUM

#: Playwright keeps an event loop running in this thread; Django would else refuse its database here.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

#: A refusal is an answer that the page shows; the browser calls it an error.
_REFUSED = re.compile(r"status of (?:409|422)\b")

#: Milliseconds that a page may take on a machine that is busy with other things.
_PATIENCE = 20_000

SignIn = Callable[[User], Page]
_OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for the tests of one module."""
    expect.set_options(timeout=_PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), headless=True, args=list(_OPTIONS))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A fresh page in Chinese, 1440 pixels wide; what the browser reports as an error fails the test."""
    context = chromium.new_context(base_url=live_server.url, locale="zh-CN", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    problems: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and not _REFUSED.search(message.text):
            problems.append(f"{message.text} ({message.location.get('url', '')})")

    def broke(error: Error) -> None:
        problems.append(str(error))

    page.on("console", heard)
    page.on("pageerror", broke)
    yield page
    context.close()
    assert problems == []


@pytest.fixture
def signed_in(page: Page, live_server: LiveServer, client: Client) -> SignIn:
    """Return what signs somebody in and gives the page."""

    def sign_in(user: User) -> Page:
        client.force_login(user)
        cookies = [{"name": name, "value": one.value, "url": live_server.url} for name, one in client.cookies.items()]
        page.context.add_cookies(cookies)  # type: ignore[arg-type]
        return page

    return sign_in


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where a test may leave screenshots: the folder of SUQIU_PICTURES, else one that goes away."""
    folder = Path(os.environ.get("SUQIU_PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
