"""What the system administrator sees of background work, and may do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet

from suqiu.domain.errors import NotFound
from suqiu.domain.text import Text
from suqiu.web.jobs.models import Job, Schedule, State
from suqiu.web.site import site


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is still to be done under one name 待办任务.

    Attributes:
        name: of the work.
        waiting, running: how many.
        oldest: since when the oldest could have begun; None where nothing is due.
    """

    name: str
    waiting: int
    running: int
    oldest: datetime | None


def backlog() -> list[Backlog]:
    """Return what is open, by name."""
    found: dict[str, dict[str, Any]] = {}
    for row in (
        Job.objects.filter(state__in=(State.WAITING, State.RUNNING))
        .values("name", "state")
        .annotate(count=Count("pk"), oldest=Min("at"))
    ):
        found.setdefault(row["name"], {})[row["state"]] = row
    now = site().now()
    return [
        Backlog(
            name,
            rows.get(State.WAITING, {}).get("count", 0),
            rows.get(State.RUNNING, {}).get("count", 0),
            oldest if (oldest := rows.get(State.WAITING, {}).get("oldest")) and oldest <= now else None,
        )
        for name, rows in sorted(found.items())
    ]


def dead() -> QuerySet[Job]:
    """Return the work that was given up, the newest first."""
    return Job.objects.filter(state=State.DEAD).order_by("-finished_at", "-id")


def schedules() -> QuerySet[Schedule]:
    """Return what comes round, by its next time."""
    return Schedule.objects.order_by("next_at", "name")


def again(pk: int) -> None:
    """Let work that was given up be tried anew.

    Raises:
        NotFound: no such work was given up.
    """
    one = _dead(pk)
    if one.key and Job.objects.filter(name=one.name, key=one.key, state=State.WAITING).exists():
        one.delete()  # the same waits already
        return
    one.state, one.attempts, one.at, one.finished_at = State.WAITING, 0, site().now(), None
    one.save(update_fields=("state", "attempts", "at", "finished_at"))


def drop(pk: int) -> None:
    """Forget work that was given up.

    Raises:
        NotFound: no such work was given up.
    """
    _dead(pk).delete()


def _dead(pk: int) -> Job:
    one = Job.objects.filter(pk=pk, state=State.DEAD).first()
    if one is None:
        raise NotFound(
            "jobs.none_dead",
            Text("没有这项已停办的任务", "no such work was given up"),
            Text("请刷新列表", "reload the list"),
        )
    return one
