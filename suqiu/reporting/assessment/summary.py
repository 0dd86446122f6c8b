"""Page one: which level, how sure, what next, and what must not be overlooked."""

from __future__ import annotations

from suqiu.domain.finding import Verdict
from suqiu.domain.text import Text
from suqiu.reporting.assessment.improving import effort_of, level_of, steps_of
from suqiu.reporting.assessment.unknowns import gain_of
from suqiu.reporting.assessment.words import GATES
from suqiu.reporting.assessment.writing import AssessmentWriter
from suqiu.reporting.document import Spans
from suqiu.reporting.pen import Gap
from suqiu.standard.result import GateState

#: Below this coverage the level says more about what was handed in than about the hotline.
_THIN = 0.5
#: So many of the plan's first steps are named.
_FIRST = 3


def summary(writer: AssessmentWriter) -> None:
    """Write the level, what limits or qualifies it, how sure it is, and what to do next: short, to fit the page."""
    _level(writer)
    _capped(writer)
    _replaced(writer)
    _thin(writer)
    _sure(writer)
    _next(writer)
    _tally(writer)


def _level(writer: AssessmentWriter) -> None:
    dossier = writer.dossier
    level = dossier.result.scoring.level
    centre = writer.name(dossier.result.name)
    if level:
        writer.say(
            Text("经评估，{centre}智能化成熟度为{level}。", "{centre} is assessed at level {level}."),
            centre=centre,
            level=writer.level(writer.facts.level("level", level, "scoring.level")),
        )
        return
    writer.say(
        Text(
            "经评估，{centre}智能化成熟度未定级：按现有佐证，尚不能认定达到{first}的全部要求。",
            "{centre} reaches no level: on the evidence at hand not all demands of “{first}” can be taken as met.",
        ),
        centre=centre,
        first=writer.name(dossier.level_name(1)),
    )


def _capped(writer: AssessmentWriter) -> None:
    """Say which gates are not closed, and what the level would be without them."""
    dossier = writer.dossier
    scoring = dossier.result.scoring
    groups = {
        state: [one for one, is_ in scoring.gates if is_ is state] for state in (GateState.OPEN, GateState.UNSHOWN)
    }
    if not any(groups.values()):
        return
    binding = scoring.uncapped > scoring.level
    text = Text("{state}的有{number}：{names}", "{state}: {number} ({names})")
    told = [
        writer.spans(
            text if binding else Text("{state}的有{number}", "{state}: {number}"),
            state=GATES[state],
            number=writer.count(
                f"gates.{state.value}", GATES[state], len(ids), f"scoring.gates: {state.value}, counted", "gates"
            ),
            names=writer.listing(ids, len(ids)),
        )
        for state, ids in groups.items()
        if ids
    ]
    caps = [dossier.gates[one].cap for ids in groups.values() for one in ids if one in dossier.gates]
    cap = writer.level(writer.facts.level("cap", min(caps), "scoring.gates: lowest cap of those not closed"))
    if binding:
        writer.notice(
            Text(
                "等级受否决项限制。{told}。等级因此以{cap}为限；不计否决项，按其他条件可达{uncapped}。",
                "The level is limited by veto items. {told}. They limit it to {cap}; without them it would be "
                "{uncapped}.",
            ),
            told=writer.joined(told),
            cap=cap,
            uncapped=writer.level(writer.facts.level("uncapped", scoring.uncapped, "scoring.uncapped")),
        )
        return
    writer.notice(
        Text(
            "否决项中，{told}。在证明符合之前，等级最高为{cap}。",
            "Veto items: {told}. Until they are shown to be in order the level can be no higher than {cap}.",
        ),
        told=writer.joined(told),
        cap=cap,
    )


def _replaced(writer: AssessmentWriter) -> None:
    """Say that claims gave way to re-checks."""
    replaced = [one for one in writer.dossier.findings.values() if one.replaced is not None]
    if not replaced:
        return
    writer.notice(
        Text(
            "抽样复核发现，{number}指标的自报结果与复核结果不符，包括{names}。评估以复核结果为准，逐项对照见“佐证质量”一章。",
            "Re-checks by sample contradict what was claimed on {number} ({names}). The re-checks stand; the section "
            "on the quality of the evidence sets each beside its claim.",
        ),
        number=writer.count("replaced", Text("被取代的自报", "replaced"), len(replaced), "findings.replaced, counted"),
        names=writer.listing([one.subject for one in replaced], _FIRST),
    )


