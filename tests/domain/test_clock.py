from __future__ import annotations

from datetime import date, datetime, timedelta

import chinese_calendar
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.domain.clock import Calendar, LimitTable, LimitUnit, Stage, TimeLimit
from suqiu.domain.errors import InvalidInput
from suqiu.domain.order import OrderType, Urgency

FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
DAYS = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
CHINA = Calendar(
    holidays=frozenset(day for day in DAYS if chinese_calendar.is_holiday(day) and day.weekday() < 5),
    makeup_days=frozenset(day for day in DAYS if chinese_calendar.is_workday(day) and day.weekday() >= 5),
    first=FIRST,
    last=LAST,
)


def due(start: datetime, amount: int, unit: LimitUnit) -> datetime:
    moment = CHINA.due(np.array([start], dtype="datetime64[s]"), amount, unit)[0]
    found = moment.astype(datetime)
    assert isinstance(found, datetime)
    return found


def due_counted_day_by_day(start: datetime, amount: int) -> datetime:
    """Count working days as a clerk would, with a finger on the calendar."""
    day, left = start.date(), amount
    while left:
        day += timedelta(days=1)
        left -= chinese_calendar.is_workday(day)
    return datetime(day.year, day.month, day.day, 23, 59, 59)


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 8, 31)).map(lambda at: at.replace(microsecond=0))


@given(MOMENTS, st.integers(1, 40))
def test_working_days_equal_a_count_day_by_day(start: datetime, amount: int) -> None:
    assert due(start, amount, LimitUnit.WORKDAYS) == due_counted_day_by_day(start, amount)


@given(MOMENTS, st.integers(1, 500))
def test_hours_run_by_the_clock_and_days_end_at_midnight(start: datetime, amount: int) -> None:
    assert due(start, amount, LimitUnit.HOURS) == start + timedelta(hours=amount)
    end = start.date() + timedelta(days=amount)
    assert due(start, amount, LimitUnit.DAYS) == datetime(end.year, end.month, end.day, 23, 59, 59)


@given(MOMENTS, st.integers(0, 40))
def test_working_days_between_a_start_and_its_deadline_are_the_limit(start: datetime, amount: int) -> None:
    end = due(start, amount, LimitUnit.WORKDAYS) if amount else start
    starts, ends = np.array([start], dtype="datetime64[s]"), np.array([end], dtype="datetime64[s]")
    assert CHINA.workdays_between(starts, ends)[0] == amount


def test_a_limit_over_the_spring_festival_skips_it_and_counts_the_worked_weekend() -> None:
    # 2026: off from 15 to 23 February, worked on Saturday 14 and Saturday 28 February.
    friday = datetime(2026, 2, 13, 16, 0)
    assert due(friday, 1, LimitUnit.WORKDAYS) == datetime(2026, 2, 14, 23, 59, 59)
    assert due(friday, 2, LimitUnit.WORKDAYS) == datetime(2026, 2, 24, 23, 59, 59)


def test_an_unknown_start_has_no_deadline() -> None:
    moments = CHINA.due(np.array(["NaT"], dtype="datetime64[s]"), 5, LimitUnit.WORKDAYS)
    assert np.isnat(moments).all()


def test_a_limit_that_ends_after_the_last_known_day_is_unknown_and_one_that_begins_there_is_refused() -> None:
    starts = np.array(["2026-12-30T09:00:00", "2026-12-01T09:00:00"], dtype="datetime64[s]")
    ends = CHINA.due(starts, 5, LimitUnit.WORKDAYS)
    assert np.isnat(ends).tolist() == [True, False]
    for outside in (datetime(2027, 1, 4, 9, 0), datetime(2023, 12, 29, 9, 0)):
        with pytest.raises(InvalidInput, match=r"calendar\.out_of_range"):
            due(outside, 5, LimitUnit.WORKDAYS)


def test_the_closest_limit_wins_urgency_before_type() -> None:
    general = TimeLimit(Stage.CLOSE, None, None, 15, LimitUnit.WORKDAYS, "example")
    inquiry = TimeLimit(Stage.CLOSE, OrderType.CONSULT, None, 3, LimitUnit.WORKDAYS, "example")
    urgent = TimeLimit(Stage.CLOSE, None, Urgency.URGENT, 24, LimitUnit.HOURS, "example")
    table = LimitTable((general, inquiry, urgent), (), "example")
    assert table.find(Stage.CLOSE, OrderType.HELP, Urgency.NORMAL) is general
    assert table.find(Stage.CLOSE, OrderType.CONSULT, Urgency.NORMAL) is inquiry
    assert table.find(Stage.CLOSE, OrderType.CONSULT, Urgency.URGENT) is urgent
    assert table.find(Stage.CLOSE, None, Urgency.NORMAL) is general
    assert table.find(Stage.SIGN, None, Urgency.NORMAL) is None
