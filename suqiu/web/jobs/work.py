"""Work that nobody waits for: written down with the change that asks for it, done once, found again after a crash."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

Job = Callable[..., None]


def job(name: str) -> Callable[[Job], Job]:
    """Register a function as the work of this name; its arguments are what JSON can hold.

    The function runs inside a transaction with the note that it is done: what it writes to the database happens
    once. What it does outside (a request to another system) may happen again after a crash and must bear it.
    """
    raise NotImplementedError


def later(name: str, *, at: datetime | None = None, key: str = "", **arguments: Any) -> None:
    """Write down work, in the transaction that is open: it is done after the commit, or never if that fails.

    Args:
        name: of a registered job.
        at: not before this moment; None is as soon as a worker is free.
        key: work with the same key that still waits is not written down twice.
        arguments: given to the function.
    """
    raise NotImplementedError


def every(name: str, minutes: int) -> Callable[[Job], Job]:
    """Register a function that runs on a schedule, each time once for the whole installation."""
    raise NotImplementedError
