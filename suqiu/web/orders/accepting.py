"""Taking down what comes in: one contact, one order for each demand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import pyarrow as pa
from django.db import IntegrityError, transaction

from suqiu.domain.order import Channel, OrderType, StepKind, Urgency
from suqiu.domain.text import Text
from suqiu.reading.urgency import UrgencyFinder, shipped_cues
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.roles import step_right
from suqiu.web.audit import chain
from suqiu.web.jobs.work import later
from suqiu.web.orders import keeping, numbers, refused, tracking
from suqiu.web.orders.clocks import clocks
from suqiu.web.orders.coming import Coming, Demand
from suqiu.web.orders.contents import clean
from suqiu.web.orders.models import Contact, Order, Step, Suggestion
from suqiu.web.orders.projection import Standing, stand
from suqiu.web.site import site
from suqiu.web.vault.safe import remember, seal_text

_MOST_DEMANDS = 10
_MOST_SUGGESTIONS = 40
#: How long each text may be as given, and as kept where that is less: what a mask adds is cut, the original is kept.
MOST = {"title": 120, "text": 10_000, "address": 200, "object_name": 100}
_NAMES = {
    "title": Text("标题", "the title"),
    "text": Text("诉求内容", "the demand"),
    "address": Text("地址", "the address"),
    "object_name": Text("诉求对象", "the object"),
}
#: How far a clock of another system may be ahead.
_AHEAD = timedelta(minutes=5)


def accept(actor: Actor, coming: Coming, demands: Sequence[Demand]) -> tuple[Contact, list[Order]]:
    """Take down a call; see `flow.accept`."""
    if not actor.may(step_right(StepKind.ACCEPT)):
        raise refused.no_right(StepKind.ACCEPT)
    now = site().now()
    at = coming.at or now
    _check_coming(coming, demands, at, now)
    tidy = [_tidy(demand) for demand in demands]
    for demand in tidy:
        check_fields(demand)
    marks = [_mark(actor, demand.key) for demand in tidy]
    try:
        with transaction.atomic():
            return _accepted(actor, coming, tidy, marks, at)
    except IntegrityError:
        if not any(marks):
            raise
        with transaction.atomic():  # the same was sent twice at once: the other one was first, now it is there
            return _accepted(actor, coming, tidy, marks, at)


def cue_in(*texts: str) -> str:
    """Return the cue of an emergency in texts, empty for none: the rule warns, a person decides."""
    found = _finder().judge(pa.array(["。".join(texts)]))
    return str(found.reason[0].as_py() or "") if found.urgency[0].as_py() == Urgency.EMERGENCY else ""


def check_fields(one: Demand) -> None:
    """Refuse codes and ids that do not exist, places off the earth, and what is too long.

    Raises:
        InvalidInput: which, and what to do.
    """
    city = site().city
    for name, most in MOST.items():
        if len(getattr(one, name)) > most:
            raise refused.too_long(_NAMES[name], most)
    for name in ("title", "text"):
        if not getattr(one, name):
            raise refused.invalid(
                f"needs_{name}", f"请填写{_NAMES[name].zh}", f"{_NAMES[name].en} is missing",
                "标题和内容都须填写", "give title and text",
            )  # fmt: skip
    known: tuple[tuple[str, Any, Text], ...] = (
        (one.type, set(OrderType), Text("诉求类型", "type of demand")),
        (one.category, city.taxonomy.by_id, Text("分类", "category")),
        (one.place, city.region_by_id, Text("区划", "region")),
    )
    for value, codes, what in known:
        if value and value not in codes:
            raise refused.unknown(what, value)
    if one.urgency not in set(Urgency):
        raise refused.unknown(Text("紧急程度", "urgency"), one.urgency)
    # Written so that not-a-number is refused too.
    sound = [one.lon is None or -180 <= one.lon <= 180, one.lat is None or -90 <= one.lat <= 90]
    if not all(sound) or (one.lon is None) != (one.lat is None):
        raise refused.invalid(
            "bad_point", "经纬度不成对或超出范围", "longitude and latitude are no point on the earth",
            "请在地图上重新选点，或都留空", "choose the point anew, or leave both out",
        )  # fmt: skip


def _check_coming(coming: Coming, demands: Sequence[Demand], at: datetime, now: datetime) -> None:
    if coming.channel not in set(Channel):
        raise refused.unknown(Text("受理渠道", "channel"), coming.channel)
    if not 1 <= len(demands) <= _MOST_DEMANDS:
        raise refused.invalid(
            "demands", f"一次来电应有1至{_MOST_DEMANDS}件诉求", f"a call holds one to {_MOST_DEMANDS} demands",
            "请分次登记", "take them down in several calls",
        )  # fmt: skip
    if len(coming.call_id) > 60 or len(coming.language) > 10:
        raise refused.too_long(Text("通话编号或语种", "call id or language"), 60)
    if at.tzinfo is None or at > now + _AHEAD:
        raise refused.invalid(
            "coming_later", "来电时间缺少时区，或晚于当前时间", "the call's time has no zone, or is yet to come",
            "请核对时间", "check the time",
        )  # fmt: skip
    keys = [demand.key for demand in demands if demand.key]
    if len(set(keys)) < len(keys) or any(len(demand.suggestions) > _MOST_SUGGESTIONS for demand in demands):
        raise refused.invalid(
            "demand_twice", "同一标识的诉求重复，或智能建议过多", "a demand comes twice, or has too many suggestions",
            "请去掉重复的诉求", "leave out the second one",
        )  # fmt: skip


def _tidy(one: Demand) -> Demand:
    return Demand(
        " ".join(clean(one.title).split()), clean(one.text), one.type, one.category, one.place,
        one.urgency or str(Urgency.NORMAL), " ".join(clean(one.address).split()),
        " ".join(clean(one.object_name).split()), one.lon, one.lat, one.suggestions, one.key,
    )  # fmt: skip


def _mark(actor: Actor, key: str | None) -> str | None:
    """Return what a demand's key is kept as: nobody can ask with it for what another has sent."""
    return hashlib.sha256(f"{actor.label}\n{key}".encode()).hexdigest() if key else None


