"""A call taken down by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from suqiu.domain.order import Status
from suqiu.web.knowledge import shelf
from suqiu.web.live import reading
from suqiu.web.live.models import Draft
from suqiu.web.orders.models import Order
from tests.web import made
from tests.web.browser.conftest import SignIn
from tests.web.browser.looking import WITH_BROWSER, accessible, fits

pytestmark = WITH_BROWSER

SAID = "来电人反映锦绣华庭小区3栋楼下的烧烤店油烟很大，昨晚开到十二点，已经影响休息半个月了，希望尽快查处。"


@pytest.fixture(autouse=True, scope="module")
def _warm() -> None:
    """The reader is made when a server starts, not by its first call."""
    reading.state()


def _begun(page: Page) -> None:
    page.goto("/agent/")
    expect(page.locator("#d0-text")).to_be_focused()


def _heard(page: Page, n: int = 0) -> None:
    expect(page.locator(f"#d{n}-take-category")).to_be_visible()


def test_a_call_is_taken_down_and_dispatched_by_keyboard_alone(signed_in: SignIn, pictures: Path) -> None:
    page = signed_in(made.user("agent"))
    _begun(page)
    page.keyboard.insert_text(SAID)
    _heard(page)
    expect(page.locator("#d0-text")).to_be_focused()  # nothing takes the focus away
    expect(page.locator("#d0-slot-department")).to_contain_text("城市管理局")
    accessible(page)
    page.screenshot(path=pictures / "agent-heard.png", full_page=True)
    page.keyboard.press("Alt+KeyC")
    page.keyboard.press("Alt+KeyP")
    page.keyboard.press("Alt+Digit1")
    expect(page.locator("#d0-category-q")).to_have_value("生态环境 › 大气污染 › 餐饮油烟")
    for _ in range(20):  # the title on the way is left empty: the proposed one is taken
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "d0-type":
            break
    expect(page.locator("#d0-type")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#d0-type")).to_have_value("complaint")
    page.keyboard.press("Alt+KeyS")
    page.wait_for_url("**/agent/done/**")
    expect(page.locator("#next")).to_be_focused()
    accessible(page)
    page.screenshot(path=pictures / "agent-done.png", full_page=True)
    order = Order.objects.get()
    assert (order.category, order.type, order.status) == ("04.02.01", "complaint", Status.DISPATCHED)
    assert order.department == "D02"
    assert order.suggestions.get(aspect="department", rank=1).adopted
    assert not Draft.objects.exists()
    page.keyboard.press("Enter")
    expect(page.locator("#d0-text")).to_be_focused()


def test_a_choice_is_made_by_typing_pinyin_initials(signed_in: SignIn) -> None:
    page = signed_in(made.user("agent"))
    _begun(page)
    field = page.locator("#d0-department-q")
    field.focus()
    page.keyboard.type("csgl")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#d0-department-list [role=option]").first).to_contain_text("城市管理局")
    accessible(page, inside=".way-send")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(field).to_have_value("市城市管理局")
    expect(field).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Control+a")
    page.keyboard.type("没有这个单位")
    page.keyboard.press("Tab")
    expect(field).to_have_value("市城市管理局")  # words that choose nothing do not stay


def test_two_demands_of_one_call_become_two_orders(signed_in: SignIn) -> None:
    page = signed_in(made.user("agent"))
    _begun(page)
    page.keyboard.insert_text(SAID)
    _heard(page)
    page.keyboard.press("Alt+KeyN")
    expect(page.locator("#d1-text")).to_be_focused()
    page.keyboard.insert_text("另外锦绣华庭小区东门的路灯坏了三盏，夜里看不见路，要求修好。")
    _heard(page, 1)
    page.keyboard.press("Alt+KeyA")
    page.keyboard.press("Alt+BracketLeft")
    expect(page.locator("#d0-text")).to_be_focused()
    page.keyboard.press("Alt+KeyS")
    page.wait_for_url("**/agent/done/**")
    first, second = Order.objects.order_by("number")
    assert first.contact == second.contact
    assert first.status == Status.ACCEPTED  # nobody chose a department: it waits in the pool
    assert second.place.startswith("08.09")


def test_an_emergency_asks_for_a_person_before_anything_is_sent(signed_in: SignIn, pictures: Path) -> None:
    page = signed_in(made.user("agent"))
    _begun(page)
    page.keyboard.insert_text("锦绣华庭小区3栋有人被困在电梯里，里面有老人，快来人")
    expect(page.locator("#d0-banner .route-line")).to_have_text("119")
    accessible(page)
    page.screenshot(path=pictures / "agent-emergency.png", full_page=True)
    page.keyboard.press("Alt+KeyS")
    expect(page.locator("#problems")).to_contain_text("尚未确认")
    expect(page.locator("#problems")).to_be_focused()
    assert not Order.objects.exists()
    page.keyboard.press("Alt+KeyZ")
    page.keyboard.press("Alt+KeyS")
    page.wait_for_url("**/agent/done/**")
    assert Order.objects.get().emergency_cue == "trapped"


def test_an_answer_from_the_knowledge_base_closes_an_inquiry(signed_in: SignIn) -> None:
    shelf.fill(made.somebody("editor"))
    page = signed_in(made.user("agent"))
    _begun(page)
    page.keyboard.insert_text("请问住宅专项维修资金怎么申请使用，电梯坏了能不能用")
    expect(page.locator("#d0-live .article").first).to_be_visible()
    page.locator("#d0-type").select_option("consult")
    page.keyboard.press("Alt+KeyG")
    expect(page.locator("#d0-answer")).to_be_focused()
    expect(page.locator("#d0-answer")).not_to_have_value("")
    page.keyboard.press("Alt+KeyS")
    page.wait_for_url("**/agent/done/**")
    order = Order.objects.get()
    assert order.status == Status.CLOSED
    assert order.steps.get(kind="close").data == {"solved": True, "direct": True}


def test_what_was_typed_is_still_there_after_a_reload(signed_in: SignIn) -> None:
    page = signed_in(made.user("agent"))
    _begun(page)
    page.keyboard.insert_text(SAID)
    _heard(page)
    page.keyboard.press("Alt+KeyC")
    expect(page.locator("#kept")).to_contain_text("草稿已保存")
    assert b"\xe9\x94\xa6\xe7\xbb\xa3" not in bytes(Draft.objects.get().sealed)
    page.reload()
    expect(page.locator("#d0-text")).to_have_value(SAID)
    expect(page.locator("#d0-category-q")).to_have_value("生态环境 › 大气污染 › 餐饮油烟")


def test_a_demand_told_before_is_merged_with_one_key(signed_in: SignIn) -> None:
    before = made.order("handling", text=SAID, title="锦绣华庭烧烤店油烟", category="04.02.01", place="08.09.002")
    page = signed_in(made.user("agent"))
    _begun(page)
    page.keyboard.insert_text(SAID)
    expect(page.locator(f"#d0-alike-{before.number}")).to_contain_text("疑似重复")
    page.keyboard.press("Alt+KeyK")
    expect(page.locator("#d0-live")).to_contain_text("已催办")
    page.keyboard.press("Alt+KeyM")
    expect(page.locator("#d0-parent")).to_have_value(before.number)
    page.keyboard.press("Alt+KeyS")
    page.wait_for_url("**/agent/done/**")
    assert Order.objects.exclude(pk=before.pk).get().merged_into == before
    before.refresh_from_db()
    assert before.urges == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_desk_has_no_barrier_and_fits_a_telephone(signed_in: SignIn, pictures: Path, theme: str) -> None:
    page = signed_in(made.user("agent"))
    page.set_viewport_size({"width": 390, "height": 800})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    _begun(page)
    page.keyboard.insert_text(SAID)
    _heard(page)
    accessible(page)
    fits(page)
    page.screenshot(path=pictures / f"agent-390-{theme}.png", full_page=True)
