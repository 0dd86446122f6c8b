"""Evidence → findings: every probe asked, every answer of the assessor held against its indicator."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import ibis

import suqiu.assessment.probes  # noqa: F401 - makes every probe known
from suqiu.assessment.evidence import Evidence
from suqiu.assessment.forms import FORMS, Kind
from suqiu.assessment.probing import PROBES, Need
from suqiu.assessment.recheck import contradicts
from suqiu.domain.evidence import Outcome
from suqiu.domain.finding import Answer, Backing, Finding, Verdict
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Catalogue, Gate, Indicator, ProbeUse
from suqiu.standard.judging import (
    judge,
    judge_gate,
    judge_gate_rating,
    judge_rating,
    not_applicable,
    unanswered,
)
from suqiu.standard.profiles import applicable
from suqiu.standard.result import Wanted

#: What stands for operational measures among the needs of probes.
MEASURE = "measure"
_SEPARATORS = re.compile(r"[、,，;；\s]+")


@dataclass(frozen=True, slots=True)
class AssessorAnswer:
    """What the assessor wrote about one indicator or gate 评判.

    Attributes:
        rating: `full`, `mostly`, `partly`, `none` or `not_applicable`.
        basis: what it rests on.
        documents: ids of documents.
        by, dated: who, when.
        note, approver: in words; empty where there is none.
    """

    rating: str
    basis: Backing
    documents: tuple[str, ...]
    by: str
    dated: date
    note: str
    approver: str


@dataclass(frozen=True, slots=True)
class Document:
    """One entry of the list of documents 文件.

    Attributes:
        title: its name.
        in_date: on the day of the assessment.
    """

    title: str
    in_date: bool


@dataclass(frozen=True)
class Recheck:
    """The rows of one form that were checked by sample 抽样复核.

    Attributes:
        claimed: the evidence with the form cut down to these rows, as handed in.
        found: the same rows as the assessor found them.
    """

    claimed: Evidence
    found: Evidence


@dataclass(frozen=True)
class Ground:
    """Everything that findings rest on.

    Attributes:
        evidence: the tables and measures.
        answers: by indicator or gate.
        documents: by id.
        rechecked: by form that was checked by sample: what was claimed of the rows checked, and what is true.
        measured: for each operational measure, the columns of the business tables that it needs.
        rejected: by table, rows handed in that could not be used.
    """

    evidence: Evidence
    answers: Mapping[str, AssessorAnswer]
    documents: Mapping[str, Document]
    rechecked: Mapping[str, Recheck]
    measured: Mapping[str, tuple[Need, ...]]
    rejected: Mapping[str, int] = field(default_factory=dict)


def examine(catalogue: Catalogue, profile: str, ground: Ground) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Return the findings on all indicators that apply, in order, and on all gates.

    An indicator or gate that the profile leaves out has no finding. A probe that fails is an `error`, which counts
    as unknown, and never stops the others.
    """
    indicators, gates = applicable(catalogue, profile)
    return (
        tuple(_indicator(catalogue, one, ground) for one in indicators),
        tuple(_gate(catalogue, one, ground) for one in gates),
    )


def answers_of(table: ibis.Table) -> dict[str, AssessorAnswer]:
    """Read the form `answers`."""
    rows: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return {
        row["subject"]: AssessorAnswer(
            row["rating"],
            Backing(row["basis"]),
            tuple(part for part in _SEPARATORS.split(row["documents"] or "") if part),
            row["by"],
            row["dated"],
            row["note"] or "",
            row["approver"] or "",
        )
        for row in rows
    }


def documents_of(table: ibis.Table, as_of: date) -> dict[str, Document]:
    """Read the form `documents`."""
    rows: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return {
        row["document_id"]: Document(row["title"], row["valid_until"] is None or row["valid_until"] >= as_of)
        for row in rows
    }


def needs_of(use: ProbeUse) -> tuple[Need, ...]:
    """Return what a probe reads, with these arguments."""
    return PROBES[use.name].needs(**use.arguments)


def ask(use: ProbeUse, evidence: Evidence) -> Answer:
    """Put a probe's question to evidence; a failure of the probe itself is an answer, too."""
    arguments = {
        name: evidence.parameters[value[1:]] if isinstance(value, str) and value.startswith("$") else value
        for name, value in use.arguments.items()
    }
    try:
        return PROBES[use.name].ask(evidence, **arguments)
    except Exception as error:  # whatever it is, the other indicators must still be examined
        return Answer(
            Outcome.ERROR,
            reason=Text("探测器{name}运行出错：{why}", "the probe {name} failed: {why}").fill(
                name=use.name, why=f"{type(error).__name__}: {error}"[:200]
            ),
        )


