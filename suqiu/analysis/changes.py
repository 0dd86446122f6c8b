"""How volumes changed: month on month, year on year, and which categories rose or fell beyond chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import numpy as np
import numpy.typing as npt
from scipy.stats import false_discovery_control, norm

from suqiu.analysis.naming import data_version, fact_id, period_text, slice_of
from suqiu.domain.city import City
from suqiu.domain.clock import at_midnight
from suqiu.domain.evidence import Fact, Interval, Outcome
from suqiu.domain.text import Text

ON_MONTH = "V1_on_month"
ON_YEAR = "V1_on_year"
RATIO = "V1_ratio"
NAMES: dict[str, Text] = {
    ON_MONTH: Text("受理量环比", "accepted orders, month on month"),
    ON_YEAR: Text("受理量同比", "accepted orders, year on year"),
    RATIO: Text("日均受理量与上月之比", "ratio of daily orders to the month before"),
}
#: What growth is given for.
_DIMENSIONS = ("all", "category_1", "category", "district", "type")
#: Of the categories called risen or fallen, the share that may be so by chance: the usual 5 %.
_FALSE_DISCOVERIES = 0.05
#: A month is compared when at least this share of its days has orders: an export cut short leaves a few strays,
#: and against them every month would rise or fall by almost all.
_MOST_DAYS = 0.8
_Z95 = 1.959963984540054

Days = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Month:
    """One calendar month."""

    first: date

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after.first - timedelta(1)

    @property
    def after(self) -> Month:
        """The month that follows."""
        return Month((self.first + timedelta(31)).replace(day=1))

    @property
    def before(self) -> Month:
        """The month that precedes."""
        return Month((self.first - timedelta(1)).replace(day=1))

    @property
    def year_before(self) -> Month:
        """The same month of the year before."""
        return Month(self.first.replace(year=self.first.year - 1))

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def holds(self, at: ibis.Value) -> ibis.Value:
        """Say which times lie in it."""
        return (at >= at_midnight(self.first)) & (at < at_midnight(self.after.first))


def trend_facts(
    tables: Mapping[str, ibis.Table],
    city: City,
    period: tuple[date, date],
    *,
    versions: Mapping[str, str],
    sql: Callable[[ibis.Table], str],
) -> Iterator[Fact]:
    """Compare the last whole month of a period with the month before it and with the same a year ago.

    `V1_on_month` and `V1_on_year` are growth shares for the whole and for every slice, each with the
    interval that day-to-day scatter allows. `V1_ratio` is given only for the categories whose daily
    orders rose or fell beyond chance, the strongest `report.top_n` either way.

    Args:
        tables: tables of the lake by name; `readings` is used.
        city: names, and the weights `report.top_n` and `analysis.small_slice`.
        period: first and last day, both inclusive; months outside it serve for comparison.
        versions: each table's fingerprint.
        sql: writes an expression as SQL.

    Yields:
        Facts, sorted by measure, dimension, key; one unknown fact where there is nothing to compare.
    """
    readings = tables["readings"]
    version = data_version(["readings"], versions)
    day = readings.accepted_at.date()
    known = readings.aggregate(first=day.min(), last=day.max()).to_pyarrow().to_pylist()[0]
    counted = readings.filter(day.notnull()).group_by(month=day.truncate("M")).agg(days=day.nunique())
    filled = {Month(row["month"]) for row in counted.to_pyarrow().to_pylist() if _covers(row["month"], row["days"])}
    month = _last_whole_month(period, known["last"])
    for measure in (ON_MONTH, ON_YEAR):
        earlier = None if month is None else month.before if measure == ON_MONTH else month.year_before
        if month is None or earlier is None or earlier.first < known["first"] or not {month, earlier} <= filled:
            yield _unknown(measure, period, city, version)
            continue
        comparison = _Comparison(readings, month, earlier, city, version, sql)
        for dimension in _DIMENSIONS:
            yield from comparison.growth(measure, dimension)
        if measure == ON_MONTH:
            yield from comparison.beyond_chance()


def _covers(first: date, days: int) -> bool:
    """Say whether a month with orders on so many days is in the data as a whole, and not by a few strays."""
    return days >= _MOST_DAYS * Month(first).days


def _last_whole_month(period: tuple[date, date], newest: date | None) -> Month | None:
    """Return the last month that lies wholly in the period and the data."""
    if newest is None:
        return None
    month = Month(min(period[1], newest).replace(day=1))
    if month.last > min(period[1], newest):
        month = month.before
    return month if month.first >= period[0] else None


@dataclass(frozen=True)
class _Comparison:
    """Two months of orders side by side."""

    readings: ibis.Table
    now: Month
    then: Month
    city: City
    version: str
    sql: Callable[[ibis.Table], str]

    def growth(self, measure: str, dimension: str) -> Iterator[Fact]:
        """Yield the growth of each slice of a dimension."""
        query = self._query(dimension)
        for key, (now, then) in self._daily(dimension).items():
            yield self._fact(measure, dimension, key, now, then, query)

    def beyond_chance(self) -> Iterator[Fact]:
        """Yield the categories whose daily orders changed beyond chance.

        A quasi-Poisson test of the ratio of daily means for every category with at least
        `analysis.small_slice` orders, its p-values corrected for their number (Y. Benjamini and
        Y. Hochberg, Journal of the Royal Statistical Society B 57, 1995).
        """
        least = self.city.weight("analysis.small_slice")
        pairs = {
            key: (now, then)
            for key, (now, then) in self._daily("category").items()
            if now.sum() + then.sum() >= least and now.sum() and then.sum()
        }
        if not pairs:
            return
        logs = np.array([np.log(now.mean() / then.mean()) for now, then in pairs.values()])
        errors = np.array([_log_error(now, then) for now, then in pairs.values()])
        chances = false_discovery_control(2 * norm.sf(np.abs(logs) / errors), method="bh")
        most = round(self.city.weight("report.top_n"))
        changed = [(log, key) for log, key, p in zip(logs, pairs, chances, strict=True) if p <= _FALSE_DISCOVERIES]
        strongest = {key for _, key in sorted((pair for pair in changed if pair[0] > 0), reverse=True)[:most]}
        strongest |= {key for _, key in sorted(pair for pair in changed if pair[0] < 0)[:most]}
        query = self._query("category")
        for key in sorted(strongest):
            yield self._fact(RATIO, "category", key, *pairs[key], query)

    def _query(self, dimension: str) -> str:
        at = self.readings.accepted_at
        counts = {
            "now": self.readings.count(where=self.now.holds(at)),
            "before": self.readings.count(where=self.then.holds(at)),
        }
        if dimension == "all":
            return self.sql(self.readings.aggregate(**counts))
        return self.sql(self.readings.group_by(key=self.readings[dimension]).agg(**counts).order_by("key"))

    def _daily(self, dimension: str) -> dict[str, tuple[Days, Days]]:
        """Return each key's orders for every day of both months, sorted by key."""
        at = self.readings.accepted_at
        within = self.readings.filter(self.now.holds(at) | self.then.holds(at))
        key = ibis.literal("") if dimension == "all" else within[dimension]
        counted = within.group_by(key=key, day=within.accepted_at.date()).agg(orders=within.count())
        found: dict[str, tuple[Days, Days]] = {}
        for row in counted.filter(counted.key.notnull()).order_by("key", "day").to_pyarrow().to_pylist():
            pair = found.setdefault(row["key"], (np.zeros(self.now.days), np.zeros(self.then.days)))
            month, days = (self.now, pair[0]) if row["day"] >= self.now.first else (self.then, pair[1])
            days[(row["day"] - month.first).days] = row["orders"]
        return found

    def _fact(self, measure: str, dimension: str, key: str, now: Days, then: Days, query: str) -> Fact:
        part = slice_of(dimension, key, self.city)
        period = period_text(self.now.first, self.now.last)
        numerator, denominator = int(now.sum()), int(then.sum())
        ratio = measure == RATIO
        known = denominator > 0
        scale = self.then.days / self.now.days if ratio else 1.0
        value = numerator / denominator * scale - (0.0 if ratio else 1.0) if known else None
        return Fact(
            fact_id=fact_id(measure, period, part),
            measure=measure,
            name=NAMES[measure],
            period=period,
            slice=part,
            outcome=Outcome.KNOWN if known else Outcome.NOT_APPLICABLE,
            value=value,
            unit="ratio" if ratio else "share",
            numerator=numerator if known else None,
            denominator=denominator if known else None,
            interval=_interval(now, then, scale, 0.0 if ratio else 1.0) if known and numerator else None,
            reason=None if known else Text("对比期没有受理工单", "no order was accepted in the time compared with"),
            query=query,
            rows=numerator + denominator,
            data_version=self.version,
        )


