"""Results made up by hand: findings drawn with a seed, and what they come to."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from suqiu.domain.evidence import Interval, Outcome
from suqiu.domain.finding import Answer, Backing, Finding, Verdict
from suqiu.standard.catalogue import (
    Catalogue,
    Gate,
    Indicator,
    Kind,
    Origin,
    Scenario,
    Side,
)
from suqiu.standard.result import (
    EvidenceItem,
    GateState,
    Improvement,
    Obstacle,
    PartResult,
    Plan,
    Result,
    ScenarioResult,
    Score,
    Scoring,
    TargetSet,
    Wanted,
)

from .standards import a_text

_FORMS = {"emergencies": "紧急线索移交日志", "suggestions": "智能建议日志", "training": "培训记录"}


def a_finding(indicator: Indicator, draw: random.Random) -> Finding:
    """Return a finding drawn by chance: of any verdict, without a target, or replaced by a re-check."""
    chance = draw.random()
    if chance < 0.25:
        return Finding(
            indicator.id,
            Verdict.UNKNOWN,
            None,
            None,
            None,
            (),
            a_text("没有收到所需材料。", "Nothing came."),
            settles=a_text("提交智能建议日志，至少385行", "hand in the log, 385 rows at least"),
        )
    if chance < 0.28:
        why = a_text("本地不设该业务。", "There is no such work here.")
        return Finding(indicator.id, Verdict.NOT_APPLICABLE, None, None, None, (), why, approver="市热线办 王主任")
    credit = draw.choice((1.0, 1.0, 0.8, 0.5, 0.31, 0.0))
    rows = draw.choice((35, 412, 5210))
    answer = _answer(indicator, credit, rows)
    if indicator.target.origin is Origin.USER:
        why = a_text(f"测得{credit:.2f}，尚无目标值。", f"Found {credit:.2f}, no target set.")
        settles = a_text("设定目标值", "set a target")
        return Finding(indicator.id, Verdict.UNKNOWN, None, answer, None, ("suggestions",), why, settles=settles)
    verdict = Verdict.MET if credit == 1 else Verdict.PARTLY if credit > 0 else Verdict.NOT_MET
    asked = indicator.probe is None
    replaced = draw.random() < 0.06 and not asked and verdict is not Verdict.MET
    return Finding(
        indicator.id,
        verdict,
        credit,
        answer,
        draw.choice((Backing.INSPECTED, Backing.ATTESTED)) if asked else Backing.MEASURED,
        ("document:rule-7",) if asked else (draw.choice(list(_FORMS)),),
        a_text(
            f"结果按{rows}行记录计算，与目标值比较得分{credit:.2f}。", f"From {rows} rows the credit is {credit:.2f}."
        ),
        settles=a_text("样本增至1200行方可定论", "1200 rows would settle it") if verdict is Verdict.PARTLY else None,
        rechecked=replaced or draw.random() < 0.1,
        replaced=_answer(indicator, 1.0, rows) if replaced else None,
    )


def _answer(indicator: Indicator, credit: float, rows: int) -> Answer:
    if indicator.unit == "rating":
        value = min((1.0, 0.8, 0.5, 0.0), key=lambda step: abs(step - credit))
        return Answer(Outcome.KNOWN, value, rows=1)
    target = indicator.target.value
    top = 0.9 if target is None else target
    value = top * credit + 0.03 if indicator.direction == "up" else top * (2 - credit)
    spread = value / rows**0.5
    interval = Interval(max(0.0, value - spread), value + spread, 0.95, "wilson")
    if indicator.unit == "share":
        interval = replace(interval, lower=min(1.0, interval.lower), upper=min(1.0, interval.upper))
        hits = round(min(value, 1.0) * rows)
        return Answer(Outcome.KNOWN, hits / rows, interval, hits, rows, rows)
    return Answer(Outcome.KNOWN, value, interval, rows=rows)


def a_score(indicators: Sequence[Indicator], findings: dict[str, Finding]) -> Score:
    applying = [one for one in indicators if findings[one.id].verdict is not Verdict.NOT_APPLICABLE]
    whole = sum(one.weight for one in applying)
    pairs = [(one.weight, findings[one.id].credit) for one in applying]
    known = sum(weight for weight, credit in pairs if credit is not None)
    gained = sum(weight * credit for weight, credit in pairs if credit is not None)
    if not whole:
        return Score(1.0, None, 0.0, 0.0, 0.0)
    return Score(
        known / whole, gained / known if known else None, gained / whole, (gained + whole - known) / whole, whole
    )


def _scoring(catalogue: Catalogue, findings: dict[str, Finding], level: int, gates: Sequence[GateState]) -> Scoring:
    def parts(names: Sequence[str], of: Callable[[Indicator], str], *, levels: bool = False) -> tuple[PartResult, ...]:
        return tuple(
            PartResult(
                name,
                a_score([one for one in catalogue.indicators if of(one) == name], findings),
                min(5, level + n % 2) if levels else None,
            )
            for n, name in enumerate(names)
        )

    short = [
        one.id
        for one in catalogue.indicators
        if one.required
        and one.level <= level + 1
        and findings[one.id].verdict not in {Verdict.MET, Verdict.NOT_APPLICABLE}
    ]
    obstacles = [Obstacle("required", id_, a_text("未达到", "not met")) for id_ in short]
    obstacles += [
        Obstacle("gate", gate.id, a_text("未排除", "not closed"))
        for gate, state in zip(catalogue.gates, gates, strict=True)
        if state in {GateState.OPEN, GateState.UNSHOWN} and level >= gate.cap
    ]
    overall = a_score(catalogue.indicators, findings)
    if level < 5 and overall.lower < catalogue.levels[level].threshold:
        obstacles.append(Obstacle("threshold", str(level + 1), a_text("总分不足", "too low")))
    if level == 3:
        obstacles.append(Obstacle("domain", catalogue.domains[0].id, a_text("短板", "weak")))
    return Scoring(
        overall=overall,
        level=level,
        uncapped=min(5, level + 1) if any(one.kind == "gate" for one in obstacles) else level,
        obstacles=tuple(obstacles) if level < 5 else (),
        domains=parts([one.id for one in catalogue.domains], lambda one: one.domain, levels=True),
        capabilities=parts([c.id for one in catalogue.domains for c in one.capabilities], lambda one: one.capability),
        kinds=parts([one.value for one in Kind], lambda one: one.kind.value),
        sides=parts([one.value for one in Side], lambda one: one.side.value),
        gates=tuple((gate.id, state) for gate, state in zip(catalogue.gates, gates, strict=True)),
    )


def _gate_finding(gate: Gate, state: GateState) -> Finding:
    if state is GateState.UNSHOWN:
        return Finding(gate.id, Verdict.UNKNOWN, None, None, None, (), a_text("记录不足10行。", "Fewer than 10 rows."))
    met = state is GateState.CLOSED
    value = 1.0 if met else 0.95
    return Finding(
        gate.id,
        Verdict.MET if met else Verdict.NOT_MET,
        float(met),
        Answer(Outcome.KNOWN, value, Interval(0.9, value, 0.95, "wilson"), value * 40, 40, 40),
        Backing.MEASURED,
        ("emergencies",),
        a_text(f"核查40件，{value:.0%}合规。", f"Of 40 looked at {value:.0%} are in order."),
    )


def evidence_items() -> tuple[EvidenceItem, ...]:
    forms = [
        EvidenceItem(
            name,
            a_text(title, name),
            Backing.MEASURED,
            f"热线平台 V{n}.2",
            date(2026, 7, 1),
            date(2027, 7, 1),
            1000 * n + 37,
            hashlib.sha256(name.encode()).hexdigest(),
            False,
            "personal_removed",
        )
        for n, (name, title) in enumerate(_FORMS.items(), 1)
    ]
    rule = EvidenceItem(
        "document:rule-7",
        a_text("《工单办理规程》（2023年修订）", "Rules of handling, 2023"),
        Backing.ATTESTED,
        "市热线办",
        date(2023, 5, 1),
        date(2026, 5, 1),
        0,
        hashlib.sha256(b"rule").hexdigest(),
        True,
        "internal",
    )
    return (*forms, rule)


def a_result(
    catalogue: Catalogue,
    *,
    seed: int = 7,
    level: int = 2,
    gates: Sequence[GateState] | None = None,
    name: str = "临江市12345政务服务便民热线",
) -> Result:
    """Return a full result with findings drawn by a seed."""
    draw = random.Random(seed)
    findings = {one.id: a_finding(one, draw) for one in catalogue.indicators}
    states = gates or ((GateState.CLOSED, GateState.UNSHOWN, GateState.OPEN) * 5)[: len(catalogue.gates)]
    unset = next(
        (one for one in catalogue.indicators if one.target.origin is Origin.USER and one.unit == "share"), None
    )
    targets = (TargetSet(unset.id, 0.85, 0.5, "市热线办", "参照2025年本市水平"),) if unset else ()
    return Result(
        schema="1.0.0",
        engine="0.1.0",
        standard=catalogue.id,
        standard_version=catalogue.version,
        standard_fingerprint=catalogue.fingerprint,
        profile="city",
        centre="linjiang",
        name=name,
        first=date(2026, 1, 1),
        last=date(2026, 6, 30),
        as_of=date(2026, 7, 10),
        targets=targets,
        evidence=evidence_items(),
        findings=tuple(findings.values()),
        gate_findings=tuple(_gate_finding(gate, state) for gate, state in zip(catalogue.gates, states, strict=True)),
        scoring=_scoring(catalogue, findings, level, states),
        scenarios=tuple(_scenario(one, n) for n, one in enumerate(catalogue.scenarios)),
        wanted=tuple(_wanted(catalogue, findings)),
    )


def _scenario(scenario: Scenario, n: int) -> ScenarioResult:
    if n % 4 == 3:
        return ScenarioResult(scenario.id, None, None, None, None, None, None, "", a_text("没有日志。", "No log."))
    if n % 4 == 2:
        return ScenarioResult(
            scenario.id, False, 0.0, None, None, None, None, "", a_text("日志中未见使用。", "Never used.")
        )
    shown = n % 4 == 0
    return ScenarioResult(
        scenario.id,
        True,
        0.432,
        0.871,
        -12.53 if shown else None,
        -15.2 if shown else None,
        -9.8 if shown else None,
        ("control", "interrupted_series")[n // 4 % 2] if shown else "",
        a_text("上线前后各12周比较。", "12 weeks before and after.")
        if shown
        else a_text("上线后不足8周。", "Under 8 weeks."),
    )


def _wanted(catalogue: Catalogue, findings: dict[str, Finding]) -> list[Wanted]:
    unknown = [one.id for one in catalogue.indicators if findings[one.id].verdict is Verdict.UNKNOWN]
    return [
        Wanted(name, a_text(title, name), ("shown_at", "adopted", "handed_over"), 0.12 / n, tuple(unknown[n - 1 :: 3]))
        for n, (name, title) in enumerate(_FORMS.items(), 1)
        if unknown[n - 1 :: 3]
    ]


def nothing_known(catalogue: Catalogue) -> Result:
    """Return the result of a centre that handed nothing in."""
    findings = {
        one.id: Finding(one.id, Verdict.UNKNOWN, None, None, None, (), a_text("没有材料。", "Nothing came."))
        for one in catalogue.indicators
    }
    states = [GateState.UNSHOWN] * len(catalogue.gates)
    return replace(
        a_result(catalogue),
        targets=(),
        evidence=(),
        findings=tuple(findings.values()),
        gate_findings=tuple(_gate_finding(gate, GateState.UNSHOWN) for gate in catalogue.gates),
        scoring=_scoring(catalogue, findings, 0, states),
        scenarios=(),
    )


def everything_met(catalogue: Catalogue) -> Result:
    """Return the result of a centre at the highest level."""
    findings = {
        one.id: Finding(
            one.id,
            Verdict.MET,
            1.0,
            _answer(one, 1.0, 5000),
            Backing.MEASURED,
            ("suggestions",),
            a_text("达到。", "Met."),
        )
        for one in catalogue.indicators
    }
    states = [GateState.CLOSED] * len(catalogue.gates)
    return replace(
        a_result(catalogue, gates=states),
        targets=tuple(
            TargetSet(one.id, 0.9, None, "市热线办", "本市要求")
            for one in catalogue.indicators
            if one.target.origin is Origin.USER
        ),
        findings=tuple(findings.values()),
        scoring=_scoring(catalogue, findings, 5, states),
        wanted=(),
    )


def a_plan(catalogue: Catalogue, result: Result) -> Plan:
    """Return a plan of the indicators that are not met."""
    steps: list[Improvement] = []
    for one in result.findings:
        indicator = catalogue.indicator(one.subject)
        if one.verdict in {Verdict.PARTLY, Verdict.NOT_MET, Verdict.UNKNOWN} and len(steps) < 24:
            reason = ("required", "threshold", "domain", "prerequisite")[len(steps) % 4]
            remedy = indicator.remedy
            steps.append(
                Improvement(one.subject, one.credit, 1.0, remedy.effort_days, remedy.text, remedy.owner, reason)
            )
    gate = catalogue.gates[0]
    steps.append(Improvement(gate.id, None, 1.0, 5, gate.remedy.text, gate.remedy.owner, "gate"))
    return Plan(
        result.scoring.level + 1,
        tuple(steps),
        sum(one.effort_days for one in steps),
        Score(0.81, 0.78, 0.63, 0.82, 99.0),
        True,
    )
