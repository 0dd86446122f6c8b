"""The relay: a unit asks or tells a caller whom it must not know; the centre calls and brings the answer back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from suqiu.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.roles import Right
from suqiu.web.audit.chain import record
from suqiu.web.orders import flow
from suqiu.web.orders.models import Order
from suqiu.web.site import site
from suqiu.web.vault import safe
from suqiu.web.vault.models import Relay

LONGEST = 1000


def ask(actor: Actor, order_number: str, message: str) -> Relay:
    """Write down what a unit asks or tells the caller of an order.

    Raises:
        NotPermitted: the actor may not use the relay.
        NotFound: there is no such order in the actor's scope.
        InvalidInput: the message is empty or too long.
    """
    _permitted(actor)
    order = flow.find(actor, order_number)
    said = _checked(message)
    with transaction.atomic():
        one = Relay.objects.create(order=order.number, asked_by=actor.label, asked_at=site().now(), message="")
        one.message = safe.seal_text(f"relay:{one.pk}:message", said, safe.caller_of(order))
        one.save(update_fields=["message"])
        record(actor, "relay.ask", f"order:{order.number}", relay=one.pk)
    return one


def pass_on(actor: Actor, relay: int, answer: str) -> Relay:
    """Write down what the caller said; only the centre does, which alone knows the caller.

    Raises:
        NotPermitted: the actor may not use the relay, or works for a unit.
        NotFound: there is no such word in the actor's scope.
        Conflict: it has been answered.
        InvalidInput: the answer is empty or too long.
    """
    _permitted(actor)
    if safe.is_of_unit(actor):
        raise NotPermitted(
            "relay.centre_only",
            Text("转达结果由热线中心填写", "the centre writes down what the caller said"),
            Text("请等待中心联系诉求人", "wait until the centre has reached the caller"),
        )
    said = _checked(answer)
    with transaction.atomic():
        one = Relay.objects.select_for_update().filter(pk=relay).first()
        if one is None:
            raise _none()
        order = flow.find(actor, one.order)
        if one.answered_at is not None:
            raise Conflict(
                "relay.answered",
                Text("该转达已有结果", "this has been answered"),
                Text("请刷新页面查看", "reload the page to see it"),
            )
        one.answer = safe.seal_text(f"relay:{one.pk}:answer", said, safe.caller_of(order))
        one.answered_by, one.answered_at = actor.label, site().now()
        one.save(update_fields=["answer", "answered_by", "answered_at"])
        record(actor, "relay.answer", f"order:{one.order}", relay=one.pk)
    return one


def of_order(actor: Actor, order: Order) -> Sequence[Relay]:
    """Return the words passed about an order in the actor's scope, the oldest first: each side sees both."""
    return list(Relay.objects.filter(order=order.number).order_by("asked_at", "pk"))


def in_scope(actor: Actor, *, answered: bool) -> QuerySet[Relay]:
    """Return the words of all orders in the actor's scope: those that wait, or those that were answered."""
    numbers = flow.visible(actor).values("number")
    chosen = Relay.objects.filter(order__in=numbers, answered_at__isnull=not answered)
    return chosen.order_by("-answered_at", "-pk") if answered else chosen.order_by("asked_at", "pk")


def _checked(text: str) -> str:
    said = text.strip()
    if not 2 <= len(said) <= LONGEST:
        raise InvalidInput(
            "relay.length",
            Text("请填写2至1000字", "write 2 to 1000 characters"),
            Text("写明要询问或告知的内容", "say what to ask or to tell"),
        )
    return said


def _permitted(actor: Actor) -> None:
    if not (actor.is_person and actor.may(Right.RELAY)):
        raise NotPermitted(
            "relay.not_yours",
            Text("您没有使用保密转达的权限", "you may not use the relay"),
            Text("如工作需要，请向安全管理员申请", "ask the security administrator if your work needs it"),
        )


def _none() -> NotFound:
    return NotFound(
        "relay.none", Text("没有这条转达", "no such word to pass on"), Text("请刷新页面后重试", "reload and try again")
    )
