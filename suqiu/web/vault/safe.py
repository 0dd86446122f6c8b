"""What the rest of the platform may ask of the vault."""

from __future__ import annotations

import json
import secrets
import unicodedata
from dataclasses import asdict, dataclass
from typing import NoReturn

from django.db import transaction

from suqiu.domain.errors import InvalidInput, NotFound, NotPermitted
from suqiu.domain.text import Text
from suqiu.intake.redact import redact_text
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.roles import UNIT_BOUND, Right
from suqiu.web.audit.chain import record
from suqiu.web.orders.models import Order, Step
from suqiu.web.site import site
from suqiu.web.vault import masking, seals
from suqiu.web.vault.models import Person, Relay, Sealed

#: Letters of codes; digits could be taken for a telephone number.
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
SHORTEST_REASON, LONGEST_REASON = 4, 200


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

    def __repr__(self) -> str:
        return "Identity(…)"  # a traceback or a log line shows nobody

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is known."""
        return not (self.name.strip() or self.phone.strip() or self.contact.strip())


def remember(identity: Identity) -> Person | None:
    """Return the person with this telephone number, made if new and brought up to date; None for nobody at all.

    What is given replaces what was known; what is left empty is kept. Without a number everybody is somebody new.
    """
    if identity.is_empty:
        return None
    mark = seals.phone_mark(identity.phone)
    with transaction.atomic():
        known = Person.objects.select_for_update().filter(phone_mark=mark).first() if mark else None
        if known is None:
            code = "".join(secrets.choice(_LETTERS) for _ in range(16))
            fresh = Person(code=code, phone_mark=mark, sealed=_sealed(identity, code), created_at=site().now())
            Person.objects.bulk_create([fresh], ignore_conflicts=bool(mark))  # who calls twice at once is one person
            known = Person.objects.select_for_update().get(**({"phone_mark": mark} if mark else {"code": code}))
            if known.code == code:
                return known
        was = opened(known)
        now = Identity(*(new.strip() or old for new, old in zip(_parts(identity), _parts(was), strict=True)))
        if now != was:
            known.sealed = _sealed(now, known.code)
            known.save(update_fields=["sealed"])
    return known


def masked(person: Person | None) -> Identity:
    """Return what everybody with the order may see: `张**`, `138****5678`; empty for nobody.

    Where the caller may be secret, ask `shown` instead.
    """
    if person is None or not person.sealed:
        return Identity()
    known = opened(person)
    return Identity(
        masking.masked_name(known.name), masking.masked_phone(known.phone), masking.masked_contact(known.contact)
    )


def shown(actor: Actor, order: Order) -> Identity:
    """Return what an actor may see of an order's caller without asking: masked; nothing where it is kept secret."""
    return Identity() if kept_from(actor, order) else masked(order.contact.person)


def kept_from(actor: Actor, order: Order) -> bool:
    """Say whether the caller of an order is secret, and the actor somebody who must never know.

    Secret is a call when any of its orders is: two orders of one call would else tell of each other.
    """
    if not is_of_unit(actor):
        return False
    contact = order.contact
    return order.secret or contact.secret or Order.objects.filter(contact=contact, secret=True).exists()


def is_of_unit(actor: Actor) -> bool:
    """Say whether somebody works for a unit that handles orders, and not for the centre alone."""
    return actor.scope.departments is not None or (
        actor.user is not None and not UNIT_BOUND.isdisjoint(actor.user.role_set)
    )


def reveal(actor: Actor, order_number: str, reason: str) -> Identity:
    """Return who called about an order, and leave a trace.

    Raises:
        NotPermitted: the actor may not, or the caller of this order is kept secret from the actor's unit.
        NotFound: there is no such order in the actor's scope, or nobody knows who called.
        InvalidInput: no reason is given (at least four characters).
    """
    order = _permitted(actor, order_number, reason, "vault.reveal")
    person = order.contact.person
    if person is None or not person.sealed:
        raise NotFound(
            "vault.nobody",
            Text("该工单没有来电人信息", "nobody knows who called about this order"),
            Text("可能为匿名来电，或信息已按保存期限清除", "an anonymous call, or removed after its time"),
        )
    known = opened(person)
    record(actor, "vault.reveal", f"order:{order.number}", reason=redacted(reason.strip(), known))
    return known


def seal_text(subject: str, text: str, of: Identity | None = None) -> str:
    """Keep a text as given when it holds personal data; return it redacted, for everything outside the vault.

    Args:
        subject: what the text is: `order:<number>:text`, `step:<id>:text`, `relay:<id>:message`.
        text: as given.
        of: the caller, whose name and number are then found wherever they stand; else the order's of the subject.
    """
    safe = redacted(text, of or caller_of(_order_by(subject)))
    if safe != text:
        Sealed.objects.update_or_create(subject=subject, defaults={"sealed": seals.seal(text, f"sealed:{subject}")})
    return safe


