"""Facts: the only numbers that a document may print."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from suqiu.domain.text import Text


class Outcome(StrEnum):
    """What came of asking for a number 结果状态; no number doubles as a status."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval 置信区间.

    Attributes:
        lower, upper: its ends, in the value's own unit.
        level: share of such intervals that hold the truth, usually 0.95.
        method: how it was made, for example `wilson`.
    """

    lower: float
    upper: float
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class Slice:
    """The part of all orders that a number is about 切片.

    Attributes:
        dimension: `all`, or the column the orders are cut by: `department`, `district`, `month`, …
        key: the id within that dimension, empty for `all`.
        name: the key's name in both languages.
    """

    dimension: str
    key: str
    name: Text


@dataclass(frozen=True, slots=True)
class Fact:
    """One number, with all that is needed to compute it again 事实.

    Attributes:
        fact_id: stable: `measure@period/dimension=key`.
        measure: the measure's id.
        name: the measure's name in both languages.
        period: `2026-01-01/2026-06-30`, both inclusive.
        slice: which orders.
        outcome: known, or why not.
        value: the number when known, else None; never NaN.
        unit: `share`, `orders`, `hours`, `minutes`, `seconds`, `per_10k`, `callers`, `days`, `ratio`.
        numerator, denominator: the counts of a share or mean, None for a plain count.
        interval: for shares and means from samples, else None.
        reason: why the value is not known; None when it is.
        query: the SQL that computes it on the tables of the lake.
        rows: rows of the population it was computed from.
        data_version: fingerprint of the tables it was computed from.
    """

    fact_id: str
    measure: str
    name: Text
    period: str
    slice: Slice
    outcome: Outcome
    value: float | int | None
    unit: str
    numerator: int | None
    denominator: int | None
    interval: Interval | None
    reason: Text | None
    query: str
    rows: int
    data_version: str

    def __post_init__(self) -> None:
        if (self.outcome is Outcome.KNOWN) != (self.value is not None):
            raise ValueError(f"{self.fact_id}: known facts have a value, and only they")
        if (self.outcome is Outcome.KNOWN) == (self.reason is not None):
            raise ValueError(f"{self.fact_id}: facts that are not known have a reason, and only they")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"{self.fact_id}: {self.value} is no number to print")
