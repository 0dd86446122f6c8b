"""Who calls: an invented population, some of whom call again and again."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from suqiu.simulate.words import Words


class Population:
    """Callers by number: nothing is stored, a caller's name and telephone follow from the number.

    A community's callers are drawn so that the first few call very often, as every hotline knows.
    """

    def __init__(self, words: Words, orders: int, people: npt.NDArray[np.float64], seed: int) -> None:
        self._surnames = words.surnames
        self._double = words.double_surnames
        self._given = words.given
        self._honorifics = words.honorifics
        self._prefixes = words.mobile_prefixes
        # About half as many callers as orders in each community.
        self._pools = np.maximum(3, np.round(people * orders * 0.55)).astype(np.int64)
        self._starts = np.cumsum(self._pools) - self._pools
        self._seed = seed

    def draw(self, homes: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.int64]:
        """Return a caller's number for each community's position."""
        within = np.floor(self._pools[homes] * rng.random(len(homes)) ** 1.6).astype(np.int64)
        drawn: npt.NDArray[np.int64] = self._starts[homes] + within
        return drawn

    def person(self, caller: int) -> tuple[str, str, str]:
        """Return a caller's full name, name with a form of address, and mobile number."""
        bits = _mixed(caller, self._seed)
        surnames, given = self._surnames, self._given
        surname = self._double[bits % 5] if bits % 97 == 0 else surnames[(bits >> 7) % len(surnames)]
        name = surname + given[(bits >> 14) % len(given)]
        if (bits >> 21) % 4:
            name += given[(bits >> 24) % len(given)]
        prefix = self._prefixes[(bits >> 31) % len(self._prefixes)]
        address = self._honorifics[(bits >> 38) % len(self._honorifics)]
        tail = _mixed(caller ^ 0x5DEECE66D, self._seed) % 100_000_000
        return name, surname + address, f"{prefix}{tail:08d}"


def _mixed(number: int, seed: int) -> int:
    """Scatter a number over 64 bits (the finaliser of SplitMix64, G. Steele and others, OOPSLA 2014)."""
    mask = (1 << 64) - 1
    z = (number + (seed + 1) * 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return z ^ (z >> 31)
