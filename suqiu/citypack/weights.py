"""Every weight and threshold that a city sets: its name, range and meaning, in this one place."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from suqiu.datafiles.file_fault import FaultLog, nearest
from suqiu.datafiles.located_yaml import Entry, read_mapping
from suqiu.domain.city import Weight
from suqiu.domain.text import Text

FILE = "weights.yaml"


@dataclass(frozen=True, slots=True)
class RequiredWeight:
    """A number that every pack must set 必填权重.

    Attributes:
        name: `area.what`, the key in the pack and the argument of `City.weight`.
        low, high: the range it may lie in, both inclusive.
        whole: it counts something, so it has no fraction.
        meaning: what it does.
    """

    name: str
    low: float
    high: float
    whole: bool
    meaning: Text


REQUIRED = (
    RequiredWeight(
        "reading.min_history",
        1,
        1_000_000,
        True,
        Text("训练模型所需的最少历史工单数", "orders needed before a model is trained on history"),
    ),
    RequiredWeight(
        "reading.accept_share",
        0.5,
        1,
        False,
        Text("模型补填字段时要求的正确率", "wanted accuracy when a model fills a missing field"),
    ),
    RequiredWeight(
        "events.window_days", 1, 90, True, Text("发现事件的时间窗（天）", "days in which events are sought")
    ),
    RequiredWeight("events.min_orders", 2, 10_000, True, Text("构成事件的最少工单数", "orders that make an event")),
    RequiredWeight(
        "events.max_chance",
        0.000001,
        1,
        False,
        Text("半年内允许的误报机会", "chance of a false event in half a year that is tolerated"),
    ),
    RequiredWeight(
        "events.steady_share",
        0,
        1,
        False,
        Text("近日件数不低于高峰的这一比例时视为持续", "share of the peak from which recent days count as steady"),
    ),
    RequiredWeight(
        "repeats.similarity", 0.5, 1, False, Text("改写重复的最低相似度", "least similarity of a reworded repeat")
    ),
    RequiredWeight(
        "repeats.caller_similarity",
        0,
        1,
        False,
        Text("同一诉求人改写重复的最低相似度", "least similarity of a repeat by one caller"),
    ),
    RequiredWeight(
        "repeats.window_days", 1, 730, True, Text("查找重复工单的天数", "days within which an order may be repeated")
    ),
    RequiredWeight("appraisal.response", 0, 1, False, Text("响应率权重", "weight of the response rate")),
    RequiredWeight("appraisal.resolution", 0, 1, False, Text("解决率权重", "weight of the resolution rate")),
    RequiredWeight("appraisal.satisfaction", 0, 1, False, Text("满意率权重", "weight of the satisfaction rate")),
    RequiredWeight(
        "analysis.contact_hours",
        1,
        720,
        True,
        Text("先行联系时限（小时）", "hours within which the caller is contacted"),
    ),
    RequiredWeight(
        "analysis.repeat_days",
        1,
        365,
        True,
        Text("重复诉求的统计天数", "days within which a demand counts as repeated"),
    ),
    RequiredWeight(
        "analysis.small_slice",
        1,
        100_000,
        True,
        Text("参与排名的最少工单数", "least orders for a slice to be ranked"),
    ),
    RequiredWeight("report.top_n", 1, 100, True, Text("排行列出的条数", "rows of a ranking")),
    RequiredWeight(
        "flow.reopen_days",
        1,
        365,
        True,
        Text("办结后可以重启的天数", "days after closure in which an order may be reopened"),
    ),
)

#: These share out the whole of an appraisal.
_SHARES = ("appraisal.response", "appraisal.resolution", "appraisal.satisfaction")


def read_weights(folder: Path, faults: FaultLog) -> dict[str, Weight]:
    """Read `weights.yaml`: every required name, each with value and reason, no other."""
    root = read_mapping(folder / FILE, FILE, faults)
    if root is None:
        return {}
    weights: dict[str, Weight] = {}
    known = {weight.name: weight for weight in REQUIRED}
    for name in root.keys():  # noqa: SIM118 - an Entry is no mapping
        required = known.get(name)
        if required is None:
            root.error(
                name, Text("不认识的权重“{name}”", "unknown weight “{name}”").fill(name=name), nearest(name, [*known])
            )
            continue
        entry = root.entry(name)
        weight = None if entry is None else _read_one(entry, required)
        if weight is not None:
            weights[name] = weight
    for required in REQUIRED:
        if required.name not in set(root.keys()):
            faults.error(
                FILE,
                None,
                Text("缺少权重“{name}”：{meaning}", "weight “{name}” is missing: {meaning}").fill(
                    name=required.name, meaning=required.meaning
                ),
                Text("请补充value和reason", "add it with value and reason"),
            )
    _check_shares(weights, root)
    return weights


def _read_one(entry: Entry, required: RequiredWeight) -> Weight | None:
    if required.whole:
        value: float | None = entry.whole("value", int(required.low), int(required.high))
    else:
        value = entry.number("value", required.low, required.high)
    reason = entry.text("reason")
    entry.finish()
    return None if value is None or reason is None else Weight(float(value), reason)


def _check_shares(weights: dict[str, Weight], root: Entry) -> None:
    if all(name in weights for name in _SHARES):
        total = math.fsum(weights[name].value for name in _SHARES)
        if abs(total - 1) > 1e-6:
            root.error(
                _SHARES[0],
                Text("考核权重之和为{total:g}，应为1", "the appraisal weights sum to {total:g}, not to 1").fill(
                    total=total
                ),
                Text("请调整appraisal的三个权重", "adjust the three appraisal weights"),
            )
