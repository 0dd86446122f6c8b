"""What ordinary times would bring each day: level, week and days off.

STL (R. B. Cleveland et al., Journal of Official Statistics 6, 1990) knows weeks but no holidays. So
days whose kind is unusual for their weekday (a holiday from Monday to Friday, a worked Saturday) are
first replaced by ordinary neighbours of the same weekday, and afterwards expected as what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
from statsmodels.tsa.seasonal import STL

from suqiu.domain.clock import Calendar

Series = npt.NDArray[np.float64]

_WEEK = 7
#: Fewer weeks tell no week's pattern apart from chance.
_LEAST_DAYS = 5 * _WEEK
#: Weeks over which STL lets the week's pattern change; it asks for an odd number of 7 or more.
_SEASONAL_SPAN = 13
#: From so many days of a kind on, their own level is measured rather than borrowed.
_LEAST_SPECIAL = 3
#: Two-sided 95 % point of the normal distribution, and what makes a median deviation a standard one.
_Z95, _MAD = 1.96, 1.4826
_SUNDAY = 6


@dataclass(frozen=True)
class Season:
    """What was to be expected of each day, with the band in which 19 of 20 ordinary days lie."""

    expected: Series
    lower: Series
    upper: Series


def season_of(counts: Series, first: date, calendar: Calendar) -> Season | None:
    """Split daily counts into what was to be expected and the rest; None for less than five weeks.

    Args:
        counts: one number a day, without gaps.
        first: the day of the first count.
        calendar: which days are worked.
    """
    if len(counts) < _LEAST_DAYS:
        return None
    days = [first + timedelta(n) for n in range(len(counts))]
    weekdays = np.array([day.weekday() for day in days])
    worked = np.array([calendar.is_workday(day) for day in days])
    holiday, makeup = ~worked & (weekdays < 5), worked & (weekdays >= 5)
    fitted = STL(
        _ordinary(counts, weekdays, holiday | makeup), period=_WEEK, seasonal=_SEASONAL_SPAN, robust=True
    ).fit()
    level, week = np.asarray(fitted.trend), np.asarray(fitted.seasonal)
    expected = level + week
    for special, like in ((holiday, weekdays == _SUNDAY), (makeup, weekdays < 5)):
        if special.any():
            base = level[special] + week[like].mean()
            own = counts[special] - base
            expected[special] = base + (np.median(own) if len(own) >= _LEAST_SPECIAL else 0.0)
    expected = np.maximum(expected, 0.0)
    return _banded(counts, expected)


def _ordinary(counts: Series, weekdays: npt.NDArray[np.int64], special: npt.NDArray[np.bool_]) -> Series:
    """Replace special days by the mean of the nearest ordinary days of the same weekday."""
    smooth = counts.copy()
    for place in np.flatnonzero(special):
        alike = np.flatnonzero(~special & (weekdays == weekdays[place]))
        near = [*alike[alike < place][-1:], *alike[alike > place][:1]]
        if near:
            smooth[place] = counts[near].mean()
    return smooth


def _banded(counts: Series, expected: Series) -> Season:
    """Add the band: as wide as ordinary days scatter, and never narrower than pure chance would be."""
    rest = counts - expected
    scatter = _MAD * np.median(np.abs(rest - np.median(rest)))
    half = _Z95 * np.maximum(scatter, np.sqrt(expected))
    return Season(expected, np.maximum(expected - half, 0.0), expected + half)
