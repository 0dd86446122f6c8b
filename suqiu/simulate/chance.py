"""Cheap draws of single random values, for work that goes order by order."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")

#: Numbers drawn at once: a single draw from numpy costs ten times as much as one out of a block.
_BLOCK = 16_384


class Chance:
    """One stream of random numbers, started anew for each chunk of orders.

    Attributes:
        roll: returns a number from 0 up to 1.
    """

    roll: Callable[[], float]

    def __init__(self) -> None:
        self.restart(np.random.default_rng(0))

    def restart(self, rng: np.random.Generator) -> None:
        """Go on with another stream."""
        self.roll = _blocks(rng).__next__

    def pick(self, things: Sequence[T]) -> T:
        """Return one of several things, all equally likely."""
        return things[int(self.roll() * len(things))]

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both inclusive."""
        return low + int(self.roll() * (high - low + 1))

    def waiting(self, mean: float) -> float:
        """Return an exponential waiting time with this mean."""
        return -mean * math.log(1.0 - self.roll())


def _blocks(rng: np.random.Generator) -> Iterator[float]:
    while True:
        yield from rng.random(_BLOCK).tolist()
