"""Times in every form that Chinese exports use."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.intake.times import parse_times


def read(text: str | None) -> datetime | None:
    """Read one time; None when it says nothing or cannot be read."""
    moments, _ = parse_times(pa.array([text], pa.string()))
    return None if np.isnat(moments[0]) else moments[0].item()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01 08:30:00", datetime(2026, 3, 1, 8, 30)),
        ("2026-03-01 08:30", datetime(2026, 3, 1, 8, 30)),
        ("2026/3/1 8:30", datetime(2026, 3, 1, 8, 30)),
        ("2026/03/01 08:30:59", datetime(2026, 3, 1, 8, 30, 59)),
        ("2026/3/1", datetime(2026, 3, 1)),
        ("2026.3.1", datetime(2026, 3, 1)),
        ("2026.03.01 8:05", datetime(2026, 3, 1, 8, 5)),
        ("2026年3月1日", datetime(2026, 3, 1)),
        ("2026年3月1日 8时30分", datetime(2026, 3, 1, 8, 30)),
        ("2026年03月01日08时30分15秒", datetime(2026, 3, 1, 8, 30, 15)),
        ("2026年3月1日 8点", datetime(2026, 3, 1, 8)),
        ("2026年3月1日 星期日 08:30", datetime(2026, 3, 1, 8, 30)),
        ("2026年3月1日下午3:05", datetime(2026, 3, 1, 15, 5)),
        ("2026-03-01 上午 8:30", datetime(2026, 3, 1, 8, 30)),
        ("2026-03-01 中午12:10", datetime(2026, 3, 1, 12, 10)),
        ("2026-03-01 中午1:10", datetime(2026, 3, 1, 13, 10)),
        ("2026-03-01 凌晨12:10", datetime(2026, 3, 1, 0, 10)),
        ("2026-03-01 晚上8点20分", datetime(2026, 3, 1, 20, 20)),
        ("2026/3/1 8:30:00 PM", datetime(2026, 3, 1, 20, 30)),
        ("2026/3/1 12:30:00 AM", datetime(2026, 3, 1, 0, 30)),
        ("20260301", datetime(2026, 3, 1)),
        ("202603010830", datetime(2026, 3, 1, 8, 30)),
        ("20260301083000", datetime(2026, 3, 1, 8, 30)),
        ("20260301 08:30:00", datetime(2026, 3, 1, 8, 30)),
        ("2026-03-01T08:30:00", datetime(2026, 3, 1, 8, 30)),
        ("2026-03-01T08:30:00+08:00", datetime(2026, 3, 1, 8, 30)),
        ("2026-03-01T00:30:00Z", datetime(2026, 3, 1, 8, 30)),
        ("2026-03-01T00:30:00.123456+0000", datetime(2026, 3, 1, 8, 30)),
        ("2026-03-01 08:30:00.0", datetime(2026, 3, 1, 8, 30)),
        ("２０２６－０３－０１　０８：３０", datetime(2026, 3, 1, 8, 30)),
        ("２０２６年３月１日", datetime(2026, 3, 1)),
        (" 2026-03-01 08:30:00\t", datetime(2026, 3, 1, 8, 30)),
        ("2026-02-28 24:00:00", datetime(2026, 3, 1)),
        ("46082", datetime(2026, 3, 1)),
        ("46082.354166666664", datetime(2026, 3, 1, 8, 30)),
        ("1772323200", datetime(2026, 3, 1, 8)),
        ("1772323200000", datetime(2026, 3, 1, 8)),
    ],
)
def test_a_time_is_read_in_every_usual_form(text: str, moment: datetime) -> None:
    assert read(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "昨天下午",
        "2026-13-45",
        "2026-02-30",
        "2025-02-29",
        "2026-03-01 25:00",
        "2026-03-01 08:61:00",
        "三月一日",
        "8:30",
        "2026",
        "2026-3",
        "12345",
        "待定",
        "2026-03-01 08:30:00 左右",
        "20261301083000",
        "2026-03-01 24:01:00",
    ],
)
def test_what_is_no_time_is_said_to_be_none(text: str) -> None:
    moments, bad = parse_times(pa.array([text, None]))
    assert np.isnat(moments).all()
    assert bad.tolist() == [True, False]


moments_of_use = st.datetimes(datetime(1999, 1, 1), datetime(2099, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0)
)
written = st.sampled_from(
    [
        "{0:%Y-%m-%d %H:%M:%S}",
        "{0.year}/{0.month}/{0.day} {0.hour}:{0:%M:%S}",
        "{0.year}年{0.month}月{0.day}日 {0.hour}时{0.minute}分{0.second}秒",
        "{0:%Y%m%d%H%M%S}",
        "{0:%Y-%m-%dT%H:%M:%S}+08:00",
        "{0:%Y.%m.%d %H:%M:%S}",
    ]
)


@given(st.lists(st.tuples(moments_of_use, written), min_size=1, max_size=30))
def test_what_is_written_in_any_form_is_read_back(cases: list[tuple[datetime, str]]) -> None:
    moments, bad = parse_times(pa.array([form.format(moment) for moment, form in cases]))
    assert moments.tolist() == [moment for moment, _ in cases]
    assert not bad.any()


@given(moments_of_use)
def test_an_excel_serial_number_is_read_to_the_second(moment: datetime) -> None:
    days = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    assert read(f"{days:.10f}") == moment


@given(st.lists(st.text(max_size=30)))
def test_no_text_makes_reading_times_fail(texts: list[str]) -> None:
    moments, bad = parse_times(pa.array(texts, pa.string()))
    assert len(moments) == len(bad) == len(texts)
    assert not (~np.isnat(moments) & bad).any()
