"""Problems and suggestions: only what a rule finds in the facts, each with the facts it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from suqiu.domain.evidence import Fact
from suqiu.domain.text import Text
from suqiu.reporting import deriving
from suqiu.reporting.comparing import compare
from suqiu.reporting.document import Number, Spans
from suqiu.reporting.numbers import Aspect
from suqiu.reporting.sections.departments import comparison_of
from suqiu.reporting.sections.hotspots import rising
from suqiu.reporting.writing import Writer

NEEDS = Text(
    "按既定规则检查，未发现需要特别提出的问题。",
    "The rules found nothing that calls for a suggestion.",
)


def advice(writer: Writer) -> None:
    """Write the observations of every rule that fires; silence where none does."""
    for rule in (_late_units, _rising_events, _returned_orders, _repeated_matters, _rejected_rows):
        rule(writer)


def _late_units(writer: Writer) -> None:
    comparison = comparison_of(writer)
    if comparison is None or not comparison.below:
        return
    writer.heading(Text("部分单位办理水平低于全市", "Some units lie below the city's mean"))
    writer.say(
        Text(
            "{measure}的全市平均为{mean}，以下单位的置信区间整体低于这一水平，差距难以用偶然解释：{units}。"
            "建议热线管理机构会同上述单位分析临期、超期工单的成因，完善内部分办和预警机制，并在下期报告中复核。",
            "The city's mean of “{measure}” is {mean}; the intervals of these units lie wholly below it, which "
            "chance hardly explains: {units}. The centre should go through their late orders with them, mend "
            "routing and reminders, and look again in the next report.",
        ),
        measure=writer.name(comparison.mean.name),
        mean=comparison.mean,
        units=_listed(writer, comparison.below, comparison.mean),
    )


def _rising_events(writer: Writer) -> None:
    events = rising(writer.evidence.events)
    if not events:
        return
    writer.heading(Text("个别热点事件仍在上升", "Some events are still rising"))
    naming = Text("“{name}”（{orders}）", "“{name}” ({orders})")
    named = writer.listed(
        writer.spans(
            naming, name=writer.name(event.name), orders=deriving.event_facts(writer.evidence, event)["orders"]
        )
        for event in events
    )
    writer.say(
        Text(
            "至期末仍呈上升态势的事件有：{events}。建议指定牵头单位，主动公布处置进展，对同一事件的工单合并办理，"
            "避免群众反复来电。",
            "Still rising at the end of the period: {events}. Name a lead unit, publish progress, and merge the "
            "orders of one event, so that citizens need not call again.",
        ),
        events=named,
    )


def _returned_orders(writer: Writer) -> None:
    least = int(writer.city.weight("analysis.small_slice"))
    comparison = compare(writer.evidence, "B6", "department", least)
    if not comparison.above:
        return
    writer.heading(Text("部分单位退单偏多", "Some units return many orders"))
    writer.say(
        Text(
            "全市退单率为{mean}，以下单位明显偏高：{units}。建议对照职责清单逐项核对派单依据，属于清单不明确的及时修订，"
            "属于无正当理由退单的予以督促。",
            "The city's return rate is {mean}; it is clearly higher in: {units}. Check what was sent to them "
            "against the duty catalogue; mend the catalogue where it is unclear, and urge where it is clear.",
        ),
        mean=comparison.mean,
        units=_listed(writer, comparison.above, comparison.mean),
    )


def _repeated_matters(writer: Writer) -> None:
    least = int(writer.city.weight("analysis.small_slice"))
    comparison = compare(writer.evidence, "C25", "category_1", least)
    if not comparison.above:
        return
    writer.heading(Text("部分类别重复诉求集中", "Repeats gather in some categories"))
    writer.say(
        Text(
            "重复诉求占比的全市平均为{mean}，以下类别明显偏高：{names}。"
            "建议选取其中反复出现的事项，由主管单位开展专项治理，从源头减少同类诉求。",
            "Repeats make up {mean} of all orders; clearly more in: {names}. The units in charge should take up "
            "the matters behind them, so that the cause goes and not only the order.",
        ),
        mean=comparison.mean,
        names=_listed(writer, comparison.above, comparison.mean),
    )


def _rejected_rows(writer: Writer) -> None:
    intake = writer.evidence.intake
    if intake is None or intake.rejected == 0:
        return
    rejected = deriving.share(
        writer.evidence,
        "rejected_share",
        Text("未能导入的行占比", "share of rejected rows"),
        intake.rejected,
        intake.read,
        "SELECT count(DISTINCT (file, row)) FROM faults WHERE severity = 'reject'",
    )
    writer.heading(Text("部分工单数据不完整", "Some rows of the data are not usable"))
    writer.say(
        Text(
            "导入数据中有{rejected}行未能使用，占{share}，本报告各项数字不含这部分工单。建议按随附清单逐行更正后重新导入，"
            "并在工单录入环节增加必填和时间先后校验。",
            "Of the rows read {rejected} ({share}) could not be used, and no number here counts them. Mend them by "
            "the list that comes with this report, import again, and check required fields where orders are entered.",
        ),
        rejected=Number(rejected, Aspect.NUMERATOR),
        share=rejected,
    )


def _listed(writer: Writer, facts: Sequence[Fact], mean: Fact) -> Spans:
    """Return `甲局（80.1%）、乙局（82.3%）等30家`: those farthest from the mean, in the order of their codes."""
    top = int(writer.city.weight("report.top_n"))
    farthest = sorted(facts, key=lambda fact: (-abs((fact.value or 0) - (mean.value or 0)), fact.slice.key))[:top]
    naming = Text("{name}（{value}）", "{name} ({value})")
    spans = writer.listed(
        writer.spans(naming, name=writer.name(fact.slice.name), value=fact)
        for fact in sorted(farthest, key=lambda fact: fact.slice.key)
    )
    if len(facts) > top:
        number = deriving.count(
            writer.evidence,
            f"{mean.measure}_set_apart",
            Text(f"{mean.name.zh}与全市有显著差距的数量", f"how many are set apart: {mean.name.en}"),
            len(facts),
            f"-- facts {mean.measure} whose interval lies off {mean.fact_id}\n{mean.query}",
            unit="departments" if facts[0].slice.dimension == "department" else "categories",
        )
        spans += writer.spans(Text("等{number}", ", {number} in all"), number=number)
    return spans
