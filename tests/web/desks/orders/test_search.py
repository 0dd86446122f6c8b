"""The search over orders, and its export."""

from __future__ import annotations

import csv
import io
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync
from django.http import QueryDict
from django.test import AsyncClient, Client
from openpyxl import load_workbook

from suqiu.domain.errors import InvalidInput
from suqiu.domain.order import StepKind
from suqiu.web.audit.models import Entry
from suqiu.web.desks.orders import search, words
from suqiu.web.desks.orders.export import harmless
from suqiu.web.orders.models import Order
from suqiu.web.site import site
from tests.web import made

pytestmark = pytest.mark.django_db


def _found(query: str, role: str = "supervisor", *units: str) -> set[str]:
    actor = made.somebody(role, *units)
    return {one.number for one in search.page(actor, search.Question.read(QueryDict(query))).orders}


def test_words_of_two_characters_and_more_are_found_wherever_they_stand() -> None:
    order = made.accepted(title="路灯损坏", text="希望尽快修复海棠街的照明设施")
    other = made.accepted(title="噪声扰民", text="夜间施工")
    for said in ("路灯", "设施", "海棠街", "尽快修复", "路灯 照明", "灯损"):
        assert _found(f"words={said}") == {order.number}
    assert _found("words=施工") == {other.number}
    assert _found("words=路灯 施工") == set()


def test_words_follow_the_order_when_it_is_corrected_or_gone() -> None:
    order = made.accepted(title="路灯损坏")
    Order.objects.filter(pk=order.pk).update(title="井盖缺失")
    said = ("路灯损坏",), ("井盖缺失",), ("井盖",)
    assert [Order.objects.filter(words.looked_up(one)).count() for one in said] == [0, 1, 1]


def test_the_index_survives_a_table_that_was_rebuilt() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER IF EXISTS orders_words_come")
    words.make()
    made.accepted(title="消火栓漏水")
    assert Order.objects.filter(words.looked_up(("消火栓",))).count() == 1


def test_signs_of_the_index_language_are_only_signs() -> None:
    order = made.accepted(title='标题"AND"带引号%与_下划线')
    assert _found('words=题"AND"') == {order.number}
    for said in ('""" OR', "%25%25", "NEAR(", "路灯*", "title:x", "'; DROP", "--"):
        assert _found(f"words={said}") == set()
    with pytest.raises(InvalidInput):
        _found('words="')


def test_a_word_of_one_character_is_refused_in_words() -> None:
    with pytest.raises(InvalidInput) as refused:
        _found("words=灯")
    assert refused.value.code == "search.short"


def test_without_an_index_words_are_looked_for_in_a_period_and_that_is_said() -> None:
    from django.db import connection

    made.accepted(title="路灯损坏")
    with connection.cursor() as cursor:
        for statement in ("TRIGGER orders_words_come", "TRIGGER orders_words_go", "TRIGGER orders_words_change",
                          "TABLE orders_words_terms", "TABLE orders_words"):  # fmt: skip
            cursor.execute(f"DROP {statement}")
    found = search.page(made.somebody("supervisor"), search.Question(words="路灯"))
    assert (len(found.orders), found.looked_back) == (1, search.UNINDEXED_DAYS)
    words.make()
    assert search.page(made.somebody("supervisor"), search.Question(words="路灯")).looked_back is None


def test_a_number_finds_its_order() -> None:
    order = made.accepted()
    made.accepted()
    assert _found(f"words={order.number}") == {order.number}


def test_every_condition_limits() -> None:
    one = made.order("handling", urgency="urgent", place="01.01", secret=True)
    two = made.order("closed", department="D02", type="complaint", category="01.01.01", place="02.03", channel="web")
    today = site().now().date()
    for query, wanted in {
        "status=open": one, "status=closed": two, "unit=D02": two, "type=complaint": two, "category=01": two,
        "place=02": two, "urgency=urgent": one, "channel=web": two, "category=02.03": one,
    }.items():  # fmt: skip
        assert _found(query) == {wanted.number}, query
    assert len(_found(f"since={today}&until={today}")) == 2
    assert _found("since=2999-01-01") == set()
    assert _found("supervised=1") == _found("exempt=1") == _found("merged=1") == _found("overdue=1") == set()
    made.act(one, StepKind.SUPERVISE, reason="限期三日办结")
    assert _found("supervised=1") == {one.number}
    with made.days_later(60):
        assert _found("overdue=1&sort=due") == {one.number}


