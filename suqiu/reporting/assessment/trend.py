"""What changed since the assessment before, where the two may be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from suqiu.domain.evidence import Fact, Slice
from suqiu.domain.finding import Finding, Verdict
from suqiu.domain.text import Text
from suqiu.reporting.assessment.facts import SCORE_PARTS, FactMaker
from suqiu.reporting.assessment.words import VERDICTS
from suqiu.reporting.assessment.writing import AssessmentWriter
from suqiu.reporting.document import Column, Number, Spans
from suqiu.reporting.evidence import ALL
from suqiu.reporting.numbers import Aspect
from suqiu.standard.result import Result, Score

NEEDS = Text("没有可供比较的上次评估结果。", "There is no earlier result to compare with.")

_RANK = {Verdict.NOT_MET: 0, Verdict.PARTLY: 1, Verdict.MET: 2}


@dataclass(frozen=True, slots=True)
class _Moved:
    """Findings whose verdict changed, by the way they went."""

    better: tuple[str, ...]
    worse: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]


def trend(writer: AssessmentWriter) -> None:
    """Write the numbers of both assessments side by side and the verdicts that changed."""
    result, before = writer.dossier.result, writer.dossier.previous
    if before is None:
        return
    then = FactMaker(before, "assessment:previous.", "previous result.json")
    as_of = then.day("as_of", Text("上次证据截止日", "evidence of the one before"), before.as_of, "as_of")
    if (why := _incomparable(result, before)) is not None:
        writer.say(
            Text(
                "上次评估（证据截至{as_of}）{why}，与本次结果不可比，不作比较。",
                "The earlier assessment (evidence as of {as_of}) {why}: the two are not compared.",
            ),
            as_of=as_of,
            why=why,
        )
        return
    levels = [
        writer.level(one)
        for one in (
            then.level("level", before.scoring.level, "scoring.level"),
            writer.facts.level("level", result.scoring.level, "scoring.level"),
        )
    ]
    writer.say(
        Text(
            "与上次评估（证据截至{as_of}）采用同一版本标准和同一适用类型，可以比较：上次为{then}，本次为{now}。",
            "The earlier assessment (evidence as of {as_of}) used the same standard and profile and may be compared: "
            "then {then}, now {now}.",
        ),
        as_of=as_of,
        then=levels[0],
        now=levels[1],
    )
    _overall(writer, then)
    _domains(writer, then)
    _verdicts(writer, then)


def _incomparable(result: Result, before: Result) -> Text | None:
    if before.centre != result.centre:
        return Text("的评估对象不同", "is of another hotline")
    if before.standard_fingerprint != result.standard_fingerprint:
        return Text("采用的标准内容与本次不同", "used a standard of other content")
    if before.profile != result.profile:
        return Text("的适用类型与本次不同", "used another profile")
    return None


def _overall(writer: AssessmentWriter, then: FactMaker) -> None:
    rows = []
    before, now = then.result.scoring.overall, writer.dossier.result.scoring.overall
    for part, (name, _) in SCORE_PARTS.items():
        rows.append((writer.words(name), *_pair(writer, then, "overall", part, (before, now), ALL)))
    writer.table(
        Text("总体结果对照", "Both assessments"),
        _columns(writer, Text("项目", "Number")),
        rows,
    )


def _domains(writer: AssessmentWriter, then: FactMaker) -> None:
    before = {part.id: part.score for part in then.result.scoring.domains}
    rows = []
    for part in writer.dossier.result.scoring.domains:
        if part.id in before and part.score.weight > 0:
            name = writer.dossier.name(part.id)
            at, cut = f"domains.{part.id}", Slice("domains", part.id, name)
            rows.append((writer.quoted(name), *_pair(writer, then, at, "lower", (before[part.id], part.score), cut)))
    writer.table(
        Text("各能力域得分下限对照（分）", "Lower bound of each domain (points)"),
        _columns(writer, Text("能力域", "Domain")),
        rows,
        dense=True,
    )


def _columns(writer: AssessmentWriter, title: Text) -> list[Column]:
    return [
        writer.column(title, figures=False, width=1.6),
        writer.column(Text("上次", "Before")),
        writer.column(Text("本次", "Now")),
        writer.column(Text("变化", "Change"), width=1.5),
    ]


def _pair(
    writer: AssessmentWriter, then: FactMaker, where: str, part: str, scores: tuple[Score, Score], cut: Slice
) -> tuple[Spans, Spans, Spans]:
    before, now = then.score(where, part, scores[0], cut), writer.facts.score(where, part, scores[1], cut)
    return writer.cell(before, Aspect.VALUE), writer.cell(now, Aspect.VALUE), _change(writer, before, now)


def _change(writer: AssessmentWriter, before: Fact, now: Fact) -> Spans:
    """Return a change with its direction in words."""
    if before.value is None or now.value is None:
        return writer.cell(None)
    share = now.unit == "share"
    change = writer.facts.number(
        f"{now.fact_id.partition(':')[2]}.change",
        now.name,
        round((now.value - before.value) * (100 if share else 1), 6),
        "pp" if share else "marks",
        f"{now.fact_id} − {before.fact_id}",
        measure="change",
        cut=now.slice,
    )
    if not change.value or abs(change.value) < 0.05:
        return writer.words(Text("持平", "unchanged"))
    words = Text("上升{size}", "up {size}") if change.value > 0 else Text("下降{size}", "down {size}")
    return writer.spans(words, size=Number(change, Aspect.SIZE))


def _verdicts(writer: AssessmentWriter, then: FactMaker) -> None:
    dossier = writer.dossier
    before = {one.subject: one for one in then.result.findings}
    moved = _moved(list(dossier.findings.values()), before)
    texts = {
        "better": Text("向好的{number}", "better: {number}"),
        "worse": Text("回落的{number}", "worse: {number}"),
        "gained": Text("由未知转为有结论的{number}", "known now: {number}"),
        "lost": Text("由有结论转为未知的{number}", "unknown now: {number}"),
    }
    told = []
    for key, text in texts.items():
        ids = getattr(moved, key)
        if ids:
            number = writer.count(
                f"trend.{key}", Text("结论变化的指标", "changed"), len(ids), f"findings of both: {key}, counted"
            )
            told.append(writer.spans(text, number=number))
    if not told:
        writer.say(Text("各指标结论与上次相同。", "No verdict changed."))
        return
    writer.say(Text("结论有变化的指标中，{told}。", "Verdicts that changed: {told}."), told=writer.listed(told))
    rows = [
        (
            writer.named(subject),
            writer.words(VERDICTS[before[subject].verdict]),
            writer.verdict(dossier.findings[subject]),
            writer.found(dossier.findings[subject]),
        )
        for subject in (*moved.worse, *moved.lost, *moved.better, *moved.gained)
    ]
    writer.table(
        Text("结论有变化的指标", "Verdicts that changed"),
        [
            writer.column(Text("指标", "Indicator"), figures=False, width=2.4),
            writer.column(Text("上次结论", "Before"), figures=False),
            writer.column(Text("本次结论", "Now"), figures=False),
            writer.column(Text("本次结果", "Found now"), figures=False, width=1.6),
        ],
        rows,
        dense=True,
    )


def _moved(now: Sequence[Finding], before: dict[str, Finding]) -> _Moved:
    groups: dict[str, list[str]] = {"better": [], "worse": [], "gained": [], "lost": []}
    for one in now:
        old = before.get(one.subject)
        if old is None:
            continue
        if one.verdict in _RANK and old.verdict in _RANK:
            if _RANK[one.verdict] != _RANK[old.verdict]:
                groups["better" if _RANK[one.verdict] > _RANK[old.verdict] else "worse"].append(one.subject)
        elif one.verdict in _RANK and old.verdict is Verdict.UNKNOWN:
            groups["gained"].append(one.subject)
        elif old.verdict in _RANK and one.verdict is Verdict.UNKNOWN:
            groups["lost"].append(one.subject)
    return _Moved(**{key: tuple(ids) for key, ids in groups.items()})
