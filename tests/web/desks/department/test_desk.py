"""The department desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from suqiu.domain.order import StepKind
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.models import User
from suqiu.web.accounts.roles import Role
from suqiu.web.desks.department import figures, queues
from suqiu.web.desks.orders import lists
from suqiu.web.site import site
from tests.web import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(db: None) -> Actor:
    return made.somebody(Role.HANDLER, "D01")


@pytest.fixture
def handler(db: None) -> User:
    return made.user("handler", departments=("D01",))


def _counts(actor: Actor) -> dict[str, int]:
    return dict(lists.counts(queues.of_unit(actor), queues.tabs(actor)))


def test_each_list_holds_what_its_name_says(unit: Actor) -> None:
    made.order("dispatched")
    made.order("handling")
    made.act(made.order("replied"), StepKind.FAIL_REVIEW, reason="未逐项答复")
    made.order("return_pending")
    asked = made.order("handling")
    made.act(asked, StepKind.REQUEST_EXTENSION, reason="配件在途", until=site().now() + timedelta(9))
    made.order("handling", department="D02", assisting=("D01",))
    made.order("closed")
    assert _counts(unit) == {"due": 0, "new": 1, "mine": 3, "bounced": 1, "asked": 2, "assist": 1, "done": 1}
    assert set(_counts(made.somebody(Role.HANDLER, "D03")).values()) == {0}


def test_what_is_due_comes_first_and_the_most_pressing_of_it(client: Client, handler: User) -> None:
    later, urgent = (
        made.order("handling", title="五日后到期"),
        made.order("handling", title="明日到期", urgency="urgent"),
    )
    client.force_login(handler)
    page = client.get("/department/?tab=mine").content.decode()
    assert page.index(urgent.title) < page.index(later.title)
    assert later.title not in client.get("/department/").content.decode()


def test_the_desk_opens_for_units_only(client: Client) -> None:
    client.force_login(made.user("agent"))
    assert client.get("/department/").status_code == 403
    client.force_login(made.user("handler"))
    assert client.get("/department/").status_code == 200
    assert client.get("/department/?tab=none").status_code == 404


def test_an_empty_desk_says_so(client: Client, handler: User) -> None:
    client.force_login(handler)
    assert "没有待签收的工单" in client.get("/department/?tab=new").content.decode()


def test_ticked_orders_are_signed_and_a_refused_one_holds_nobody_back(client: Client, handler: User) -> None:
    one, two, gone = (made.order("dispatched") for _ in range(3))
    other = made.order("dispatched", department="D02")
    made.act(gone, StepKind.URGE)
    client.force_login(handler)
    picked = [f"{order.number}:{order.version}" for order in (one, gone, two, other)]
    page = client.post("/department/sign/", {"orders": picked}, follow=True).content.decode()
    for order, status in ((one, "handling"), (two, "handling"), (gone, "dispatched"), (other, "dispatched")):
        order.refresh_from_db()
        assert order.status == status
    assert "签收：已办理2件" in page
    assert gone.number in page


@pytest.mark.parametrize("picked", [[], ["nonsense"], ["LJ1:x"], [f"LJ{n}:1" for n in range(51)]])
def test_a_batch_that_no_list_offers_is_refused(client: Client, handler: User, picked: list[str]) -> None:
    client.force_login(handler)
    assert client.post("/department/sign/", {"orders": picked}).status_code == 422


def test_too_few_orders_make_no_rate(unit: Actor) -> None:
    made.order("closed")
    solved = figures.rates(unit)[1]
    assert (solved.good, solved.all, solved.percent) == (1, 1, None)


def test_rates_come_from_the_own_orders_of_thirty_days(unit: Actor) -> None:
    for satisfaction in ("satisfied", "basic", "dissatisfied"):
        order = made.order("reviewed")
        happy = satisfaction != "dissatisfied"
        made.act(order, StepKind.CALL_BACK, reached=True, solved=happy, satisfaction=satisfaction)
        made.act(order, StepKind.CLOSE, solved=happy, reason="已向诉求人说明")
    made.order("closed", department="D02")
    counted = {rate.name.en: (rate.good, rate.all) for rate in figures.rates(unit)}
    assert counted["solved"] == (2, 3)
    assert counted["satisfied"] == (2, 3)
    with made.days_later(31):
        assert {(rate.good, rate.all) for rate in figures.rates(unit)[1:]} == {(0, 0)}


def test_the_forecast_counts_each_open_order_on_a_working_day(unit: Actor) -> None:
    made.order("handling", urgency="urgent")
    made.order("dispatched")
    made.order("closed")
    assert sum(bar.count for bar in figures.forecast(unit)) == 2
    with made.days_later(10):
        assert figures.forecast(unit)[0].count == 2


def test_what_keeps_coming_back_is_named_by_street(unit: Actor) -> None:
    for community in ("001", "002", "003"):
        made.order("handling", place=f"01.01.{community}")
    made.order("handling", place="02.01.001")
    assert [(one.place, one.count) for one in figures.repeats(unit)] == [("01.01", 3)]


def test_who_assists_is_counted(unit: Actor) -> None:
    made.order("handling", assisting=("D02", "D03"))
    made.order("handling", assisting=("D02",))
    assert [bar.count for bar in figures.assisted_by(unit)] == [2, 1]
