"""The agent desk behind its pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from suqiu.domain.order import Status
from suqiu.web.accounts.models import User
from suqiu.web.knowledge import shelf
from suqiu.web.live.models import Draft
from suqiu.web.orders.models import Contact, Order
from tests.web import made

pytestmark = pytest.mark.django_db

SAID = "锦绣华庭小区3栋楼下的烧烤店油烟很大，昨晚开到十二点，已经影响休息半个月了，希望尽快查处。"


@pytest.fixture
def desk(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def submitted(desk: Client, code: str = "call-1", **fields: str) -> Any:
    said = {
        "d0-text": SAID,
        "d0-type": "complaint",
        "d0-category": "04.02.01",
        "phone": "13812345678",
        "name": "王建国",
    }
    said |= {name.replace("d0_", "d0-").replace("d1_", "d1-"): value for name, value in fields.items()}
    return desk.post(f"/agent/call/{code}/submit/", said)


def test_the_desk_begins_a_call_with_an_address_of_its_own(desk: Client) -> None:
    first, second = desk.get("/agent/")["Location"], desk.get("/agent/")["Location"]
    assert first != second
    assert desk.get(first).status_code == 200


@pytest.mark.parametrize("role", ["handler", "dispatcher", "audit_admin"])
def test_only_agents_take_calls_down(client: Client, role: str) -> None:
    client.force_login(made.user(role))
    assert client.get("/agent/").status_code == 403
    assert submitted(client).status_code == 403
    assert not Order.objects.exists()


def test_a_call_is_accepted_and_dispatched_at_once(desk: Client, agent: User) -> None:
    answer = submitted(desk, d0_department="D02")
    order = Order.objects.get()
    assert answer["Location"] == f"/agent/done/{order.contact.number}/"
    assert (order.status, order.department, order.agent) == (Status.DISPATCHED, "D02", agent)
    assert order.title.startswith("锦绣华庭")  # proposed, as the line was left empty
    assert order.number in desk.get(answer["Location"]).content.decode()


def test_without_a_unit_it_waits_in_the_pool(desk: Client) -> None:
    submitted(desk)
    assert Order.objects.get().status == Status.ACCEPTED


def test_what_was_proposed_stands_beside_what_was_chosen(desk: Client) -> None:
    submitted(desk, d0_department="D03")
    order = Order.objects.get()
    proposed = order.suggestions.get(aspect="department", rank=1)
    assert (proposed.value, proposed.final, proposed.adopted) == ("D02", "D03", False)
    assert order.suggestions.get(aspect="category").adopted


def test_sent_twice_it_is_one_call(desk: Client) -> None:
    first, second = submitted(desk, d0_department="D02"), submitted(desk, d0_department="D02")
    assert first["Location"] == second["Location"]
    assert Order.objects.count() == Contact.objects.count() == 1
    assert Order.objects.get().dispatches == 1


def test_a_refused_step_leaves_nothing_behind(desk: Client) -> None:
    answer = submitted(desk, d0_way="answer", d0_answer="请耐心等待")  # a complaint needs a unit
    assert answer.status_code == 422
    assert not Order.objects.exists()
    assert not Contact.objects.exists()


def test_an_emergency_waits_for_a_person_to_acknowledge_it(desk: Client) -> None:
    refused = submitted(desk, d0_text="有人被困在电梯里，里面有老人，快来人")
    assert refused.status_code == 422
    assert "尚未确认" in refused.content.decode()
    submitted(desk, d0_text="有人被困在电梯里，里面有老人，快来人", d0_acknowledged="1")
    assert Order.objects.get().emergency_cue == "trapped"


def test_two_demands_are_one_contact_and_two_orders(desk: Client) -> None:
    submitted(desk, **{"d1_text": "小区东门路灯坏了三盏，要求修好。", "d1_type": "help", "d1_department": "D02"})
    first, second = Order.objects.order_by("number")
    assert first.contact == second.contact
    assert (first.status, second.status) == (Status.ACCEPTED, Status.DISPATCHED)


def test_a_secret_caller_is_secret_in_every_order(desk: Client) -> None:
    submitted(desk, **{"secret": "1"})
    assert Order.objects.get().secret


def test_a_demand_is_merged_into_the_one_that_was_there(desk: Client) -> None:
    before = made.order("handling")
    submitted(desk, d0_way="merge", d0_parent=before.number)
    assert Order.objects.exclude(pk=before.pk).get().merged_into == before


def test_live_reading_answers_in_parts_and_keeps_nothing(desk: Client) -> None:
    answer = desk.post("/agent/live/", {"n": "0", "d0-text": f"{SAID}我电话13912345678", "phone": ""})
    page = answer.content.decode()
    assert 'hx-target="#d0-slot-category"' in page
    assert 'data-take="category" data-value="04.02.01"' in page
    assert "13912345678" not in page
    assert not Draft.objects.exists()


def test_live_reading_escapes_what_is_hostile(desk: Client) -> None:
    said = '<script>alert(1)</script>"><img src=x onerror=alert(2)> 锦绣华庭小区路灯坏了，希望维修'
    page = desk.post("/agent/live/", {"n": "0", "d0-text": said}).content.decode()
    assert "<script>" not in page
    assert "<img" not in page


@pytest.mark.parametrize("n", ["", "-1", "10", "99999999", "x"])
def test_a_demand_that_no_form_has_is_refused(desk: Client, n: str) -> None:
    assert desk.post("/agent/live/", {"n": n, "d0-text": SAID}).status_code == 422


def test_a_known_caller_shows_a_history_but_no_name(desk: Client) -> None:
    made.order("handling", phone="13812345678", name="王建国")
    page = desk.post("/agent/caller/", {"phone": "138 1234 5678"}).content.decode()
    assert "曾来电1件，在办1件" in page
    assert "王" not in page
    assert "没有此号码" in desk.post("/agent/caller/", {"phone": "13900000000"}).content.decode()


def test_orders_are_found_by_number_and_by_telephone(desk: Client) -> None:
    order = made.order("handling", phone="13812345678")
    assert order.number in desk.post("/agent/find/", {"words": order.number}).content.decode()
    assert order.number in desk.post("/agent/find/", {"words": "13812345678"}).content.decode()
    assert "没有找到" in desk.post("/agent/find/", {"words": "13900000000"}).content.decode()


def test_a_draft_is_kept_and_gone_once_submitted(desk: Client) -> None:
    desk.post("/agent/call/call-1/draft/", {"d0-text": SAID, "phone": "13812345678", "csrfmiddlewaretoken": "x"})
    assert Draft.objects.count() == 1
    assert SAID in desk.get("/agent/call/call-1/").content.decode()
    assert "锦绣华庭小区3栋" in desk.get("/agent/call/call-2/").content.decode()  # in the list of one's drafts
    submitted(desk)
    assert not Draft.objects.exists()


def test_another_agent_sees_neither_draft_nor_result(desk: Client) -> None:
    desk.post("/agent/call/call-1/draft/", {"d0-text": SAID})
    done = submitted(desk, code="call-9")["Location"]
    desk.force_login(made.user("agent"))
    assert SAID not in desk.get("/agent/call/call-1/").content.decode()
    assert desk.get(done).status_code == 404


def test_choices_are_offered_with_ids_for_the_reader(desk: Client) -> None:
    page = desk.get("/agent/pick/department/", {"q": "csgl", "list": "d0-department-list"}).content.decode()
    assert 'id="d0-department-list-1"' in page
    assert "市城市管理局" in page
    assert desk.get("/agent/pick/nothing/").status_code == 404


def test_an_inquiry_is_answered_from_the_knowledge_base_and_closed(desk: Client) -> None:
    shelf.fill(made.somebody("editor"))
    said = "请问住宅专项维修资金怎么申请使用，电梯坏了能不能用"
    assert "住宅专项维修资金如何申请使用" in desk.post("/agent/live/", {"n": "0", "d0-text": said}).content.decode()
    submitted(desk, d0_text=said, d0_type="consult", d0_way="answer", d0_answer="由物业或业委会提出方案后申请。")
    assert Order.objects.get().status == Status.CLOSED


def test_an_order_is_urged_once_for_each_press(desk: Client) -> None:
    order = made.order("handling")
    answer = desk.post(f"/agent/urge/{order.number}/", {"version": str(order.version), "key": "k1"})
    assert "已催办" in answer.content.decode()
    desk.post(f"/agent/urge/{order.number}/", {"version": str(order.version), "key": "k1"})
    order.refresh_from_db()
    assert order.urges == 1
