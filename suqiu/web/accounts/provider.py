"""Signing in with an OpenID Connect provider 统一身份认证: authorization code, PKCE, state, nonce, signed token.

The provider says who somebody is, by the job number in a claim. What they may do is ours to say, and who has no
account here is refused. OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3.7; RFC 7636 for PKCE.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import requests

from suqiu.config import Settings
from suqiu.domain.errors import InvalidInput, NotPermitted, Unavailable
from suqiu.domain.text import Text
from suqiu.web.accounts.models import User
from suqiu.web.site import site

#: Signatures by a key of the provider; none made with the shared secret, and no unsigned token.
_ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
_SECONDS = 10
#: Clocks of two machines differ by so much, in seconds.
_LEEWAY = 60
_LARGEST = 1_000_000
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in on its way 认证请求; the browser's session keeps it until the provider sends the browser back.

    Attributes:
        state: comes back with the browser, so that nobody else's answer is taken.
        nonce: comes back in the signed token, so that no older token is taken.
        verifier: shows that who fetches the token began.
        callback: where the browser comes back.
    """

    state: str
    nonce: str
    verifier: str
    callback: str


def is_offered() -> bool:
    """Say whether this installation has a provider."""
    chosen = site().settings
    return bool(chosen.oidc_issuer and chosen.oidc_client)


def begin(callback: str) -> tuple[str, Begun]:
    """Return where the browser is to go, and what must be kept until it returns.

    Raises:
        Unavailable: the provider does not answer.
    """
    chosen = site().settings
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    begun = Begun(state, nonce, verifier, callback)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(begun.verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": str(chosen.oidc_client),
        "redirect_uri": callback,
        "scope": "openid profile",
        "state": begun.state,
        "nonce": begun.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    address = str(_described(chosen)["authorization_endpoint"])
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}", begun


def finish(begun: Begun, state: str, code: str) -> User:
    """Return the account of who comes back from the provider.

    Raises:
        InvalidInput: the answer does not belong to what was begun, or its token is not to be trusted.
        NotPermitted: nobody with an account here.
        Unavailable: the provider does not answer.
    """
    if not state or not secrets.compare_digest(begun.state.encode(), state.encode()) or not code:
        raise _untrusted("state")
    chosen = site().settings
    described = _described(chosen)
    answer = _asked(
        "POST",
        str(described["token_endpoint"]),
        auth=(str(chosen.oidc_client), chosen.oidc_secret or ""),
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": begun.callback,
            "code_verifier": begun.verifier,
        },
    )
    claims = _claims(chosen, described, answer, begun)
    number = str(claims.get(chosen.oidc_claim) or "")
    user = User.objects.filter(number=number, is_active=True).first() if number else None
    if user is None:
        raise NotPermitted(
            "provider.unknown",
            Text("您在本系统没有账户", "you have no account here"),
            Text("请联系系统管理员开通", "ask the system administrator for one"),
        )
    return user


def _claims(chosen: Settings, described: dict[str, Any], answer: dict[str, Any], begun: Begun) -> dict[str, Any]:
    """Return what the token says, once its signature, issuer, audience, time and nonce are right."""
    token = str(answer.get("id_token") or "")
    try:
        head = jwt.get_unverified_header(token)
        keys = jwt.PyJWKSet.from_dict(_asked("GET", str(described["jwks_uri"]))).keys
        fitting = [key for key in keys if not head.get("kid") or key.key_id == head["kid"]]
        if not fitting:
            raise _untrusted("key")
        claims: dict[str, Any] = jwt.decode(
            token, fitting[0].key, algorithms=list(_ALGORITHMS), audience=str(chosen.oidc_client),
            issuer=str(described["issuer"]), leeway=_LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
        )  # fmt: skip
    except jwt.PyJWTError as error:
        raise _untrusted(type(error).__name__) from error
    if not secrets.compare_digest(str(claims["nonce"]).encode(), begun.nonce.encode()):
        raise _untrusted("nonce")
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != chosen.oidc_client:
        raise _untrusted("azp")
    return claims


def _described(chosen: Settings) -> dict[str, Any]:
    """Return what the provider says of itself; it must be who it was taken for."""
    issuer = str(chosen.oidc_issuer).rstrip("/")
    said = _asked("GET", f"{issuer}/.well-known/openid-configuration")
    if str(said.get("issuer", "")).rstrip("/") != issuer:
        raise _untrusted("issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not _is_safe(str(said.get(name, ""))):
            raise _untrusted(name)
    return said


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _asked(method: str, address: str, **more: Any) -> dict[str, Any]:
    """Ask the provider; what comes back is a JSON object of a decent size."""
    if not _is_safe(address):
        raise _untrusted("address")
    try:
        with requests.request(method, address, timeout=_SECONDS, allow_redirects=False, stream=True, **more) as answer:
            answer.raise_for_status()
            content = answer.raw.read(_LARGEST + 1, decode_content=True)
        said = json.loads(content) if len(content) <= _LARGEST else None
    except (requests.RequestException, ValueError, OSError) as error:
        raise Unavailable(
            "provider.silent",
            Text("统一身份认证服务没有正常应答", "the identity provider does not answer as it should"),
            Text("请稍后重试，或使用本系统口令登录", "try again later, or sign in with a password"),
        ) from error
    if not isinstance(said, dict):
        raise _untrusted("answer")
    return said


def _untrusted(what: str) -> InvalidInput:
    return InvalidInput(
        "provider.untrusted",
        Text(
            "统一身份认证的应答未通过校验（{what}）", "the identity provider's answer cannot be trusted ({what})"
        ).fill(what=what),
        Text(
            "请从登录页重新开始；多次出现时请联系系统管理员", "begin again; if it happens again, tell the administrator"
        ),
    )
