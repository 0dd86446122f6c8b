"""What a report may be written from: facts, and the few tables that are turned into facts here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

import pyarrow as pa

from suqiu.domain.city import RegionLevel
from suqiu.domain.event import Event, EventStatus
from suqiu.domain.evidence import Fact, Outcome, Slice
from suqiu.domain.fault import FaultCode
from suqiu.domain.text import Text

#: The key of orders that state no value of a dimension: they are counted, and neither ranked nor compared.
UNSTATED = "unstated"
#: The slice of all orders.
ALL = Slice("all", "", Text("全部", "all"))


@dataclass(frozen=True, slots=True)
class Definition:
    """How a measure is made, as the appendix prints it 指标口径.

    Attributes:
        measure: the measure's id.
        name: its name.
        population: which orders it is about.
        formula: what is divided by what.
        clock: which moment places an order in the period.
        source: the document it comes from.
        direction: whether a high value is good, bad, or neither.
    """

    measure: str
    name: Text
    population: Text
    formula: Text
    clock: Text
    source: Text
    direction: Literal["up", "down", "none"] = "none"


@dataclass(frozen=True, slots=True)
class IntakeTally:
    """What became of the rows that were read 导入统计.

    Attributes:
        read, accepted, rejected: rows of the orders' table.
        faults: how often each fault was found, by its code and severity.
    """

    read: int
    accepted: int
    rejected: int
    faults: Mapping[tuple[FaultCode, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadingScore:
    """How right the models were on the newest orders with a recorded answer 识别准确率.

    Attributes:
        aspect: `type`, `category`, `category_1`, `department`, …
        name: what was measured, for a reader.
        hits, trials: right answers, and all.
        author: the model's name and version.
    """

    aspect: str
    name: Text
    hits: int
    trials: int
    author: str


@dataclass(frozen=True, slots=True)
class ReadingTally:
    """What the readings rest on, and how good they are 智能识别统计.

    Attributes:
        orders: all readings.
        basis: for each field (`type`, `category`, `department`, `place`) and basis (`recorded`, `model`,
            `catalogue`, `rule`) how many readings rest on it; the rest is not filled.
        scores: measured accuracy.
    """

    orders: int
    basis: Mapping[tuple[str, str], int] = field(default_factory=dict)
    scores: tuple[ReadingScore, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """All that one report may say 证据.

    Attributes:
        facts: every fact of the analysis, by id.
        period: first and last day, both inclusive.
        data_version: fingerprint of the lake, for the facts that are made here.
        definitions: how each measure is made, by its id.
        events: most surprising first.
        daily: orders of each day for the whole city, with what was to be expected; a table of `DAILY`.
        intake: None when the report is written from a lake without its input.
        reading: None likewise.
    """

    facts: Mapping[str, Fact]
    period: tuple[date, date]
    data_version: str
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    daily: pa.Table | None = None
    intake: IntakeTally | None = None
    reading: ReadingTally | None = None

    @property
    def span(self) -> str:
        """The period as facts write it."""
        return f"{self.period[0]}/{self.period[1]}"

    def find(self, measure: str, dimension: str = "all", key: str = "") -> Fact:
        """Return the fact of a measure and slice; where none was made, one that says so."""
        if (fact := self._by_cut.get((measure, dimension), {}).get(key)) is not None:
            return fact
        name = self.definitions[measure].name if measure in self.definitions else Text(measure, measure)
        return Fact(
            fact_id=f"{measure}@{self.span.replace('/', '_')}" + ("" if dimension == "all" else f"/{dimension}={key}"),
            measure=measure,
            name=name,
            period=self.span,
            slice=ALL if dimension == "all" else Slice(dimension, key, Text(key, key)),
            outcome=Outcome.UNKNOWN,
            value=None,
            unit="orders",
            numerator=None,
            denominator=None,
            interval=None,
            reason=Text("本次分析未计算该指标", "this analysis did not compute the measure"),
            query="",
            rows=0,
            data_version=self.data_version,
        )

    def slices(self, measure: str, dimension: str) -> tuple[Fact, ...]:
        """Return a measure's known facts along a dimension, by key, without that of unstated values."""
        facts = self._by_cut.get((measure, dimension), {})
        return tuple(facts[key] for key in sorted(facts) if key != UNSTATED and facts[key].outcome is Outcome.KNOWN)

    def ranking(self, measure: str, dimension: str, top: int, *, least: int = 0) -> tuple[Fact, ...]:
        """Return the greatest known facts along a dimension, ties by key.

        Args:
            measure: the measure's id.
            dimension: what the orders are cut by.
            top: at most so many.
            least: leave out slices with a smaller denominator, which luck would rank.
        """
        facts = [fact for fact in self.slices(measure, dimension) if (fact.denominator or fact.rows) >= least]
        facts.sort(key=lambda fact: (-(fact.value or 0), fact.slice.key))
        return tuple(facts[:top])

    @cached_property
    def _by_cut(self) -> Mapping[tuple[str, str], Mapping[str, Fact]]:
        cuts: dict[tuple[str, str], dict[str, Fact]] = {}
        for fact in sorted(self.facts.values(), key=lambda fact: fact.fact_id):
            cut = cuts.setdefault((fact.measure, fact.slice.dimension), {})
            # Of facts about several periods the report's own comes first.
            if fact.slice.key not in cut or fact.period == self.span:
                cut[fact.slice.key] = fact
        return cuts


def events_from(table: pa.Table, period: tuple[date, date] | None = None) -> tuple[Event, ...]:
    """Return the rows of an `EVENTS` table as events, in the table's order.

    Args:
        table: the events of all data.
        period: first and last day, both inclusive: keeps the events that had begun by its end and were not over
            before its beginning. None keeps all.
    """
    events = tuple(
        Event(
            event_id=row["event_id"],
            name=row["name"],
            category=row["category"],
            region=row["region"],
            scope=RegionLevel(row["scope"]) if row["scope"] else None,
            first_at=row["first_at"],
            last_at=row["last_at"],
            peak_on=row["peak_on"],
            orders=row["orders"],
            callers=row["callers"],
            expected=row["expected"],
            surprise=row["surprise"],
            status=EventStatus(row["status"]),
        )
        for row in table.to_pylist()
    )
    if period is None:
        return events
    first, last = period
    return tuple(event for event in events if event.first_at.date() <= last and event.last_at.date() >= first)


def fault_counts(batches: Iterable[pa.RecordBatch]) -> dict[tuple[FaultCode, str], int]:
    """Count the rows of a `FAULTS` table by code and severity, batch by batch."""
    counts: dict[tuple[FaultCode, str], int] = {}
    for batch in batches:
        groups = pa.Table.from_batches([batch]).group_by(["code", "severity"]).aggregate([([], "count_all")])
        for row in groups.to_pylist():
            key = (FaultCode(row["code"]), row["severity"])
            counts[key] = counts.get(key, 0) + row["count_all"]
    return dict(sorted(counts.items()))


def basis_counts(batches: Iterable[pa.RecordBatch]) -> dict[tuple[str, str], int]:
    """Count the rows of a `READINGS` table by field and what it rests on; fields not filled are not counted."""
    counts: dict[tuple[str, str], int] = {}
    for batch in batches:
        for name in ("type", "category", "department", "place"):
            for item in batch.column(f"{name}_basis").drop_null().value_counts().to_pylist():
                key = (name, item["values"])
                counts[key] = counts.get(key, 0) + item["counts"]
    return dict(sorted(counts.items()))
