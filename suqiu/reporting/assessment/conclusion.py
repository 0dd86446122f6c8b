"""What level is reached, why not the next, and how sure that is."""

from __future__ import annotations

from suqiu.domain.finding import Backing, Finding
from suqiu.domain.text import Text
from suqiu.reporting.assessment.summary import summary
from suqiu.reporting.assessment.words import BACKINGS
from suqiu.reporting.assessment.writing import AssessmentWriter
from suqiu.reporting.document import Spans
from suqiu.reporting.evidence import ALL
from suqiu.standard.result import GateState

NEEDS = Text("本次评估没有形成结论。", "The assessment came to no conclusion.")

#: So many indicators are named in a sentence; all of them stand in the table below it.
_NAMED = 5
_ORDINALS = (Text("一是", "(i) "), Text("二是", "(ii) "), Text("三是", "(iii) "), Text("四是", "(iv) "))


def conclusion(writer: AssessmentWriter) -> None:
    """Write the summary, the four numbers together, why not the next level, and how sure that is."""
    scoring = writer.dossier.result.scoring
    summary(writer)
    level = writer.facts.level("level", scoring.level, "scoring.level")
    row = (writer.level(level), *writer.scores("overall", scoring.overall, ALL))
    writer.table(
        Text("总体结论", "Conclusion"),
        [writer.column(Text("成熟度等级", "Level"), figures=False, width=1.4), *writer.score_columns()],
        [row],
    )
    for one in writer.dossier.catalogue.levels:
        if one.number == scoring.level:
            writer.say(
                Text("{level}的含义是：{meaning}", "What level {level} means: {meaning}"),
                level=writer.level(level),
                meaning=writer.name(one.meaning),
            )
    if scoring.gates and {state for _, state in scoring.gates} <= {GateState.CLOSED, GateState.NOT_APPLICABLE}:
        writer.say(Text("适用的否决项均经佐证符合要求。", "All veto items that apply are shown to be in order."))
    writer.heading(Text("未达到更高等级的原因", "Why not the next level"))
    _obstacles(writer)
    writer.heading(Text("结论的确定程度", "How sure this is"))
    _certainty(writer)


def _obstacles(writer: AssessmentWriter) -> None:
    dossier = writer.dossier
    obstacles = dossier.result.scoring.obstacles
    if dossier.next_level is None:
        writer.say(
            Text(
                "已达到本模型的最高等级。",
                "This is the model's highest level; there is none above it.",
            )
        )
        return
    groups = {
        kind: list(dict.fromkeys(one.subject for one in obstacles if one.kind == kind))
        for kind in ("gate", "required", "threshold", "domain")
    }
    aimed = writer.level(writer.facts.level("next", dossier.next_level, "scoring.level + 1"))
    writes = {"gate": _gate_reason, "required": _required_reason, "threshold": _score_reason, "domain": _domain_reason}
    reasons = [writes[kind](writer, subjects) for kind, subjects in groups.items() if subjects]
    writer.say(
        Text("达到{aimed}，尚有以下差距：", "What stands between this and level {aimed}:"),
        aimed=aimed,
    )
    ordinals = _ORDINALS if len(reasons) > 1 else (Text("", ""),)
    for ordinal, reason in zip(ordinals, reasons, strict=False):
        writer.say(Text("{ordinal}{reason}", "{ordinal}{reason}"), ordinal=ordinal, reason=reason)
    _required_table(writer, [one for one in groups["required"] if one in dossier.indicators])


def _gate_reason(writer: AssessmentWriter, subjects: list[str]) -> Spans:
    states = writer.dossier.gate_states
    groups = (
        (
            [one for one in subjects if states.get(one) is GateState.OPEN],
            Text(
                "{names}共{number}存在不符合情形，须整改后重新核查",
                "{names} ({number}) must be mended and looked at again",
            ),
        ),
        (
            [one for one in subjects if states.get(one) is not GateState.OPEN],
            Text(
                "{names}共{number}须以足够样本或查验记录证明符合要求",
                "{names} ({number}) must be shown to be in order by enough cases or an inspection",
            ),
        ),
    )
    told = [
        writer.spans(
            text,
            names=writer.listing(ids, len(ids)),
            number=writer.count(
                f"obstacles.gates.{'unshown' if n else 'open'}",
                Text("未排除的否决项", "veto items"),
                len(ids),
                _QUERY,
                "gates",
            ),
        )
        for n, (ids, text) in enumerate(groups)
        if ids
    ]
    return writer.spans(
        Text("否决项尚未全部符合。{told}，方可解除等级限制。", "Veto items: {told}."), told=writer.joined(told)
    )


