"""Past orders are sent by the old catalogue and by the new one, and what differs is counted."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from suqiu.citypack.loading import load as load_city
from suqiu.domain.city import City
from suqiu.domain.order import StepKind
from suqiu.domain.tables import STEPS
from suqiu.reading.backtest import BacktestReport, backtest, journeys
from tests.reading.factories import city

OLD = city()
LINJIANG = Path(__file__).parents[2] / "cities" / "linjiang"


def moved(pack: City, category: str, lead: str | None) -> City:
    """Return the pack with another lead for a category."""
    duties = tuple(replace(d, lead=lead) if d.category == category else d for d in pack.duties)
    return replace(pack, duties=duties)


def steps(*rows: tuple[str, StepKind, str | None]) -> pa.RecordBatch:
    told = [
        {"order_id": id_, "seq": n, "kind": kind.value, "at": datetime(2026, 1, 1), "department": department}
        for n, (id_, kind, department) in enumerate(rows)
    ]
    return pa.RecordBatch.from_pylist(told, schema=STEPS)


def past(*rows: tuple[str, str | None, str | None, str | None]) -> pa.RecordBatch:
    names = ("order_id", "category", "district", "department")
    columns = {name: pa.array([row[n] for row in rows], pa.string()) for n, name in enumerate(names)}
    return pa.RecordBatch.from_pydict(columns)


WAYS = steps(
    ("A1", StepKind.ACCEPT, None),
    ("A1", StepKind.DISPATCH, "U02"),
    ("A1", StepKind.REQUEST_RETURN, "U02"),
    ("A1", StepKind.GRANT_RETURN, "U02"),
    ("A1", StepKind.REDISPATCH, "D01"),
    ("A2", StepKind.ACCEPT, None),
    ("A2", StepKind.DISPATCH, "U02"),
    ("A2", StepKind.REDISPATCH, "D03"),
    ("A3", StepKind.ACCEPT, None),
    ("A3", StepKind.DISPATCH, "U02"),
    ("A3", StepKind.REQUEST_RETURN, "U02"),
    ("A3", StepKind.REFUSE_RETURN, "U02"),
    ("A4", StepKind.ACCEPT, None),
    ("A5", StepKind.DISPATCH, "D01"),
    ("A5", StepKind.GRANT_RETURN, None),
)


@pytest.mark.parametrize("size", [1, 3, 100])
def test_the_way_of_each_order_is_read_however_the_steps_are_batched(size: int) -> None:
    batches = [WAYS.slice(at, size) for at in range(0, len(WAYS), size)]
    read = [row for batch in journeys(batches) for row in batch.to_pylist()]
    assert read == [
        {"order_id": "A1", "first": "U02", "last": "D01", "returned_from": ["U02"]},
        {"order_id": "A2", "first": "U02", "last": "D03", "returned_from": ["U02"]},
        {"order_id": "A3", "first": "U02", "last": "U02", "returned_from": []},
        {"order_id": "A5", "first": "D01", "last": None, "returned_from": ["D01"]},
    ]


def test_no_steps_make_no_ways() -> None:
    assert list(journeys([])) == []
    assert list(journeys([WAYS.slice(0, 0)])) == []


ORDERS = past(
    ("A1", "02.02.01", "01", "D01"),  # was sent back, and ended where the new catalogue sends it
    ("A2", "02.02.01", "01", "D03"),  # was sent back, and ended elsewhere still
    ("A3", "02.02.01", "02", "U02"),  # stayed where it was sent; the new catalogue sends it elsewhere
    ("A6", "01.01.02", "01", "D01"),  # nothing changes
    ("A7", None, "01", "D01"),
    ("A8", "02.01.01", None, "Q01"),  # the district leads, and is not known
    ("A9", "02.01.01", "02", "Q02"),
)


def compared(new: City, *batches: pa.RecordBatch) -> BacktestReport:
    return backtest(OLD, new, batches or [ORDERS], journeys([WAYS]))


def test_what_would_have_gone_elsewhere_is_counted_by_category_district_and_pair() -> None:
    report = compared(moved(OLD, "02.02.01", "D01"))
    assert report.orders == 7
    assert report.unjudged == {"no_category": 1, "not_in_old": 1, "not_in_new": 0}
    assert (report.elsewhere.count, report.elsewhere.of) == (3, 5)
    assert report.elsewhere.examples == ("A1", "A2", "A3")
    assert [(p.key, p.count, p.of) for p in report.by_category] == [("02.02.01", 3, 3)]
    assert [(p.key, p.count, p.of) for p in report.by_district] == [("01", 2, 3), ("02", 1, 2)]
    assert [(p.key, p.count, p.examples) for p in report.by_pair] == [("U02>D01", 3, ("A1", "A2", "A3"))]


def test_returns_that_would_have_been_spared_and_caused_are_told_apart() -> None:
    report = compared(moved(OLD, "02.02.01", "D01"))
    assert (report.spared.count, report.spared.of, report.spared.examples) == (1, 2, ("A1",))
    assert (report.still.count, report.still.of, report.still.examples) == (1, 2, ("A2",))
    assert (report.caused.count, report.caused.of, report.caused.examples) == (1, 3, ("A3",))


def test_the_same_catalogue_changes_nothing() -> None:
    report = compared(OLD)
    assert (report.elsewhere.count, report.spared.count, report.caused.count) == (0, 0, 0)
    assert report.by_category == report.by_district == report.by_pair == ()


def test_a_duty_handed_to_the_districts_goes_to_the_district_of_the_place() -> None:
    report = compared(moved(OLD, "02.02.01", None))
    assert {part.key for part in report.by_pair} == {"U02>Q01", "U02>Q02"}


def test_a_duty_that_is_dropped_is_unjudged_and_not_elsewhere() -> None:
    new = replace(OLD, duties=tuple(d for d in OLD.duties if d.category != "02.02.01"))
    report = compared(new)
    assert report.unjudged["not_in_new"] == 3
    assert report.elsewhere.count == 0


def test_the_report_does_not_depend_on_how_orders_are_batched() -> None:
    new = moved(OLD, "02.02.01", "D01")
    assert compared(new, *[ORDERS.slice(n, 1) for n in range(len(ORDERS))]) == compared(new)


def test_without_ways_and_without_orders_nothing_is_claimed() -> None:
    report = backtest(OLD, OLD, [])
    assert report.elsewhere.as_record()["share"] is None
    assert "none to compare" in report.told().en
    assert backtest(OLD, OLD, [ORDERS]).spared.of == 0


def test_the_report_is_ready_for_json_and_told_in_both_languages() -> None:
    report = compared(moved(OLD, "02.02.01", "D01"))
    record = json.loads(json.dumps(report.as_record(), allow_nan=False))
    assert record["spared"]["interval"][0] < record["spared"]["share"] == 0.5 < record["spared"]["interval"][1]
    told = report.told()
    assert "可比对5件" in told.zh
    assert "3 of 5 would have gone elsewhere (60.0%" in told.en


def test_the_shipped_city_tells_where_a_moved_duty_would_send_its_orders() -> None:
    pack = load_city(LINJIANG)
    duty = next(d for d in pack.duties if d.lead is not None)
    other = next(d.id for d in pack.departments if d.id != duty.lead)
    new = moved(pack, duty.category, other)
    report = backtest(pack, new, [past(("A1", duty.category, "01", duty.lead))])
    assert [part.key for part in report.by_pair] == [f"{duty.lead}>{other}"]
    assert report.caused.count == 1
