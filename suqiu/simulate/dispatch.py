"""Whose matter it is, whom it is sent to by mistake, and how each department works."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from suqiu.domain.city import Category, City, Department, DepartmentKind, Duty, RegionLevel
from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.simulate.chance import Chance
from suqiu.simulate.places import PlaceBook
from suqiu.simulate.scenario import Manner

#: Stream of random numbers for the departments' manners, beside those of plan, days and places.
_MANNERS = 4


class Dispatch:
    """The duty catalogue at work.

    Attributes:
        manners: how each department works, by id.
    """

    def __init__(
        self, city: City, leaves: Sequence[Category], book: PlaceBook, stated: Mapping[str, Manner], seed: int
    ) -> None:
        self._departments = city.department_by_id
        self._duties: list[list[Duty]] = [[] for _ in leaves]
        position = {leaf.id: n for n, leaf in enumerate(leaves)}
        for duty in city.duties:
            if duty.category in position:
                self._duties[position[duty.category]].append(duty)
        self._district = [self._of_district(city, book, home) for home in range(len(book.homes))]
        by_top: dict[str, set[str]] = defaultdict(set)
        for duty in city.duties:
            if duty.lead:
                by_top[duty.category.partition(".")[0]].add(duty.lead)
        self._near = [tuple(sorted(by_top[leaf.id.partition(".")[0]])) for leaf in leaves]
        self._all = tuple(sorted(self._departments))
        rng = np.random.default_rng([seed, _MANNERS])
        drawn = {unit: _manner(rng) for unit in self._all}
        self.manners: Mapping[str, Manner] = {**drawn, **stated}

    def right(self, leaf: int, home: int, chance: Chance) -> tuple[str, tuple[str, ...]]:
        """Return the department whose duty a matter is, and those that assist."""
        duties = self._duties[leaf]
        duty = duties[0] if len(duties) == 1 or chance.roll() < 0.8 else chance.pick(duties)
        return duty.lead or self._district[home], duty.assisting

    def wrong(self, leaf: int, home: int, right: str) -> tuple[str, ...]:
        """Return departments that the matter might be sent to by mistake; empty when there is only one department."""
        others = (*self._near[leaf], self._district[home]) if self._district[home] else self._near[leaf]
        return tuple(unit for unit in others if unit != right) or tuple(u for u in self._all if u != right)

    def always_open(self, unit: str) -> bool:
        """Say whether a department works round the clock: utilities do."""
        return self._departments[unit].kind is DepartmentKind.UTILITY

    def called(self, unit: str, chance: Chance) -> str:
        """Return what an agent calls a department."""
        department = self._departments[unit]
        return chance.pick(department.aliases) if department.aliases and chance.roll() < 0.6 else department.name

    def name(self, unit: str) -> str:
        """Return a department's official name."""
        return self._departments[unit].name

    def _of_district(self, city: City, book: PlaceBook, home: int) -> str:
        """Return the government of a community's district, where some duty needs one."""
        region = book.chain(home).get(RegionLevel.DISTRICT)
        found = [d for d in city.departments if region and d.region == region.id and d.kind is DepartmentKind.DISTRICT]
        if found:
            return min(found, key=_id).id
        if any(duty.lead is None for duty in city.duties):
            raise InvalidInput(
                "simulate.no_district_department",
                Text("区划{id}没有对应的区县政府", "no district government for region {id}").fill(
                    id=book.homes[home].id
                ),
                Text("请在departments.yaml中为该区县填写region", "give that district's government its region"),
            )
        return ""


def _id(department: Department) -> str:
    return department.id


def _manner(rng: np.random.Generator) -> Manner:
    """Draw how an ordinary department works."""
    return Manner(
        speed=round(float(rng.uniform(0.45, 0.95)), 3),
        late=round(float(rng.beta(1.5, 14)), 3),
        gamed=round(float(rng.beta(1.2, 60)), 3),
        empty=round(float(rng.beta(1.5, 18)), 3),
        solved=round(float(rng.uniform(0.72, 0.95)), 3),
    )
