"""The vault: who may know who called."""

from __future__ import annotations

from typing import Any

import pytest

from suqiu.domain.errors import InvalidInput, NotFound, NotPermitted
from suqiu.domain.order import StepKind
from suqiu.web.accounts.actor import Actor, rule
from suqiu.web.accounts.roles import Right, Role
from suqiu.web.audit import chain
from suqiu.web.audit.models import Entry
from suqiu.web.orders.models import Order, Step
from suqiu.web.vault import relay, rotation, safe, seals
from suqiu.web.vault.models import Person, Sealed
from suqiu.web.vault.safe import Identity
from tests.web import made

pytestmark = pytest.mark.django_db
NAME, PHONE = "欧阳晓峰", "13987654321"


@pytest.fixture
def handler() -> Actor:
    """Somebody of the unit that works on the orders here."""
    return made.somebody(Role.HANDLER, made.UNIT)


def _order(**fields: Any) -> Order:
    return made.order("handling", name=NAME, phone=PHONE, **fields)


def test_a_second_call_is_known_as_the_same_persons() -> None:
    first = safe.remember(Identity("张三", PHONE))
    second = safe.remember(Identity("", "+86 139-8765-4321", "zhang@example.cn"))
    assert first == second
    assert second is not None
    assert safe.opened(second) == Identity("张三", "+86 139-8765-4321", "zhang@example.cn")


def test_nobody_is_nobody() -> None:
    assert safe.remember(Identity(" ", "")) is None
    assert safe.masked(None) == Identity()


def test_without_a_number_everybody_is_somebody_new() -> None:
    assert safe.remember(Identity("张三")) != safe.remember(Identity("张三"))


def test_everybody_with_the_order_sees_the_caller_masked() -> None:
    assert safe.masked(_order().contact.person) == Identity("欧**", "139****4321")


def test_a_reveal_names_the_caller_and_leaves_a_trace(handler: Actor) -> None:
    order = _order()
    assert safe.reveal(handler, order.number, "核实现场位置") == Identity(NAME, PHONE)
    line = Entry.objects.get(deed="vault.reveal")
    assert (line.actor, line.subject) == (handler.label, f"order:{order.number}")
    assert line.detail == {"reason": "核实现场位置"}


@pytest.mark.parametrize("reason", ["", "   ", "看看吧", "长" * 201])
def test_without_a_reason_nobody_is_revealed(handler: Actor, reason: str) -> None:
    with pytest.raises(InvalidInput, match="no_reason"):
        safe.reveal(handler, _order().number, reason)


def test_who_lacks_the_right_learns_nothing_and_the_try_is_on_record() -> None:
    order = _order()
    with pytest.raises(NotPermitted):
        safe.reveal(made.somebody(Role.REVIEWER), order.number, "核实现场位置")
    assert Entry.objects.filter(deed="vault.reveal_refused", subject=f"order:{order.number}").exists()


def test_no_machine_learns_who_called() -> None:
    with pytest.raises(NotPermitted):
        safe.reveal(rule("anything", Right.REVEAL_CALLER, Right.SEE_ORDERS), _order().number, "核实现场位置")


def test_another_units_order_does_not_exist() -> None:
    with pytest.raises(NotFound):
        safe.reveal(made.somebody(Role.HANDLER, "D02"), _order().number, "核实现场位置")


@pytest.mark.parametrize("way", ["at_the_call", "later", "the_other_order_of_the_call"])
def test_a_unit_never_knows_a_secret_caller(handler: Actor, way: str) -> None:
    order = _order(secret=way == "at_the_call", text=f"{NAME}反映：路灯不亮，请联系{PHONE}")
    if way == "later":
        made.act(order, StepKind.KEEP_SECRET)
    elif way == "the_other_order_of_the_call":
        other = _order()
        Order.objects.filter(pk=other.pk).update(contact=order.contact)
        made.act(other, StepKind.KEEP_SECRET)
    order.refresh_from_db()
    for ask in (
        lambda: safe.reveal(handler, order.number, "核实现场位置"),
        lambda: safe.unseal_text(handler, f"order:{order.number}:text", "核实现场位置"),
    ):
        with pytest.raises(NotPermitted, match="secret"):
            ask()
    assert safe.shown(handler, order) == Identity()
    assert safe.reveal(made.somebody(Role.VISITOR), order.number, "回访诉求人") == Identity(NAME, PHONE)


