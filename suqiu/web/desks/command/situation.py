"""What the last analysis says of the situation: rates, districts, categories, units; each number a fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from suqiu.analysis.measures.measure import Dimension
from suqiu.domain.city import RegionLevel
from suqiu.domain.evidence import Fact
from suqiu.domain.text import Text
from suqiu.web.results.cut import Cut
from suqiu.web.results.derived import beyond_chance, change, late
from suqiu.web.results.questions import facts, sliced, whole
from suqiu.web.results.store import Result
from suqiu.web.site import site

#: The days a reader may choose to look back.
WINDOWS = (7, 30, 90)
#: The three rates 三率: response, resolution, satisfaction.
RATES = ("C2", "C16", "C17")
#: What units may be compared by.
UNIT_RATES = ("C3", "C2", "C16", "C17")
#: What the map may show.
MAPS: dict[str, Text] = {
    "orders": Text("受理量", "orders"),
    "per_10k": Text("万人诉求比", "per 10,000 residents"),
    "late": Text("超期率", "overdue share"),
    "change": Text("增减", "change"),
}
TOP = 10
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Compared:
    """A fact and what it was before 对比.

    Attributes:
        now, before: facts; None where the data cannot tell.
        change: see `derived.change`.
        sure: the change is more than chance.
    """

    now: Fact | None
    before: Fact | None
    change: float | None
    sure: bool

    @classmethod
    def of(cls, now: Fact | None, before: Fact | None) -> Compared:
        """Compare two facts."""
        return cls(now, before, change(now, before), beyond_chance(now, before))


def rates(result: Result, cut: Cut, days: int) -> list[Compared]:
    """Return the three rates of the last days against as many before."""
    now, before = result.windows(days)
    told = facts(result, cut, now, RATES)
    earlier = facts(result, cut, before, RATES) if result.covers(before) else ()
    return [Compared.of(whole(told, id_), whole(earlier, id_)) for id_ in RATES]


def rate_trend(result: Result, cut: Cut) -> list[tuple[str, list[Fact]]]:
    """Return each rate's facts by month, over all the data."""
    told = facts(result, cut, (result.first, result.last), RATES, [Dimension.MONTH])
    return [(id_, [fact for _, fact in sorted(sliced(told, id_, "month").items())]) for id_ in RATES]


@dataclass(frozen=True, slots=True)
class District:
    """A district on the map.

    Attributes:
        id, name: of the region.
        shown: the number that colours it, None where unknown.
        fact: behind the number; for a change that of now.
        before: for a change that of before.
    """

    id: str
    name: str
    shown: float | None
    fact: Fact | None
    before: Fact | None = None


def districts(result: Result, cut: Cut, days: int, by: str) -> list[District]:
    """Return every district of the scope with the number that the map shows."""
    now, before = result.windows(days)
    measure = {"per_10k": "C26", "late": "C3"}.get(by, "V1")
    told = sliced(facts(result, cut, now, [measure], [Dimension.DISTRICT]), measure, "district")
    earlier: Mapping[str, Fact] = {}
    if by == "change" and result.covers(before):
        earlier = sliced(facts(result, cut, before, [measure], [Dimension.DISTRICT]), measure, "district")
    found = []
    for region in site().city.regions:
        if region.level is not RegionLevel.DISTRICT or not cut.allows("region", region.id):
            continue
        fact, old = told.get(region.id), earlier.get(region.id)
        if by == "late" and fact is not None:
            fact = late(fact)
        value = change(fact, old) if by == "change" else fact.value if fact is not None else None
        found.append(District(region.id, region.name, None if value is None else float(value), fact, old))
    return sorted(found, key=lambda one: (one.shown is None, -(one.shown or 0.0), one.id))


@lru_cache(maxsize=1)
def outlines() -> dict[str, Any]:
    """Return the districts' outlines as GeoJSON; a city pack without outlines has none."""
    shapes = [
        {
            "type": "Feature",
            "properties": {"name": region.id, "label": region.name},
            "geometry": {"type": "Polygon", "coordinates": [[list(corner) for corner in region.outline]]},
        }
        for region in site().city.regions
        if region.level is RegionLevel.DISTRICT and region.outline
    ]
    return {"type": "FeatureCollection", "features": shapes}


@dataclass(frozen=True, slots=True)
class Category:
    """A category of the last week 类别动态.

    Attributes:
        id: of the category.
        week: its last seven whole days against the seven before.
        day: its last whole day against the same weekday of the week before.
    """

    id: str
    week: Compared
    day: Compared


def categories(result: Result, cut: Cut, top: int = TOP) -> list[Category]:
    """Return the categories with most orders in the last week."""
    last = result.last_whole_day
    (week, before), day, same = result.windows(_WEEK), (last, last), (last - timedelta(_WEEK),) * 2

    def by_category(period: tuple[date, date]) -> dict[str, Fact]:
        if not result.covers(period):
            return {}
        return sliced(facts(result, cut, period, ["V1"], [Dimension.CATEGORY]), "V1", "category")

    now, then, today, weekday = (by_category(period) for period in (week, before, day, (same[0], same[1])))
    known = [key for key in now if key in site().city.taxonomy.by_id]
    ranked = sorted(known, key=lambda key: (-(now[key].value or 0), key))[:top]
    return [
        Category(key, Compared.of(now[key], then.get(key)), Compared.of(today.get(key), weekday.get(key)))
        for key in ranked
    ]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit among others 承办单位对比.

    Attributes:
        id: of the unit.
        rate: the rate, with its interval.
        orders: how many orders it had.
        stands: `above`, `below` the whole beyond chance, or `alike`.
    """

    id: str
    rate: Fact
    orders: Fact | None
    stands: str


def units(result: Result, cut: Cut, days: int, rate: str) -> tuple[Fact | None, list[Ranked], list[Ranked]]:
    """Compare units by a rate.

    Returns:
        The rate of the whole; the units with enough orders, the lowest first; those with too few to be ranked.
    """
    now, _ = result.windows(days)
    told = facts(result, cut, now, [rate, "V1"], [Dimension.DEPARTMENT])
    overall, orders = whole(told, rate), sliced(told, "V1", "department")
    least = site().city.weight("analysis.small_slice")
    enough: list[Ranked] = []
    few: list[Ranked] = []
    for key, fact in sliced(told, rate, "department").items():
        if key not in site().city.department_by_id or fact.value is None:
            continue
        one = Ranked(key, fact, orders.get(key), _stands(fact, overall))
        (enough if (fact.denominator or 0) >= least else few).append(one)
    enough.sort(key=lambda one: (one.rate.value or 0, one.id))
    few.sort(key=lambda one: one.id)
    return overall, enough, few


def _stands(fact: Fact, overall: Fact | None) -> str:
    if fact.interval is None or overall is None or overall.value is None:
        return "alike"
    if fact.interval.lower > overall.value:
        return "above"
    return "below" if fact.interval.upper < overall.value else "alike"
