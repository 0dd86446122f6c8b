"""Money, durations and numbers of people, each with its unit."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from suqiu.reading.extract.kinds import Kind
from suqiu.reading.extract.lexicon import shipped
from suqiu.reading.extract.numerals import NUMERAL, numbers
from suqiu.reading.extract.rows import Found
from suqiu.reading.extract.scan import Scan, Spans, any_of
from suqiu.reading.tree import Numbers

#: What a quantity begins with; 半 as in 半年.
STARTS = "0123456789〇零一两二三四五六七八九十百千万亿几数半"
_RANGE = rf"{NUMERAL}(?:[多余来]?[万千百]?元?(?:-|~|—|至|到|或){NUMERAL})?"
_MORE = r"(?:[多余来几]|左右)?"
_NOT_ORDINAL = r"(?<![第\d.单\-])(?<!\d:)(?<!周)"
#: Read once: amount and unit of what was written, as a pair of bounds with what is said about them.
_Read = tuple[float, str, str | None]

_MONEY = (
    rf"{_RANGE}{_MORE}[万千百亿]?[多余几]?(?:块钱|元钱|元人民币|元(?![旦月素件宵器老首年])|圆整"
    r"|块(?=[,，。;!?、)\n]|左右|一[个斤天月平]))"
)
_BARE = (
    r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百几]+)[多余几]?万"
    r"(?:[多余几]|\d千?|[一二三四五六七八九]千?)?(?=[,，。;!?、)\n的]|左右|押金|定金|块)"
)
_PERIOD = (
    rf"{_RANGE}{_MORE}(?:个?半?多?(?:小时|钟头)|分钟(?!路)|个?工作日|天(?![花线猫然前后桥下台气津])"
    r"|个?(?:多)?(?:星期|礼拜)(?![一二三四五六日天末前后])|周(?![一二三四五六日末边围年岁前后])|个半?多?月(?![前后])|个?季度"
    r"|年(?:半|多)?(?![级代份初底末度货纪\d第前后]|以前|之前|以后|之后|[一二三四五六七八九十]{1,2}月))"
    r"|半个?多?(?:小时|钟头|天|月|年)(?![级前后])"
)
_PEOPLE = (
    rf"{_RANGE}{_MORE}(?:户(?![口籍型外])|口人|个?人(?![员民行工家才力均事份社大防次])|名(?![字称额义下牌单次列为校气流])"
    r"|位(?![置数于])|个(?=业主|居民|住户|村民|学生|孩子|老人|工人|农民工|家长|员工|租户|病人|小孩|男|女))"
)


class Quantities:
    """Finds amounts of money, durations and counts of people."""

    def __init__(self) -> None:
        words = shipped("quantities")
        self._days: dict[str, float] = words["days"]
        self._iso: dict[str, list[str]] = words["iso"]
        per = rf"(?:(?:/|每|一)(?:{any_of(words['per'])}))?"
        self._pattern = re.compile(rf"{_NOT_ORDINAL}(?:({_MONEY}{per})|({_BARE})|({_PERIOD})|({_PEOPLE}))")
        self._money = re.compile(any_of(words["money"]))
        self._within: int = words["money_within"]
        self._unit = re.compile(f"(?:{any_of(self._days)})(?:半|多)?$")
        self._per = re.compile(rf"元?(?:/|每|一)({any_of(words['per'])})$")
        self._read = lru_cache(maxsize=65_536)(self._read_one)

    def find(self, scan: Scan, times: Spans) -> list[Found]:
        """Return quantities that are no part of a time.

        Args:
            scan: the texts.
            times: what was found to be a time.
        """
        spans = scan.find(self._pattern, scan.at(STARTS, once=True))
        spans = spans.where(~_overlapping(spans, times))
        pieces = scan.pieces(spans)
        read = [
            None if label == 1 and not self._about_money(scan, start) else self._read(piece, label)
            for piece, label, start in zip(pieces, spans.labels.tolist(), spans.starts.tolist(), strict=True)
        ]
        known = np.array([each is not None for each in read], dtype=np.bool_)
        spans, kept = spans.where(known), [each for each in read if each is not None]
        sort = np.array([0, 0, 1, 2])[spans.labels] if len(spans) else spans.labels
        found = []
        for number, kind in enumerate((Kind.AMOUNT, Kind.DURATION, Kind.PEOPLE)):
            of_kind = sort == number
            rows = [kept[place] for place in np.flatnonzero(of_kind).tolist()]
            found.append(
                Found(kind, spans.where(of_kind), [r[2] for r in rows], [r[0] for r in rows], [r[1] for r in rows])
            )
        return found

    def _about_money(self, scan: Scan, start: int) -> bool:
        before = scan.text[max(0, start - self._within) : start].rpartition("\n")[2]
        return self._money.search(before) is not None

    def _read_one(self, piece: str, label: int) -> _Read | None:
        """Read the bounds and the unit; None where it turns out to be no quantity."""
        if label < 2:
            per = self._per.search(piece)
            bounds = _bounds(piece[: per.start()] if per else piece)
            unit = f"元/{per.group(1)}" if per else "元"
            return None if bounds is None else (bounds[0], unit, _both(bounds))
        if label == 2:
            return self._duration(piece)
        bounds = _bounds(piece)
        # 一名男子, 一位业主: not a count that anybody asks for.
        if bounds is None or (bounds[1] == 1 and not piece[0].isdigit()) or bounds[0] == 0:
            return None
        return bounds[0], "户" if "户" in piece else "人", _both(bounds)

    def _duration(self, piece: str) -> _Read | None:
        unit = self._unit.search(piece)
        if unit is None:
            return None
        word = unit.group().rstrip("半多")
        half = 0.5 if "半" in piece else 0.0
        more = any(sign in piece for sign in "多余")
        bounds = (0.0, 0.0) if piece.startswith("半") else _bounds(piece.replace("半", ""))
        if bounds is None or (word == "年" and bounds[0] >= 1_000):
            return None
        count = bounds[0] + half
        if count == 0:
            return None
        before, letter = self._iso[word]
        value = f"P{before}{count * 3:g}M" if letter == "Q" else f"P{before}{count:g}{letter}"
        return round(count * self._days[word], 4), "天", (">=" if more else "") + value


def _bounds(piece: str) -> tuple[float, float] | None:
    """Return both ends of a quantity; 3-5万 and 三五千 have two, and the unit of the second holds for the first."""
    parts = re.findall(NUMERAL, re.sub(r"(?<=[\d一二两三四五六七八九])(?:多|余|几)(?=[万千百])", "", piece))
    if not parts:
        return None
    scale = re.search(r"[万千百亿]+$", parts[-1])
    if len(parts) > 1 and scale and not re.search(r"[十百千万亿]", parts[0]):
        parts[0] += scale.group()
    known = [numbers(part) for part in parts[:2]]
    if any(each is None for each in known):
        return None
    lows, highs = [each[0] for each in known if each], [each[1] for each in known if each]
    return (lows[0], highs[-1]) if lows[0] <= highs[-1] else (lows[0], lows[0])


def _both(bounds: tuple[float, float]) -> str | None:
    return f"{bounds[0]:g}/{bounds[1]:g}" if bounds[0] < bounds[1] else None


def _overlapping(spans: Spans, others: Spans) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Say which spans share a character with one of others, which do not overlap each other."""
    if not len(others):
        return np.zeros(len(spans), dtype=np.bool_)
    before: Numbers = np.searchsorted(others.starts, spans.ends, side="left") - 1
    return np.asarray((before >= 0) & (others.ends[before] > spans.starts))
