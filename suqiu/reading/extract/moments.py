"""How a time is written: 上周三, 今年3月份以来, 每天凌晨2点到5点; read once, put on the calendar later."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from suqiu.reading.extract.lexicon import shipped
from suqiu.reading.extract.numerals import NUMERAL, number, numbers
from suqiu.reading.extract.scan import Beginnings, any_of, beginnings

_COUNT = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_TO = r"(?:到|至|-|~|—)"
_TAIL = r"(?:以来|至今|到现在|开始|起(?![码诉来伏])|以前|之前|前(?![往面方门台])|以后|之后|后(?![面门勤台]))"
_UNITS = r"(?:天|个?工作日|周|个?星期|个?礼拜|个?月|年|个?小时|个?钟头|分钟)"
_EVERY = r"(?:天|日|晚|早|夜|周|星期|个?月|年|逢)"
_WEEKDAYS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7}


@dataclass(frozen=True, slots=True)
class Point:
    """A day, month or year, and a time of day, each as far as it was said.

    Attributes:
        year: the year, or as `years_ago` says; None where not said.
        relative_year: `year` counts from the year of acceptance.
        months: first and last month; None where not said.
        relative_months: months from that of acceptance.
        day: of the month.
        relative_days: days from that of acceptance.
        weeks: weeks from that of acceptance.
        weekday: 1 to 7, 8 for the weekend.
        part: the part of the day.
        hour, minute: of the day as said, before the part of the day turns it into one of the afternoon.
    """

    year: int | None = None
    relative_year: bool = False
    months: tuple[int, int] | None = None
    relative_months: int | None = None
    day: int | None = None
    relative_days: int | None = None
    weeks: int | None = None
    weekday: int | None = None
    part: str | None = None
    hour: int | None = None
    minute: int | None = None

    @property
    def dated(self) -> bool:
        """Whether a day, week, month or year was said."""
        said = (self.year, self.months, self.relative_months, self.day, self.relative_days, self.weeks, self.weekday)
        return any(each is not None for each in said)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as written.

    Attributes:
        first, last: both ends; `last` None where only one was said; both None for a vague time.
        tail: 以来, 之前 and the like.
        ago: how many of which unit ago.
        every: what it recurs with: 天, 周, 月 or 年.
    """

    first: Point | None = None
    last: Point | None = None
    tail: str = ""
    ago: tuple[float, str] | None = None
    every: str | None = None


@cache
def words() -> Mapping[str, Any]:
    """Return the shipped words for times."""
    return shipped("times")


@cache
def _hour() -> str:
    minute = r"(?:半|一刻|三刻|\d{1,2}分?|[一二三四五六七八九十]{1,3}分)"
    return (
        rf"(?:(?P<h1>[01]?\d|2[0-4]):(?P<m1>[0-5]\d)(?::[0-5]\d)?(?!\d)"
        rf"|(?P<h2>[01]?\d|2[0-4]|[零一二两三四五六七八九十]{{1,3}})(?:点|时(?![间候代段常而期尚]))(?P<m2>{minute})?钟?)"
    )


@cache
def _date() -> str:
    w = words()
    month = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?!饼|季|租|薪|嫂|子)份?"
    day = r"(?P<day>[0-3]?\d|[一二三四五六七八九十]{1,3})(?:日|号(?![楼栋幢院房室线厅门商铺码机]))"
    years = (
        r"(?:(?P<year>(?:19|20)\d\d|二[〇零○][〇零○一二][〇零○一二三四五六七八九]|0\d|[12]\d(?=年\d{1,2}月))年"
        rf"|(?P<ryear>{any_of(w['years'])})(?![审检]))"
    )
    return (
        r"(?:(?P<iso>(?:19|20)\d\d[-/.](?:1[0-2]|0?[1-9])[-/.](?:[0-3]?\d)(?!\d))"
        rf"|{years}(?:度)?的?(?:(?P<season>{any_of(w['seasons'])})|{month}(?:{day})?|(?P<rmonth2>本月))?"
        rf"|{month.replace('month', 'month_')}(?:{day.replace('P<day>', 'P<day_>')})?"
        rf"|(?P<rmonth>{any_of(w['months'])})(?:{day.replace('P<day>', 'P<day2>')})?"
        rf"|(?P<word>{any_of(word for word in w['days'] if len(word) > 1)}|[昨今前明](?=[晚早晨夜]))"
        rf"|(?P<week>{any_of(w['weeks'])})(?P<wd>[一二三四五六日天末])?(?![边围岁])|(?:周|星期|礼拜)(?P<wd2>[一二三四五六日天末])(?!边)"
        r"|(?P<day3>[0-3]?\d)日(?!元|内|以内|游|均|常|志|租|报|本))"
    )


