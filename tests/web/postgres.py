"""A PostgreSQL of its own, from the system's packages: begun for one purpose, gone with it.

`with postgres() as address:` gives the address of an empty database, for `SUQIU_DATABASE`. It answers on a Unix socket
in a folder of its own, so that nothing outside can reach it. PostgreSQL refuses to run as root: there the owner is the
packages' own user, or nobody.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

#: Where Debian and its kin put the programs of each version.
_HOMES = Path("/usr/lib/postgresql")
#: Seconds until a server must answer.
_PATIENCE = 60

MISSING = "needs PostgreSQL's programs; on Debian: apt-get install postgresql"


def programs() -> Path | None:
    """Return the folder with `initdb` and `postgres`, of the newest version; None where they are not installed."""
    found = [path.parent for path in _HOMES.glob("*/bin/initdb") if (path.parent / "postgres").exists()]
    if found:
        return max(found, key=lambda path: int(path.parent.name) if path.parent.name.isdecimal() else 0)
    named = shutil.which("initdb")
    return Path(named).resolve().parent if named else None


@dataclass
class Server:
    """One running PostgreSQL.

    Attributes:
        folder: data and socket.
        safe: it waits for the disk, as in earnest.
    """

    folder: Path
    safe: bool
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Of its database, as `SUQIU_DATABASE` takes it."""
        return f"postgresql://suqiu@/suqiu?host={self.folder}"

    def start(self) -> None:
        """Run it, and wait until it answers; after a kill it recovers by itself."""
        quick = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
        options = ["listen_addresses=", f"unix_socket_directories={self.folder}", "max_connections=120"]
        options += ["shared_buffers=256MB", "logging_collector=off", *(() if self.safe else quick)]
        command = [str(_bin("postgres")), "-D", str(self.folder / "data")]
        command += [word for option in options for word in ("-c", option)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(_as_owner(command), stdout=log, stderr=log, cwd="/")
        ready = [str(_bin("pg_isready")), "-q", "-h", str(self.folder), "-d", "postgres", "-U", "suqiu"]
        until = time.monotonic() + _PATIENCE
        while subprocess.run(ready, check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((self.folder / "log").read_text("utf-8")[-2000:])
            time.sleep(0.05)

    def stop(self) -> None:
        """End it in order: clients are sent away."""
        if self.process is not None and self.process.poll() is None:
            os.kill(self.main, signal.SIGINT)
            self.process.wait(_PATIENCE)

    def kill(self) -> None:
        """End it as a power cut would: every process of it, at once."""
        family = [self.main, *_children(self.main)]
        for one in family:
            try:
                os.kill(one, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if self.process is not None:
            self.process.wait(_PATIENCE)

    @property
    def main(self) -> int:
        """Its first process."""
        return int((self.folder / "data" / "postmaster.pid").read_text("utf-8").split()[0])


@contextmanager
def server(*, safe: bool = True) -> Iterator[Server]:
    """Give a running server with one empty database; the test is skipped where PostgreSQL is not installed.

    Args:
        safe: wait for the disk at each commit; without, it is quicker and a crash may lose data.
    """
    if programs() is None:
        pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="suqiu-pg-", dir="/tmp"))
    try:
        folder.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(folder, _owner().pw_uid, _owner().pw_gid)
        begin = [str(_bin("initdb")), "-D", str(folder / "data"), "-U", "suqiu", "-A", "trust", "-E", "UTF8"]
        subprocess.run(_as_owner([*begin, "--locale=C", "--no-sync"]), check=True, capture_output=True, cwd="/")
        one = Server(folder, safe)
        try:
            one.start()
            make = [str(_bin("createdb")), "-h", str(folder), "-U", "suqiu", "suqiu"]
            subprocess.run(make, check=True, capture_output=True)
            yield one
        finally:
            one.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres(*, safe: bool = False) -> Iterator[str]:
    """Give the address of an empty database, on a server of its own."""
    with server(safe=safe) as one:
        yield one.address


def _bin(name: str) -> Path:
    found = programs()
    if found is None:
        raise RuntimeError(MISSING)
    return found / name


def _owner() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _as_owner(command: list[str]) -> list[str]:
    if os.geteuid() != 0:
        return command
    one = _owner()
    return ["setpriv", f"--reuid={one.pw_uid}", f"--regid={one.pw_gid}", "--clear-groups", "--", *command]


def _children(process: int) -> list[int]:
    try:
        words = Path(f"/proc/{process}/task/{process}/children").read_text("utf-8").split()
    except OSError:
        return []
    return [int(word) for word in words]
