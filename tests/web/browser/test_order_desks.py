"""The order's page and the desks that work on orders, in a browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from suqiu.web.orders.models import Order
from tests.web import made
from tests.web.browser.conftest import SignIn
from tests.web.browser.looking import WITH_BROWSER, accessible, fits

pytestmark = WITH_BROWSER


def _status(order: Order) -> str:
    return Order.objects.values_list("status", flat=True).get(pk=order.pk)


def _looks_right(page: Page) -> None:
    """Check the page for barriers in both themes, and that it fits a phone."""
    page.emulate_media(reduced_motion="reduce")  # colours that are still changing are measured wrongly
    accessible(page)
    page.evaluate("document.documentElement.setAttribute('data-bs-theme', 'dark')")
    accessible(page)
    page.evaluate("document.documentElement.removeAttribute('data-bs-theme')")
    page.set_viewport_size({"width": 390, "height": 800})
    fits(page)
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_unit_signs_in_a_batch_and_replies_from_the_orders_page(signed_in: SignIn) -> None:
    order = made.order(
        "dispatched", text="1、楼下垃圾桶三天没人清运。2、北门路面破损积水。", phone="13812345678", name="张三"
    )
    page = signed_in(made.user("handler", departments=("D01",)))
    page.goto("/department/?tab=new")
    page.get_by_label("全选").check()
    page.get_by_role("button", name="签收所选").click()
    expect(page.get_by_text("签收：已办理1件")).to_be_visible()
    _looks_right(page)

    page.goto(f"/orders/{order.number}/")
    _looks_right(page)
    page.get_by_role("link", name="反馈", exact=True).click()
    text = page.get_by_label("办理情况答复")
    text.fill("楼下垃圾桶已于6月3日清运完毕，保洁公司今后每日清运两次。")
    expect(page.get_by_text("仅供参考，不影响提交。")).to_be_visible()
    expect(page.locator("#opinion .item-no")).to_have_count(1)
    page.get_by_role("radio", name="是", exact=True).check()
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".refusal")).to_be_visible()  # solved, without proof
    expect(page.get_by_label("办理情况答复")).to_have_value("楼下垃圾桶已于6月3日清运完毕，保洁公司今后每日清运两次。")
    accessible(page)
    page.get_by_label("佐证材料").set_input_files(
        {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": made.photo()}
    )
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("反馈已登记")).to_be_visible()
    assert _status(order) == "replied"


def test_a_reviewer_walks_the_list_by_keyboard_and_passes(signed_in: SignIn) -> None:
    orders = [made.order("replied", title=f"第{n}件", urgency=urgency) for n, urgency in ((1, "urgent"), (2, "normal"))]
    page = signed_in(made.user("reviewer"))
    page.goto("/review/")
    _looks_right(page)
    expect(page.locator(".split-list a[aria-current]")).to_contain_text("第1件")
    page.keyboard.press("j")
    expect(page.locator(".split-list a[aria-current]")).to_contain_text("第2件")
    page.keyboard.press("f")
    expect(page.get_by_label("退回原因")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("p")
    expect(page.get_by_text("审核通过已登记")).to_be_visible()
    assert [_status(one) for one in orders] == ["replied", "reviewed"]


def test_a_caller_is_called_and_the_order_closed(signed_in: SignIn) -> None:
    order = made.order("reviewed", phone="13812345678", name="张三")
    page = signed_in(made.user("visitor"))
    page.goto("/visit/")
    _looks_right(page)
    sheet = page.get_by_role("form", name="已接通")
    sheet.get_by_role("group", name="诉求人认为是否解决").get_by_label("是").check()
    sheet.get_by_label("基本满意").check()
    sheet.get_by_role("button", name="登记已接通").click()
    expect(page.get_by_role("heading", name="回访结果处理")).to_be_visible()
    page.get_by_role("link", name="办结", exact=True).click()
    page.get_by_role("radio", name="是", exact=True).check()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("办结已登记")).to_be_visible()
    assert _status(order) == "closed"


def test_a_supervisor_supervises_what_is_late(signed_in: SignIn) -> None:
    with made.days_later(-40):
        order = made.order("handling")
    page = signed_in(made.user("supervisor"))
    page.goto("/supervision/")
    _looks_right(page)
    page.get_by_label(f"选择工单 {order.number}").check()
    page.get_by_label("催办事由或督办要求").fill("限期三日办结并书面反馈")
    page.get_by_role("button", name="督办").click()
    expect(page.get_by_text("督办：已办理1件")).to_be_visible()
    assert Order.objects.get(pk=order.pk).supervised


@pytest.mark.parametrize("said", ["路灯", "1"])
def test_orders_are_found_and_the_address_keeps_the_question(signed_in: SignIn, said: str) -> None:
    made.order("handling")
    page = signed_in(made.user("supervisor"))
    page.goto("/orders/")
    _looks_right(page)
    page.get_by_label("编号或词语").fill(said)
    page.get_by_role("button", name="查询").click()
    expect(page.locator("main").get_by_text("小区路灯不亮" if said == "路灯" else "检索词至少两个字")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/orders/\?words=[^&]+&sort=accepted$"))
    accessible(page)
