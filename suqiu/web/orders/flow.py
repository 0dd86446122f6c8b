"""The flow at work: the only module that appends steps and changes orders.

Whatever is asked for is checked for who may, when, and with what; then the step is appended, the order's derived
columns follow, the audit and the outbox get their lines, all in one transaction. Nothing is done twice: a deed with a
key that was seen is answered as the first time, one on an outdated version is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from suqiu.domain.order import StepKind
from suqiu.web.accounts.actor import Actor
from suqiu.web.orders.actions import Action, Deed
from suqiu.web.orders.models import Attachment, Contact, Order
from suqiu.web.vault.safe import Identity


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand of a call, as taken down; texts as given: they are redacted on the way in.

    Attributes:
        title, text: one line, and everything.
        type, category, place, urgency: codes and ids; empty where nobody has said.
        address, object_name: as said.
        lon, lat: WGS-84 degrees.
        suggestions: what `live` proposed, as it proposed it: written down beside what the person chose.
        key: the sender's own mark; the same again is the same demand.
    """

    title: str
    text: str
    type: str = ""
    category: str = ""
    place: str = ""
    urgency: str = "normal"
    address: str = ""
    object_name: str = ""
    lon: float | None = None
    lat: float | None = None
    suggestions: tuple[dict[str, object], ...] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """How a demand came in.

    Attributes:
        channel: code of `domain.order.Channel`.
        identity: who called; goes into the vault.
        secret: not to be named to any unit.
        call_id, language: see `Contact`.
        at: when; None is now.
        track_code: the code that a citizen was given, for following the order; empty for none.
    """

    channel: str
    identity: Identity = field(default_factory=Identity)
    secret: bool = False
    call_id: str = ""
    language: str = "zh"
    at: datetime | None = None
    track_code: str = ""


def accept(actor: Actor, coming: Coming, demands: Sequence[Demand]) -> tuple[Contact, list[Order]]:
    """Take down a call: one contact, one order for each demand.

    Raises:
        NotPermitted: the actor may not accept.
        InvalidInput: a demand lacks title or text, or names a code or id that does not exist.
    """
    raise NotImplementedError


def visible(actor: Actor) -> QuerySet[Order]:
    """Return the orders in an actor's scope: every list, search, export and page begins here."""
    raise NotImplementedError


def find(actor: Actor, number: str) -> Order:
    """Return one order in an actor's scope.

    Raises:
        NotFound: there is none of this number in the scope; whether it exists elsewhere cannot be told.
    """
    raise NotImplementedError


def act(actor: Actor, number: str, deed: Deed) -> Order:
    """Take one step of an order.

    Raises:
        NotFound: as `find`.
        NotPermitted: the actor may not take this step, or not in this unit's place.
        Conflict: the order has moved on since the version named, or the step is illegal now; the message says which.
        InvalidInput: something that the step needs is missing or does not exist.
    """
    raise NotImplementedError


def offered(actor: Actor, order: Order) -> list[Action]:
    """Return what an actor could do to an order now, in the order of the flow: the buttons of its page."""
    raise NotImplementedError


def amend(actor: Actor, number: str, version: int, **changes: str | float | None) -> Order:
    """Correct what was taken down: title, text, type, category, place, address, urgency, object_name, lon, lat.

    What it was before stays in the audit. It is refused once the order is closed.

    Raises:
        NotFound, NotPermitted, Conflict, InvalidInput: as `act`.
    """
    raise NotImplementedError


def attach(actor: Actor, number: str, kind: str, name: str, content: bytes) -> Attachment:
    """Keep a file with an order, after looking into it: see `orders.files`.

    Raises:
        NotFound, NotPermitted: as `act`.
        InvalidInput: too large, of a kind that is not taken, or not what its name says.
    """
    raise NotImplementedError


def reopen_by_citizen(number: str, track_code: str, reason: str, key: str | None = None) -> Order:
    """Begin anew what the citizen says was not solved.

    Raises:
        NotFound: no order of this number has this code.
        Conflict: it is not closed, or too long ago (`flow.reopen_days` of the city's weights).
    """
    raise NotImplementedError


def next_steps(order: Order) -> frozenset[StepKind]:
    """Return the steps that are legal from where an order stands, whoever acts."""
    raise NotImplementedError
