"""What level is reached, why not the next, and how sure that is."""

from __future__ import annotations

from suqiu.domain.finding import Backing, Finding, Verdict
from suqiu.domain.text import Text
from suqiu.reporting.assessment.words import BACKINGS, GATES
from suqiu.reporting.assessment.writing import AssessmentWriter
from suqiu.reporting.document import Spans
from suqiu.reporting.evidence import ALL
from suqiu.reporting.pen import Gap
from suqiu.standard.result import GateState

NEEDS = Text("本次评估没有形成结论。", "The assessment came to no conclusion.")

#: So many indicators are named in a sentence; all of them stand in the table below it.
_NAMED = 5
_ORDINALS = (Text("一是", "(i) "), Text("二是", "(ii) "), Text("三是", "(iii) "), Text("四是", "(iv) "))


def conclusion(writer: AssessmentWriter) -> None:
    """Write the level with its meaning, the four numbers together, and the gates."""
    dossier = writer.dossier
    scoring = dossier.result.scoring
    level = writer.facts.level("level", scoring.level, "scoring.level")
    centre = writer.name(dossier.result.name)
    if scoring.level:
        meaning = next(one.meaning for one in dossier.catalogue.levels if one.number == scoring.level)
        writer.say(
            Text(
                "经评估，{centre}智能化成熟度为{level}。该等级的含义是：{meaning}",
                "The intelligence of {centre} is assessed at level {level}. What this level means: {meaning}",
            ),
            centre=centre,
            level=writer.level(level),
            meaning=writer.name(meaning),
        )
    else:
        writer.say(
            Text(
                "经评估，{centre}智能化成熟度未定级：按现有佐证，尚不能认定达到{first}的全部要求。",
                "The intelligence of {centre} reaches no level: on the evidence at hand not all demands of “{first}” "
                "can be taken as met.",
            ),
            centre=centre,
            first=writer.name(dossier.level_name(1)),
        )
    _tally(writer)
    row = (writer.level(level), *writer.scores("overall", scoring.overall, ALL))
    writer.table(
        Text("总体结论", "Conclusion"),
        [writer.column(Text("成熟度等级", "Level"), figures=False, width=1.4), *writer.score_columns()],
        [row],
    )
    _gates(writer)
    writer.heading(Text("未达到更高等级的原因", "Why not the next level"))
    _obstacles(writer)
    writer.heading(Text("结论的确定程度", "How sure this is"))
    _certainty(writer)


def _tally(writer: AssessmentWriter) -> None:
    verdicts = writer.dossier.verdicts
    applicable = sum(verdicts.values()) - verdicts[Verdict.NOT_APPLICABLE]
    unknown = verdicts[Verdict.UNKNOWN] + verdicts[Verdict.ERROR]
    counts: dict[str, tuple[Text, int]] = {
        "applicable": (Text("适用指标数", "indicators that apply"), applicable),
        "known": (Text("有结论指标数", "indicators with a verdict"), applicable - unknown),
        "met": (Text("达到的指标数", "indicators met"), verdicts[Verdict.MET]),
        "partly": (Text("部分达到的指标数", "indicators partly met"), verdicts[Verdict.PARTLY]),
        "not_met": (Text("未达到的指标数", "indicators not met"), verdicts[Verdict.NOT_MET]),
        "unknown": (Text("未知指标数", "indicators unknown"), unknown),
    }
    facts: dict[str, Gap] = {
        key: writer.tally(
            writer.count(f"verdicts.{key}", name, value, "findings: verdicts, counted"), named=key == "applicable"
        )
        for key, (name, value) in counts.items()
    }
    overall = writer.dossier.result.scoring.overall
    facts |= {part: writer.facts.score("overall", part, overall) for part in ("coverage", "score", "lower", "upper")}
    if applicable == unknown:
        writer.say(
            Text(
                "本次评估适用指标{applicable}，均因缺少有效佐证而未知，证据覆盖率{coverage}，无从计算得分。"
                "未知不等于没有做到，只表明尚无材料可供认定。",
                "{applicable} apply, and every one is unknown for want of valid evidence; coverage is {coverage}, "
                "and there is nothing to score by. Unknown does not mean not done: it means not shown.",
            ),
            **facts,
        )
        return
    writer.say(
        Text(
            "本次评估适用指标{applicable}，其中{known}有有效佐证、形成结论：达到{met}，部分达到{partly}，未达到{not_met}；"
            "其余{unknown}未知。按权重计算，证据覆盖率为{coverage}，有结论部分得分{score}（百分制）；"
            "未知指标全部不得分时，总分下限为{lower}，全部得满分时，总分上限为{upper}。",
            "{applicable} apply, {known} of them with valid evidence and a verdict: {met} met, {partly} partly met, "
            "{not_met} not met; {unknown} are unknown. By weight coverage is {coverage}, and what is known scores "
            "{score}; with all that is unknown at nothing the score is {lower}, at full marks {upper}.",
        ),
        **facts,
    )


