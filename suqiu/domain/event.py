"""Many orders about one thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from suqiu.domain.city import RegionLevel


class RepeatKind(StrEnum):
    """How one order repeats an earlier one 重复类型."""

    EXACT = "exact"
    REWORDED = "reworded"


class EventStatus(StrEnum):
    """Where an event stands at the end of the data 事件状态."""

    RISING = "rising"
    STEADY = "steady"
    FADING = "fading"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Event:
    """Orders about one thing that happens 事件.

    Attributes:
        event_id: stable for life: made from its category, region and first day.
        name: what and where, composed from the category's and region's names.
        category: taxonomy node id its orders share.
        region: region id its orders share, None when city-wide.
        scope: how wide it is; None when city-wide.
        first_at, last_at: its first and last order.
        peak_on: the day with most orders.
        orders: how many.
        callers: how many different callers, None where unknown.
        expected: orders that ordinary times would have brought to the same days and place.
        surprise: minus log10 of the chance of so many by luck, after correction for all places looked at.
        status: where it stands.
    """

    event_id: str
    name: str
    category: str
    region: str | None
    scope: RegionLevel | None
    first_at: datetime
    last_at: datetime
    peak_on: date
    orders: int
    callers: int | None
    expected: float
    surprise: float
    status: EventStatus
