"""The audit's one table."""

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
        )
