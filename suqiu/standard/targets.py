"""Targets that nobody has published, set for one assessment."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Bound, Catalogue, Indicator, Origin
from suqiu.standard.result import TargetSet


def with_targets(catalogue: Catalogue, sets: Iterable[TargetSet]) -> Catalogue:
    """Return the catalogue with targets set where it leaves them to the user; its fingerprint stays.

    A floor may be set only where the standard has none; without one the standard's own stays.

    Raises:
        InvalidInput: targets are set for what does not exist, twice, by nobody, where the standard states them, or so
            that the floor is no worse than the target; all such are named.
    """
    sets, faults, changed = list(sets), list[Text](), dict[str, Indicator]()
    known = {one.id: one for one in catalogue.indicators}
    for place, one in enumerate(sets):
        indicator = known.get(one.subject)
        if indicator is None:
            wrong: Text | None = Text("没有这个指标", "there is no such indicator")
        elif any(one.subject == other.subject for other in sets[:place]):
            wrong = Text("目标值重复设定", "its target is set twice")
        else:
            wrong = _wrong(indicator, one)
            changed[one.subject] = indicator if wrong else _set(indicator, one)
        if wrong is not None:
            faults.append(Text("{id}：{wrong}", "{id}: {wrong}").fill(id=one.subject, wrong=wrong))
    if faults:
        raise InvalidInput(
            "standard.bad_targets",
            Text(
                "自设目标值有误：" + "；".join(fault.zh for fault in faults),
                "targets cannot be set so: " + "; ".join(fault.en for fault in faults),
            ),
            Text(
                "只能为目标值性质为user的指标设定；运行suqiu standard show可查看",
                "only targets of origin `user` can be set; see suqiu standard show",
            ),
        )
    return replace(catalogue, indicators=tuple(changed.get(one.id, one) for one in catalogue.indicators))


def _wrong(indicator: Indicator, given: TargetSet) -> Text | None:
    """Return what is wrong with a target, None when nothing is."""
    numbers = [given.target, *([] if given.floor is None else [given.floor])]
    if indicator.target.origin is not Origin.USER:
        return Text("目标值已由标准给出", "the standard states its target")
    if given.floor is not None and indicator.floor.origin not in {Origin.USER, Origin.STEP}:
        return Text("下限已由标准给出", "the standard states its floor")
    if not given.set_by.strip() or not given.reason.strip():
        return Text("未写明设定人和理由", "who set it, and why, is not said")
    if not all(math.isfinite(number) for number in numbers):
        return Text("目标值不是数", "the target is no number")
    if indicator.unit == "share" and not all(0 <= number <= 1 for number in numbers):
        return Text("目标值超出0至1（百分之九十五请写成0.95）", "it is not between 0 and 1 (write 95 % as 0.95)")
    floor = indicator.floor.value if given.floor is None else given.floor
    if floor is None or (floor < given.target if indicator.direction == "up" else floor > given.target):
        return None
    return Text(
        "下限{floor:g}不差于目标值{target:g}", "the floor {floor:g} is no worse than the target {target:g}"
    ).fill(floor=floor, target=given.target)


def _set(indicator: Indicator, given: TargetSet) -> Indicator:
    def bound(value: float) -> Bound:
        return Bound(Origin.USER, value, None, None, Text(given.reason, given.reason), given.set_by)

    floor = indicator.floor if given.floor is None else bound(given.floor)
    return replace(indicator, target=bound(given.target), floor=floor)