def _thin(writer: AssessmentWriter) -> None:
    """Say that a level that rests on little says little."""
    coverage = writer.dossier.result.scoring.overall.coverage
    if not 0 < coverage < _THIN:
        return
    writer.notice(
        Text(
            "证据覆盖率仅为{coverage}。本等级只反映已提交材料能够证明的水平，不代表实际水平；未知不等于没有做到。",
            "Coverage is only {coverage}. The level is what the evidence at hand can show, not what the hotline is: "
            "unknown does not mean not done.",
        ),
        coverage=writer.facts.score("overall", "coverage", writer.dossier.result.scoring.overall),
    )


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
            "本次评估适用指标{applicable}，{known}有结论：达到{met}，部分达到{partly}，未达到{not_met}；另有{unknown}未知。"
            "证据覆盖率{coverage}，总分在{lower}至{upper}之间（未知指标分别按零分和满分计），有结论部分得分{score}。",
            "Of {applicable} that apply, {known} have a verdict: {met} met, {partly} partly met, {not_met} not met; "
            "{unknown} are unknown. Coverage is {coverage}; the score lies between {lower} and {upper}, with the "
            "unknown counted as nothing or in full, and what is known scores {score}.",
        ),
        **facts,
    )


def _sure(writer: AssessmentWriter) -> None:
    """Say whether the next level fails on what is known or on what is not shown."""
    dossier = writer.dossier
    if dossier.next_level is None:
        return
    asked = dict.fromkeys(one.subject for one in dossier.result.scoring.obstacles if one.kind in {"required", "gate"})
    missing = [one for one in asked if not _is_known(writer, one)]
    failed = len(asked) - len(missing)
    facts: dict[str, Gap] = {
        "aimed": writer.level(writer.facts.level("next", dossier.next_level, "scoring.level + 1")),
        "failed": writer.tally(
            writer.count("obstacles.failed", Text("未达到的", "failed"), failed, "scoring.obstacles, counted")
        ),
        "missing": writer.tally(
            writer.count("obstacles.missing", Text("未知的", "unknown"), len(missing), "scoring.obstacles, counted")
        ),
    }
    if missing and failed:
        text = Text(
            "未能认定达到{aimed}，必须达到的要求中，{failed}已有结论、确未达到，{missing}缺少有效佐证、尚不能判断。",
            "Of what level {aimed} demands, {failed} are known to fall short, and {missing} are not shown either way.",
        )
    elif failed:
        text = Text(
            "未达到{aimed}，是因为必须达到的要求中有{failed}已有结论、确未达到，不是缺少材料所致。",
            "Level {aimed} is missed because {failed} of its demands are known to fall short, not for want of "
            "evidence.",
        )
    elif missing:
        text = Text(
            "未能认定达到{aimed}，是因为必须达到的要求中有{missing}缺少有效佐证，尚不能判断是否达到。",
            "Level {aimed} cannot be confirmed because {missing} of its demands are not shown either way.",
        )
    else:
        return
    writer.say(text, **facts)


def _is_known(writer: AssessmentWriter, subject: str) -> bool:
    dossier = writer.dossier
    if subject in dossier.gate_states:
        return dossier.gate_states[subject] is GateState.OPEN
    return subject in dossier.findings and dossier.findings[subject].verdict.known


def _next(writer: AssessmentWriter) -> None:
    """Say what to do first, and what to hand in first."""
    dossier = writer.dossier
    plan, wanted = dossier.plan, dossier.result.wanted
    told: list[Spans] = []
    if dossier.next_level is not None and plan is not None and plan.steps:
        told.append(
            writer.spans(
                Text(
                    "下一步，达到{aimed}须完成改进任务{steps}，估计工作量{effort}，首先是{names}。",
                    "Next: level {aimed} takes {steps} and {effort}, beginning with {names}.",
                ),
                aimed=writer.level(level_of(writer, plan)),
                steps=steps_of(writer, plan),
                effort=effort_of(writer, plan),
                names=writer.listing([one.subject for one in plan.steps], _FIRST),
            )
        )
    if wanted:
        told.append(
            writer.spans(
                Text(
                    "材料方面，优先提交{title}，证据覆盖率至多可提高{gain}个百分点。",
                    "Hand in first: {title}, which can raise coverage by up to {gain} percentage points.",
                ),
                title=writer.name(wanted[0].title),
                gain=gain_of(writer, wanted[0]),
            )
        )
    if told:
        between = writer.words(Text("", " "))
        writer.say(Text("{told}", "{told}"), told=sum(((*between, *one) for one in told[1:]), told[0]))
