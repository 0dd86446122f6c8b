"""A citizen's way through the portal, and the desks of assessment, knowledge and city pack, in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from suqiu.domain.order import StepKind
from suqiu.web.accounts.actor import rule
from suqiu.web.knowledge import shelf
from suqiu.web.orders.models import Order
from tests.web import made
from tests.web.browser.conftest import SignIn
from tests.web.browser.looking import WITH_BROWSER, accessible, fits

pytestmark = WITH_BROWSER


def test_a_citizen_asks_follows_rates_and_reopens(page: Page, tmp_path: Path) -> None:
    photo = tmp_path / "灯.jpg"
    photo.write_bytes(made.photo(640, 480))
    page.goto("/portal/")
    accessible(page)
    page.get_by_role("main").get_by_role("link", name="我要反映").click()
    accessible(page)
    page.get_by_label("遇到困难，请求帮助解决").check()
    page.get_by_label("请说说是什么事").fill("滨江花园小区东门两盏路灯三天不亮，晚上不安全，请尽快修好。")
    page.get_by_label("联系电话").fill("13912345678")
    page.get_by_role("button", name="下一步：核对").click()
    accessible(page)
    page.get_by_label("照片（可不传）").set_input_files(photo)
    page.get_by_role("button", name="确认提交").click()
    expect(page.get_by_role("heading", name="您的诉求已受理")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="查看进度").click()
    accessible(page)
    order = Order.objects.get()
    assert order.attachments.count() == 1
    for kind, said in (
        (StepKind.DISPATCH, {"department": "D02"}),
        (StepKind.SIGN, {}),
        (StepKind.REPLY, {"text": "路灯已于昨日修复。", "solved": False}),
        (StepKind.PASS_REVIEW, {}),
    ):
        made.act(order, kind, **said)
        order.refresh_from_db()
    page.reload()
    accessible(page)
    page.get_by_label("未解决").check()
    page.get_by_label("不满意", exact=True).check()
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("您已作出评价")).to_be_visible()


@pytest.mark.parametrize("part", ["", "submit/", "track/", "public/", "knowledge/"])
def test_the_portal_fits_a_phone_in_large_letters_and_dark(page: Page, part: str) -> None:
    shelf.fill(rule("test"))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/portal/{part}")
    page.get_by_role("button", name="大字版").click()
    page.get_by_role("button", name="深色").click()
    fits(page)
    accessible(page)


def test_an_editor_keeps_articles_and_the_city_pack(signed_in: SignIn) -> None:
    page = signed_in(made.user("editor"))
    for path in ("/knowledge/", "/knowledge/new/", "/administration/", "/administration/city/"):
        page.goto(path)
        accessible(page)
    page.goto("/knowledge/")
    page.get_by_role("button", name="从城市数据包导入").click()
    page.locator("tbody a").first.click()
    accessible(page)


def test_an_assessor_begins(signed_in: SignIn) -> None:
    page = signed_in(made.user("assessor"))
    for path in ("/assessment/", "/assessment/evidence/", "/assessment/runs/"):
        page.goto(path)
        accessible(page)
        fits(page)
