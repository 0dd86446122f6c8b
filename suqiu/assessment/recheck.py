"""Re-checks by sample: how many rows, which ones, and whether they contradict the claim.

The assessor asks anew for a column that the standard's forms mark as checkable, on rows drawn by a hash of their key,
so that nobody chooses them and anyone can draw them again. What the re-check contradicts it replaces.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from suqiu.domain.finding import Answer
from suqiu.evaluation.intervals import wilson

#: Closer values are the same but for rounding.
_SAME = 1e-9


def size_for(half_width: float, *, expected: float, population: int) -> int:
    """Return the smallest sample whose 95 % interval is at most this wide on either side.

    Without replacement: W. G. Cochran, Sampling Techniques, 3rd edition, 1977, section 4.4, corrects for a small
    population.

    Args:
        half_width: wanted, as a share, above 0.
        expected: the share that is expected; 0.5 is the safest.
        population: rows that could be drawn.

    Raises:
        ValueError: the half width is not between 0 and 0.5, or the expected share is none.
    """
    if not 0 < half_width < 0.5 or not 0 <= expected <= 1:
        raise ValueError(f"no sample gives a half width of {half_width} around {expected}")
    low, high = 1, 1
    while _half_width(high, expected) > half_width:
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _half_width(middle, expected) <= half_width else (middle + 1, high)
    # Rounded up: a sample too small by one would miss the width.
    corrected = -(-low * population // (low + population - 1)) if population else 0
    return min(corrected, population)


def drawn(keys: Sequence[str], size: int, seed: str) -> list[int]:
    """Return the places of the rows drawn, in the rows' own order.

    Args:
        keys: of all rows that may be drawn.
        size: how many.
        seed: fixed for an assessment and told to the centre only afterwards; the same seed draws the same rows,
            whatever order they come in.
    """
    ranks = sorted(range(len(keys)), key=lambda place: (_rank(keys[place], seed), keys[place], place))
    return sorted(ranks[:size])


def contradicts(claimed: Answer, found: Answer) -> bool:
    """Say whether a re-check contradicts a claim, both asked of the same rows.

    It does where the claim lies outside the interval of what was found: a few honest errors among many rows do not.
    Where no interval can be told, any difference does.

    Args:
        claimed: what the rows drawn come to as handed in; never the claim over all rows, which differs from any
            sample by chance.
        found: what the same rows come to in truth.
    """
    if claimed.value is None or found.value is None or abs(claimed.value - found.value) <= _SAME:
        return False
    return found.interval is None or not found.interval.lower <= claimed.value <= found.interval.upper


def _half_width(size: int, expected: float) -> float:
    interval = wilson(round(size * expected), size)
    return 1.0 if interval is None else (interval.upper - interval.lower) / 2


def _rank(key: str, seed: str) -> bytes:
    return hashlib.blake2b(key.encode(), key=hashlib.sha256(seed.encode()).digest(), digest_size=8).digest()