@cache
def _point() -> str:
    part = rf"(?P<part>{any_of(words()['parts'])})"
    strict = (
        r"(?=(?:[01]?\d|2[0-4]):[0-5]\d"
        r"|[\d一二三四五六七八九十两]{1,3}点(?:半|\d{1,2}分|钟|多|左右|许|到|至|-|~|之?前|之?后|以前|以后))"
    )
    longer = any_of(word for word in words()["parts"] if len(word) > 1)
    return (
        rf"(?:{_date()}(?: |的|,)?(?:{part})?(?:(?: |的)?{_hour()})?"
        rf"|(?P<day4>[0-3]?\d)号(?=(?:{longer}|\d{{1,2}}[点:时]))"
        rf"(?:{part.replace('P<part>', 'P<part4>')})?(?:{_hour_again('4')})?"
        rf"|(?P<part5>{longer})的?(?:{_hour_again('5')})?|{strict}{_hour_again('6')})"
    )


def _hour_again(suffix: str) -> str:
    return re.sub(r"\?P<(\w+)>", lambda match: f"?P<{match.group(1)}_{suffix}>", _hour())


@cache
def pattern() -> re.Pattern[str]:
    """Return the pattern for any time; without groups, so that it is fast and safe to search with."""
    point = _anonymous(_point())
    part = rf"(?:{any_of(words()['parts'])})"
    hour = _anonymous(_hour())
    every = (
        rf"每{_EVERY}(?:(?<=[周期逢])[一二三四五六日天末](?!次))?的?(?:{_COUNT}[日号])?的?"
        rf"{part}?(?:{hour})?(?:左右|多|许)?(?:{_TO}(?:{part})?(?:{hour}))?"
    )
    ago = rf"(?<![\d第.])(?:{NUMERAL}[多余几来]?|半){_UNITS}(?:半|多)?(?:以前|之前|前(?![往面方门台]))"
    return re.compile(
        rf"{every}|{any_of(words()['vague'])}|{ago}"
        rf"|(?<![\d./\-])(?<!\d:)(?:{point})(?:左右|许|多)?(?:{_TO}(?:次日|第二天)?(?:{point}|{_COUNT}[日号]|{hour}))?(?:左右|许)?(?:{_TAIL})?"
    )


def first_words() -> Beginnings:
    """Return how a time may begin, numerals aside."""
    w = words()
    listed = [word for key in ("parts", "days", "years", "months", "weeks", "vague") for word in w[key]]
    short = [day + part for day in "昨今前明" for part in "晚早晨夜"]
    return beginnings([*(word for word in listed if len(word) > 1), *short, "每", "周", "星期", "礼拜", "半"])


@lru_cache(maxsize=65_536)
def read(written: str) -> Moment | None:
    """Read a time as the pattern finds it; None where it turns out to be none."""
    if written in words()["vague"]:
        return Moment()
    if written.startswith("每"):
        return _recurring(written)
    ago = re.fullmatch(rf"({NUMERAL}|半)[多余几来]?({_UNITS})(半)?多?(?:以前|之前|前)", written)
    if ago:
        bounds = (0.5, 0.5) if ago.group(1) == "半" else numbers(ago.group(1))
        extra = 0.5 if ago.group(3) else 0.0
        return Moment(ago=(bounds[0] + extra, ago.group(2).removeprefix("个"))) if bounds else None
    match = re.match(_point(), written)
    if match is None:
        return None
    first = _read_point(match.groupdict())
    rest = written[match.end() :]
    tail = re.search(rf"{_TAIL}$", rest)
    rest = re.sub(rf"左右|许|多|次日|第二天|{_TAIL}$", "", rest)
    last = _second(re.sub(rf"^{_TO}", "", rest), first) if re.match(_TO, rest) else None
    return Moment(first, last, tail.group() if tail else "")


def _second(written: str, first: Point) -> Point | None:
    match = re.match(_point(), written)
    if match and match.end() == len(written):
        return _read_point(match.groupdict())
    match = re.match(_hour(), written)
    if match and match.end() == len(written):
        hour, minute = _clock(match.groupdict())
        return Point(part=first.part, hour=hour, minute=minute)
    day = re.fullmatch(rf"({_COUNT})[日号]", written)
    return Point(day=int(number(day.group(1)) or 0)) if day else None


