"""A backup becomes an installation again: in an empty place, every part checked, the audit read to its end."""

from __future__ import annotations

import hmac
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from suqiu.config import Settings
from suqiu.domain.errors import Conflict, InvalidInput
from suqiu.domain.text import Text
from suqiu.web.custody import databases, sealed_keys
from suqiu.web.custody.backing import seal_of
from suqiu.web.custody.bundle import Manifest, unpack
from suqiu.web.site import About, Site


@dataclass(frozen=True, slots=True)
class Restored:
    """An installation that was restored 恢复结果.

    Attributes:
        folder: of the site.
        manifest: of the backup.
        lines: of the audit that were read.
        breaks: of the audit's chain, number and problem each.
    """

    folder: Path
    manifest: Manifest
    lines: int
    breaks: tuple[tuple[int, str], ...]


def restore(
    file: Path,
    into: Path,
    settings: Settings,
    *,
    database: str | None = None,
    keys: Path | None = None,
    passphrase: str | None = None,
) -> Restored:
    """Restore a backup; where anything is amiss before the database is filled, nothing is left behind.

    Args:
        file: the backup.
        into: folder of the site to be; it must not exist, or be empty.
        settings: of this process.
        database: address of an empty PostgreSQL database, for a backup of one.
        keys: folder of the keys, where the backup does not hold them.
        passphrase: opens the keys in the backup.

    Raises:
        Conflict: the folder or the database is not empty.
        InvalidInput: the backup is damaged, or of another kind of database, or its keys are lacking or another's.
    """
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise Conflict(
            "restore.folder_filled",
            Text("目标目录“{folder}”不是空的", "the folder {folder} is not empty").fill(folder=into),
            Text("请指定一个空目录", "name an empty one"),
        )
    part = into.with_name(f".{into.name}.restoring")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    try:
        manifest = unpack(file, part)
        _refuse_other_kind(manifest, database)
        _place_keys(part, manifest, keys, passphrase)
        site = Site(part, replace(settings, database=database))
        if not hmac.compare_digest(manifest.seal, seal_of(site, manifest)):
            raise _other_keys()
        _place_city(site, into)
        rows = _place_database(part, manifest, database)
        if dict(rows) != dict(manifest.rows):
            raise InvalidInput(
                "restore.rows",
                Text("恢复的数据行数与清单不符", "the rows restored are not those of the manifest"),
                Text("请改用另一份备份", "use another backup"),
            )
        if into.exists():
            into.rmdir()
        part.rename(into)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    lines, breaks = _read_audit(into, database)
    return Restored(into, manifest, lines, breaks)


def _refuse_other_kind(manifest: Manifest, database: str | None) -> None:
    wanted = databases.POSTGRES if database else databases.SQLITE
    if manifest.database != wanted:
        raise InvalidInput(
            "restore.other_database",
            Text("备份来自{kind}数据库", "the backup is of a {kind} database").fill(kind=manifest.database),
            Text("PostgreSQL备份须用--database指明空数据库", "one of PostgreSQL needs --database; one of SQLite none"),
        )
    if database:
        databases.refuse_filled(database)


def _place_keys(part: Path, manifest: Manifest, keys: Path | None, passphrase: str | None) -> None:
    sealed = part / "keys.sealed"
    if keys is not None:
        for key in sorted(path for path in keys.iterdir() if path.is_file()) if keys.is_dir() else []:
            sealed_keys.write(part / "keys", key.name, key.read_bytes())
    elif manifest.keys == "sealed" and passphrase is not None:
        sealed_keys.unseal(sealed.read_bytes(), passphrase, part / "keys")
    if not (part / "keys" / "audit").is_file():
        raise InvalidInput(
            "restore.no_keys",
            Text("缺少密钥，无法读取来电人信息", "the keys are lacking: no caller could be read"),
            Text("请用--passphrase-file打开备份中的密钥，或用--keys指明密钥目录", "give --passphrase-file, or --keys"),
        )
    sealed.unlink(missing_ok=True)


def _place_city(site: Site, into: Path) -> None:
    """Let the restored site use its own copy of the city pack, where the one that it used is not there."""
    if (Path(site.about.city) / "city.yaml").is_file():
        shutil.rmtree(site.folder / "city", ignore_errors=True)
        return
    about: About = replace(site.about, city=str((into / "city").resolve()))
    site.save(about)


def _place_database(part: Path, manifest: Manifest, database: str | None) -> Mapping[str, int]:
    name = part / databases.PARTS[manifest.database]
    if database:
        rows = databases.restore_postgres(name, database)
        name.unlink()
        return rows
    target = part / "site.sqlite3"
    name.rename(target)
    with closing(sqlite3.connect(target)) as connection:
        return databases.rows_sqlite(connection)


def _read_audit(folder: Path, database: str | None) -> tuple[int, tuple[tuple[int, str], ...]]:
    """Read the audit of another installation than the one that this process serves: in a process of its own."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "SUQIU_SITE": str(folder.resolve()),
        "DJANGO_SETTINGS_MODULE": "suqiu.web.settings",
        "SUQIU_DATABASE": database or "",
    }
    words = [sys.executable, "-m", "suqiu.web.custody.reading"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 — ours
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise InvalidInput(
            "restore.unreadable",
            Text("已恢复，但审计无法读取：{last}", "restored, but its audit cannot be read: {last}").fill(last=last),
            Text("请用备份时的程序版本再试", "try the version of Suqiu that made the backup"),
        )
    said = json.loads(done.stdout)
    return int(said["lines"]), tuple((int(number), str(problem)) for number, problem in said["breaks"])


def _other_keys() -> InvalidInput:
    return InvalidInput(
        "restore.other_keys",
        Text("密钥与备份不符，或清单被改动", "these are not the backup's keys, or its manifest was changed"),
        Text("请使用该站点的密钥", "use the keys of that installation"),
    )
