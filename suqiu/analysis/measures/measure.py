"""What a measure is: population, formula, clock, unit, source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Protocol, TypeAlias

import ibis

from suqiu.domain.evidence import Interval
from suqiu.domain.text import Text
from suqiu.evaluation.intervals import wilson

Condition = Callable[[ibis.Table], ibis.Value]
"""Something asked of each row of a view: a yes or no, or a whole number."""


Members: TypeAlias = ibis.Value | None
"""Which rows of a view count: a yes or no for each; None for all."""


def _both(members: Members, part: ibis.Value) -> ibis.Value:
    return part if members is None else members & part


class Ground(StrEnum):
    """What one row of a measure's view is 统计对象."""

    ORDER = "order"
    HANDOFF = "handoff"
    CALL = "call"
    VISIT = "visit"


class Direction(StrEnum):
    """Which way is better 优劣方向."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


class Dimension(StrEnum):
    """What orders are cut by 切片维度; each but `month` is a column of the views."""

    DEPARTMENT = "department"
    DISTRICT = "district"
    STREET = "street"
    CATEGORY_1 = "category_1"
    CATEGORY = "category"
    TYPE = "type"
    CHANNEL = "channel"
    MONTH = "month"


#: What an order's measure may be cut by unless it says otherwise. Streets are too many and too small for
#: most measures.
USUAL = tuple(one for one in Dimension if one is not Dimension.STREET)
#: Without the department: for what the hotline's centre does, or what the order no longer shows the author of.
NOT_BY_DEPARTMENT = tuple(one for one in USUAL if one is not Dimension.DEPARTMENT)


@dataclass(frozen=True, slots=True)
class Clock:
    """Which time of a row places it in a period 计时口径.

    Attributes:
        column: the time's column in the view.
        name: what officials call it.
        promised: it is a deadline: rows whose deadline lies after the end of the data are left out,
            because nobody can know yet whether it was met.
    """

    column: str
    name: Text
    promised: bool = False


class Formula(Protocol):
    """How a number comes from the rows of a population 计算公式.

    Attributes:
        shows_parts: numerator and denominator are counts that a reader can check the value by.
        counts_zero: an empty population has a value, zero; else it has none.
    """

    shows_parts: ClassVar[bool]
    counts_zero: ClassVar[bool]

    @property
    def unit(self) -> str:
        """The unit of the value, one of those of `Fact.unit`."""

    def parts(self, view: ibis.Table, members: Members) -> tuple[ibis.Value, ibis.Value]:
        """Return numerator and denominator as aggregates over the members among the view's rows."""

    def value(self, numerator: float, denominator: int) -> float:
        """Return the value from both parts; the denominator is at least 1."""

    def interval(self, numerator: float, denominator: int) -> Interval | None:
        """Return the value's confidence interval, None for what is no share."""


@dataclass(frozen=True, slots=True)
class Share:
    """The part of the population for which something holds; what is not known does not hold."""

    part: Condition
    unit: str = "share"
    shows_parts: ClassVar[bool] = True
    counts_zero: ClassVar[bool] = False

    def parts(self, view: ibis.Table, members: Members) -> tuple[ibis.Value, ibis.Value]:
        """Count those for which the part holds, and all."""
        return view.count(where=_both(members, self.part(view))), view.count(where=members)

    def value(self, numerator: float, denominator: int) -> float:
        """Divide."""
        return numerator / denominator

    def interval(self, numerator: float, denominator: int) -> Interval | None:
        """Return the Wilson interval."""
        return wilson(int(numerator), denominator)


