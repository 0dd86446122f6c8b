"""What the rest of the platform may ask of the vault."""

from __future__ import annotations

from dataclasses import dataclass

from suqiu.web.accounts.actor import Actor
from suqiu.web.vault.models import Person


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, in the clear: never stored, logged or put into a page except by a reveal 身份.

    Attributes:
        name: as given, may be empty.
        phone: telephone number, may be empty.
        contact: another way to reach them, may be empty.
    """

    name: str = ""
    phone: str = ""
    contact: str = ""


def remember(identity: Identity) -> Person | None:
    """Return the person with this telephone number, made if new and brought up to date; None for nobody at all."""
    raise NotImplementedError


def masked(person: Person | None) -> Identity:
    """Return what everybody with the order may see: `张**`, `138****5678`; empty for nobody."""
    raise NotImplementedError


def reveal(actor: Actor, order_number: str, reason: str) -> Identity:
    """Return who called about an order, and leave a trace.

    Raises:
        NotPermitted: the actor may not, or the caller of this order is kept secret from the actor's unit.
        NotFound: there is no such order in the actor's scope.
        InvalidInput: no reason is given (at least four characters).
    """
    raise NotImplementedError


def seal_text(subject: str, text: str) -> str:
    """Keep a text as given when it holds personal data; return it redacted, for everything outside the vault."""
    raise NotImplementedError


def unseal_text(actor: Actor, subject: str, reason: str) -> str:
    """Return a text as it was given, and leave a trace; rights and errors as for `reveal`."""
    raise NotImplementedError
