"""What tests in a browser ask of a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

CHROMIUM = Path("/usr/bin/chromium")
_AXE = Path(__file__).resolve().parents[3] / ".venv/browser/node_modules/axe-core/axe.min.js"

_RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]

#: For `pytestmark` of every module here.
WITH_BROWSER = [
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium; on Debian: apt-get install chromium"),
]


def accessible(page: Page, *, inside: str = "html") -> None:
    """Fail on anything that axe-core calls a serious or critical barrier.

    Args:
        page: as it stands now.
        inside: selector of the part to look at.
    """
    if not _AXE.is_file():
        pytest.skip("needs axe-core: run make setup-dev")
    page.evaluate(_AXE.read_text("utf-8"))
    # From the top: what the bar at the top happens to cover half, once scrolled, is no barrier of the page.
    page.evaluate("window.scrollTo(0, 0)")
    result: dict[str, Any] = page.evaluate(
        "([inside, rules]) => axe.run(inside, {resultTypes: ['violations'], runOnly: rules})", [inside, _RULES]
    )
    found = [
        f"{one['id']} ({one['impact']}): {one['help']}: "
        + "; ".join(f"{node['target']} {node['failureSummary']}" for node in one["nodes"][:3])
        for one in result["violations"]
        if one["impact"] in {"serious", "critical"}
    ]
    assert not found, "\n".join(found)


def fits(page: Page) -> None:
    """Fail when the page scrolls sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"the page is {wide} pixels too wide"
