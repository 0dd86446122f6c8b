"""Numbers of orders: `LJ20260501-000123`, counted anew each day.

A number once taken is never given again; where a transaction fails its number is left out. Two who count at the same
time wait for each other at the series' row.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from suqiu.domain.city import City
from suqiu.web.orders.models import Series


def take(city: City, at: datetime, count: int) -> list[str]:
    """Return new numbers for orders that came in at a moment of the city's clock, in the transaction that is open."""
    name = f"{prefix(city)}{at:%Y%m%d}"
    last = _advance(name, count)
    return [f"{name}-{number:06d}" for number in range(last - count + 1, last + 1)]


def prefix(city: City) -> str:
    """Return what a city's numbers begin with: as its pack says, else the first letters of its English name."""
    letters = "".join(sign for sign in city.english_name.upper() if "A" <= sign <= "Z")
    return city.order_prefix or letters[:2] or "SQ"


def _advance(name: str, count: int) -> int:
    if not Series.objects.filter(name=name).update(last=F("last") + count):
        try:
            with transaction.atomic():
                Series.objects.create(name=name, last=count)
        except IntegrityError:
            Series.objects.filter(name=name).update(last=F("last") + count)  # somebody else began the day meanwhile
    # The row is ours until the commit: nobody else changes it between the update and this look.
    return Series.objects.values_list("last", flat=True).get(name=name)
