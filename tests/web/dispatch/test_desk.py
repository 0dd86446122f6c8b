"""The dispatch desk behind its pages."""

from __future__ import annotations

import pytest
from django.test import Client

from suqiu.domain.order import Status, StepKind
from suqiu.web.accounts.models import User
from suqiu.web.orders.models import Order
from tests.web import made

pytestmark = pytest.mark.django_db

SURE = {
    "title": "烧烤店油烟扰民", "text": "锦绣华庭小区3栋楼下的烧烤店油烟很大，希望尽快查处。",
    "category": "04.02.01", "place": "08.09.002", "type": "complaint",
}  # fmt: skip
UNSURE = {"title": "这个事情", "text": "这个事情你们管不管，说了好几回。", "category": "", "place": "", "type": ""}


@pytest.fixture
def dispatcher(db: None) -> User:
    return made.user("dispatcher")


@pytest.fixture
def desk(client: Client, dispatcher: User) -> Client:
    client.force_login(dispatcher)
    return client


def decided(desk: Client, order: Order, kind: str, **fields: str) -> int:
    order.refresh_from_db()
    said = {"kind": kind, "version": str(order.version), **fields}
    return desk.post(f"/dispatch/{order.number}/", said, headers={"HX-Request": "true"}).status_code


def test_the_pool_shows_each_order_with_suggestions_and_their_duty(desk: Client) -> None:
    order = made.accepted(**SURE)
    page = desk.get("/dispatch/").content.decode()
    assert order.number in page
    assert 'data-unit="D02"' in page
    assert "餐饮服务业油烟污染的查处" in page


def test_where_nothing_is_sure_the_desk_says_so_and_fills_in_nothing(desk: Client) -> None:
    order = made.accepted(**UNSURE)
    page = desk.get("/dispatch/").content.decode()
    assert "abstained" in page
    assert f'value="{order.number}" form="batch"' not in page


@pytest.mark.parametrize("role", ["agent", "handler", "leader"])
def test_only_dispatchers_use_the_desk(client: Client, role: str) -> None:
    order = made.accepted(**SURE)
    client.force_login(made.user(role))
    assert client.get("/dispatch/").status_code == 403
    assert client.post("/dispatch/batch/confirm/", {"orders": f"{order.number}:1:D02"}).status_code == 403


def test_a_dispatch_is_written_beside_what_was_proposed(desk: Client) -> None:
    order = made.accepted(**SURE)
    assert decided(desk, order, "dispatch", department="D03") == 200
    order.refresh_from_db()
    assert (order.status, order.department) == (Status.DISPATCHED, "D03")
    proposed = order.suggestions.get(aspect="department", rank=1)
    assert (proposed.value, proposed.final, proposed.adopted) == ("D02", "D03", False)


def test_a_refusal_comes_back_in_the_row_with_what_was_typed(desk: Client) -> None:
    order = made.order("return_pending")
    order.refresh_from_db()
    answer = desk.post(
        f"/dispatch/{order.number}/",
        {"kind": "refuse_return", "version": str(order.version), "reason": ""},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 422
    assert f'id="o-{order.number}"' in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()


def test_a_form_sent_without_scripts_is_refused_on_a_whole_page(desk: Client) -> None:
    order = made.order("return_pending")
    answer = desk.post(f"/dispatch/{order.number}/", {"kind": "refuse_return", "version": str(order.version)})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.lstrip().startswith("<!doctype html>")
    assert f'id="o-{order.number}"' in page


def test_return_requests_are_granted_or_refused_and_then_dispatched_anew(desk: Client) -> None:
    order = made.order("return_pending")
    assert order.number in desk.get("/dispatch/?tab=requests").content.decode()
    assert decided(desk, order, "grant_return", reason="不属该单位职责") == 200
    page = desk.get("/dispatch/?tab=returned").content.decode()
    assert order.number in page
    assert "申请退单" in page  # how it went back and forth
    assert decided(desk, order, "dispatch", department="D05") == 200
    order.refresh_from_db()
    assert order.department == "D05"


def test_an_outdated_row_is_refused(desk: Client) -> None:
    order = made.accepted(**SURE)
    assert decided(desk, order, "dispatch", department="D02") == 200
    late = {"kind": "dispatch", "version": "1", "department": "D03"}
    assert desk.post(f"/dispatch/{order.number}/", late, headers={"HX-Request": "true"}).status_code == 409


def test_similar_orders_are_offered_for_merging(desk: Client) -> None:
    before, order = made.order("handling", **SURE), made.accepted(**SURE)
    page = desk.get(f"/dispatch/{order.number}/alike/").content.decode()
    assert before.number in page
    assert decided(desk, order, "merge", parent=before.number) == 200
    order.refresh_from_db()
    assert order.merged_into == before


def test_a_batch_is_listed_before_anything_is_done(desk: Client) -> None:
    sure, unsure = made.accepted(**SURE), made.accepted(**UNSURE)
    page = desk.post("/dispatch/batch/", {"orders": [sure.number, unsure.number]}).content.decode()
    assert f"{sure.number}:{sure.version}:D02" in page
    assert f"{unsure.number}:{unsure.version}" not in page
    assert not Order.objects.filter(status=Status.DISPATCHED).exists()


def test_a_confirmed_batch_goes_where_it_was_said_and_nowhere_else(desk: Client) -> None:
    sure, other, unsure = made.accepted(**SURE), made.accepted(**SURE), made.accepted(**UNSURE)
    picked = [f"{sure.number}:{sure.version}:D02", f"{other.number}:{other.version}:D05", f"{unsure.number}:1:D02"]
    desk.post("/dispatch/batch/confirm/", {"orders": picked})
    assert list(Order.objects.filter(status=Status.DISPATCHED)) == [sure]
    step = sure.steps.get(kind=StepKind.DISPATCH)
    assert step.user is not None  # a person, never the machine alone


def test_an_emergency_is_never_dispatched_in_a_batch(desk: Client) -> None:
    urgent = made.accepted(**SURE | {"text": "烧烤店着火了，现在火很大，有人被困，快来人"})
    page = desk.post("/dispatch/batch/", {"orders": [urgent.number]}).content.decode()
    assert f"{urgent.number}:{urgent.version}" not in page


@pytest.mark.parametrize("kind", ["close", "void", "accept", "nothing", ""])
def test_steps_of_other_desks_are_refused(desk: Client, kind: str) -> None:
    order = made.accepted(**SURE)
    assert decided(desk, order, kind) == 422


def test_a_matter_sent_back_twice_is_among_the_disputes(desk: Client) -> None:
    order = made.order("returned")
    made.act(order, StepKind.DISPATCH, department="D05")
    order.refresh_from_db()
    made.act(order, StepKind.REQUEST_RETURN, made.somebody("handler", "D05"), reason="不属本单位职责，依据三定方案")
    made.act(order, StepKind.GRANT_RETURN)
    assert order.number in desk.get("/dispatch/?tab=disputes").content.decode()


def test_what_citizens_wrote_is_text(desk: Client) -> None:
    made.accepted(**SURE | {"title": "<script>alert(1)</script>", "text": "<img src=x onerror=alert(1)>路灯不亮"})
    page = desk.get("/dispatch/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
