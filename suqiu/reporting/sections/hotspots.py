"""Events: what broke out, where, since when, and whether it is over."""

from __future__ import annotations

from collections.abc import Sequence

from suqiu.domain.event import Event, EventStatus
from suqiu.domain.evidence import Fact
from suqiu.domain.text import Text
from suqiu.reporting import deriving
from suqiu.reporting.document import Spans, Words
from suqiu.reporting.writing import Writer

NEEDS = Text(
    "报告期内未发现显著高于常态的集中诉求。",
    "Nothing stood out against ordinary times in this period.",
)

#: How each status of an event is said.
STATUS: dict[EventStatus, Text] = {
    EventStatus.RISING: Text("上升", "rising"),
    EventStatus.STEADY: Text("持续", "steady"),
    EventStatus.FADING: Text("回落", "fading"),
    EventStatus.OVER: Text("平息", "over"),
}


def hotspots(writer: Writer) -> None:
    """Write how many events there were, which are still rising, and a table of the most surprising."""
    events = writer.evidence.events
    if not events:
        return
    top = events[: int(writer.city.weight("report.top_n"))]
    made = {event.event_id: deriving.event_facts(writer.evidence, event) for event in top}
    begin, end = writer.evidence.period
    within = f" WHERE first_at < DATE '{end}' + 1 AND last_at >= DATE '{begin}'"
    number = deriving.count(
        writer.evidence,
        "events",
        Text("热点事件数", "events"),
        len(events),
        f"SELECT count(*) FROM events{within}",  # noqa: S608 - printed, never run here
        unit="events",
    )
    covered = deriving.count(
        writer.evidence,
        "orders_in_events",
        Text("热点事件涉及工单量", "orders in events"),
        sum(event.orders for event in events),
        f"SELECT sum(orders) FROM events{within}",  # noqa: S608 - printed, never run here
    )
    writer.say(
        Text(
            "报告期内共发现明显高于常态的热点事件{number}，涉及工单{covered}。其中最为突出的是“{name}”，"
            "自{first}至{last}受理{orders}，而同期常态预期为{expected}。",
            "{number} stood out against ordinary times, with {covered}. The most striking is “{name}”: "
            "{orders} from {first} to {last}, where {expected} were to be expected.",
        ),
        number=number,
        covered=covered,
        name=writer.name(top[0].name),
        **{key: made[top[0].event_id][key] for key in ("first", "last", "orders", "expected")},
    )
    _warn(writer, rising(events))
    _table(writer, top, made)


def _warn(writer: Writer, events: Sequence[Event]) -> None:
    if not events:
        return
    named = []
    for event in events:
        facts = deriving.event_facts(writer.evidence, event)
        words = Text("“{name}”（累计{orders}，{peak}达到峰值）", "“{name}” ({orders} so far, peak on {peak})")
        named.append(writer.spans(words, name=writer.name(event.name), orders=facts["orders"], peak=facts["peak"]))
    writer.say(
        Text(
            "预警：至期末仍呈上升态势的有{events}，请有关单位提前介入。",
            "Warning: still rising at the end of the period: {events}. The units concerned should step in early.",
        ),
        events=writer.listed(named),
    )


def rising(events: tuple[Event, ...]) -> list[Event]:
    """Return the events that still rise at the period's end, most surprising first."""
    return [event for event in events if event.status is EventStatus.RISING]


def _table(writer: Writer, events: tuple[Event, ...], made: dict[str, dict[str, Fact]]) -> None:
    writer.table(
        Text("主要热点事件", "Main events"),
        [
            writer.column(Text("事件", "Event"), figures=False, width=2.4),
            writer.column(Text("区域", "Region"), figures=False, width=1.3),
            writer.column(Text("首件日期", "First"), width=2.1),
            writer.column(Text("末件日期", "Last"), width=2.1),
            writer.column(Text("工单量", "Orders")),
            writer.column(Text("预期", "Expected"), width=1.1),
            writer.column(Text("态势", "Status"), figures=False, width=0.9),
        ],
        [_row(writer, event, made[event.event_id]) for event in events],
    )
    writer.note(
        Text(
            "预期为同一区域、同一类别在常态下应有的工单量；工单量远超预期且难以用偶然解释的，列为热点事件。",
            "Expected is what ordinary times bring to the same place and category; an event is what chance cannot "
            "explain.",
        )
    )


def _row(writer: Writer, event: Event, facts: dict[str, Fact]) -> tuple[Spans, ...]:
    region = writer.city.region_by_id.get(event.region or "")
    return (
        (writer.name(event.name),),
        (writer.name(region.name),) if region else writer.spans(Text("全市", "city-wide")),
        writer.cell(facts["first"]),
        writer.cell(facts["last"]),
        writer.cell(facts["orders"]),
        writer.cell(facts["expected"]),
        (Words(STATUS[event.status].to(writer.language)),),
    )