def _accepted(
    actor: Actor, coming: Coming, demands: Sequence[Demand], marks: Sequence[str | None], at: datetime
) -> tuple[Contact, list[Order]]:
    there = {
        order.key: order
        for order in Order.objects.select_related("contact").filter(key__in=[mark for mark in marks if mark])
    }
    new = [number for number, mark in enumerate(marks) if mark not in there]
    if not new:
        orders = [there[mark] for mark in marks]
        return orders[0].contact, orders
    taken = numbers.take(site().city, site().now().astimezone(site().zone), len(new))
    contact = next(iter(there.values())).contact if there else _contact(actor, coming, taken[0], at)
    made = {
        place: _order(actor, coming, contact, demands[place], number, marks[place], at)
        for place, number in zip(new, taken, strict=True)
    }
    return contact, [made[place] if place in made else there[mark] for place, mark in enumerate(marks)]


def _contact(actor: Actor, coming: Coming, number: str, at: datetime) -> Contact:
    return Contact.objects.create(
        number=number,
        channel=coming.channel,
        at=at,
        agent=actor.user,
        person=remember(coming.identity),
        secret=coming.secret,
        call_id=clean(coming.call_id),
        language=clean(coming.language),
    )


def _order(
    actor: Actor, coming: Coming, contact: Contact, demand: Demand, number: str, mark: str | None, at: datetime
) -> Order:
    kinds = (StepKind.ACCEPT, StepKind.KEEP_SECRET) if coming.secret else (StepKind.ACCEPT,)
    steps = [
        Step(seq=seq, kind=kind, at=at, actor=actor.label, user=actor.user) for seq, kind in enumerate(kinds, start=1)
    ]
    running = clocks()
    standing: Standing = stand(map(keeping.happened, steps), running.pausing, running.resuming)
    texts = {
        name: seal_text(f"order:{number}:{name}", getattr(demand, name), coming.identity)[:most]
        for name, most in MOST.items()
    }
    order = Order(
        number=number,
        contact=contact,
        channel=coming.channel,
        type=demand.type,
        category=demand.category,
        urgency=demand.urgency,
        place=demand.place,
        lon=demand.lon,
        lat=demand.lat,
        track_mark=tracking.mark(coming.track_code) if coming.track_code else "",
        agent=actor.user,
        emergency_cue=cue_in(demand.title, demand.text),
        key=mark,
        **texts,
    )
    keeping.settle(order, standing, running)
    order.save(force_insert=True)
    for step in steps:
        step.order = order
    Step.objects.bulk_create(steps)
    _write_suggestions(actor, order, demand, at)
    chain.record(actor, "order.accept", f"order:{number}", channel=coming.channel, contact=contact.number)
    later("orders.announce", number=number, seq=1)
    return order


def _write_suggestions(actor: Actor, order: Order, demand: Demand, at: datetime) -> None:
    chosen = {name: getattr(demand, name) for name in ("type", "category", "place", "urgency", "title")}
    chosen["title"] = order.title  # as redacted
    lines = []
    for one in demand.suggestions:
        aspect, value = clean(str(one.get("aspect", "")))[:20], clean(str(one.get("value") or ""))[:80]
        final = chosen.get(aspect) if actor.is_person else None
        lines.append(
            Suggestion(
                order=order,
                aspect=aspect,
                value=value,
                confidence=_share(one.get("confidence")),
                rank=_rank(one.get("rank")),
                author=clean(str(one.get("author", "")))[:80],
                reason=clean(str(one.get("reason") or ""))[:200],
                final=None if final is None else final[:80],
                adopted=bool(value) and value == final,
                at=at,
            )
        )
    Suggestion.objects.bulk_create(lines)


def _share(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and 0 <= value <= 1 else None


def _rank(value: object) -> int:
    return value if isinstance(value, int) and 1 <= value <= 1000 else 1


@lru_cache(maxsize=1)
def _finder() -> UrgencyFinder:
    return UrgencyFinder(shipped_cues())
