"""How many requests a minute: counted in the database, so that several processes share one limit.

Each process takes permits in small lots, so that not every request writes; a lot that is not used up is lost with its
minute. So nobody gets more than the limit, and somebody who comes through many processes may get a little less.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F

from suqiu.domain.text import Text
from suqiu.web.api.answers import Turned
from suqiu.web.api.models import Hits
from suqiu.web.site import site

_LOTS = 20
_AT_HAND: dict[str, tuple[int, int, int]] = {}  # bucket → minute, permits at hand, permits left at the counter
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a bucket stands 限流状态.

    Attributes:
        limit, remaining: requests a minute, and those that are left.
        seconds: until it begins anew.
    """

    limit: int
    remaining: int
    seconds: int

    def headers(self) -> dict[str, str]:
        """Return what every answer says of it."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.seconds),
        }


def take(bucket: str, limit: int) -> Standing:
    """Take one permit.

    Raises:
        Turned: none is left in this minute (429).
    """
    seconds_now = int(site().now().timestamp())
    minute, left = seconds_now // 60, 60 - seconds_now % 60
    with _LOCK:
        known, at_hand, at_counter = _AT_HAND.get(bucket, (minute, 0, limit))
        if known != minute:
            at_hand, at_counter = 0, limit
        if at_hand == 0:
            if len(_AT_HAND) > 10_000:
                _AT_HAND.clear()
            at_hand, at_counter = _fetch(bucket, minute, limit)
        if at_hand > 0:
            _AT_HAND[bucket] = (minute, at_hand - 1, at_counter)
    if at_hand == 0:
        raise Turned(
            429,
            "api.too_many",
            Text("请求过于频繁：每分钟至多{limit}次", "too many requests: {limit} a minute").fill(limit=limit),
            Text("请在{left}秒后重试", "try again in {left} seconds").fill(left=left),
            {"Retry-After": str(left), **Standing(limit, 0, left).headers()},
        )
    return Standing(limit, at_hand - 1 + at_counter, left)


def forget() -> None:
    """Give up all permits at hand, as a process does that ends."""
    with _LOCK:
        _AT_HAND.clear()


def _fetch(bucket: str, minute: int, limit: int) -> tuple[int, int]:
    """Fetch a lot from the counter; return what came, and what is left there."""
    lot = max(1, limit // _LOTS)
    row = Hits.objects.filter(bucket=bucket, minute=minute)
    if not row.exists():
        try:
            with transaction.atomic():
                Hits.objects.create(bucket=bucket, minute=minute)
        except IntegrityError:
            pass  # another process was first
    if row.filter(taken__lte=limit - lot).update(taken=F("taken") + lot):
        got = lot
    elif row.filter(taken__lt=limit).update(taken=F("taken") + 1):
        got = 1
    else:
        return 0, 0
    taken = row.values_list("taken", flat=True).first() or 0
    return got, max(0, limit - taken)
