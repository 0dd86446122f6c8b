"""Numerators and denominators of many measures in few queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import ibis

from suqiu.analysis.measures.measure import Dimension, Measure, ShareOfAll
from suqiu.analysis.naming import UNSTATED
from suqiu.domain.clock import at_midnight


@dataclass(frozen=True, slots=True)
class Tally:
    """What one measure counts in one slice.

    Attributes:
        numerator, denominator: as the measure's formula defines them; a quantile's numerator is it.
        rows: rows of the population.
    """

    numerator: float
    denominator: int
    rows: int


@dataclass(frozen=True, slots=True)
class Period:
    """The days a measure is about, and up to when the data can tell.

    Attributes:
        first, last: both inclusive.
        as_of: the last moment of the period, or of the data where that is earlier.
    """

    first: date
    last: date
    as_of: datetime

    def holds(self, view: ibis.Table, measure: Measure) -> ibis.Value:
        """Say which rows of a view are in the measure's population and in the period."""
        members = measure.population(view)
        if measure.clock is None:
            return members
        at = view[measure.clock.column]
        members &= (at >= at_midnight(self.first)) & (at < at_midnight(self.last + timedelta(1)))
        return members & (at <= self.as_of) if measure.clock.promised else members


def asked(view: ibis.Table, measure: Measure, dimension: Dimension | None, period: Period) -> ibis.Table:
    """Aggregate one measure by one dimension as a person would ask for it: the query kept with a fact.

    Returns:
        A row for each key with rows in the population: `key` (not for the whole), `numerator`,
        `denominator`, `rows`; sorted by key.
    """
    members = view.filter(period.holds(view, measure))
    numerator, denominator = measure.formula.parts(members, None)
    parts = {"numerator": numerator, "denominator": denominator, "rows": members.count()}
    if dimension is None:
        return members.aggregate(**parts)
    table = members.group_by(key=_key(members, [measure], dimension)).aggregate(**parts)
    if isinstance(measure.formula, ShareOfAll):
        table = table.mutate(denominator=_over_all(table.denominator))
    return table.order_by("key")


def _over_all(counts: ibis.Value) -> ibis.Value:
    return counts.sum().over(ibis.window())


def _key(view: ibis.Table, measures: Sequence[Measure], dimension: Dimension) -> ibis.Value:
    if dimension is not Dimension.MONTH:
        return view[dimension].fill_null(UNSTATED)
    (clock,) = {measure.clock for measure in measures}
    if clock is None:
        raise ValueError("a state at the period's end has no month")
    return view[clock.column].strftime("%Y-%m")


def tallied(view: ibis.Table, measures: Sequence[Measure], period: Period) -> ibis.Table:
    """Aggregate all measures of one view by everything they may be cut by, in one query.

    Args:
        view: a view with every column the measures and their dimensions need.
        measures: measures over that view.
        period: the days.

    Returns:
        `dimension` (`all` for the whole), `key` (empty for the whole) and for each measure
        `<id>_numerator`, `<id>_denominator`, `<id>_rows`, null where the dimension does not cut the
        measure. Keys may be months outside the period, or null, without rows.
    """
    # Who belongs to each population is decided once for all branches: they share this view.
    marked = view.mutate(**{f"{measure.id}_in": period.holds(view, measure) for measure in measures})
    branches = [_branch(marked, group, dimension) for dimension, group in _branches(measures)]
    types = {name: kind for table in branches for name, kind in table.schema().items()}
    return ibis.union(
        *(
            table.select(
                **{name: table[name] if name in table.columns else ibis.null(kind) for name, kind in types.items()}
            )
            for table in branches
        )
    )


def _branch(marked: ibis.Table, measures: Sequence[Measure], dimension: Dimension | None) -> ibis.Table:
    """Aggregate measures by one dimension; for the dimension `month` all must have the same clock."""
    parts: dict[str, ibis.Value] = {}
    for measure in measures:
        members = marked[f"{measure.id}_in"]
        numerator, denominator = measure.formula.parts(marked, members)
        parts |= {
            f"{measure.id}_numerator": numerator,
            f"{measure.id}_denominator": denominator,
            f"{measure.id}_rows": marked.count(where=members),
        }
    if dimension is None:
        return marked.aggregate(**parts).mutate(dimension=ibis.literal("all"), key=ibis.literal(""))
    table = marked.group_by(key=_key(marked, measures, dimension)).aggregate(**parts)
    shares = [f"{measure.id}_denominator" for measure in measures if isinstance(measure.formula, ShareOfAll)]
    over_all = {name: _over_all(table[name]) for name in shares}
    return table.mutate(dimension=ibis.literal(str(dimension)), **over_all)


def _branches(measures: Sequence[Measure]) -> Iterator[tuple[Dimension | None, list[Measure]]]:
    """Group the measures of one view: the whole, each dimension, the months of each clock."""
    # The mix of a dimension has no value for the whole.
    groups: list[tuple[Dimension | None, list[Measure]]] = [
        (None, [measure for measure in measures if not isinstance(measure.formula, ShareOfAll)])
    ]
    for dimension in Dimension:
        cut = [measure for measure in measures if dimension in measure.cuts]
        if dimension is Dimension.MONTH:
            clocks = {measure.clock: None for measure in cut if measure.clock is not None}
            groups += [(dimension, [measure for measure in cut if measure.clock == clock]) for clock in clocks]
        else:
            groups.append((dimension, cut))
    return ((dimension, group) for dimension, group in groups if group)


def read_tallies(rows: Iterable[Mapping[str, Any]], measures: Sequence[Measure]) -> dict[tuple[str, str, str], Tally]:
    """Read the rows of `tallied` into tallies by measure, dimension and key."""
    return {
        (measure.id, row["dimension"], row["key"]): Tally(
            row[f"{measure.id}_numerator"] or 0, int(row[f"{measure.id}_denominator"] or 0), row[f"{measure.id}_rows"]
        )
        for row in rows
        for measure in measures
        if row["key"] is not None and row[f"{measure.id}_rows"] is not None
    }
