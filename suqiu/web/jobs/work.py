"""Work that nobody waits for: written down with the change that asks for it, done once, found again after a crash.

Why it is this and no library: docs/decisions/0014-background-work.md.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

from suqiu.domain.errors import Defect
from suqiu.domain.text import Text
from suqiu.web.jobs.models import Job, State
from suqiu.web.site import site

#: Short work returns nothing. Long work may return what is to be written when it is done: see `job`.
Function = Callable[..., Callable[[], None] | None]
F = TypeVar("F", bound=Function)


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered piece of work 任务类型.

    Attributes:
        name: of its own.
        function: what is done.
        long: it has a lane of its own.
        minutes: how often it comes round; None for what is asked for.
    """

    name: str
    function: Function
    long: bool = False
    minutes: int | None = None


_KINDS: dict[str, Kind] = {}
KINDS: Mapping[str, Kind] = MappingProxyType(_KINDS)


class Stopping(Exception):
    """The worker is asked to end: the work goes back, to be begun anew 正在停止."""


@dataclass(slots=True)
class Run:
    """One piece of long work while it runs 执行.

    Attributes:
        share: how much is done, as last said.
        stopping: it should end.
    """

    share: float = 0.0
    stopping: bool = False


#: What runs in this thread, None for nothing long.
present: contextvars.ContextVar[Run | None] = contextvars.ContextVar("present", default=None)


def job(name: str, *, long: bool = False) -> Callable[[F], F]:
    """Register a function as the work of this name; its arguments are what JSON can hold.

    The function runs inside a transaction with the note that it is done: what it writes to the database happens
    once. What it does outside (a request to another system) may happen again after a crash and must bear it.

    Args:
        name: unique.
        long: it takes longer than a moment, up to hours: then it runs outside any transaction, so that nobody waits
            for it, and returns what is to be written: a function, run in one transaction with the note that it is
            done. It says how far it is with `progress`.
    """

    def register(function: F) -> F:
        _register(Kind(name, function, long))
        return function

    return register


def every(name: str, minutes: int, *, long: bool = False) -> Callable[[F], F]:
    """Register a function that runs on a schedule, each time once for the whole installation.

    The times are counted from midnight of the city's clock: what runs every 1,440 minutes runs when the day begins.
    A time that was missed, because nothing ran, is made up for once.
    """

    def register(function: F) -> F:
        _register(Kind(name, function, long, minutes))
        return function

    return register


def later(name: str, *, at: datetime | None = None, key: str = "", **arguments: Any) -> None:
    """Write down work, in the transaction that is open: it is done after the commit, or never if that fails.

    Args:
        name: of a registered job.
        at: not before this moment; None is as soon as a worker is free.
        key: work with the same key that still waits is not written down twice.
        arguments: given to the function.

    Raises:
        Defect: no job has this name.
    """
    kind = _KINDS.get(name)
    if kind is None:
        raise Defect(
            "jobs.unknown",
            Text("没有名为“{name}”的后台任务", "no background work is called {name}").fill(name=name),
            Text("请将此情况告知系统管理员", "tell the administrator"),
        )
    now = site().now()
    wanted = Job(name=name, key=key, arguments=arguments, long=kind.long, at=at or now, written_at=now)
    # Whoever writes the same key at the same time waits for the other's commit, and then leaves it at that.
    Job.objects.bulk_create([wanted], ignore_conflicts=bool(key))


def progress(share: float) -> None:
    """Say how much of the long work of this thread is done, 0 to 1; called often, it also lets the worker end.

    Raises:
        Stopping: the worker is asked to end; let it pass.
    """
    run = present.get()
    if run is None:
        return
    run.share = min(max(share, 0.0), 1.0)
    if run.stopping:
        raise Stopping


@dataclass(frozen=True, slots=True)
class Standing:
    """How a piece of work goes, for a page 任务进展.

    Attributes:
        state: where it stands.
        share: how much is done, 0 to 1.
        attempts: how often it was begun.
        written_at, finished_at: when it was asked for, and over.
    """

    state: State
    share: float
    attempts: int
    written_at: datetime
    finished_at: datetime | None


def standing(name: str, key: str) -> Standing | None:
    """Return how the newest work of a name and key goes; None where there is none, or it was short and is done."""
    one = Job.objects.filter(name=name, key=key).order_by("-id").first()
    if one is None:
        return None
    return Standing(State(one.state), one.share, one.attempts, one.written_at, one.finished_at)


def _register(kind: Kind) -> None:
    held = _KINDS.get(kind.name)
    if held is not None and held.function.__qualname__ != kind.function.__qualname__:
        raise ValueError(f"two jobs are called {kind.name}")
    _KINDS[kind.name] = kind
