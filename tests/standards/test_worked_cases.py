"""Every worked case of every standard that ships comes out as it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import ibis
import pytest

import suqiu.assessment.probes  # noqa: F401  # makes the probes known
from suqiu import citypack
from suqiu.analysis import evaluate
from suqiu.analysis.measures import ALL
from suqiu.assessment.forms import evidence_schema, evidence_tables
from suqiu.assessment.worked import disagreement, run_case
from suqiu.datafiles.file_fault import FaultLog
from suqiu.datafiles.located_yaml import read_mapping
from suqiu.domain.city import City
from suqiu.domain.evidence import Fact
from suqiu.domain.text import Text
from suqiu.standard import reading_frame
from suqiu.standard.catalogue import Catalogue, Gate, Indicator, Scenario, WorkedCase
from suqiu.standard.reading_indicators import gate_from, indicator_from

HOUSE = Path(__file__).parents[2]
STANDARDS = sorted(path.parent for path in (HOUSE / "standards").glob("*/*/standard.yaml"))
FORMS = {name: frozenset(evidence_schema(name).names) for name in evidence_tables()}
UNITS = {measure.id: measure.formula.unit for measure in ALL}
HIGHEST = 5


@dataclass(frozen=True)
class Asked:
    """An indicator or gate of a standard, or why it cannot be read."""

    folder: Path
    subject: Indicator | Gate | None
    cases: int
    fault: str


def listed() -> Iterator[tuple[str, Path, int, int]]:
    """Walk the worked cases: a name, the file, which of its subjects, which of its cases."""
    for folder in STANDARDS:
        for path in [*sorted((folder / "indicators").glob("*/*.yaml")), folder / "gates.yaml"]:
            for place, asked in enumerate(subjects(path)):
                name = asked.subject.id if asked.subject is not None else path.stem
                for case in range(max(1, asked.cases)):
                    yield f"{folder.parent.name}/{folder.name}:{name}:{case + 1}", path, place, case


@cache
def subjects(path: Path) -> tuple[Asked, ...]:
    """Read a file of a standard by itself, so that a fault in one keeps no other from being run."""
    faults = FaultLog(look=Text("", ""))
    folder = path.parent if path.name == "gates.yaml" else path.parents[2]
    entry = read_mapping(path, path.relative_to(folder).as_posix(), faults)
    assert entry is not None, [fault.message.en for fault in faults.ordered()]
    found: list[Indicator | Gate | None]
    if path.name == "gates.yaml":
        found = [gate_from(part, path.name, HIGHEST, FORMS)[0] for part in entry.entries("gates")]
    else:
        found = [indicator_from(entry, path.relative_to(folder).as_posix(), HIGHEST, FORMS)[0]]
    fault = "; ".join(f"line {one.line}: {one.message.en}" for one in faults.ordered()[:3])
    return tuple(Asked(folder, one, 0 if one is None else len(one.cases), fault) for one in found)


@cache
def frame(folder: Path) -> Catalogue:
    """Read what worked cases need of a standard besides the indicator: its scale and scenarios."""
    faults = FaultLog(look=Text("", ""))
    levels = read_mapping(folder / "levels.yaml", "levels.yaml", faults)
    assert levels is not None
    scenarios: tuple[Scenario, ...] = ()
    if (folder / "scenarios.yaml").exists():
        entry = read_mapping(folder / "scenarios.yaml", "scenarios.yaml", faults)
        assert entry is not None
        scenarios = reading_frame.scenarios_from(entry)
    steps, ratings = reading_frame.levels_from(levels)
    title = Text(folder.name, folder.name)
    return Catalogue(
        folder.parent.name, folder.name, title, title, "1.0.0", date(2026, 1, 1), "",
        steps, ratings, (), (), (), (), scenarios, (),
    )  # fmt: skip


@cache
def city() -> City:
    return citypack.load(HOUSE / "cities" / "linjiang")


def measured(id_: str, tables: Mapping[str, ibis.Table], period: tuple[date, date]) -> Fact | None:
    facts = evaluate(
        tables,
        city(),
        period,
        versions=dict.fromkeys(tables, "worked"),
        sql=lambda _expression: "",
        measures=[measure for measure in ALL if measure.id == id_],
    )
    return next((fact for fact in facts if fact.measure == id_ and fact.slice.dimension == "all"), None)


CASES = list(listed())


@pytest.mark.parametrize(("path", "place", "number"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_worked_case_comes_out_as_it_says(path: Path, place: int, number: int) -> None:
    asked = subjects(path)[place]
    if asked.subject is None and "TODO" in path.read_text("utf-8"):
        pytest.skip(f"not written yet: {asked.fault}")
    assert asked.subject is not None, asked.fault
    case: WorkedCase = asked.subject.cases[number]
    finding = run_case(case, asked.subject, frame(asked.folder), measured)
    assert disagreement(case, asked.subject, finding) is None, f"{asked.subject.place}: {case.name.en}"


def test_a_measure_has_the_unit_that_its_indicator_states() -> None:
    used = [one.subject for case in CASES for one in subjects(case[1]) if isinstance(one.subject, Indicator)]
    wrong = {
        one.id: (one.unit, UNITS.get(one.probe.arguments["measure"]))
        for one in used
        if one.probe is not None
        and one.probe.name == "measure.v1"
        and UNITS.get(one.probe.arguments["measure"]) != one.unit
    }
    assert wrong == {}
