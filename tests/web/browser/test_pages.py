"""Pages that everybody sees, in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.web.browser.looking import WITH_BROWSER, accessible, fits

pytestmark = WITH_BROWSER


@pytest.mark.parametrize("width", [1440, 390])
def test_the_first_page_has_no_barrier_and_fits(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/")
    accessible(page)
    fits(page)
