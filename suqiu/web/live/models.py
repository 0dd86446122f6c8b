"""Calls that are being taken down: kept sealed, so that nothing is lost by a reload or a crash."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Draft(models.Model):
    """A call that is not accepted yet 草稿.

    Attributes:
        code: its name in the address, random.
        user: whose it is; nobody else ever sees it.
        sealed: everything in the form, sealed as one.
        at: when last kept.
    """

    code = models.CharField(max_length=32, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        """One's own, the newest first."""

        indexes = (models.Index(fields=("user", "-at")),)
