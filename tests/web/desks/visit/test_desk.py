"""The call-back desk."""

from __future__ import annotations

import pytest
from django.test import Client

from suqiu.domain.order import StepKind
from suqiu.web.accounts.models import User
from suqiu.web.accounts.roles import Role
from suqiu.web.desks.visit import queues
from suqiu.web.orders.models import Order
from tests.web import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(client: Client) -> User:
    user = made.user("visitor")
    client.force_login(user)
    return user


def _where(order: Order) -> set[str]:
    seen = queues.to_visit(made.somebody(Role.VISITOR))
    return {tab.key for tab in queues.tabs() if seen.filter(tab.condition, pk=order.pk).exists()}


def test_the_next_call_comes_with_demand_reply_and_masked_caller(client: Client, visitor: User) -> None:
    made.order("reviewed", name="张三丰", phone="13812345678", text="楼顶漏水五年无人修。")
    page = client.get("/visit/").content.decode()
    assert "楼顶漏水五年无人修" in page
    assert "路灯已修复" in page
    assert "138****5678" in page
    assert "13812345678" not in page


def test_what_the_caller_says_is_written_down(client: Client, visitor: User) -> None:
    order = made.order("reviewed")
    said = {"version": order.version, "reached": "yes", "contacted": "yes", "solved": "no",
            "satisfaction": "dissatisfied", "truthful": "no", "text": "称现场无人到过"}  # fmt: skip
    answer = client.post(f"/orders/{order.number}/do/call_back/", said | {"next": "/visit/?tab=decide"})
    assert answer["Location"] == "/visit/?tab=decide"
    order.refresh_from_db()
    assert (order.status, order.solved, order.satisfaction) == ("called_back", False, "dissatisfied")
    assert _where(order) == {"decide"}
    page = client.get("/visit/?tab=decide").content.decode()
    assert "反馈不属实" in page
    assert 'class="btn btn-primary" href="/orders/' in page


def test_who_was_not_reached_is_called_again_and_after_three_times_a_person_decides(
    client: Client, visitor: User
) -> None:
    order = made.order("reviewed")
    assert _where(order) == {"next"}
    for times in (1, 2):
        order = made.act(order, StepKind.CALL_BACK, reached=False)
        assert _where(order) == {"again"}
        assert f"已拨{times}次" in client.get("/visit/?tab=again").content.decode()
    order = made.act(order, StepKind.CALL_BACK, reached=False)
    assert _where(order) == {"decide"}


def test_who_was_called_just_now_comes_last(client: Client, visitor: User) -> None:
    with made.days_later(-2):
        early = made.act(made.order("reviewed", title="前天拨过"), StepKind.CALL_BACK, reached=False)
    made.act(made.order("reviewed", title="刚刚拨过", urgency="urgent"), StepKind.CALL_BACK, reached=False)
    page = client.get("/visit/?tab=again").content.decode()
    assert page.index(early.title) < page.index("刚刚拨过")


def test_calls_of_an_earlier_try_count_no_more(visitor: User) -> None:
    order = made.act(made.order("reviewed"), StepKind.CALL_BACK, reached=True, solved=False)
    order = made.act(order, StepKind.REWORK, reason="诉求人称未解决")
    order = made.act(order, StepKind.REPLY, text="已再次上门维修完毕。", solved=False)
    order = made.act(order, StepKind.PASS_REVIEW)
    assert _where(order) == {"next"}
    order = made.act(order, StepKind.CALL_BACK, reached=False)
    assert _where(order) == {"again"}


def test_an_order_is_closed_or_reworked_by_a_person(client: Client, visitor: User) -> None:
    content = made.act(made.order("reviewed"), StepKind.CALL_BACK, reached=True, solved=True)
    unhappy = made.act(made.order("reviewed"), StepKind.CALL_BACK, reached=True, solved=False)
    client.post(f"/orders/{content.number}/do/close/", {"version": content.version, "solved": "yes"})
    client.post(f"/orders/{unhappy.number}/do/rework/", {"version": unhappy.version, "reason": "称未解决"})
    content.refresh_from_db()
    unhappy.refresh_from_db()
    assert (content.status, unhappy.status) == ("closed", "handling")


def test_nobody_to_call_is_said_and_the_desk_is_for_call_back_agents(client: Client, visitor: User) -> None:
    assert "没有待回访的工单" in client.get("/visit/").content.decode()
    client.force_login(made.user("reviewer"))
    assert client.get("/visit/").status_code == 403