def _indicator(catalogue: Catalogue, indicator: Indicator, ground: Ground) -> Finding:
    answer = ground.answers.get(indicator.id)
    if indicator.probe is not None:
        return _unless_set_aside(answer, _computed(indicator, indicator.probe, ground))
    if answer is not None and answer.rating == Verdict.NOT_APPLICABLE:
        return not_applicable(indicator.id, answer.note, answer.approver)
    rated = _rated(answer, ground)
    if isinstance(rated, Text):
        return unanswered(indicator.id, rated)
    return judge_rating(indicator, catalogue.rating(rated.code), rated.backing, rated.names, rated.note)


def _computed(indicator: Indicator, use: ProbeUse, ground: Ground) -> Finding:
    claim, forms, backing = _claimed(use, ground)
    sample = _sampled(use, ground)
    if sample is None:
        return judge(indicator, claim, backing, forms, _to_hand_in(forms, ground))
    names = (*forms, f"recheck_{sample.form}")
    if contradicts(sample.claimed, sample.found):
        return replace(judge(indicator, sample.found, Backing.MEASURED, names), rechecked=True, replaced=claim)
    return replace(judge(indicator, claim, backing, names, _to_hand_in(forms, ground)), rechecked=True)


def _gate(catalogue: Catalogue, gate: Gate, ground: Ground) -> Finding:
    """Return the finding on a gate; an answer that it does not apply closes none: only the profile leaves gates out.

    Else whoever hides the evidence of a breach could set the gate aside with a word.
    """
    answer = ground.answers.get(gate.id)
    if gate.probe is not None:
        found = _computed_gate(gate, gate.probe, ground)
        known = found.answer is not None and found.answer.outcome is Outcome.KNOWN
        return _unless_set_aside(answer, found) if known else found
    if answer is not None and answer.rating == Verdict.NOT_APPLICABLE:
        return unanswered(gate.id, Text("否决项不得评为不适用", "a gate cannot be said not to apply"))
    rated = _rated(answer, ground)
    if isinstance(rated, Text):
        return unanswered(gate.id, rated)
    return judge_gate_rating(gate, catalogue.rating(rated.code), rated.backing, rated.names, rated.note)


def _computed_gate(gate: Gate, use: ProbeUse, ground: Ground) -> Finding:
    claim, forms, backing = _claimed(use, ground)
    sample = _sampled(use, ground)
    if sample is None or sample.found.value == 1:
        rejected = sum(ground.rejected.get(form, 0) for form in forms)
        found = judge_gate(gate, claim, backing, forms, _to_hand_in(forms, ground), rejected)
        return found if sample is None else replace(found, rechecked=True)
    # One breach that a re-check finds opens a gate, however few rows were looked at.
    names = (*forms, f"recheck_{sample.form}")
    return replace(judge_gate(gate, sample.found, Backing.MEASURED, names), rechecked=True, replaced=claim)


def _unless_set_aside(answer: AssessorAnswer | None, found: Finding) -> Finding:
    """Return a finding, or that it does not apply where an assessor says so and no evidence shows that it does."""
    if answer is None or answer.rating != Verdict.NOT_APPLICABLE:
        return found
    if found.answer is None or found.answer.outcome is not Outcome.KNOWN:
        return not_applicable(found.subject, answer.note, answer.approver)
    said = Text(
        "评判表称不适用，但证据表明适用，以证据为准：{found}",
        "said not to apply, but the evidence shows it does: {found}",
    )
    return replace(found, message=said.fill(found=found.message))


@dataclass(frozen=True, slots=True)
class _Rated:
    """A rating that may be used."""

    code: str
    backing: Backing
    names: tuple[str, ...]
    note: str


def _rated(answer: AssessorAnswer | None, ground: Ground) -> _Rated | Text:
    """Return the assessor's rating, or why there is none that counts."""
    if answer is None:
        return Text("评估员尚未评判", "the assessor has not judged it yet")
    lacking = [id_ for id_ in answer.documents if id_ not in ground.documents]
    if lacking:
        return Text("所据文件“{id}”不在文件清单中", "the list of documents has no {id}").fill(id=lacking[0])
    stale = [id_ for id_ in answer.documents if not ground.documents[id_].in_date]
    if stale and len(stale) == len(answer.documents):
        return Text("所据文件“{id}”已过有效期", "the document {id} is out of date").fill(id=stale[0])
    if answer.basis is Backing.INSPECTED and not answer.documents and not answer.note:
        return Text(
            "依据为查验，但既未列文件，也未写明查验或演示情况",
            "it is said to be inspected, but neither a document nor what was shown is named",
        )
    names = tuple(f"document:{id_}" for id_ in answer.documents) or ("answers",)
    return _Rated(answer.rating, answer.basis, names, answer.note)


def _claimed(use: ProbeUse, ground: Ground) -> tuple[Answer, tuple[str, ...], Backing]:
    """Return what a probe says of the evidence handed in, the forms it read, and the weakest of their backings."""
    forms = tuple(sorted({need.form for need in _read_by(use, ground)}))
    backings = [ground.evidence.backings[form] for form in forms if form in ground.evidence.backings]
    weakest = max(backings, key=list(Backing).index, default=Backing.MEASURED)
    return ask(use, ground.evidence), forms, weakest


