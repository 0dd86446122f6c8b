"""A consistent copy of the database while the platform runs, and the way back: SQLite and PostgreSQL."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from suqiu.domain.errors import Conflict, InvalidInput, Unavailable
from suqiu.domain.text import Text

SQLITE, POSTGRES = "sqlite", "postgresql"
#: Name of the part in a backup, by kind.
PARTS = {SQLITE: "database.sqlite3", POSTGRES: "database.dump"}


def copy_sqlite(source: Path, target: Path) -> Mapping[str, int]:
    """Copy a SQLite database as it is at one moment, while others write; return how many rows each table has."""
    if not source.is_file():
        raise Unavailable(
            "backup.no_database",
            Text("没有数据库文件“{file}”", "there is no database {file}").fill(file=source),
            Text("请先建立站点，或核对SUQIU_SITE", "make the site first, or check SUQIU_SITE"),
        )
    with (
        closing(sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True, timeout=60)) as one,
        closing(sqlite3.connect(target)) as other,
    ):
        one.backup(other)  # in one step: a reader in write-ahead mode, whom no writer waits for
        other.execute("PRAGMA journal_mode=DELETE")
        if (said := other.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise Conflict(
                "backup.damaged_database",
                Text("数据库文件已损坏：{said}", "the database is damaged: {said}").fill(said=said),
                Text("请从最近的备份恢复", "restore the last backup"),
            )
        return rows_sqlite(other)


def rows_sqlite(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many rows each table has."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'")
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in sorted(found)}  # noqa: S608 — names of our own tables


def copy_postgres(address: str, target: Path) -> Mapping[str, int]:
    """Dump a PostgreSQL database as it is at one moment, in its custom format; return the rows of each table."""
    with _connected(address) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        found = connection.execute("SELECT pg_export_snapshot()").fetchone()
        snapshot = str(found[0]) if found else ""
        options = ["--format=custom", "--no-owner", "--no-privileges", "--schema=public", f"--snapshot={snapshot}"]
        _run("pg_dump", [*options, f"--file={target}"], address)
        return rows_postgres(connection)


def rows_postgres(connection: psycopg.Connection) -> dict[str, int]:
    """Return how many rows each table has."""
    names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    counts: dict[str, int] = {}
    for (name,) in names:
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        counts[name] = int(row[0]) if row else 0
    return counts


def refuse_filled(address: str) -> None:
    """Refuse a PostgreSQL database that holds tables already.

    Raises:
        Conflict: it does.
    """
    with _connected(address) as connection:
        if rows_postgres(connection):
            raise Conflict(
                "restore.database_filled",
                Text("目标数据库不是空的", "the database to restore into is not empty"),
                Text("请新建一个空数据库", "make an empty one"),
            )


def restore_postgres(dump: Path, address: str) -> Mapping[str, int]:
    """Bring a dump into an empty database, all or nothing; return the rows of each table."""
    options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    # The schema itself is there in every new database.
    listing = _run("pg_restore", ["--list", str(dump)], None)
    wanted = dump.with_suffix(".list")
    wanted.write_text("".join(f"{line}\n" for line in listing.splitlines() if " SCHEMA - public" not in line), "utf-8")
    try:
        _run(
            "pg_restore",
            [*options, f"--use-list={wanted}", f"--dbname={_without_password(address)[0]}", str(dump)],
            address,
        )
    finally:
        wanted.unlink()
    with _connected(address) as connection:
        return rows_postgres(connection)


def _connected(address: str) -> psycopg.Connection:
    try:
        return psycopg.connect(address, connect_timeout=20)
    except psycopg.Error as error:
        raise Unavailable(
            "backup.no_postgres",
            Text("无法连接PostgreSQL数据库", "cannot reach the PostgreSQL database"),
            Text("请核对SUQIU_DATABASE和数据库服务", "check SUQIU_DATABASE and that it runs"),
        ) from error


def _run(program: str, options: list[str], address: str | None) -> str:
    """Run a program of PostgreSQL; the password goes by its environment, where no list of processes shows it."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    words = [str(_program(program)), *options]
    if address is not None:
        plain, password = _without_password(address)
        if password:
            environment["PGPASSWORD"] = password
        if program == "pg_dump":
            words.append(f"--dbname={plain}")
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 — ours
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise Unavailable(
            "backup.postgres_failed",
            Text("{program}未成功：{last}", "{program} failed: {last}").fill(program=program, last=last),
            Text("请核对数据库服务和磁盘空间", "check the database server and the disk"),
        )
    return done.stdout


def _program(name: str) -> Path:
    """Return where a program of PostgreSQL lies: the newest of the system's packages, else on the path."""
    found = list(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if found:
        return max(found, key=lambda path: int(path.parts[-3]) if path.parts[-3].isdecimal() else 0)
    if (named := shutil.which(name)) is not None:
        return Path(named)
    raise InvalidInput(
        "backup.no_program",
        Text("没有找到{name}", "{name} was not found").fill(name=name),
        Text("请安装postgresql-client", "install postgresql-client"),
    )


def _without_password(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    if parts.password is None:
        return address, ""
    name = f"{parts.username}@" if parts.username else ""
    host = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    return urlunsplit(parts._replace(netloc=f"{name}{host}")), unquote(parts.password)