_QUERY = "scoring.obstacles, counted"


def _required_reason(writer: AssessmentWriter, subjects: list[str]) -> Spans:
    findings = writer.dossier.findings
    unknown = [one for one in subjects if one not in findings or not findings[one].verdict.known]
    short = [one for one in subjects if one not in unknown]
    told = []
    for ids, key, text in (
        (
            short,
            "short",
            Text("已有结论但未达到要求的{number}，即{names}", "{number} have a verdict and fall short ({names})"),
        ),
        (
            unknown,
            "unknown",
            Text("缺少有效佐证或目标值的{number}，即{names}", "{number} lack evidence or a target ({names})"),
        ),
    ):
        if ids:
            number = writer.count(f"obstacles.{key}", Text("必备指标", "required indicators"), len(ids), _QUERY)
            told.append(writer.spans(text, number=number, names=writer.listing(ids, _NAMED)))
    return writer.spans(
        Text("必备指标未全部达到。其中{told}。", "Required indicators: {told}."), told=writer.joined(told)
    )


def _required_table(writer: AssessmentWriter, subjects: list[str]) -> None:
    dossier = writer.dossier
    rows = []
    for subject in subjects:
        indicator, finding = dossier.indicators[subject], dossier.findings.get(subject)
        if finding is None:
            continue
        rows.append(
            (
                writer.quoted(dossier.name(indicator.domain)),
                writer.named(subject),
                writer.verdict(finding),
                writer.found(finding),
                writer.target(indicator),
            )
        )
    writer.table(
        Text("影响升级的必备指标", "Required indicators that hold the level back"),
        [
            writer.column(Text("能力域", "Domain"), figures=False, width=1.5),
            writer.column(Text("指标", "Indicator"), figures=False, width=2.2),
            writer.column(Text("结论", "Verdict"), figures=False, width=1.0),
            writer.column(Text("结果", "Found"), figures=False, width=2.0),
            writer.column(Text("目标值", "Target"), figures=False, width=2.6),
        ],
        rows,
        dense=True,
    )


def _score_reason(writer: AssessmentWriter, subjects: list[str]) -> Spans:
    dossier = writer.dossier
    number = dossier.next_level or 0
    level = next(one for one in dossier.catalogue.levels if one.number == number)
    lower = dossier.result.scoring.overall.lower
    file = f"{dossier.catalogue.id}/{dossier.catalogue.version}"
    wanted = writer.facts.number(
        "next.threshold",
        Text("总分下限要求", "threshold"),
        level.threshold * 100,
        "marks",
        f"levels[{number}].threshold × 100",
        file=file,
    )
    gap = writer.facts.number(
        "next.gap",
        Text("总分下限差额", "short of the threshold"),
        max(0.0, round((level.threshold - lower) * 100, 9)),
        "marks",
        f"({file} levels[{number}].threshold − scoring.overall.lower) × 100",
    )
    return writer.spans(
        Text(
            "总分下限不足。现为{lower}，要求不低于{wanted}，相差{gap}。",
            "Overall score: its lower bound is {lower}, at least {wanted} is asked; {gap} are lacking.",
        ),
        lower=writer.facts.score("overall", "lower", dossier.result.scoring.overall),
        wanted=wanted,
        gap=gap,
    )


