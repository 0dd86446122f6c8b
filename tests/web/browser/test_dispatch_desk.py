"""The dispatch pool by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from suqiu.domain.order import Status
from suqiu.web.live import reading
from suqiu.web.orders.models import Order
from tests.web import made
from tests.web.browser.conftest import SignIn
from tests.web.browser.looking import WITH_BROWSER, accessible, fits

pytestmark = WITH_BROWSER

SURE = {
    "title": "烧烤店油烟扰民", "text": "锦绣华庭小区3栋楼下的烧烤店油烟很大，希望尽快查处。",
    "category": "04.02.01", "place": "08.09.002", "type": "complaint",
}  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def _warm() -> None:
    reading.state()


def test_orders_are_dispatched_one_after_the_other_by_keyboard_alone(signed_in: SignIn, pictures: Path) -> None:
    first, second = made.accepted(**SURE), made.accepted(title="路灯不亮", text="东门路灯坏了三盏，夜间看不见路。")
    returned = made.order("return_pending")
    page = signed_in(made.user("dispatcher"))
    page.goto("/dispatch/")
    page.keyboard.press("j")
    expect(page.locator(f"#o-{first.number}")).to_be_focused()
    accessible(page)
    page.screenshot(path=pictures / "dispatch.png", full_page=True)
    page.keyboard.press("1")
    page.keyboard.press("d")
    expect(page.locator(f"#o-{first.number}")).to_contain_text("市城市管理局")
    expect(page.locator(f"#o-{second.number}")).to_be_focused()
    page.keyboard.press("u")
    page.keyboard.type("zjj")
    expect(page.locator(f"#o-{second.number} [role=option]").first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+a")
    page.keyboard.type("住房和城乡建设")
    expect(page.locator(f"#o-{second.number} [role=option]").first).to_contain_text("市住房和城乡建设局")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # in the field once more: the form is sent
    expect(page.locator(f"#o-{second.number}[data-done]")).to_contain_text("市住房和城乡建设局")
    assert set(Order.objects.filter(status=Status.DISPATCHED)) == {first, second}
    page.goto("/dispatch/?tab=requests")
    page.keyboard.press("j")
    page.keyboard.press("r")  # refused without a reason
    expect(page.locator(f"#o-{returned.number} [role=alert]")).to_be_visible()
    accessible(page)


def test_many_are_dispatched_after_a_look_at_each(signed_in: SignIn, pictures: Path) -> None:
    orders = [made.accepted(**SURE) for _ in range(3)]
    page = signed_in(made.user("dispatcher"))
    page.goto("/dispatch/")
    page.keyboard.press("j")
    for _ in orders[:2]:
        page.keyboard.press("x")
        page.keyboard.press("j")
    page.get_by_role("button", name="批量派单").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    accessible(page)
    page.screenshot(path=pictures / "dispatch-review.png", full_page=True)
    page.keyboard.press("Enter")
    page.wait_for_url("**/dispatch/")
    assert Order.objects.filter(status=Status.DISPATCHED).count() == 2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pool_fits_a_telephone_and_has_no_barrier(signed_in: SignIn, pictures: Path, theme: str) -> None:
    made.accepted(**SURE)
    page = signed_in(made.user("dispatcher"))
    page.set_viewport_size({"width": 390, "height": 800})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.goto("/dispatch/")
    accessible(page)
    fits(page)
    page.screenshot(path=pictures / f"dispatch-390-{theme}.png", full_page=True)
