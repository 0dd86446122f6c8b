"""What somebody asks on the analysis desk, as the page's address says it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, timedelta

from django.http import QueryDict

from suqiu.analysis.measures.measure import USUAL, Dimension, ShareOfAll
from suqiu.domain.errors import InvalidInput
from suqiu.domain.order import Channel, OrderType
from suqiu.domain.text import Text
from suqiu.web.results.cut import Cut
from suqiu.web.results.questions import BY_ID, SCORE, has_spread, is_told
from suqiu.web.results.store import Result
from suqiu.web.site import site

DIMENSION_NAMES: dict[str, Text] = {
    "": Text("不切片", "no slices"),
    Dimension.MONTH: Text("月份", "month"),
    Dimension.DISTRICT: Text("区县", "district"),
    Dimension.STREET: Text("街道", "street"),
    Dimension.DEPARTMENT: Text("承办单位", "unit"),
    Dimension.CATEGORY_1: Text("一级类别", "top category"),
    Dimension.CATEGORY: Text("末级类别", "category"),
    Dimension.TYPE: Text("诉求类型", "type"),
    Dimension.CHANNEL: Text("渠道", "channel"),
}
COMPARISONS: dict[str, Text] = {
    "": Text("不对比", "none"),
    "previous": Text("上一期", "period before"),
    "year": Text("去年同期", "year before"),
}
CHARTS: dict[str, Text] = {
    "": Text("自动", "automatic"),
    "bar": Text("条形", "bars"),
    "line": Text("折线", "line"),
    "heat": Text("热力（×月份）", "heat map (× month)"),
    "box": Text("箱线（时长）", "box (durations)"),
}
#: Filters of a question, with what they limit.
FILTERS = {"category": "category", "region": "region", "unit": "department", "type": "type", "channel": "channel"}
_USUAL_DAYS, _USUAL_MONTHLY = 30, 365
#: A heat map asks once for each month.
MOST_MONTHS = 24


@dataclass(frozen=True, slots=True)
class Question:
    """One question 分析问题.

    Attributes:
        measure: id of the catalogue.
        by: what it is cut by; empty for the whole only.
        first, last: the period, both inclusive.
        compare: `previous` or `year`, empty for no comparison.
        category, region, unit, type, channel: ids and codes that limit it; empty is no limit.
        chart: what is drawn, empty for what fits.
    """

    measure: str
    by: str
    first: date
    last: date
    compare: str = ""
    category: str = ""
    region: str = ""
    unit: str = ""
    type: str = ""
    channel: str = ""
    chart: str = ""

    @classmethod
    def read(cls, query: QueryDict, result: Result, scope: Cut) -> Question:
        """Read it from an address; what is not said is as usual.

        Raises:
            InvalidInput: a part names something that does not exist or is beyond the scope, or days out of order.
        """
        given = {one.name: query.get(one.name, "").strip() for one in fields(cls)}
        given["measure"] = given["measure"] or "V1"
        for name, allowed in _allowed(scope).items():
            if given[name] and given[name] not in allowed:
                raise _wrong(name, given[name])
        monthly = given["by"] == Dimension.MONTH or given["chart"] == "heat"
        (usual, last), _ = result.windows(_USUAL_MONTHLY if monthly else _USUAL_DAYS)
        until = _day("last", given.pop("last")) or last
        since = _day("first", given.pop("first")) or min(usual, until)
        if until < since:
            raise InvalidInput(
                "analysis.reversed",
                Text("首日晚于末日", "the period begins after its end"),
                Text("请调整起止日期", "change its first or last day"),
            )
        if given["by"] not in cuts_of(given["measure"]):
            given["by"] = _first_cut(given["measure"])
        return cls(**given, first=since, last=until)

    @property
    def period(self) -> tuple[date, date]:
        """First and last day."""
        return self.first, self.last

    @property
    def before(self) -> tuple[date, date] | None:
        """The period that it is compared with; None for no comparison."""
        if self.compare == "year":
            return _year_before(self.first), _year_before(self.last)
        if self.compare == "previous":
            length = self.last - self.first
            return self.first - timedelta(1) - length, self.first - timedelta(1)
        return None

    @property
    def kind(self) -> str:
        """What is drawn: as chosen where that is possible, else what fits; empty where there is nothing to draw."""
        if not self.by:
            return ""
        if self.chart in charts_of(self.measure, self.by):
            return self.chart
        return "line" if self.by == Dimension.MONTH else "bar"

    def cut(self, scope: Cut) -> Cut:
        """Return the part of the scope that the filters leave."""
        for name, kind in FILTERS.items():
            scope = scope.narrowed(kind, getattr(self, name))
        return scope

    def parts(self) -> dict[str, str]:
        """Return it as the address says it."""
        return {one.name: str(value) for one in fields(self) if (value := getattr(self, one.name))}

    def address(self, **more: str) -> str:
        """Return it as the query of an address, with some parts changed; an empty part is left out."""
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in (self.parts() | more).items() if value})
        return query.urlencode()


def cuts_of(measure: str) -> frozenset[str]:
    """Return what a measure may be cut by, with the whole; a mix has no whole."""
    if measure == SCORE:
        return frozenset({"", *map(str, USUAL)})
    one = BY_ID[measure]
    return frozenset({*map(str, one.cuts), *(() if isinstance(one.formula, ShareOfAll) else ("",))})


def _first_cut(measure: str) -> str:
    return "" if "" in cuts_of(measure) else str(BY_ID[measure].cuts[0])


def charts_of(measure: str, by: str) -> list[str]:
    """Return the charts that fit a measure cut by something."""
    if not by:
        return []
    found = ["bar", "line"] if by == Dimension.MONTH else ["bar"]
    if by != Dimension.MONTH and Dimension.MONTH in cuts_of(measure):
        found.append("heat")
    if has_spread(measure):
        found.append("box")
    return found


def measures_for(scope: Cut) -> list[str]:
    """Return the measures that can be told of somebody's scope."""
    return [*(id_ for id_ in BY_ID if is_told(id_, scope)), SCORE]


def _allowed(scope: Cut) -> dict[str, Collection[str]]:
    city = site().city
    return {
        "measure": measures_for(scope),
        "by": DIMENSION_NAMES,
        "compare": COMPARISONS,
        "chart": CHARTS,
        "category": [id_ for id_ in city.taxonomy.by_id if scope.allows("category", id_)],
        "region": [id_ for id_ in city.region_by_id if scope.allows("region", id_)],
        "unit": [id_ for id_ in city.department_by_id if scope.allows("department", id_)],
        "type": set(map(str, OrderType)),
        "channel": set(map(str, Channel)),
    }


def _day(name: str, value: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise _wrong(name, value) from error


def _wrong(name: str, value: str) -> InvalidInput:
    return InvalidInput(
        "analysis.unknown",
        Text("“{name}”没有“{value}”这一项", "“{value}” is no choice for {name}").fill(name=name, value=value[:40]),
        Text("请从列表中选择", "choose from the list"),
    )


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)