def _domain_reason(writer: AssessmentWriter, subjects: list[str]) -> Spans:
    dossier = writer.dossier
    parts = {one.id: one for one in dossier.result.scoring.domains}
    told = [
        writer.spans(
            Text("{name}为{level}", "{name} stands at {level}"),
            name=writer.name(dossier.name(one)),
            level=writer.level(
                writer.facts.level(f"domains.{one}.level", parts[one].level, f"scoring.domains[{one}].level")
            ),
        )
        for one in subjects
        if one in parts
    ]
    least = writer.facts.level("least", (dossier.next_level or 1) - 1, "scoring.level: each domain at least")
    return writer.spans(
        Text(
            "能力域发展不均衡。各能力域均须达到{least}，其中{told}。",
            "Uneven domains: each must be at level {least} at least; {told}.",
        ),
        least=writer.level(least),
        told=writer.joined(told),
    )


def _certainty(writer: AssessmentWriter) -> None:
    dossier = writer.dossier
    overall = dossier.result.scoring.overall
    spread = writer.facts.number(
        "overall.spread",
        Text("总分上下限差额", "width of the bounds"),
        round((overall.upper - overall.lower) * 100, 9),
        "marks",
        "(scoring.overall.upper − scoring.overall.lower) × 100",
    )
    writer.say(
        Text(
            "按现有佐证，总分在{lower}与{upper}之间，相差{spread}，差额全部来自未知指标。"
            "等级按下限认定，少交材料不会使等级提高；补交有效材料只会收窄上下限，不会使等级降低。",
            "On the evidence at hand the score lies between {lower} and {upper}; the width of {spread} is all that is "
            "unknown. The level goes by the lower bound: leaving evidence out never raises it, and handing it in "
            "only narrows the bounds.",
        ),
        lower=writer.facts.score("overall", "lower", overall),
        upper=writer.facts.score("overall", "upper", overall),
        spread=spread,
    )
    _reach(writer)
    known = [one for one in dossier.findings.values() if one.verdict.known]
    if known:
        _backings(writer, known)


def _reach(writer: AssessmentWriter) -> None:
    """Say whether what is unknown could lift the score to the next level's threshold."""
    dossier = writer.dossier
    number = dossier.next_level
    overall = dossier.result.scoring.overall
    if number is None or overall.upper == overall.lower:
        return
    level = next(one for one in dossier.catalogue.levels if one.number == number)
    if overall.lower >= level.threshold:
        return
    words = (
        Text(
            "即使未知指标全部得满分，总分仍达不到{aimed}的要求，须有实际改进。",
            "Even if all that is unknown got full marks, the score would not reach what level {aimed} asks: real "
            "improvement is needed.",
        )
        if overall.upper < level.threshold
        else Text(
            "未知指标如能补齐佐证且情况良好，总分可以达到{aimed}的要求。",
            "If what is unknown were shown and found good, the score could reach what level {aimed} asks.",
        )
    )
    writer.say(words, aimed=writer.level(writer.facts.level("next", number, "scoring.level + 1")))


def _backings(writer: AssessmentWriter, known: list[Finding]) -> None:
    told = []
    for backing in Backing:
        number = sum(one.backing is backing for one in known)
        if number:
            fact = writer.count(
                f"backing.{backing.value}", BACKINGS[backing], number, f"findings: {backing.value}, counted"
            )
            told.append(
                writer.spans(
                    Text("{words}{number}", "{words} {number}"), words=BACKINGS[backing], number=writer.tally(fact)
                )
            )
    checked = [one for one in known if one.rechecked]
    replaced = [one for one in known if one.replaced is not None]
    text = Text("有结论的指标按佐证方式分：{told}。", "By what they rest on: {told}.")
    if checked:
        text = Text(
            "有结论的指标按佐证方式分：{told}；经抽样复核的{checked}，其中{replaced}的自报结果被复核结果取代。",
            "By what they rest on: {told}. Re-checked by sample: {checked}, of which in {replaced} the claim gave way.",
        )
    writer.say(
        text,
        told=writer.listed(told),
        checked=writer.count(
            "rechecked", Text("经复核的指标", "re-checked"), len(checked), "findings.rechecked, counted"
        ),
        replaced=writer.count(
            "replaced", Text("被取代的自报", "replaced"), len(replaced), "findings.replaced, counted"
        ),
    )