def redacted(text: str, of: Identity | None = None) -> str:
    """Return a text without personal data and without the invisible characters that could hide it."""
    plain = "".join(char for char in text if unicodedata.category(char) != "Cf")
    if of is not None:
        phone = seals.normal_phone(of.phone)
        words = ((of.phone, "[手机]"), (phone, "[手机]"), (of.contact, "[联系方式]"), (of.name, "[姓名]"))
        for known, word in words:
            if len(known.strip()) > 1:
                plain = plain.replace(known.strip(), word)
    return redact_text(plain)


def caller_of(order: Order | None) -> Identity | None:
    """Return who called about an order, in the clear, for redacting texts about it; None where nobody knows."""
    person = order.contact.person if order is not None else None
    return opened(person) if person is not None and person.sealed else None


def unseal_text(actor: Actor, subject: str, reason: str) -> str:
    """Return a text as it was given, and leave a trace; rights and errors as for `reveal`."""
    of = _order_by(subject)
    if of is None:
        raise _no_text()
    try:
        order = _permitted(actor, of.number, reason, "vault.unseal")
    except NotFound:  # told like a text that was never kept: else its existence would show outside the scope
        raise _no_text() from None
    kept = Sealed.objects.filter(subject=subject).first()
    if kept is None:
        raise _no_text()
    said = redacted(reason.strip(), caller_of(order))
    record(actor, "vault.unseal", f"order:{order.number}", text=subject, reason=said)
    return seals.unseal(bytes(kept.sealed), f"sealed:{subject}")


def opened(person: Person) -> Identity:
    """Return who a person is, in the clear: for the vault itself and for sending the person a message."""
    return Identity(**json.loads(seals.unseal(bytes(person.sealed), f"person:{person.code}")))


def _sealed(identity: Identity, code: str) -> bytes:
    kept = Identity(*(part.strip() for part in _parts(identity)))
    return seals.seal(json.dumps(asdict(kept), ensure_ascii=False), f"person:{code}")


def _parts(identity: Identity) -> tuple[str, str, str]:
    return identity.name, identity.phone, identity.contact


def _permitted(actor: Actor, number: str, reason: str, deed: str) -> Order:
    """Return the order whose caller an actor may know, for this reason; a refusal leaves a trace too."""
    if not (actor.is_person and actor.may(Right.REVEAL_CALLER)):
        _refuse(
            actor, number, deed,
            Text("您没有查看来电人信息的权限", "you may not see who called"),
            Text("如工作需要，请向安全管理员申请", "ask the security administrator if your work needs it"),
        )  # fmt: skip
    from suqiu.web.orders import flow  # which keeps its identities here

    order = flow.find(actor, number)
    if kept_from(actor, order):
        _refuse(
            actor, number, deed,
            Text("该诉求人要求保密，承办单位不得查看其信息", "this caller is kept secret from units"),
            Text("请使用“保密转达”，由热线中心代为联系", "use the relay: the centre passes your word on"),
            "vault.secret",
        )  # fmt: skip
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        raise InvalidInput(
            "vault.no_reason",
            Text("请写明查看理由（4至200字）", "say why, in 4 to 200 characters"),
            Text("理由将记入审计，如“核实现场位置”", "it goes into the audit, as: to confirm the place"),
        )
    return order


def _refuse(actor: Actor, number: str, deed: str, message: Text, hint: Text, code: str = "vault.not_yours") -> NoReturn:
    record(actor, f"{deed}_refused", f"order:{number}", code=code)
    raise NotPermitted(code, message, hint)


def _order_by(subject: str) -> Order | None:
    """Return the order that a sealed text belongs to; None where there is none (yet)."""
    kind, _, rest = subject.partition(":")
    id_ = rest.rpartition(":")[0]
    orders = Order.objects.select_related("contact__person")
    if kind == "order":
        return orders.filter(number=id_).first()
    if kind == "step" and id_.isdecimal():
        return orders.filter(pk__in=Step.objects.filter(pk=int(id_)).values("order")).first()
    if kind == "relay" and id_.isdecimal():
        return orders.filter(number__in=Relay.objects.filter(pk=int(id_)).values("order")).first()
    return None


def _no_text() -> NotFound:
    return NotFound(
        "vault.no_text",
        Text("没有这段文字的原文", "there is no original of this text"),
        Text("文字中没有个人信息，或原文已按保存期限清除", "it held no personal data, or was removed after its time"),
    )
