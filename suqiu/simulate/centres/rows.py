"""What a generator of a form is told, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from suqiu.simulate.centres.lots import Lots
from suqiu.simulate.centres.plan import Plan, Work

Row = dict[str, object]
"""A row of a form by its columns' own names; what is not there is empty."""


@dataclass(frozen=True, slots=True)
class Call:
    """An answered call, as logs refer to it 已接来电."""

    id: str
    answered_at: datetime
    order_id: str | None


@dataclass(frozen=True, slots=True)
class Setting:
    """What a generator of a form may look at.

    Attributes:
        plan: the whole plan; work: how well the centre works.
        size: rows wanted.
        lots: the form's own.
        residents: of the area served.
        calls: answered calls, oldest first.
        units: names of departments.
        places: names of communities.
        matters: names of categories.
    """

    plan: Plan
    work: Work
    size: int
    lots: Lots
    residents: int
    calls: Sequence[Call]
    units: Sequence[str]
    places: Sequence[str]
    matters: Sequence[str]

    @property
    def first(self) -> date:
        """First day of the period."""
        return self.plan.first

    @property
    def last(self) -> date:
        """Last day of the period."""
        return self.plan.last

    def times(self, count: int) -> list[datetime]:
        """Return moments spread over the period."""
        return self.lots.times(count, self.first, self.last)

    def days(self, count: int) -> list[date]:
        """Return days spread over the period."""
        return self.lots.days(count, self.first, self.last)

    def months(self) -> list[date]:
        """Return the first day of each month of the period."""
        first, last = self.first, self.last
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        return [date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(count)]


Generator = Callable[[Setting], list[Row]]
Generators = Mapping[str, Generator]


def numbered(prefix: str, count: int) -> list[str]:
    """Return running numbers with a prefix."""
    return [f"{prefix}{n:05d}" for n in range(1, count + 1)]


def table(**columns: Iterable[object]) -> list[Row]:
    """Turn columns of equal length into rows."""
    names = list(columns)
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
