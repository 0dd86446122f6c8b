"""Findings rest on what was handed in, and say what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
import pytest

from suqiu.assessment.evidence import Evidence
from suqiu.assessment.forms import evidence_schema
from suqiu.assessment.probing import PROBES, Need, Probe
from suqiu.assessment.run import AssessorAnswer, Document, Ground, Recheck, examine, wanted
from suqiu.domain.finding import Answer, Backing, Finding, Verdict
from suqiu.standard.catalogue import Catalogue, ProbeUse
from tests.assessment.made import catalogue, gate, indicator

DAY = date(2026, 7, 5)


def audits(passed: int, failed: int) -> ibis.Table:
    rows = [
        {"audit_id": str(n), "at": date(2026, 3, 1), "kind": "closure", "passed": n < passed}
        for n in range(passed + failed)
    ]
    return ibis.memtable(pa.Table.from_pylist(rows, evidence_schema("audits")))


def evidence(tables: Mapping[str, ibis.Table], backing: Backing = Backing.MEASURED) -> Evidence:
    return Evidence(
        residents=None,
        first=date(2026, 1, 1),
        last=date(2026, 6, 30),
        as_of=date(2026, 7, 10),
        tables=tables,
        backings=dict.fromkeys(tables, backing),
        facts={},
        scenarios=(),
        parameters={},
    )


def ground(
    tables: Mapping[str, ibis.Table] | None = None,
    answers: Mapping[str, AssessorAnswer] | None = None,
    *,
    rechecked: Mapping[str, tuple[ibis.Table, ibis.Table]] | None = None,
    documents: Mapping[str, Document] | None = None,
    backing: Backing = Backing.MEASURED,
) -> Ground:
    return Ground(
        evidence(tables or {}, backing),
        answers or {},
        documents or {},
        {
            name: Recheck(evidence({name: claimed}), evidence({name: true}))
            for name, (claimed, true) in (rechecked or {}).items()
        },
        {"A1": (Need("calls", "answered_at"),)},
    )


def answer(
    rating: str, basis: Backing = Backing.INSPECTED, documents: Sequence[str] = (), **more: Any
) -> AssessorAnswer:
    given = {"note": "现场查看", "approver": "", **more}
    return AssessorAnswer(rating, basis, tuple(documents), "王", DAY, given["note"], given["approver"])


def found(standard: Catalogue, on: Ground) -> dict[str, Finding]:
    findings, gates = examine(standard, "city", on)
    return {one.subject: one for one in (*findings, *gates)}


MEASURED = catalogue([indicator("D1.1.1")], [gate("G1")])
ASKED = catalogue([indicator("D1.1.1", question=True)], [gate("G2", question=True)])


def test_what_was_handed_in_is_judged() -> None:
    there = found(MEASURED, ground({"audits": audits(1000, 0)}))
    assert {id_: one.verdict for id_, one in there.items()} == {"D1.1.1": Verdict.MET, "G1": Verdict.MET}
    assert there["D1.1.1"].evidence == ("audits",)


def test_what_is_missing_is_unknown_and_named() -> None:
    there = found(MEASURED, ground())
    assert there["D1.1.1"].verdict is Verdict.UNKNOWN
    assert there["D1.1.1"].settles is not None
    assert "抽查核验记录" in there["D1.1.1"].settles.zh


def test_a_weaker_backing_than_is_accepted_counts_for_nothing() -> None:
    there = found(MEASURED, ground({"audits": audits(1000, 0)}, backing=Backing.DECLARED))
    assert there["D1.1.1"].verdict is Verdict.UNKNOWN


def test_a_re_check_that_contradicts_a_claim_replaces_it() -> None:
    there = found(
        MEASURED, ground({"audits": audits(1000, 0)}, rechecked={"audits": (audits(100, 0), audits(60, 40))})
    )["D1.1.1"]
    assert there.verdict is Verdict.PARTLY
    assert there.answer is not None
    assert there.answer.value == pytest.approx(0.6)
    assert there.replaced is not None
    assert there.replaced.value == 1.0
    assert there.rechecked


def test_a_re_check_that_agrees_leaves_the_claim() -> None:
    sample = audits(80, 20)  # unlucky, but as claimed
    there = found(MEASURED, ground({"audits": audits(950, 50)}, rechecked={"audits": (sample, sample)}))["D1.1.1"]
    assert there.rechecked
    assert there.replaced is None
    assert there.answer is not None
    assert there.answer.rows == 1000


def test_one_breach_that_a_re_check_finds_opens_a_gate() -> None:
    there = found(MEASURED, ground({"audits": audits(1000, 0)}, rechecked={"audits": (audits(4, 0), audits(3, 1))}))[
        "G1"
    ]
    assert there.verdict is Verdict.NOT_MET


def test_a_re_check_says_nothing_of_what_it_did_not_ask() -> None:
    kinds = ProbeUse("share.v1", {"form": "audits", "that": {"kind": "closure"}})
    standard = catalogue([replace(indicator("D1.1.1"), probe=kinds)])
    there = found(standard, ground({"audits": audits(1000, 0)}, rechecked={"audits": (audits(100, 0), audits(1, 99))}))
    assert not there["D1.1.1"].rechecked


def test_a_probe_that_fails_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(evidence: Evidence) -> Answer:
        raise ZeroDivisionError("by nought")

    monkeypatch.setitem(PROBES, "fails.v1", Probe("fails.v1", "Fails.", ask, lambda: (Need("audits", ""),)))
    broken = replace(indicator("D1.1.2"), probe=ProbeUse("fails.v1", {}))
    there = found(catalogue([broken, indicator("D1.1.1")]), ground({"audits": audits(1000, 0)}))
    assert there["D1.1.2"].verdict is Verdict.ERROR
    assert "by nought" in there["D1.1.2"].message.en
    assert there["D1.1.1"].verdict is Verdict.MET


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (answer("full"), Verdict.MET),
        (answer("mostly"), Verdict.MET),
        (answer("partly"), Verdict.PARTLY),
        (answer("none"), Verdict.NOT_MET),
        (answer("full", Backing.DECLARED), Verdict.UNKNOWN),  # a centre's own word
        (answer("full", documents=["F9"]), Verdict.UNKNOWN),  # not in the list of documents
        (answer("full", documents=["F2"]), Verdict.UNKNOWN),  # out of date
        (answer("full", documents=["F1", "F2"]), Verdict.MET),  # one of them is in date
        (answer("full", note=""), Verdict.UNKNOWN),  # inspected, but nobody says what
        (answer("not_applicable", approver="市数据局"), Verdict.NOT_APPLICABLE),
        (answer("not_applicable"), Verdict.UNKNOWN),  # nobody approved
    ],
)
def test_an_assessors_answer_counts_when_it_rests_on_something(given: AssessorAnswer, verdict: Verdict) -> None:
    documents = {"F1": Document("派单目录", True), "F2": Document("旧目录", False)}
    there = found(ASKED, ground(answers={"D1.1.1": given}, documents=documents))
    assert there["D1.1.1"].verdict is verdict


def test_no_word_sets_aside_what_evidence_shows_to_apply() -> None:
    said = answer("not_applicable", approver="市数据局")
    answers = {"D1.1.1": said, "G1": said}
    there = found(MEASURED, ground({"audits": audits(40, 2)}, answers))
    assert {id_: one.verdict for id_, one in there.items()} == {"D1.1.1": Verdict.PARTLY, "G1": Verdict.NOT_MET}
    assert "称不适用" in there["G1"].message.zh
    nothing = found(MEASURED, ground(answers=answers))
    assert {id_: one.verdict for id_, one in nothing.items()} == {
        "D1.1.1": Verdict.NOT_APPLICABLE,
        "G1": Verdict.UNKNOWN,  # which caps like an open one
    }


def test_rows_that_cannot_be_read_keep_a_gate_from_being_closed() -> None:
    whole = ground({"audits": audits(1000, 0)})
    assert found(MEASURED, whole)["G1"].verdict is Verdict.MET
    assert found(MEASURED, replace(whole, rejected={"audits": 1}))["G1"].verdict is Verdict.UNKNOWN
    assert found(MEASURED, replace(whole, rejected={"needs": 1}))["G1"].verdict is Verdict.MET


def test_a_question_that_nobody_answered_is_unknown() -> None:
    assert {one.verdict for one in found(ASKED, ground()).values()} == {Verdict.UNKNOWN}


def test_the_export_that_raises_coverage_most_comes_first() -> None:
    standard = catalogue(
        [
            indicator("D1.1.1", weight=3),
            indicator("D1.1.2", question=True),
            replace(indicator("D1.1.3", weight=2), probe=ProbeUse("measure.v1", {"measure": "A1"})),
            indicator("D1.1.4", weight=2, target=None),
        ]
    )
    empty = ground()
    ones = wanted(standard, "city", empty, examine(standard, "city", empty)[0])
    assert [(one.form, one.gain) for one in ones] == [("audits", 5 / 8), ("calls", 2 / 8), ("answers", 1 / 8)]
    full = ground({"audits": audits(1000, 0)})
    later = wanted(standard, "city", full, examine(standard, "city", full)[0])
    assert [(one.form, one.subjects) for one in later] == [
        ("calls", ("D1.1.3",)),
        ("targets", ("D1.1.4",)),
        ("answers", ("D1.1.2",)),
    ]


def test_of_a_form_that_is_there_only_empty_columns_are_asked_for() -> None:
    scores = ProbeUse("mean.v1", {"form": "audits", "of": "score", "among": {"kind": "reply"}})
    standard = catalogue([replace(indicator("D1.1.1"), probe=scores)])
    there = ground({"audits": audits(50, 0)})
    (only,) = wanted(standard, "city", there, examine(standard, "city", there)[0])
    assert (only.form, only.columns) == ("audits", ("score",))


def test_no_word_sets_a_gate_aside() -> None:
    said = answer("not_applicable", approver="市数据局")
    assert found(MEASURED, ground(answers={"G1": said}))["G1"].verdict is Verdict.UNKNOWN
    assert found(ASKED, ground(answers={"G2": said}))["G2"].verdict is Verdict.UNKNOWN
