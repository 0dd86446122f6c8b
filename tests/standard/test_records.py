from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.domain.errors import InvalidInput
from suqiu.domain.evidence import Outcome
from suqiu.domain.finding import Answer, Backing, Verdict
from suqiu.standard.judging import judge
from suqiu.standard.records import from_json, to_json
from suqiu.standard.result import EvidenceItem, Result, ScenarioResult, TargetSet, Wanted
from suqiu.standard.scoring import score
from tests.standard import factories as make

CATALOGUE = make.catalogue([make.indicator("D1.1.1", required=True), make.indicator("D2.1.1")], [make.gate()])


def result(*, weight: float = 1, value: float = 0.93) -> Result:
    findings = [judge(CATALOGUE.indicators[0], make.value(value), Backing.MEASURED, ("exports",))]
    findings.append(replace(make.finding("D2.1.1", Verdict.PARTLY, 1 / 3), replaced=make.share(1, 3), rechecked=True))
    gates = [make.finding("G1", Verdict.UNKNOWN)]
    return Result(
        "1.0.0", "0.1.0", "hotline-intelligence", "2026.1", "f" * 64, "city", "linjiang", "临江市12345热线",
        date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 10),
        (TargetSet("D2.1.1", 0.9, None, "市热线办", "参照周边城市"),),
        (
            EvidenceItem("exports", make.WORD, Backing.MEASURED, "系统 1.0", date(2026, 7, 1), date(2027, 7, 1), 12,
                         "0" * 64, False, "internal"),
        ),
        tuple(findings), tuple(gates), score(CATALOGUE, "city", findings, gates),
        (ScenarioResult("S01", True, 0.5, None, -0.1, -0.2, weight, "control", make.WORD),),
        (Wanted("audits", make.WORD, ("passed",), 0.25, ("D2.1.1",)),),
    )  # fmt: skip


def test_a_result_comes_back_as_it_was() -> None:
    raw = to_json(result())
    assert from_json(raw) == result()
    assert to_json(from_json(raw)) == raw


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(0, 1))
def test_every_number_comes_back_as_it_was(weight: float, value: float) -> None:
    whole = result(weight=weight, value=value)
    assert from_json(to_json(whole)) == whole
    assert to_json(from_json(to_json(whole))) == to_json(whole)


def test_whole_numbers_are_written_as_the_schema_says() -> None:
    assert to_json(result(weight=1)) == to_json(result(weight=1.0))
    assert b'"upper": 1.0' in to_json(result(weight=1))
    assert to_json(result(weight=0.0)) == to_json(result(weight=-0.0))


def test_the_file_reads_as_text_and_keeps_the_order_of_the_schema() -> None:
    text = to_json(result()).decode()
    assert "临江市12345热线" in text
    assert text.endswith("}\n")
    assert list(json.loads(text))[:3] == ["schema", "engine", "standard"]


def spoiled(path: tuple[str | int, ...], new: Any) -> bytes:
    content = json.loads(to_json(result()))
    place = content
    for key in path[:-1]:
        place = place[key]
    if new is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = new
    return json.dumps(content).encode()


@pytest.mark.parametrize(
    ("path", "new", "said"),
    [
        (("engine",), ..., "engine is missing"),
        (("extra",), 1, "extra is not known"),
        (("findings", 0, "verdict"), "great", r"findings\[0\].verdict has a wrong value: great"),
        (("findings", 0, "credit"), True, r"findings\[0\].credit has a wrong value"),
        (("findings", 0, "credit"), 2, r"findings\[0\] contradicts itself"),
        (("scoring", "level"), 2.5, "scoring.level has a wrong value: 2.5"),
        (("as_of",), "2026-13-01", "as_of has a wrong value"),
        (("scoring", "gates", 0), ["G1"], r"scoring.gates\[0\] has a wrong value"),
        (("findings",), {}, "findings has a wrong value"),
        (("schema",), "9.0.0", "schema 9.0.0"),
        (("schema",), ..., "“schema” is missing"),
    ],
)
def test_a_damaged_result_is_refused_with_the_place(path: tuple[str | int, ...], new: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        from_json(spoiled(path, new))


@pytest.mark.parametrize("raw", [b"", b"\xff", b"[]", b"{", b"[" * 100_000])
def test_what_is_no_result_at_all_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidInput):
        from_json(raw)


def test_no_number_that_is_none_is_written() -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_json(result(weight=float("inf")))


def test_an_answer_without_a_value_comes_back() -> None:
    none = Answer(Outcome.UNKNOWN, reason=make.WORD)
    finding = judge(CATALOGUE.indicators[0], none, Backing.MEASURED, ())
    assert from_json(to_json(replace(result(), findings=(finding,)))).findings == (finding,)
