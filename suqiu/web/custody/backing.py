"""A backup of a whole installation in one file, made while it runs.

The database is copied first, then the uploaded files: these are named for their content and never changed, so every
file that a row of the copy names is there.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from suqiu import __version__
from suqiu.domain.errors import Conflict
from suqiu.domain.text import Text
from suqiu.web.custody import databases, sealed_keys
from suqiu.web.custody.bundle import MANIFEST, Manifest, writing
from suqiu.web.site import Site

ANCHORS = "audit-anchors.jsonl"
#: Kept beside site.json where an installation has its own.
ONE_FILES = ("site.json", ANCHORS, "retention.yaml")


@dataclass(frozen=True, slots=True)
class Backed:
    """A backup that was made 备份结果.

    Attributes:
        file: where it lies; only the owner may read it.
        size: in bytes.
        manifest: what it holds.
    """

    file: Path
    size: int
    manifest: Manifest


def back_up(site: Site, out: Path | None = None, passphrase: str | None = None) -> Backed:
    """Write a backup: all of it, or nothing.

    Args:
        site: the installation; it may be at work.
        out: a folder, by default the site's own; an existing folder or a file to be made.
        passphrase: seals the keys into the backup; without, they are left out.

    Raises:
        Conflict: the file exists.
        Unavailable: the database cannot be copied.
    """
    target = _target(site, out)
    mark = f".{target.name}.{secrets.token_hex(4)}"
    copy, part = target.with_name(f"{mark}.database"), target.with_name(f"{mark}.part")
    try:
        _private(copy)
        rows = _copy(site, copy)
        _private(part)
        manifest = _write(site, part, copy, rows, passphrase)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        os.link(part, target)  # nobody's backup is replaced
    except FileExistsError as error:
        raise _exists(target) from error
    finally:
        copy.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
    return Backed(target, target.stat().st_size, manifest)


def seal_of(site: Site, manifest: Manifest) -> str:
    """Return the seal that a manifest of this installation carries."""
    return hmac.digest(site.key("audit"), manifest.text(sealed=False).encode(), hashlib.sha256).hex()


def kind_of(site: Site) -> str:
    """Return the kind of an installation's database."""
    return databases.POSTGRES if site.settings.database else databases.SQLITE


def _copy(site: Site, copy: Path) -> Mapping[str, int]:
    if site.settings.database:
        return databases.copy_postgres(site.settings.database, copy)
    return databases.copy_sqlite(site.folder / "site.sqlite3", copy)


def _write(site: Site, part: Path, copy: Path, rows: Mapping[str, int], passphrase: str | None) -> Manifest:
    kind = kind_of(site)
    with writing(part) as bundle:
        for name in ONE_FILES:
            if (site.folder / name).is_file():
                bundle.add(name, site.folder / name)
        bundle.add(databases.PARTS[kind], copy)
        for folder, name in ((site.files, "files"), (Path(site.about.city), "city")):
            for file in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
                if not any(piece.startswith(".") for piece in file.relative_to(folder).parts):
                    bundle.add(f"{name}/{file.relative_to(folder).as_posix()}", file)
        if passphrase is not None:
            bundle.put("keys.sealed", sealed_keys.sealed(site.folder / "keys", passphrase))
        manifest = Manifest(
            made_at=site.now().isoformat(timespec="seconds"),
            version=__version__,
            database=kind,
            rows=rows,
            keys="sealed" if passphrase is not None else "apart",
            parts=dict(bundle.parts),
        )
        manifest = replace(manifest, seal=seal_of(site, manifest))
        bundle.put(MANIFEST, manifest.text().encode())
    return manifest


def _target(site: Site, out: Path | None) -> Path:
    place = out or site.backups
    if place.suffix == ".tar" and not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        target = place
    else:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = place / f"suqiu-{site.now():%Y%m%d-%H%M%S}.tar"
    if target.exists():
        raise _exists(target)
    return target


def _private(file: Path) -> None:
    file.touch(mode=0o600)


def _exists(target: Path) -> Conflict:
    return Conflict(
        "backup.exists",
        Text("备份文件“{file}”已存在", "the backup {file} exists").fill(file=target),
        Text("请换一个文件名或目录", "choose another name or folder"),
    )
