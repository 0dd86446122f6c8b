"""Which files make up a standard, what they hash to, and the seal on a version that is released."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from suqiu.datafiles.file_fault import FaultLog
from suqiu.datafiles.located_yaml import read_mapping
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Catalogue

LOOK = Text(
    "请参照standards/hotline-intelligence中的同名文件",
    "see the file of the same name in standards/hotline-intelligence",
)
#: Holds the fingerprint of all other files, and so is no part of it.
SEAL = "release.yaml"
_KNOWN = re.compile(
    r"(README\.md|(standard|levels|domains|gates|scenarios|sources|succession)\.yaml"
    r"|indicators/[^/]+/[^/]+\.yaml|(profiles|questionnaires)/[^/]+\.yaml)"
)


@dataclass(frozen=True, slots=True)
class Release:
    """The seal of a version that is never edited again 发布记录.

    Attributes:
        version, issued: as `standard.yaml` says.
        fingerprint: of all other files.
    """

    version: str
    issued: date
    fingerprint: str


def content(folder: Path) -> list[str]:
    """Return the standard's files as sorted relative paths, without hidden ones and the seal."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    kept = (path.as_posix() for path in paths if not any(part.startswith(".") for part in path.parts))
    return sorted(path for path in kept if path != SEAL)


def fingerprint(folder: Path) -> str:
    """Return SHA-256 over the standard's paths and bytes.

    Each path and each content goes in with its length before it, so that no two standards run together.
    """
    digest = hashlib.sha256()
    for path in content(folder):
        for part in (path.encode(), (folder / path).read_bytes()):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


def warn_of_strangers(folder: Path, faults: FaultLog) -> None:
    """Note files that nobody will read, such as `indicators/D1/D1.1.1.yml`."""
    for path in content(folder):
        if not _KNOWN.fullmatch(path):
            faults.warn(
                path,
                None,
                Text("标准不使用这个文件", "a standard does not use this file"),
                Text("请检查文件名和所在文件夹", "check its name and folder"),
            )


def release_of(folder: Path, faults: FaultLog) -> Release | None:
    """Read the seal, and note where the folder is no longer what was sealed; None for a draft."""
    if not (folder / SEAL).exists():
        return None
    entry = read_mapping(folder / SEAL, SEAL, faults)
    if entry is None:
        return None
    version, issued, stated = entry.text("version"), entry.day("issued"), entry.text("fingerprint")
    entry.finish()
    if version is None or issued is None or stated is None:
        return None
    if stated != fingerprint(folder):
        entry.error(
            "fingerprint",
            Text("{version}版发布后被改动", "version {version} was edited after its release").fill(version=version),
            Text(
                "请恢复原文件；需要修改时用suqiu standard draft起草新版本",
                "restore its files; to change something draft a new version with suqiu standard draft",
            ),
        )
    return Release(version, issued, stated)


def sealed(catalogue: Catalogue) -> str:
    """Return the content of the seal for a version as it was read."""
    return (
        "# 已发布，不得再改动本文件夹；修改请起草新版本。 Released: never edit this folder, draft a new version.\n"
        f'version: "{catalogue.version}"\nissued: {catalogue.issued}\nfingerprint: {catalogue.fingerprint}\n'
    )
