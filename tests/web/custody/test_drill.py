"""The drill: an installation is filled, backed up, destroyed and restored, by what people use."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection as django_connection

from suqiu import cli
from suqiu.config import settings
from suqiu.domain.errors import Conflict, InvalidInput
from suqiu.web.audit import anchors
from suqiu.web.custody import backing, databases, restoring
from suqiu.web.site import About, Site, site
from tests.web import made
from tests.web.postgres import server

ROOT = Path(__file__).resolve().parents[3]
CITY = ROOT / "cities/linjiang"
PASSPHRASE = "correct horse battery staple"  # noqa: S105 — of backups that live as long as a test
FILL = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "suqiu.web.settings"
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.web.custody.test_drill import fill
fill()
"""


def fill() -> None:
    """Make orders with callers, one of them secret, and files."""
    for n in range(3):
        text = f"路灯不亮，请联系1398765432{n}"
        made.proof(made.order("replied", name=f"测试者{n}", phone=f"1398765432{n}", text=text, secret=n == 0))
    anchors.drop()


def _tables(site: Path, database: str = "") -> dict[str, str]:
    """Return a checksum over the rows of every table."""
    marks: dict[str, str] = {}
    if database:
        with psycopg.connect(database) as connection:
            for name in databases.rows_postgres(connection):
                rows: list[Any] = connection.execute(f'SELECT t::text FROM "{name}" t ORDER BY 1').fetchall()
                marks[name] = hashlib.sha256(repr(rows).encode()).hexdigest()
        return marks
    with closing(sqlite3.connect(site / "site.sqlite3")) as connection:
        for name in databases.rows_sqlite(connection):
            rows = sorted(repr(row) for row in connection.execute(f'SELECT * FROM "{name}"'))
            marks[name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return marks


def _files(site: Path) -> dict[str, str]:
    """Return a checksum of every file that is no database."""
    return {
        str(file.relative_to(site)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(site.rglob("*"))
        if file.is_file() and not file.name.startswith("site.sqlite3") and file.parent.name != "backups"
    }


@pytest.fixture
def filled(transactional_db: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with orders, callers and files, on SQLite."""
    folder = tmp_path_factory.mktemp("drill") / "site"
    Site(folder, settings()).save(About(city=str(CITY), demo=True))
    anchors.file().unlink(missing_ok=True)
    fill()
    with closing(sqlite3.connect(folder / "site.sqlite3")) as target:
        django_connection.connection.backup(target)
    for name in ("keys", "files"):
        shutil.copytree(site().folder / name, folder / name)
    anchors.file().rename(folder / anchors.file().name)
    return folder


def _here(folder: Path, database: str | None = None) -> Site:
    return Site(folder, replace(settings(), database=database))


def test_what_was_destroyed_is_restored_to_the_last_row_and_file(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(f"{PASSPHRASE}\n", "utf-8")
    made_ = backing.back_up(_here(filled), tmp_path, PASSPHRASE)
    tables, files = _tables(filled), _files(filled)
    shutil.rmtree(filled)
    words = ["restore", str(made_.file), "--into", str(filled), "--passphrase-file", str(passphrase)]
    with pytest.raises(SystemExit) as ended:
        cli.main(["--lang", "en", *words])
    assert not ended.value.code
    assert "audit lines: all hold" in " ".join(capsys.readouterr().out.split())
    assert _tables(filled) == tables
    assert len(set(tables.values())) > 10
    assert _files(filled) == files
    assert len(files) > 5
    assert made_.file.stat().st_mode & 0o077 == 0
    assert (filled / "keys/vault").stat().st_mode & 0o077 == 0


def test_without_its_keys_a_backup_tells_nothing_and_is_not_restored(filled: Path, tmp_path: Path) -> None:
    done = backing.back_up(_here(filled), tmp_path / "backup.tar")
    content = done.file.read_bytes()
    assert b"1398765432" not in content
    assert "测试者".encode() not in content
    with pytest.raises(InvalidInput, match="no_keys"):
        restoring.restore(done.file, tmp_path / "new", settings())
    other = _here(tmp_path / "other")
    other.key("audit")
    with pytest.raises(InvalidInput, match="other_keys"):
        restoring.restore(done.file, tmp_path / "new", settings(), keys=other.folder / "keys")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.tar", "other"]


def test_nothing_is_written_over(filled: Path, tmp_path: Path) -> None:
    done = backing.back_up(_here(filled), tmp_path / "backup.tar", PASSPHRASE)
    with pytest.raises(Conflict, match="exists"):
        backing.back_up(_here(filled), done.file)
    with pytest.raises(Conflict, match="folder_filled"):
        restoring.restore(done.file, filled, settings(), passphrase=PASSPHRASE)
    assert [path.name for path in tmp_path.iterdir()] == ["backup.tar"]


def _part(backup: Path, name: str) -> int:
    with tarfile.open(backup) as archive:
        return archive.getmember(name).offset_data


@pytest.mark.parametrize("name", ["database.sqlite3", "site.json", "keys.sealed", "manifest.json"])
def test_a_backup_of_which_one_byte_was_changed_is_refused(filled: Path, tmp_path: Path, name: str) -> None:
    done = backing.back_up(_here(filled), tmp_path / "backup.tar", PASSPHRASE)
    content = bytearray(done.file.read_bytes())
    content[_part(done.file, name) + 40] ^= 1
    done.file.write_bytes(content)
    with pytest.raises(InvalidInput):
        restoring.restore(done.file, tmp_path / "new", settings(), passphrase=PASSPHRASE)
    assert [path.name for path in tmp_path.iterdir()] == ["backup.tar"]


def test_a_wrong_passphrase_opens_nothing(filled: Path, tmp_path: Path) -> None:
    done = backing.back_up(_here(filled), tmp_path / "backup.tar", PASSPHRASE)
    with pytest.raises(InvalidInput, match="wrong_passphrase"):
        restoring.restore(done.file, tmp_path / "new", settings(), passphrase=PASSPHRASE[::-1])


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "a/../../outside", ".."])
def test_a_backup_that_reaches_outside_is_refused(tmp_path: Path, name: str) -> None:
    backup = tmp_path / "backup.tar"
    with tarfile.open(backup, "w") as archive:
        archive.addfile(tarfile.TarInfo(name), io.BytesIO(b""))
    with pytest.raises(InvalidInput, match="damaged"):
        restoring.restore(backup, tmp_path / "new", settings(), passphrase=PASSPHRASE)
    assert [path.name for path in tmp_path.iterdir()] == ["backup.tar"]


def test_a_backup_says_what_it_holds(filled: Path, tmp_path: Path) -> None:
    done = backing.back_up(_here(filled), tmp_path)
    with tarfile.open(done.file) as archive:
        names = archive.getnames()
        said = json.load(archive.extractfile("manifest.json"))  # type: ignore[arg-type]
    assert names[-1] == "manifest.json"
    assert set(said["parts"]) == set(names[:-1])
    assert said["keys"] == "apart"
    assert said["rows"]["orders_order"] == 3


def test_a_backup_made_while_others_write_is_whole_and_brings_the_city_pack(filled: Path, tmp_path: Path) -> None:
    city = tmp_path / "city"
    shutil.copytree(CITY, city)
    Site(filled, settings()).save(About(city=str(city), demo=True))
    tables = _tables(filled)
    with closing(sqlite3.connect(filled / "site.sqlite3", isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO orders_series VALUES ('of_nobody', 1)")
        made_ = backing.back_up(_here(filled), tmp_path / "backup.tar")
        writer.execute("COMMIT")
    shutil.rmtree(city)
    done = restoring.restore(made_.file, tmp_path / "new", settings(), keys=filled / "keys")
    assert _tables(done.folder) == tables
    assert _here(done.folder).city.name == "临江市"
    assert (done.lines > 10, done.breaks) == (True, ())


@pytest.mark.enable_socket
def test_the_drill_holds_on_postgresql(tmp_path: Path) -> None:
    with server(safe=False) as one:
        first, second = one.address, f"postgresql://suqiu@/second?host={one.folder}"
        with psycopg.connect(first, autocommit=True) as connection:
            connection.execute("CREATE DATABASE second")
        home = tmp_path / "site"
        Site(home, settings()).save(About(city=str(CITY), demo=True))
        environment = os.environ | {"SUQIU_SITE": str(home), "SUQIU_DATABASE": first}
        subprocess.run([sys.executable, "-c", FILL], env=environment, cwd=ROOT, check=True)
        backup = backing.back_up(_here(home, first), tmp_path / "backup.tar", PASSPHRASE).file
        tables, files = _tables(home, first), _files(home)
        shutil.rmtree(home)
        for database, said in ((None, "other_database"), (first, "database_filled")):
            with pytest.raises((InvalidInput, Conflict), match=said):
                restoring.restore(backup, home, settings(), database=database, passphrase=PASSPHRASE)
        assert not home.exists()
        done = restoring.restore(backup, home, settings(), database=second, passphrase=PASSPHRASE)
        assert _tables(home, second) == tables
        assert _files(home) == files
        assert (done.lines > 10, done.breaks) == (True, ())
        with psycopg.connect(second) as connection, pytest.raises(psycopg.errors.RaiseException, match="appended"):
            connection.execute("DELETE FROM audit_entry")
