"""The supervision desk."""

from __future__ import annotations

import pytest
from django.test import Client

from suqiu.domain.order import StepKind
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.models import User
from suqiu.web.accounts.roles import Role
from suqiu.web.desks.orders import lists
from suqiu.web.desks.supervision import queues
from tests.web import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(client: Client) -> User:
    user = made.user("supervisor")
    client.force_login(user)
    return user


def _counts(actor: Actor) -> dict[str, int]:
    return dict(lists.counts(queues.watched(actor), queues.tabs()))


def test_each_list_holds_what_its_name_says() -> None:
    somebody, other = made.somebody(Role.SUPERVISOR), made.actor(made.user("supervisor"))
    made.order("closed")
    order = made.order("handling")
    assert set(_counts(somebody).values()) == {0}
    made.act(order, StepKind.URGE, by=somebody)
    order = made.act(order, StepKind.URGE, by=somebody)
    made.act(order, StepKind.SUPERVISE, by=somebody, reason="限期三日办结")
    made.order("shelved")
    counts = _counts(somebody)
    assert (counts["urged"], counts["supervised"], counts["hard"], counts["watch"]) == (1, 1, 1, 1)
    assert _counts(other)["watch"] == 0
    with made.days_later(45):
        counts = _counts(somebody)
        assert (counts["overdue"], counts["long"]) == (1, 2)


def test_an_order_that_bounced_is_named() -> None:
    order = made.order("returned")
    order = made.act(order, StepKind.REDISPATCH, department="D02", reason="职责调整")
    order = made.act(order, StepKind.REQUEST_RETURN, reason="也不属于本单位")
    made.act(order, StepKind.GRANT_RETURN)
    assert _counts(made.somebody(Role.SUPERVISOR))["bounced"] == 1


def test_ticked_orders_are_urged_or_supervised(client: Client, supervisor: User) -> None:
    orders = [made.order("handling") for _ in range(2)]
    picked = [f"{one.number}:{one.version}" for one in orders]
    answer = client.post("/supervision/batch/", {"kind": "urge", "orders": picked, "tab": "overdue", "unit": "D01"})
    assert answer["Location"] == "/supervision/?tab=overdue&unit=D01"
    orders[0].refresh_from_db()
    orders[1].refresh_from_db()
    assert [one.urges for one in orders] == [1, 1]
    one = orders[0]
    for reason, supervised in (("", False), ("限期三日办结", True)):
        said = {"kind": "supervise", "orders": [f"{one.number}:{one.version}"], "reason": reason, "until": ""}
        client.post("/supervision/batch/", said)
        one.refresh_from_db()
        assert one.supervised is supervised
    assert client.post("/supervision/batch/", {"kind": "close", "orders": picked}).status_code == 422
    assert client.post("/supervision/batch/", {"kind": "urge", "orders": picked, "until": "x"}).status_code == 422


def test_the_list_is_narrowed_to_a_unit(client: Client, supervisor: User) -> None:
    for unit in ("D01", "D02"):
        order = made.order("handling", department=unit, title=f"交给{unit}的工单")
        made.act(order, StepKind.SUPERVISE, reason="限期三日办结")
    page = client.get("/supervision/?tab=supervised&unit=D02").content.decode()
    assert "交给D02的工单" in page
    assert "交给D01的工单" not in page
    assert "tab=supervised&amp;unit=D01" in page


def test_the_desk_is_for_supervisors(client: Client) -> None:
    client.force_login(made.user("handler", departments=("D01",)))
    assert client.get("/supervision/").status_code == 403
    assert client.post("/supervision/batch/", {"kind": "urge"}).status_code == 403
