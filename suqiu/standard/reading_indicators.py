"""Read an indicator's file, and the gates, each by itself; what refers elsewhere is checked once all is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Literal

from suqiu.datafiles.located_yaml import Entry
from suqiu.domain.finding import Verdict
from suqiu.domain.text import Text
from suqiu.standard import reading_parts as parts
from suqiu.standard.catalogue import Bound, Gate, Grade, Indicator, Kind, Origin, ProbeUse, Side, WorkedCase

_INDICATOR = re.compile(r"D[1-9]\d*\.[1-9]\d*\.[1-9]\d*")
_GATE = re.compile(r"G[1-9]\d*")


class Unit(StrEnum):
    """What a value is counted in 计量单位."""

    SHARE = "share"
    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    COUNT = "count"
    POINTS = "points"
    PER_100K = "per_100k"
    PP = "pp"
    RATING = "rating"
    RATIO = "ratio"


class Direction(StrEnum):
    """Which way is better 优向."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Outline:
    """What of an indicator or gate points elsewhere, and where it stands, even where the rest is damaged 引用.

    Attributes:
        id: as the file says; None where it cannot be told.
        file: path inside the folder.
        lines: by key; a bound's source under `floor.source` and `target.source`.
        level: None for gates, and where it cannot be told.
        depends: ids of indicators.
        sources: ids of sources by the key under which they stand.
        probe: what computes it; None for questions.
    """

    id: str | None
    file: str
    lines: Mapping[str, int]
    level: int | None
    depends: tuple[str, ...]
    sources: Mapping[str, str]
    probe: ProbeUse | None

    def line(self, key: str) -> int:
        """Return the line of a key, that of the id where the key is not written."""
        return self.lines.get(key, self.lines["id"])


def indicator_from(
    entry: Entry, file: str, highest: int, forms: Mapping[str, frozenset[str]] | None
) -> tuple[Indicator | None, Outline]:
    """Read one indicator.

    Args:
        entry: its file's content.
        file: path inside the folder, `indicators/D1/D1.1.1.yaml`.
        highest: the highest level.
        forms: columns by form, for the worked cases; None where they are not known.

    Returns:
        The indicator, None where anything in it is wrong; and its outline.
    """
    before = len(entry.faults.found)
    id_ = _id(entry, file)
    name, statement, why = (parts.pair(entry, key) for key in ("name", "statement", "why"))
    level, weight, required = entry.whole("level", 1, highest), _weight(entry), entry.truth("required")
    kind, side, unit = entry.choice("kind", Kind), entry.choice("side", Side), entry.choice("unit", Unit)
    direction, census = entry.choice("direction", Direction), entry.truth("census")
    accepts, (probe, question) = parts.accepted(entry), parts.asked(entry)
    criteria, floor, target = parts.pair(entry, "criteria"), parts.bound(entry, "floor"), parts.bound(entry, "target")
    remedy, depends, cases = parts.remedy(entry), entry.texts("depends"), parts.cases(entry, forms)
    entry.finish()
    bounds = (("floor.source", floor), ("target.source", target))
    sources = {key: one.source for key, one in bounds if one is not None and one.source is not None}
    outline = Outline(id_, file, _lines(entry), level, depends, sources, probe)
    _Meant(kind, unit, direction, floor, target).check(entry, cases)
    if not (id_ and name and statement and why and criteria and level and kind and side and unit and direction):
        return None, outline
    if not (weight and floor and target and remedy) or required is None or census is None:
        return None, outline
    if not parts.is_well(entry, before):
        return None, outline
    way: Literal["up", "down"] = "up" if direction is Direction.UP else "down"
    indicator = Indicator(
        id_, name, statement, why, level, weight, required, kind, side, unit.value, way, census, accepts,
        probe, question, criteria, floor, target, remedy, depends, cases, f"{file}:{outline.line('id')}",
    )  # fmt: skip
    return indicator, outline


def gate_from(
    entry: Entry, file: str, highest: int, forms: Mapping[str, frozenset[str]] | None
) -> tuple[Gate | None, Outline]:
    """Read one gate; see `indicator_from`."""
    before = len(entry.faults.found)
    id_ = entry.text("id")
    if id_ is not None and not _GATE.fullmatch(id_):
        _misnamed(entry, id_, "G1")
    name, statement, why = (parts.pair(entry, key) for key in ("name", "statement", "why"))
    cap, source, grade = entry.whole("cap", 0, highest - 1), entry.text("source"), entry.choice("grade", Grade)
    accepts, (probe, question) = parts.accepted(entry), parts.asked(entry)
    least = entry.whole("least_rows", 0, 1_000_000, required=probe is not None)
    remedy, cases = parts.remedy(entry), parts.cases(entry, forms)
    entry.finish()
    cited = {} if source is None else {"source": source}
    outline = Outline(id_, file, _lines(entry), None, (), cited, probe)
    if not (id_ and name and statement and why and source and grade and remedy) or cap is None:
        return None, outline
    if not parts.is_well(entry, before):
        return None, outline
    place = f"{file}:{outline.line('id')}"
    return (
        Gate(id_, name, statement, why, cap, source, grade, accepts, probe, question, least or 0, remedy, cases, place),
        outline,
    )


