"""Every single file of an indicator, spoiled in each of five ways, is reported with that file and the right line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from suqiu import standards
from suqiu.config import settings
from suqiu.datafiles.file_fault import FaultLog
from suqiu.datafiles.located_yaml import parse_mapping
from suqiu.standard import references
from suqiu.standard.catalogue import Catalogue
from suqiu.standard.loading import check
from suqiu.standard.reading_indicators import Outline, indicator_from
from suqiu.standard.standard_files import LOOK
from tests.standard import factories as make

STANDARD = "hotline-intelligence/2026.1"
REAL = standards.find(STANDARD, settings({}))
FILES = sorted(path.relative_to(REAL).as_posix() for path in (REAL / "indicators").glob("*/*.yaml"))


@dataclass(frozen=True)
class Injection:
    """How to spoil a file's lines; gives the line that must be reported, counted from 1."""

    spoil: Callable[[list[str], str, str], int]
    message: str


def _set(lines: list[str], start: str, new: str) -> int:
    place = next(place for place, line in enumerate(lines) if line.startswith(start))
    lines[place] = new
    return place + 1


def _wrong_id(lines: list[str], own: str, other: str) -> int:
    return _set(lines, "id:", f"id: {other}")


def _missing_source(lines: list[str], own: str, other: str) -> int:
    """Take away the source of the target; a target without one is first made one that needs it."""
    place = next(place for place, line in enumerate(lines) if line.startswith("target:"))
    end = next(n for n in range(place + 1, len(lines)) if not lines[n].startswith(" "))
    notes = lines[next(n for n in range(place, end) if lines[n].strip().startswith("note:")) : end]
    lines[place:end] = ["target:", "  origin: published", "  value: 0.95", "  grade: A", *notes]
    return place + 2


def _dangling_reference(lines: list[str], own: str, other: str) -> int:
    return _set(lines, "depends:", "depends: [D99.9.9]")


def _circle(lines: list[str], own: str, other: str) -> int:
    return _set(lines, "depends:", f"depends: [{own}]")


def _weight_as_text(lines: list[str], own: str, other: str) -> int:
    return _set(lines, "weight:", "weight: 二")


INJECTIONS = {
    "wrong id": Injection(_wrong_id, "does not match the file"),
    "missing source": Injection(_missing_source, "“source” is missing"),
    "dangling reference": Injection(_dangling_reference, "which does not exist"),
    "cyclic dependency": Injection(_circle, "in a circle"),
    "weight as text": Injection(_weight_as_text, "“weight” has a wrong value: 二"),
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return standards.load(STANDARD, settings({}))


@pytest.fixture(scope="module")
def outlines() -> dict[str, Outline]:
    found = {}
    for file in FILES:
        entry = parse_mapping((REAL / file).read_text("utf-8"), file, FaultLog(LOOK))
        assert entry is not None
        found[file] = indicator_from(entry, file, 5, None)[1]
    return found


@pytest.mark.parametrize("name", INJECTIONS)
def test_a_fault_in_any_single_file_is_reported_there(
    name: str, catalogue: Catalogue, outlines: dict[str, Outline]
) -> None:
    """The spoiled file is read anew, the others are as they were: the same checks as of the whole folder."""
    injection, forms = INJECTIONS[name], standards.forms()
    levels: dict[str, int | None] = {one.id: one.level for one in catalogue.indicators}
    sources = frozenset(one.id for one in catalogue.sources)
    known = references.Known(catalogue.domains, sources, levels, frozenset(), ())
    for file in FILES:
        lines, own = (REAL / file).read_text("utf-8").splitlines(), Path(file).stem
        other = "D1.1.1" if own != "D1.1.1" else "D1.1.2"
        line = injection.spoil(lines, own, other)
        faults = FaultLog(LOOK)
        entry = parse_mapping("\n".join(lines) + "\n", file, faults)
        assert entry is not None
        spoiled = indicator_from(entry, file, 5, forms)[1]
        all_ = [spoiled if path == file else outline for path, outline in outlines.items()]
        references.check_references(all_, [], known, standards.probe_fault, faults)
        found = [fault for fault in faults.found if injection.message in fault.message.en]
        assert found, f"{file}: {[fault.message.en for fault in faults.found]}"
        assert {(fault.file, fault.line) for fault in found} == {(file, line)}


@pytest.mark.parametrize("name", INJECTIONS)
def test_a_fault_in_a_file_is_reported_when_the_whole_folder_is_checked(name: str, tmp_path: Path) -> None:
    folder = make.folder(tmp_path)
    for path in sorted((folder / "indicators").glob("*/*.yaml")):
        content = path.read_text("utf-8")
        lines = content.splitlines()
        line = INJECTIONS[name].spoil(lines, path.stem, "D2.1.9")
        path.write_text("\n".join(lines) + "\n", "utf-8")
        found = [fault for fault in check(folder) if INJECTIONS[name].message in fault.message.en]
        assert [(fault.file, fault.line) for fault in found] == [(path.relative_to(folder).as_posix(), line)]
        path.write_text(content, "utf-8")
    assert check(folder) == []


def test_a_circle_through_two_real_files_is_told_at_both(tmp_path: Path) -> None:
    folder = tmp_path / "2026.1"
    shutil.copytree(REAL, folder)
    for own, other in (("D1.1.2", "D1.1.3"), ("D1.1.3", "D1.1.2")):
        path = folder / f"indicators/D1/{own}.yaml"
        content = yaml.safe_load(path.read_text("utf-8"))
        assert content["depends"] == []
        path.write_text(path.read_text("utf-8").replace("depends: []", f"depends: [{other}]"), "utf-8")
    errors = [fault for fault in standards.check(folder) if "in a circle" in fault.message.en]
    assert [Path(fault.file).stem for fault in errors] == ["D1.1.2", "D1.1.3"]


def test_the_standard_that_ships_has_no_fault_and_no_text_left_to_write() -> None:
    assert standards.check(REAL) == []
