"""What is not known, and what would settle it."""

from __future__ import annotations

from collections.abc import Sequence

from suqiu.domain.finding import Finding, Verdict
from suqiu.domain.text import Text
from suqiu.reporting.assessment.writing import AssessmentWriter
from suqiu.reporting.document import Number, Spans
from suqiu.reporting.numbers import Aspect
from suqiu.standard.catalogue import Indicator
from suqiu.standard.result import Wanted

NEEDS = Text("适用指标均已形成结论，没有未知事项。", "Every indicator that applies has a verdict: nothing is unknown.")

#: So many exports are listed: the best first.
_EXPORTS = 12
#: So many targets that nobody has set stand in the section; all stand in the appendix.
_TARGETS = 10


def unknowns(writer: AssessmentWriter) -> None:
    """Write the exports that would raise coverage most, the targets nobody set, and the samples that are too small."""
    dossier = writer.dossier
    unknown = [one for one in dossier.findings.values() if one.verdict in {Verdict.UNKNOWN, Verdict.ERROR}]
    unset = [one for one in unknown if dossier.lacks_target(one)]
    if unknown:
        _tally(writer, unknown, unset)
    _exports(writer)
    _targets(writer, unset)
    _samples(writer)


def _tally(writer: AssessmentWriter, unknown: list[Finding], unset: list[Finding]) -> None:
    rest = [one for one in unknown if one not in unset]
    failed = [one for one in rest if one.verdict is Verdict.ERROR]
    refused = [one for one in rest if one not in failed and one.answer is not None and one.answer.value is not None]
    silent = len(rest) - len(failed) - len(refused)
    told = []
    for key, number, text in (
        ("silent", silent, Text("没有有效佐证", "without valid evidence")),
        ("unset", len(unset), Text("已测得结果但未设定目标值", "measured without a target set")),
        (
            "refused",
            len(refused),
            Text("佐证方式不符合要求", "with evidence of no accepted kind"),
        ),
        ("failed", len(failed), Text("计算出错", "where the calculation failed")),
    ):
        if number:
            fact = writer.count(f"unknown.{key}", Text("未知指标", "unknown"), number, f"findings: {key}, counted")
            named = writer.words(text)
            counted = writer.spans(Text("{what}的{number}", "{number} {what}"), what=named, number=fact)
            told.append(named if number == len(unknown) else counted)
    whole = writer.count("unknown.all", Text("未知指标", "unknown"), len(unknown), "findings: unknown, counted")
    if len(told) == 1:
        writer.say(
            Text(
                "未知指标共{number}，均为{told}。逐项原因和补证办法见附录一。",
                "Unknown: {number}, all of them {told}. Appendix A says of each why, and what would settle it.",
            ),
            number=whole,
            told=told[0],
        )
        return
    writer.say(
        Text(
            "未知指标{number}，包括{told}。逐项原因和补证办法见附录一。",
            "{number} are unknown: {told}. Appendix A says of each why, and what would settle it.",
        ),
        number=whole,
        told=writer.listed(told),
    )


def _exports(writer: AssessmentWriter) -> None:
    wanted = writer.dossier.result.wanted
    if not wanted:
        return
    writer.heading(Text("最能提高覆盖率的材料", "What would raise coverage most"))
    writer.say(
        Text(
            "优先提交{title}，至多可使证据覆盖率提高{gain}个百分点。表中各项按单独提交测算，不可相加。",
            "First of all hand in {title}: it can raise coverage by up to {gain} percentage points. Each is "
            "reckoned alone; the gains do not add up.",
        ),
        title=writer.name(wanted[0].title),
        gain=gain_of(writer, wanted[0]),
    )
    rows = [
        (
            writer.quoted(one.title),
            writer.listed(writer.quoted(writer.dossier.column(one.form, column)) for column in one.columns)
            or writer.cell(None),
            writer.spans(Text("{gain}", "{gain}"), gain=gain_of(writer, one)),
            writer.cell(
                writer.count(
                    f"wanted.{one.form}.subjects",
                    Text("可定指标", "settles"),
                    len(one.subjects),
                    f"wanted[{one.form}].subjects, counted",
                )
            ),
            writer.listing(one.subjects, 4),
        )
        for one in wanted[:_EXPORTS]
    ]
    writer.table(
        Text("建议补充提交的材料", "Evidence to hand in next"),
        [
            writer.column(Text("材料", "Evidence"), figures=False, width=1.7),
            writer.column(Text("所需字段", "Columns"), figures=False, width=2.4),
            writer.column(Text("覆盖率增量（百分点）", "Coverage gained (points)"), width=1.2),
            writer.column(Text("可定指标", "Settles"), width=0.9),
            writer.column(Text("涉及指标", "Indicators"), figures=False, width=2.6),
        ],
        rows,
        dense=True,
    )