def _log_error(now: Days, then: Days) -> float:
    """Return the standard error of the logarithm of a ratio of counts; days that scatter widen it."""
    spread = sum(float(((days - days.mean()) ** 2).sum() / days.mean()) for days in (now, then))
    dispersion = max(1.0, spread / (len(now) + len(then) - 2))
    return float(np.sqrt(dispersion * (1 / now.sum() + 1 / then.sum())))


def _interval(now: Days, then: Days, scale: float, less: float) -> Interval:
    ratio = float(now.sum() / then.sum()) * scale
    factor = float(np.exp(_Z95 * _log_error(now, then)))
    return Interval(ratio / factor - less, ratio * factor - less, 0.95, "quasi-poisson")


def _unknown(measure: str, period: tuple[date, date], city: City, version: str) -> Fact:
    part = slice_of("all", "", city)
    stated = period_text(*period)
    return Fact(
        fact_id=fact_id(measure, stated, part),
        measure=measure,
        name=NAMES[measure],
        period=stated,
        slice=part,
        outcome=Outcome.UNKNOWN,
        value=None,
        unit="share",
        numerator=None,
        denominator=None,
        interval=None,
        reason=Text("数据中没有可对比的完整月份", "the data holds no whole month to compare with"),
        query="",
        rows=0,
        data_version=version,
    )


def described() -> Sequence[tuple[str, Text, Text]]:
    """Return id, name and formula of each change, for the catalogue."""
    return (
        (
            ON_MONTH,
            NAMES[ON_MONTH],
            Text("末个完整月受理量÷上月受理量－1", "orders of the last whole month ÷ the month before − 1"),
        ),
        (
            ON_YEAR,
            NAMES[ON_YEAR],
            Text(
                "末个完整月受理量÷上年同月受理量－1", "orders of the last whole month ÷ the same month a year ago − 1"
            ),
        ),
        (
            RATIO,
            NAMES[RATIO],
            Text(
                "末个完整月日均受理量÷上月日均受理量，仅列变化显著的类别",
                "daily orders of the last whole month ÷ the month before; only categories that changed beyond chance",
            ),
        ),
    )
