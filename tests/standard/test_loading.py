from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from suqiu.datafiles.file_fault import FileFault
from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.standard.catalogue import Origin
from suqiu.standard.loading import check, load
from tests.standard import factories as make

FORMS = {"exports": frozenset({"approved", "at"}), "answers": frozenset({"rating", "basis"})}


def probe_fault(name: str, arguments: Mapping[str, Any]) -> str | None:
    if name != "share.v1":
        return f"there is no {name}"
    return None if arguments.get("form") in FORMS else f"no form {arguments.get('form')}"


def faults_of(folder: Path) -> list[FileFault]:
    return check(folder, probe_fault=probe_fault, forms=FORMS)


def one_fault(folder: Path) -> FileFault:
    (fault,) = faults_of(folder)
    return fault


def line_of(folder: Path, fault: FileFault) -> str:
    """The line that a fault points to, as it stands in the file."""
    assert fault.line is not None
    return (folder / fault.file).read_text("utf-8").splitlines()[fault.line - 1].strip()


def test_a_standard_without_faults_loads_in_the_order_of_its_ids(tmp_path: Path) -> None:
    folder = make.folder(tmp_path, *(make.indicator_file(f"D1.1.{n}") for n in (10, 2, 1)))
    catalogue = load(folder, probe_fault=probe_fault, forms=FORMS)
    assert [one.id for one in catalogue.indicators] == ["D1.1.1", "D1.1.2", "D1.1.10"]
    assert faults_of(folder) == []
    one = catalogue.indicator("D1.1.2")
    assert (one.capability, one.domain, one.place) == ("D1.1", "D1", "indicators/D1/D1.1.2.yaml:1")
    assert one.target.origin is Origin.PUBLISHED
    assert one.cases[0].forms["exports"][0] == {"approved": True, "times": 100}


