"""Who calls: earlier orders of the same telephone number, without showing whose it is 来电人历史."""

from __future__ import annotations

from dataclasses import dataclass

from suqiu.web.accounts.actor import Actor
from suqiu.web.orders import flow
from suqiu.web.orders.decisions import OPEN
from suqiu.web.orders.models import Order
from suqiu.web.vault import seals
from suqiu.web.vault.models import Person

_SHOWN = 5
_LEAST_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known of somebody who calls again 来电人.

    Attributes:
        person: id in the vault.
        count, open: earlier orders, and those still at work.
        newest: the newest of them.
        dissatisfied: how many of them the caller was not satisfied with.
        satisfaction: as said last, empty for never.
    """

    person: int
    count: int
    open: int
    newest: list[Order]
    dissatisfied: int
    satisfaction: str


def person_of(phone: str) -> int | None:
    """Return the id of the person with this number, None for nobody known."""
    if len(seals.normal_phone(phone)) < _LEAST_DIGITS:
        return None
    return Person.objects.filter(phone_mark=seals.phone_mark(phone)).values_list("pk", flat=True).first()


def known(actor: Actor, phone: str) -> Caller | None:
    """Return what is known of who has this number, None for nobody."""
    person = person_of(phone)
    if person is None:
        return None
    orders = flow.visible(actor).filter(contact__person=person).order_by("-accepted_at")
    said = list(orders.exclude(satisfaction="").values_list("satisfaction", flat=True)[:50])
    return Caller(
        person,
        orders.count(),
        orders.filter(status__in=OPEN).count(),
        list(orders[:_SHOWN]),
        sum(grade in {"dissatisfied", "very_dissatisfied"} for grade in said),
        said[0] if said else "",
    )


def found(actor: Actor, words: str) -> list[Order]:
    """Return orders by their number, by the caller's number, or by words."""
    from suqiu.web.desks.orders import search

    orders = flow.visible(actor).order_by("-accepted_at")
    person = person_of(words) if words.replace(" ", "").replace("-", "").lstrip("+").isdecimal() else None
    if person is not None:
        return list(orders.filter(contact__person=person)[: 2 * _SHOWN])
    return list(search.page(actor, search.Question(words=words)).orders[: 2 * _SHOWN])
