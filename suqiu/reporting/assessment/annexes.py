"""The appendices: every finding, every scenario, targets set here, evidence, sources."""

from __future__ import annotations

from suqiu.domain.finding import Finding, Verdict
from suqiu.domain.text import Text
from suqiu.reporting.assessment.dossier import DOCUMENT, short
from suqiu.reporting.assessment.proof import collected, expires, looked_at, rows_of
from suqiu.reporting.assessment.scenes import effect, pairs
from suqiu.reporting.assessment.unknowns import is_undecided, unset_targets
from suqiu.reporting.assessment.words import BACKINGS, ROLES, SENSITIVITIES, STAGES
from suqiu.reporting.assessment.writing import AssessmentWriter
from suqiu.reporting.document import Heading, Name, Number, Spans, Words
from suqiu.reporting.numbers import Aspect
from suqiu.standard.catalogue import Indicator
from suqiu.standard.result import ScenarioResult, TargetSet

NEEDS_FINDINGS = Text("本次评估没有评定结论。", "There are no findings.")
NEEDS_SCENARIOS = Text(
    "本次评估没有场景应用日志，各场景均无从判断。",
    "No logs of scenarios came in; of none it can be told whether it is in use.",
)
NEEDS_TARGETS = Text("本次评估不涉及自行设定的目标值。", "No target here is for its user to set.")
NEEDS_EVIDENCE = Text("本次评估没有收到佐证材料。", "No evidence was handed in.")
NEEDS_SOURCES = Text("本次评估的目标值和否决项未引用来源。", "No target or veto item here rests on a source.")


def findings(writer: AssessmentWriter) -> None:
    """Write every finding, domain by domain, with its target and what both rest on."""
    dossier = writer.dossier
    columns = [
        writer.column(Text("编号", "Id"), figures=False, width=1.1),
        writer.column(Text("指标", "Indicator"), figures=False, width=2.1),
        writer.column(Text("等级", "Level"), width=0.85),
        writer.column(Text("结论", "Verdict"), figures=False, width=1.3),
        writer.column(Text("结果（区间）", "Found (interval)"), figures=False, width=2.9),
        writer.column(Text("目标值，性质，来源（等级）", "Target, nature, source (grade)"), figures=False, width=3.2),
        writer.column(Text("佐证方式及材料", "Backing and evidence"), figures=False, width=2.8),
        writer.column(Text("说明", "Why, and what would settle it"), figures=False, width=4.2),
    ]
    for domain in dossier.catalogue.domains:
        ours = [one for one in dossier.findings.values() if dossier.indicators[one.subject].domain == domain.id]
        if not ours:
            continue
        writer.blocks.append(Heading(2, writer.quoted(domain.name)))
        caption = Text("{name}评定明细", "Findings: {name}").fill(name=domain.name)
        if all(one.verdict is Verdict.UNKNOWN and one.answer is None for one in ours):
            _blank(writer, caption, ours)
        else:
            writer.table(caption, columns, [_finding(writer, one) for one in ours], dense=True)


def _blank(writer: AssessmentWriter, caption: Text, ours: list[Finding]) -> None:
    """Write the findings of a domain that nothing is known of, without the columns that would be empty."""
    writer.say(
        Text(
            "本能力域没有有效佐证，各项指标均为未知。",
            "No evidence here counts: every indicator is unknown.",
        )
    )
    indicators = writer.dossier.indicators
    writer.table(
        caption,
        [
            writer.column(Text("编号", "Id"), figures=False, width=1.0),
            writer.column(Text("指标", "Indicator"), figures=False, width=3.6),
            writer.column(Text("等级", "Level"), width=0.8),
            writer.column(
                Text("目标值，性质，来源（等级）", "Target, nature, source (grade)"), figures=False, width=4.2
            ),
            writer.column(Text("说明", "Why, and what would settle it"), figures=False, width=7.4),
        ],
        [
            (
                writer.quoted(one.subject),
                _titled(writer, indicators[one.subject]),
                _asked(writer, indicators[one.subject]),
                writer.target(indicators[one.subject]),
                _why(writer, one),
            )
            for one in ours
        ],
        dense=True,
    )


def _titled(writer: AssessmentWriter, indicator: Indicator) -> Spans:
    required = writer.words(Text("（必备）", " (required)")) if indicator.required else ()
    return writer.quoted(indicator.name) + required


def _asked(writer: AssessmentWriter, indicator: Indicator) -> Spans:
    """Return the level from which on an indicator is asked for."""
    level = writer.facts.number(
        f"{indicator.id}.level",
        indicator.name,
        indicator.level,
        "level",
        f"indicators[{indicator.id}].level",
        measure=indicator.id,
        file=f"{writer.dossier.catalogue.id}/{writer.dossier.catalogue.version}",
    )
    return writer.cell(level, Aspect.VALUE)


def _finding(writer: AssessmentWriter, one: Finding) -> tuple[Spans, ...]:
    indicator = writer.dossier.indicators[one.subject]
    return (
        writer.quoted(one.subject),
        _titled(writer, indicator),
        _asked(writer, indicator),
        writer.verdict(one),
        writer.found(one),
        writer.cell(None) if one.verdict is Verdict.NOT_APPLICABLE else writer.target(indicator),
        _backing(writer, one),
        _why(writer, one),
    )


