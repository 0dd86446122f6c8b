"""What citizens ask for, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from suqiu.domain.evidence import Fact, Outcome
from suqiu.domain.text import Text
from suqiu.reporting.document import Spans
from suqiu.reporting.evidence import UNSTATED
from suqiu.reporting.sections.overview import rose, shares_of, with_unstated
from suqiu.reporting.writing import Writer

NEEDS = Text(
    "本节需要工单的类别或事发地；本次数据中没有，也未能识别。",
    "This section needs the orders' categories or places; the data has none, and none could be read.",
)

#: The measure of growth against the month before, by category; absent when the data is one month long.
GROWTH = "V1_on_month"

#: A taxonomy has some dozen top categories; of a tree with far more the tail would hide the head.
_TOP_CATEGORIES = 20


def demands(writer: Writer) -> None:
    """Write the greatest categories with their change, and the districts by orders and by residents."""
    top = int(writer.city.weight("report.top_n"))
    writer.heading(Text("类别分布", "Categories"))
    _categories(writer, "category_1", top=_TOP_CATEGORIES, caption=Text("各大类受理情况", "Orders by top category"))
    _chart(writer, writer.evidence.ranking("V1", "category_1", top=top))
    _categories(writer, "category", top=top, caption=Text("受理量居前的具体事项", "The matters with most orders"))
    writer.heading(Text("区域分布", "Districts"))
    _districts(writer)
    streets = writer.evidence.ranking("V1", "street", top=top)
    _volumes(
        writer, Text("受理量居前的镇街", "The streets and towns with most orders"), Text("镇街", "Street"), streets
    )


def _categories(writer: Writer, dimension: str, top: int, caption: Text) -> None:
    evidence = writer.evidence
    slices: Sequence[Fact] = evidence.ranking("V1", dimension, top=top)
    ranked = len(slices)  # those of no stated value come after and lead nothing
    if dimension == "category_1":
        slices = with_unstated(writer, slices)
    shares = shares_of(writer, slices, evidence.find("V1"))
    changes = [evidence.find(GROWTH, dimension, fact.slice.key) for fact in slices]
    grown = any(change.outcome is Outcome.KNOWN for change in changes)
    if ranked > 1 and dimension == "category_1":
        writer.say(
            Text(
                "从诉求类别看，受理量最大的是{first}，受理{orders}，占{share}；其次是{second}，受理{more}，占{next}。",
                "{first} leads the categories with {orders} ({share}), before {second} with {more} ({next}).",
            ),
            first=writer.name(slices[0].slice.name),
            orders=slices[0],
            share=shares[0],
            second=writer.name(slices[1].slice.name),
            more=slices[1],
            next=shares[1],
        )
    columns = [
        writer.column(Text("类别", "Category"), figures=False, width=2.4),
        writer.column(Text("受理量", "Orders"), "orders"),
        writer.column(Text("占比", "Share")),
    ]
    rows: list[tuple[Spans, ...]] = []
    for name, fact, part, change in zip(_paths(writer, slices), slices, shares, changes, strict=True):
        row: tuple[Spans, ...] = ((writer.name(name),), writer.cell(fact), writer.cell(part))
        rows.append((*row, rose(writer, change)) if grown else row)
    writer.table(
        caption, [*columns, writer.column(Text("末月环比", "Last month's change"))] if grown else columns, rows
    )


def _paths(writer: Writer, slices: Sequence[Fact]) -> list[str]:
    """Return each category with its parent, or where that names several alike (其他—其他) with all above it."""
    taxonomy = writer.city.taxonomy
    chains = [
        [category.name for category in taxonomy.path(fact.slice.key)]
        if fact.slice.key in taxonomy.by_id
        else [fact.slice.name.to(writer.language)]
        for fact in slices
    ]
    short = Counter("—".join(chain[-2:]) for chain in chains)
    return ["—".join(chain[-2:] if short["—".join(chain[-2:])] == 1 else chain) for chain in chains]


def _chart(writer: Writer, slices: Sequence[Fact]) -> None:
    writer.chart(
        "bar",
        Text("各大类受理量（件）", "Orders by top category"),
        [fact.slice.name.to(writer.language) for fact in slices],
        [(Text("受理量", "orders"), slices)],
    )


def _districts(writer: Writer) -> None:
    evidence = writer.evidence
    ranked = evidence.ranking("V1", "district", top=100)
    slices = with_unstated(writer, ranked)
    rates = [evidence.find("C26", "district", fact.slice.key) for fact in slices]
    dense = [rate for rate in rates if rate.outcome is Outcome.KNOWN and rate.slice.key != UNSTATED]
    if len(ranked) > 1:
        writer.say(
            Text("从区域看，{first}受理量最大，为{orders}。", "Of the districts {first} has most: {orders}."),
            first=writer.name(slices[0].slice.name),
            orders=slices[0],
        )
    if len(dense) > 1:
        densest = max(dense, key=lambda fact: (fact.value or 0, fact.slice.key))
        writer.say(
            Text(
                "按常住人口折算，{district}每万人诉求量最高，为{rate}。",
                "Set against residents, {district} is highest at {rate}.",
            ),
            district=writer.name(densest.slice.name),
            rate=densest,
        )
    if not dense:
        _volumes(writer, Text("各区县受理情况", "Orders by district"), Text("区县", "District"), slices)
        return
    shares = shares_of(writer, slices, evidence.find("V1"))
    writer.table(
        Text("各区县受理情况", "Orders by district"),
        [
            writer.column(Text("区县", "District"), figures=False, width=1.8),
            writer.column(Text("受理量", "Orders"), "orders", width=1.3),
            writer.column(Text("占比", "Share")),
            writer.column(Text("每万人诉求量（件）", "Orders for residents"), width=1.7),
        ],
        [
            (
                (writer.name(fact.slice.name),),
                writer.cell(fact),
                writer.cell(part),
                writer.cell(rate if rate.outcome is Outcome.KNOWN else None),
            )
            for fact, part, rate in zip(slices, shares, rates, strict=True)
        ],
    )


def _volumes(writer: Writer, caption: Text, title: Text, slices: Sequence[Fact]) -> None:
    shares = shares_of(writer, slices, writer.evidence.find("V1"))
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