def test_who_works_for_a_unit_beside_the_centre_never_knows_a_secret_caller() -> None:
    order = _order(secret=True)
    both = made.actor(made.user("agent", "handler", departments=(made.UNIT,)))
    with pytest.raises(NotPermitted, match="secret"):
        safe.reveal(both, order.number, "核实现场位置")


def test_a_text_is_kept_as_given_only_where_it_tells_of_somebody(handler: Actor) -> None:
    order = _order(text=f"{NAME}说路灯坏了，他的号码是{PHONE}")
    assert NAME not in order.text
    assert PHONE not in order.text
    assert safe.unseal_text(handler, f"order:{order.number}:text", "核对原话") == f"{NAME}说路灯坏了，他的号码是{PHONE}"
    with pytest.raises(NotFound):
        safe.unseal_text(handler, f"order:{order.number}:address", "核对原话")


def test_what_a_unit_writes_of_the_caller_is_redacted_with_the_callers_own_name(handler: Actor) -> None:
    order = _order()
    made.act(order, StepKind.CONTACT, text=f"已到{NAME}家中，拨打{PHONE}确认")
    step = Step.objects.get(order=order, kind=StepKind.CONTACT)
    assert NAME not in step.text
    assert PHONE not in step.text
    assert NAME in safe.unseal_text(handler, f"step:{step.pk}:text", "核对原话")


def test_invisible_characters_hide_no_number() -> None:
    assert PHONE[:4] not in safe.redacted("\u200b".join(PHONE))


@pytest.mark.parametrize("subject", ["order:none:text", "step:9:text", "step:x:text", "relay:9:answer", "", "a:b:c"])
def test_a_text_that_is_not_there_is_not_found(handler: Actor, subject: str) -> None:
    with pytest.raises(NotFound):
        safe.unseal_text(handler, subject, "核对原话")


def test_the_relay_carries_words_and_no_names(handler: Actor) -> None:
    order = _order(secret=True)
    word = relay.ask(handler, order.number, "请问何时方便？可拨13700001111")
    visitor = made.somebody(Role.VISITOR)
    assert list(relay.in_scope(visitor, answered=False)) == [word]
    relay.pass_on(visitor, word.pk, f"{NAME}说周六上午，电话{PHONE}")
    (kept,) = relay.of_order(handler, order)
    assert (kept.message, kept.answer) == ("请问何时方便？可拨[手机]", "[姓名]说周六上午，电话[手机]")
    with pytest.raises(NotPermitted):
        safe.unseal_text(handler, f"relay:{word.pk}:answer", "核对原话")


def test_only_the_centre_brings_an_answer(handler: Actor) -> None:
    word = relay.ask(handler, _order(secret=True).number, "请问何时方便？")
    with pytest.raises(NotPermitted):
        relay.pass_on(handler, word.pk, "周六上午")


def test_the_relay_of_another_units_order_does_not_exist() -> None:
    with pytest.raises(NotFound):
        relay.ask(made.somebody(Role.HANDLER, "D02"), _order(secret=True).number, "请问何时方便？")


def test_after_a_rotation_everything_is_under_the_new_key_and_can_be_read(handler: Actor) -> None:
    order = _order(text=f"请联系{PHONE}")
    try:
        number, count = rotation.rotate()
        assert count == Person.objects.count() + Sealed.objects.count() > 1
        sealed = [*Person.objects.values_list("sealed", flat=True), *Sealed.objects.values_list("sealed", flat=True)]
        assert {seals.key_of(bytes(one)) for one in sealed} == {number}
        assert safe.reveal(handler, order.number, "核实现场位置") == Identity(NAME, PHONE)
        assert PHONE in safe.unseal_text(handler, f"order:{order.number}:text", "核对原话")
        assert rotation.rotate(new_key=False) == (number, 0)
    finally:
        for file in seals.key_files()[1:]:
            file.unlink()
    assert chain.verify() == []


def test_an_identity_does_not_show_itself_in_a_log() -> None:
    assert NAME not in repr(Identity(NAME, PHONE)) + str(Identity(NAME, PHONE))
