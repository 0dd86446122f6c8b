"""Bringing the vault under a new key, so many rows at a time: an interrupted run goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from suqiu.web.accounts.actor import rule
from suqiu.web.audit.chain import record
from suqiu.web.vault import seals
from suqiu.web.vault.models import Person, Sealed

_AT_A_TIME = 500


def rotate(*, new_key: bool = True, told: Callable[[int], None] = lambda _: None) -> tuple[int, int]:
    """Seal everything in the vault under the newest key.

    Old keys stay where they are: older backups need them.

    Args:
        new_key: make a new key first; without, an interrupted rotation is finished.
        told: called with the count of rows so far.

    Returns:
        The key's number and how many rows were sealed again.
    """
    number = seals.next_key() if new_key else seals.newest_key()
    count = 0
    for done in _resealed(Person.objects.all(), lambda one: f"person:{one.code}", number):
        count += done
        told(count)
    for done in _resealed(Sealed.objects.all(), lambda one: f"sealed:{one.subject}", number):
        count += done
        told(count)
    record(rule("vault"), "vault.rotate", f"key:{number}", rows=count)
    return number, count


def _resealed(rows: QuerySet[Person] | QuerySet[Sealed], row_of: Callable[..., str], number: int) -> Iterator[int]:
    last = 0
    while True:
        with transaction.atomic():
            chunk: list[Any] = list(rows.filter(pk__gt=last).order_by("pk").select_for_update()[:_AT_A_TIME])
            if not chunk:
                return
            last, done = chunk[-1].pk, 0
            for one in chunk:
                if one.sealed and seals.key_of(one.sealed) != number:
                    row = row_of(one)
                    one.sealed = seals.seal(seals.unseal(one.sealed, row), row)
                    one.save(update_fields=["sealed"])
                    done += 1
        yield done
