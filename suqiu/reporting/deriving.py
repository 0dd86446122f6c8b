"""Facts made from other facts and from the tables of a report, each with the query that finds it again."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pyarrow.compute as pc

from suqiu.domain.event import Event
from suqiu.domain.evidence import Fact, Interval, Outcome, Slice
from suqiu.domain.text import Text
from suqiu.evaluation.intervals import wilson
from suqiu.reporting.evidence import ALL, Evidence
from suqiu.reporting.numbers import EPOCH


def count(
    evidence: Evidence, measure: str, name: Text, value: float, query: str, *, unit: str = "orders", cut: Slice = ALL
) -> Fact:
    """Return a plain number as a fact, with the query that finds it in the lake."""
    return _fact(evidence, measure, name, value, query, unit=unit, cut=cut, rows=round(abs(value)))


def day(evidence: Evidence, measure: str, name: Text, value: date, query: str, *, cut: Slice = ALL) -> Fact:
    """Return a date as a fact, so that dates resolve as all figures do."""
    return _fact(evidence, measure, name, (value - EPOCH).days, query, unit="date", cut=cut, rows=1)


def period_day(evidence: Evidence, end: Literal["first", "last"]) -> Fact:
    """Return the first or last day of the report's period."""
    name = Text("报告期首日", "first day") if end == "first" else Text("报告期末日", "last day")
    value = evidence.period[0 if end == "first" else 1]
    return day(evidence, f"period_{end}", name, value, "-- run.json: period")


def share(
    evidence: Evidence, measure: str, name: Text, hits: int, trials: int, query: str, *, cut: Slice = ALL
) -> Fact:
    """Return a share of counted things as a fact with its Wilson interval; unknown without trials."""
    if trials == 0:
        return unknown(evidence, measure, name, Text("没有可供统计的工单", "there are no orders to count"), cut=cut)
    return _fact(
        evidence,
        measure,
        name,
        hits / trials,
        query,
        unit="share",
        cut=cut,
        rows=trials,
        parts=(hits, trials),
        interval=wilson(hits, trials),
    )


def unknown(evidence: Evidence, measure: str, name: Text, reason: Text, *, cut: Slice = ALL) -> Fact:
    """Return a fact that says why there is no number."""
    return Fact(
        _id(evidence, measure, cut),
        measure,
        name,
        evidence.span,
        cut,
        Outcome.UNKNOWN,
        None,
        "share",
        None,
        None,
        None,
        reason,
        "",
        0,
        evidence.data_version,
    )


def event_facts(evidence: Evidence, event: Event) -> dict[str, Fact]:
    """Return the numbers and dates of an event as facts: first, last, peak, orders, expected."""
    name = Text(event.name, event.name)
    cut = Slice("event", event.event_id, name)

    def query(column: str) -> str:
        return f"SELECT {column} FROM events WHERE event_id = '{event.event_id}'"  # noqa: S608 - printed, never run here

    return {
        "first": day(
            evidence, "event_first", Text("首件日期", "first order"), event.first_at.date(), query("first_at"), cut=cut
        ),
        "last": day(
            evidence, "event_last", Text("末件日期", "last order"), event.last_at.date(), query("last_at"), cut=cut
        ),
        "peak": day(evidence, "event_peak", Text("峰值日期", "peak day"), event.peak_on, query("peak_on"), cut=cut),
        "orders": count(
            evidence, "event_orders", Text("事件工单量", "orders of the event"), event.orders, query("orders"), cut=cut
        ),
        "expected": count(
            evidence,
            "event_expected",
            Text("常态预期工单量", "orders expected in ordinary times"),
            round(event.expected, 1),
            query("expected"),
            cut=cut,
        ),
    }


def daily_facts(evidence: Evidence) -> dict[str, list[Fact]]:
    """Return the city's orders of each day of the period and what was expected as facts, oldest first.

    Empty without the table.
    """
    if evidence.daily is None:
        return {}
    facts: dict[str, list[Fact]] = {"orders": [], "season": []}
    names = {
        "orders": Text("当日受理量", "orders of the day"),
        "season": Text("当日常态预期", "orders expected on the day"),
    }
    first, last = evidence.period
    whole = evidence.daily.filter(pc.equal(evidence.daily["dimension"], "all"))
    rows = [row for row in whole.to_pylist() if first <= row["day"] <= last]
    for row in sorted(rows, key=lambda row: str(row["day"])):
        cut = Slice("day", str(row["day"]), Text(f"{row['day']:%-m月%-d日}", f"{row['day']:%m-%d}"))
        for column, name in names.items():
            query = f"SELECT {column} FROM daily WHERE dimension = 'all' AND day = DATE '{row['day']}'"  # noqa: S608 - printed, never run here
            if row[column] is None:
                reason = Text("数据时段过短，无法估计季节规律", "the data is too short to know its season")
                facts[column].append(unknown(evidence, f"day_{column}", name, reason, cut=cut))
            else:
                facts[column].append(count(evidence, f"day_{column}", name, row[column], query, cut=cut))
    return facts


def _fact(
    evidence: Evidence,
    measure: str,
    name: Text,
    value: float,
    query: str,
    *,
    unit: str,
    cut: Slice,
    rows: int,
    parts: tuple[int | None, int | None] = (None, None),
    interval: Interval | None = None,
) -> Fact:
    return Fact(
        _id(evidence, measure, cut),
        measure,
        name,
        evidence.span,
        cut,
        Outcome.KNOWN,
        value,
        unit,
        *parts,
        interval,
        None,
        query,
        rows,
        evidence.data_version,
    )


def _id(evidence: Evidence, measure: str, cut: Slice) -> str:
    whole = f"{measure}@{evidence.span.replace('/', '_')}"
    return whole if cut.dimension == "all" else f"{whole}/{cut.dimension}={cut.key}"
