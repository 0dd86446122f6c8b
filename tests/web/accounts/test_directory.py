"""Signing in with a directory: a small real one, on this machine."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from ldap3.protocol import rfc4511 as words
from pyasn1.codec.ber import decoder, encoder
from pyasn1.error import SubstrateUnderrunError

from suqiu.domain.errors import InvalidInput
from suqiu.web.accounts import ldap
from tests.web import made
from tests.web.accounts.conftest import Configure

READER = {"ldap_reader": "cn=reader,dc=linjiang,dc=cn", "ldap_password": "reads"}
pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
LOGIN = "/accounts/login/"
BASE = "ou=people,dc=linjiang,dc=cn"
PEOPLE = {
    f"uid=wangfang,{BASE}": "Yuhua-Lu-2026",
    f"uid=lisi,{BASE}": "Anmin-Lu-2026",
    "cn=reader,dc=linjiang,dc=cn": "reads",
}


class _Asked(socketserver.BaseRequestHandler):
    """One connection: binds with name and password, equality searches for a uid; what else is asked finds everybody."""

    def handle(self) -> None:
        buffer = b""
        while True:
            try:
                message, buffer = decoder.decode(buffer, asn1Spec=words.LDAPMessage())
            except SubstrateUnderrunError:
                more = self.request.recv(4096)
                if not more:
                    return
                buffer += more
                continue
            kind = message["protocolOp"].getName()
            if kind == "unbindRequest":
                return
            for name, answer in self._answers(kind, message["protocolOp"][kind]):
                said = words.LDAPMessage()
                said["messageID"] = message["messageID"]
                said["protocolOp"][name] = answer
                self.request.sendall(encoder.encode(said))

    def _answers(self, kind: str, asked: Any) -> Iterator[tuple[str, Any]]:
        if kind == "bindRequest":
            name, password = str(asked["name"]), bytes(asked["authentication"]["simple"]).decode()
            right = not password or PEOPLE.get(name) == password  # as real ones do: no password is anonymous, and well
            yield "bindResponse", self._ended(words.BindResponse(), 0 if right else 49)
        if kind == "searchRequest":
            condition = asked["filter"]
            wanted = None
            if condition.getName() == "equalityMatch":
                wanted = bytes(condition["equalityMatch"]["assertionValue"]).decode()
            for name in PEOPLE:
                if name.startswith("uid=") and (wanted is None or name.startswith(f"uid={wanted},")):
                    entry = words.SearchResultEntry()
                    entry["object"] = name
                    entry["attributes"] = words.PartialAttributeList()
                    yield "searchResEntry", entry
            yield "searchResDone", self._ended(words.SearchResultDone(), 0)

    def _ended(self, answer: Any, code: int) -> Any:
        answer["resultCode"] = code
        answer["matchedDN"] = ""
        answer["diagnosticMessage"] = ""
        return answer


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Asked) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"ldap://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(params=["bind", "search"])
def directory(request: pytest.FixtureRequest, configured: Configure, address: str) -> None:
    """A directory asked in each of the two ways."""
    if request.param == "bind":
        configured(ldap_url=address, ldap_bind=f"uid={{username}},{BASE}")
    else:
        configured(ldap_url=address, ldap_base=BASE, **READER)


def enter(username: str, password: str) -> tuple[int, Client]:
    client = Client()
    return client.post(LOGIN, {"username": username, "password": password}).status_code, client


def test_who_has_an_account_enters_with_the_password_of_the_directory(directory: None) -> None:
    one = made.user("agent", username="wangfang")
    one.password_set_at = None
    one.set_unusable_password()
    one.save()
    status, client = enter("wangfang", "Yuhua-Lu-2026")
    assert status == 302
    assert client.get("/accounts/").status_code == 200, "and is not asked to change a password that is not ours"
    assert enter("wangfang", "Anmin-Lu-2026")[0] == 422


def test_the_directory_lets_in_nobody_without_an_account_here(directory: None) -> None:
    assert enter("lisi", "Anmin-Lu-2026")[0] == 422
    made.user("agent", username="lisi", is_active=False)
    assert enter("lisi", "Anmin-Lu-2026")[0] == 422


def test_an_empty_password_enters_nowhere(directory: None) -> None:
    made.user("agent", username="wangfang")
    assert enter("wangfang", "")[0] == 422


@pytest.mark.parametrize(
    "name", ["*", "*)(uid=*", "wangfang)(|(uid=*", "w*", f"lisi,{BASE}+uid=wangfang", "wang\x00fang"]
)
def test_nothing_in_a_name_widens_what_is_asked(directory: None, name: str) -> None:
    for password in PEOPLE.values():
        assert enter(name, password)[0] == 422


def test_names_are_escaped_where_they_stand() -> None:
    assert ldap.filter_of("(uid={username})", "*)(uid=*") == r"(uid=\2a\29\28uid=\2a)"
    assert ldap.name_of(f"uid={{username}},{BASE}", "a,ou=admins") == rf"uid=a\,ou\=admins,{BASE}"


@pytest.mark.parametrize(
    "address", ["ldap://ldap.linjiang.cn", "ldap://10.0.0.5:389", "http://127.0.0.1", "ldap.linjiang.cn"]
)
def test_passwords_never_travel_in_the_clear(address: str) -> None:
    with pytest.raises(InvalidInput):
        ldap.server(address)


def test_a_silent_directory_knows_nobody_and_local_passwords_still_hold(configured: Configure) -> None:
    configured(ldap_url="ldap://127.0.0.1:9", ldap_bind=f"uid={{username}},{BASE}")
    one = made.user("agent", username="wangfang")
    assert enter("wangfang", "Yuhua-Lu-2026")[0] == 422
    assert enter(one.username, made.PASSWORD)[0] == 302


def test_a_search_whose_reader_is_refused_finds_nobody(configured: Configure, address: str) -> None:
    configured(ldap_url=address, ldap_base=BASE, **{**READER, "ldap_password": "wrong"})
    made.user("agent", username="wangfang")
    assert enter("wangfang", "Yuhua-Lu-2026")[0] == 422
