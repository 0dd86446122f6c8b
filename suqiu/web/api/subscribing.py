"""Who is told of changes, and the key that signs what is sent."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from django.db import transaction

from suqiu.domain.errors import Conflict
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.api.models import ApiToken, Subscription
from suqiu.web.api.sending import checked
from suqiu.web.audit.chain import record
from suqiu.web.site import site
from suqiu.web.vault import seals

_MOST = 20


def subscribe(actor: Actor, token: ApiToken, url: str, events: Sequence[str]) -> tuple[Subscription, str]:
    """Add a subscription; the second value is its signing secret, told once.

    Raises:
        InvalidInput: the address may not be written to.
        Conflict: the token has as many subscriptions as it may have.
    """
    checked(url)
    if token.subscriptions.count() >= _MOST:
        raise Conflict(
            "webhook.too_many",
            Text("每个令牌至多{most}个订阅", "a token has at most {most} subscriptions").fill(most=_MOST),
            Text("请先取消不再使用的订阅", "delete one that is not used any more"),
        )
    code, secret = secrets.token_hex(12), "whsec_" + secrets.token_urlsafe(32)
    with transaction.atomic():
        row = Subscription.objects.create(
            code=code, token=token, url=url, events=sorted(set(events)), secret=seals.seal(secret, f"webhook:{code}"),
            made_at=site().now(),
        )  # fmt: skip
        record(actor, "webhook.subscribe", f"webhook:{code}", events=row.events)
    return row, secret


def unsubscribe(actor: Actor, row: Subscription) -> None:
    """Stop telling; what waits is dropped with it."""
    with transaction.atomic():
        record(actor, "webhook.unsubscribe", f"webhook:{row.code}")
        row.delete()


def signature(row: Subscription, body: bytes, at: int) -> str:
    """Return the signature of a body sent at a moment (seconds since 1970): `t=…,v1=…`.

    It is HMAC-SHA256 over the moment, a full stop, and the body; a receiver refuses what is old, so nothing can be
    sent to it a second time by somebody who listened.
    """
    secret = seals.unseal(bytes(row.secret), f"webhook:{row.code}")
    mark = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mark}"
