"""The encoder's files are put in place only if they are the published ones."""

from __future__ import annotations

import io
import tarfile
from hashlib import sha256
from pathlib import Path

import pytest

from suqiu import tuned
from suqiu.domain.errors import Conflict, NotFound
from suqiu.domain.text import Text
from suqiu.models import publisher, tuning
from suqiu.models.publisher import Carrier, Published

CONTENT = {"encoder.onnx": b"weights", "tokenizer.json": b"{}"}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Published:
    """Publish two tiny files in place of the real ones."""
    carriers = tuple(
        Carrier(f"carrier-{number}", "1.0.0", f"package/{name}", name, sha256(content).hexdigest())
        for number, (name, content) in enumerate(CONTENT.items())
    )
    made = Published("tiny", Text("小", "tiny"), "somebody/tiny", "MIT", carriers)
    monkeypatch.setattr(publisher, "published", lambda: made)
    return made


def pack(folder: Path, number: int, name: str, content: bytes) -> None:
    with tarfile.open(folder / f"carrier-{number}-1.0.0.tgz", "w:gz") as packed:
        for member, of in ((f"package/{name}", content), ("package/install.js", b"harm()")):
            entry = tarfile.TarInfo(member)
            entry.size = len(of)
            packed.addfile(entry, io.BytesIO(of))


@pytest.fixture
def archives(tmp_path: Path) -> Path:
    folder = tmp_path / "archives"
    folder.mkdir()
    for number, (name, content) in enumerate(CONTENT.items()):
        pack(folder, number, name, content)
    return folder


def test_files_are_taken_out_and_nothing_else_is(archives: Path, tmp_path: Path) -> None:
    placed = publisher.install(archives, tmp_path / "to" / "here")
    assert {path.name: path.read_bytes() for path in placed} == CONTENT
    assert sorted(path.name for path in (tmp_path / "to" / "here").iterdir()) == sorted(CONTENT)
    assert publisher.check(tmp_path / "to" / "here")


def test_a_missing_package_is_named(archives: Path, tmp_path: Path) -> None:
    (archives / "carrier-1-1.0.0.tgz").unlink()
    with pytest.raises(NotFound) as raised:
        publisher.install(archives, tmp_path / "to")
    assert "carrier-1-1.0.0.tgz" in raised.value.message.zh
    assert not (tmp_path / "to").exists()


def test_a_package_without_the_file_or_that_is_none_is_refused(archives: Path, tmp_path: Path) -> None:
    pack(archives, 1, "other.json", b"{}")
    with pytest.raises(NotFound):
        publisher.install(archives, tmp_path / "to")
    (archives / "carrier-1-1.0.0.tgz").write_bytes(b"no archive")
    with pytest.raises(NotFound):
        publisher.install(archives, tmp_path / "to")


def test_an_altered_file_is_refused_and_nothing_is_put_in_place(archives: Path, tmp_path: Path) -> None:
    pack(archives, 1, "tokenizer.json", b"[]")
    with pytest.raises(Conflict) as raised:
        publisher.install(archives, tmp_path / "to")
    assert raised.value.code == "models.altered"
    assert not (tmp_path / "to").exists()


def test_a_folder_is_checked_to_the_last_byte(archives: Path, tmp_path: Path) -> None:
    assert not publisher.check(tmp_path)
    publisher.install(archives, tmp_path)
    (tmp_path / "encoder.onnx").write_bytes(b"weightz")
    with pytest.raises(Conflict):
        publisher.check(tmp_path)
    (tmp_path / "encoder.onnx").unlink()
    assert not publisher.check(tmp_path)


def test_without_the_encoder_nobody_teaches_it(archives: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tuned.learner(threads=1, folder=tmp_path) is None
    publisher.install(archives, tmp_path)
    monkeypatch.setattr(tuning, "can_tune", lambda: False)
    assert tuned.learner(threads=1, folder=tmp_path) is None
    monkeypatch.setattr(tuning, "can_tune", lambda: True)
    found = tuned.learner(threads=1, folder=tmp_path)
    assert found is not None
    assert found.name == "tiny"


def test_what_is_really_published_says_where_it_comes_from_and_under_which_licence() -> None:
    publisher_file = Path(publisher.__file__).with_name("weights.yaml")
    said = publisher_file.read_text("utf-8")
    assert "licence: MIT" in said
    assert "origin: BAAI/bge-small-zh-v1.5" in said
