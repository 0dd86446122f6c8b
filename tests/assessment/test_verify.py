"""What an assessment wrote can be re-run by anyone, to the byte; whatever was changed is found."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from suqiu import assessed, citypack
from suqiu.assessment import bundle
from suqiu.config import settings
from suqiu.domain.errors import Conflict, InvalidInput
from suqiu.simulate import centres
from suqiu.standard.records import from_json

STANDARD = "hotline-intelligence/2026.1"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verify")
    here = settings({})
    city = citypack.load(citypack.find("linjiang", here.cities))
    centres.make(folder / "centres", city, only=frozenset({"c03"}))
    bundle.new_key(folder / "centre.pem")
    assess(folder, folder / "out")
    return folder


def assess(root: Path, out: Path, centre: str = "c03", **more: str) -> None:
    assessed.assess(
        root / "centres" / centre,
        out,
        assessed.Wish(STANDARD, **more),  # type: ignore[arg-type]
        key=root / "centre.pem",
        settings=settings({}),
        language="zh",
        progress=lambda stage, share: None,
    )


def problems(folder: Path, signer: str | None = None) -> list[str]:
    found = assessed.verify(folder, settings({}), signer=signer, progress=lambda stage, share: None)[1]
    return [one.en for one in found]


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_assessing_again_gives_the_same_bytes(root: Path, tmp_path: Path) -> None:
    assess(root, tmp_path / "again")
    assert files(tmp_path / "again") == files(root / "out")


def test_an_earlier_day_shows_nothing_that_was_collected_after_it(root: Path, tmp_path: Path) -> None:
    assess(root, tmp_path / "past", as_of="2026-07-04")
    result = assessed.result_of(tmp_path / "past")
    assert all(item.expired for item in result.evidence)
    assert (result.scoring.level, result.scoring.overall.lower) == (0, 0)


def test_a_bundle_that_nobody_touched_comes_out_equal_wherever_it_is(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "out", tmp_path / "elsewhere")
    before = files(tmp_path / "elsewhere")
    assert problems(tmp_path / "elsewhere") == []
    assert files(tmp_path / "elsewhere") == before, "verifying changes nothing"


def test_each_of_two_hundred_random_single_byte_changes_is_found(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(root / "out", folder)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    chance = random.Random(200)
    for _ in range(200):
        path = chance.choice(paths)
        before = path.read_bytes()
        at = chance.randrange(len(before))
        path.write_bytes(before[:at] + bytes([before[at] ^ chance.randrange(1, 256)]) + before[at + 1 :])
        assert problems(folder), f"{path.name} at {at}"
        path.write_bytes(before)


def test_a_forged_result_is_found_even_when_the_manifest_is_forged_with_it(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "forged"
    shutil.copytree(root / "out", folder)
    text = (folder / "result.json").read_text("utf-8")
    (folder / "result.json").write_text(text.replace('"level": 2,', '"level": 5,', 1), "utf-8")
    seal, _ = bundle.opened(root / "out")
    bundle.seal(folder, seal.about, None)
    assert problems(folder) == ["result.json comes out differently"]


def test_evidence_that_no_assessment_wrote_is_refused_even_when_it_is_listed(root: Path, tmp_path: Path) -> None:
    good, evidence = root / "out", tmp_path / "forged" / "evidence"
    record = (good / "evidence" / "centre.json").read_text("utf-8")
    forgeries = {
        "staff.parquet": b"no table",
        "answers.parquet": (good / "evidence" / "staff.parquet").read_bytes(),
        "centre.json": record.replace('"name": "answers"', '"name": "../answers"').encode(),
    }
    for name, content in forgeries.items():
        shutil.copytree(good, tmp_path / "forged", dirs_exist_ok=True)
        (evidence / name).write_bytes(content)
        bundle.seal(tmp_path / "forged", bundle.opened(good)[0].about, None)
        with pytest.raises(InvalidInput) as refusal:
            problems(tmp_path / "forged")
        assert refusal.value.code == "evidence.damaged"


def test_a_stranger_in_the_bundle_is_found_even_when_the_manifest_lists_it(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "more"
    shutil.copytree(root / "out", folder)
    (folder / "evidence" / "extra.txt").write_text("more", "utf-8")
    seal, _ = bundle.opened(root / "out")
    bundle.seal(folder, seal.about, None)
    assert problems(folder) == ["evidence/extra.txt is nothing that an assessment writes"]


def test_a_standard_that_lies_about_does_not_stand_in_for_the_one_that_ships(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = settings({})
    softer = tmp_path / STANDARD
    shutil.copytree(here.standards / STANDARD, softer)
    gates = softer / "gates.yaml"
    gates.write_text(gates.read_text("utf-8").replace("cap: 2", "cap: 4"), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert problems(root / "out") == []


def test_whoever_expects_a_signature_is_told_when_it_is_another_or_none(root: Path, tmp_path: Path) -> None:
    seal, _ = bundle.opened(root / "out")
    assert seal.signer is not None
    assert problems(root / "out", seal.signer) == []
    assert len(problems(root / "out", "0" * 16)) == 1


def test_no_order_text_name_or_number_of_the_centre_is_in_the_bundle(root: Path) -> None:
    orders = (root / "centres" / "c03" / "export" / "orders.csv").read_text("utf-8-sig").splitlines()
    ids = {line.split(",")[0] for line in orders[1:50]}
    content = b"".join(files(root / "out").values())
    assert not [id_ for id_ in ids if len(id_) > 6 and id_.encode() in content]


def test_a_result_that_is_killed_half_way_is_no_bundle_and_the_next_run_mends_it(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    shutil.copytree(root / "out", folder)
    (folder / bundle.MANIFEST).unlink()
    (folder / "report.docx").write_bytes(b"half")
    assess(root, folder)
    assert files(folder) == files(root / "out")


def test_evidence_that_expired_is_as_if_it_had_not_been_handed_in(root: Path, tmp_path: Path) -> None:
    assess(root, tmp_path / "later", as_of="2030-01-01")
    result = from_json((tmp_path / "later" / "result.json").read_bytes())
    assert all(item.expired for item in result.evidence)
    assert result.scoring.overall.coverage == 0
    assert result.scoring.level == 0


def test_a_folder_with_other_things_in_it_is_refused(root: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(Conflict, match=r"notes\.txt"):
        assess(root, tmp_path)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026H1", "2026-01-01", "2026-06-30"),
        ("2026H2", "2026-07-01", "2026-12-31"),
        ("2026Q4", "2026-10-01", "2026-12-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-01-01/2026-06-30", "2026-01-01", "2026-06-30"),
    ],
)
def test_a_period_is_written_as_officials_write_it(text: str, first: str, last: str) -> None:
    assert tuple(map(str, assessed.period_of(text))) == (first, last)


@pytest.mark.parametrize("text", ["", "2026H3", "2026-13", "2026-02-30/2026-03-01", "2026-06-30/2026-01-01", "half"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        assessed.period_of(text)
