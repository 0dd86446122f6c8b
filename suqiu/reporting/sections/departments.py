"""How each unit handled its orders: grouped against the city's mean, never ranked."""

from __future__ import annotations

from suqiu.domain.evidence import Fact, Outcome
from suqiu.domain.text import Text
from suqiu.reporting import deriving
from suqiu.reporting.comparing import Comparison, compare
from suqiu.reporting.document import Number, Spans, Words
from suqiu.reporting.numbers import Aspect
from suqiu.reporting.writing import Writer

NEEDS = Text(
    "本节需要工单的承办单位；本次数据中没有，也未能识别。",
    "This section needs the units that handle the orders; the data has none, and none could be read.",
)

#: What units are compared by: the first of these that the data allows for units.
COMPARED = ("C3", "C16", "C17", "C5")

_GROUPS: dict[str, Text] = {
    "above": Text("高于均值", "above"),
    "within": Text("相当", "near"),
    "below": Text("低于均值", "below"),
    "small": Text("不作比较", "not compared"),
}


def departments(writer: Writer) -> None:
    """Write how many units lie above, at and below the mean, and a table of all of them in these groups."""
    evidence = writer.evidence
    if not evidence.slices("V1", "department"):
        return
    comparison = comparison_of(writer)
    if comparison is None:
        _volumes(writer)
        return
    numbers = {
        name: deriving.count(
            evidence,
            f"departments_{name}",
            Text(f"{comparison.mean.name.zh}{text.zh}的单位数", f"units {text.en}: {comparison.mean.name.en}"),
            len(getattr(comparison, name)),
            f"-- facts {comparison.mean.measure} by department against {comparison.mean.fact_id}\n"
            f"{comparison.mean.query}",
            unit="departments",
        )
        for name, text in _GROUPS.items()
    }
    writer.say(
        Text(
            "以{measure}比较，全市平均为{mean}。{above}单位的置信区间整体高于全市平均，{within}与全市平均没有显著差异，"
            "{below}整体低于全市平均；另有{small}因工单量较少，不作比较。",
            "By the measure “{measure}” the city's mean is {mean}. The interval lies wholly above it for {above}, "
            "holds it for {within}, and lies wholly below it for {below}; {small} had too few orders to compare.",
        ),
        measure=writer.name(comparison.mean.name),
        mean=comparison.mean,
        **numbers,
    )
    _table(writer, comparison)
    writer.note(
        Text(
            "各组之内按单位编号排列，不代表名次。工单量少于{least}的单位不作比较，未列入本表。",
            "Within a group units stand by their code: the order is no ranking. Units with fewer than {least} "
            "are not compared, and not in this table.",
        ),
        least=_threshold(writer),
    )


def comparison_of(writer: Writer) -> Comparison | None:
    """Return the comparison that this data allows, None where it allows none."""
    least = int(writer.city.weight("analysis.small_slice"))
    for measure in COMPARED:
        comparison = compare(writer.evidence, measure, "department", least)
        if comparison.above or comparison.within or comparison.below:
            return comparison
    return None


def _threshold(writer: Writer) -> Fact:
    return deriving.count(
        writer.evidence,
        "small_slice",
        Text("参与比较的最少工单量", "least orders to be compared"),
        int(writer.city.weight("analysis.small_slice")),
        "-- city pack, weights.yaml: analysis.small_slice",
    )


def _table(writer: Writer, comparison: Comparison) -> None:
    others = [m for m in ("C3", "C16", "C17", "B6") if m != comparison.mean.measure]
    others = [measure for measure in others if writer.evidence.slices(measure, "department")]
    columns = [
        writer.column(Text("承办单位", "Unit"), figures=False, width=2.6),
        writer.column(Text("工单量", "Orders")),
        writer.measure_column(comparison.mean, width=1.1),
        writer.column(Text("置信区间", "Interval"), width=1.8),
        *(writer.measure_column(writer.evidence.slices(measure, "department")[0], width=1.1) for measure in others),
        writer.column(Text("组别", "Group"), figures=False, width=1.2),
    ]
    rows: list[tuple[Spans, ...]] = []
    for name in ("above", "within", "below"):
        for fact in getattr(comparison, name):
            key = fact.slice.key
            values = [writer.evidence.find(measure, "department", key) for measure in others]
            rows.append(
                (
                    (writer.name(fact.slice.name),),
                    writer.cell(writer.evidence.find("V1", "department", key)),
                    writer.cell(fact),
                    (Number(fact, Aspect.INTERVAL),),
                    *(writer.cell(value if value.outcome is Outcome.KNOWN else None) for value in values),
                    (Words(_GROUPS[name].to(writer.language)),),
                )
            )
    writer.table(Text("承办单位办理情况", "Handling by unit"), columns, rows)


def _volumes(writer: Writer) -> None:
    least = int(writer.city.weight("analysis.small_slice"))
    slices = writer.evidence.ranking("V1", "department", top=1000, least=least)
    writer.say(
        Text(
            "数据中没有可供比较的办理结果，以下仅列承办量不少于{least}的单位及其承办量，不作评价。",
            "The data holds no result to compare units by; the table lists the units with at least {least}, unjudged.",
        ),
        least=_threshold(writer),
    )
    writer.table(
        Text("承办单位工单量", "Orders by unit"),
        [
            writer.column(Text("承办单位", "Unit"), figures=False, width=3),
            writer.column(Text("工单量", "Orders"), "orders"),
        ],
        [((writer.name(fact.slice.name),), writer.cell(fact)) for fact in slices],
    )