def _read_by(use: ProbeUse, ground: Ground) -> Iterator[Need]:
    """Yield the columns that a probe reads, those behind an operational measure included."""
    for need in needs_of(use):
        yield from ground.measured[need.column] if need.form == MEASURE else (need,)


def _to_hand_in(forms: Sequence[str], ground: Ground) -> Text:
    """Name the forms that are missing, or where none is, those that hold too little."""
    absent = [form for form in forms if form not in ground.evidence.tables]
    titles = [title_of(form) for form in absent or forms]
    what = Text("、".join(title.zh for title in titles), ", ".join(title.en for title in titles))
    phrase = Text("补充提交：{what}", "hand in: {what}") if absent else Text("补全：{what}", "fill in: {what}")
    return phrase.fill(what=what)


@dataclass(frozen=True, slots=True)
class _Sample:
    """What a probe says of the rows of its form that were checked: as claimed, and as found; both are known."""

    form: str
    claimed: Answer
    found: Answer


def _sampled(use: ProbeUse, ground: Ground) -> _Sample | None:
    """Return what a probe says of the rows checked by sample, None where that settles nothing.

    A probe that reads several forms is left alone: a sample of one beside the whole of another says nothing. So is one
    that reads no column which was asked for again.
    """
    needs = list(_read_by(use, ground))
    forms = {need.form for need in needs}
    if len(forms) != 1 or not forms <= ground.rechecked.keys():
        return None
    (form,) = forms
    asked = {column.name for column in FORMS[form].columns if column.check}
    if any(FORMS[form].column(name).kind is Kind.TEXT for name in asked):
        asked |= {column.name for column in FORMS[form].derived}
    if not asked & {need.column for need in needs}:
        return None
    recheck = ground.rechecked[form]
    claimed, found = ask(use, recheck.claimed), ask(use, recheck.found)
    known = claimed.outcome is Outcome.KNOWN and found.outcome is Outcome.KNOWN
    return _Sample(form, claimed, found) if known else None


#: What business tables are called when they are asked for.
_BUSINESS: Mapping[str, Text] = {
    "cases": Text("工单导出（含各环节时间）", "orders with the time of each step"),
    "calls": Text("通话记录", "calls"),
    "call_backs": Text("回访记录", "call-backs"),
    "steps": Text("流转记录", "steps"),
    "answers": Text("评估员评判表及所据文件", "the assessor's answers and their documents"),
    "targets": Text("自设目标值", "targets to be set for this assessment"),
}


def wanted(catalogue: Catalogue, profile: str, ground: Ground, findings: Sequence[Finding]) -> tuple[Wanted, ...]:
    """Return what to hand in next, what raises coverage most first.

    An indicator that needs several forms counts for each of them: handing in one alone may not settle it.
    """
    indicators, _ = applicable(catalogue, profile)
    total = math.fsum(one.weight for one in indicators)
    known = {finding.subject: finding for finding in findings}
    subjects: dict[str, list[Indicator]] = defaultdict(list)
    columns: dict[str, set[str]] = defaultdict(set)
    for one in indicators:
        finding = known[one.id]
        if finding.verdict is not Verdict.UNKNOWN:
            continue
        for need in _lacking(one, finding, ground):
            if one not in subjects[need.form]:
                subjects[need.form].append(one)
            columns[need.form] |= {need.column} - {""}
    found = [
        Wanted(
            form,
            title_of(form),
            _to_fill(ground.evidence.tables.get(form), columns[form]),
            math.fsum(one.weight for one in ones) / total,
            tuple(one.id for one in ones),
        )
        for form, ones in subjects.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.gain, one.form)))


def _to_fill(table: ibis.Table | None, columns: set[str]) -> tuple[str, ...]:
    """Return the columns to be filled in: of a form that is there only those that hold nothing, if any does."""
    if table is None or not columns:
        return tuple(sorted(columns))
    there = sorted(columns & set(table.columns))
    # By list: a column may be called `by`, as an argument of aggregate is.
    (counts,) = table.aggregate([table[name].count().name(name) for name in there]).to_pyarrow().to_pylist()
    empty = tuple(name for name in there if not counts[name])
    return empty or tuple(there)


def _lacking(indicator: Indicator, finding: Finding, ground: Ground) -> Iterator[Need]:
    """Yield what keeps an indicator unknown."""
    if indicator.probe is None:
        yield Need("answers", "")
        return
    if indicator.target.value is None and finding.answer is not None and finding.answer.outcome is Outcome.KNOWN:
        yield Need("targets", "")
        return
    needs = list(_read_by(indicator.probe, ground))
    absent = [need for need in needs if need.form not in ground.evidence.tables]
    yield from absent or needs


def title_of(form: str) -> Text:
    """Return what a form or table of business data is called."""
    return _BUSINESS[form] if form in _BUSINESS else FORMS[form].title
