"""Orders a day, with what was to be expected: the table DAILY."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import ibis
import numpy as np
import pyarrow as pa

from suqiu.analysis.seasons import Season, Series, season_of
from suqiu.domain.city import City
from suqiu.domain.tables import DAILY

#: What the days are counted by; all orders have the key "".
_DIMENSIONS = ("category_1", "district", "type")
#: Digits after the point of an expectation: more would differ between machines and mean nothing.
_DIGITS = 2


def daily(readings: ibis.Table, city: City) -> pa.Table:
    """Count the orders of each day for the whole city, each top category, district and type.

    Days without orders between the first and the last day of the data count zero. Orders that state
    no value of a dimension count for the whole only. The season is null for less than five weeks.

    Args:
        readings: table READINGS.
        city: for its calendar.

    Returns:
        Table DAILY, sorted by dimension, key, day.
    """
    tables = [_table(*series, city) for series in _counts(readings)]
    return pa.concat_tables([DAILY.empty_table(), *tables])


def _counts(readings: ibis.Table) -> Iterator[tuple[str, str, date, Series]]:
    """Yield dimension, key, first day and the counts from the data's first to its last day."""
    day = readings.accepted_at.date()
    ends = readings.aggregate(first=day.min(), last=day.max()).to_pyarrow().to_pylist()[0]
    if ends["first"] is None:
        return
    length = (ends["last"] - ends["first"]).days + 1
    for dimension in ("all", *_DIMENSIONS):
        key = ibis.literal("") if dimension == "all" else readings[dimension]
        counted = readings.group_by(key=key, day=day).agg(orders=readings.count())
        rows = counted.filter(counted.key.notnull()).order_by("key", "day").to_pyarrow()
        keys = np.asarray(rows["key"].to_pylist(), dtype=object)
        place = (rows["day"].to_numpy().astype("datetime64[D]") - np.datetime64(ends["first"])).astype(np.int64)
        orders = rows["orders"].to_numpy()
        for one in sorted(set(keys)):
            counts = np.zeros(length)
            counts[place[keys == one]] = orders[keys == one]
            yield dimension, one, ends["first"], counts


def _table(dimension: str, key: str, first: date, counts: Series, city: City) -> pa.Table:
    length = len(counts)
    season = season_of(counts, first, city.calendar)
    columns = [
        pa.array([dimension] * length, pa.string()),
        pa.array([key] * length, pa.string()),
        pa.array(np.datetime64(first) + np.arange(length), pa.date32()),
        pa.array(counts.astype(np.int64)),
        *(_rounded(season, name, length) for name in ("expected", "lower", "upper")),
    ]
    return pa.Table.from_arrays(columns, schema=DAILY)


def _rounded(season: Season | None, name: str, length: int) -> pa.Array:
    if season is None:
        return pa.nulls(length, pa.float64())
    return pa.array(np.round(getattr(season, name), _DIGITS), pa.float64())
