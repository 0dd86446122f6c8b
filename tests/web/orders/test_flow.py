"""Orders through the database: taken down, acted on, corrected; and a long walk with everything checked each time."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from suqiu.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted, SuqiuError
from suqiu.domain.order import StepKind, status_after
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.roles import Right, Role, step_right
from suqiu.web.audit.models import Entry
from suqiu.web.jobs.models import Job
from suqiu.web.orders import flow, keeping
from suqiu.web.orders.actions import ACTIONS
from suqiu.web.orders.clocks import clocks
from suqiu.web.orders.models import Contact, Order, Step, Suggestion, Unit
from suqiu.web.site import site
from suqiu.web.vault.models import Sealed
from suqiu.web.vault.safe import Identity
from tests.web import made
from tests.web.orders.walking import Walk

_K = StepKind
pytestmark = pytest.mark.django_db


# --- taking down ------------------------------------------------------------------------------------------------------


def test_one_call_may_hold_several_demands() -> None:
    demands = [
        flow.Demand("路灯不亮", "东门路灯不亮", type="help"),
        flow.Demand("公积金", "怎么提取公积金", type="consult"),
    ]
    contact, orders = flow.accept(
        made.somebody(Role.AGENT), flow.Coming("phone", Identity("张三", "13800001111")), demands
    )
    assert {order.contact_id for order in orders} == {contact.pk}
    numbers = [order.number for order in orders]
    day = f"{site().now():%Y%m%d}"
    assert [number.partition("-")[0] for number in numbers] == [f"LJ{day}"] * 2
    assert int(numbers[1][-6:]) == int(numbers[0][-6:]) + 1


def test_the_same_demand_sent_again_is_the_same_order() -> None:
    first = made.accepted(key="form-1")
    assert made.accepted(key="form-1", title="别的标题").pk == first.pk
    assert Contact.objects.count() == 1
    citizen = Actor("citizen", frozenset({step_right(_K.ACCEPT)}))
    assert made.accepted(key="form-1", actor=citizen).pk != first.pk, "nobody gets what another has sent"


def test_what_was_sent_before_and_what_is_new_come_back_together() -> None:
    one = flow.Demand("路灯不亮", "东门路灯不亮", key="a")
    coming, agent = flow.Coming("phone"), made.somebody(Role.AGENT)
    _, (first,) = flow.accept(agent, coming, [one])
    contact, orders = flow.accept(agent, coming, [flow.Demand("井盖丢失", "西门井盖丢失", key="b"), one])
    assert orders[1].pk == first.pk
    assert orders[0].contact_id == contact.pk == first.contact_id


def test_texts_are_redacted_and_originals_sealed() -> None:
    one = made.accepted(name="张三", phone="13800001111", text="我是张三，电话13800001111，楼道灯坏了")
    assert "13800001111" not in one.text
    assert "张三" not in one.text
    assert Sealed.objects.filter(subject=f"order:{one.number}:text").exists()
    one = made.act(made.act(one, _K.DISPATCH, department="D01"), _K.SIGN)
    one = made.act(one, _K.CONTACT, text="已致电13800001111，约定下午到场")
    step = one.steps.get(kind=_K.CONTACT)
    assert "13800001111" not in step.text
    assert Sealed.objects.filter(subject=f"step:{step.pk}:text").exists()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"title": " "}, "order.needs_title"),
        ({"text": ""}, "order.needs_text"),
        ({"title": "长" * 121}, "order.too_long"),
        ({"type": "wish"}, "order.unknown_code"),
        ({"category": "99.99"}, "order.unknown_code"),
        ({"place": "99"}, "order.unknown_code"),
        ({"urgency": "soon"}, "order.unknown_code"),
        ({"channel": "pigeon"}, "order.unknown_code"),
        ({"lon": 200.0, "lat": 30.0}, "order.bad_point"),
        ({"lon": float("nan"), "lat": 30.0}, "order.bad_point"),
        ({"lon": 115.0}, "order.bad_point"),
    ],
)
def test_what_cannot_be_taken_down_is_said(wrong: Mapping[str, Any], code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        made.accepted(**wrong)
    assert refusal.value.code == code
    assert not Order.objects.exists()


def test_a_call_yet_to_come_is_refused() -> None:
    with pytest.raises(InvalidInput, match="coming_later"):
        made.accepted(at=site().now() + timedelta(hours=1))


def test_what_was_proposed_stands_beside_what_was_chosen() -> None:
    said = (
        {"aspect": "type", "value": "help", "confidence": 0.9, "rank": 1, "author": "reader/1"},
        {"aspect": "category", "value": "05.07.04", "confidence": 0.4, "rank": 1, "author": "reader/1"},
        {"aspect": "department", "value": "D02", "confidence": 0.7, "rank": 1, "author": "reader/1"},
    )
    one = made.accepted(suggestions=said)
    made.act(one, _K.DISPATCH, department="D02")
    told = Suggestion.objects.order_by("pk").values_list("aspect", "final", "adopted")
    assert list(told) == [("type", "help", True), ("category", "02.03.01", False), ("department", "D02", True)]


def test_who_has_no_right_takes_nothing_down() -> None:
    with pytest.raises(NotPermitted):
        made.accepted(actor=made.somebody(Role.ANALYST))


# --- acting -----------------------------------------------------------------------------------------------------------


def test_a_step_is_on_record_and_on_its_way_to_who_listens() -> None:
    one = made.order("dispatched")
    assert list(Entry.objects.filter(subject=f"order:{one.number}").values_list("deed", flat=True)) == [
        "order.accept", "order.dispatch",
    ]  # fmt: skip
    told = [job.arguments for job in Job.objects.filter(name="orders.announce").order_by("pk")]
    assert told == [{"number": one.number, "seq": 1}, {"number": one.number, "seq": 2}]


def test_the_same_key_is_the_same_deed() -> None:
    one = made.order("dispatched")
    first = made.act(one, _K.SIGN, key="k", version=2)
    again = made.act(one, _K.SIGN, key="k", version=2)
    assert (first.version, again.version, Step.objects.filter(order=one).count()) == (3, 3, 3)
    with pytest.raises(Conflict, match="key_reused"):
        made.act(one, _K.CONTACT, key="k", text="10时电话联系")


def test_who_saw_an_older_order_is_told_what_happened_meanwhile() -> None:
    one = made.order("dispatched")
    made.act(one, _K.SIGN)
    with pytest.raises(Conflict) as refusal:
        made.act(one, _K.REDISPATCH, version=2, department="D02", reason="改派")
    assert refusal.value.code == "order.moved_on"
    assert "签收" in refusal.value.message.zh
    assert "sign" in refusal.value.message.en


def test_what_lies_out_of_scope_does_not_exist() -> None:
    one = made.order("handling", "D01")
    with pytest.raises(NotFound):
        flow.find(made.somebody(Role.HANDLER, "D05"), one.number)
    with pytest.raises(NotFound):
        flow.find(made.somebody(Role.ASSESSOR), one.number)
    assert flow.find(made.somebody(Role.HANDLER, "D01"), one.number) == one


# --- correcting -------------------------------------------------------------------------------------------------------


def test_a_correction_keeps_what_was_and_moves_the_clocks() -> None:
    one = made.order("handling", type="help")
    was = one.close_due_at
    one = flow.amend(made.somebody(Role.DISPATCHER), one.number, one.version, type="complaint", address="西门")
    assert (one.type, one.address) == ("complaint", "西门")
    assert one.close_due_at != was
    detail = Entry.objects.get(deed="order.amend").detail
    assert detail["before"] == {"type": "help", "address": "滨江花园小区东门"}


@pytest.mark.parametrize("changes", [{"type": "wish"}, {"title": ""}, {"status": "closed"}, {"lon": "东", "lat": 1.0}])
def test_a_correction_holds_to_the_same_rules(changes: dict[str, Any]) -> None:
    one = made.order("handling")
    with pytest.raises(InvalidInput):
        flow.amend(made.somebody(Role.DISPATCHER), one.number, one.version, **changes)


def test_nobody_corrects_what_is_closed_or_without_the_right() -> None:
    one = made.order("closed")
    with pytest.raises(Conflict):
        flow.amend(made.somebody(Role.AGENT), one.number, one.version, title="新标题")
    open_one = made.order("handling")
    with pytest.raises(NotPermitted):
        flow.amend(made.somebody(Role.HANDLER, "D01"), open_one.number, open_one.version, title="新标题")


# --- a long walk ------------------------------------------------------------------------------------------------------


def _actors() -> list[Actor]:
    people = [made.somebody(role) for role in Role if role is not Role.HANDLER]
    people += [made.somebody(Role.HANDLER, unit) for unit in ("D01", "D02", "D05", "Q01")]
    people.append(made.actor(made.user(Role.HANDLER, Role.REVIEWER, departments=("D01", "D02"))))
    every = frozenset({Right.SEE_ORDERS, *(step_right(kind) for kind in StepKind)})
    return [*people, Actor("api:省平台", every), Actor("citizen", every & {Right.SEE_ORDERS, step_right(_K.RATE)})]


def _kept(order: Order) -> tuple[Any, ...]:
    units = sorted(Unit.objects.filter(order=order).values_list("department", "role"))
    return Order.objects.filter(pk=order.pk).values().get(), units, Step.objects.filter(order=order).count()


def _check(order: Order) -> None:
    """Hold what is stored against what the steps say."""
    stored = Order.objects.get(pk=order.pk)
    running = clocks()
    standing = keeping.standing_of(stored, running)
    for name, value in keeping.columns(standing, running.dues(stored.type, stored.urgency, standing)).items():
        assert getattr(stored, name) == value, name
    assert stored.status == status_after(StepKind(step.kind) for step in stored.steps.order_by("seq"))
    assert dict(Unit.objects.filter(order=stored).values_list("department", "role")) == standing.units


def test_whatever_is_tried_the_database_tells_one_story() -> None:
    pick, actors, taken = random.Random(12345), _actors(), 0
    here = site()
    about = here.about
    try:
        for number in range(25):
            walk = Walk(number)
            order = made.accepted(type=walk.type, urgency=walk.urgency)
            parent = made.order("handling", "D02")
            for _ in range(24):
                here.save(
                    replace(here.about, ahead_seconds=here.about.ahead_seconds + pick.choice((0, 60, 9000, 90_000)))
                )
                order.refresh_from_db()
                kind = _kind(pick, order)
                fit = [one for one in actors if one.may(step_right(kind))]
                actor = pick.choice(fit if fit and pick.random() < 0.85 else actors)
                if pick.random() < 0.7 and ACTIONS[kind].by_unit and order.department:
                    actor = made.somebody(Role.HANDLER, order.department)
                walk.now = here.now()
                deed = replace(walk.deed(kind), version=order.version - (pick.random() < 0.05))
                deed = replace(deed, parent=parent.number if deed.parent else "")
                before = _kept(order)
                try:
                    flow.act(actor, order.number, deed)
                    taken += 1
                    _check(order)
                except SuqiuError:
                    assert _kept(order) == before
    finally:
        here.save(about)
    assert taken > 100


def _kind(pick: random.Random, order: Order) -> StepKind:
    legal = sorted(flow.next_steps(order) & set(ACTIONS))
    likely = [0.2 if kind in {_K.WITHDRAW, _K.VOID, _K.MERGE} else 1.0 for kind in legal]
    return pick.choices(legal, likely)[0] if legal and pick.random() < 0.9 else pick.choice(list(ACTIONS))
