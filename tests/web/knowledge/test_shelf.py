"""Articles: who may read and write them, when they hold, and what they once said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from suqiu.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.roles import Role
from suqiu.web.knowledge import shelf
from suqiu.web.knowledge.models import Article
from suqiu.web.site import site
from tests.web import made

pytestmark = pytest.mark.django_db
DRAFT = shelf.Draft("夜间施工", "每日22时至次日6时禁止产生噪声的施工作业。", "示例")


def editor() -> Actor:
    return made.somebody(Role.EDITOR)


def kept(code: str = "A1", **changes: Any) -> Article:
    return shelf.write(editor(), code, replace(DRAFT, **changes), version=0, reason="")


def test_an_article_holds_between_its_days_only() -> None:
    today = site().now().date()
    kept("now", valid_from=today, valid_until=today)
    kept("past", valid_until=today - timedelta(days=1))
    kept("future", valid_from=today + timedelta(days=1))
    agent = made.somebody(Role.AGENT)
    assert [one.code for one in shelf.search(agent, "施工")] == ["now"]
    assert {one.code for one in shelf.search(editor(), "施工")} == {"now", "past", "future"}


def test_an_article_for_units_is_read_by_them_by_who_answers_for_it_and_by_the_centre() -> None:
    kept("U", audience="units", readers=("D01",), department="D03")
    seen = {unit: shelf.search(made.somebody(Role.HANDLER, unit), "施工").exists() for unit in ("D01", "D02", "D03")}
    assert seen == {"D01": True, "D02": False, "D03": True}
    assert shelf.search(made.somebody(Role.AGENT), "施工").exists()
    with pytest.raises(NotFound):
        shelf.find(made.somebody(Role.HANDLER, "D02"), "U")


def test_two_editors_do_not_overwrite_each_other_and_every_wording_stays() -> None:
    kept()
    shelf.write(editor(), "A1", replace(DRAFT, body="改为23时。"), version=1, reason="政策更新")
    with pytest.raises(Conflict):
        shelf.write(editor(), "A1", DRAFT, version=1, reason="政策更新")
    assert [one.body for one in Article.objects.get(code="A1").wordings.all()] == ["改为23时。", DRAFT.body]


@pytest.mark.parametrize(
    "changes",
    [
        {"title": " "},
        {"source": ""},
        {"category": "99.99"},
        {"department": "X1"},
        {"audience": "units"},
        {"audience": "world"},
        {"body": "字" * 20_001},
    ],
)
def test_a_faulty_article_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        kept(**changes)


def test_only_editors_write() -> None:
    with pytest.raises(NotPermitted):
        shelf.write(made.somebody(Role.AGENT), "A1", DRAFT, version=0, reason="")


def test_the_city_packs_articles_are_taken_in_once() -> None:
    assert shelf.fill(editor()) == len(site().city.knowledge)
    assert shelf.fill(editor()) == 0


def test_an_editor_writes_retires_and_sees_earlier_wordings_on_the_pages(client: Client) -> None:
    client.force_login(made.user("editor"))
    form = {
        "title": "新知识",
        "body": "内容<script>",
        "source": "示例",
        "audience": "staff",
        "version": "0",
        "code": "N1",
    }
    assert client.post("/knowledge/new/", form).status_code == 302
    page = client.get("/knowledge/N1/").content.decode()
    assert "新知识" in page
    assert "<script>" not in page.split("<main")[1].split("</main>")[0]
    stale = client.post("/knowledge/N1/edit/", form | {"reason": "更新"})
    assert stale.status_code == 422
    client.post("/knowledge/N1/retire/", {"version": "1"})
    assert Article.objects.get(code="N1").retired
