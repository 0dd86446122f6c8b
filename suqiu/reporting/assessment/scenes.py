"""Which intelligent scenarios are in use, along the order's way and for whom, and what they changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from suqiu.domain.text import Text
from suqiu.reporting.assessment.words import METHODS, ROLES, STAGES
from suqiu.reporting.assessment.writing import AssessmentWriter
from suqiu.reporting.document import Number, Spans
from suqiu.reporting.numbers import Aspect
from suqiu.standard.catalogue import Scenario
from suqiu.standard.result import ScenarioResult

NEEDS = Text(
    "本次评估没有场景应用记录，无从说明智能应用场景的覆盖情况。",
    "There is no record of scenarios in use, so nothing can be said on how far they reach.",
)

_ALL = Text("场景总数", "scenarios")

Known = list[tuple[Scenario, ScenarioResult]]


def scenes(writer: AssessmentWriter) -> None:
    """Write how many scenarios are in use by stage and by role, and those whose effect is shown."""
    known = pairs(writer)
    if not known:
        return
    if all(one.exists is None for _, one in known):
        writer.say(
            Text(
                "本模型列出智能应用场景{all}。因没有场景应用日志，均无从判断是否已应用，也不作效果结论。",
                "Of {all} it cannot be told whether any is in use, for no logs came in; nothing is said of effects.",
            ),
            all=writer.count("scenarios.all", _ALL, len(known), "scenarios: all, counted", "scenarios"),
        )
        return
    facts = {
        key: writer.tally(
            writer.count(f"scenarios.{key}", name, number, f"scenarios: {key}, counted", "scenarios"),
            named=key == "all",
        )
        for key, name, number in (
            ("all", _ALL, len(known)),
            ("used", Text("已应用", "in use"), sum(one.exists is True for _, one in known)),
            ("absent", Text("未应用", "not in use"), sum(one.exists is False for _, one in known)),
            ("unclear", Text("无从判断", "cannot be told"), sum(one.exists is None for _, one in known)),
            ("shown", Text("效果已证实", "effect shown"), sum(one.effect is not None for _, one in known)),
        )
    }
    told = [
        writer.spans(text, number=facts[key])
        for key, text in (
            ("used", Text("日志证实已应用{number}", "{number} in use by the logs")),
            ("absent", Text("未应用{number}", "{number} not in use")),
            ("unclear", Text("无从判断{number}", "{number} that cannot be told")),
        )
        if facts[key].fact.value
    ]
    writer.say(
        Text("本模型列出智能应用场景{all}：{told}。{shown}", "Of {all}: {told}. {shown}"),
        all=facts["all"],
        told=writer.listed(told),
        shown=writer.spans(
            Text("应用前后有对照或时间序列支持、效果得到证实的{number}。", "An effect is shown for {number}.")
            if facts["shown"].fact.value
            else Text(
                "各场景应用前后均缺少对照或时间序列支持，不作效果结论。",
                "Without a control or a time series nothing is said of effects.",
            ),
            number=facts["shown"],
        ),
    )
    _breakdown(writer, Text("环节", "Stage"), "stage", STAGES, known, lambda one: one.stage)
    _breakdown(writer, Text("服务对象", "For whom"), "serves", ROLES, known, lambda one: one.serves)
    _effects(writer, [(scenario, one) for scenario, one in known if one.effect is not None])
    writer.note(Text("注：各场景明细见附录二。", "Note: Appendix B lists every scenario."))


def pairs(writer: AssessmentWriter) -> Known:
    """Return the results of scenarios that the standard has, each with its scenario."""
    scenarios = writer.dossier.scenarios
    return [(scenarios[one.scenario], one) for one in writer.dossier.result.scenarios if one.scenario in scenarios]


def _breakdown(
    writer: AssessmentWriter,
    title: Text,
    dimension: str,
    names: dict[str, Text],
    known: Known,
    of: Callable[[Scenario], str],
) -> None:
    rows = []
    for code in [*names, *sorted({of(scenario) for scenario, _ in known} - set(names))]:
        part = [one for scenario, one in known if of(scenario) == code]
        if part:
            counts = _counts(part)
            cells = [
                writer.cell(
                    writer.count(
                        f"scenarios.{dimension}.{code}.{key}", title, number, f"scenarios of {code}: {key}", "scenarios"
                    )
                )
                for key, number in counts.items()
            ]
            label = writer.words(names[code]) if code in names else writer.quoted(code)
            rows.append((label, *cells))
    writer.table(
        Text(f"按{title.zh}分的场景应用情况（个）", f"Scenarios by {title.en.lower()}"),
        [
            writer.column(title, figures=False, width=1.4),
            writer.column(Text("场景数", "Scenarios")),
            writer.column(Text("已应用", "In use")),
            writer.column(Text("未应用", "Not in use")),
            writer.column(Text("无从判断", "Cannot be told")),
            writer.column(Text("效果已证实", "Effect shown")),
            writer.column(Text("效果未证实", "Effect not shown")),
        ],
        rows,
        dense=True,
    )


def _counts(part: Sequence[ScenarioResult]) -> dict[str, int]:
    used = [one for one in part if one.exists]
    return {
        "all": len(part),
        "used": len(used),
        "absent": sum(one.exists is False for one in part),
        "unclear": sum(one.exists is None for one in part),
        "shown": sum(one.effect is not None for one in part),
        "unshown": sum(one.effect is None for one in used),
    }


def _effects(writer: AssessmentWriter, known: Known) -> None:
    rows = [
        (
            writer.named(scenario.id),
            writer.quoted(scenario.effect),
            effect(writer, one),
            writer.words(METHODS[one.method]) if one.method in METHODS else writer.quoted(one.method),
            writer.quoted(one.message),
        )
        for scenario, one in known
    ]
    writer.table(
        Text("效果得到证实的场景", "Scenarios with an effect shown"),
        [
            writer.column(Text("场景", "Scenario"), figures=False, width=1.8),
            writer.column(Text("预期改善", "What should improve"), figures=False, width=1.8),
            writer.column(Text("变化量（区间）", "Change (interval)"), figures=False, width=2.2),
            writer.column(Text("方法", "Method"), figures=False, width=1.1),
            writer.column(Text("说明", "Remark"), figures=False, width=2.6),
        ],
        rows,
        dense=True,
    )


def effect(writer: AssessmentWriter, one: ScenarioResult) -> Spans:
    """Return a scenario's effect with its interval, or that none is shown."""
    if one.effect is None:
        return writer.words(Text("未证实", "not shown")) if one.exists else writer.cell(None)
    facts = {
        key: writer.facts.number(
            f"scenarios.{one.scenario}.{key}",
            Text("变化量", "change"),
            getattr(one, key),
            "ratio",
            f"scenarios[{one.scenario}].{key}",
        )
        for key in ("effect", "lower", "upper")
    }
    if one.lower is None or one.upper is None:
        return writer.cell(facts["effect"])
    return writer.spans(
        Text("{effect}（{lower}～{upper}）", "{effect} ({lower} to {upper})"),
        **{key: Number(fact, Aspect.BARE) for key, fact in facts.items()},
    )