def _gates(writer: AssessmentWriter) -> None:
    dossier = writer.dossier
    scoring = dossier.result.scoring
    groups = {
        state: [one for one, is_ in scoring.gates if is_ is state] for state in (GateState.OPEN, GateState.UNSHOWN)
    }
    if not any(groups.values()):
        if scoring.gates:
            writer.say(
                Text("适用的否决项均经佐证符合要求。", "All veto items that apply are shown to be in order."),
            )
        return
    told = [
        writer.spans(
            Text("{state}的有{number}：{names}", "{state}: {number} ({names})"),
            state=GATES[state],
            number=writer.tally(
                writer.count(
                    f"gates.{state.value}", GATES[state], len(ids), f"scoring.gates: {state.value}, counted", "gates"
                )
            ),
            names=writer.listing(ids, len(ids)),
        )
        for state, ids in groups.items()
        if ids
    ]
    cap = min(dossier.gates[one].cap for ids in groups.values() for one in ids if one in dossier.gates)
    capped = writer.facts.level("cap", cap, "scoring.gates: lowest cap of those not closed")
    if scoring.uncapped > scoring.level:
        writer.say(
            Text(
                "否决项中，{told}。等级因此以{cap}为限；不计否决项，按其他条件可达{uncapped}。",
                "Veto items: {told}. They limit the level to {cap}; without them it would be {uncapped}.",
            ),
            told=_joined(writer, told),
            cap=writer.level(capped),
            uncapped=writer.level(writer.facts.level("uncapped", scoring.uncapped, "scoring.uncapped")),
        )
    else:
        writer.say(
            Text(
                "否决项中，{told}。在证明符合之前，等级最高为{cap}。",
                "Veto items: {told}. Until they are in order the level can be no higher than {cap}.",
            ),
            told=_joined(writer, told),
            cap=writer.level(capped),
        )


def _joined(writer: AssessmentWriter, parts: list[Spans]) -> Spans:
    spans: Spans = ()
    for part in parts:
        spans += (writer.words(Text("；", "; ")) if spans else ()) + part
    return spans


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
    for ordinal, reason in zip(_ORDINALS, reasons, strict=False):
        writer.say(Text("{ordinal}{reason}", "{ordinal}{reason}"), ordinal=ordinal, reason=reason)
    _required_table(writer, [one for one in groups["required"] if one in dossier.indicators])


def _gate_reason(writer: AssessmentWriter, subjects: list[str]) -> Spans:
    number = writer.count("obstacles.gates", Text("未排除的否决项", "veto items"), len(subjects), _QUERY, "gates")
    return writer.spans(
        Text(
            "否决项尚未全部符合。{names}共{number}，须有足够样本或查验记录证明符合要求，方可解除等级限制。",
            "Veto items: {number} ({names}) must be shown to be in order, by enough cases or an inspection.",
        ),
        names=writer.listing(subjects, len(subjects)),
        number=writer.tally(number),
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
        Text("必备指标未全部达到。其中{told}。", "Required indicators: {told}."), told=_joined(writer, told)
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
            writer.column(Text("结果", "Found"), figures=False, width=2.2),
            writer.column(Text("目标值", "Target"), figures=False, width=2.0),
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
        told=_joined(writer, told),
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
            "等级按下限认定，少交材料不会使等级提高；补交材料只会收窄上下限。",
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
            told.append(writer.spans(Text("{words}{number}", "{words} {number}"), words=BACKINGS[backing], number=fact))
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
