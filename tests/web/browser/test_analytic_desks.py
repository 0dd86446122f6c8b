"""The command desk, the wall and the analysis desk in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from suqiu.web.results.store import Result
from tests.web import made
from tests.web.analysed import analysed, small_run
from tests.web.browser.conftest import SignIn
from tests.web.browser.looking import WITH_BROWSER, accessible, fits

pytestmark = WITH_BROWSER
__all__ = ["analysed", "small_run"]

_SMALLEST = """() => Math.min(...[...document.querySelectorAll(".wall *")]
  .filter((one) => one.offsetParent && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .map((one) => parseFloat(getComputedStyle(one).fontSize)))"""
_INSIDE = """() => [...document.querySelectorAll(".wall-figures > section")].every((part) => {
  const end = part.getBoundingClientRect().bottom + 1;
  return [...part.querySelectorAll("*")].every((one) => one.getBoundingClientRect().bottom <= end);
})"""


@pytest.mark.parametrize(("width", "theme"), [(1440, "dark"), (390, "light")])
def test_the_command_desk_has_no_barrier_fits_and_draws(
    signed_in: SignIn, analysed: Result, pictures: Path, width: int, theme: str
) -> None:
    page = signed_in(made.user("leader"))
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.goto("/command/")
    page.wait_for_selector("[data-chart] canvas")
    page.screenshot(path=pictures / f"command-{width}-{theme}.png", full_page=True)
    accessible(page)
    fits(page)
    rates = page.locator("section[aria-labelledby=h-rates]")
    rates.locator("summary").first.click()
    assert rates.get_by_text("计时口径").first.is_visible()


@pytest.mark.parametrize(("width", "height"), [(3840, 2160), (1920, 1080)])
def test_the_wall_is_read_from_afar_and_does_not_scroll(
    signed_in: SignIn, analysed: Result, pictures: Path, width: int, height: int
) -> None:
    page = signed_in(made.user("leader"))
    page.set_viewport_size({"width": width, "height": height})
    page.goto("/command/wall/")
    page.wait_for_selector(".wall-map canvas")
    page.screenshot(path=pictures / f"wall-{width}.png")
    assert page.evaluate(_SMALLEST) >= 48 * width / 3840
    for way in ("Width", "Height"):
        assert page.evaluate(f"document.documentElement.scroll{way} <= window.inner{way}")
    inside = page.evaluate(_INSIDE)
    assert inside, "nothing is cut off"


def test_the_wall_is_renewed_in_place_and_says_when_it_is_not(signed_in: SignIn, analysed: Result) -> None:
    page = signed_in(made.user("leader"))
    page.clock.install()
    page.goto("/command/wall/")
    page.wait_for_selector(".wall-map canvas")
    page.evaluate("document.querySelector('.wall-map canvas').id = 'the-same'")
    made.accepted()
    before = page.locator("#wall-at").get_attribute("data-epoch")
    page.clock.run_for(61_000)
    page.wait_for_function("was => document.getElementById('wall-at').dataset.epoch !== was", arg=before)
    assert page.locator("#the-same").count() == 1, "the map stays: nothing flickers"
    assert page.locator("#stale").is_hidden()
    page.evaluate("document.getElementById('figures').remove()")
    page.clock.run_for(151_000)
    assert page.locator("#stale").is_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_question_is_asked_on_the_analysis_desk_with_the_keyboard(
    signed_in: SignIn, analysed: Result, pictures: Path, width: int
) -> None:
    page = signed_in(made.user("analyst"))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/analysis/")
    page.get_by_label("指标", exact=True).select_option("C16")
    page.get_by_label("切片").select_option("district")
    page.get_by_role("button", name="分析", exact=True).press("Enter")
    page.wait_for_selector("#answer [data-chart] canvas")
    assert "category" not in page.url, "what was not chosen is not in the address"
    assert page.locator("#answer tbody tr").count() >= 8
    page.get_by_text("口径、公式和SQL").press("Enter")
    assert page.get_by_text("SELECT").first.is_visible()
    accessible(page)
    fits(page)
    page.screenshot(path=pictures / f"analysis-{width}.png", full_page=True)


@pytest.mark.parametrize("path", ["/analysis/series/", "/analysis/reports/", "/analysis/refresh/", "/command/events/"])
def test_the_other_analytic_pages_have_no_barrier(signed_in: SignIn, analysed: Result, path: str) -> None:
    page = signed_in(made.user("analyst"))
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(path)
    accessible(page)
    fits(page)