_GAIN = Text("覆盖率增量", "coverage gained")


def gain_of(writer: AssessmentWriter, wanted: Wanted) -> Number:
    """Return by how many percentage points a piece of evidence can raise coverage."""
    path, query = f"wanted.{wanted.form}.gain", f"wanted[{wanted.form}].gain"
    return Number(writer.facts.number(path, _GAIN, wanted.gain, "share", query), Aspect.POINTS)


def _targets(writer: AssessmentWriter, unset: list[Finding]) -> None:
    if not unset:
        return
    writer.heading(Text("尚未设定的目标值", "Targets that nobody has set"))
    writer.say(
        Text(
            "下列指标已测得结果，但没有公开发布的目标值，委托方也未设定，暂按未知处理。设定目标值后即可形成结论。",
            "These were measured, but no target is published and whoever ordered the assessment has set none. "
            "Once one is set they have a verdict.",
        )
    )
    indicators = writer.dossier.indicators
    first = sorted(unset, key=lambda one: (not indicators[one.subject].required, -indicators[one.subject].weight))
    unset_targets(writer, first[:_TARGETS])
    if len(unset) > _TARGETS:
        writer.note(
            Text(
                "注：本表仅列必备的和权重较大的指标，其余见附录三。",
                "Note: required indicators and those of most weight; Appendix C lists all.",
            )
        )


def unset_targets(writer: AssessmentWriter, unset: Sequence[Finding]) -> None:
    """Draw the table of what was measured without a target, with what to look at when setting one."""
    indicators = writer.dossier.indicators
    rows = [
        (
            writer.named(one.subject),
            writer.found(one),
            writer.quoted(indicators[one.subject].target.note),
        )
        for one in unset
    ]
    writer.table(
        Text("已测得、待设定目标值的指标", "Measured, no target set"),
        [
            writer.column(Text("指标", "Indicator"), figures=False, width=1.8),
            writer.column(Text("测得结果", "Found"), figures=False, width=1.5),
            writer.column(Text("设定时可参考", "What to look at"), figures=False, width=3.6),
        ],
        rows,
        dense=True,
    )


def _samples(writer: AssessmentWriter) -> None:
    """Write the findings whose value reaches the target while the end of its interval does not."""
    dossier = writer.dossier
    rows: list[tuple[Spans, ...]] = [
        (
            writer.named(one.subject),
            writer.found(one),
            writer.target(dossier.indicators[one.subject]),
            writer.quoted(one.settles),
        )
        for one in dossier.findings.values()
        if one.settles is not None and is_undecided(writer, dossier.indicators[one.subject], one)
    ]
    if not rows:
        return
    writer.heading(Text("样本不足以定论的指标", "Samples too small to decide"))
    writer.say(
        Text(
            "下列指标的测得值已达到目标值，但样本偏少，置信区间的保守一端尚未达到，暂不认定为达到。",
            "The value reaches the target here, but with so few cases the cautious end of its interval does not, "
            "so that it does not count as met.",
        )
    )
    writer.table(
        Text("样本不足以定论的指标", "Samples too small to decide"),
        [
            writer.column(Text("指标", "Indicator"), figures=False, width=1.8),
            writer.column(Text("结果", "Found"), figures=False, width=1.8),
            writer.column(Text("目标值", "Target"), figures=False, width=2.0),
            writer.column(Text("定论所需", "What would settle it"), figures=False, width=2.6),
        ],
        rows,
        dense=True,
    )


def is_undecided(writer: AssessmentWriter, indicator: Indicator, finding: Finding) -> bool:
    """Say whether a value reaches its target while the cautious end of its interval does not."""
    target, _ = writer.dossier.target_of(indicator)
    answer = finding.answer
    if finding.verdict not in {Verdict.PARTLY, Verdict.NOT_MET} or target is None:
        return False
    if answer is None or answer.value is None or answer.interval is None:
        return False
    return answer.value >= target if indicator.direction == "up" else answer.value <= target
