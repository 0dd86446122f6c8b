"""What is proposed for an order that waits: read from its text and what is on record, the same until either changes."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from suqiu.web.live import reading
from suqiu.web.live.telling import Guess, Live
from suqiu.web.orders.models import Order, Suggestion
from suqiu.web.site import site


def of(order: Order) -> Live:
    """Return what an order says."""
    known = reading.known(
        title=order.title, type=order.type, category=order.category, place=order.place, address=order.address
    )
    return _of(order.text, order.accepted_at.isoformat(), tuple(known.items()), reading.state().key)


def sure(order: Order) -> Guess | None:
    """Return the department that is proposed surely enough to be dispatched with others; a person confirms."""
    live = of(order)
    return None if live.emergency else live.sure_department


def write_down(order: Order) -> None:
    """Note what is proposed, where nobody has noted it when the order came in, so that the choice stands beside it."""
    if order.suggestions.filter(aspect="department", final=None).exists():
        return
    live = of(order)
    lines = live.departments or (Guess("department", "", None, 1, live.version[:80]),)
    now = site().now()
    Suggestion.objects.bulk_create(
        Suggestion(
            order=order, aspect="department", value=one.value, confidence=one.confidence, rank=one.rank,
            author=one.author[:80], reason=one.reason[:200], at=now,
        )
        for one in lines
    )  # fmt: skip


@lru_cache(maxsize=2048)
def _of(text: str, at: str, recorded: tuple[tuple[str, str], ...], reader: tuple[str, str | None]) -> Live:
    return reading.read(text, datetime.fromisoformat(at), **dict(recorded))
