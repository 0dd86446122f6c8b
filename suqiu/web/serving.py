"""Serving a site: processes with threads that answer, and one that does background work.

Why these: docs/decisions/0015-serving.md. All are begun and watched over by one process, which answers nothing itself:
whichever of them dies is begun again, and all end when it ends, however it ends.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from suqiu.domain.errors import Conflict
from suqiu.domain.text import Text
from suqiu.web.opening import let_go

#: Threads of a process. Views wait for the database and for DuckDB, which let others run; more than this only queues.
THREADS = 8
#: Seconds that requests under way, and work under way, have to end.
_GRACE = 25
#: Seconds until a background worker that died is begun again, at first and at most.
_PAUSE, _LONGEST_PAUSE = 1.0, 30.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how a site is served 服务方式.

    Attributes:
        host, port: address and port that are listened on.
        processes: that answer; 0 is as many as fit the database.
        worker: whether background work is done beside.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    processes: int = 0
    worker: bool = True

    @property
    def address(self) -> str:
        """For a browser."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104 — compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"


def processes_for(asked: int) -> int:
    """Return how many processes answer: as asked, else one on SQLite and two on PostgreSQL."""
    return asked or (1 if connection.vendor == "sqlite" else 2)


def check_free(place: Place) -> None:
    """See that the port can be listened on.

    Raises:
        Conflict: another program has it, or it cannot be had.
    """
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((place.host, place.port))
        except OSError as error:
            raise Conflict(
                "serve.port",
                Text("无法使用{host}的{port}端口：{why}", "cannot listen on {host}, port {port}: {why}").fill(
                    host=place.host, port=place.port, why=error.strerror or error
                ),
                Text("请用--port另选端口，或先停止占用它的程序", "choose another --port, or stop what uses it"),
            ) from error


def serve(place: Place) -> None:
    """Serve the open site until a signal ends it, then leave with exit code 0.

    The application is loaded before the processes are begun from this one: they share its memory.
    """
    processes = processes_for(place.processes)
    application = prepare()
    gc.collect()
    gc.freeze()  # what is shared stays shared: the collector does not write into it
    keeper = Keeper(_worker_command()) if place.worker else None
    _Arbiter(_Application(application, place, processes, keeper)).run()


def prepare() -> WSGIHandler:
    """Return the application, with all that every process needs before its first answer: read once, shared by all.

    Nothing here may leave a thread or a connection behind: only the memory goes over to the processes begun from it.
    """
    from suqiu.web.live import reading
    from suqiu.web.wsgi import application

    import_module("suqiu.web.urls")
    reading.state()
    let_go()
    return application


class Keeper:
    """Keeps one background worker running beside the server.

    Attributes:
        command: that begins it.
    """

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self._ending = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Begin, and begin again whenever it ends, until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """End it in order."""
        self._ending.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                process.kill()

    def _keep(self) -> None:
        pause = _PAUSE
        while not self._ending.is_set():
            # A session of its own: Ctrl-C at the terminal reaches the server, which then ends this in order.
            self._process = subprocess.Popen(self.command, start_new_session=True)  # noqa: S603 — our own command
            try:
                self._process.wait(60)
                pause = min(pause * 2, _LONGEST_PAUSE)
            except subprocess.TimeoutExpired:
                pause = _PAUSE  # it ran well for a while
                self._process.wait()
            self._ending.wait(pause)


class _Arbiter(Arbiter):  # type: ignore[misc]  # Gunicorn ships no types
    """Gunicorn's watching process; Ctrl-C ends it as kindly as `kill` does."""

    def handle_int(self) -> None:
        self.handle_term()


class _Application(BaseApplication):  # type: ignore[misc]
    """What Gunicorn serves, and how."""

    def __init__(self, application: WSGIHandler, place: Place, processes: int, keeper: Keeper | None) -> None:
        self._application, self._place, self._processes, self._keeper = application, place, processes, keeper
        super().__init__()

    def load_config(self) -> None:
        """Set every option that differs from Gunicorn's own."""
        host = f"[{self._place.host}]" if ":" in self._place.host else self._place.host
        memory = Path("/dev/shm")  # noqa: S108 — for a file whose time stamp says that a process lives
        options: dict[str, Any] = {
            "bind": f"{host}:{self._place.port}",
            "workers": self._processes,
            "worker_class": "gthread",
            "threads": THREADS,
            "preload_app": True,
            "backlog": 512,
            "keepalive": 75,  # longer than a person thinks between two pages
            "timeout": 120,
            "graceful_timeout": _GRACE,
            "loglevel": "warning",
            "control_socket_disable": True,
            "worker_tmp_dir": str(memory) if memory.is_dir() else None,
            "when_ready": self._ready,
            "post_worker_init": _begun,
            "on_exit": self._over,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        """Return the application."""
        return self._application

    def _ready(self, server: object) -> None:
        if self._keeper is not None:
            self._keeper.start()

    def _over(self, server: object) -> None:
        if self._keeper is not None:
            self._keeper.stop()


def _begun(process: object) -> None:
    # Ctrl-C at the terminal reaches every process: the watching one ends these.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this process at once when the watching one has died: it would hold the port against the next."""
    while os.getppid() == parent:
        time.sleep(0.25)
    os._exit(1)


def _worker_command() -> list[str]:
    return [sys.executable, "-m", "suqiu.web.jobs.process", str(os.getpid())]
