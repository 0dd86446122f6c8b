"""A bundle shows every change made to it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from suqiu.assessment import bundle
from suqiu.domain.errors import Conflict, InvalidInput, NotFound


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "bundle"
    (made / "evidence").mkdir(parents=True)
    (made / "evidence" / "calls.parquet").write_bytes(random.Random(3).randbytes(4000))
    (made / "result.json").write_text('{"level": 3}\n', "utf-8")
    bundle.new_key(tmp_path / "centre.pem")
    bundle.seal(made, {"centre": "linjiang"}, tmp_path / "centre.pem")
    return made


def test_an_untouched_bundle_is_whole_and_names_its_signer(folder: Path) -> None:
    seal, problems = bundle.opened(folder)
    assert problems == []
    assert seal.signer is not None
    assert seal.about == {"centre": "linjiang"}


def test_every_single_byte_changed_anywhere_is_found(folder: Path) -> None:
    chance = random.Random(11)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for _ in range(200):
        path = chance.choice(files)
        before = path.read_bytes()
        at = chance.randrange(len(before))
        path.write_bytes(before[:at] + bytes([before[at] ^ chance.randrange(1, 256)]) + before[at + 1 :])
        assert bundle.opened(folder)[1], f"{path.name} at {at}"
        path.write_bytes(before)
    assert bundle.opened(folder)[1] == []


def test_files_that_come_or_go_are_named(folder: Path) -> None:
    (folder / "note.txt").write_text("new", "utf-8")
    (folder / "result.json").unlink()
    assert [problem.en for problem in bundle.opened(folder)[1]] == [
        "note.txt is not listed",
        "result.json is listed but missing",
    ]


def test_a_link_is_no_file(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    (folder / "result.json").rename(kept)
    (folder / "result.json").symlink_to(kept)
    assert bundle.opened(folder)[1]


def test_a_link_that_the_manifest_lists_is_no_file_either(folder: Path, tmp_path: Path) -> None:
    (folder / "evidence").rename(tmp_path / "elsewhere")
    (folder / "evidence").symlink_to(tmp_path / "elsewhere")
    bundle.seal(folder, {"centre": "linjiang"}, None)
    assert [problem.en for problem in bundle.opened(folder)[1]] == ["evidence is a link, no file"]


def test_a_signature_cannot_be_taken_away_half(folder: Path) -> None:
    (folder / bundle.SIGNER).unlink()
    assert bundle.opened(folder)[1]


def test_the_same_folder_is_sealed_in_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    bundle.seal(folder, {"centre": "linjiang"}, tmp_path / "centre.pem")
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def test_an_unsigned_bundle_is_whole_and_says_that_nobody_signed(folder: Path) -> None:
    bundle.seal(folder, {}, None)
    seal, problems = bundle.opened(folder)
    assert (seal.signer, problems) == (None, [])


@pytest.mark.parametrize("content", ["[]", '{"files": [1, 2], "about": "x"}', "[" * 100_000, "\x00"])
def test_what_is_no_manifest_is_told_as_changed(folder: Path, content: str) -> None:
    (folder / "manifest.json").write_text(content, "utf-8")
    assert [problem.en for problem in bundle.opened(folder)[1]] == ["the manifest cannot be read: it was changed"]


def test_keys_are_private_and_never_overwritten(tmp_path: Path) -> None:
    key = tmp_path / "centre.pem"
    bundle.new_key(key)
    assert key.stat().st_mode & 0o077 == 0
    with pytest.raises(Conflict):
        bundle.new_key(key)


def test_what_is_no_key_or_no_bundle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("no key", "utf-8")
    with pytest.raises(InvalidInput):
        bundle.seal(tmp_path, {}, tmp_path / "key.pem")
    with pytest.raises(NotFound):
        bundle.seal(tmp_path, {}, tmp_path / "none.pem")
    with pytest.raises(NotFound):
        bundle.opened(tmp_path)
