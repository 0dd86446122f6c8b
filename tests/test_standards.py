"""Standards from the outside: found, checked, drafted, released, compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from suqiu import standards
from suqiu.config import Settings, settings
from suqiu.domain.errors import Conflict, InvalidInput, NotFound
from suqiu.standard.records import to_json
from tests.standard import factories as make
from tests.standard.test_records import result

STANDARD = "hotline-intelligence/2026.1"


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    make.folder(tmp_path / "standards" / "hotline-intelligence")
    return Settings(standards=tmp_path / "standards")


def test_a_standard_is_found_by_name_or_folder(here: Settings) -> None:
    assert standards.shipped(here) == [STANDARD]
    assert standards.find(STANDARD, here) == standards.find(str(here.standards / STANDARD), here)
    assert standards.load(STANDARD, here).version == "2026.1"
    with pytest.raises(NotFound, match=STANDARD):
        standards.find("hotline-intelligence/1999.1", here)


def test_every_probe_and_column_is_checked_against_those_that_there_are(here: Settings) -> None:
    folder = standards.find(STANDARD, here)
    wrong = {"name": "share.v1", "with": {"form": "exprots", "that": {"approved": True}}}
    make.write(folder / "indicators/D1/D1.1.1.yaml", make.indicator_file("D1.1.1", probe=wrong))
    make.write(
        folder / "indicators/D1/D1.1.2.yaml", make.indicator_file("D1.1.2", probe={"name": "shares.v1", "with": {}})
    )
    first, second = standards.check(folder)
    assert "exprots" in first.message.en
    assert "is “share.v1” meant?" in second.message.en
    assert standards.probe_fault("share.v1", {"form": "exports", "that": {"approved": True}}) is None
    assert {"cases", "calls", "exports", "answers"} <= standards.forms().keys()


def test_a_draft_is_a_new_version_that_can_be_edited_while_the_old_one_stays(here: Settings) -> None:
    standards.release(STANDARD, here)
    before = standards.load(STANDARD, here)
    folder = standards.draft(STANDARD, "2027.1", here)
    after = standards.load("hotline-intelligence/2027.1", here)
    assert (after.version, after.indicators) == ("2027.1", before.indicators)
    assert standards.check(folder) == []
    assert standards.load(STANDARD, here) == before
    with pytest.raises(Conflict):
        standards.draft(STANDARD, "2027.1", here)
    with pytest.raises(InvalidInput, match="no version"):
        standards.draft(STANDARD, "next", here)


def test_what_a_draft_changes_must_be_said_in_its_succession(here: Settings) -> None:
    folder = standards.draft(STANDARD, "2027.1", here)
    (folder / "indicators/D2/D2.1.1.yaml").unlink()
    (fault,) = standards.check(folder)
    assert (fault.file, "no indicator D2.1.1" in fault.message.en) == ("succession.yaml", True)
    (folder.parent / "2026.1" / "standard.yaml").unlink()
    (fault,) = standards.check(folder)
    assert "not to be found" in fault.message.en


def test_a_release_is_sealed_once_and_only_without_faults(here: Settings) -> None:
    folder = standards.find(STANDARD, here)
    path = folder / "indicators/D1/D1.1.1.yaml"
    good = path.read_text("utf-8")
    path.write_text(good.replace("weight: 2", "weight: x"), "utf-8")
    with pytest.raises(InvalidInput, match="“weight”"):
        standards.release(STANDARD, here)
    path.write_text(good.replace("verdict: met", "verdict: not_met"), "utf-8")
    with pytest.raises(InvalidInput, match="worked cases"):
        standards.release(STANDARD, here)
    path.write_text(good, "utf-8")
    seal = standards.release(STANDARD, here)
    assert standards.load(STANDARD, here).fingerprint in seal.read_text("utf-8")
    assert standards.check(folder) == []
    with pytest.raises(Conflict):
        standards.release(STANDARD, here)


def suqiu(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    from suqiu.cli import main

    with pytest.raises(SystemExit) as left:
        main(["--lang=en", "standard", *words])
    said = capsys.readouterr()
    return int(left.value.code or 0), re.sub(r"\s+", " ", said.out + said.err)


def test_the_commands_keep_a_standard(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SUQIU_STANDARDS", str(here.standards))
    monkeypatch.setenv("COLUMNS", "200")
    assert "draft" in suqiu(capsys, "list")[1]
    assert suqiu(capsys, "check", STANDARD) == (0, "No errors. ")
    assert "at least 90 %" in suqiu(capsys, "show", STANDARD)[1]
    assert "share.v1" in suqiu(capsys, "show", STANDARD, "D1.1.1")[1]
    assert suqiu(capsys, "cases", STANDARD, "D1.1.1") == (0, "2 cases ran, 0 came out otherwise. ")
    assert suqiu(capsys, "show", STANDARD, "D9.9.9")[0] == NotFound.exit_code
    assert suqiu(capsys, "draft", STANDARD, "2027.1")[0] == 0
    draft = here.standards / "hotline-intelligence/2027.1/indicators/D1/D1.1.1.yaml"
    draft.write_text(draft.read_text("utf-8").replace("weight: 2", "weight: 4"), "utf-8")
    code, said = suqiu(capsys, "diff", STANDARD, "hotline-intelligence/2027.1")
    assert (code, "changed indicator D1.1.1 weight 2 → 4" in said, "2 differences." in said) == (0, True, True)
    assert suqiu(capsys, "release", "hotline-intelligence/2027.1")[0] == 0
    assert suqiu(capsys, "release", "hotline-intelligence/2027.1")[0] == Conflict.exit_code
    draft.write_text(draft.read_text("utf-8").replace("weight: 4", "weight: x"), "utf-8")
    code, said = suqiu(capsys, "check", "hotline-intelligence/2027.1")
    assert (code, "indicators/D1/D1.1.1.yaml:" in said) == (InvalidInput.exit_code, True)
    for name, one in (("before", result()), ("after", result(value=0.3))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "result.json").write_bytes(to_json(one))
    assert (
        "finding D1.1.1 verdict met → partly"
        in suqiu(capsys, "diff", *(str(tmp_path / n) for n in ("before", "after")))[1]
    )


def test_the_standard_that_ships_is_well() -> None:
    assert len(standards.load(STANDARD, settings({})).indicators) >= 110
