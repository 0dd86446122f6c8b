"""The veto items: how each stands, and the public duty that it rests on."""

from __future__ import annotations

from suqiu.domain.evidence import Fact
from suqiu.domain.finding import Finding
from suqiu.domain.text import Text
from suqiu.reporting.assessment.words import GATES
from suqiu.reporting.assessment.writing import AssessmentWriter
from suqiu.reporting.document import Name, Spans
from suqiu.reporting.numbers import Aspect
from suqiu.standard.catalogue import Gate
from suqiu.standard.result import GateState

NEEDS = Text("本次评估没有适用的否决项。", "No veto item applies to this assessment.")


def gates(writer: AssessmentWriter) -> None:
    """Write how each gate stands, on what, and by which duty."""
    dossier = writer.dossier
    rows = [
        _row(writer, gate, dossier.gate_states[gate.id], dossier.gate_findings.get(gate.id))
        for gate in dossier.catalogue.gates
        if gate.id in dossier.gate_states
    ]
    if not rows:
        return
    writer.say(
        Text(
            "否决项对应公开规定的职责。只有以足够数量的记录或者查验证明符合要求的，方不限制等级；"
            "不符合或者未能证明的，一律限制等级。",
            "Each veto item rests on a public duty. Only where enough cases or an inspection show it to be in order "
            "does it set no limit; what is not in order and what is not shown limit the level alike.",
        )
    )
    writer.table(
        Text("否决项情况", "Veto items"),
        [
            writer.column(Text("否决项", "Veto item"), figures=False, width=2.2),
            writer.column(Text("状态", "State"), figures=False, width=1.2),
            writer.column(Text("合规比例", "In order"), width=1.25),
            writer.column(Text("核查数", "Cases"), width=1.0),
            writer.column(Text("等级上限", "Limit"), width=0.9),
            writer.column(Text("职责依据", "Duty"), figures=False, width=1.2),
            writer.column(Text("说明", "Why"), figures=False, width=3.6),
        ],
        rows,
        dense=True,
    )
    cited = dict.fromkeys(gate.source for gate in dossier.catalogue.gates if gate.id in dossier.gate_states)
    told = [
        writer.spans(
            Text("{id}为{title}", "{id}: {title}"), id=Name(one), title=writer.name(dossier.sources[one].title)
        )
        for one in cited
        if one in dossier.sources
    ]
    if told:
        writer.note(
            Text("注：职责依据中，{told}；括号内为来源等级。", "Note: {told}; the letter is the source's grade."),
            told=writer.joined(told),
        )


def _row(writer: AssessmentWriter, gate: Gate, state: GateState, finding: Finding | None) -> tuple[Spans, ...]:
    duty = writer.source(gate.source, gate.grade.value)
    share, cases = _looked_at(writer, gate, finding)
    cap = writer.facts.number(
        f"gates.{gate.id}.cap",
        Text("未符合时等级上限", "limit of the level"),
        gate.cap,
        "level",
        f"gates[{gate.id}].cap",
        file=f"{writer.dossier.catalogue.id}/{writer.dossier.catalogue.version}",
    )
    return (
        writer.named(gate.id),
        writer.words(GATES[state]),
        writer.cell(share),
        writer.cell(cases),
        writer.cell(cap, Aspect.VALUE),
        duty,
        writer.quoted(finding.message) if finding else writer.cell(None),
    )


def _looked_at(writer: AssessmentWriter, gate: Gate, finding: Finding | None) -> tuple[Fact | None, Fact | None]:
    """Return the share in order and how many cases were looked at; questions have neither."""
    if gate.probe is None or finding is None or finding.answer is None or finding.answer.value is None:
        return None, None
    answer, place = finding.answer, f"gate_findings[{gate.id}].answer"
    share = writer.facts.number(
        f"gates.{gate.id}.value", gate.name, answer.value, "share", f"{place}.value", measure="gate", answer=answer
    )
    cases = writer.facts.count(
        f"gates.{gate.id}.rows", Text("核查数", "cases looked at"), answer.rows, "rows", f"{place}.rows"
    )
    return share, cases
