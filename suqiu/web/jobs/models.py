"""What is still to be done, and when what comes round is next due."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class State(models.TextChoices):
    """Where a piece of work stands 任务状态."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class Job(models.Model):
    """One piece of work that nobody waits for 后台任务.

    Short work is gone once it is done; long work stays a week, for the page that shows how it went.

    Attributes:
        name: of the registered function.
        arguments: what it is given; never personal data.
        key: work of this name and key that still waits is not written down twice; empty for none.
        long: it may take longer than a moment: it has a lane of its own, and reports its progress.
        state: where it stands.
        at: not before; while it runs, the end of its lease: then another worker may take it up.
        worker: who runs it.
        attempts: how often it was begun.
        share: how much is done, 0 to 1, as far as it says.
        error: what stopped it last: kind and place of the fault, no message, since that may name persons.
        written_at, finished_at: when it was asked for, and over.
    """

    name = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    key = models.CharField(max_length=120, blank=True)
    long = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    at = models.DateTimeField()
    worker = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    share = models.FloatField(default=0.0)
    error = models.CharField(max_length=200, blank=True)
    written_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        """One search, made twice a second; and one that still waits for each key."""

        indexes = (
            models.Index(fields=("long", "at", "id"), condition=Q(state__in=("waiting", "running")), name="job_open"),
            models.Index(fields=("name", "key", "-id"), name="job_named"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("name", "key"), condition=Q(state="waiting") & ~Q(key=""), name="one_waits_for_a_key"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.key}".strip()


class Schedule(models.Model):
    """When work that comes round is next due 定时任务.

    Attributes:
        name: of the registered function.
        minutes: from one time to the next.
        next_at: when it is due.
    """

    name = models.CharField(max_length=60, unique=True)
    minutes = models.PositiveIntegerField()
    next_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