def test_a_category_is_not_found_by_the_beginning_of_its_number() -> None:
    made.accepted(category="02.03.01")
    assert _found("category=02") != set()
    with pytest.raises(InvalidInput):
        _found("category=0")


@pytest.mark.parametrize(
    "query", ["status=none", "unit=XX", "type=x", "since=yesterday", "sort=random", "overdue=2", "words=" + "长" * 61]
)
def test_what_no_list_offers_is_refused_and_the_form_stays(client: Client, query: str) -> None:
    client.force_login(made.user("supervisor"))
    answer = client.get(f"/orders/?{query}")
    assert answer.status_code == 422
    assert 'role="search"' in answer.content.decode()


def test_a_handler_finds_orders_of_the_own_unit_only() -> None:
    ours, theirs = made.order("handling", department="D01"), made.order("handling", department="D02")
    assert _found("", "handler", "D01") == {ours.number}
    assert _found(f"words={theirs.number}", "handler", "D01") == set()
    assert _found("unit=D02", "handler", "D01") == set()


def test_pages_follow_each_other_without_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PAGE", 3)
    orders = [made.accepted().number for _ in range(8)]
    actor, seen, after = made.somebody("supervisor"), [], ""
    for _ in range(3):
        found = search.page(actor, search.Question(), after)
        seen += [one.number for one in found.orders]
        after = found.after
    assert seen == orders[::-1]
    assert after == ""
    with pytest.raises(InvalidInput):
        search.page(actor, search.Question(), "x-y")


def test_the_page_says_how_many_and_leads_to_the_orders(client: Client) -> None:
    order = made.order("handling")
    client.force_login(made.user("supervisor"))
    page = client.get("/orders/?status=open").content.decode()
    assert "共1件" in page
    assert f'href="/orders/{order.number}/"' in page
    assert "没有符合条件的工单" in client.get("/orders/?status=closed").content.decode()


def test_an_export_holds_what_was_found_and_is_on_record_with_its_rows(client: Client) -> None:
    made.order("handling", title="=HYPERLINK(1)", name="张三丰", phone="13812345678")
    made.order("closed")
    exporter = made.user("supervisor")
    client.force_login(exporter)
    answer = client.post("/orders/export/", {"form": "csv", "address": "status=open"})
    body = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body)))
    assert len(rows) == 2
    assert rows[1][1] == "'=HYPERLINK(1)"
    assert "13812345678" not in body
    assert "张三丰" not in body
    entry = Entry.objects.get(deed="orders.export", actor=f"user:{exporter.number}")
    assert (entry.detail["rows"], entry.detail["form"]) == (1, "csv")


def test_an_export_streams_without_holding_up_the_server() -> None:
    made.order("handling")
    made.accepted()
    exporter = made.user("supervisor")

    async def exported() -> bytes:
        client = AsyncClient()
        await client.aforce_login(exporter)
        answer = cast(Any, await client.post("/orders/export/", {"form": "csv", "address": ""}))
        assert answer.is_async
        return b"".join([piece async for piece in answer])

    assert len(async_to_sync(exported)().decode("utf-8-sig").splitlines()) == 3


def test_a_workbook_holds_the_same_and_no_formula(client: Client) -> None:
    made.order("handling", title="+1234")
    client.force_login(made.user("supervisor"))
    answer = client.post("/orders/export/", {"form": "xlsx", "address": ""})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][1] == "'+1234"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_who_may_not_export_does_not(client: Client) -> None:
    made.order("handling")
    client.force_login(made.user("agent"))
    assert "CSV" not in client.get("/orders/").content.decode()
    assert client.post("/orders/export/", {"form": "csv"}).status_code == 403


def test_more_than_a_file_holds_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from suqiu.web.desks.orders import export

    monkeypatch.setitem(export.MOST, "csv", 1)
    made.accepted()
    made.accepted()
    client.force_login(made.user("supervisor"))
    assert client.post("/orders/export/", {"form": "csv"}).status_code == 422
    assert client.post("/orders/export/", {"form": "exe"}).status_code == 422


@pytest.mark.parametrize("begins", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_no_cell_begins_a_formula(begins: str) -> None:
    assert harmless(begins).startswith("'")
    assert harmless("路灯=坏") == "路灯=坏"
