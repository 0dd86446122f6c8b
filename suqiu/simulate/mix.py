"""Which matters come up when, and of which kind: the leaves of the taxonomy weighed by season and storm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from suqiu.domain.city import Category, City
from suqiu.domain.order import OrderType
from suqiu.simulate.material import Material
from suqiu.simulate.scenario import Season


class Mix:
    """Draws leaves and kinds of demand.

    Attributes:
        leaves: all leaves in the order of their ids.
    """

    def __init__(self, material: Material, city: City) -> None:
        self.leaves: tuple[Category, ...] = tuple(sorted(city.taxonomy.leaves, key=lambda leaf: leaf.id))
        self._ordinary = np.array([material.phrases[leaf.id].weight for leaf in self.leaves], dtype=np.float64)
        self._seasons = [(self.meant(season.words), season) for season in material.scenario.seasons]
        self._storms = [(self.meant(storm.words), storm.factor) for storm in material.scenario.storms]

    def meant(self, words: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Say of each leaf whether its name or lay words hold one of these; no words mean every leaf."""
        if not words:
            return np.ones(len(self.leaves), dtype=np.bool_)
        return np.array([any(word in leaf.name + leaf.about for word in words) for leaf in self.leaves], dtype=np.bool_)

    def draw(self, day: date, storm: int, chances: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return a leaf's position for each chance (0 to 1) on a day with a storm's position (-1: none)."""
        weights = self._ordinary.copy()
        for meant, season in self._seasons:
            weights[meant] *= _factor(season, day)
        if storm >= 0:
            meant, factor = self._storms[storm]
            weights[meant] *= factor
        picked: npt.NDArray[np.int64] = np.searchsorted(np.cumsum(weights) / weights.sum(), chances, side="right")
        return np.minimum(picked, len(self.leaves) - 1)


def _factor(season: Season, day: date) -> float:
    """Return a season's factor on a day: stated for the middle of each month, and straight in between."""
    through = (day.day - 15) / 30
    other = (day.month - 1 + (1 if through >= 0 else -1)) % 12 + 1
    here, there = (season.months.get(month, season.otherwise) for month in (day.month, other))
    return here + (there - here) * abs(through)


class Choice:
    """One of a few things by their weights."""

    def __init__(self, weights: Mapping[OrderType, float]) -> None:
        total, at = sum(weights.values()), 0.0
        self._steps: list[tuple[float, OrderType]] = []
        for kind in sorted(weights):
            at += weights[kind] / total
            self._steps.append((at, kind))

    def pick(self, chance: float) -> OrderType:
        """Return what a chance from 0 to 1 falls on."""
        for at, kind in self._steps:
            if chance < at:
                return kind
        return self._steps[-1][1]
