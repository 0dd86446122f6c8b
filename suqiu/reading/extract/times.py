"""Times put on the calendar: ISO 8601 intervals of wall-clock time, seen from the order's acceptance."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa

from suqiu.reading.extract import moments
from suqiu.reading.extract.kinds import Kind
from suqiu.reading.extract.moments import Moment, Point
from suqiu.reading.extract.quantities import STARTS
from suqiu.reading.extract.rows import Found
from suqiu.reading.extract.scan import Beginnings, Scan
from suqiu.reading.tree import Numbers

_DAY = timedelta(days=1)
_SINCE = frozenset({"以来", "至今", "到现在", "开始", "起"})
_BEFORE = frozenset({"以前", "之前", "前"})
_AGO_DAYS = {"天": 1, "工作日": 1, "周": 7, "星期": 7, "礼拜": 7}
_Interval = tuple[datetime, datetime]


class Times:
    """Finds times and puts them on the calendar."""

    def __init__(self) -> None:
        self._pattern = moments.pattern()
        self._first = moments.first_words()

    def find(self, scan: Scan, accepted_at: pa.Array) -> Found:
        """Return times with their intervals.

        Args:
            scan: the texts.
            accepted_at: when each text's order was accepted, wall-clock time.
        """
        spans = scan.find(self._pattern, _starts(scan, self._first))
        accepted = accepted_at.to_pylist()
        rows = scan.rows(spans.starts).tolist()
        values = [interval(piece, accepted[row]) for piece, row in zip(scan.pieces(spans), rows, strict=True)]
        return Found(Kind.TIME, spans, values)


def _starts(scan: Scan, words: Beginnings) -> Numbers:
    """Return where a number begins or one of the first characters of a word for a time stands."""
    return np.union1d(scan.at(STARTS, once=True), scan.beginning(words))


def interval(written: str, accepted_at: datetime) -> str | None:
    """Return the ISO 8601 interval that a time means.

    `2018-02-08T08:30/2018-02-08T08:31`, the end outside; `../…` and `…/..` where one end was not said;
    `R/P1D/T02:00/T05:00` for what recurs; `T18:00/T06:00` for a part of a day that was not said; None for
    a vague time and for one that the calendar does not have.

    Args:
        written: as `moments.pattern` finds it.
        accepted_at: wall-clock time.
    """
    moment = moments.read(written)
    if moment is None or (moment.first is None and moment.ago is None):
        return None
    try:
        if moment.ago:
            return _iso(_ago(*moment.ago, accepted_at))
        if moment.every:
            return _recurring(moment)
        return _placed(moment, accepted_at)
    except (ValueError, OverflowError):  # 2月30日, 25点
        return None


def _placed(moment: Moment, now: datetime) -> str | None:
    first = moment.first
    if first is None:
        return None
    if not first.dated:
        hours = _hours(first, moment.last)
        return f"T{_time(hours[0])}/T{_time(hours[1])}" if hours else None
    start, end = _span(first, now)
    if moment.last is not None:
        if moment.last.dated:
            _, end = _span(_completed(moment.last, first), now)
        else:
            hours = _hours(first, moment.last)
            midnight = datetime(*_day(first, now)[0].timetuple()[:3])
            end = midnight + timedelta(minutes=hours[1]) if hours else end
    if moment.tail in _SINCE:
        return f"{_minute(start)}/{_minute(now)}" if start <= now else f"{_minute(start)}/.."
    if moment.tail in _BEFORE:
        return f"../{_minute(end)}"
    if moment.tail:
        return f"{_minute(start)}/.."
    return _iso((start, end)) if start < end else None


def _completed(last: Point, first: Point) -> Point:
    """Let the second of two days take year and month from the first: 11月21日至25日."""
    months = last.months or first.months
    year, relative = (last.year, last.relative_year) if last.year is not None else (first.year, first.relative_year)
    if last.relative_days is not None or last.weekday is not None or last.weeks is not None:
        return last
    return Point(
        year,
        relative,
        months,
        first.relative_months if months is None else None,
        last.day,
        part=last.part,
        hour=last.hour,
        minute=last.minute,
    )


def _span(point: Point, now: datetime) -> _Interval:
    """Return the time from the beginning to the end of what one point says."""
    first, last = _day(point, now)
    midnight = datetime(first.year, first.month, first.day)
    hours = _hours(point, None)
    if hours is None:
        return midnight, datetime(last.year, last.month, last.day) + _DAY
    return midnight + timedelta(minutes=hours[0]), midnight + timedelta(minutes=hours[1])


def _day(point: Point, now: datetime) -> tuple[date, date]:
    """Return the first and the last day that a point may mean."""
    today = now.date()
    if point.relative_days is not None:
        day = today + point.relative_days * _DAY
        return day, day
    if point.weeks is not None or point.weekday is not None:
        return _week(point, today)
    if point.relative_months is not None:
        months = today.year * 12 + today.month - 1 + point.relative_months
        year, month = divmod(months, 12)
        return _month_or_day(year, (month + 1, month + 1), point.day)
    if point.year is not None:
        year = today.year + point.year if point.relative_year else point.year
        return _month_or_day(year, point.months or (1, 12), point.day if point.months else None)
    if point.months is not None:
        return _nearest(today, point.months, point.day)
    day = today.replace(day=point.day or 1)
    if day > today + timedelta(days=15):
        before = today.replace(day=1) - _DAY
        day = before.replace(day=point.day or 1)
    return day, day


def _week(point: Point, today: date) -> tuple[date, date]:
    monday = today - (today.isoweekday() - 1) * _DAY + 7 * (point.weeks or 0) * _DAY
    if point.weekday is None:
        return monday, monday + 6 * _DAY
    if point.weekday == 8:
        return monday + 5 * _DAY, monday + 6 * _DAY
    day = monday + (point.weekday - 1) * _DAY
    if point.weeks is None and day > today:
        day -= 7 * _DAY
    return day, day


def _nearest(today: date, months: tuple[int, int], day: int | None) -> tuple[date, date]:
    """Choose the year of a day or month said without one: the latest that lies not too far ahead."""
    ahead = timedelta(days=int(moments.words()["ahead_days"]))
    for year in (today.year + 1, today.year, today.year - 1):
        found = _month_or_day(year, months, day) if day != 29 or months[0] != 2 or year % 4 == 0 else None
        limit = today + ahead if day is not None else today
        if found is not None and found[0] <= limit:
            return found
    return _month_or_day(today.year - 1, months, day)


def _month_or_day(year: int, months: tuple[int, int], day: int | None) -> tuple[date, date]:
    if day is not None:
        exact = date(year, months[0], day)
        return exact, exact
    behind = date(year + months[1] // 12, months[1] % 12 + 1, 1)
    return date(year, months[0], 1), behind - _DAY


def _hours(first: Point, last: Point | None) -> tuple[int, int] | None:
    """Return the minutes from midnight at which a time of day begins and ends, None where none was said."""
    if first.hour is None:
        if first.part is None:
            return None
        begin, end, _ = moments.words()["parts"][first.part]
        return begin * 60, end * 60
    start = _clock(first)
    if last is None or last.hour is None:
        return start, start + (60 if first.minute is None else 1)
    end = _clock(last)
    if end <= start:
        end += 12 * 60 if last.part is None and last.hour <= 12 and end + 12 * 60 > start else 24 * 60
    return start, end


def _clock(point: Point) -> int:
    hour = point.hour or 0
    if hour > 24 or (point.minute or 0) > 59:
        raise ValueError("no such time of day")
    if point.part is not None:
        begin, _, limit = moments.words()["parts"][point.part]
        if limit and hour < limit and begin >= 11:
            # 晚上2点 is of the night that follows, 晚上8点 of the evening.
            hour += 24 if begin >= 18 and hour < 5 else 12
        elif begin >= 18 and hour == 12:
            hour = 24
        elif begin == 0 and limit == 0 and hour == 12 and point.part == "凌晨":
            hour = 0
    return hour * 60 + (point.minute or 0)


def _ago(count: float, unit: str, now: datetime) -> _Interval:
    today = datetime(now.year, now.month, now.day)
    if unit in {"小时", "钟头"}:
        start = (
            now.replace(minute=0, second=0) - timedelta(hours=round(count)) if count >= 1 else now - timedelta(hours=1)
        )
        return start, start + timedelta(hours=1)
    if unit == "分钟":
        start = now.replace(second=0) - timedelta(minutes=count)
        return start, start + timedelta(minutes=1)
    if unit in _AGO_DAYS:
        start = today - timedelta(days=round(count * _AGO_DAYS[unit]))
        return start, start + _DAY
    if unit == "年" and count == int(count):
        return datetime(now.year - int(count), 1, 1), datetime(now.year - int(count) + 1, 1, 1)
    if unit == "月" and count < 1:
        return today - timedelta(days=15), today - timedelta(days=14)
    months = now.year * 12 + now.month - 1 - round(count * (12 if unit == "年" else 1))
    first, last = _month_or_day(months // 12, (months % 12 + 1, months % 12 + 1), None)
    return datetime(first.year, first.month, first.day), datetime(last.year, last.month, last.day) + _DAY


def _recurring(moment: Moment) -> str:
    letter = {"天": "D", "周": "W", "月": "M", "年": "Y"}[moment.every or "天"]
    value = f"R/P1{letter}"
    first = moment.first
    if first is None:
        return value
    if first.weekday is not None:
        value += f"/{first.weekday}"
    if first.day is not None:
        value += f"/{first.day}"
    hours = _hours(first, moment.last)
    return f"{value}/T{_time(hours[0])}/T{_time(hours[1])}" if hours else value


def _iso(span: _Interval) -> str:
    return f"{_minute(span[0])}/{_minute(span[1])}"


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def _time(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
