from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import ibis
import numpy as np
import pytest

from suqiu.analysis import trend_facts
from suqiu.domain.evidence import Fact, Outcome
from tests.analysis.factories import by_id, city, run, sql, table

HALF_YEAR = (date(2026, 1, 1), date(2026, 6, 30))
JUNE = "2026-06-01_2026-06-30"


def _facts(readings: ibis.Table, period: tuple[date, date] = HALF_YEAR) -> dict[str, Fact]:
    return by_id(trend_facts({"readings": readings}, city(), period, versions={"readings": "1"}, sql=sql))


def _orders(first: date, last: date, a_day: float, category: str, seed: int = 1) -> list[dict[str, Any]]:
    dice = np.random.default_rng(seed)
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    return [
        {
            "order_id": f"{category}-{day}-{n:03}",
            "accepted_at": datetime(day.year, day.month, day.day, 10),
            "category": category,
            "category_1": category[:2],
            "type": "complaint",
            "district": "01",
        }
        for day, number in zip(days, dice.poisson(a_day, len(days)), strict=True)
        for n in range(number)
    ]


def _count(rows: Sequence[dict[str, Any]], month: int, category: str) -> int:
    return sum(row["accepted_at"].month == month and row["category"] == category for row in rows)


def test_growth_compares_the_last_whole_month_with_the_one_before() -> None:
    rows = _orders(date(2026, 5, 1), date(2026, 6, 30), 4, "01.01")
    june, may = _count(rows, 6, "01.01"), _count(rows, 5, "01.01")
    fact = _facts(table("readings", rows), (date(2026, 5, 1), date(2026, 6, 30)))[f"V1_on_month@{JUNE}"]
    assert fact.value == pytest.approx(june / may - 1)
    assert (fact.numerator, fact.denominator) == (june, may)
    assert fact.interval is not None
    assert fact.interval.lower < june / may - 1 < fact.interval.upper


def test_a_month_that_the_period_or_the_data_cuts_off_is_not_compared() -> None:
    rows = _orders(date(2026, 4, 1), date(2026, 6, 20), 4, "01.01")
    assert "V1_on_month@2026-05-01_2026-05-31" in _facts(table("readings", rows))


def test_a_month_of_which_the_data_holds_a_few_strays_is_compared_with_none() -> None:
    rows = [
        *_orders(date(2026, 4, 1), date(2026, 4, 30), 4, "01.01"),
        *_orders(date(2026, 5, 3), date(2026, 5, 5), 4, "01.01"),
        *_orders(date(2026, 6, 30), date(2026, 6, 30), 4, "01.01"),
    ]
    found = _facts(table("readings", rows))
    assert {fact.outcome for fact in found.values()} == {Outcome.UNKNOWN}


def test_one_month_of_data_leaves_growth_unknown_with_the_reason() -> None:
    found = _facts(table("readings", _orders(date(2026, 6, 1), date(2026, 6, 30), 4, "01.01")))
    assert set(found) == {"V1_on_month@2026-01-01_2026-06-30", "V1_on_year@2026-01-01_2026-06-30"}
    for fact in found.values():
        assert fact.outcome is Outcome.UNKNOWN
        assert fact.reason is not None
        assert "对比" in fact.reason.zh


def test_a_year_of_earlier_data_tells_the_growth_on_the_year() -> None:
    rows = _orders(date(2025, 5, 1), date(2025, 6, 30), 2, "01.01") + _orders(
        date(2026, 5, 1), date(2026, 6, 30), 4, "01.01"
    )
    fact = _facts(table("readings", rows))[f"V1_on_year@{JUNE}"]
    assert fact.value is not None
    assert 0.5 < fact.value < 2


def test_a_category_without_earlier_orders_has_no_growth() -> None:
    rows = _orders(date(2026, 5, 1), date(2026, 6, 30), 4, "01.01") + _orders(
        date(2026, 6, 5), date(2026, 6, 9), 4, "02.01"
    )
    fact = _facts(table("readings", rows))[f"V1_on_month@{JUNE}/category=02.01"]
    assert fact.outcome is Outcome.NOT_APPLICABLE


def test_what_rose_and_fell_is_found_and_what_stayed_is_not() -> None:
    may, june = (date(2026, 5, 1), date(2026, 5, 31)), (date(2026, 6, 1), date(2026, 6, 30))
    rows = [
        *_orders(*may, 3, "01.01", 1),
        *_orders(*june, 9, "01.01", 2),
        *_orders(*may, 9, "02.01", 3),
        *_orders(*june, 4, "02.01", 4),
        *(row for n in range(20) for row in _orders(may[0], june[1], 3, f"03.{n:02}", 10 + n)),
    ]
    found = _facts(table("readings", rows))
    ratios = {fact.slice.key: fact for fact in found.values() if fact.measure == "V1_ratio"}
    # One in twenty of those named may be chance: here one category of twenty that stayed.
    assert {"01.01", "02.01"} <= set(ratios)
    assert len(ratios) <= 3
    risen = ratios["01.01"]
    assert risen.value is not None
    assert risen.value == pytest.approx(_count(rows, 6, "01.01") / 30 / (_count(rows, 5, "01.01") / 31))
    assert risen.interval is not None
    assert risen.interval.lower > 1


def test_chance_alone_seldom_makes_a_category_rise_or_fall() -> None:
    false = 0
    for seed in range(5):
        rows = [
            row
            for n in range(30)
            for row in _orders(date(2026, 5, 1), date(2026, 6, 30), 2, f"03.{n:02}", 100 * seed + n)
        ]
        false += sum(fact.measure == "V1_ratio" for fact in _facts(table("readings", rows)).values())
    assert false <= 1


def test_the_query_of_a_change_counts_both_months() -> None:
    rows = _orders(date(2026, 5, 1), date(2026, 6, 30), 4, "01.01")
    found = _facts(table("readings", rows))
    whole = found[f"V1_on_month@{JUNE}"]
    assert run(whole.query) == [{"now": whole.numerator, "before": whole.denominator}]
    part = found[f"V1_on_month@{JUNE}/category_1=01"]
    assert run(part.query) == [{"key": "01", "now": part.numerator, "before": part.denominator}]


def test_the_29th_of_february_has_a_year_before() -> None:
    rows = [{"order_id": "a", "accepted_at": datetime(2024, 2, 29, 9)}]
    found = _facts(table("readings", rows), (date(2024, 2, 1), date(2024, 2, 29)))
    assert all(fact.outcome is Outcome.UNKNOWN for fact in found.values())
