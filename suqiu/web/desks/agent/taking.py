"""A call is submitted: accepted, then each demand sent on, answered or merged; all of it or nothing."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from suqiu.domain.errors import InvalidInput
from suqiu.domain.order import Channel, StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.desks.agent.call import Call, Filled
from suqiu.web.live import reading
from suqiu.web.live.telling import Guess, Live
from suqiu.web.orders import flow
from suqiu.web.orders.actions import Deed
from suqiu.web.orders.models import Contact, Order
from suqiu.web.site import site
from suqiu.web.vault.safe import Identity

_K = StepKind


def take(actor: Actor, call: Call) -> Contact:
    """Take a call down and do with each demand what the person chose; sent again it is the same call.

    Raises:
        InvalidInput: something is missing, or a warning was not acknowledged.
        SuqiuError: as `flow.accept` and `flow.act`; then nothing at all was done.
    """
    demands = {number: one for number, one in call.demands.items() if not one.is_empty}
    if not demands:
        raise InvalidInput(
            "call.empty",
            Text("还没有记录诉求内容", "nothing was taken down yet"),
            Text("请先记录诉求内容", "take down what the caller says"),
        )
    told = {number: heard(one) for number, one in demands.items()}
    for number, one in demands.items():
        if told[number].emergency and one.acknowledged != "1":
            raise _unacknowledged(number)
    ready = {number: _completed(one, told[number]) for number, one in demands.items()}
    coming = flow.Coming(
        Channel.PHONE, Identity(call.name, call.phone), secret=call.secret, call_id="", language=call.language
    )
    with transaction.atomic():
        contact, orders = flow.accept(
            actor, coming, [_demand(call, number, one, told[number]) for number, one in ready.items()]
        )
        for (number, one), order in zip(ready.items(), orders, strict=True):
            _send_on(actor, call, number, one, order)
    return contact


def heard(one: Filled) -> Live:
    """Return what a demand says, with what a person has chosen already."""
    chosen = reading.known(type=one.type, category=one.category, place=one.place, address=one.address)
    return reading.read(one.text or one.title, site().now(), **chosen)


def _completed(one: Filled, live: Live) -> Filled:
    """Take the proposed title where the line was left empty: the form says that this happens."""
    return one if one.title.strip() else replace(one, title=live.title)


def _demand(call: Call, number: int, one: Filled, live: Live) -> flow.Demand:
    proposed = live.suggestions()
    if one.way == "merge" and one.parent:
        proposed += (Guess("duplicate", one.parent, None, 1, "similar/1").as_suggestion(),)
    return flow.Demand(
        title=one.title,
        text=one.text or one.title,
        type=one.type,
        category=one.category,
        place=one.place,
        urgency=one.urgency or "normal",
        address=one.address,
        object_name=one.object_name,
        suggestions=proposed,
        key=f"{call.code}:{number}",
    )


def _send_on(actor: Actor, call: Call, number: int, one: Filled, order: Order) -> None:
    """Do what the person chose; without a department the order waits in the dispatch pool."""
    key = f"{call.code}:{number}"
    if one.way == "answer":
        deed = Deed(_K.CLOSE, order.version, text=one.answer, solved=True, key=f"{key}:close")
    elif one.way == "merge":
        deed = Deed(_K.MERGE, order.version, parent=one.parent, key=f"{key}:merge")
    elif one.department:
        deed = Deed(_K.DISPATCH, order.version, department=one.department, key=f"{key}:dispatch")
    else:
        return
    flow.act(actor, order.number, deed)


def _unacknowledged(number: int) -> InvalidInput:
    return InvalidInput(
        "call.unacknowledged",
        Text("第{number}件诉求有紧急提示，尚未确认", "the warning on demand {number} is not acknowledged").fill(
            number=number + 1
        ),
        Text(
            "请先按提示转接或告知来电人，再勾选“已处置”后提交",
            "transfer the call or tell the caller as it says, tick that you did, then submit",
        ),
    )
