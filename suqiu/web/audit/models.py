"""The audit's tables."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One line of the audit; appended, never changed 审计记录.

    Attributes:
        number: 1 for the first, without gaps.
        at: when.
        actor: who, as `Actor.label`.
        address: from where.
        deed: `read`, `change`, `export`, `reveal`, `sign_in`, `refused` and the like, with its object: `order.read`.
        subject: what it was done to: `order:LJ2026…`, `user:1001`; empty where there is none.
        detail: what else is worth knowing; never personal data.
        before: the mark of the line before; empty for the first.
        mark: keyed hash over this line and `before`, 64 hex digits.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    address = models.CharField(max_length=45, blank=True)
    deed = models.CharField(max_length=40)
    subject = models.CharField(max_length=120, blank=True)
    detail = models.JSONField(default=dict)
    before = models.CharField(max_length=64, blank=True)
    mark = models.CharField(max_length=64)

    class Meta:
        """Its order and the searches that are fast."""

        ordering = ("number",)
        indexes = (
            models.Index(fields=("subject", "number")),
            models.Index(fields=("actor", "number")),
            models.Index(fields=("deed", "number")),
            models.Index(fields=("at",)),
        )


class Head(models.Model):
    """Where the chain ends and begins: one row, locked by whoever appends, so that numbers have no gaps 审计链首尾.

    Attributes:
        number, mark: of the last line; 0 and empty before the first.
        since_number, since_mark: of the last line that was archived and taken out; 0 and empty while none was.
        seal: keyed hash over these four.
    """

    number = models.PositiveBigIntegerField(default=0)
    mark = models.CharField(max_length=64, blank=True)
    since_number = models.PositiveBigIntegerField(default=0)
    since_mark = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64, blank=True)
