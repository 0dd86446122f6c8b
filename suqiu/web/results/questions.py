"""What pages ask of a result: facts of measures, by slices, months and spread; each answer is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from suqiu import analysis
from suqiu.analysis import composite
from suqiu.analysis.measures.measure import Dimension, Ground, Measure, ShareOfAll
from suqiu.domain.city import Weight
from suqiu.domain.evidence import Fact, Outcome
from suqiu.domain.text import Text
from suqiu.web.results.cut import Cut
from suqiu.web.results.store import Result, city_of, months
from suqiu.web.site import site

Period = tuple[date, date]

BY_ID: dict[str, Measure] = {measure.id: measure for measure in analysis.MEASURES}
SCORE = composite.ID
_PARTS = tuple(id_ for id_, _ in composite.PARTS)
#: What the evaluation reads.
_READS = ("cases", "steps", "calls", "call_backs")
#: More than any taxonomy has: a table may list every category, a report only the most frequent.
_EVERY = 100_000
_DIMENSION_KINDS = {
    "department": "department", "district": "region", "street": "region",
    "category_1": "category", "category": "category",
}  # fmt: skip


def is_told(measure: str, cut: Cut) -> bool:
    """Say whether a measure can be told of a part of all orders: most calls have no order to place them by."""
    return cut.is_whole or measure == SCORE or BY_ID[measure].ground is not Ground.CALL


def facts(
    result: Result,
    cut: Cut,
    period: Period,
    measures: Sequence[str],
    dimensions: Sequence[Dimension] = (),
    *,
    every: bool = False,
) -> tuple[Fact, ...]:
    """Return the facts of measures for the whole of a part, and for its slices by some dimensions.

    Args:
        result: the run.
        cut: which orders.
        period: first and last day.
        measures: ids of the catalogue, or the composed score; those that cannot be told of the cut are left out.
        dimensions: what to cut by; a measure that is not cut by one of them is given for the whole only.
        every: give all categories, not just the most frequent.
    """
    asked = tuple(id_ for id_ in measures if is_told(id_, cut))
    if not asked:
        return ()

    def work() -> tuple[Fact, ...]:
        city = city_of(cut)
        if every:
            city = replace(city, weights={**city.weights, "report.top_n": Weight(_EVERY, "a table lists all")})
        ids = dict.fromkeys((*(id_ for id_ in asked if id_ != SCORE), *(_PARTS if SCORE in asked else ())))
        cutting = [replace(BY_ID[id_], cuts=tuple(one for one in BY_ID[id_].cuts if one in dimensions)) for id_ in ids]
        # A mix has no value for the whole: without a slice there is nothing to ask.
        cutting = [one for one in cutting if one.cuts or not isinstance(one.formula, ShareOfAll)]
        if not cutting:
            return ()
        tables = {name: table for name, table in result.tables(cut).items() if name in _READS}
        told = analysis.evaluate(tables, city, period, versions=result.versions, sql=result.sql, measures=cutting)
        kept = (_marked(fact, cut) for fact in told if fact.measure in asked and _may_be_shown(fact, cut))
        return tuple(_none_there(result, fact, period) if _has_no_row(fact, cut) else fact for fact in kept)

    return result.answered(("facts", cut, period, asked, tuple(dimensions), every), work)


def _may_be_shown(fact: Fact, cut: Cut) -> bool:
    """Keep out slices beyond the scope: a unit that handed an order on to one in scope."""
    kind = _DIMENSION_KINDS.get(fact.slice.dimension)
    return kind is None or cut.allows(kind, fact.slice.key)


#: What the whole of a part is called: it is not the city.
_PART = Text("所选范围", "the part chosen")
_NONE = Text("所选范围没有可统计的记录", "the part chosen has no such records")


def _marked(fact: Fact, cut: Cut) -> Fact:
    """Tell a fact about a part of all orders apart from that about all of them."""
    if cut.is_whole:
        return fact
    part = replace(fact.slice, name=_PART) if fact.slice.dimension == "all" else fact.slice
    return replace(fact, fact_id=f"{fact.fact_id}?{cut.mark}", slice=part)


def _has_no_row(fact: Fact, cut: Cut) -> bool:
    return not cut.is_whole and fact.outcome is Outcome.UNKNOWN and not fact.rows


def _none_there(result: Result, fact: Fact, period: Period) -> Fact:
    """Say of a part without any row that nothing is there, unless all the data cannot tell the measure either."""
    if not is_known(whole(facts(result, Cut(), period, [fact.measure]), fact.measure)):
        return fact
    return replace(fact, outcome=Outcome.NOT_APPLICABLE, reason=_NONE)


def by_month(result: Result, cut: Cut, period: Period, measure: str, dimension: Dimension) -> list[tuple[str, Fact]]:
    """Return the facts of each month's slices, with the month as 2026-05."""
    found = []
    for first, last in months(*period):
        told = facts(result, cut, (first, last), [measure], [dimension], every=True)
        found += [(f"{first:%Y-%m}", fact) for fact in told if fact.slice.dimension == dimension]
    return found


