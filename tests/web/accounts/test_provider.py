"""Signing in with an identity provider: a small real one, on this machine."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from suqiu.web.audit.models import Entry
from tests.web import made
from tests.web.accounts.conftest import Configure
from tests.web.accounts.test_credentials import bound

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
OUTSIDE, RETURNED, ACCOUNT = "/accounts/outside/", "/accounts/outside/returned/", "/accounts/"
SECRET = {"oidc_secret": "s3cret"}
KEY = rsa.generate_private_key(65537, 2048)
OTHER_KEY = rsa.generate_private_key(65537, 2048)
Change = Callable[[dict[str, Any]], None]


class Provider:
    """An OpenID Connect provider with one person; a test may change what it says.

    Attributes:
        issuer: its address.
        number: the job number of who is signed in there.
        claims: changes the claims before they are signed.
        key, algorithm: with what the token is signed.
    """

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.number = "7001"
        self.claims: Change = lambda claims: None
        self.key: Any = KEY
        self.algorithm = "RS256"
        self.codes: dict[str, dict[str, str]] = {}

    def authorize(self, address: str) -> str:
        """What a browser would do there: sign in, and come back with a code."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return f"{RETURNED}?code={code}&state={query['state']}"

    def answer(self, path: str, said: dict[str, str], authorization: str) -> dict[str, Any] | None:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        if path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            return {"keys": [{**public, "kid": "k1", "use": "sig", "alg": "RS256"}]}
        if path == "/token":
            asked = self.codes.pop(said["code"], None)
            client = base64.b64decode(authorization.removeprefix("Basic ")).decode()
            challenge = hashlib.sha256(said["code_verifier"].encode()).digest()
            if (
                asked is None
                or client != "suqiu:s3cret"
                or said["redirect_uri"] != asked["redirect_uri"]
                or base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() != asked["code_challenge"]
            ):
                return None
            now = int(time.time())
            claims = {
                "iss": self.issuer, "aud": "suqiu", "sub": "abc", "iat": now, "exp": now + 300,
                "nonce": asked["nonce"], "employee_number": self.number,
            }  # fmt: skip
            self.claims(claims)
            token = jwt.encode(claims, self.key, self.algorithm, headers={"kid": "k1"})
            return {"access_token": "x", "token_type": "Bearer", "id_token": token}
        return None


def _handler(provider: list[Provider]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(provider[0].answer(self.path, {}, ""))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            said = {name: values[0] for name, values in parse_qs(body).items()}
            self._send(provider[0].answer(self.path, said, self.headers.get("Authorization", "")))

        def _send(self, said: dict[str, Any] | None) -> None:
            content = json.dumps(said or {"error": "invalid_grant"}).encode()
            self.send_response(200 if said else 400)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@pytest.fixture
def provider(configured: Configure) -> Iterator[Provider]:
    held: list[Provider] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(held)) as server:
        held.append(Provider(server.server_port))
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        configured(oidc_issuer=held[0].issuer, oidc_client="suqiu", **SECRET)
        yield held[0]
        server.shutdown()


def come_back(client: Client, provider: Provider, **more: str) -> Any:
    """Go to the provider, sign in there, and come back."""
    address = client.get(OUTSIDE, {"next": ACCOUNT})["Location"]
    assert address.startswith(f"{provider.issuer}/authorize?")
    return client.get(provider.authorize(address))


def test_who_has_an_account_enters_by_the_number_in_the_claim(client: Client, provider: Provider) -> None:
    made.user("agent", number="7001")
    answer = come_back(client, provider)
    assert (answer.status_code, answer["Location"]) == (302, ACCOUNT)
    assert client.get(ACCOUNT).status_code == 200
    assert Entry.objects.get(deed="sign_in").detail["way"] == "Outside"


