from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suqiu.analysis import daily
from suqiu.analysis.seasons import season_of
from suqiu.domain.tables import DAILY
from tests.analysis.factories import CALENDAR, city, registered, table

FIRST = date(2026, 1, 5)
WORKED, OFF = 60.0, 20.0


def _week_like(length: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A hotline that is busy on worked days and quiet on days off, holidays and all."""
    days = (FIRST + timedelta(n) for n in range(length))
    return np.array([WORKED if CALENDAR.is_workday(day) else OFF for day in days])


def _readings(counts: dict[date, int], **values: str) -> ibis.Table:
    rows = [
        {"order_id": f"{day}-{n:03}", "accepted_at": datetime(day.year, day.month, day.day, 9), **values}
        for day, number in counts.items()
        for n in range(number)
    ]
    return table("readings", rows)


def test_the_days_of_every_key_count_the_orders_and_the_days_between_count_zero() -> None:
    counted = daily(_readings({FIRST: 3, FIRST + timedelta(4): 2}, type="consult", district="01"), city())
    assert counted.schema == DAILY
    rows = [(row["dimension"], row["key"], row["day"].day, row["orders"]) for row in counted.to_pylist()]
    assert rows == [
        (dimension, key, day, orders)
        for dimension, key in (("all", ""), ("district", "01"), ("type", "consult"))
        for day, orders in ((5, 3), (6, 0), (7, 0), (8, 0), (9, 2))
    ]


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.sampled_from(["01", "02", None]), st.sampled_from(["help", None])),
        min_size=1,
        max_size=60,
    )
)
def test_the_days_of_all_keys_add_up_to_all_stated_orders(cases: list[tuple[int, str | None, str | None]]) -> None:
    rows = [
        {
            "order_id": f"{n:03}",
            "accepted_at": datetime(2026, 3, 1, 12) + timedelta(days=day),
            "district": district,
            "type": type_,
        }
        for n, (day, district, type_) in enumerate(cases)
    ]
    counted = daily(table("readings", rows), city()).to_pylist()

    def total(dimension: str) -> int:
        return sum(row["orders"] for row in counted if row["dimension"] == dimension)

    assert total("all") == len(cases)
    assert total("district") == sum(district is not None for _, district, _ in cases)
    assert total("type") == sum(type_ is not None for _, _, type_ in cases)


def test_four_weeks_are_too_short_for_a_season_and_five_are_enough() -> None:
    assert season_of(_week_like(34), FIRST, CALENDAR) is None
    assert season_of(_week_like(35), FIRST, CALENDAR) is not None


def test_no_readings_give_no_days() -> None:
    assert daily(table("readings", []), city()).num_rows == 0


def test_a_holiday_is_expected_as_a_day_off_and_a_worked_saturday_as_a_worked_day() -> None:
    season = season_of(_week_like(84), FIRST, CALENDAR)
    assert season is not None
    holiday, makeup = (date(2026, 2, 18) - FIRST).days, (date(2026, 2, 14) - FIRST).days
    assert season.expected[holiday] == pytest.approx(OFF, abs=6)
    assert season.expected[makeup] == pytest.approx(WORKED, abs=12)
    ordinary = (date(2026, 3, 11) - FIRST).days
    assert season.expected[ordinary] == pytest.approx(WORKED, abs=3)


def test_a_burst_stands_out_of_the_band_and_does_not_become_the_season() -> None:
    counts = _week_like(84)
    burst = (date(2026, 3, 11) - FIRST).days
    counts[burst] += 150
    season = season_of(counts, FIRST, CALENDAR)
    assert season is not None
    assert counts[burst] > season.upper[burst]
    assert season.expected[burst] < WORKED + 15


@given(st.lists(st.integers(0, 50), min_size=35, max_size=70))
@settings(max_examples=20, deadline=None)
def test_a_band_holds_its_expectation_and_is_never_below_zero(counts: list[int]) -> None:
    season = season_of(np.array(counts, dtype=float), FIRST, CALENDAR)
    assert season is not None
    assert np.all(season.lower >= 0)
    assert np.all(season.lower <= season.expected)
    assert np.all(season.expected <= season.upper)
    assert np.all(np.isfinite(season.upper))


def test_the_same_orders_in_any_row_order_give_the_same_days() -> None:
    readings = _readings({FIRST + timedelta(n): n % 4 for n in range(40)}, type="help")
    shuffled = readings.to_pyarrow().take(
        pa.array(np.random.default_rng(1).permutation(readings.count().to_pyarrow().as_py()))
    )
    assert daily(registered(shuffled, "readings"), city()).equals(daily(readings, city()))
