"""What charts of the command desk draw: plain numbers and names, for `static/results/charts.js`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from suqiu.domain.evidence import Fact
from suqiu.domain.text import Text
from suqiu.reporting.numbers import Aspect, show
from suqiu.web.desks.command.live import Counts
from suqiu.web.desks.command.situation import District, Ranked
from suqiu.web.results.happenings import Happening
from suqiu.web.site import site
from suqiu.web.wording import language, told

_ORDERS = Text("件", "orders")
_TODAY, _YESTERDAY = Text("今日", "today"), Text("昨日", "yesterday")
_OF_EVENT, _OF_KIND = Text("本事件", "this event"), Text("同类别同区域", "same category and region")
_HOUR, _DAY = Text("时", "hour"), Text("日期", "day")
#: The worst units that a chart has room for.
_SHOWN = 12


def percent(value: float | int | None) -> float | None:
    """Return a share as a chart draws it."""
    return None if value is None else round(float(value) * 100, 2)


def flow(counts: Counts) -> dict[str, Any]:
    """Draw today's hours over yesterday's."""
    return {
        "kind": "line", "x": [f"{n:02d}" for n in range(24)], "unit": told(_ORDERS), "axis": told(_HOUR),
        "series": [
            {"name": told(_YESTERDAY), "values": list(counts.hours_before), "quiet": True},
            {"name": told(_TODAY), "values": list(counts.hours)},
        ],
    }  # fmt: skip


def trend(rates: Sequence[tuple[str, list[Fact]]]) -> dict[str, Any]:
    """Draw each rate by month."""
    months = sorted({fact.slice.key for _, told_ in rates for fact in told_})
    series = []
    for _, facts in rates:
        by_month = {fact.slice.key: fact for fact in facts}
        known = [by_month.get(month) for month in months]
        if facts:
            series.append(
                {
                    "name": told(facts[0].name),
                    "values": [percent(one.value) if one else None for one in known],
                }
            )
    return {"kind": "line", "x": months, "unit": "%", "series": series, "from_zero": False, "marks": True}


def district_map(districts: Sequence[District], by: str, *, values: bool = False) -> dict[str, Any]:
    """Draw the districts, coloured by a number, which may stand on them."""
    share = by in {"late", "change"}
    return {
        "kind": "map", "outlines": "outlines", "diverging": by == "change", "unit": "%" if share else "",
        "values": values,
        "places": [
            {
                "id": one.id, "name": one.name,
                "value": percent(one.shown) if share else one.shown,
                "said": said(one, by),
                "bare": said(one, by, Aspect.BARE),
            }
            for one in districts
        ],
    }  # fmt: skip


def said(district: District, by: str, aspect: Aspect = Aspect.VALUE) -> str:
    """Return a district's number in words."""
    if district.shown is None:
        return "—"
    if by == "change":
        return f"{district.shown * 100:+.1f}%".replace("-", "−")
    return show(district.fact, aspect, language()) if district.fact is not None else "—"


def units(overall: Fact | None, ranked: Sequence[Ranked]) -> dict[str, Any]:
    """Draw the units with the lowest rates, with intervals, and the whole as a line."""
    drawn = list(ranked[:_SHOWN])
    names = site().city.department_by_id
    return {
        "kind": "bars", "unit": "%", "labels": [names[one.id].name for one in drawn],
        "values": [percent(one.rate.value) for one in drawn],
        "lower": [percent(one.rate.interval.lower) if one.rate.interval else None for one in drawn],
        "upper": [percent(one.rate.interval.upper) if one.rate.interval else None for one in drawn],
        "reference": percent(overall.value) if overall is not None else None,
        "most": 100,
    }  # fmt: skip


def growth(event: Happening, around: Sequence[tuple[date, int]]) -> dict[str, Any]:
    """Draw an event's orders a day over all of its category and region."""
    own = dict(event.days)
    return {
        "kind": "line", "x": [f"{day:%m-%d}" for day, _ in around], "unit": told(_ORDERS), "axis": told(_DAY),
        "series": [
            {"name": told(_OF_KIND), "values": [orders for _, orders in around], "quiet": True},
            {"name": told(_OF_EVENT), "values": [own.get(day, 0) for day, _ in around], "bars": True},
        ],
    }  # fmt: skip
