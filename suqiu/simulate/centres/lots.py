"""Lots whose shares come out as planned: of 200 cells with a share of 0.95 exactly 190 are true, wherever they fall."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt

#: Shares hold within every so many neighbours, so that they hold in any stretch of the period too.
_BLOCK = 40
_OPENS, _CLOSES = 7 * 3600, 22 * 3600

Flags = npt.NDArray[np.bool_]


class Lots:
    """One stream of lots.

    How many random numbers a draw takes does not depend on the share, so that what a centre claims and what is true
    differ in the cells that are wrong and in nothing else.
    """

    def __init__(self, seed: int, centre: str, what: str) -> None:
        self._rng = np.random.default_rng([seed, zlib.crc32(centre.encode()), zlib.crc32(what.encode())])

    def flags(self, count: int, share: float, among: Flags | None = None) -> Flags:
        """Return that many yes or no; the share holds among those named, the others are no."""
        lots = self._rng.random(count)
        members = np.arange(count) if among is None else np.flatnonzero(among)
        found = np.zeros(count, dtype=bool)
        blocks = np.arange(len(members)) // _BLOCK
        order = np.lexsort((lots[members], blocks))
        ends = np.minimum((np.arange(blocks[-1] + 1 if len(members) else 0) + 1) * _BLOCK, len(members))
        upto = np.floor(ends * share + 0.5).astype(np.int64)
        wanted = np.diff(np.concatenate([[0], upto]))
        found[members[order]] = np.arange(len(members)) % _BLOCK < wanted[blocks]
        return found

    def cells(self, count: int, share: float, among: Flags) -> list[bool | None]:
        """Return yes or no where it applies, None elsewhere."""
        found = self.flags(count, share, among)
        return [bool(one) if there else None for one, there in zip(found, among, strict=True)]

    def picks(self, count: int, words: Mapping[str, float] | Sequence[str]) -> list[str]:
        """Return that many words in the wanted proportions, shuffled."""
        names = list(words)
        weights = np.array(list(words.values()) if isinstance(words, Mapping) else [1.0] * len(names))
        edges = np.cumsum(weights) / weights.sum()
        places = np.searchsorted(edges, (np.arange(count) + 0.5) / max(count, 1), side="right")
        return [names[place] for place in self._rng.permutation(np.minimum(places, len(names) - 1))]

    def even(self, count: int, low: float, high: float) -> npt.NDArray[np.float64]:
        """Return evenly spread numbers in random order: their mean and quantiles are those of the spread."""
        return self._rng.permutation(low + (high - low) * (np.arange(count) + 0.5) / max(count, 1))

    def most(self, count: int, quantile: float) -> npt.NDArray[np.float64]:
        """Return numbers from near 0 up, 95 % of which are at most this; shuffled."""
        return self.even(count, 0.0, quantile / 0.95)

    def wholes(self, count: int, low: int, high: int) -> npt.NDArray[np.int64]:
        """Return whole numbers from low to high, both inclusive."""
        return self._rng.integers(low, high + 1, count)

    def order(self, count: int) -> npt.NDArray[np.int64]:
        """Return the numbers below count in random order."""
        return self._rng.permutation(count)

    def days(self, count: int, first: date, last: date) -> list[date]:
        """Return days spread over a period, sorted."""
        span = (last - first).days + 1
        return [first + timedelta(days=int((n + 0.5) * span / max(count, 1))) for n in range(count)]

    def times(self, count: int, first: date, last: date) -> list[datetime]:
        """Return moments of waking hours, spread over a period, sorted."""
        seconds = self._rng.integers(_OPENS, _CLOSES, count).tolist()
        days = self.days(count, first, last)
        begin = datetime(1970, 1, 1)
        found = [
            begin + timedelta(days=day.toordinal() - begin.toordinal(), seconds=second)
            for day, second in zip(days, seconds, strict=True)
        ]
        return sorted(found)
