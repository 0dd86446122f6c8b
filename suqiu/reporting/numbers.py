"""How a fact looks in print: the one place that turns numbers into characters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from suqiu.domain.evidence import Fact, Outcome
from suqiu.domain.text import Language, Text

#: Day 0 of facts whose unit is `date`: their value counts days since then.
EPOCH = date(1970, 1, 1)


class Aspect(StrEnum):
    """Which side of a fact is printed 数字取值方式.

    The code is short because it travels in the tag of every printed number.
    """

    VALUE = "v"
    """With its unit: `91.2%`, `3.5小时`."""
    BARE = "b"
    """Without the unit, where a column's title says it; a share keeps its sign."""
    SIZE = "s"
    """Without the minus, where the words say whether it rose or fell."""
    POINTS = "p"
    """A difference of shares in percentage points, without the minus."""
    INTERVAL = "i"
    """Both ends of the confidence interval."""
    LEVEL = "l"
    """How sure the interval is."""
    NUMERATOR = "n"
    DENOMINATOR = "d"
    ROWS = "r"
    GIVEN = "g"
    """As it was set, without idle zeros: targets."""
    FINE = "f"
    """With its unit and one more digit, where fewer would make unlike numbers look alike."""
    FINE_INTERVAL = "e"


#: What stands where a number is not known.
_ABSENT = {
    Outcome.UNKNOWN: Text("数据不足", "not enough data"),
    Outcome.NOT_APPLICABLE: Text("不适用", "not applicable"),
    Outcome.ERROR: Text("计算出错", "calculation failed"),
}
_NONE = "—"

#: Units in words; a share is not among them, for its sign is part of the number.
UNITS: dict[str, Text] = {
    "orders": Text("件", " orders"),
    "events": Text("起", " events"),
    "rows": Text("行", " rows"),
    "departments": Text("家", " units"),
    "categories": Text("类", " categories"),
    "callers": Text("人", " callers"),
    "calls": Text("通", " calls"),
    "residents": Text("人", " residents"),
    "hours": Text("小时", " hours"),
    "minutes": Text("分钟", " minutes"),
    "seconds": Text("秒", " seconds"),
    "days": Text("天", " days"),
    "points": Text("分", " points"),
    "score": Text("分", " points"),
    "per_10k": Text("件/万人", " orders per ten thousand residents"),
    "ratio": Text("", ""),
    # Of assessments: `marks` are 0 to 100, a level is named beside its number.
    "marks": Text("分", " points"),
    "level": Text("级", ""),
    "months": Text("个月", " months"),
    "pp": Text("个百分点", " percentage points"),
    "per_100k": Text("/十万人", " per hundred thousand residents"),
    "count": Text("", ""),
    "rating": Text("", ""),
    "indicators": Text("项", " indicators"),
    "gates": Text("项", " gates"),
    "steps": Text("项", " steps"),
    "scenarios": Text("个", " scenarios"),
    "materials": Text("份", " pieces of evidence"),
    "person_days": Text("人日", " person-days"),
}
#: Units that are counted: a whole number of them is shown without decimals, an expected number with one.
_COUNTED = frozenset(
    {"orders", "events", "rows", "departments", "categories", "callers", "calls", "residents", "count", "level"}
    | {"indicators", "gates", "steps", "scenarios", "materials", "person_days"}
)
#: Units of which the last digits matter.
_FINE = frozenset({"ratio", "per_10k", "per_100k", "rating"})


def unit_name(unit: str, language: Language) -> str:
    """Return a unit as a column's title names it; empty where there is none to name."""
    return "" if unit not in UNITS else UNITS[unit].to(language).strip()


def show(fact: Fact, aspect: Aspect, language: Language) -> str:
    """Return the characters that print one aspect of a fact.

    A fact that is not known reads so in words, whatever the aspect: never as 0, never as a blank.
    """
    if aspect is Aspect.ROWS:
        return _count(fact.rows)
    if fact.value is None:
        return _ABSENT[fact.outcome].to(language)
    match aspect:
        case Aspect.NUMERATOR | Aspect.DENOMINATOR:
            part = fact.numerator if aspect is Aspect.NUMERATOR else fact.denominator
            return _NONE if part is None else _count(part)
        case Aspect.INTERVAL:
            return _interval(fact, language)
        case Aspect.FINE_INTERVAL:
            return _interval(fact, language, finer=1)
        case Aspect.FINE:
            return _number(fact.value, fact.unit, language, with_unit=True, finer=1)
        case Aspect.GIVEN:
            return _given(fact.value, fact.unit, language)
        case Aspect.LEVEL:
            return _NONE if fact.interval is None else _share(fact.interval.level, 0)
        case Aspect.POINTS:
            return f"{abs(fact.value) * 100:.1f}"
        case Aspect.SIZE:
            return _number(abs(fact.value), fact.unit, language, with_unit=True)
        case _:
            return _number(fact.value, fact.unit, language, with_unit=aspect is Aspect.VALUE)


def look_alike(values: Iterable[float], unit: str) -> bool:
    """Say whether some of these values differ and yet read the same in print."""
    unlike = set(values)
    return len({_number(value, unit, "zh", with_unit=False) for value in unlike}) < len(unlike)


def plotted(fact: Fact) -> float | None:
    """Return the number that a chart draws for a fact, shares in percent; None leaves a gap."""
    if fact.value is None:
        return None
    return round(fact.value * 100, 1) if fact.unit == "share" else round(float(fact.value), 1)


def _number(value: float, unit: str, language: Language, *, with_unit: bool, finer: int = 0) -> str:
    if unit == "share":
        return _share(value, 1 + finer)
    if unit == "date":
        return _date(EPOCH + timedelta(days=int(value)), language)
    if unit == "marks":
        return _near(value, 100, 1) + (UNITS[unit].to(language) if with_unit else "")
    whole = isinstance(value, int) or (unit in _COUNTED and value.is_integer())
    digits = _count(round(value)) if whole else f"{value:,.{(2 if unit in _FINE else 1) + finer}f}"
    return digits + (UNITS[unit].to(language) if with_unit and unit in UNITS else "")


def _given(value: float, unit: str, language: Language) -> str:
    text = f"{value * 100 if unit == 'share' else value:,.4f}".rstrip("0").rstrip(".")
    return text + ("%" if unit == "share" else UNITS[unit].to(language) if unit in UNITS else "")


def _interval(fact: Fact, language: Language, finer: int = 0) -> str:
    if fact.interval is None:
        return _NONE
    lower, upper = (
        _number(end, fact.unit, language, with_unit=False, finer=finer)
        for end in (fact.interval.lower, fact.interval.upper)
    )
    return f"{lower}～{upper}" if language == "zh" else f"{lower} to {upper}"


def _count(value: int) -> str:
    # Groups of three by commas: GB/T 15835-2011 allows it from four digits on.
    return f"{value:,}"


def _share(value: float, decimals: int) -> str:
    return f"{_near(value * 100, 100, decimals)}%"


def _near(value: float, whole: float, decimals: int) -> str:
    # What is not all must not read 100, and what is not nothing must not read 0.
    while decimals < 6 and 0 < value < whole and round(value, decimals) in {0, whole}:
        decimals += 1
    return f"{value:.{decimals}f}"


def _date(day: date, language: Language) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else day.isoformat()
