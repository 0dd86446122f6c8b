"""Confidence intervals."""

from __future__ import annotations

import math

from suqiu.domain.evidence import Interval

#: The two-sided 95 % point of the normal distribution.
_Z95 = 1.959963984540054


def wilson(successes: int, trials: int) -> Interval | None:
    """Return the 95 % Wilson score interval of a share, None without trials.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
    JASA 22 (1927).

    Raises:
        ValueError: successes are negative or more than trials.
    """
    if trials == 0:
        return None
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials")
    share, z2 = successes / trials, _Z95 * _Z95
    centre = share + z2 / (2 * trials)
    spread = _Z95 * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    scale = 1 + z2 / trials
    # At the ends the formula is exact only without rounding.
    lower = 0.0 if successes == 0 else max(0.0, (centre - spread) / scale)
    upper = 1.0 if successes == trials else min(1.0, (centre + spread) / scale)
    return Interval(lower, upper, 0.95, "wilson")
