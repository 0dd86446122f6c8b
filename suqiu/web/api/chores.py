"""Background work of the doors: telling subscribers, reading files handed in, forgetting what is old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from suqiu.web.api import announcing, importing
from suqiu.web.api.models import Hits, KeptAnswer
from suqiu.web.api.once import KEPT_HOURS
from suqiu.web.jobs.work import every, job
from suqiu.web.site import site


@job("orders.announce")
def orders_announce(number: str, seq: int) -> None:
    """Tell subscribers of a step."""
    announcing.announce(number, seq)


@job("webhooks.deliver")
def webhooks_deliver(delivery: str) -> None:
    """Send one delivery."""
    announcing.deliver(delivery)


@every("webhooks.sweep", 5)
def webhooks_sweep() -> None:
    """Take up deliveries that were forgotten."""
    announcing.sweep()


@job("imports.read", long=True)
def imports_read(code: str) -> Callable[[], None] | None:
    """Read a file that was handed in, row by row, each in a transaction of its own."""
    return importing.read(code)


@every("api.forget", 60)
def api_forget() -> None:
    """Forget counts, kept answers and deliveries whose time is over."""
    now = site().now()
    Hits.objects.filter(minute__lt=int(now.timestamp()) // 60 - 60).delete()
    KeptAnswer.objects.filter(at__lt=now - timedelta(hours=KEPT_HOURS)).delete()
    announcing.forget_old()
