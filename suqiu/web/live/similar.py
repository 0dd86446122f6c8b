"""Who told it before: orders like the one that is being taken down, found while it is typed 相似与重复工单."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Substr

from suqiu.domain.city import City
from suqiu.domain.order import Status
from suqiu.web.accounts.actor import Actor
from suqiu.web.orders import flow
from suqiu.web.orders.decisions import OPEN
from suqiu.web.orders.models import Order
from suqiu.web.site import site

#: Orders looked at for each ground on which they might be alike; and how much of their text.
_LOOKED_AT, _CHARACTERS = 150, 400
#: Fewer characters than this say nothing that could be alike.
LEAST_TEXT = 8
#: Below this likeness nobody is told.
_LEAST = 0.35
_SHOWN = 5
_COLUMNS = ("number", "title", "place", "address", "status", "department", "accepted_at", "version")
_OUT = (Status.VOIDED, Status.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Alike:
    """An order like the one that is being taken down 相似工单.

    Attributes:
        number, title, place, address, status, department, accepted_at, version: of the order.
        likeness: 0 to 1, share of telling pairs of characters that both have.
        same_caller: the same person told it.
        open: it is still at work.
        duplicate: alike enough to be the same matter, by the city's own thresholds.
    """

    number: str
    title: str
    place: str
    address: str
    status: str
    department: str
    accepted_at: datetime
    version: int
    likeness: float
    same_caller: bool
    open: bool
    duplicate: bool

    @property
    def percent(self) -> int:
        """The likeness in percent."""
        return round(self.likeness * 100)


def similar(
    actor: Actor, text: str, *, category: str = "", place: str = "", person: int | None = None, but: str = ""
) -> list[Alike]:
    """Return the orders most like a text, the most alike first.

    Args:
        actor: sees no order outside the scope.
        text: as redacted.
        category, place: as read or chosen; empty where unknown.
        person: id of who calls, None where unknown.
        but: number of an order to leave out: the one that is looked at.
    """
    here = site()
    if len(text.strip()) < LEAST_TEXT:
        return []
    since = here.now() - timedelta(days=here.city.weight("repeats.window_days"))
    found = {one["number"]: one for one in _candidates(actor, here.city, since, category, place, person)}
    rows = [one for number, one in found.items() if number != but]
    likenesses = _likenesses(text, [f"{one['title']}\n{one['said']}" for one in rows])
    told = [_alike(one, share, person, here.city) for one, share in zip(rows, likenesses, strict=True)]
    told = [one for one in told if one.duplicate or one.likeness >= _LEAST]
    told.sort(key=lambda one: (-one.duplicate, -one.open, -one.likeness, one.number))
    return told[:_SHOWN]


def _alike(one: Mapping[str, Any], likeness: float, person: int | None, city: City) -> Alike:
    same = person is not None and one["contact__person"] == person
    enough = city.weight("repeats.caller_similarity" if same else "repeats.similarity")
    shown = {name: one[name] for name in _COLUMNS}
    at_work = Status(one["status"]) in OPEN
    return Alike(**shown, likeness=likeness, same_caller=same, open=at_work, duplicate=likeness >= enough)


def _candidates(
    actor: Actor, city: City, since: datetime, category: str, place: str, person: int | None
) -> Iterable[Mapping[str, Any]]:
    """Look where the indexes of orders lead: each ground by itself, the newest first."""
    recent = flow.visible(actor).filter(accepted_at__gte=since).exclude(status__in=_OUT).order_by("-accepted_at")
    grounds: list[QuerySet[Order]] = []
    if person is not None:
        grounds.append(recent.filter(contact__person=person))
    if category:
        grounds.append(recent.filter(category__in=_branch(category, [one.id for one in city.taxonomy.categories])))
    if place.count(".") >= 1:
        grounds.append(recent.filter(place__in=_branch(place, [one.id for one in city.regions])))
    said = Substr("text", 1, _CHARACTERS)
    for ground in grounds:
        yield from ground.values(*_COLUMNS, "contact__person", said=said)[:_LOOKED_AT]


def _branch(id_: str, ids: Sequence[str]) -> list[str]:
    """Return the second level above an id with everything below it, id by id: an index finds each at once."""
    top = ".".join(id_.split(".")[:2])
    return [one for one in ids if one == top or one.startswith(f"{top}.")]


def _likenesses(text: str, others: Sequence[str]) -> list[float]:
    """Return how alike each text is: shared pairs of characters, the rarer the weightier.

    What is being typed is short at first: so it is compared with the shorter of both, as long as that is at least
    half of the longer one.
    """
    own, theirs = pairs(text), [pairs(other) for other in others]
    held = Counter(pair for some in theirs for pair in some)
    weights = {pair: math.log((len(theirs) + 1) / (held[pair] + 0.5)) + 0.1 for pair in held}
    alone = math.log(2 * (len(theirs) + 1)) + 0.1

    def weight(some: Iterable[str]) -> float:
        return sum(weights.get(pair, alone) for pair in some)

    mine = weight(own)
    found = []
    for some in theirs:
        other = weight(some)
        whole = max(min(mine, other), max(mine, other) / 2)
        found.append(min(1.0, weight(own & some) / whole) if whole else 0.0)
    return found


def pairs(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters of a text, without punctuation."""
    plain = "".join(char for char in text if char.isalnum())
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))
