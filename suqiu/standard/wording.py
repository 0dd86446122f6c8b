"""How values, targets and verdicts are said in messages."""

from __future__ import annotations

from collections.abc import Sequence

from suqiu.domain.finding import Backing
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Bound, Indicator, Origin

BACKINGS = {
    Backing.MEASURED: Text("实测", "measured"),
    Backing.INSPECTED: Text("查验", "inspected"),
    Backing.ATTESTED: Text("证明", "attested"),
    Backing.DECLARED: Text("自述", "declared"),
}
_ORIGINS = {
    Origin.PUBLISHED: Text("公开目标", "published target"),
    Origin.OBSERVED: Text("公开实绩", "observed elsewhere"),
    Origin.DUTY: Text("公开职责要求", "public duty"),
    Origin.OWN: Text("本模型自定", "this model's own demand"),
}
_UNITS = {
    "share": Text("{n}%", "{n} %"),
    "rating": Text("{n}%", "{n} %"),
    "seconds": Text("{n}秒", "{n} s"),
    "minutes": Text("{n}分钟", "{n} min"),
    "hours": Text("{n}小时", "{n} h"),
    "days": Text("{n}天", "{n} days"),
    "months": Text("{n}个月", "{n} months"),
    "points": Text("{n}分", "{n} points"),
    "per_100k": Text("每十万人{n}", "{n} per 100,000"),
    "pp": Text("{n}个百分点", "{n} percentage points"),
}
#: More digits than any two values that are told apart by hand.
_MOST_DIGITS = 9


def shown(value: float, unit: str, digits: int = 2) -> Text:
    """Return a value with its unit, without idle zeros."""
    scaled = value * 100 if unit in {"share", "rating"} else value
    text = f"{scaled:,.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return _UNITS.get(unit, Text("{n}", "{n}")).fill(n="0" if text == "-0" else text)


def shown_apart(values: Sequence[float], unit: str) -> list[Text]:
    """Return values with their unit, with as many digits as it takes that different values look different."""
    for digits in range(2, _MOST_DIGITS):
        texts = [shown(value, unit, digits) for value in values]
        if len(set(texts)) == len(set(values)):
            return texts
    return [shown(value, unit, _MOST_DIGITS) for value in values]


def nature(bound: Bound) -> Text:
    """Return where a bound comes from, with source and grade, or who set it."""
    if bound.origin is Origin.USER:
        return Text("由{who}设定", "set by {who}").fill(who=bound.set_by)
    if bound.origin is Origin.OWN:
        return _ORIGINS[Origin.OWN]
    if bound.origin not in _ORIGINS or bound.grade is None:
        return Text("量程端点", "the end of the scale")
    return Text("{origin}，来源{source}，{grade}级", "{origin}, source {source}, grade {grade}").fill(
        origin=_ORIGINS[bound.origin], source=bound.source, grade=bound.grade.value
    )


def side_of(indicator: Indicator) -> Text:
    """Return on which side of the target a value must lie."""
    return Text("不低于", "at least") if indicator.direction == "up" else Text("不高于", "at most")


def goal(indicator: Indicator) -> Text:
    """Return an indicator's target in words, with where it comes from."""
    target = indicator.target
    if target.value is None:
        return Text("由评估委托方设定", "to be set by whoever orders the assessment")
    if indicator.unit == "rating":
        return Text("评为“大部分符合”及以上（{nature}）", "rated “mostly” or better ({nature})").fill(
            nature=nature(target)
        )
    return Text("{side}{value}（{nature}）", "{side} {value} ({nature})").fill(
        side=side_of(indicator), value=shown(target.value, indicator.unit), nature=nature(target)
    )


def listed(words: Sequence[Text]) -> Text:
    """Return words one after the other."""
    return Text("、".join(word.zh for word in words), ", ".join(word.en for word in words))