@dataclass(frozen=True, slots=True)
class Portion:
    """One total as a part of another, each summed over the population: upheld appeals of all appeals."""

    part: Condition
    whole: Condition
    unit: str = "share"
    shows_parts: ClassVar[bool] = True
    counts_zero: ClassVar[bool] = False

    def parts(self, view: ibis.Table, members: Members) -> tuple[ibis.Value, ibis.Value]:
        """Sum both."""
        return self.part(view).sum(where=members), self.whole(view).sum(where=members)

    def value(self, numerator: float, denominator: int) -> float:
        """Divide."""
        return numerator / denominator

    def interval(self, numerator: float, denominator: int) -> Interval | None:
        """Return the Wilson interval, None where the part is more than the whole and so none."""
        return wilson(int(numerator), denominator) if numerator <= denominator else None


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of a whole number over the rows that have it.

    Attributes:
        amount: the number, in whole seconds for durations, so that sums are exact in any order.
        unit: the unit of the mean.
        per: how many of the amount make one unit: 3600 for seconds to hours.
    """

    amount: Condition
    unit: str
    per: int = 1
    shows_parts: ClassVar[bool] = True
    counts_zero: ClassVar[bool] = False

    def parts(self, view: ibis.Table, members: Members) -> tuple[ibis.Value, ibis.Value]:
        """Sum and count the amount."""
        amount = self.amount(view)
        return amount.sum(where=members), amount.count(where=members)

    def value(self, numerator: float, denominator: int) -> float:
        """Divide and convert."""
        return numerator / denominator / self.per

    def interval(self, numerator: float, denominator: int) -> Interval | None:
        """Return None: the mean is over all rows, not over a sample."""
        return None


@dataclass(frozen=True, slots=True)
class Quantile:
    """The exact quantile of a whole number over the rows that have it, between neighbours linearly."""

    amount: Condition
    at: float
    unit: str
    per: int = 1
    shows_parts: ClassVar[bool] = False
    counts_zero: ClassVar[bool] = False

    def parts(self, view: ibis.Table, members: Members) -> tuple[ibis.Value, ibis.Value]:
        """Find the quantile and count."""
        amount = self.amount(view)
        return amount.quantile(self.at, where=members), amount.count(where=members)

    def value(self, numerator: float, denominator: int) -> float:
        """Convert."""
        return numerator / self.per

    def interval(self, numerator: float, denominator: int) -> Interval | None:
        """Return None: the quantile is over all rows, not over a sample."""
        return None


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows the population has."""

    unit: str = "orders"
    shows_parts: ClassVar[bool] = False
    counts_zero: ClassVar[bool] = True

    def parts(self, view: ibis.Table, members: Members) -> tuple[ibis.Value, ibis.Value]:
        """Count."""
        return view.count(where=members), view.count(where=members)

    def value(self, numerator: float, denominator: int) -> float:
        """Return the count."""
        return int(numerator)

    def interval(self, numerator: float, denominator: int) -> Interval | None:
        """Return None: a count is no share."""
        return None


@dataclass(frozen=True, slots=True)
class ShareOfAll:
    """Each slice's rows as a part of all rows: the mix of channels or types; there is no overall value."""

    unit: str = "share"
    shows_parts: ClassVar[bool] = True
    counts_zero: ClassVar[bool] = False

    def parts(self, view: ibis.Table, members: Members) -> tuple[ibis.Value, ibis.Value]:
        """Count the slice's rows; the denominators are summed over all slices afterwards."""
        return view.count(where=members), view.count(where=members)

    def value(self, numerator: float, denominator: int) -> float:
        """Divide."""
        return numerator / denominator

    def interval(self, numerator: float, denominator: int) -> Interval | None:
        """Return the Wilson interval."""
        return wilson(int(numerator), denominator)


@dataclass(frozen=True, slots=True)
class PerResidents:
    """Orders for each 10,000 residents of the city or the district."""

    unit: str = "per_10k"
    shows_parts: ClassVar[bool] = True
    counts_zero: ClassVar[bool] = False

    def parts(self, view: ibis.Table, members: Members) -> tuple[ibis.Value, ibis.Value]:
        """Count the orders; the residents come from the city pack."""
        return view.count(where=members), view.count(where=members)

    def value(self, numerator: float, denominator: int) -> float:
        """Divide by ten thousands of residents."""
        return numerator * 10_000 / denominator

    def interval(self, numerator: float, denominator: int) -> Interval | None:
        """Return None: orders are no part of residents."""
        return None


@dataclass(frozen=True, slots=True)
class Measure:
    """One operational measure, declared once 运行指标.

    Attributes:
        id: stable: that of the indicator catalogue, `V…` for volumes, `S…` for composed scores.
        name: what officials call it.
        ground: what one row is: an order, a hand-over to a department, a telephone call, a call-back.
        population: which rows count.
        population_text: the same in words.
        formula: how the number comes from them.
        formula_text: the same in words.
        clock: which time places a row in a period; None for a state at the period's end.
        direction: which way is better.
        source: the document that defines it, with its trust grade, or `own`.
        needs: columns of the view without which nobody can tell; each must hold a value somewhere.
        reads: further columns it reads where they are known.
        cuts: the dimensions it may be cut by.
    """

    id: str
    name: Text
    ground: Ground
    population: Condition
    population_text: Text
    formula: Formula
    formula_text: Text
    clock: Clock | None
    direction: Direction
    source: str
    needs: tuple[str, ...]
    reads: tuple[str, ...] = ()
    cuts: tuple[Dimension, ...] = field(default=USUAL)

    @property
    def columns(self) -> frozenset[str]:
        """Every column of the view that the measure reads."""
        return frozenset((*self.needs, *self.reads, *((self.clock.column,) if self.clock else ())))
