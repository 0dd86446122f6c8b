"""Where a language model listens, and one strictly bounded request to it.

The standard library does: one POST with a body of JSON needs no client library, `http.client` follows no redirect and
reads no proxy from the environment, and a socket that we hold can be shut at the deadline whatever the other side does.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import Literal, Protocol
from urllib.parse import SplitResult, urlsplit

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.models.limits import Limits

AnswerFormat = Literal["schema", "object", "plain"]


class ModelSettings(Protocol):
    """The settings that this package needs; `suqiu.config.Settings` has them."""

    @property
    def llm_base(self) -> str | None:
        """Address, None for none."""

    @property
    def llm_model(self) -> str | None:
        """The model's name."""

    @property
    def llm_key(self) -> str | None:
        """Key, None for none."""

    @property
    def llm_format(self) -> AnswerFormat:
        """How the form of an answer is asked for."""

    @property
    def llm_seconds(self) -> int:
        """For one question."""

    @property
    def llm_workers(self) -> int:
        """Questions under way at a time."""

    @property
    def llm_calls(self) -> int:
        """Calls of one run."""

    @property
    def llm_tokens(self) -> int:
        """Tokens of one run."""

    @property
    def llm_run_seconds(self) -> int:
        """Seconds of one run."""

    @property
    def llm_cache(self) -> Path | None:
        """Folder of answers, None for none."""


@dataclass(frozen=True, slots=True)
class Connection:
    """An OpenAI-compatible endpoint and what a run may spend on it 模型服务连接.

    Attributes:
        base: its address up to the version, as in `http://127.0.0.1:8080/v1`.
        model: the model's name as the server knows it.
        key: sent as a bearer token; empty for none. Never printed.
        answer_format: how the form of an answer is asked for: `schema` (JSON schema, kept to by the server), `object`
            (any JSON object) or `plain` (by words alone). What comes back is validated all the same.
        seconds: for one question, all its tries together.
        workers: questions under way at a time.
        calls, tokens, run_seconds: what one run may spend; seconds are those of all workers together.
        cache: folder of validated answers, None for none.
    """

    base: str
    model: str
    key: str = field(default="", repr=False)
    answer_format: AnswerFormat = "schema"
    seconds: float = 60
    workers: int = 2
    calls: int = 2000
    tokens: int = 2_000_000
    run_seconds: float = 3600
    cache: Path | None = None

    def __post_init__(self) -> None:
        """Refuse an address that could not be called or that carries a password, and a key that no header can hold.

        Raises:
            InvalidInput: the address is not plain http or https, or the key is not plain letters.
        """
        try:
            parts = urlsplit(self.base)
            fits = parts.scheme in {"http", "https"} and parts.hostname and not parts.query and not parts.fragment
            _ = parts.port
        except ValueError:
            raise _bad_address() from None
        if not fits or parts.username is not None or not self.base.isascii() or any(map(str.isspace, self.base)):
            raise _bad_address()
        if not (self.key.isascii() and self.key.isprintable()):
            raise InvalidInput(
                "models.bad_key",
                Text(
                    "模型服务密钥含有不可用的字符", "the key of the language model has characters that cannot be sent"
                ),
                Text("请核对SUQIU_LLM_KEY", "check SUQIU_LLM_KEY"),
            )


def connection(settings: ModelSettings) -> Connection | None:
    """Return the connection that the settings describe, None when they name no endpoint.

    Raises:
        InvalidInput: the address cannot be called.
    """
    if not settings.llm_base:
        return None
    return Connection(
        base=settings.llm_base,
        model=settings.llm_model or "default",
        key=settings.llm_key or "",
        answer_format=settings.llm_format,
        seconds=settings.llm_seconds,
        workers=settings.llm_workers,
        calls=settings.llm_calls,
        tokens=settings.llm_tokens,
        run_seconds=settings.llm_run_seconds,
        cache=settings.llm_cache,
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server sent back.

    Attributes:
        status: HTTP status.
        body: at most `Limits.body_bytes` bytes.
        retry_after: seconds the server asks to wait, None when it does not say.
    """

    status: int
    body: bytes
    retry_after: float | None


class Late(Exception):
    """The deadline passed before the answer was there."""


class Unreachable(Exception):
    """No usable HTTP answer came."""


def post(to: Connection, body: bytes, deadline: float, limits: Limits) -> Reply:
    """Send one request and read its answer, all before the deadline.

    Only the name look-up is not ours to bound: the system's resolver has its own time-outs; an address in numbers has
    none to wait for.

    Args:
        to: the endpoint.
        body: JSON.
        deadline: on the clock of `time.monotonic`.
        limits: see `Limits`.

    Raises:
        Late: the deadline passed, however busily the server was sending.
        Unreachable: no connection, no HTTP, or more than `body_bytes`.
    """
    parts = urlsplit(to.base)
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Connection": "close"}
    if to.key:
        headers["Authorization"] = f"Bearer {to.key}"
    try:
        with _bounded(parts, deadline, limits) as link:
            link.request("POST", parts.path.rstrip("/") + "/chat/completions", body, headers)
            answer = link.getresponse()
            read = answer.read(limits.body_bytes + 1)
    except TimeoutError as error:
        raise Late from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise (Late if monotonic() >= deadline else Unreachable) from error
    if monotonic() >= deadline and not _is_whole(answer, read):
        raise Late
    if len(read) > limits.body_bytes:
        raise Unreachable
    return Reply(answer.status, read, _seconds(answer.getheader("Retry-After")))


@contextmanager
def _bounded(parts: SplitResult, deadline: float, limits: Limits) -> Iterator[http.client.HTTPConnection]:
    """Connect, and shut the socket at the deadline even while the other side keeps sending."""
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    host, secure = parts.hostname or "", parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    link = kind(host, parts.port)
    plug = socket.create_connection((host, link.port), timeout=min(left, limits.connect_seconds))
    plug.settimeout(max(deadline - monotonic(), 0.001))
    if secure:
        plug = ssl.create_default_context().wrap_socket(plug, server_hostname=host, do_handshake_on_connect=False)
    # Past TLS's own shutdown, which would wait for the other side.
    watch = Timer(max(deadline - monotonic(), 0), _shut, [plug])
    watch.daemon = True
    watch.start()
    try:
        if isinstance(plug, ssl.SSLSocket):
            plug.do_handshake()
        link.sock = plug
        yield link
    finally:
        watch.cancel()
        link.close()
        plug.close()


def _shut(plug: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(plug, socket.SHUT_RDWR)


def _is_whole(answer: http.client.HTTPResponse, read: bytes) -> bool:
    stated = answer.getheader("Content-Length")
    return stated is not None and stated.isdecimal() and int(stated) == len(read)


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.strip().isdecimal() else None


def _bad_address() -> InvalidInput:
    # The address is not repeated: it may carry a password.
    return InvalidInput(
        "models.bad_address",
        Text("模型服务地址无效", "the address of the language model cannot be used"),
        Text(
            "应形如 http://127.0.0.1:8080/v1，不含用户名、密码和参数；密钥请用SUQIU_LLM_KEY",
            "write it as in http://127.0.0.1:8080/v1, without user, password or parameters; "
            "a key belongs in SUQIU_LLM_KEY",
        ),
    )
