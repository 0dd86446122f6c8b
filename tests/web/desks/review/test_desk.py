"""The review desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from suqiu.domain.order import StepKind
from suqiu.web.accounts.models import User
from suqiu.web.site import site
from tests.web import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(client: Client) -> User:
    user = made.user("reviewer")
    client.force_login(user)
    return user


def test_demand_and_reply_stand_side_by_side_with_the_verdict(client: Client, reviewer: User) -> None:
    order = made.order("handling", text="楼顶漏水五年，要求动用维修资金。")
    made.act(order, StepKind.REPLY, text="您反映的问题已收悉，我单位高度重视。", solved=False)
    page = client.get("/review/").content.decode()
    assert "楼顶漏水五年" in page
    assert "我单位高度重视" in page
    assert "空洞" in page


def test_a_reply_passes_or_goes_back_with_a_reason(client: Client, reviewer: User) -> None:
    one, two = made.order("replied"), made.order("replied")
    to = {"next": "/review/?tab=replies"}
    assert client.post(f"/orders/{one.number}/do/pass_review/", {"version": one.version} | to)["Location"] == to["next"]
    assert client.post(f"/orders/{two.number}/do/fail_review/", {"version": two.version} | to).status_code == 422
    client.post(f"/orders/{two.number}/do/fail_review/", {"version": two.version, "reason": "未答复第二项"} | to)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.status, two.status) == ("reviewed", "handling")


def test_an_extension_shows_what_was_asked_and_is_granted_as_asked(client: Client, reviewer: User) -> None:
    order, until = made.order("handling"), site().now().replace(second=0, microsecond=0) + timedelta(12)
    order = made.act(order, StepKind.REQUEST_EXTENSION, reason="配件需从厂家调运", until=until)
    page = client.get("/review/?tab=extension").content.decode()
    assert "配件需从厂家调运" in page
    client.post(f"/orders/{order.number}/do/grant_extension/", {"version": order.version})
    order.refresh_from_db()
    assert order.reply_due_at == until


@pytest.mark.parametrize(
    ("tab", "kind", "said"),
    [
        ("unreasonable", StepKind.CLAIM_UNREASONABLE, "要求赔偿一亿元于法无据"),
        ("appeal", StepKind.APPEAL, "诉求人误评，通话录音可证"),
        ("shelf", None, "等待旧改立项"),
    ],
)
def test_every_request_is_shown_with_its_reason(
    client: Client, reviewer: User, tab: str, kind: StepKind | None, said: str
) -> None:
    if kind is None:
        made.order("shelved")
    else:
        made.act(made.order("closed" if kind is StepKind.APPEAL else "handling"), kind, reason=said)
    page = client.get(f"/review/?tab={tab}").content.decode()
    assert said in page
    assert 'data-press="p"' in page


def test_the_named_order_is_shown_and_one_that_left_the_list_is_not(client: Client, reviewer: User) -> None:
    made.order("replied", title="先到的工单", text="甲甲甲甲的诉求")
    named = made.order("replied", title="后到的工单", text="乙乙乙乙的诉求")
    gone = made.order("closed", text="丙丙丙丙的诉求")
    assert "乙乙乙乙的诉求" in client.get(f"/review/?order={named.number}").content.decode()
    page = client.get(f"/review/?order={gone.number}").content.decode()
    assert "丙丙丙丙的诉求" not in page


def test_nothing_to_review_is_said(client: Client, reviewer: User) -> None:
    assert "没有等待审核的事项" in client.get("/review/").content.decode()


def test_ticked_orders_are_appraised_and_archived_by_a_person(client: Client, reviewer: User) -> None:
    orders = [made.order("closed") for _ in range(2)]
    picked = [f"{one.number}:{one.version}" for one in orders]
    client.post("/review/batch/", {"tab": "appraise", "orders": picked, "grade": "good"})
    for one in orders:
        one.refresh_from_db()
        assert one.status == "appraised"
        step = one.steps.last()
        assert step is not None
        assert (step.data["grade"], step.actor) == ("good", f"user:{reviewer.number}")
    picked = [f"{one.number}:{one.version}" for one in orders]
    client.post("/review/batch/", {"tab": "archive", "orders": picked})
    orders[0].refresh_from_db()
    assert orders[0].status == "archived"


def test_a_batch_without_a_grade_changes_nothing_and_an_unknown_one_does_not_exist(
    client: Client, reviewer: User
) -> None:
    order = made.order("closed")
    client.post("/review/batch/", {"tab": "appraise", "orders": [f"{order.number}:{order.version}"]})
    order.refresh_from_db()
    assert order.status == "closed"
    assert client.post("/review/batch/", {"tab": "replies", "orders": ["x:1"]}).status_code == 404


def test_the_desk_is_for_reviewers(client: Client) -> None:
    client.force_login(made.user("handler", departments=("D01",)))
    assert client.get("/review/").status_code == 403
    assert client.post("/review/batch/", {"tab": "archive"}).status_code == 403


def test_a_reviewer_of_one_district_sees_that_district(client: Client) -> None:
    made.order("replied", place="01.01", text="城中区的诉求内容")
    client.force_login(made.user("reviewer", regions=("02",)))
    assert "城中区的诉求内容" not in client.get("/review/").content.decode()
