"""Changes of orders on their way to subscribers: written down for each, sent, tried again, given up, sent anew."""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.roles import Right
from suqiu.web.api import sending, shown, tokens
from suqiu.web.api.models import ApiToken, Delivery, Subscription
from suqiu.web.api.rights import WEBHOOKS
from suqiu.web.api.subscribing import signature
from suqiu.web.audit.chain import record
from suqiu.web.jobs.work import later
from suqiu.web.orders import flow
from suqiu.web.orders.models import Step
from suqiu.web.site import site

#: Minutes until the next try, after each that failed: ten tries over some three days.
PAUSES = (1, 2, 5, 15, 60, 180, 720, 1440, 1440)
TRIES = len(PAUSES) + 1
_LOST_MINUTES = 5
_KEPT_DAYS = 30


def announce(number: str, seq: int) -> None:
    """Write down, for every subscriber who may hear of it, that an order has taken a step."""
    step = Step.objects.select_related("parent").filter(order__number=number, seq=seq).first()
    if step is None:
        return
    now = site().now()
    for row in Subscription.objects.select_related("token").filter(active=True).order_by("pk"):
        if row.events and step.kind not in row.events:
            continue
        order = _seen(row.token, number, now)
        if order is not None:
            said = {"order": shown.order(order), "step": shown.step(step)}
            _write_down(row, str(step.kind), said, number, seq)


def send_test(row: Subscription) -> Delivery:
    """Write down a delivery that names no order."""
    row.rests_until = None
    row.save(update_fields=["rests_until"])
    return _write_down(row, "test", {})


def replay(actor: Actor, delivery: Delivery) -> Delivery:
    """Send a delivery anew, with all its tries before it."""
    Subscription.objects.filter(pk=delivery.subscription_id).update(rests_until=None)
    delivery.state, delivery.tries, delivery.problem, delivery.done_at = "waiting", 0, "", None
    delivery.next_at = site().now()
    delivery.save()
    record(actor, "webhook.replay", f"webhook:{delivery.subscription.code}", delivery=delivery.code)
    later("webhooks.deliver", key=delivery.code, delivery=delivery.code)
    return delivery


def deliver(delivery: str) -> None:
    """Send one delivery once the transaction is over: no lock is held while a receiver thinks."""
    transaction.on_commit(partial(send_now, delivery), robust=True)


def send_now(code: str) -> None:
    """Try a delivery, and write down what came of it."""
    row = Delivery.objects.select_related("subscription__token").filter(code=code, state="waiting").first()
    if row is None or not row.subscription.active:
        return
    now, to = site().now(), row.subscription
    if not tokens.holds(to.token, now):
        _give_up(row, "webhook.token_ended", now)
        return
    if to.rests_until is not None and to.rests_until > now:
        _try_later(row, to.rests_until)
        return
    body = row.payload.encode()
    outcome = sending.send(
        to.url,
        body,
        {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Suqiu-Webhook/1",
            "Suqiu-Event": row.event,
            "Suqiu-Delivery": row.code,
            "Suqiu-Signature": signature(to, body, int(now.timestamp())),
        },
    )
    with transaction.atomic():
        _note(row, outcome)


def sweep() -> None:
    """Take up what was forgotten because a worker died while sending."""
    lost = site().now() - timedelta(minutes=_LOST_MINUTES)
    for code in Delivery.objects.filter(state="waiting", next_at__lt=lost).values_list("code", flat=True)[:500]:
        later("webhooks.deliver", key=code, delivery=code)


def forget_old() -> None:
    """Drop deliveries that are over and a month old."""
    old = site().now() - timedelta(days=_KEPT_DAYS)
    Delivery.objects.filter(at__lt=old).exclude(state="waiting").delete()


def _seen(token: ApiToken, number: str, now: datetime) -> Any:
    actor = tokens.actor_for(token)
    if not (tokens.holds(token, now) and actor.may(WEBHOOKS) and actor.may(Right.SEE_ORDERS)):
        return None
    return flow.visible(actor).select_related(*shown.BESIDE).filter(number=number).first()


def _write_down(to: Subscription, event: str, said: dict[str, Any], number: str = "", seq: int = 0) -> Delivery:
    now, code = site().now(), secrets.token_hex(12)
    payload = json.dumps(
        {"id": code, "event": event, "at": now, **said}, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True
    )
    if number:
        known = Delivery.objects.filter(subscription=to, number=number, seq=seq).first()
        if known is not None:
            return known
    row = Delivery.objects.create(
        code=code, subscription=to, event=event, number=number, seq=seq, payload=payload, next_at=now, at=now
    )
    later("webhooks.deliver", key=code, delivery=code)
    return row


def _note(row: Delivery, outcome: sending.Outcome) -> None:
    now = site().now()
    row.tries, row.status, row.problem = row.tries + 1, outcome.status, outcome.problem
    if not outcome.problem:
        row.state, row.next_at, row.done_at = "delivered", None, now
        row.save()
        Subscription.objects.filter(pk=row.subscription_id).update(rests_until=None)
        return
    if outcome.status == 410:  # the receiver says that it is gone for good
        Subscription.objects.filter(pk=row.subscription_id).update(active=False)
    if row.tries >= TRIES or outcome.status == 410:
        _give_up(row, outcome.problem, now)
        return
    then = now + timedelta(minutes=PAUSES[row.tries - 1])
    if outcome.status is None:  # nobody answers there: nothing else is tried before, so that one costs one wait
        Subscription.objects.filter(pk=row.subscription_id).update(rests_until=then)
    _try_later(row, then)


def _try_later(row: Delivery, then: datetime) -> None:
    row.next_at = then
    row.save()
    later("webhooks.deliver", at=then, key=row.code, delivery=row.code)


def _give_up(row: Delivery, problem: str, now: datetime) -> None:
    row.state, row.problem, row.next_at, row.done_at = "dead", problem, None, now
    row.save()
