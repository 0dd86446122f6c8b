"""A served site for benchmarks: made, begun, killed, begun again; and people who use it by HTTP."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import psutil

PASSWORD = "Linjiang-12345-测试"  # noqa: S105 — of accounts that live as long as a benchmark
_HOUSE = Path(__file__).resolve().parents[1]
#: Seconds until a server must answer after it was begun.
_PATIENCE = 60
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
#: What a background worker is begun by.
_WORKER = "suqiu.web.jobs.process"
_MAIN = "from suqiu.cli import main; main()"


@dataclass
class Platform:
    """One served site.

    Attributes:
        folder: of the site.
        port: where it is served.
        processes: that answer; 0 is as `suqiu serve` chooses.
        worker: the server keeps a background worker beside.
    """

    folder: Path
    port: int = field(default_factory=lambda: free_port())
    processes: int = 0
    worker: bool = True
    _server: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Of its home page."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> float:
        """Serve it and wait until it answers; return the seconds that took. A port still held is tried again."""
        began = time.monotonic()
        words = ["serve", "--site", str(self.folder), "--port", str(self.port), "--workers", str(self.processes)]
        command = [sys.executable, "-c", _MAIN, *words, "--worker" if self.worker else "--no-worker"]
        while True:
            if self._server is None or self._server.poll() is not None:
                if time.monotonic() - began > _PATIENCE:
                    raise RuntimeError((self.folder / "serve.log").read_text("utf-8")[-2000:])
                with (self.folder / "serve.log").open("ab") as log:
                    self._server = subprocess.Popen(command, stdout=log, stderr=log, cwd=_HOUSE)
            if self._answers() and self._server.poll() is None:
                return time.monotonic() - began
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.address}/accounts/login/", timeout=5).status_code == 200
        except httpx2.HTTPError:
            return False

    def stop(self) -> int:
        """End it in order; return its exit code."""
        if self._server is None or self._server.poll() is not None:
            return 0
        self._server.send_signal(signal.SIGTERM)
        return self._server.wait(_PATIENCE)

    @property
    def main(self) -> psutil.Process:
        """The watching process."""
        if self._server is None:
            raise RuntimeError("it is not served")
        return psutil.Process(self._server.pid)

    def answering(self) -> list[psutil.Process]:
        """Return the processes that answer."""
        return [one for one in self._children() if _WORKER not in one.cmdline()]

    def working(self) -> list[psutil.Process]:
        """Return the background workers that the server keeps."""
        return [one for one in self._children() if _WORKER in one.cmdline()]

    def _children(self) -> list[psutil.Process]:
        found = []
        for one in self.main.children():
            try:
                one.cmdline()
            except psutil.NoSuchProcess:
                continue
            found.append(one)
        return found

    def memory_mb(self) -> float:
        """Return the memory of all its processes, what they share counted once."""
        everybody = [self.main, *self._children()]
        return float(sum(one.memory_full_info().pss for one in everybody)) / 1e6


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def make(folder: Path | None = None, database: str | None = None) -> Path:
    """Make an empty site of the city that ships, open it in this process, and return its folder.

    The environment of this process, and so of all that it begins, names the site and its database.
    """
    folder = folder or Path(tempfile.mkdtemp(prefix="suqiu-bench-"))
    os.environ["SUQIU_SITE"] = str(folder)
    os.environ.pop("SUQIU_DATABASE", None)
    if database is not None:
        os.environ["SUQIU_DATABASE"] = database
    from suqiu.config import settings
    from suqiu.web import opening
    from suqiu.web.site import About, Site

    Site(folder, settings()).save(About(city=str(_HOUSE / "cities" / "linjiang"), demo=True))
    opening.opened(folder)
    opening.upgrade()
    return folder


def people(role: str, count: int, **fields: Any) -> list[str]:
    """Make people of one role who may sign in with `PASSWORD`; return their user names."""
    from django.contrib.auth.hashers import make_password

    from suqiu.web.accounts.models import User
    from suqiu.web.site import site

    encoded = make_password(PASSWORD)  # one for all: hashing is slow on purpose
    names = [f"{role}{n:03d}" for n in range(count)]
    now = site().now()
    User.objects.bulk_create(
        User(
            username=name,
            full_name=name,
            number=f"B{role}{n}",
            roles=[role],
            password=encoded,
            password_set_at=now,
            **fields,
        )
        for n, name in enumerate(names)
        if not User.objects.filter(username=name).exists()
    )
    return names


def token_of(page: str) -> str:
    """Return the mark against forged requests that a page's forms carry."""
    found = _TOKEN.search(page)
    return found[1] if found else ""


def cookies_of(names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Sign people in without the form, which is slow on purpose; return each one's cookies."""
    from django.contrib.auth import login
    from django.contrib.sessions.backends.db import SessionStore
    from django.middleware.csrf import get_token
    from django.test import RequestFactory

    from suqiu.web.accounts.models import User

    found = {}
    for user in User.objects.filter(username__in=names):
        request = RequestFactory().get("/", headers={"User-Agent": "bench"})
        request.session = SessionStore()
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        request.session.save()
        get_token(request)
        found[user.username] = {
            "sessionid": str(request.session.session_key),
            "csrftoken": str(request.META["CSRF_COOKIE"]),
        }
    return found
