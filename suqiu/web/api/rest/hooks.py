"""Subscriptions: to be told of changes instead of asking for them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status
from ninja.params.functions import Path, Query

from suqiu.domain.errors import NotFound
from suqiu.domain.text import Text
from suqiu.web.api import announcing, subscribing
from suqiu.web.api.door import need, token_of
from suqiu.web.api.models import Delivery, Subscription
from suqiu.web.api.rest.shapes import CODE, DeliveryOut, SubscriptionIn, SubscriptionMade, SubscriptionOut
from suqiu.web.api.rights import WEBHOOKS

router = Router()
SubscriptionCode = Path(..., pattern=CODE)


@router.get("", response=list[SubscriptionOut], summary="订阅列表 Subscriptions", operation_id="list_webhooks")
def index(request: HttpRequest) -> list[dict[str, Any]]:
    """Return this token's subscriptions."""
    need(request, WEBHOOKS)
    return [_shown(row) for row in token_of(request).subscriptions.order_by("pk")]


@router.post("", response={201: SubscriptionMade}, summary="订阅工单变化 Subscribe", operation_id="subscribe")
def subscribe(request: HttpRequest, body: SubscriptionIn) -> Any:
    """Ask to be told of steps of orders in this token's scope; the signing secret is told only now."""
    caller = need(request, WEBHOOKS)
    row, secret = subscribing.subscribe(caller, token_of(request), body.url, [str(kind) for kind in body.events])
    return Status(201, _shown(row) | {"secret": secret})


@router.delete("/{code}", response={204: None}, summary="取消订阅 Unsubscribe", operation_id="unsubscribe")
def unsubscribe(request: HttpRequest, code: str = SubscriptionCode) -> Any:
    """Stop being told; what waits is not sent any more."""
    caller = need(request, WEBHOOKS)
    subscribing.unsubscribe(caller, _own(request, code))
    return Status(204, None)


@router.post("/{code}/test", response={202: DeliveryOut}, summary="试推送 Send a test", operation_id="test_webhook")
def send_test(request: HttpRequest, code: str = SubscriptionCode) -> Any:
    """Send a test that names no order, by the same way as everything else."""
    need(request, WEBHOOKS)
    return Status(202, _delivery(announcing.send_test(_own(request, code))))


@router.get(
    "/{code}/deliveries", response=list[DeliveryOut], summary="推送记录 Deliveries", operation_id="list_deliveries"
)
def deliveries(
    request: HttpRequest, code: str = SubscriptionCode, limit: int = Query(50, ge=1, le=200)
) -> list[dict[str, Any]]:  # fmt: skip
    """Return the last deliveries, the youngest first."""
    need(request, WEBHOOKS)
    return [_delivery(row) for row in _own(request, code).deliveries.order_by("-pk")[:limit]]


@router.post(
    "/{code}/deliveries/{delivery}/replay", response={202: DeliveryOut}, summary="重新推送 Send again",
    operation_id="replay",
)  # fmt: skip
def replay(request: HttpRequest, code: str = SubscriptionCode, delivery: str = Path(..., pattern=CODE)) -> Any:
    """Send a delivery again, whether it arrived or not; the receiver knows it by its code."""
    caller = need(request, WEBHOOKS)
    row = _own(request, code).deliveries.filter(code=delivery).first()
    if row is None:
        raise _none()
    return Status(202, _delivery(announcing.replay(caller, row)))


def _own(request: HttpRequest, code: str) -> Subscription:
    row = token_of(request).subscriptions.filter(code=code).first()
    if row is None:
        raise _none()
    return row


def _none() -> NotFound:
    return NotFound(
        "webhook.none", Text("没有该订阅或推送", "there is no such subscription or delivery"),
        Text("请核对编码", "check the code"),
    )  # fmt: skip


def _shown(row: Subscription) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("code", "url", "events", "active", "made_at")}


def _delivery(row: Delivery) -> dict[str, Any]:
    said = {
        name: getattr(row, name) for name in ("code", "event", "state", "tries", "next_at", "status", "at", "done_at")
    }
    return said | {"number": row.number or None, "problem": row.problem or None}