def _lines(entry: Entry) -> dict[str, int]:
    lines = {key: entry.line_of(key) for key in parts.keys_of(entry)}
    lines.setdefault("id", entry.line)
    for key in ("floor", "target", "probe"):
        if isinstance(entry.plain(key), dict) and (part := entry.entry(key)) is not None:
            lines |= {f"{key}.{inner}": part.line_of(inner) for inner in parts.keys_of(part)}
    return lines


def _id(entry: Entry, file: str) -> str | None:
    id_, path = entry.text("id"), PurePosixPath(file)
    if id_ is None:
        return None
    if not _INDICATOR.fullmatch(id_):
        _misnamed(entry, id_, "D3.2.1")
        return None
    if id_ != path.stem or id_.partition(".")[0] != path.parent.name:
        entry.error(
            "id",
            Text("编号{id}与文件{file}不一致", "the id {id} does not match the file {file}").fill(id=id_, file=file),
            Text("文件应为indicators/{domain}/{id}.yaml", "the file must be indicators/{domain}/{id}.yaml").fill(
                domain=id_.partition(".")[0], id=id_
            ),
        )
    return id_


def _misnamed(entry: Entry, id_: str, example: str) -> None:
    entry.error(
        "id",
        Text("编号“{id}”的写法不对", "“{id}” is no id").fill(id=id_),
        Text("请写成{example}的形式", "write it as {example}").fill(example=example),
    )


def _weight(entry: Entry) -> float | None:
    weight = entry.number("weight", 0, 1000)
    if weight == 0:
        entry.error(
            "weight",
            Text("权重应大于0", "the weight must be more than 0"),
            Text("不计分的指标请删除", "delete an indicator that does not count"),
        )
    return weight


@dataclass(frozen=True, slots=True)
class _Meant:
    """What of an indicator must make sense together; None where it could not be read."""

    kind: Kind | None
    unit: Unit | None
    direction: Direction | None
    floor: Bound | None
    target: Bound | None

    def check(self, entry: Entry, cases: tuple[WorkedCase, ...]) -> None:
        """Note what is well formed, but cannot be meant."""
        asked, probed = parts.has(entry, "question"), parts.has(entry, "probe")
        if self.unit is not None and asked != probed and (self.unit is Unit.RATING) != asked:
            entry.error(
                "unit",
                Text("评判类指标的单位为rating，其他指标不得用", "the unit `rating` is for questions, and only there"),
                Text("请核对unit和question", "check the unit and the question"),
            )
        if self.target is not None:
            self._check_target(entry, self.target, cases)
        for key, one in (("floor", self.floor), ("target", self.target)):
            outside = one is not None and one.value is not None and not 0 <= one.value <= 1
            if outside and self.unit in {Unit.SHARE, Unit.RATING}:
                entry.error(
                    key,
                    Text("{key}超出0至1的范围", "the {key} is not between 0 and 1").fill(key=key),
                    Text("百分之九十五请写成0.95", "write 95 % as 0.95"),
                )
        self._check_order(entry)

    def _check_target(self, entry: Entry, target: Bound, cases: tuple[WorkedCase, ...]) -> None:
        if target.origin in {Origin.STEP, Origin.NATURAL}:
            entry.error(
                "target",
                Text("目标值的性质不能是{origin}", "a target cannot be {origin}").fill(origin=target.origin.value),
                Text("可用published、observed、duty、own、user", "use published, observed, duty, own or user"),
            )
        if target.origin is Origin.OWN and self.kind is Kind.ACCURACY:
            entry.error(
                "target",
                Text("准确率类指标不得自定目标值", "how accurate is accurate enough is not ours to demand"),
                Text("请引用公开来源，或设为user", "cite a source, or make it `user`"),
            )
        for case, part in zip(cases, entry.entries("cases"), strict=False):
            _check_case(case, part, target.origin is Origin.USER)

    def _check_order(self, entry: Entry) -> None:
        low = None if self.floor is None else self.floor.value
        high = None if self.target is None else self.target.value
        if low is None or high is None or self.direction is None:
            return
        up = self.direction is Direction.UP
        if low < high if up else low > high:
            return
        better = Text("越高越好", "higher is better") if up else Text("越低越好", "lower is better")
        entry.error(
            "floor",
            Text(
                "下限{low:g}不差于目标值{high:g}，而本指标{better}",
                "the floor {low:g} is no worse than the target {high:g}, and {better}",
            ).fill(low=low, high=high, better=better),
            Text("请核对floor、target和direction", "check floor, target and direction"),
        )


def _check_case(case: WorkedCase, entry: Entry, open_target: bool) -> None:
    if case.target is not None and not open_target:
        entry.error(
            "target",
            Text("目标值已由标准给出，算例不得另设", "the standard states the target; a case cannot set another"),
            Text("请删去算例的target", "delete the case's target"),
        )
    if case.target is None and open_target and Verdict(case.verdict).known:
        entry.error(
            "expect",
            Text("目标值未设，不可能得出{verdict}", "without a target nothing is {verdict}").fill(verdict=case.verdict),
            Text("请在算例中写target，或改为unknown", "give the case a target, or expect unknown"),
        )
