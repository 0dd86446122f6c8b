"""The tables of the knowledge base."""

from __future__ import annotations

from django.db import models


class Article(models.Model):
    """One answer that the hotline gives 知识条目.

    Attributes:
        code: stable code, as in the city pack or given here.
        title: what it answers; body: the answer; source: the document it rests on.
        category: the category it belongs to; empty for general matters.
        department: the unit that answers for it; empty for the hotline itself.
        audience: who may read it: `public` everybody, also citizens; `staff` who works here; `units` only `readers`.
        readers: ids of the units that may read it where `audience` is `units`.
        valid_from, valid_until: days between which it holds, both inclusive; None is no limit.
        version: count of its wordings; who edits names the one seen.
        retired: taken back; kept for what it once said.
        changed_at, changed_by: of the present wording, as `Actor.label`.
    """

    code = models.CharField(max_length=30, unique=True)
    title = models.CharField(max_length=120)
    body = models.TextField(max_length=20_000)
    source = models.CharField(max_length=200)
    category = models.CharField(max_length=40, blank=True)
    department = models.CharField(max_length=40, blank=True)
    audience = models.CharField(max_length=10, default="staff")
    readers = models.JSONField(default=list, blank=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    retired = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=80)

    class Meta:
        """The searches that are fast."""

        indexes = (models.Index(fields=("retired", "valid_until")), models.Index(fields=("category",)))

    def __str__(self) -> str:
        return self.code


class Wording(models.Model):
    """What an article once said 历史版本; appended, never changed.

    Attributes:
        version: 1 for the first.
        title, body, source, valid_from, valid_until: as they were.
        at, by, reason: when, who, and why it was written.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="wordings")
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    body = models.TextField()
    source = models.CharField(max_length=200)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=200)

    class Meta:
        """One wording a version."""

        ordering = ("-version",)
        constraints = (models.UniqueConstraint(fields=("article", "version"), name="one_wording_a_version"),)