def _recurring(written: str) -> Moment | None:
    every = re.match(_EVERY, written[1:])
    if every is None:
        return None
    unit = {"日": "天", "早": "天", "夜": "天", "晚": "天", "星期": "周", "逢": "周", "个月": "月"}.get(
        every.group(), every.group()
    )
    rest = written[1 + every.end() :]
    if every.group() in {"晚", "早", "夜"}:
        rest = every.group() + rest
    weekday = _WEEKDAYS.get(rest[:1]) if unit == "周" else None
    rest = rest[1:] if weekday or rest[:1] == "末" else rest
    day = re.match(rf"的?({_COUNT})[日号]", rest)
    rest = rest[day.end() :] if day else rest
    base = Point(day=int(number(day.group(1)) or 0) if day else None, weekday=weekday)
    first = last = None
    pieces = re.split(_TO, re.sub("左右|多|许|的", "", rest), maxsplit=1)
    first = _of_day(pieces[0], base)
    if len(pieces) > 1 and first.hour is not None:
        second = _of_day(pieces[1], Point())
        last = Point(part=second.part or first.part, hour=second.hour, minute=second.minute)
    return Moment(first, last, every=unit)


def _of_day(written: str, base: Point) -> Point:
    part = re.match(any_of(words()["parts"]), written)
    match = re.match(_hour(), written[part.end() :] if part else written)
    hour, minute = _clock(match.groupdict()) if match else (None, None)
    return Point(day=base.day, weekday=base.weekday, part=part.group() if part else None, hour=hour, minute=minute)


def _read_point(said: Mapping[str, str | None]) -> Point:
    w = words()
    got = {key: value for key, value in said.items() if value is not None}
    hour, minute = _clock(got)
    part = got.get("part") or got.get("part4") or got.get("part5")
    if "iso" in got:
        stated, month, day = (int(piece) for piece in re.split(r"[-/.]", got["iso"]))
        return Point(stated, months=(month, month), day=day, part=part, hour=hour, minute=minute)
    year, relative = _year(got, w)
    months = _months(got, w)
    day_said = next((got[key] for key in ("day", "day_", "day2", "day3", "day4") if key in got), None)
    weekday = next((got[key] for key in ("wd", "wd2") if key in got), None)
    month_word = got.get("rmonth") or got.get("rmonth2")
    return Point(
        year,
        relative,
        months,
        relative_months=w["months"][month_word] if month_word else None,
        day=int(number(day_said) or 0) if day_said else None,
        relative_days=w["days"][got["word"]] if "word" in got else None,
        weeks=w["weeks"][got["week"]] if "week" in got else None,
        weekday=(8 if weekday == "末" else _WEEKDAYS[weekday]) if weekday else None,
        part=part,
        hour=hour,
        minute=minute,
    )


def _year(got: Mapping[str, str], w: Mapping[str, Any]) -> tuple[int | None, bool]:
    if "ryear" in got:
        return int(w["years"][got["ryear"]]), True
    if "year" not in got:
        return None, False
    year = int(number(got["year"]) or 0)
    return (2000 + year if year < 100 else year), False


def _months(got: Mapping[str, str], w: Mapping[str, Any]) -> tuple[int, int] | None:
    if "season" in got:
        first, last = w["seasons"][got["season"]]
        return first, last
    said = got.get("month") or got.get("month_")
    month = int(number(said) or 0) if said else 0
    return (month, month) if month else None


def _clock(got: Mapping[str, str | None]) -> tuple[int | None, int | None]:
    for suffix in ("", "_4", "_5", "_6"):
        hour = got.get(f"h1{suffix}") or got.get(f"h2{suffix}")
        if hour is None:
            continue
        minute = got.get(f"m1{suffix}") or got.get(f"m2{suffix}")
        if minute is None:
            return int(number(hour) or 0), None
        fixed = {"半": 30, "一刻": 15, "三刻": 45}.get(minute)
        return int(number(hour) or 0), fixed if fixed is not None else int(number(minute.removesuffix("分")) or 0)
    return None, None


def _anonymous(source: str) -> str:
    named = re.sub(r"\?P<\w+>", "?:", source)
    # The ISO date's separator is referred to by number, which anonymous groups would shift.
    return named.replace(r"([-/.])(?:1[0-2]|0?[1-9])\2", r"[-/.](?:1[0-2]|0?[1-9])[-/.]")
