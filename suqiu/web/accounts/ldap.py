"""What is asked of a directory (LDAP, RFC 4511): does it know somebody by this password."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import ldap3
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import escape_rdn

from suqiu.config import Settings
from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text

_LOG = logging.getLogger("suqiu.web.accounts")
_SECONDS = 5
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def knows(chosen: Settings, username: str, password: str) -> bool:
    """Say whether the directory knows somebody by this password; a directory that does not answer knows nobody.

    Raises:
        InvalidInput: the directory's address would send passwords in the clear.
    """
    if not password:  # a directory takes a bind without one for an anonymous one, and says yes
        return False
    where = server(str(chosen.ldap_url))
    try:
        name = name_of(chosen.ldap_bind, username) if chosen.ldap_bind else _found(chosen, where, username)
        if not name:
            return False
        with _connection(where, name, password) as asked:
            return bool(asked.bind())
    except (LDAPException, OSError) as error:
        _LOG.warning("the directory does not answer: %s", type(error).__name__)
        return False


def server(address: str) -> ldap3.Server:
    """Return the directory at an address.

    Raises:
        InvalidInput: the address is no `ldaps://`, and passwords would travel in the clear.
    """
    parts = urlsplit(address)
    if parts.scheme == "ldaps":
        tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, version=ssl.PROTOCOL_TLS_CLIENT)
        return ldap3.Server(address, use_ssl=True, tls=tls, get_info=ldap3.NONE, connect_timeout=_SECONDS)
    if parts.scheme == "ldap" and parts.hostname in _LOOPBACK:
        return ldap3.Server(address, get_info=ldap3.NONE, connect_timeout=_SECONDS)
    raise InvalidInput(
        "directory.in_clear",
        Text("SUQIU_LDAP_URL须为ldaps://地址", "SUQIU_LDAP_URL must be an ldaps:// address"),
        Text(
            "ldap://仅可用于本机，否则口令会以明文传输",
            "with ldap:// passwords travel in the clear: only on this machine",
        ),
    )


def name_of(pattern: str, username: str) -> str:
    """Return somebody's name in the directory; nothing in the user name can change its structure."""
    return pattern.replace("{username}", escape_rdn(username))


def filter_of(pattern: str, username: str) -> str:
    """Return the filter that finds somebody; nothing in the user name can widen it."""
    return pattern.replace("{username}", escape_filter_chars(username))


def _found(chosen: Settings, where: ldap3.Server, username: str) -> str:
    """Search for somebody; return the name when exactly one is found, else nothing."""
    with _connection(where, chosen.ldap_reader or None, chosen.ldap_password) as reader:
        if not reader.bind():
            _LOG.warning("the directory refuses the reader's account")
            return ""
        reader.search(chosen.ldap_base, filter_of(chosen.ldap_filter, username), attributes=[], size_limit=2)
        found = [one["dn"] for one in reader.response or () if one.get("type") == "searchResEntry"]
    return str(found[0]) if len(found) == 1 else ""


@contextmanager
def _connection(where: ldap3.Server, name: str | None, password: str | None) -> Iterator[ldap3.Connection]:
    """Hold a connection, and leave nothing open: ldap3 itself keeps the socket of a connection that was refused."""
    made = ldap3.Connection(
        where,
        name,
        password,
        client_strategy=ldap3.SYNC,
        read_only=True,
        receive_timeout=_SECONDS,
        auto_referrals=False,
    )
    try:
        yield made
        made.unbind()
    finally:
        if made.socket is not None:
            made.socket.close()
