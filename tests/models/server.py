"""A server on this machine that behaves as language models and their surroundings do: well, badly, or not at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: Writes an answer, given what was sent and how many requests came before.
Behaviour = Callable[["Handler", dict[str, Any], int], None]


class Handler(BaseHTTPRequestHandler):
    """Hands each request to the server's behaviour."""

    server: Server

    def do_POST(self) -> None:
        """Note a request and answer it."""
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.requests.append(sent)
            before = len(self.server.requests) - 1
        with suppress(OSError):
            self.server.behaviour(self, sent, before)

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        """Send a whole answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """The server.

    Attributes:
        behaviour: how it answers.
        requests: what was sent to it.
        over: set when the test is.
    """

    daemon_threads = True

    def __init__(self, behaviour: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviour = behaviour
        self.requests: list[dict[str, Any]] = []
        self.lock = threading.Lock()
        self.over = threading.Event()

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[Server]:
    """Run a server for as long as the block lasts."""
    with Server(behaviour) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


def completion(content: str | None, **more: Any) -> bytes:
    """Return the body of a completion."""
    message = {"role": "assistant", "content": content, "refusal": more.pop("refusal", None)}
    choice = {"index": 0, "message": message, "finish_reason": more.pop("finish", "stop")}
    return json.dumps({"choices": [choice], "usage": {"total_tokens": 10}, **more}).encode()


def saying(content: str | None, **more: Any) -> Behaviour:
    """Return a behaviour that always says the same."""
    return lambda handler, sent, before: handler.send(completion(content, **more))


def failing(status: int, times: int = 10**6, then: str = "{}", **headers: str) -> Behaviour:
    """Return a behaviour that fails some times before it answers."""

    def behave(handler: Handler, sent: dict[str, Any], before: int) -> None:
        if before < times:
            handler.send(b"{}", status, **headers)
        else:
            handler.send(completion(then))

    return behave


def endless(handler: Handler, sent: dict[str, Any], before: int) -> None:
    """Send a little now and then, and never end."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.over.wait(0.02):
        handler.wfile.write(b" ")


def silent(handler: Handler, sent: dict[str, Any], before: int) -> None:
    """Say nothing until the test is over."""
    handler.server.over.wait(5)
