"""Who told it before: orders like the one that is being taken down, found while it is typed 相似与重复工单."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models.functions import Substr

from suqiu.domain.city import City
from suqiu.domain.order import Status
from suqiu.web.accounts.actor import Actor
from suqiu.web.orders import flow
from suqiu.web.orders.decisions import OPEN
from suqiu.web.site import site

#: Orders that an index names on each ground, those of them that are looked at, and how much of their text.
_NAMED, _LOOKED_AT, _CHARACTERS = 2_000, 120, 400
#: Looked at first: those of the same kind in the same street, and the same caller's.
_OF_BOTH, _OF_CALLER = 80, 40
#: Fewer characters than this say nothing that could be alike.
LEAST_TEXT = 8
#: Below this likeness nobody is told.
_LEAST = 0.35
_SHOWN = 5
_COLUMNS = ("number", "title", "place", "address", "status", "department", "accepted_at", "version")
#: What a pair is worth that every text has.
_ORDINARY = 0.1
#: Chinese characters begin here, and full-width signs here.
_IDEOGRAPHS, _SIGNS = 0x3400, 0xFE10
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
    if len(text.strip()) < LEAST_TEXT:
        return []
    here, city = site(), site().city
    since = here.now() - timedelta(days=city.weight("repeats.window_days"))
    rows = [one for one in _candidates(actor, city, since, category, place, person) if one["number"] != but]
    likenesses = _likenesses(text, [f"{one['title']}\n{one['said']}" for one in rows])
    lowest = min(_LEAST, city.weight("repeats.caller_similarity"))
    pairs = ((one, share) for one, share in zip(rows, likenesses, strict=True) if share >= lowest)
    told = [_alike(one, share, person, city) for one, share in pairs]
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
) -> Sequence[Mapping[str, Any]]:
    """Look where the indexes of orders lead, then read the few orders that are likeliest.

    An index alone tells which orders are of a kind or in a street, without reading one of them.
    """
    seen = flow.visible(actor)
    newest = seen.filter(accepted_at__gte=since).order_by("-accepted_at").values_list("pk", flat=True)
    kinds = _branch(category, [one.id for one in city.taxonomy.categories]) if category else []
    places = _branch(place, [one.id for one in city.regions]) if place.count(".") >= 1 else []
    alike = list(newest.filter(category__in=kinds)[:_NAMED]) if kinds else []
    near = list(newest.filter(place__in=places)[:_NAMED]) if places else []
    told = list(newest.filter(contact__person=person)[:_OF_CALLER]) if person is not None else []
    there = set(near)
    both = [pk for pk in alike if pk in there][:_OF_BOTH]
    # Of each ground alone the newest, in turn: the place may be told otherwise, or the kind be read otherwise.
    alone = [pk for pair in zip_longest(alike, near) for pk in pair if pk is not None]
    chosen = list(dict.fromkeys((*told, *both, *alone)))[:_LOOKED_AT]
    rows = seen.filter(pk__in=chosen).exclude(status__in=_OUT)
    return list(rows.values(*_COLUMNS, "contact__person", said=Substr("text", 1, _CHARACTERS)))


def _branch(id_: str, ids: Sequence[str]) -> list[str]:
    """Return the second level above an id with everything below it, id by id: an index finds each at once."""
    top = ".".join(id_.split(".")[:2])
    return [one for one in ids if one == top or one.startswith(f"{top}.")]


def _likenesses(text: str, others: Sequence[str]) -> list[float]:
    """Return how alike each text is: shared pairs of characters, the rarer the weightier.

    What is being typed is short at first: so it is compared with the shorter of both, as long as that is at least
    half of the longer one.
    """
    rows, pairs = _pairs([text, *others])
    distinct, numbers, held = np.unique(pairs, return_inverse=True, return_counts=True)
    weights = np.log((len(others) + 2) / held) + _ORDINARY
    own = np.zeros(len(distinct), dtype=np.bool_)
    own[numbers[rows == 0]] = True
    size = len(others) + 1
    whole = np.bincount(rows, weights=weights[numbers], minlength=size)
    shared = np.bincount(rows, weights=np.where(own[numbers], weights[numbers], 0.0), minlength=size)
    low, high = np.minimum(whole, whole[0]), np.maximum(whole, whole[0])
    found: list[float] = np.minimum(1.0, shared / np.maximum(np.maximum(low, high / 2), _ORDINARY))[1:].tolist()
    return found


def _pairs(texts: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the distinct pairs of neighbouring characters of all texts, without punctuation: text and code of each."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.int64)
    rows = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    kept = (codes >= _IDEOGRAPHS) | (codes >= ord("0")) & (codes <= ord("9")) | (_small(codes))
    kept &= codes < _SIGNS
    codes, rows = codes[kept], rows[kept]
    together = np.flatnonzero(rows[1:] == rows[:-1])
    keys = rows[together] << 40 | codes[together] << 20 | codes[together + 1]
    keys.sort()  # numpy's own unique takes four times as long here
    keys = keys[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(keys) else keys
    return keys >> 40, keys & ((1 << 40) - 1)


def _small(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    letters = codes | 0x20
    return np.asarray((codes < 0x80) & (letters >= ord("a")) & (letters <= ord("z")))
