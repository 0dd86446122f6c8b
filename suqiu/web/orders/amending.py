"""Correcting what was taken down, while the order is at work."""

from __future__ import annotations

from collections.abc import Mapping

from suqiu.domain.errors import NotPermitted
from suqiu.domain.order import NAMES, Status
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.roles import Right
from suqiu.web.audit import chain
from suqiu.web.orders import accepting, keeping, refused
from suqiu.web.orders.clocks import clocks
from suqiu.web.orders.coming import Demand
from suqiu.web.orders.contents import clean
from suqiu.web.orders.decisions import OPEN
from suqiu.web.orders.models import Order
from suqiu.web.vault.safe import seal_text

_FIELDS = ("title", "text", "type", "category", "place", "address", "urgency", "object_name", "lon", "lat")
_CODED = ("type", "category", "place", "urgency")


def amend(actor: Actor, order: Order, changes: Mapping[str, str | float | None]) -> Order:
    """Change fields of an order that is held in a transaction; see `flow.amend`."""
    if not actor.may(Right.EDIT_ORDER):
        raise NotPermitted(
            "order.no_edit",
            Text("您的角色不能修改工单内容", "your role cannot correct orders"),
            Text("请联系话务员或派单员", "ask an agent or a dispatcher"),
        )
    unknown = sorted(set(changes) - set(_FIELDS))
    if unknown:
        raise refused.unknown(Text("可修改的字段", "field to correct"), unknown[0])
    if Status(order.status) not in OPEN:
        raise refused.conflict(
            "not_amendable",
            f"工单当前为“{NAMES[Status(order.status)].zh}”，不能再修改内容",
            f"the order is {NAMES[Status(order.status)].en}: it cannot be corrected any more",
            "确需更正的，请先重启或撤销并单",
            "reopen it first, or undo the merge",
        )
    wanted = _wanted(order, changes)
    accepting.check_fields(wanted)
    before = {name: getattr(order, name) for name in _FIELDS}
    for name in changes:
        value = getattr(wanted, name)
        if name in accepting.MOST and value != before[name]:
            value = seal_text(f"order:{order.number}:{name}", value)[: accepting.MOST[name]]
        setattr(order, name, value)
    changed = {name: before[name] for name in _FIELDS if getattr(order, name) != before[name]}
    if not changed:
        return order
    if {"title", "text"} & set(changed):
        # A cue once seen stays: somebody must look, also when the words were changed.
        order.emergency_cue = accepting.cue_in(wanted.title, wanted.text) or order.emergency_cue
    running = clocks()
    keeping.settle(order, keeping.standing_of(order, running), running)  # type and urgency set the limits
    order.save(update_fields=[*changed, "emergency_cue", *keeping.DERIVED])
    if actor.is_person:
        keeping.choose(order, {name: str(getattr(order, name)) for name in _CODED if name in changed})
    chain.record(actor, "order.amend", f"order:{order.number}", before=changed)
    return order


def _wanted(order: Order, changes: Mapping[str, str | float | None]) -> Demand:
    """Return the order's content with the changes in it, tidied."""
    values = {name: getattr(order, name) for name in _FIELDS} | dict(changes)
    lon, lat = values.pop("lon"), values.pop("lat")
    if not all(value is None or type(value) in (int, float) for value in (lon, lat)):
        raise refused.unknown(Text("经纬度", "point"), f"{lon} {lat}")
    said = {name: clean(str(value or "")) for name, value in values.items()}
    return Demand(
        title=" ".join(said["title"].split()),
        text=said["text"],
        type=said["type"],
        category=said["category"],
        place=said["place"],
        urgency=said["urgency"],
        address=" ".join(said["address"].split()),
        object_name=" ".join(said["object_name"].split()),
        lon=lon,
        lat=lat,
    )
