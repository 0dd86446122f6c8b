"""What the twelve centres are and how well each does its work, read from `centres.yaml` beside this file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from suqiu.domain.errors import Defect
from suqiu.domain.text import Text

Number = float | int


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Twin(_Strict):
    """The same centre with something else handed in or done 对照.

    Attributes:
        id: of its folder.
        level: planted.
        but, hides, stale, gates: replace those of the centre; `but` is added to them.
    """

    id: str
    level: int
    but: dict[str, Number] = {}
    hides: tuple[str, ...] | None = None
    stale: dict[str, date] | None = None
    gates: tuple[str, ...] = ()


class Centre(_Strict):
    """One centre 模拟中心.

    Attributes:
        id, name: of its folder, and as it is called.
        kind: honest, hider, inflator, expired, gate_open or bare.
        profile: of the standard.
        residents: of the area it serves.
        work: at which level it works.
        level: at which it must come out.
        claimed: at which it would come out by its own word: without re-check, or without gates; None as `level`.
        but: where its work differs from its level's.
        truly: what its claims come to when an assessor looks; empty where they are true.
        rechecks: the truth is kept for an assessor to look up.
        hides: forms that it has and does not hand in.
        only: tables that it hands in; None for all it has.
        stale: forms that were exported long ago, by day.
        gates: gates that are open, and would show if everything were.
        twin: to be compared with it.
    """

    id: str
    name: str
    kind: str
    profile: str
    residents: int
    work: int
    level: int
    claimed: int | None = None
    but: dict[str, Number] = {}
    truly: dict[str, Number] = {}
    rechecks: bool = False
    hides: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None
    stale: dict[str, date] = {}
    gates: tuple[str, ...] = ()
    twin: Twin | None = None

    def twinned(self) -> Centre | None:
        """Return the twin as a centre of its own, which draws the same lots."""
        if self.twin is None:
            return None
        twin = self.twin
        return self.model_copy(
            update={
                "level": twin.level,
                "but": {**self.but, **twin.but},
                "hides": self.hides if twin.hides is None else twin.hides,
                "stale": self.stale if twin.stale is None else twin.stale,
                "gates": (*self.gates, *twin.gates),
                "twin": None,
            }
        )


class Question(_Strict):
    """What an assessor judges, and the document that it rests on 评判项."""

    level: int
    type: str
    title: str


class Targets(_Strict):
    """Targets that nobody has published, set for all centres alike 自设目标值."""

    set_by: str
    reason: str
    values: dict[str, Number]


class Scenarios(_Strict):
    """The standard's scenarios, numbered from 1, and those whose effect should rise 场景."""

    count: int
    up: frozenset[str]

    @property
    def ids(self) -> tuple[str, ...]:
        """All of them, in order."""
        return tuple(f"S{n:02d}" for n in range(1, self.count + 1))


class Plan(_Strict):
    """Everything of `centres.yaml` 模拟方案; the file says what each part is for."""

    first: date
    last: date
    collected: date
    as_of: date
    rows: dict[str, tuple[int, int, int, int, int]]
    work: dict[str, tuple[Number | None, Number | None, Number | None, Number | None, Number | None]]
    centres: tuple[Centre, ...]
    targets: Targets
    questions: dict[str, Question]
    scenarios: Scenarios


@dataclass(frozen=True, slots=True)
class Work:
    """How well one centre does each thing 工作水平.

    Attributes:
        level: of the table that the numbers are from.
        numbers: by name.
        sizes: rows of each form.
    """

    level: int
    numbers: Mapping[str, Number | None]
    sizes: Mapping[str, int]

    def __getitem__(self, name: str) -> float:
        """Return a number.

        Raises:
            Defect: the data file does not say it for this level.
        """
        value = self.numbers.get(name)
        if value is None:
            raise Defect(
                "centres.no_number",
                Text("模拟方案未写明{level}级的“{name}”", "level {level} has no number {name}").fill(
                    level=self.level, name=name
                ),
                Text("请在centres.yaml中补充", "add it to centres.yaml"),
            )
        return float(value)

    def truly(self, numbers: Mapping[str, Number]) -> Work:
        """Return the same with some numbers replaced."""
        return replace(self, numbers={**self.numbers, **numbers})


@cache
def load() -> Plan:
    """Read the plan that ships with the package."""
    text = files("suqiu.simulate.centres").joinpath("centres.yaml").read_text("utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return TypeAdapter(Plan).validate_python(content)


def work_of(plan: Plan, centre: Centre) -> Work:
    """Return how well a centre works, as it claims."""
    place = centre.work - 1
    numbers = {name: row[place] for name, row in plan.work.items()}
    unknown = centre.but.keys() | centre.truly.keys()
    if unknown - numbers.keys():
        raise Defect(
            "centres.unknown_number",
            Text("没有这项工作：{names}", "no such numbers: {names}").fill(
                names="、".join(sorted(unknown - set(numbers)))
            ),
            Text("请核对centres.yaml", "check centres.yaml"),
        )
    return Work(centre.work, {**numbers, **centre.but}, {name: row[place] for name, row in plan.rows.items()})
