"""What readers keep of their questions, and what is being made in the background."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """A question somebody keeps 常用分析.

    Attributes:
        code: its name in links, random.
        owner: who keeps it.
        name: as listed.
        query: the question, as in the page's address; checked before it is kept.
        shared: who has the link and may use the analysis desk may open it; figures are of the reader's own scope.
        at: when it was kept.
    """

    code = models.CharField(max_length=32, unique=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=600)
    shared = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        """The newest first."""

        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return self.name


class Making(models.Model):
    """A refresh of the analysis or a report, made in the background 后台生成任务.

    Attributes:
        code: its name, also of its folder.
        kind: `refresh` or `report`.
        by: who asked; None for the schedule.
        language: of a report.
        first, last: the period of a report; None for all days.
        state: `waiting`, `running`, `done` or `failed`.
        stage_zh, stage_en: what is being done.
        share: part of the stage that is done, 0 to 1; None where unknown.
        asked_at, ended_at: when.
        problem_zh, problem_en: why it failed.
    """

    KINDS = (("refresh", "更新分析"), ("report", "生成报告"))
    STATES = (("waiting", "等待"), ("running", "进行中"), ("done", "已完成"), ("failed", "未完成"))

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=KINDS)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    language = models.CharField(max_length=2, default="zh")
    first = models.DateField(null=True)
    last = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=STATES, default="waiting")
    stage_zh = models.CharField(max_length=60, blank=True)
    stage_en = models.CharField(max_length=60, blank=True)
    share = models.FloatField(null=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    problem_zh = models.CharField(max_length=300, blank=True)
    problem_en = models.CharField(max_length=300, blank=True)

    class Meta:
        """The newest first."""

        ordering = ("-asked_at", "-id")
        indexes = (models.Index(fields=("kind", "state")),)

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in {"waiting", "running"}
