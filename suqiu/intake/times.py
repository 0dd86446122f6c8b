"""Dates and times in every form that Chinese exports use, a column at a time."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Flags = npt.NDArray[np.bool_]
Moments = npt.NDArray[np.datetime64]

#: China's clock, seconds ahead of UTC; used for times that state another offset.
CHINA = 8 * 3600

_HALF = "上午|下午|凌晨|早上|早晨|清晨|中午|傍晚|晚上|晚|[AaPp]\\.?[Mm]\\.?"
#: 2026-03-01 08:30:00, 2026/3/1 8:30, 2026年3月1日 星期日 下午3时5分, 2026.3.1, 2026-03-01T08:30:00.123+08:00
_WRITTEN = (
    r"^(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:\s*[（(]?(?:星期|周)[一二三四五六日天][)）]?)?"
    rf"(?:[T\s,，]*(?P<before>{_HALF})?\s*(?P<hour>\d{{1,2}})\s*[:时点]\s*"
    r"(?:(?P<minute>\d{1,2})\s*(?:[:分]\s*)?(?:(?P<second>\d{1,2})(?:[.,]\d+)?\s*秒?)?)?"
    rf"\s*(?P<after>{_HALF})?)?\s*(?P<offset>Z|[+-]\d{{2}}:?\d{{2}})?$"
)
#: 20260301083000, 202603010830, 20260301
_PACKED = (
    r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:[T\s]?(?P<hour>\d{2}):?(?P<minute>\d{2}):?(?P<second>\d{2})?)?$"
)
#: Days since 1899-12-30 as Excel counts them: 1954 to 2119.
_SERIAL = r"^(?P<days>[2-7]\d{4})(?P<part>\.\d+)?$"
#: Seconds or milliseconds since 1970.
_EPOCH = r"^(?P<seconds>[1-4]\d{9})(?:\d{3})?$"
_EXCEL_ZERO = np.datetime64("1899-12-30T00:00:00", "s")
_WIDE_OR_ODD = r"[^\x00-\x7f年月日时分秒点上下午凌晨早中晚星期周一二三四五六天（），清傍]"


def parse_times(texts: pa.Array, utc_offset: int = CHINA) -> tuple[Moments, Flags]:
    """Read a column of texts as wall-clock moments.

    Fractions of a second are dropped; 24:00 is the next day's midnight; a stated offset is converted to
    `utc_offset` (seconds ahead of UTC), and so are counts of seconds since 1970.

    Returns:
        Moments (datetime64[s], NaT where null or unreadable), and which texts are filled but unreadable.
    """
    found = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[s]")
    left = np.flatnonzero(pc.is_valid(texts).to_numpy(zero_copy_only=False))
    for reader in (_read_plain, _read_written, _read_packed, _read_serial, _read_epoch):
        if left.size == 0:
            break
        found[left] = reader(_tidy(texts.take(pa.array(left))), utc_offset)
        left = left[np.isnat(found[left])]
    bad = np.zeros(len(texts), dtype=bool)
    bad[left] = True
    return found, bad


def _tidy(texts: pa.Array) -> pa.Array:
    texts = pc.utf8_trim_whitespace(texts)
    if pc.all(pc.string_is_ascii(texts), min_count=0).as_py():
        return texts
    if pc.any(pc.match_substring_regex(texts, _WIDE_OR_ODD), min_count=0).as_py():
        return pc.utf8_normalize(texts, "NFKC")
    return texts


def _read_plain(texts: pa.Array, _: int) -> Moments:
    """Read the common form, 2026-03-01 08:30:00, from its bytes: much the fastest."""
    found = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[s]")
    rows = np.flatnonzero(pc.equal(pc.binary_length(texts), 19).to_numpy(zero_copy_only=False))
    if rows.size == 0:
        return found
    chosen = texts.take(pa.array(rows))
    start = int(np.frombuffer(chosen.buffers()[1], dtype=np.int32, count=chosen.offset + 1)[-1])
    marks = np.frombuffer(chosen.buffers()[2], dtype=np.uint8, count=19 * rows.size, offset=start).reshape(-1, 19)
    digits = marks[:, [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18]].astype(np.int64) - ord("0")
    shaped = ((digits >= 0) & (digits <= 9)).all(axis=1)
    shaped &= np.isin(marks[:, 4], [ord("-"), ord("/")]) & (marks[:, 7] == marks[:, 4])
    shaped &= np.isin(marks[:, 10], [ord(" "), ord("T")]) & (marks[:, 13] == ord(":")) & (marks[:, 16] == ord(":"))
    year = digits[:, :4] @ np.array([1000, 100, 10, 1])
    pairs = digits[:, 4::2] * 10 + digits[:, 5::2]
    moments = _assemble(year, *pairs.T)
    moments[~shaped] = np.datetime64("NaT")
    found[rows] = moments
    return found


def _read_written(texts: pa.Array, utc_offset: int) -> Moments:
    parts = _parts(texts, _WRITTEN)
    hour = parts["hour"]
    half = np.where(parts["before"] != "", parts["before"], parts["after"])
    late = np.isin(half, ["下午", "傍晚", "晚上", "晚"]) | np.char.startswith(np.char.lower(half), "p")
    noon = half == "中午"
    early = (half != "") & ~late & ~noon
    hour = np.where((late & (hour < 12)) | (noon & (hour < 10)), hour + 12, np.where(early & (hour == 12), 0, hour))
    moments = _assemble(parts["year"], parts["month"], parts["day"], hour, parts["minute"], parts["second"])
    stated = parts["offset"] != ""
    if stated.any():
        shift = [utc_offset - _seconds(text) for text in parts["offset"][stated]]
        moments[stated] += np.array(shift, dtype="timedelta64[s]")
    return moments


def _read_packed(texts: pa.Array, _: int) -> Moments:
    parts = _parts(texts, _PACKED)
    return _assemble(*(parts[name] for name in ("year", "month", "day", "hour", "minute", "second")))


def _read_serial(texts: pa.Array, _: int) -> Moments:
    parts = _parts(texts, _SERIAL)
    fraction = np.array([float(part or 0) for part in parts["part"]])
    seconds = np.where(parts["days"] < 0, 0, parts["days"]) * 86400 + np.rint(fraction * 86400).astype(np.int64)
    moments: Moments = _EXCEL_ZERO + seconds.astype("timedelta64[s]")
    moments[parts["days"] < 0] = np.datetime64("NaT")
    return moments


def _read_epoch(texts: pa.Array, utc_offset: int) -> Moments:
    seconds = _parts(texts, _EPOCH)["seconds"]
    moments: Moments = (np.where(seconds < 0, 0, seconds) + utc_offset).astype("datetime64[s]")
    moments[seconds < 0] = np.datetime64("NaT")
    return moments


_WORDS = frozenset({"before", "after", "offset", "part"})
_MAY_LACK = frozenset({"hour", "minute", "second"})


def _parts(texts: pa.Array, pattern: str) -> dict[str, npt.NDArray[Any]]:
    """Take texts apart by a pattern: words as texts, the rest as numbers; -1 where the pattern does not fit."""
    taken = pc.extract_regex(texts, pattern)
    fits = pc.is_valid(taken).to_numpy(zero_copy_only=False)
    parts: dict[str, npt.NDArray[Any]] = {}
    for name in re.findall(r"\?P<(\w+)>", pattern):
        column = taken.field(name).fill_null("")
        if name in _WORDS:
            parts[name] = np.array(column.to_pylist(), dtype=str) if len(column) else np.array([], dtype="<U1")
            continue
        blank = "0" if name in _MAY_LACK else "-1"
        filled = pc.if_else(pc.equal(column, ""), blank, column)
        parts[name] = np.where(fits, filled.cast(pa.int64()).to_numpy(zero_copy_only=False), -1)
    return parts


def _assemble(
    year: npt.NDArray[np.int64],
    month: npt.NDArray[np.int64],
    day: npt.NDArray[np.int64],
    hour: npt.NDArray[np.int64],
    minute: npt.NDArray[np.int64],
    second: npt.NDArray[np.int64],
) -> Moments:
    """Build moments from their parts; NaT where they are no moment of the calendar."""
    valid = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    valid &= (hour >= 0) & (minute >= 0) & (minute < 60) & (second >= 0) & (second < 60)
    valid &= (hour < 24) | ((hour == 24) & (minute == 0) & (second == 0))
    months = (np.where(valid, (year - 1970) * 12 + month - 1, 0)).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (np.where(valid, day, 1) - 1).astype("timedelta64[D]")
    valid &= days.astype("datetime64[M]") == months  # 31 April is none
    within = np.where(valid, hour * 3600 + minute * 60 + second, 0).astype("timedelta64[s]")
    moments: Moments = days.astype("datetime64[s]") + within
    moments[~valid] = np.datetime64("NaT")
    return moments


def _seconds(offset: str) -> int:
    if offset == "Z":
        return 0
    digits = offset.replace(":", "")
    return (int(digits[1:3]) * 3600 + int(digits[3:5]) * 60) * (-1 if digits[0] == "-" else 1)
