"""The vault's tables: everything in them that tells who somebody is, is sealed."""

from __future__ import annotations

from django.db import models


class Person(models.Model):
    """Somebody who called or wrote 来电人.

    Attributes:
        code: a number that tells nothing, for use outside the vault.
        phone_mark: keyed hash of the telephone number, so that a second call is known as the same person's.
        sealed: name, telephone, other contact, sealed as one; empty once removed by the rules of retention.
        created_at: when first heard of; retention counts from the last order.
    """

    code = models.CharField(max_length=16, unique=True)
    phone_mark = models.CharField(max_length=64, blank=True, db_index=True)
    sealed = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        """A number is one person's."""

        constraints = (
            models.UniqueConstraint(
                fields=("phone_mark",), condition=~models.Q(phone_mark=""), name="one_person_a_number"
            ),
        )


class Sealed(models.Model):
    """A text as it was given, with the personal data in it 原文.

    Attributes:
        subject: what it is the original of: `order:<number>:text`, `step:<id>:text`.
        sealed: the text, sealed.
    """

    subject = models.CharField(max_length=80, unique=True)
    sealed = models.BinaryField()


class Relay(models.Model):
    """A word passed between a unit and a caller whom it must not know 保密转达.

    Attributes:
        order: number of the order.
        asked_by: who of the unit asks, as `Actor.label`.
        asked_at: when.
        message: what to tell or ask the caller, redacted.
        answer: what the caller said, redacted; empty until the centre has called.
        answered_by, answered_at: who of the centre passed it on, and when.
    """

    order = models.CharField(max_length=40, db_index=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    message = models.TextField()
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True)
