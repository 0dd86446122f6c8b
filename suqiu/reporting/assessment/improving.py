"""The gaps and the cheapest way to the next level."""

from __future__ import annotations

from collections import Counter

from suqiu.domain.evidence import Fact, Slice
from suqiu.domain.text import Text
from suqiu.reporting.assessment.words import REASONS
from suqiu.reporting.assessment.writing import AssessmentWriter
from suqiu.reporting.document import Spans
from suqiu.standard.result import Improvement, Plan

NEEDS = Text("本次评估未编制改进计划。", "No plan was made with this assessment.")

_FILE = "plan"


def improving(writer: AssessmentWriter) -> None:
    """Write what the plan aims at, what it takes, what the score would be, and its steps."""
    dossier = writer.dossier
    plan = dossier.plan
    if dossier.next_level is None:
        writer.say(
            Text(
                "已达到本模型的最高等级，不需要升级计划；宜保持数据监测，防止已达到的指标回落。",
                "The highest level is reached and no plan is needed; keep watching the data, so that nothing slips.",
            )
        )
        return
    if plan is None or not plan.steps:
        return
    _summary(writer, plan)
    _owners(writer, plan)
    writer.say(
        Text(
            "任务按前置关系排列；工作量为本模型的粗略估计，仅供比较，不作预算依据。",
            "What must come first stands first. Efforts are this model's rough estimates, for comparing only.",
        )
    )
    rows = [_row(writer, step) for step in plan.steps]
    writer.table(
        Text("改进任务", "Steps of the plan"),
        [
            writer.column(Text("指标", "Indicator"), figures=False, width=1.8),
            writer.column(Text("改进措施", "What to do"), figures=False, width=3.6),
            writer.column(Text("责任方", "Who"), figures=False, width=1.3),
            writer.column(Text("工作量", "Effort"), "person_days", width=1.0),
            writer.column(Text("现得分", "Now"), width=0.9),
            writer.column(Text("改进后得分", "Then"), width=0.9),
            writer.column(Text("列入理由", "Why"), figures=False, width=1.2),
        ],
        rows,
        dense=True,
    )


def _summary(writer: AssessmentWriter, plan: Plan) -> None:
    facts = {"steps": steps_of(writer, plan), "effort": effort_of(writer, plan)}
    projected = {
        part: writer.facts.score("plan.projected", part, plan.projected, file=_FILE)
        for part in ("coverage", "score", "lower", "upper")
    }
    aimed = writer.level(level_of(writer, plan))
    how = (
        Text("经求解证明为工作量最小的方案", "proven to be the least effort")
        if plan.optimal
        else Text(
            "在限定时间内求得的方案，未证明工作量最小", "the best found in the time allowed, not proven to be the least"
        )
    )
    writer.say(
        Text(
            "达到{aimed}的改进计划共{steps}，估计工作量{effort}，系{how}。"
            "全部完成后，预计覆盖率{coverage}，有结论部分得分{score}，总分下限{lower}、上限{upper}（其余未知指标仍按未知计）。",
            "The plan to level {aimed} has {steps} and takes {effort}; it is {how}. Once done, coverage is "
            "expected at {coverage}, the score of what is known at {score}, its bounds at {lower} and {upper}; "
            "what else is unknown stays so.",
        ),
        aimed=aimed,
        how=how,
        **facts,
        **projected,
    )


def level_of(writer: AssessmentWriter, plan: Plan) -> Fact:
    """Return the level that a plan aims at."""
    name = Text("目标等级", "level aimed at")
    return writer.facts.number("plan.level", name, plan.level, "level", "level", file=_FILE)


def steps_of(writer: AssessmentWriter, plan: Plan) -> Fact:
    """Return how many steps a plan has."""
    name = Text("改进任务数", "steps")
    return writer.facts.number("plan.steps", name, len(plan.steps), "steps", "steps, counted", file=_FILE)


def effort_of(writer: AssessmentWriter, plan: Plan) -> Fact:
    """Return what a plan takes."""
    name = Text("总工作量", "effort in all")
    return writer.facts.number("plan.effort", name, plan.effort_days, "person_days", "effort_days", file=_FILE)


def _owners(writer: AssessmentWriter, plan: Plan) -> None:
    """Write how the effort falls on those who do it."""
    days: Counter[str] = Counter()
    for step in plan.steps:
        days[step.owner.to(writer.language)] += step.effort_days
    ranked = sorted(days.items(), key=lambda item: (-item[1], item[0]))
    if len(ranked) < 2:
        return
    told = [
        writer.spans(
            Text("{owner}{days}", "{owner} {days}"),
            owner=writer.name(owner),
            days=writer.facts.number(
                f"plan.owner.{n}",
                Text(owner, owner),
                number,
                "person_days",
                "steps.effort_days by owner, added up",
                file=_FILE,
            ),
        )
        for n, (owner, number) in enumerate(ranked)
    ]
    writer.say(Text("按责任方分：{told}。", "By who does it: {told}."), told=writer.listed(told))


def _row(writer: AssessmentWriter, step: Improvement) -> tuple[Spans, ...]:
    name = writer.dossier.name(step.subject)
    cut, at = Slice("indicator", step.subject, name), f"plan.{step.subject}"
    effort = writer.facts.number(
        f"{at}.effort",
        Text("工作量", "effort"),
        step.effort_days,
        "person_days",
        f"steps[{step.subject}].effort_days",
        cut=cut,
        file=_FILE,
    )
    now, then = (
        writer.facts.credit(f"{at}.{key}", Text("得分", "credit"), value, f"steps[{step.subject}].{key}", cut, _FILE)
        for key, value in (("now", step.now), ("then", step.then))
    )
    return (
        writer.named(step.subject),
        writer.quoted(step.action),
        writer.quoted(step.owner),
        writer.cell(effort),
        writer.words(Text("未知", "unknown")) if step.now is None else writer.cell(now),
        writer.cell(then),
        writer.words(REASONS[step.reason]) if step.reason in REASONS else writer.quoted(step.reason),
    )
