"""Taking a demo's calls through the flow, step by step, as its people would: the clock goes on while they do.

Every call and step carries a key of its own, so a morning that was broken off is taken up where it stopped.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import yaml

from suqiu.domain.city import City
from suqiu.domain.order import Channel, StepKind
from suqiu.web.accounts import demo as guests
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.models import User
from suqiu.web.accounts.roles import Role, step_right
from suqiu.web.audit.models import Entry
from suqiu.web.demo.scenes import SCENES, Call, photo, saying
from suqiu.web.orders import flow
from suqiu.web.orders.actions import ACTIONS, Deed
from suqiu.web.orders.coming import Coming, Demand
from suqiu.web.orders.files import PROOF
from suqiu.web.orders.models import Order, Step
from suqiu.web.site import site
from suqiu.web.vault.safe import Identity

#: Seconds between two things that happen in the morning.
_PAUSES = (15, 75)
_SURNAMES = "陈林黄周吴徐孙胡朱高何郭马罗梁宋郑谢韩唐"
_GIVEN = ("建国", "秀英", "志强", "丽华", "文静", "海燕", "国平", "晓东", "桂兰", "俊杰", "玉梅", "永明")
#: Of every five calls, how they come in.
_CHANNELS = (Channel.PHONE, Channel.PHONE, Channel.PHONE, Channel.WECHAT, Channel.WEB)


def calls() -> list[Call]:
    """Return the calls of the morning."""
    return [Call(**one) for one in yaml.safe_load(Path(__file__).with_name("calls.yaml").read_text("utf-8"))]


def play(told: Callable[[int, int], None] = lambda done, whole: None) -> int:
    """Take every call through its scene; return how many there are.

    Args:
        told: called after each call with the calls done and all.
    """
    cast, all_calls = _Cast(), calls()
    chance, taken = random.Random(12345), dict[str, str]()  # noqa: S311 — the same morning every time
    for place, call in enumerate(all_calls):
        number = _accepted(cast, call, place, chance)
        # What is merged goes into the call about the same place.
        parent = taken.get(call.address, "")
        for step, kind in zip(count(1), SCENES[call.scene], strict=False):
            _step(cast, call, number, parent, kind, f"demo:{place}:{step}", chance)
        taken.setdefault(call.address, number)
        told(place + 1, len(all_calls))
    return len(all_calls)


class _Cast:
    """The demo's people, as actors."""

    def __init__(self) -> None:
        people = {user.username: user for user in User.objects.all()}
        self._by_role: dict[Role, Actor] = {}
        self.units: list[str] = []
        self._handlers: dict[str, Actor] = {}
        for guest in guests.people():
            user = people[guest.username]
            actor = Actor(f"user:{user.number}", user.rights, user.scope, user)
            self._by_role.setdefault(guest.role, actor)
            if guest.department:
                self.units.append(guest.department)
                self._handlers[guest.department] = actor

    @property
    def agent(self) -> Actor:
        return self._by_role[Role.AGENT]

    def who(self, kind: StepKind, department: str) -> Actor:
        """Return who takes such a step on an order of this unit."""
        if ACTIONS[kind].by_unit:
            return self._handlers[department]
        return next(actor for actor in self._by_role.values() if actor.may(step_right(kind)))


def _accepted(cast: _Cast, call: Call, place: int, chance: random.Random) -> str:
    city, where = site().city, chance.random()
    name = chance.choice(_SURNAMES) + chance.choice(_GIVEN)
    identity = Identity(name, f"1390000{1200 + place * 7:04d}")
    demand = Demand(
        call.title, call.text, call.type, _category(city, call.category), _place(city, where), call.urgency,
        address=call.address, key=f"demo:{place}",
    )  # fmt: skip
    go_on(chance.randint(*_PAUSES))
    coming = Coming(_CHANNELS[place % len(_CHANNELS)], identity, call.secret, language="zh")
    _, orders = flow.accept(cast.agent, coming, [demand])
    return orders[0].number


def _step(cast: _Cast, call: Call, number: str, parent: str, kind: StepKind, key: str, chance: random.Random) -> None:
    pause = chance.randint(*_PAUSES)
    order = Order.objects.get(number=number)
    if Step.objects.filter(order=order, key=key).exists():
        return
    go_on(pause)
    department = cast.units[(call.unit - 1) % len(cast.units)] if call.unit else ""
    actor, now = cast.who(kind, department), site().now()
    said = saying(kind, call.scene, department, parent, now)
    files: tuple[str, ...] = ()
    if said.proof:
        files = (flow.attach(actor, number, PROOF, "整改后.jpg", photo(number, now)).code,)
    flow.act(actor, number, Deed(kind, order.version, files=files, key=key, **said.fields))


def go_on(seconds: int) -> None:
    """Put the demo's clock forward."""
    about = site().about
    site().save(replace(about, ahead_seconds=about.ahead_seconds + seconds))


def set_clock(moment: datetime) -> None:
    """Set the demo's clock to a moment, as long as nothing has happened in it; afterwards it only goes on."""
    if not Entry.objects.exists():
        go_on(round((moment - site().now()) / timedelta(seconds=1)))


def take_up() -> None:
    """Let a demo's clock go on from where it was left: the days when nobody looked do not count.

    Else a demo opened again after a week would show every order overdue.
    """
    last = Entry.objects.order_by("-number").values_list("at", flat=True).first()
    if last is None:
        return
    late = round((site().now() - last) / timedelta(seconds=1)) - 60
    if late > 0:
        go_on(-late)


def _category(city: City, name: str) -> str:
    return next((one.id for one in city.taxonomy.by_id.values() if one.name == name), "")


def _place(city: City, where: float) -> str:
    deepest = sorted(city.region_by_id, key=lambda id_: (-id_.count("."), id_))
    level = [id_ for id_ in deepest if id_.count(".") == deepest[0].count(".")]
    return level[int(where * len(level))]
