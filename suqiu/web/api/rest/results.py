"""Events and measures of the last analysis, within the token's scope; each number with what it rests on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from ninja.params.functions import Path
from ninja.params.functions import Query as Parameter
from pydantic import Field

from suqiu.analysis.measures.measure import Dimension, Measure
from suqiu.domain.errors import InvalidInput
from suqiu.domain.evidence import Fact, Outcome
from suqiu.domain.text import Text
from suqiu.web.api.door import need
from suqiu.web.api.listing import refuse_strange
from suqiu.web.api.rest.shapes import Moment
from suqiu.web.api.rights import RESULTS
from suqiu.web.audit.chain import record
from suqiu.web.results import happenings, questions, store
from suqiu.web.results.cut import Cut
from suqiu.web.results.happenings import Happening
from suqiu.web.site import site
from suqiu.web.wording import told

router = Router()

_LONGEST_DAYS = 800
#: Ids of events are made by the ledger.
_EVENT = r"^[A-Za-z0-9._:-]{1,60}$"


class EventOut(Schema):
    """An event: orders about one thing 事件."""

    id: str
    name: str
    category: str
    region: str | None
    status: Literal["rising", "steady", "fading", "over"]
    first_at: Moment
    last_at: Moment
    peak_on: date
    orders: int = Field(description="令牌范围内的工单数 orders in the token's scope")
    closed: int
    expected: float | None = Field(description="通常的工单数；只见部分工单时为null usual count; null when partly seen")
    partly: bool


class EventPage(Schema):
    """The events of the last analysis 事件列表."""

    items: list[EventOut]
    data_version: str


class DayOut(Schema):
    """The orders of a day 单日工单数."""

    day: date
    orders: int


class UnitOut(Schema):
    """A unit's part in an event 承办情况."""

    department: str | None
    orders: int
    closed: int


class EventDetail(EventOut):
    """An event with its growth, units and orders 事件详情."""

    days: list[DayOut]
    units: list[UnitOut]
    numbers: list[str]


class IntervalOut(Schema):
    """A confidence interval 置信区间."""

    lower: float
    upper: float
    level: float
    method: str


class FactOut(Schema):
    """One number, with all that is needed to compute it again 事实."""

    id: str
    measure: str
    name: str
    period: str
    dimension: str
    key: str | None
    outcome: Outcome
    value: float | None
    unit: str
    numerator: int | None
    denominator: int | None
    interval: IntervalOut | None
    reason: str | None
    rows: int
    data_version: str


class Asked(Schema):
    """Which measures, of when, cut by what 指标查询."""

    measure: Annotated[list[Annotated[str, Field(max_length=60)]], Field(min_length=1, max_length=20)]
    first: date | None = Field(default=None, description="缺省为最近30个完整日 the last 30 whole days by default")
    last: date | None = None
    by: Dimension | None = None


class MeasureOut(Schema):
    """A measure that can be asked for 指标."""

    id: str
    name: str
    unit: str
    population: str
    formula: str
    source: str
    cuts: list[Dimension]


@router.get("/events", response=EventPage, summary="事件列表 Events", operation_id="list_events")
def events(request: HttpRequest, limit: int = Parameter(50, ge=1, le=200)) -> dict[str, Any]:
    """Return the events of the last analysis with orders in the token's scope: those that go on first."""
    caller = need(request, RESULTS)
    result = store.current()
    found = happenings.happenings(result, Cut.of(caller.scope))[:limit]
    return {"items": [_event(one) for one in found], "data_version": result.version}


@router.get("/events/{id}", response=EventDetail, summary="事件详情 An event", operation_id="read_event")
def event(request: HttpRequest, id: str = Path(..., pattern=_EVENT)) -> dict[str, Any]:  # noqa: A002 — its name in the address
    """Return one event: its growth day by day, who is on it, and its orders."""
    caller = need(request, RESULTS)
    result, cut = store.current(), Cut.of(caller.scope)
    one = happenings.happening(result, cut, id)
    record(caller, "event.read", f"event:{id}")
    return _event(one) | {
        "days": [{"day": day, "orders": orders} for day, orders in one.days],
        "units": [{"department": unit.department or None, "orders": unit.orders, "closed": unit.closed}
                  for unit in one.units],
        "numbers": [member.number for member in happenings.members(result, cut, id)],
    }  # fmt: skip


@router.get("/measures", response=list[MeasureOut], summary="指标目录 Measures", operation_id="list_measures")
def catalogue(request: HttpRequest) -> list[dict[str, Any]]:
    """Return every measure that can be asked for."""
    need(request, RESULTS)
    return [_measure(one) for one in questions.BY_ID.values()]


@router.get("/measures/values", response=list[FactOut], summary="指标数值 Values", operation_id="read_measures")
def values(request: HttpRequest, wanted: Query[Asked]) -> list[dict[str, Any]]:
    """Return measures of the last analysis for a period: of the whole scope, and by slices where asked.

    What cannot be known is said to be unknown, with the reason; it is never zero.
    """
    caller = need(request, RESULTS)
    refuse_strange(request, set(Asked.model_fields))
    strange = [id_ for id_ in wanted.measure if id_ not in questions.BY_ID]
    if strange:
        raise InvalidInput(
            "api.no_measure",
            Text("没有指标“{id}”", "there is no measure “{id}”").fill(id=strange[0]),
            Text("可用指标见/api/v1/measures", "see /api/v1/measures"),
        )
    result = store.current()
    last = wanted.last or result.last_whole_day
    first = wanted.first or max(result.first, last - timedelta(29))
    if not (first <= last and (last - first).days < _LONGEST_DAYS and result.covers((first, last))):
        raise InvalidInput(
            "api.period",
            Text("时段无效或超出数据范围（{first}至{last}）", "no such period: the data run {first} to {last}").fill(
                first=result.first, last=result.last
            ),
            Text("请调整first和last", "change first and last"),
        )
    by = [wanted.by] if wanted.by is not None else []
    return [
        _fact(one)
        for one in questions.facts(result, Cut.of(caller.scope), (first, last), wanted.measure, by)
    ]  # fmt: skip


def _measure(one: Measure) -> dict[str, Any]:
    return {
        "id": one.id, "name": told(one.name), "unit": one.formula.unit, "population": told(one.population_text),
        "formula": told(one.formula_text), "source": one.source, "cuts": list(one.cuts),
    }  # fmt: skip


def _event(one: Happening) -> dict[str, Any]:
    zone = site().zone
    return {
        "id": one.id, "name": one.name, "category": one.category, "region": one.region or None,
        "status": str(one.status), "first_at": one.first_at.replace(tzinfo=zone),
        "last_at": one.last_at.replace(tzinfo=zone), "peak_on": one.peak_on, "orders": one.orders,
        "closed": one.closed, "expected": one.expected, "partly": one.partly,
    }  # fmt: skip


def _fact(one: Fact) -> dict[str, Any]:
    interval = one.interval
    return {
        "id": one.fact_id, "measure": one.measure, "name": told(one.name), "period": one.period,
        "dimension": one.slice.dimension, "key": one.slice.key or None, "outcome": one.outcome, "value": one.value,
        "unit": one.unit, "numerator": one.numerator, "denominator": one.denominator,
        "interval": None if interval is None else {
            "lower": interval.lower, "upper": interval.upper, "level": interval.level, "method": interval.method,
        },
        "reason": None if one.reason is None else told(one.reason), "rows": one.rows,
        "data_version": one.data_version,
    }  # fmt: skip
