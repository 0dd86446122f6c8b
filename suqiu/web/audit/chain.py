"""The chain of audit lines: each carries a keyed mark over itself and the line before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from suqiu.web.accounts.actor import Actor


def record(actor: Actor, deed: str, subject: str = "", **detail: Any) -> None:
    """Append a line, in the transaction that is open or one of its own.

    Args:
        actor: who does it.
        deed: what, as `object.verb`: `order.read`, `vault.reveal`, `orders.export`, `user.change`.
        subject: what it is done to, as `kind:id`.
        detail: what else is worth knowing: numbers, codes, the reason given; never personal data.
    """
    raise NotImplementedError


def verify() -> list[Mapping[str, Any]]:
    """Return every break of the chain: `number` and `problem` each; nothing when it is whole."""
    raise NotImplementedError
