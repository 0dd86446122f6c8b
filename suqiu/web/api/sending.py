"""The only requests that leave the platform: to subscribers, and to nowhere that a subscriber must not point at.

The name is resolved once; every address that it has must be public, and the connection goes to one of these very
addresses, so that a name cannot mean another machine a moment later. Redirections are not followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from suqiu.domain.errors import InvalidInput, Unavailable
from suqiu.domain.text import Text
from suqiu.web.site import site

_SECONDS = 5.0
_ALTOGETHER = 10.0
_MOST_BYTES = 65_536
_HOST = re.compile(r"[A-Za-z0-9.:-]{1,253}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one request 推送结果.

    Attributes:
        status: the receiver's answer; None where it gave none.
        problem: code of what went wrong; empty when it was taken (2xx).
    """

    status: int | None
    problem: str = ""


def checked(url: str) -> SplitResult:
    """Return an address taken apart, if it is one that may be written to at all.

    Raises:
        InvalidInput: it is no http or https address, carries a name and password, or means a machine within.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refused() from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password or port == 0:
        raise _refused()
    if not _HOST.fullmatch(parts.hostname) or parts.fragment:
        raise _refused()
    if _is_within(parts.hostname):
        raise _private()
    return parts


def resolved(host: str, port: int) -> str:
    """Return one public address of a host.

    Raises:
        InvalidInput: one of its addresses is private, loopback, link-local, multicast or reserved.
        Unavailable: the name is not known.
    """
    try:
        found = {str(item[4][0]) for item in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise Unavailable(
            "webhook.unknown_host", Text("无法解析推送地址的域名", "the receiver's name is not known"),
            Text("请核对地址", "check the address"),
        ) from error  # fmt: skip
    if not all(allowed(one) for one in found):
        raise _private()
    return sorted(found)[0]


def allowed(address: str) -> bool:
    """Say whether the platform may connect to an address of the network."""
    if site().settings.webhook_private == "on":
        return True
    try:
        one = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = (getattr(one, "ipv4_mapped", None), getattr(one, "sixtofour", None))
    if any(part is not None and not part.is_global for part in inner) or getattr(one, "teredo", None):
        return False
    # 64:ff9b::/96 leads to an IPv4 address by a gateway; is_global calls it public.
    if isinstance(one, ipaddress.IPv6Address) and one in ipaddress.ip_network("64:ff9b::/96"):
        return False
    return one.is_global and not one.is_multicast


def send(url: str, body: bytes, headers: dict[str, str]) -> Outcome:
    """Post a body; whatever happens is an outcome, never an exception."""
    try:
        parts = checked(url)
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        address = resolved(str(parts.hostname), port)
        return _post(parts, address, port, body, headers)
    except (InvalidInput, Unavailable) as error:
        return Outcome(None, error.code)
    except ssl.SSLError:
        return Outcome(None, "webhook.certificate")
    except TimeoutError:
        return Outcome(None, "webhook.too_slow")
    except (OSError, http.client.HTTPException, ValueError):
        return Outcome(None, "webhook.no_answer")


class _To(http.client.HTTPConnection):
    """A connection to one address of the network, under the name that the certificate must bear."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=_SECONDS)
        self._address, self._context = address, context

    def connect(self) -> None:
        """Connect to the address that was checked, whatever the name means by now."""
        plain = socket.create_connection((self._address, self.port), timeout=_SECONDS)
        self.sock = plain if self._context is None else self._context.wrap_socket(plain, server_hostname=self.host)


def _post(parts: SplitResult, address: str, port: int, body: bytes, headers: dict[str, str]) -> Outcome:
    context = ssl.create_default_context() if parts.scheme == "https" else None
    connection = _To(str(parts.hostname), port, address, context)
    # A receiver that sends a byte now and then never runs into the timeout of a single read.
    late = threading.Timer(_ALTOGETHER, _cut, (connection,))
    late.daemon = True
    late.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read(_MOST_BYTES)
        if 200 <= answer.status < 300:
            return Outcome(answer.status)
        return Outcome(answer.status, "webhook.redirected" if 300 <= answer.status < 400 else "webhook.refused")
    finally:
        late.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection) -> None:
    sock = connection.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it is closed already


def _is_within(host: str) -> bool:
    """Say whether a host is written as an address that may not be reached, in any notation."""
    if site().settings.webhook_private == "on":
        return False
    name = host.lower().rstrip(".")
    if name in {"localhost", "ip6-localhost"} or name.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not allowed(str(ipaddress.ip_address(name)))
    except ValueError:
        # 127.1, 0x7f000001, 2130706433: what the C library would take for an address is no public name.
        return bool(re.fullmatch(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*", name))


def _refused() -> InvalidInput:
    return InvalidInput(
        "webhook.address",
        Text("推送地址须为http或https地址，且不含用户名、密码和#", "it must be an http or https address without user"),
        Text("请填写接收方提供的完整地址", "give the receiver's full address"),
    )


def _private() -> InvalidInput:
    return InvalidInput(
        "webhook.private",
        Text("推送地址指向内网或本机，不予推送", "the address means a machine within"),
        Text(
            "如确需推送到内网，请系统管理员设置SUQIU_WEBHOOK_PRIVATE=on",
            "where that is meant, the administrator sets SUQIU_WEBHOOK_PRIVATE=on",
        ),
    )
