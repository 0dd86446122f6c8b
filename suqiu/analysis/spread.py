"""How a duration lies: the quantiles behind a mean, for each slice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import ibis

from suqiu.analysis.measures.measure import Dimension, Mean, Measure
from suqiu.analysis.naming import UNSTATED
from suqiu.analysis.tallies import Period
from suqiu.analysis.views import Views
from suqiu.domain.clock import at_midnight


def spread(
    tables: Mapping[str, ibis.Table],
    period: tuple[date, date],
    measure: Measure,
    dimension: Dimension,
    quantiles: Sequence[float],
) -> Iterator[tuple[str, int, tuple[float, ...]]]:
    """Return the quantiles of what a measure averages, over the same rows and in the same unit.

    Args:
        tables: tables of the lake by name.
        period: first and last day, both inclusive.
        measure: one whose formula is a mean.
        dimension: what it is cut by; a month is that of its clock.
        quantiles: which, each 0 to 1.

    Yields:
        Key, number of rows that have the amount, and the quantiles; sorted by key.

    Raises:
        ValueError: the measure is no mean, or has no month.
    """
    formula = measure.formula
    if not isinstance(formula, Mean) or (dimension is Dimension.MONTH and measure.clock is None):
        raise ValueError(f"{measure.id} has no spread by {dimension}")
    views = Views(tables, at_midnight(period[1] + timedelta(1)) - timedelta(seconds=1))
    if views.missing_table(measure.ground):
        return
    cut = frozenset() if dimension is Dimension.MONTH else frozenset({str(dimension)})
    view = views.view(measure.ground, measure.columns | cut)
    rows = view.filter(Period(*period, views.as_of).holds(view, measure))
    amount = formula.amount(rows)
    month = dimension is Dimension.MONTH and measure.clock is not None
    key = rows[measure.clock.column].strftime("%Y-%m") if month and measure.clock else rows[dimension]
    points = {f"q{n}": amount.quantile(at) for n, at in enumerate(quantiles)}
    told = rows.group_by(key=key.fill_null(UNSTATED)).aggregate(known=amount.count(), **points)
    for row in told.filter(told.known > 0).order_by("key").to_pyarrow().to_pylist():
        yield row["key"], row["known"], tuple(row[f"q{n}"] / formula.per for n in range(len(quantiles)))