CHANGES: dict[str, tuple[dict[str, Any], str, str]] = {
    "an id that is not its file's": ({"id": "D1.1.3"}, "does not match the file", "id: D1.1.3"),
    "an id that is none": ({"id": "D1.2"}, "is no id", "id: D1.2"),
    "a level that there is not": ({"level": 6}, "“level” has a wrong value", "level: 6"),
    "a weight in words": ({"weight": "two"}, "“weight” has a wrong value: two", "weight: two"),
    "a weight of nothing": ({"weight": 0}, "the weight must be more than 0", "weight: 0"),
    "no weight": ({"weight": None}, "“weight” is missing", "id: D1.1.1"),
    "a kind that there is not": ({"kind": "acuracy"}, "kind knows no", "kind: acuracy"),
    "evidence that there is not": ({"accepts": ["measured", "guessed"]}, "accepts knows no “guessed”", "accepts:"),
    "no evidence": ({"accepts": []}, "accepts is empty", "accepts: []"),
    "neither probe nor question": ({"probe": None}, "one of “probe” and “question”", "id: D1.1.1"),
    "probe and question": ({"question": make.PAIR}, "one of “probe” and “question”", "question:"),
    "an unknown probe": ({"probe": {"name": "share.v9", "with": {}}}, "there is no share.v9", "name: share.v9"),
    "a wrong argument": ({"probe": {"name": "share.v1", "with": {"form": "x"}}}, "no form x", "name: share.v1"),
    "a parameter that the profile has not": (
        {"probe": {"name": "share.v1", "with": {"form": "exports", "that": "$most_day"}}},
        "has no parameter most_day",
        "with:",
    ),
    "a dependency that leads nowhere": ({"depends": ["D9.9.9"]}, "depends on D9.9.9", "depends:"),
    "a dependency on itself": ({"depends": ["D1.1.1"]}, "in a circle: D1.1.1 → D1.1.1", "depends:"),
    "a dependency on a higher level": ({"level": 1, "depends": ["D1.1.2"]}, "of level 2, above its own", "depends:"),
    "an unknown key": ({"wieght": 2}, "unknown key “wieght”", "wieght: 2"),
    "a text in one language": ({"why": {"zh": "文字"}}, "“en” is missing", "zh: 文字"),
    "a text to be written": ({"why": {"zh": "TODO", "en": "words"}}, "not written yet", "zh: TODO"),
    "a word instead of a text": ({"why": "words"}, "“why” has a wrong value", "why: words"),
    "one worked case": ({"cases": make.indicator_file("D1.1.1")["cases"][:1]}, "fewer than two", "cases:"),
    "a rating without a question": ({"unit": "rating"}, "the unit `rating` is for questions", "unit: rating"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_fault_of_an_indicator_is_named_with_file_and_line(name: str, tmp_path: Path) -> None:
    changes, message, words = CHANGES[name]
    folder = make.folder(tmp_path, make.indicator_file("D1.1.1"), make.indicator_file("D1.1.2"))
    make.write(folder / "indicators/D1/D1.1.1.yaml", make.indicator_file("D1.1.1", **changes))
    fault = one_fault(folder)
    assert fault.file == "indicators/D1/D1.1.1.yaml"
    assert message in fault.message.en
    assert line_of(folder, fault) == words


BOUNDS: dict[str, tuple[str, dict[str, Any], str]] = {
    "a published target without a source": (
        "target",
        {"origin": "published", "value": 0.9, "grade": "A"},
        "“source” is missing",
    ),
    "a target without its grade": (
        "target",
        {"origin": "published", "value": 0.9, "source": "P7"},
        "“grade” is missing",
    ),
    "an unknown source": (
        "target",
        {"origin": "published", "value": 0.9, "source": "P8", "grade": "A"},
        "has no source P8",
    ),
    "a user's target with a number": ("target", {"origin": "user", "value": 0.9}, "“value” must not be here"),
    "a natural floor with a source": (
        "floor",
        {"origin": "natural", "value": 0, "source": "P7"},
        "“source” must not be here",
    ),
    "a stepped target": ("target", {"origin": "step"}, "a target cannot be step"),
    "a natural target": ("target", {"origin": "natural", "value": 1}, "a target cannot be natural"),
    "a share above one": (
        "target",
        {"origin": "published", "value": 90, "source": "P7", "grade": "A"},
        "not between 0 and 1",
    ),
    "a floor no worse than the target": ("floor", {"origin": "natural", "value": 0.9}, "no worse than the target"),
}


@pytest.mark.parametrize("name", BOUNDS)
def test_every_fault_of_a_floor_or_target_is_named(name: str, tmp_path: Path) -> None:
    key, bound, message = BOUNDS[name]
    folder = make.folder(tmp_path, make.indicator_file("D1.1.1", **{key: {**bound, "note": make.PAIR}}))
    assert any(message in fault.message.en and fault.file == "indicators/D1/D1.1.1.yaml" for fault in faults_of(folder))


def test_how_accurate_is_accurate_enough_is_not_ours_to_demand(tmp_path: Path) -> None:
    own = {"origin": "own", "value": 0.9, "source": "P7", "grade": "R", "note": make.PAIR}
    folder = make.folder(tmp_path, make.indicator_file("D1.1.1", kind="accuracy", target=own))
    assert "not ours to demand" in one_fault(folder).message.en


def test_a_case_on_an_open_target_sets_one_or_expects_unknown(tmp_path: Path) -> None:
    cases = make.indicator_file("D1.1.1")["cases"]
    folder = make.folder(
        tmp_path, make.indicator_file("D1.1.1", target={"origin": "user", "note": make.PAIR}, cases=cases)
    )
    assert "without a target nothing is met" in one_fault(folder).message.en
    make.write(
        folder / "indicators/D1/D1.1.1.yaml",
        make.indicator_file("D1.1.1", cases=[{**cases[0], "target": 0.5}, cases[1]]),
    )
    assert "a case cannot set another" in one_fault(folder).message.en


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ({"forms": {"export": []}}, "there is no form “export”"),
        ({"forms": {"exports": [{"aproved": True}]}}, "exports has no column “aproved”"),
        ({"forms": {"exports": [{"times": 0}]}}, "“times” has a wrong value"),
        ({"expect": {"verdict": "mett", "value": 1}}, "verdict knows no “mett”"),
        ({"expect": {"verdict": "met", "value": None}}, "a verdict of met comes of a value"),
        ({"expect": {"verdict": "unknown"}}, "“value” is missing"),
    ],
)
def test_worked_cases_are_checked_to_their_columns(case: dict[str, Any], message: str, tmp_path: Path) -> None:
    good = make.indicator_file("D1.1.1")["cases"]
    folder = make.folder(tmp_path, make.indicator_file("D1.1.1", cases=[{**good[0], **case}, good[1]]))
    assert message in one_fault(folder).message.en