def test_the_sign_in_page_leads_there_only_where_there_is_a_provider(
    client: Client, provider: Provider, configured: Configure
) -> None:
    assert OUTSIDE in client.get("/accounts/login/").content.decode()
    configured(oidc_issuer="")
    assert OUTSIDE not in client.get("/accounts/login/").content.decode()
    assert client.get(OUTSIDE).status_code == 422


def test_the_provider_gives_nobody_an_account_or_a_role(client: Client, provider: Provider) -> None:
    assert come_back(client, provider).status_code == 403
    one = made.user(number="7001")
    provider.claims = lambda claims: claims.update(roles=["system_admin"], groups=["admins"])
    assert come_back(client, provider).status_code == 302
    one.refresh_from_db()
    assert one.roles == []
    made.user("agent", number="7002", is_active=False)
    provider.number = "7002"
    assert come_back(Client(), provider).status_code == 403


def test_who_bound_a_phone_shows_its_code_as_well(client: Client, provider: Provider) -> None:
    one = made.user("agent", number="7001")
    phone, _ = bound(Client(), one)
    assert come_back(client, provider)["Location"].startswith("/accounts/code/")
    assert client.get(ACCOUNT).status_code == 302
    assert client.post("/accounts/code/", {"code": phone.shows(), "next": ACCOUNT})["Location"] == ACCOUNT


def _older(claims: dict[str, Any]) -> None:
    claims["exp"] = claims["iat"] - 300


LIES: dict[str, Change] = {
    "another issuer": lambda claims: claims.update(iss="https://evil.example"),
    "another audience": lambda claims: claims.update(aud="other"),
    "a second audience without us as party": lambda claims: claims.update(aud=["suqiu", "other"]),
    "an older sign-in": lambda claims: claims.update(nonce="older"),
    "no nonce": lambda claims: claims.pop("nonce"),
    "expired": _older,
    "no expiry": lambda claims: claims.pop("exp"),
    "no subject": lambda claims: claims.pop("sub"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_says_something_else_is_refused(client: Client, provider: Provider, lie: str) -> None:
    made.user("agent", number="7001")
    provider.claims = LIES[lie]
    assert come_back(client, provider).status_code == 422
    assert client.get(ACCOUNT).status_code == 302


def test_a_token_signed_by_somebody_else_or_by_nobody_is_refused(client: Client, provider: Provider) -> None:
    made.user("agent", number="7001")
    for key, algorithm in ((OTHER_KEY, "RS256"), ("s3cret" * 8, "HS256"), (None, "none")):
        provider.key, provider.algorithm = key, algorithm
        assert come_back(client, provider).status_code == 422
    assert client.get(ACCOUNT).status_code == 302


def test_a_token_without_the_number_enters_nowhere(client: Client, provider: Provider) -> None:
    made.user("agent", number="7001")
    provider.claims = lambda claims: claims.pop("employee_number")
    assert come_back(client, provider).status_code == 403


def test_an_answer_that_was_not_asked_for_is_not_taken(client: Client, provider: Provider) -> None:
    made.user("agent", number="7001")
    stolen = provider.authorize(Client().get(OUTSIDE)["Location"])
    assert client.get(stolen)["Location"] == "/accounts/login/", "nothing was begun here"
    client.get(OUTSIDE)
    assert client.get(stolen).status_code == 422, "another was begun here"
    back = provider.authorize(client.get(OUTSIDE)["Location"])
    assert client.get(back).status_code == 302
    client.post("/accounts/logout/")
    assert client.get(back).status_code == 302, "not twice"
    assert client.get(ACCOUNT).status_code == 302


def test_a_silent_provider_is_told(client: Client, configured: Configure) -> None:
    configured(oidc_issuer="http://127.0.0.1:9", oidc_client="suqiu", **SECRET)
    assert client.get(OUTSIDE).status_code == 503
    configured(oidc_issuer="http://login.example.cn")
    assert client.get(OUTSIDE).status_code == 422, "in the clear: not even asked"
