"""Tiny cities and tables for the tests of the analysis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import ibis
import pyarrow as pa

from suqiu.analysis import cases
from suqiu.domain.city import (
    Category,
    City,
    Department,
    DepartmentKind,
    Region,
    RegionLevel,
    Taxonomy,
    Weight,
)
from suqiu.domain.clock import Calendar, LimitTable, LimitUnit, Stage, TimeLimit
from suqiu.domain.evidence import Fact
from suqiu.domain.order import OrderType, StepKind, Urgency
from suqiu.domain.tables import TABLES

_ENGINE = ibis.duckdb.connect(threads=2)
_NUMBER = count()

#: What a column that may not be null holds where a test says nothing.
_FILLER: dict[str, Any] = {
    "channel": "phone",
    "urgency": "normal",
    "urgency_basis": "recorded",
    "secret": False,
    "source_file": "orders.csv",
    "source_row": 2,
    "title": "",
    "text": "路灯不亮",
    "kind": "exact",
    "similarity": 1.0,
    "accepted_at": datetime(2026, 1, 5, 9),
}

WEIGHTS = {
    "analysis.contact_hours": 24,
    "analysis.repeat_days": 30,
    "analysis.small_slice": 30,
    "report.top_n": 2,
    "appraisal.response": 0.2,
    "appraisal.resolution": 0.5,
    "appraisal.satisfaction": 0.3,
}

LIMITS = LimitTable(
    limits=(
        TimeLimit(Stage.SIGN, None, None, 24, LimitUnit.HOURS, "example"),
        TimeLimit(Stage.REPLY, None, None, 3, LimitUnit.DAYS, "example"),
        TimeLimit(Stage.CLOSE, None, None, 5, LimitUnit.WORKDAYS, "example"),
        TimeLimit(Stage.CLOSE, OrderType.CONSULT, None, 48, LimitUnit.HOURS, "example"),
        TimeLimit(Stage.CLOSE, OrderType.HELP, None, 7, LimitUnit.DAYS, "example"),
        TimeLimit(Stage.CLOSE, None, Urgency.EMERGENCY, 2, LimitUnit.HOURS, "example"),
    ),
    pausing=((StepKind.SHELVE, StepKind.RELEASE),),
    source="example",
)

CALENDAR = Calendar(
    holidays=frozenset({date(2026, 1, 1), date(2026, 1, 2), *(date(2026, 2, day) for day in range(16, 24))}),
    makeup_days=frozenset({date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28)}),
    first=date(2025, 1, 1),
    last=date(2026, 12, 31),
)


def city(limits: LimitTable = LIMITS, population: int | None = 20_000) -> City:
    """Build a city of two districts, two departments and three categories."""
    return City(
        id="xiaocheng",
        name="小城",
        english_name="Xiaocheng",
        timezone="Asia/Shanghai",
        population=population,
        taxonomy=Taxonomy(
            (
                Category("01", "住房建设"),
                Category("01.01", "物业收费"),
                Category("02", "城市管理"),
                Category("02.01", "路灯"),
            ),
            "example",
        ),
        departments=(
            Department("D01", "市住房和城乡建设局", DepartmentKind.BUREAU),
            Department("D02", "市城市管理局", DepartmentKind.BUREAU),
        ),
        duties=(),
        regions=(
            Region("01", "城中区", RegionLevel.DISTRICT, 12_000),
            Region("02", "江北区", RegionLevel.DISTRICT),
            Region("01.01", "滨江街道", RegionLevel.STREET),
        ),
        calendar=CALENDAR,
        limits=limits,
        weights={name: Weight(value, "test") for name, value in WEIGHTS.items()},
    )


def table(name: str, rows: Sequence[Mapping[str, Any]]) -> ibis.Table:
    """Build a table of the lake; columns that a row leaves out are null, or a filler where they may not be."""
    schema = TABLES[name]
    for row in rows:
        assert set(row) <= set(schema.names), set(row) - set(schema.names)
    columns = {
        field.name: pa.array(
            [row.get(field.name, None if field.nullable else _FILLER.get(field.name)) for row in rows], field.type
        )
        for field in schema
    }
    return registered(pa.table(columns, schema=schema), name)


def registered(data: pa.Table, name: str) -> ibis.Table:
    """Give a table to the engine."""
    alias = f"{name}_{next(_NUMBER)}"
    _ENGINE.con.register(alias, data)
    return _ENGINE.table(alias)


def stream(expression: ibis.Table) -> Iterator[pa.RecordBatch]:
    """Run an expression and yield its rows in small batches, so that batch borders are crossed."""
    yield from _ENGINE.con.sql(sql(expression)).to_arrow_reader(7)


def sql(expression: ibis.Table) -> str:
    """Write an expression as SQL."""
    return str(ibis.to_sql(expression, dialect="duckdb"))


def run(query: str) -> list[dict[str, Any]]:
    """Run SQL as a reader of a fact would."""
    rows: list[dict[str, Any]] = _ENGINE.con.sql(query).to_arrow_table().to_pylist()
    return rows


def at(text: str) -> datetime:
    """Read `01-05 09:00` as a moment of 2026."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M")


def days(first: date, number: int) -> Iterable[date]:
    """Walk so many days."""
    return (first + timedelta(n) for n in range(number))


def by_id(facts: Iterable[Fact]) -> dict[str, Fact]:
    """Index facts, none twice."""
    indexed: dict[str, Fact] = {}
    for fact in facts:
        assert fact.fact_id not in indexed, fact.fact_id
        indexed[fact.fact_id] = fact
    return indexed


def with_cases(tables: Mapping[str, ibis.Table]) -> dict[str, ibis.Table]:
    """Add the table CASES that a run makes of the others."""
    return {**tables, "cases": registered(cases(tables, city()).to_pyarrow(), "cases")}