def _backing(writer: AssessmentWriter, one: Finding) -> Spans:
    """Return what a finding rests on, with the evidence it used."""
    if one.backing is None:
        return writer.cell(None)
    used = writer.listed(_named(writer, name) for name in one.evidence)
    if not used:
        return writer.words(BACKINGS[one.backing])
    return writer.spans(Text("{backing}：{used}", "{backing}: {used}"), backing=BACKINGS[one.backing], used=used)


def _named(writer: AssessmentWriter, name: str) -> Spans:
    """Return the title of a piece of evidence; a document that has none goes by its number."""
    items = writer.dossier.evidence
    if name not in items and name.startswith(DOCUMENT):
        number = Name(name.removeprefix(DOCUMENT))
        return writer.spans(Text("佐证文件{number}", "document {number}"), number=number)
    return writer.quoted(items[name].title if name in items else name)


def _reason(writer: AssessmentWriter, one: Finding) -> Spans:
    """Return why the verdict is so; of what was computed only what the other columns do not say."""
    indicator = writer.dossier.indicators[one.subject]
    rows = looked_at(writer, one)
    if indicator.probe is None or not one.verdict.known or rows is None:
        return writer.quoted(one.message)
    told = writer.spans(Text("依据{rows}条记录", "From {rows} rows"), rows=Number(rows, Aspect.BARE))
    if is_undecided(writer, indicator, one):
        told += writer.words(
            Text(
                "，测得值已达到目标值，但样本偏少，暂不认定为达到",
                "; the value reaches the target, the cautious end of its interval does not",
            )
        )
    return told


def _why(writer: AssessmentWriter, one: Finding) -> Spans:
    """Return why the verdict is so, then who agreed, whether it was re-checked, and what would settle it."""
    spans = _reason(writer, one)
    if one.approver is not None:
        spans += writer.spans(Text("（经{who}同意）", " (agreed by {who})"), who=writer.name(one.approver))
    if one.rechecked:
        if one.replaced is None:
            spans += writer.words(Text("（经抽样复核）", " (re-checked)"))
        else:
            claim = writer.answered(writer.dossier.indicators[one.subject], one.replaced, "replaced")
            text = Text("（自报{claim}，以抽样复核结果为准）", " (claimed: {claim}; the re-check stands)")
            spans += writer.spans(text, claim=claim)
    if one.settles is not None:
        last = spans[-1]
        ended = isinstance(last, Words | Name) and last.text.endswith(("。", "."))
        spans += () if ended else writer.words(Text("。", "."))
        said = one.settles.to(writer.language).startswith("补")
        text = Text("{what}", " To settle it: {what}") if said else Text("补证：{what}", " To settle it: {what}")
        spans += writer.spans(text, what=writer.name(one.settles))
    return spans


def scenarios(writer: AssessmentWriter) -> None:
    """Write every scenario with how far it is in use; nothing where no log tells of any."""
    if all(one.exists is None for _, one in pairs(writer)):
        return
    rows = [
        (
            writer.named(scenario.id),
            writer.words(STAGES[scenario.stage]) if scenario.stage in STAGES else writer.quoted(scenario.stage),
            writer.words(ROLES[scenario.serves]) if scenario.serves in ROLES else writer.quoted(scenario.serves),
            writer.words(_USE[one.exists]),
            *(_share(writer, one, key) for key in ("touched", "adopted")),
            effect(writer, one),
            writer.quoted(one.message),
        )
        for scenario, one in pairs(writer)
    ]
    writer.table(
        Text("智能应用场景明细", "Every scenario"),
        [
            writer.column(Text("场景", "Scenario"), figures=False, width=2.6),
            writer.column(Text("环节", "Stage"), figures=False, width=1.0),
            writer.column(Text("服务对象", "For whom"), figures=False, width=1.2),
            writer.column(Text("应用情况", "In use"), figures=False, width=1.1),
            writer.column(Text("触及业务量", "Work touched"), width=1.2),
            writer.column(Text("采纳率", "Adopted"), width=1.0),
            writer.column(Text("变化量（区间）", "Change (interval)"), figures=False, width=2.4),
            writer.column(Text("说明", "Remark"), figures=False, width=4.4),
        ],
        rows,
        dense=True,
    )


_USE: dict[bool | None, Text] = {
    True: Text("已应用", "in use"),
    False: Text("未应用", "not in use"),
    None: Text("无从判断", "cannot be told"),
}
_SHARES = {"touched": Text("触及业务量占比", "share of work touched"), "adopted": Text("采纳率", "share adopted")}


def _share(writer: AssessmentWriter, one: ScenarioResult, key: str) -> Spans:
    value: float | None = getattr(one, key)
    if value is None:
        return writer.cell(None)
    path = f"scenarios.{one.scenario}.{key}"
    return writer.cell(writer.facts.number(path, _SHARES[key], value, "share", f"scenarios[{one.scenario}].{key}"))


