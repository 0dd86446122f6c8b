"""The file of a backup: a tar archive of parts, and last a manifest with the SHA-256 of each.

Parts: `site.json`, the database, `audit-anchors.jsonl`, `files/…`, `city/…`, `keys.sealed`. Nothing else is taken in
or let out, no links, no folders outside.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text

FORMAT = "suqiu-backup-1"
MANIFEST = "manifest.json"
_BLOCK = 1 << 20
_NAME = re.compile(r"(?:[\w.\- ]+/)*[\w.\- ]+")
_MOST_MANIFEST = 256 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds 备份清单.

    Attributes:
        made_at: when, ISO 8601 with zone.
        version: of Suqiu that made it.
        database: kind of the database.
        rows: of each table.
        keys: `sealed` in the backup under a passphrase, or `apart`.
        parts: size and SHA-256 of each part.
        format: of this file.
        seal: keyed hash over the rest, by the installation's own key.
    """

    made_at: str
    version: str
    database: str
    rows: Mapping[str, int]
    keys: str
    parts: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    format: str = FORMAT
    seal: str = ""

    def text(self, *, sealed: bool = True) -> str:
        """As kept; without its seal, as it is sealed."""
        kept = asdict(self)
        if not sealed:
            del kept["seal"]
        return json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


class Writer:
    """Puts parts into a new backup, noting the SHA-256 of each."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self.parts: dict[str, tuple[int, str]] = {}

    def add(self, name: str, file: Path) -> None:
        """Put in a file as it is."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = file.stat().st_size, 0o600
        with file.open("rb") as source:
            hashing = _Hashing(source)
            self._archive.addfile(info, hashing)
        self.parts[name] = (info.size, hashing.digest)

    def put(self, name: str, content: bytes) -> None:
        """Put in bytes."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(content), 0o600
        self._archive.addfile(info, io.BytesIO(content))
        self.parts[name] = (info.size, hashlib.sha256(content).hexdigest())


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Give what writes a backup file."""
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        yield Writer(archive)


def unpack(path: Path, folder: Path) -> Manifest:
    """Bring the parts of a backup into a folder and check each against the manifest.

    Raises:
        InvalidInput: it is no backup, or a part is missing, was changed, or does not belong.
    """
    found: dict[str, tuple[int, str]] = {}
    text: bytes | None = None
    try:
        with tarfile.open(path, "r:") as archive:
            for info in archive:
                if not info.isreg() or not _NAME.fullmatch(info.name) or ".." in info.name.split("/"):
                    raise _damaged(path, info.name[:80])
                source = archive.extractfile(info)
                if source is None or info.name in found:
                    raise _damaged(path, info.name)
                if info.name == MANIFEST:
                    text = source.read(_MOST_MANIFEST)
                    continue
                found[info.name] = _write(source, folder / info.name)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise _damaged(path, str(error)[:80]) from error
    manifest = _manifest(path, text)
    for name in sorted(set(found) | set(manifest.parts)):
        if found.get(name) != manifest.parts.get(name):
            raise _damaged(path, name)
    return manifest


def _write(source: IO[bytes], target: Path) -> tuple[int, str]:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    target.touch(mode=0o600)
    with target.open("wb") as out:
        while block := source.read(_BLOCK):
            digest.update(block)
            size += len(block)
            out.write(block)
    return size, digest.hexdigest()


def _manifest(path: Path, text: bytes | None) -> Manifest:
    try:
        said: dict[str, Any] = json.loads(text or b"")
        parts = {str(name): (int(size), str(mark)) for name, (size, mark) in said.pop("parts").items()}
        manifest = Manifest(parts=parts, **said)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _damaged(path, MANIFEST) from error
    if manifest.format != FORMAT:
        raise _damaged(path, manifest.format)
    return manifest


class _Hashing:
    """A file that is hashed as it is read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._source.read(size)
        self._hash.update(block)
        return block

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def _damaged(path: Path, what: str) -> InvalidInput:
    return InvalidInput(
        "restore.damaged",
        Text("备份“{path}”不完整或被改动：{what}", "the backup {path} is incomplete or was changed: {what}").fill(
            path=path, what=what
        ),
        Text("请改用另一份备份", "use another backup"),
    )