def whole(told: Sequence[Fact], measure: str) -> Fact | None:
    """Return a measure's fact for the whole."""
    return next((fact for fact in told if fact.measure == measure and fact.slice.dimension == "all"), None)


def sliced(told: Sequence[Fact], measure: str, dimension: str) -> dict[str, Fact]:
    """Return a measure's facts of a dimension by key."""
    return {fact.slice.key: fact for fact in told if fact.measure == measure and fact.slice.dimension == dimension}


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a series 日序列; `season` and its band are None where five weeks of data are lacking."""

    day: date
    orders: int
    season: float | None
    lower: float | None
    upper: float | None


def series_allowed(cut: Cut, dimension: str, key: str) -> bool:
    """Say whether the table DAILY, which knows no scope, tells nothing beyond it by one of its series."""
    kinds = {limit.kind for limit in (*cut.scope, *cut.chosen)}
    if not kinds:
        return True
    kind = _DIMENSION_KINDS.get(dimension)
    return kind is not None and kinds == {kind} and cut.holds_all_of(kind, key)


def series(result: Result, cut: Cut, dimension: str, key: str, period: Period) -> list[Day]:
    """Return a series of the table DAILY, empty where the cut does not allow it or there is none."""
    if not result.holds("daily") or not series_allowed(cut, dimension, key):
        return []

    def work() -> list[Day]:
        daily = result.tables(Cut())["daily"]
        chosen = daily.filter(
            daily.dimension == dimension, daily.key == key, daily.day >= period[0], daily.day <= period[1]
        )
        return [
            Day(row["day"], row["orders"], row["season"], row["band_lower"], row["band_upper"])
            for row in result.rows(chosen.order_by("day"))
        ]

    return result.answered(("series", cut, dimension, key, period), work)


@dataclass(frozen=True, slots=True)
class Unusual:
    """A day on which a series left its band 异常.

    Attributes:
        dimension, key: which series.
        day: the day, with its orders, what was to be expected, and the band's upper end.
    """

    dimension: str
    key: str
    day: Day


def unusual(result: Result, cut: Cut, days: int) -> list[Unusual]:
    """Return where the last whole days rose above the season's band, the strongest first."""
    if not result.holds("daily"):
        return []

    def work() -> list[Unusual]:
        daily, last = result.tables(Cut())["daily"], result.last_whole_day
        above = daily.filter(
            daily.day > last - timedelta(days), daily.day <= last, daily.orders > daily.band_upper,
            daily.dimension != "type",
        )  # fmt: skip
        found = [
            Unusual(
                row["dimension"], row["key"],
                Day(row["day"], row["orders"], row["season"], row["band_lower"], row["band_upper"]),
            )
            for row in result.rows(above.order_by("day", "dimension", "key"))
        ]  # fmt: skip
        allowed = [one for one in found if series_allowed(cut, one.dimension, one.key)]
        return sorted(allowed, key=lambda one: -(one.day.orders / max(one.day.upper or 1.0, 1.0)))

    return result.answered(("unusual", cut, days), work)


@dataclass(frozen=True, slots=True)
class Spread:
    """How the durations of a slice lie 时长分布: five points and how many rows, in the measure's unit."""

    key: str
    rows: int
    points: tuple[float, ...]


#: The points of a box: its whiskers hold nine in ten.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def has_spread(measure: str) -> bool:
    """Say whether a measure is the mean of a duration, so that its spread can be told."""
    one = BY_ID.get(measure)
    return isinstance(getattr(one, "formula", None), analysis.Mean) and one is not None and _is_time(one)


def _is_time(measure: Measure) -> bool:
    return measure.formula.unit in {"hours", "minutes", "seconds"}


def spread(result: Result, cut: Cut, period: Period, measure: str, dimension: Dimension) -> list[Spread]:
    """Return how a duration lies in each slice."""
    if not has_spread(measure) or not is_told(measure, cut):
        return []

    def work() -> list[Spread]:
        told = analysis.spread(
            {name: table for name, table in result.tables(cut).items() if name in _READS},
            period, BY_ID[measure], dimension, QUANTILES,
        )  # fmt: skip
        return [
            Spread(key, rows, points)
            for key, rows, points in told
            if (kind := _DIMENSION_KINDS.get(dimension)) is None or cut.allows(kind, key)
        ]

    return result.answered(("spread", cut, period, measure, dimension), work)


def is_known(fact: Fact | None) -> bool:
    """Say whether a fact has a value."""
    return fact is not None and fact.outcome is Outcome.KNOWN


def moment_of(when: datetime) -> datetime:
    """Return a time of the lake as a moment with the city's zone."""
    return when.replace(tzinfo=site().zone)
