"""What a reply promises to do, and by which day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.reading.reply.clauses import Clauses

Numbers = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]

_SIGNED = r"(?P<year>20\d\d)\s*[年./-]\s*(?P<month>\d{1,2})\s*[月./-]\s*(?P<day>\d{1,2})\s*日?\s*[。.]?\s*$"
#: Numbers written in characters, as far as days and weeks are counted in them.
_NUMERALS = (
    (r"([二三])十([一二三四五六七八九])", r"\1\2"),
    (r"([二三])十", r"\1零"),
    (r"十([一二三四五六七八九])", r"一\1"),
    (r"十", "10"),
    *((c, str(n)) for n, c in enumerate("零一二三四五六七八九")),
    ("两", "2"),
)
_BY_DAY = (
    r"(?:(?P<year>20\d\d|今|本|明)年)?(?P<month>\d{1,2})月(?:份)?"
    r"(?:(?P<day>\d{1,2})[日号]|(?P<part>上旬|中旬|下旬|底|末|前|初)?)"
)
_BY_YEAR = r"(?P<year>20\d\d|今|本|明|当|^|[^\d])(?P<word>年底|年末|年内|年中|上半年|下半年|年)"
_BY_MONTH = r"(?P<month>本|当|这个|下个?)月(?P<part>上旬|中旬|下旬|底|末|内|前)?"
_UNITS = r"(?P<count>\d{1,3})\s*个?(?P<unit>工作日|月|日|天|周|星期|小时)"
_WITHIN = (rf"{_UNITS}(?:之|以)?内", rf"(?:预计|预期|约|需要?|用时|争取|力争)\s*{_UNITS}")
_WEEK = r"(?P<week>本|这|下)周(?P<day>[一二三四五六日天末内])?"
_PART_DAYS = {"上旬": 10, "初": 10, "中旬": 20}


@dataclass(frozen=True, slots=True)
class Promises:
    """The promise of each reply.

    Attributes:
        text: the clause, null without one; of several the first with a day, else the first.
        by: ISO day, null where the promise names none that can be told.
    """

    text: pa.Array
    by: pa.Array


def promises(clauses: Clauses, replies: pa.Array, days: Days | None, says: str, not_says: str) -> Promises:
    """Find what is promised.

    Args:
        clauses: of the replies, those that greet and sign left out.
        replies: string array; a day at the very end is the day of writing where `days` does not tell.
        days: when each reply was given, NaT where unknown.
        says, not_says: regular expressions (RE2) of promises, and of what only looks so.
    """
    written = _signed(replies) if days is None else np.where(np.isnat(days), _signed(replies), days)
    likely = clauses.matching(says)
    likely[likely] = ~clauses.chosen(likely).matching(not_says)
    found = clauses.chosen(likely)
    due = _due(found.texts, written[found.rows])
    dated = ~np.isnat(due)
    order = np.lexsort((np.arange(len(due)), ~dated, found.rows))
    rows = found.rows[order]
    first = order[np.concatenate([[True], rows[1:] != rows[:-1]])] if len(order) else order
    at = np.full(len(replies), -1, dtype=np.int64)
    at[found.rows[first]] = first
    chosen = pa.array(np.maximum(at, 0), mask=at < 0)
    by = (
        pa.array(np.datetime_as_string(due, unit="D"), pa.string(), mask=~dated)
        if len(due)
        else pa.array([], pa.string())
    )
    return Promises(found.texts.take(chosen), by.take(chosen))


def _signed(replies: pa.Array) -> Days:
    """Return the day that stands at the end of each reply, NaT without one."""
    tail = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(replies), -16, None)
    found = pc.extract_regex(tail, pattern=_SIGNED)
    return _day(_number(found, "year"), _number(found, "month"), _number(found, "day"))


def _due(texts: pa.Array, written: Days) -> Days:
    """Return the last day of what each promise allows itself; a day before the writing is none."""
    plain = texts
    for numeral, digits in _NUMERALS:
        plain = pc.replace_substring_regex(plain, pattern=numeral, replacement=digits)
    due = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[D]")
    for reading in (_by_day, _within, _by_week, _by_month, _by_year):
        due = np.where(np.isnat(due), reading(texts if reading is _by_week else plain, written), due)
    past = due < written
    return np.asarray(np.where(past, np.datetime64("NaT"), due), dtype="datetime64[D]")


def _by_day(texts: pa.Array, written: Days) -> Days:
    """Read 6月30日前, 2024年6月底, 明年3月上旬; without a year the next such day after the writing."""
    found = pc.extract_regex(texts, pattern=_BY_DAY)
    month, day, year = _number(found, "month"), _number(found, "day"), _year(found, written)
    part = _field(found, "part")
    ends = _ends(year, month)
    in_part = np.array([np.nan if p is None else _PART_DAYS.get(p, np.nan) for p in part.to_pylist()])
    before = pc.fill_null(pc.equal(part, "前"), False).to_numpy(zero_copy_only=False)
    starts = _day(year, month, np.ones(len(year)))
    whole = np.where(np.isnan(in_part), ends, starts + np.nan_to_num(in_part - 1).astype("timedelta64[D]"))
    whole = np.where(before, starts - np.timedelta64(1, "D"), whole)
    exact = _day(year, month, day)
    due = np.where(np.isnan(day), whole, exact)
    loose = pc.equal(pc.fill_null(_field(found, "year"), ""), "").to_numpy(zero_copy_only=False)
    later = np.where(np.isnan(day), _ends(year + 1, month), _day(year + 1, month, day))
    # A month that lies more than half a year back is next year's: "预计3月底前" written in December.
    return np.asarray(np.where(loose & (due < written - np.timedelta64(183, "D")), later, due))


def _within(texts: pa.Array, written: Days) -> Days:
    """Read 10个工作日内, 15日内, 两周内, 3个月内, counted from the writing."""
    inside, about = (pc.extract_regex(texts, pattern=pattern) for pattern in _WITHIN)
    count = np.where(
        inside.is_valid().to_numpy(zero_copy_only=False), _number(inside, "count"), _number(about, "count")
    )
    unit = pc.fill_null(pc.coalesce(_field(inside, "unit"), _field(about, "unit")), "")
    known = ~np.isnan(count) & ~np.isnat(written)
    from_day = np.where(known, written, np.datetime64("2000-01-01"))
    amount = np.where(known, count, 0).astype(np.int64)
    # Holidays are not known here: weekdays stand for working days.
    worked = np.busday_offset(from_day, amount, roll="backward").astype("datetime64[D]")
    factors = {"工作日": 0, "月": 30, "周": 7, "星期": 7, "小时": 0}
    scale = np.array([factors.get(word, 1) for word in unit.to_pylist()], dtype=np.int64)
    due = np.where(
        pc.equal(unit, "工作日").to_numpy(zero_copy_only=False),
        worked,
        from_day + (amount * scale).astype("timedelta64[D]"),
    )
    return np.asarray(np.where(known, due, np.datetime64("NaT")))


def _by_week(texts: pa.Array, written: Days) -> Days:
    """Read 本周内, 下周三; a week ends on Sunday."""
    found = pc.extract_regex(texts, pattern=_WEEK)
    week, day = pc.fill_null(_field(found, "week"), ""), pc.fill_null(_field(found, "day"), "")
    known = (pc.utf8_length(week).to_numpy() > 0) & ~np.isnat(written)
    from_day = np.where(known, written, np.datetime64("2000-01-03"))
    monday = from_day - ((from_day.astype(np.int64) + 3) % 7).astype("timedelta64[D]")
    places = {c: n for n, c in enumerate("一二三四五六日")}
    shift = np.array([places.get(word, 6) for word in day.to_pylist()], dtype=np.int64)
    shift = shift + 7 * pc.equal(week, "下").to_numpy(zero_copy_only=False)
    return np.asarray(np.where(known, monday + shift.astype("timedelta64[D]"), np.datetime64("NaT")))


def _by_month(texts: pa.Array, written: Days) -> Days:
    """Read 本月底, 下个月中旬."""
    found = pc.extract_regex(texts, pattern=_BY_MONTH)
    which, part = pc.fill_null(_field(found, "month"), ""), _field(found, "part")
    known = (pc.utf8_length(which).to_numpy() > 0) & ~np.isnat(written)
    months = np.where(known, written, np.datetime64("2000-01-01")).astype("datetime64[M]")
    months = months + pc.starts_with(which, "下").to_numpy(zero_copy_only=False).astype("timedelta64[M]")
    in_part = np.array([_PART_DAYS.get(p or "", 0) for p in part.to_pylist()], dtype=np.int64)
    last = (months + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    due = np.where(in_part > 0, months.astype("datetime64[D]") + (in_part - 1).astype("timedelta64[D]"), last)
    return np.asarray(np.where(known, due, np.datetime64("NaT")))


def _by_year(texts: pa.Array, written: Days) -> Days:
    """Read 年底前, 今年内, 2025年上半年; a bare 明年 is read as its end."""
    found = pc.extract_regex(texts, pattern=_BY_YEAR)
    year, word = _year(found, written), pc.fill_null(_field(found, "word"), "")
    named = pc.match_substring_regex(pc.fill_null(_field(found, "year"), ""), r"20|今|本|明").to_numpy(
        zero_copy_only=False
    )
    told = (pc.utf8_length(word).to_numpy() > 0) & (named | pc.not_equal(word, "年").to_numpy(zero_copy_only=False))
    half = pc.is_in(word, value_set=pa.array(["年中", "上半年"])).to_numpy(zero_copy_only=False)
    known = told & ~np.isnan(year)
    return np.where(known, _day(year, np.where(half, 6, 12), np.where(half, 30, 31)), np.datetime64("NaT"))


def _year(found: pa.Array, written: Days) -> npt.NDArray[np.float64]:
    """Return the year named, else that of the writing; NaN where neither is known."""
    said = pc.fill_null(_field(found, "year"), "")
    own = np.where(np.isnat(written), np.nan, written.astype("datetime64[Y]").astype(np.int64) + 1970.0)
    own = own + pc.equal(said, "明").to_numpy(zero_copy_only=False)
    named = pc.if_else(pc.match_substring_regex(said, r"^20\d\d$"), said, pa.scalar(None, pa.string())).cast(
        pa.float64()
    )
    figures = named.to_numpy(zero_copy_only=False)
    return np.asarray(np.where(np.isnan(figures), own, figures))


def _day(year: npt.NDArray[np.float64], month: npt.NDArray[np.float64], day: npt.NDArray[np.float64]) -> Days:
    """Put days together; NaT where a part is unknown or there is no such day."""
    known = ~(np.isnan(year) | np.isnan(month) | np.isnan(day))
    known &= np.where(known, (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31), False)
    years, months, days = (np.where(known, part, 1).astype(np.int64) for part in (year, month, day))
    first = (np.where(known, years, 2000) - 1970).astype("datetime64[Y]").astype("datetime64[M]")
    first = first + (months - 1).astype("timedelta64[M]")
    full = first.astype("datetime64[D]") + (days - 1).astype("timedelta64[D]")
    same = full.astype("datetime64[M]") == first
    return np.asarray(np.where(known & same, full, np.datetime64("NaT")), dtype="datetime64[D]")


def _ends(year: npt.NDArray[np.float64], month: npt.NDArray[np.float64]) -> Days:
    """Return the last day of each month."""
    first = _day(year, month, np.ones(len(year)))
    return np.asarray(
        (first.astype("datetime64[M]") + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    )


def _field(found: pa.Array, name: str) -> pa.Array:
    """Return one named group, null where the pattern did not match."""
    return pc.struct_field(found, name)


def _number(found: pa.Array, name: str) -> npt.NDArray[np.float64]:
    text = _field(found, name)
    some = pc.if_else(pc.match_substring_regex(text, r"^\d+$"), text, pa.scalar(None, pa.string()))
    return np.asarray(some.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
