"""A small city and evidence about it, made up number by number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pyarrow as pa

from suqiu.domain.city import Category, City, Department, DepartmentKind, Region, RegionLevel, Taxonomy, Weight
from suqiu.domain.clock import Calendar, LimitTable
from suqiu.domain.event import Event, EventStatus
from suqiu.domain.evidence import Fact, Outcome, Slice
from suqiu.domain.fault import FaultCode
from suqiu.domain.tables import DAILY
from suqiu.domain.text import Text
from suqiu.evaluation.intervals import wilson
from suqiu.reporting.evidence import ALL, Definition, Evidence, IntakeTally, ReadingScore, ReadingTally

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
VERSION = "0123456789abcdef"

_CATEGORIES = ("住房建设", "城市管理", "交通运输", "生态环境", "公用事业", "市场监管", "劳动社保", "教育文体")
_DISTRICTS = ("城中区", "江北区", "滨湖区", "东平区", "西岭区", "高新区", "安和县", "清源县")
_TYPES = {"consult": "咨询", "help": "求助", "complaint": "投诉", "report": "举报", "suggest": "建议"}
_CHANNELS = {"phone": "电话", "wechat": "微信微博", "web": "网站"}
_MEASURES: dict[str, tuple[str, str, int, int]] = {
    "A1": ("接通率", "share", 41200, 42500),
    "A2": ("15秒接通率", "share", 39800, 41200),
    "A4": ("平均等待时长", "seconds", 412000, 41200),
    "A6": ("放弃率", "share", 1300, 42500),
    "B1": ("直接办结率", "share", 15200, 50321),
    "B4": ("首次派单准确率", "share", 31900, 35121),
    "B6": ("退单率", "share", 2200, 35121),
    "B9": ("平均流转次数", "ratio", 38400, 35121),
    "C1": ("及时签收率", "share", 34100, 35121),
    "C2": ("响应率", "share", 33800, 35121),
    "C3": ("按时办结率", "share", 32700, 34800),
    "C6": ("超期未办结数", "orders", 321, 321),
    "C8": ("平均办理时长", "hours", 2850000000, 34800),
    "C16": ("解决率", "share", 17100, 20200),
    "C17": ("满意率", "share", 18200, 20200),
    "C20": ("回访率", "share", 21000, 34800),
    "C25": ("重复诉求率", "share", 6100, 50321),
    "C12": ("重办率", "share", 800, 34800),
}


def a_fact(
    measure: str,
    value: float | None,
    unit: str = "orders",
    *,
    cut: Slice = ALL,
    parts: tuple[int, int] | None = None,
    name: str = "受理量",
) -> Fact:
    whole = f"{measure}@{FIRST}_{LAST}"
    return Fact(
        fact_id=whole if cut.dimension == "all" else f"{whole}/{cut.dimension}={cut.key}",
        measure=measure,
        name=Text(name, f"measure {measure}"),
        period=f"{FIRST}/{LAST}",
        slice=cut,
        outcome=Outcome.UNKNOWN if value is None else Outcome.KNOWN,
        value=value,
        unit=unit,
        numerator=None if parts is None else parts[0],
        denominator=None if parts is None else parts[1],
        interval=wilson(*parts) if parts and unit == "share" else None,
        reason=Text("导出数据中没有通话记录", "the export holds no calls") if value is None else None,
        query=f"SELECT count(*) AS n\nFROM orders\nWHERE '{measure}' < 'Z' & 1 > 0",
        rows=parts[1] if parts else int(value or 0),
        data_version=VERSION,
    )


def a_share(measure: str, hits: int, trials: int, *, cut: Slice = ALL, name: str = "按时办结率") -> Fact:
    return a_fact(measure, hits / trials, "share", cut=cut, parts=(hits, trials), name=name)


def a_slice(dimension: str, key: str, name: str) -> Slice:
    return Slice(dimension, key, Text(name, name))


def a_city(departments: int = 12, *, name: str = "临江市", department_name: str = "市第{n}局") -> City:
    return City(
        id="linjiang",
        name=name,
        english_name="Linjiang",
        timezone="Asia/Shanghai",
        population=6_000_000,
        taxonomy=Taxonomy(
            tuple(Category(f"{n:02}", title) for n, title in enumerate(_CATEGORIES, 1))
            + tuple(Category(f"{n:02}.01", f"{title}事项") for n, title in enumerate(_CATEGORIES, 1)),
            "example",
        ),
        departments=tuple(
            Department(f"D{n:02}", department_name.format(n=n), DepartmentKind.BUREAU)
            for n in range(1, departments + 1)
        ),
        duties=(),
        regions=tuple(Region(f"{n:02}", title, RegionLevel.DISTRICT, 750_000) for n, title in enumerate(_DISTRICTS, 1)),
        calendar=Calendar(frozenset(), frozenset(), date(2025, 1, 1), date(2027, 12, 31)),
        limits=LimitTable((), (), "example"),
        weights={
            "report.top_n": Weight(10, "a page holds ten"),
            "analysis.small_slice": Weight(30, "fewer are luck"),
        },
        version="fedcba9876543210",
    )


def an_event(n: int, status: EventStatus = EventStatus.OVER, name: str | None = None) -> Event:
    day = FIRST + timedelta(days=10 * n)
    return Event(
        event_id=f"E{n:04}",
        name=name or f"{_DISTRICTS[n % 8]}·{_CATEGORIES[n % 8]}",
        category=f"{n % 8 + 1:02}.01",
        region=f"{n % 8 + 1:02}",
        scope=RegionLevel.DISTRICT,
        first_at=datetime(day.year, day.month, day.day, 8),
        last_at=datetime(day.year, day.month, day.day, 20) + timedelta(days=5),
        peak_on=day + timedelta(days=2),
        orders=240 - n * 17,
        callers=None,
        expected=11.37,
        surprise=20.0 - n,
        status=status,
    )


def some_facts(city: City) -> dict[str, Fact]:
    facts = [a_fact("V1", 50321), a_fact("A7", None, "share", name="漏接回拨率")]
    for measure, (name, unit, top, base) in _MEASURES.items():
        value = top if unit == "orders" else top / base / (3600 if unit == "hours" else 1)
        facts.append(a_fact(measure, value, unit, parts=(top, base), name=name))
    for n, (key, name) in enumerate(_TYPES.items()):
        facts.append(a_fact("V1", 20000 - 4000 * n, cut=a_slice("type", key, name)))
    for n, (key, name) in enumerate(_CHANNELS.items()):
        facts.append(a_fact("V1", 40000 // (n * 4 + 1), cut=a_slice("channel", key, name)))
    months = [a_slice("month", f"2026-{month:02}", f"2026年{month}月") for month in range(1, 7)]
    facts.extend(a_fact("V1", 7800 + n * 137, cut=month) for n, month in enumerate(months))
    facts.append(growth(6, 8485, 8348))
    for n, name in enumerate(_CATEGORIES):
        wide = a_slice("category_1", f"{n + 1:02}", name)
        facts.append(a_fact("V1", 12000 - 1100 * n, cut=wide))
        facts.append(a_share("C25", 1500 - 100 * n, 12000 - 1100 * n, cut=wide, name="重复诉求率"))
        facts.append(a_fact("V1", 5000 - 400 * n, cut=a_slice("category", f"{n + 1:02}.01", f"{name}事项")))
    for n, name in enumerate(_DISTRICTS):
        facts.append(a_fact("V1", 9000 - 700 * n, cut=a_slice("district", f"{n + 1:02}", name)))
        rate = 120.5 - 7.3 * n
        facts.append(a_fact("C26", rate, "per_10k", cut=a_slice("district", f"{n + 1:02}", name), name="万人诉求比"))
    for n, department in enumerate(city.departments):
        cut, orders = a_slice("department", department.id, department.name), 25 + n * 90
        facts.append(a_fact("V1", orders, cut=cut))
        for measure, name, part in (("C3", "按时办结率", 0.94), ("C16", "解决率", 0.85), ("C17", "满意率", 0.9)):
            hits = round(orders * (part - 0.05 * ((n % 4) - 1)))
            facts.append(a_share(measure, min(hits, orders), orders, cut=cut, name=name))
        facts.append(a_share("B6", orders * (n % 5) // 40, orders, cut=cut, name="退单率"))
    return {fact.fact_id: fact for fact in facts}


def growth(month: int, now: int, before: int) -> Fact:
    """Return the growth of a month's orders on the month before, with that month's period, as the analysis does."""
    first, last = date(2026, month, 1), date(2026, month + 1, 1) - timedelta(days=1)
    fact = a_fact("V1_on_month", now / before - 1, "share", name="受理量环比")
    return replace(fact, period=f"{first}/{last}", numerator=now, denominator=before)


def some_days() -> pa.Table:
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    rows = [
        {
            "dimension": "all",
            "key": "",
            "day": day,
            "orders": 260 + n % 7 * 9 + n * 31 % 23,
            "season": 262.4 + n % 7 * 9,
            "band_lower": 220.0,
            "band_upper": 340.0,
        }
        for n, day in enumerate(days)
    ]
    return pa.Table.from_pylist(rows, schema=DAILY)


def some_evidence(city: City) -> Evidence:
    statuses = (EventStatus.RISING, EventStatus.OVER, EventStatus.FADING, EventStatus.STEADY)
    return Evidence(
        facts=some_facts(city),
        period=(FIRST, LAST),
        data_version=VERSION,
        definitions={
            measure: Definition(
                measure,
                Text(name, f"measure {measure}"),
                Text("报告期内受理的全部工单", "all orders accepted in the period"),
                Text("15秒内接听÷接听总数，保留1位小数", "part ÷ whole"),
                Text("受理时间", "time of acceptance"),
                Text("GB/T 33358—2016", "GB/T 33358—2016"),
                "up",
            )
            for measure, (name, *_) in _MEASURES.items()
        },
        events=tuple(an_event(n, statuses[n % 4]) for n in range(9)),
        daily=some_days(),
        intake=IntakeTally(
            50500,
            50321,
            179,
            {(FaultCode.MISSING_TIME, "reject"): 120, (FaultCode.UNKNOWN_CODE, "mend"): 640},
        ),
        reading=ReadingTally(
            50321,
            {("type", "recorded"): 50000, ("category", "recorded"): 41000, ("category", "model"): 8000},
            (ReadingScore("department", Text("承办单位首选", "unit, first choice"), 7300, 9800, "linear-1a2b3c"),),
        ),
    )


def no_evidence() -> Evidence:
    return Evidence(facts={}, period=(FIRST, LAST), data_version=VERSION)
