"""Measures evaluated over the tables of a run: facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import ibis

from suqiu.analysis.composite import composed
from suqiu.analysis.measures import ALL
from suqiu.analysis.measures.measure import Dimension, Ground, Measure, PerResidents
from suqiu.analysis.naming import (
    COLUMN_NAMES,
    TABLE_NAMES,
    UNSTATED,
    absent,
    data_version,
    fact_id,
    period_text,
    slice_of,
)
from suqiu.analysis.tallies import Period, Tally, asked, read_tallies, tallied
from suqiu.analysis.views import Views
from suqiu.domain.city import City
from suqiu.domain.clock import at_midnight
from suqiu.domain.evidence import Fact, Outcome
from suqiu.domain.text import Text

#: Measures that are given for every category; the others only for the most frequent ones.
_FOR_EVERY_CATEGORY = frozenset({"V1", "V3"})

Sql = Callable[[ibis.Table], str]
Progress = Callable[[int, int], None]


def evaluate(
    tables: Mapping[str, ibis.Table],
    city: City,
    period: tuple[date, date],
    *,
    versions: Mapping[str, str],
    sql: Sql,
    measures: Sequence[Measure] = ALL,
    progress: Progress | None = None,
) -> Iterator[Fact]:
    """Evaluate measures for a period: for the whole and for each slice they may be cut by.

    A measure that the data cannot tell gives one fact, unknown, with the reason. A slice without any
    row of the population is not applicable. Orders that state no value of a dimension form the slice
    `unstated`, so that the slices of a dimension always make up the whole. Categories are cut down to
    the `report.top_n` most frequent, but for their volume.

    Args:
        tables: tables of the lake by name; `cases` at least.
        city: names, residents and weights.
        period: first and last day, both inclusive.
        versions: each table's fingerprint.
        sql: writes an expression as SQL on the tables of the lake.
        measures: which measures.
        progress: told how many of how many kinds of rows are done.

    Yields:
        Facts, sorted by measure as given, then dimension, then key; the composed score last.
    """
    scene = _Scene.of(tables, city, period, versions, sql)
    lacking = {measure.id: scene.views.missing_table(measure.ground) for measure in measures}
    reasons = {id_: absent(TABLE_NAMES[name]) for id_, name in lacking.items() if name is not None}
    found: dict[tuple[str, str], dict[str, Tally]] = defaultdict(dict)
    for done, ground in enumerate(Ground, start=1):
        possible = [measure for measure in measures if measure.ground is ground and measure.id not in reasons]
        if possible:
            view = _wide(scene.views, ground, possible)
            reasons |= _unrecorded(view, possible)
            recorded = [measure for measure in possible if measure.id not in reasons]
            for (id_, dimension, key), tally in _tallies(view, recorded, scene.period).items():
                found[id_, dimension][key] = tally
        if progress is not None:
            progress(done, len(Ground))
    facts = list(_facts(scene, measures, reasons, found))
    yield from facts
    yield from composed(facts, city, versions)


def _tallies(view: ibis.Table, measures: Sequence[Measure], period: Period) -> dict[tuple[str, str, str], Tally]:
    if not measures:
        return {}
    return read_tallies(tallied(view, measures, period).to_pyarrow().to_pylist(), measures)


@dataclass(frozen=True)
class _Scene:
    """What one evaluation has before it."""

    views: Views
    city: City
    period: Period
    versions: Mapping[str, str]
    sql: Sql
    top_categories: frozenset[str]

    @classmethod
    def of(
        cls,
        tables: Mapping[str, ibis.Table],
        city: City,
        period: tuple[date, date],
        versions: Mapping[str, str],
        sql: Sql,
    ) -> _Scene:
        first, last = period
        end = at_midnight(last + timedelta(1)) - timedelta(seconds=1)
        newest = tables["cases"].accepted_at.max().to_pyarrow().as_py()
        as_of = min(end, newest) if newest is not None else end
        views = Views(tables, as_of)
        top = _top_categories(tables["cases"], first, last, round(city.weight("report.top_n")))
        return cls(views, city, Period(first, last, as_of), versions, sql, top)


def _top_categories(cases: ibis.Table, first: date, last: date, most: int) -> frozenset[str]:
    """Return the categories with most orders in the period; among equals the one with the lower id."""
    at = cases.accepted_at
    within = cases.filter(at >= at_midnight(first), at < at_midnight(last + timedelta(1)), cases.category.notnull())
    counted = within.group_by("category").agg(orders=within.count())
    top = counted.order_by(counted.orders.desc(), counted.category).limit(most)
    return frozenset(top.to_pyarrow()["category"].to_pylist())


def _dimensions(measures: Iterable[Measure]) -> frozenset[str]:
    """Return the columns that measures are cut by; a month is cut out of their clocks."""
    return frozenset(str(cut) for measure in measures for cut in measure.cuts if cut is not Dimension.MONTH)


def _wide(views: Views, ground: Ground, measures: Sequence[Measure]) -> ibis.Table:
    """Return the one view that serves all measures of its kind."""
    columns = frozenset().union(*(measure.columns for measure in measures)) | _dimensions(measures)
    return views.view(ground, columns)


def _unrecorded(view: ibis.Table, measures: Sequence[Measure]) -> dict[str, Text]:
    """Return the measures that need a column which holds no value anywhere, each with the reason."""
    needed = sorted({column for measure in measures for column in measure.needs})
    (counts,) = view.aggregate(**{column: view[column].count() for column in needed}).to_pyarrow().to_pylist()
    empty = {column for column in needed if not counts[column]}
    return {
        measure.id: absent(COLUMN_NAMES[next(column for column in measure.needs if column in empty)])
        for measure in measures
        if empty & set(measure.needs)
    }


def _facts(
    scene: _Scene,
    measures: Sequence[Measure],
    reasons: Mapping[str, Text],
    found: Mapping[tuple[str, str], Mapping[str, Tally]],
) -> Iterator[Fact]:
    """Turn tallies into facts, in order."""
    for measure in measures:
        if measure.id in reasons:
            yield _unknown(scene, measure, reasons[measure.id])
            continue
        for dimension in ("all", *Dimension):
            tallies = found.get((measure.id, dimension), {})
            keys = sorted(key for key in tallies if _is_given(scene, measure, dimension, key))
            if not keys or keys == [UNSTATED]:
                continue
            query = _query(scene, measure, None if dimension == "all" else Dimension(dimension))
            for key in keys:
                yield _fact(scene, measure, dimension, key, tallies[key], query)


def _is_given(scene: _Scene, measure: Measure, dimension: str, key: str) -> bool:
    """Leave out rare categories, and months in which nothing of the measure falls."""
    if dimension == Dimension.CATEGORY and measure.id not in _FOR_EVERY_CATEGORY:
        return key in scene.top_categories
    if dimension == Dimension.MONTH:
        first, last = scene.period.first, scene.period.last
        return f"{first:%Y-%m}" <= key <= f"{last:%Y-%m}"
    return True


def _query(scene: _Scene, measure: Measure, dimension: Dimension | None) -> str:
    """Write the aggregation of one measure by one dimension, over no more tables than it needs."""
    columns = measure.columns
    if dimension is not None and dimension is not Dimension.MONTH:
        columns |= {str(dimension)}
    return scene.sql(asked(scene.views.view(measure.ground, columns), measure, dimension, scene.period))


def _tables(scene: _Scene, measure: Measure, dimension: str) -> tuple[str, ...]:
    cut = {dimension} - {"all", str(Dimension.MONTH)}
    return scene.views.used_tables(measure.ground, measure.columns | cut)


def _fact(scene: _Scene, measure: Measure, dimension: str, key: str, tally: Tally, query: str) -> Fact:
    """Build the fact of one slice: known, or not applicable where its population is empty."""
    part = slice_of(dimension, key, scene.city)
    period = period_text(scene.period.first, scene.period.last)
    formula = measure.formula
    denominator: int | None = tally.denominator
    reason: Text | None = None
    if isinstance(formula, PerResidents):
        denominator = _residents(scene.city, dimension, key)
        reason = Text("城市数据包未填写常住人口", "the city pack states no residents") if not denominator else None
        outcome = Outcome.KNOWN if denominator else Outcome.UNKNOWN
    elif denominator or formula.counts_zero:
        outcome = Outcome.KNOWN
    else:
        outcome = Outcome.NOT_APPLICABLE
        reason = Text("本期没有{rows}", "the period has none of: {rows}").fill(rows=measure.population_text)
    known = outcome is Outcome.KNOWN
    shown = formula.shows_parts and known
    return Fact(
        fact_id=fact_id(measure.id, period, part),
        measure=measure.id,
        name=measure.name,
        period=period,
        slice=part,
        outcome=outcome,
        value=formula.value(tally.numerator, denominator or 0) if known else None,
        unit=formula.unit,
        numerator=int(tally.numerator) if shown else None,
        denominator=denominator if shown else None,
        interval=formula.interval(tally.numerator, denominator or 0) if known else None,
        reason=reason,
        query=query,
        rows=tally.rows,
        data_version=data_version(_tables(scene, measure, dimension), scene.versions),
    )


def _unknown(scene: _Scene, measure: Measure, reason: Text) -> Fact:
    """Build the one fact of a measure that the data cannot tell."""
    period = period_text(scene.period.first, scene.period.last)
    part = slice_of("all", "", scene.city)
    missing = scene.views.missing_table(measure.ground)
    used = ["cases"] if missing else scene.views.used_tables(measure.ground, measure.columns)
    return Fact(
        fact_id=fact_id(measure.id, period, part),
        measure=measure.id,
        name=measure.name,
        period=period,
        slice=part,
        outcome=Outcome.UNKNOWN,
        value=None,
        unit=measure.formula.unit,
        numerator=None,
        denominator=None,
        interval=None,
        reason=reason,
        query="",
        rows=0,
        data_version=data_version(used, scene.versions),
    )


def _residents(city: City, dimension: str, key: str) -> int | None:
    if dimension == "all":
        return city.population
    region = city.region_by_id.get(key)
    return region.population if region is not None else None