def test_a_circle_is_told_at_each_of_its_indicators(tmp_path: Path) -> None:
    ring = {"D1.1.1": "D1.1.2", "D1.1.2": "D2.1.1", "D2.1.1": "D1.1.1"}
    folder = make.folder(tmp_path, *(make.indicator_file(one, depends=[other]) for one, other in ring.items()))
    found = faults_of(folder)
    assert [Path(fault.file).stem for fault in found] == list(ring)
    assert "D1.1.1 → D1.1.2 → D2.1.1 → D1.1.1" in found[0].message.en


def test_gates_profiles_and_the_frame_are_checked(tmp_path: Path) -> None:
    folder = make.folder(tmp_path)
    make.write(folder / "gates.yaml", {"gates": [make.gate_entry("G1", source="P9"), make.gate_entry("G1")]})
    city = {"id": "city", "name": make.PAIR, "about": make.PAIR, "parameters": {}}
    out = [{"id": "D7.1.1", "reason": make.PAIR}]
    make.write(folder / "profiles/city.yaml", {**city, "leaves_out": out})
    make.write(folder / "profiles/county.yaml", {**city, "leaves_out": []})
    (folder / "scenarios.yaml").unlink()
    (folder / "indicators/D1/D1.1.9.yml").write_text("id: D1.1.9")
    said = {(fault.file, fault.message.en.partition(";")[0]) for fault in faults_of(folder)}
    assert said == {
        ("gates.yaml", "sources.yaml has no source P9"),
        ("gates.yaml", "the id G1 repeats"),
        ("profiles/city.yaml", "there is no indicator or gate D7.1.1"),
        ("profiles/county.yaml", "the id city is not the file's name"),
        ("scenarios.yaml", "the file is missing"),
        ("indicators/D1/D1.1.9.yml", "a standard does not use this file"),
    }


def test_thresholds_never_fall_from_level_to_level(tmp_path: Path) -> None:
    folder = make.folder(tmp_path)
    path = folder / "levels.yaml"
    path.write_text(path.read_text("utf-8").replace("threshold: 0.4\n", "threshold: 0.1\n", 1), "utf-8")
    fault = one_fault(folder)
    assert "below that of the level before" in fault.message.en
    assert line_of(folder, fault) == "threshold: 0.1"


def test_all_faults_are_counted_and_the_first_ten_named(tmp_path: Path) -> None:
    folder = make.folder(tmp_path, *(make.indicator_file(f"D1.1.{n}", weight="x") for n in range(1, 13)))
    with pytest.raises(InvalidInput, match="has 12 errors") as caught:
        load(folder)
    assert caught.value.message.en.count("line") == 10
    assert "and 2 more" in caught.value.message.en


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        load(tmp_path / "none")


def test_the_fingerprint_covers_every_byte_and_name(tmp_path: Path) -> None:
    folder = make.folder(tmp_path)
    first = load(folder).fingerprint
    assert load(folder).fingerprint == first
    note = folder / "questionnaires" / "needs.yaml"
    make.write(note, {"id": "needs"})
    second = load(folder).fingerprint
    note.write_text(note.read_text() + "\n")
    assert len({first, second, load(folder).fingerprint}) == 3
