from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from suqiu.domain.errors import InvalidInput
from suqiu.domain.finding import Verdict
from suqiu.standard.difference import Change, difference, difference_of_results
from suqiu.standard.loading import check, load
from suqiu.standard.standard_files import SEAL, sealed
from suqiu.standard.succession import (
    SUCCESSION,
    carry,
    check_succession,
    load_succession,
    predecessor,
    unchanged,
)
from tests.standard import factories as make
from tests.standard.test_records import result

OLD = make.catalogue([make.indicator(f"D1.1.{n}") for n in (1, 2, 3)])
WHY = "why: {zh: 调整, en: changed}"


def succession(folder: Path, *links: str) -> Path:
    lines = ['from: "2026.1"', "links:", *(f"  - {{{link}}}" for link in links)]
    (folder / SUCCESSION).write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def same(id_: str) -> str:
    return f"old: {id_}, as: same, new: [{id_}], carry: all"


def test_a_draft_begins_with_nothing_changed(tmp_path: Path) -> None:
    (tmp_path / SUCCESSION).write_text(unchanged(OLD), "utf-8")
    assert check_succession(tmp_path, OLD, OLD) == []
    assert predecessor(tmp_path) == "2026.1"
    found = [make.finding(one.id, Verdict.PARTLY, 0.5) for one in OLD.indicators]
    carried = carry(found, load_succession(tmp_path, OLD, OLD))
    assert [(one.subject, one.verdict, one.credit) for one in carried] == [
        (one.id, Verdict.PARTLY, 0.5) for one in OLD.indicators
    ]
    assert carried[0].message.zh == "沿用2026.1版D1.1.1的结论：文"


def test_only_what_still_holds_is_carried(tmp_path: Path) -> None:
    new = make.catalogue([make.indicator(f"D1.1.{n}") for n in (1, 4, 5, 6)])
    links = (
        f"old: D1.1.1, as: narrower, new: [D1.1.1], carry: met, {WHY}",
        f"old: D1.1.2, as: split, new: [D1.1.4, D1.1.5], carry: met, {WHY}",
        f"old: D1.1.3, as: wider, new: [D1.1.6], carry: nothing, {WHY}",
    )
    plan = load_succession(succession(tmp_path, *links), OLD, new)
    met = [make.finding(one.id, Verdict.MET) for one in OLD.indicators]
    assert [one.subject for one in carry(met, plan)] == ["D1.1.1", "D1.1.4", "D1.1.5"]
    assert carry([make.finding(one.id, Verdict.NOT_MET) for one in OLD.indicators], plan) == ()


def became(old: str, relation: str, new: str, carried: str) -> str:
    return f"old: {old}, as: {relation}, new: [{new}], carry: {carried}, {WHY}"


ONE, TWO, THREE = (same(f"D1.1.{n}") for n in (1, 2, 3))
FAULTS = {
    "an indicator forgotten": ([ONE, TWO], "what became of D1.1.3 is not said", 2),
    "an indicator named twice": ([ONE, TWO, THREE, THREE], "D1.1.3 repeats", 6),
    "one that never was": ([ONE, TWO, THREE, became("D1.1.9", "none", "", "nothing")], "has no indicator D1.1.9", 6),
    "no such successor": ([ONE, TWO, became("D1.1.3", "wider", "D1.1.8", "nothing")], "has no indicator D1.1.8", 5),
    "no reason": ([ONE, TWO, "old: D1.1.3, as: none, carry: nothing"], "“why” is missing", 5),
    "carried too much": ([ONE, TWO, became("D1.1.3", "wider", "D1.1.3", "met")], "cannot carry “met”", 5),
    "a split into one": ([ONE, TWO, became("D1.1.3", "split", "D1.1.3", "met")], "does not go with 1 successors", 5),
    "an id used again": ([ONE, TWO, became("D1.1.3", "none", "", "nothing")], "cannot be reused", 2),
    "two become one": ([ONE, became("D1.1.2", "narrower", "D1.1.3", "met"), THREE], "each must be `merged`", 2),
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_of_a_succession_is_named(name: str, tmp_path: Path) -> None:
    links, message, line = FAULTS[name]
    folder = succession(tmp_path, *links)
    found = [fault for fault in check_succession(folder, OLD, OLD) if message in fault.message.en]
    assert [(fault.file, fault.line) for fault in found] == [(SUCCESSION, line)]
    with pytest.raises(InvalidInput):
        load_succession(folder, OLD, OLD)


def test_a_finding_is_not_carried_to_another_target(tmp_path: Path) -> None:
    stricter = replace(OLD, indicators=(replace(OLD.indicators[0], target=make.published(0.99)), *OLD.indicators[1:]))
    (tmp_path / SUCCESSION).write_text(unchanged(OLD), "utf-8")
    (fault,) = check_succession(tmp_path, OLD, stricter)
    assert "target of D1.1.1 changed" in fault.message.en


def test_a_released_folder_is_never_edited(tmp_path: Path) -> None:
    folder = make.folder(tmp_path)
    (folder / SEAL).write_text(sealed(load(folder)), "utf-8")
    assert check(folder) == []
    path = folder / "indicators/D1/D1.1.1.yaml"
    path.write_text(path.read_text("utf-8").replace("weight: 2", "weight: 3"), "utf-8")
    (fault,) = check(folder)
    assert (fault.file, fault.line) == (SEAL, 4)
    assert "edited after its release" in fault.message.en
    with pytest.raises(InvalidInput):
        load(folder)


def test_the_difference_of_two_versions_is_told_field_by_field() -> None:
    assert difference(OLD, OLD) == ()
    first, second, third = OLD.indicators
    new = replace(
        OLD,
        version="2027.1",
        indicators=(replace(first, weight=2.5, target=make.published(0.95, "P9")), third, make.indicator("D1.1.4")),
        levels=(*OLD.levels[:4], replace(OLD.levels[4], threshold=0.85)),
        gates=(make.gate(),),
    )
    assert difference(OLD, new) == (
        Change("standard", "", "changed", "version", "2026.1", "2027.1"),
        Change("level", "5", "changed", "threshold", "0.8", "0.85"),
        Change("indicator", "D1.1.1", "changed", "weight", "1", "2.5"),
        Change("indicator", "D1.1.1", "changed", "target.value", "0.9", "0.95"),
        Change("indicator", "D1.1.1", "changed", "target.source", "P7", "P9"),
        Change("indicator", second.id, "removed", "", "指标D1.1.2 / indicator D1.1.2", ""),
        Change("indicator", "D1.1.4", "added", "", "", "指标D1.1.4 / indicator D1.1.4"),
        Change("gate", "G1", "added", "", "", "否决G1 / gate G1"),
    )


def test_the_difference_of_two_results_is_told_by_scores_and_findings() -> None:
    assert difference_of_results(result(), result()) == ()
    changes = difference_of_results(result(), result(value=0.3))
    assert {(one.part, one.subject, one.field) for one in changes} >= {
        ("result", "", "lower"),
        ("finding", "D1.1.1", "verdict"),
        ("finding", "D1.1.1", "value"),
    }
    assert Change("finding", "D1.1.1", "changed", "verdict", "met", "partly") in changes
