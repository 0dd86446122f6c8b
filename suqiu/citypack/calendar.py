"""Read the working calendar: public holidays and worked weekends, year by year."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from suqiu.datafiles.file_fault import FaultLog
from suqiu.datafiles.located_yaml import Entry, read_mapping
from suqiu.domain.clock import Calendar
from suqiu.domain.text import Text

FILE = "calendar.yaml"
_LIKE_FILES = Text("请参照国务院办公厅公布的节假日安排", "see the notice of the State Council's general office")


def read_calendar(folder: Path, faults: FaultLog) -> Calendar | None:
    """Read `calendar.yaml`; None when its span cannot be read."""
    root = read_mapping(folder / FILE, FILE, faults)
    if root is None:
        return None
    first, last = root.day("first"), root.day("last")
    years = root.entries("years")
    root.finish()
    if first is None or last is None:
        return None
    # A century is more than any data; more is a slip of a digit, and each day costs memory.
    if not first <= last or last.year - first.year > 100:
        root.error(
            "last",
            Text("日历从{first}到{last}不成区间", "the calendar cannot span {first} to {last}").fill(
                first=first, last=last
            ),
            Text("first应早于last，且不超过一百年", "first comes before last, by a hundred years at most"),
        )
        return None
    holidays: set[date] = set()
    makeup: set[date] = set()
    stated: set[int] = set()
    for entry in years:
        _read_year(entry, (first, last), holidays, makeup, stated)
    for year in range(first.year, last.year + 1):
        if year not in stated:
            root.error(
                "years",
                Text("日历缺少{year}年", "the calendar lacks the year {year}").fill(year=year),
                Text(
                    "请补充该年；尚未公布的写announced: false",
                    "add it, with announced: false until it is",
                ),
            )
    return Calendar(frozenset(holidays), frozenset(makeup), first, last)


def _read_year(entry: Entry, span: tuple[date, date], holidays: set[date], makeup: set[date], stated: set[int]) -> None:
    year, announced = entry.whole("year", 1949, 2200), entry.truth("announced")
    named = entry.entry("holidays")
    off = [day for name in named.keys() for day in named.days(name)] if named else []  # noqa: SIM118
    worked = entry.days("makeup_days")
    entry.finish()
    if year is None:
        return
    if year in stated:
        entry.error("year", Text("{year}年重复", "the year {year} repeats").fill(year=year), _LIKE_FILES)
    stated.add(year)
    if announced is False and (off or worked):
        entry.error(
            "announced",
            Text("{year}年标为未公布却列有日期", "{year} is not announced and yet has days").fill(year=year),
            Text("公布后请改为announced: true", "once announced, write announced: true"),
        )
    if announced and not off:
        entry.error(
            "announced",
            Text("{year}年标为已公布却没有节假日", "{year} is announced and yet has no holiday").fill(year=year),
            Text("请补充节假日，或改为announced: false", "add the holidays, or write announced: false"),
        )
    for day, line in off:
        _check_day(entry, day, line, year, span, holidays, makeup)
        holidays.add(day)
    for day, line in worked:
        _check_day(entry, day, line, year, span, holidays, makeup)
        if day.weekday() < 5:
            entry.faults.error(
                FILE,
                line,
                Text("调休上班日{day}不是周末", "make-up day {day} is no weekend").fill(day=day),
                _LIKE_FILES,
            )
        makeup.add(day)


def _check_day(
    entry: Entry, day: date, line: int, year: int, span: tuple[date, date], holidays: set[date], makeup: set[date]
) -> None:
    if day.year != year or not span[0] <= day <= span[1]:
        entry.faults.error(
            FILE,
            line,
            Text("{day}不在{year}年或不在日历范围内", "{day} is outside {year} or the calendar").fill(
                day=day, year=year
            ),
            Text("请移到所属年份，或改正first和last", "move it to its year, or correct first and last"),
        )
    if day in holidays or day in makeup:
        entry.faults.error(
            FILE,
            line,
            Text("{day}重复，或既放假又上班", "{day} repeats, or is both off and worked").fill(day=day),
            _LIKE_FILES,
        )