def targets(writer: AssessmentWriter) -> None:
    """Write the targets set for this assessment, by whom and why."""
    dossier = writer.dossier
    rows = [_target(writer, one) for one in dossier.result.targets if one.subject in dossier.indicators]
    if rows:
        writer.heading(Text("已设定的目标值", "Set for this assessment"))
        writer.say(
            Text(
                "下列指标没有公开发布的目标值，由委托方为本次评估设定。不同评估设定的目标值不同时，相应结果不宜直接比较。",
                "For these no target is published; they were set for this assessment. Where assessments set other "
                "targets, their results should not be compared.",
            )
        )
    writer.table(
        Text("自行设定的目标值", "Targets set for this assessment"),
        [
            writer.column(Text("指标", "Indicator"), figures=False, width=2.2),
            writer.column(Text("目标值", "Target"), width=1.0),
            writer.column(Text("得分起点", "Floor"), width=1.0),
            writer.column(Text("设定人", "Set by"), figures=False, width=1.6),
            writer.column(Text("理由", "Why"), figures=False, width=4.0),
        ],
        rows,
        dense=True,
    )
    unset = [one for one in dossier.findings.values() if dossier.lacks_target(one)]
    if unset:
        writer.heading(Text("待设定的目标值", "Not set yet"))
        unset_targets(writer, unset)


def _target(writer: AssessmentWriter, one: TargetSet) -> tuple[Spans, ...]:
    indicator = writer.dossier.indicators[one.subject]
    floor = (
        writer.words(Text("达到即得分", "all or nothing"))
        if one.floor is None
        else writer.cell(
            writer.facts.number(
                f"{one.subject}.floor",
                Text("得分起点", "floor"),
                one.floor,
                indicator.unit,
                f"targets[{one.subject}].floor",
                measure=one.subject,
            ),
            Aspect.GIVEN,
        )
    )
    return (
        writer.named(one.subject),
        writer.cell(writer.target_fact(indicator, one.target), Aspect.GIVEN),
        floor,
        writer.quoted(one.set_by),
        writer.quoted(one.reason),
    )


def evidence(writer: AssessmentWriter) -> None:
    """Write all that was handed in, with where it came from, how long it counts, and its hash."""
    rows = [
        (
            writer.quoted(one.title),
            writer.words(BACKINGS[one.backing]),
            writer.quoted(one.origin),
            writer.cell(collected(writer, one)),
            writer.cell(expires(writer, one)),
            writer.words(Text("已过期", "expired") if one.expired else Text("有效", "in date")),
            writer.cell(rows_of(writer, one)),
            writer.words(SENSITIVITIES[one.sensitivity])
            if one.sensitivity in SENSITIVITIES
            else writer.quoted(one.sensitivity),
            writer.quoted(short(one.sha256)),
        )
        for one in writer.dossier.result.evidence
    ]
    writer.table(
        Text("佐证材料清单", "Evidence handed in"),
        [
            writer.column(Text("材料", "Evidence"), figures=False, width=2.6),
            writer.column(Text("佐证方式", "Backing"), figures=False, width=1.5),
            writer.column(Text("来源系统或人员", "Origin"), figures=False, width=2.7),
            writer.column(Text("采集日期", "Collected"), width=1.6),
            writer.column(Text("有效期至", "Expires"), width=1.6),
            writer.column(Text("状态", "State"), figures=False, width=0.8),
            writer.column(Text("记录数", "Rows"), width=1.1),
            writer.column(Text("敏感程度", "Sensitivity"), figures=False, width=1.9),
            writer.column(Text("校验值（前段）", "Hash (beginning)"), figures=False, width=1.6),
        ],
        rows,
        dense=True,
    )


def sources(writer: AssessmentWriter) -> None:
    """Write the sources that targets, floors and gates of this assessment rest on."""
    dossier = writer.dossier
    indicators = [dossier.indicators[subject] for subject in dossier.findings]
    used = {bound.source for one in indicators for bound in (one.floor, one.target)}
    used |= {gate.source for gate in dossier.catalogue.gates if gate.id in dossier.gate_states}
    rows = [
        (
            writer.source(one.id, None),
            writer.quoted(one.title),
            writer.quoted(one.dated),
            writer.quoted(one.grade.value),
            writer.quoted(one.address),
        )
        for one in dossier.catalogue.sources
        if one.id in used
    ]
    writer.table(
        Text("来源清单", "Sources"),
        [
            writer.column(Text("编号", "Id"), figures=False, width=0.9),
            writer.column(Text("名称", "Title"), figures=False, width=4.4),
            writer.column(Text("日期", "Dated"), figures=False, width=1.2),
            writer.column(Text("等级", "Grade"), figures=False, width=0.7),
            writer.column(Text("出处", "Where"), figures=False, width=4.4),
        ],
        rows,
        dense=True,
    )
    if rows:
        writer.note(
            Text(
                "注：来源等级中，A为政府文件、标准等正式文本，B为新闻、协会材料和通报，C为转述，D为厂商或个人材料，"
                "R为通用知识或本模型自身。",
                "Note: A official text, B press, association or bulletin, C second-hand copy, D supplier or blog, "
                "R general knowledge or this model itself.",
            )
        )
