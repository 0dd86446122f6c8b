"""Volume: how many orders, of which kinds, through which channels, and when."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date

from suqiu.domain.evidence import Fact, Outcome
from suqiu.domain.text import Text
from suqiu.reporting import deriving
from suqiu.reporting.document import Number, Spans
from suqiu.reporting.evidence import UNSTATED
from suqiu.reporting.numbers import Aspect
from suqiu.reporting.writing import Gap, Writer

NEEDS = Text(
    "本节需要工单的受理时间；本次数据中没有可用记录。",
    "This section needs the orders' acceptance times; the data holds none that can be used.",
)


def overview(writer: Writer) -> None:
    """Write the volume, its daily mean, its last month against the one before, its types, channels and course."""
    evidence = writer.evidence
    orders = evidence.find("V1")
    if orders.outcome is not Outcome.KNOWN:
        writer.note_missing([orders])
        return
    first, last = evidence.period
    days = (last - first).days + 1
    daily = deriving.count(
        evidence,
        "orders_per_day",
        Text("日均受理量", "orders a day"),
        (orders.value or 0) / days,
        f"-- {orders.fact_id} / {days}\n{orders.query}",
    )
    writer.say_all(
        [
            (
                Text(
                    "报告期内（{first}至{last}），{city}12345政务服务便民热线共受理群众诉求{orders}，日均{daily}。",
                    "From {first} to {last} the 12345 hotline of {city} accepted {orders}, {daily} a day.",
                ),
                {
                    "first": writer.first_day,
                    "last": writer.last_day,
                    "city": writer.name(Text(writer.city.name, writer.city.english_name)),
                    "orders": orders,
                    "daily": daily,
                },
            ),
            *_last_month(writer),
        ]
    )
    writer.heading(Text("受理趋势", "Course"))
    _course(writer)
    writer.heading(Text("类型与渠道", "Types and channels"))
    _mix(writer, "type", Text("诉求类型", "Type"), Text("各类型诉求受理情况", "Orders by type"))
    _mix(writer, "channel", Text("受理渠道", "Channel"), Text("各渠道受理情况", "Orders by channel"))


#: The measures of each dimension's mix.
_MIX = {"type": "V2", "channel": "A19", "category_1": "V3", "category": "V3"}


def shares_of(writer: Writer, slices: Sequence[Fact], whole: Fact) -> list[Fact]:
    """Return each slice's share of the whole: the analysis's own fact where it made one, else one made here."""
    shares = []
    for fact in slices:
        share = writer.evidence.find(_MIX.get(fact.slice.dimension, ""), fact.slice.dimension, fact.slice.key)
        if share.outcome is not Outcome.KNOWN:
            share = deriving.share(
                writer.evidence,
                "V1_share",
                Text("受理量占比", "share of orders"),
                int(fact.value or 0),
                int(whole.value or 0),
                f"-- {fact.fact_id} / {whole.fact_id}\n{fact.query}",
                cut=fact.slice,
            )
        shares.append(share)
    return shares


def with_unstated(writer: Writer, slices: Sequence[Fact]) -> list[Fact]:
    """Return the slices with that of unstated values last, so that a table's rows make up the whole."""
    if not slices:
        return []
    rest = writer.evidence.find(slices[0].measure, slices[0].slice.dimension, UNSTATED)
    return [*slices, rest] if rest.outcome is Outcome.KNOWN and rest.value else list(slices)


def rose(writer: Writer, change: Fact) -> Spans:
    """Return `上升3.2%`, `下降3.2%` or `持平` for a change."""
    if not change.value:
        return writer.spans(
            Text("{change}", "{change}") if change.value is None else Text("持平", "unchanged"), change=change
        )
    words = Text("上升{size}", "up {size}") if change.value > 0 else Text("下降{size}", "down {size}")
    return writer.spans(words, size=Number(change, Aspect.SIZE))


def whole_months(facts: Sequence[Fact], period: tuple[date, date]) -> list[Fact]:
    """Return the facts of months that lie wholly in the period, oldest first; part months compare with none."""
    kept = []
    for fact in sorted(facts, key=lambda fact: fact.slice.key):
        year, month = (int(part) for part in fact.slice.key.split("-")[:2])
        end = date(year, month, calendar.monthrange(year, month)[1])
        if period[0] <= date(year, month, 1) and end <= period[1]:
            kept.append(fact)
    return kept


def _last_month(writer: Writer) -> list[tuple[Text, dict[str, Gap]]]:
    change = writer.evidence.find("V1_on_month")
    months = whole_months(writer.evidence.slices("V1", "month"), writer.evidence.period)
    now = next((fact for fact in months if fact.slice.key == change.period[:7]), None)
    if change.outcome is not Outcome.KNOWN or now is None:
        return []
    told: dict[str, Gap] = {"month": writer.name(now.slice.name), "now": now, "rose": rose(writer, change)}
    peak = max(months, key=lambda fact: (fact.value or 0, fact.slice.key))
    if peak == now:
        words = Text(
            "其中{month}受理{now}，环比{rose}，为报告期内最多。",
            "{month} brought {now} ({rose} on the month before), the most of all months.",
        )
        return [(words, told)]
    words = Text(
        "其中{month}受理{now}，环比{rose}；受理量最高的月份为{peak}，受理{most}。",
        "{month} brought {now} ({rose} on the month before); the busiest month was {peak} with {most}.",
    )
    return [(words, {**told, "peak": writer.name(peak.slice.name), "most": peak})]


def _course(writer: Writer) -> None:
    months = writer.evidence.slices("V1", "month")
    writer.chart(
        "column",
        Text("各月受理量（件）", "Orders by month"),
        [fact.slice.name.to(writer.language) for fact in months],
        [(Text("受理量", "orders"), months)],
    )
    daily = deriving.daily_facts(writer.evidence)
    if daily and len(daily["orders"]) >= 14:
        series: list[tuple[Text, Sequence[Fact]]] = [(Text("当日受理量", "orders of the day"), daily["orders"])]
        if any(fact.outcome is Outcome.KNOWN for fact in daily["season"]):
            series.append((Text("常态预期", "expected"), daily["season"]))
        writer.chart(
            "line",
            Text("逐日受理量与常态预期（件）", "Orders by day, and what was to be expected"),
            [fact.slice.name.to(writer.language) for fact in daily["orders"]],
            series,
        )


def _mix(writer: Writer, dimension: str, title: Text, caption: Text) -> None:
    whole = writer.evidence.find("V1")
    ranked = writer.evidence.ranking("V1", dimension, top=20)
    slices = with_unstated(writer, ranked)
    shares = shares_of(writer, slices, whole)
    if len(ranked) > 1:
        writer.say(
            Text(
                "从{title}看，{first}最多，受理{orders}，占{share}。",
                "{title}: {first} leads with {orders}, {share} of all.",
            ),
            title=title,
            first=writer.name(slices[0].slice.name),
            orders=slices[0],
            share=shares[0],
        )
    writer.table(
        caption,
        [
            writer.column(title, figures=False, width=2),
            writer.column(Text("受理量", "Orders"), "orders"),
            writer.column(Text("占比", "Share")),
        ],
        [
            ((writer.name(fact.slice.name),), writer.cell(fact), writer.cell(part))
            for fact, part in zip(slices, shares, strict=True)
        ],
    )
