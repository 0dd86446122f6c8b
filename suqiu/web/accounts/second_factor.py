"""The code of the moment beside the password 动态口令: RFC 6238, thirty seconds, six digits, with recovery codes.

The secret lies sealed in the database; codes are taken once, also by two requests at a time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from urllib.parse import quote

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from django.db import transaction
from django.http import HttpRequest

from suqiu.domain.errors import Defect, InvalidInput, NotPermitted
from suqiu.domain.text import Text
from suqiu.web.accounts import sessions
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.models import SecondFactor, SignIn, User
from suqiu.web.accounts.roles import ADMINISTRATORS
from suqiu.web.audit import chain
from suqiu.web.site import site

_PERIOD = 30  # seconds; what every authenticator app assumes
_DIGITS = 6
#: Codes of the period before and after are taken as well: telephones' clocks differ.
_WINDOW = (0, -1, 1)
RECOVERY_CODES = 10
_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


def is_on(user: User) -> bool:
    """Say whether somebody proves with a code."""
    return SecondFactor.objects.filter(user=user).exists()


def is_required(user: User) -> bool:
    """Say whether somebody must: the three administrators, where the installation is no demo."""
    return not user.role_set.isdisjoint(ADMINISTRATORS) and not site().about.demo


def new_secret() -> str:
    """Return a secret for an authenticator app, 160 bits, in base 32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def address(user: User, secret: str) -> str:
    """Return what the square code for an authenticator app holds."""
    issuer = quote(f"{site().city.name}12345")
    return f"otpauth://totp/{issuer}:{quote(user.username)}?secret={secret}&issuer={issuer}"


def turn_on(actor: Actor, user: User, secret: str, code: str, *, here: SignIn | None) -> list[str]:
    """Begin to ask somebody for codes, once they have shown one; return their recovery codes.

    Raises:
        InvalidInput: the code is not one of the secret.
    """
    counter = _counter_of(secret, code, after=0)
    if counter is None:
        raise InvalidInput(
            "second_factor.wrong",
            Text("动态口令不正确", "the code is wrong"),
            Text("请核对手机时间后输入新的6位数字", "check the phone's clock and type the next six digits"),
        )
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        SecondFactor.objects.update_or_create(
            user=user,
            defaults={
                "sealed": _seal(user, secret),
                "counter": counter,
                "recovery": [_mark(user, one) for one in codes],
                "since": site().now(),
            },
        )
        sessions.end_all(user, but=here)
        chain.record(actor, "user.totp_on", f"user:{user.number}")
    return codes


def turn_off(actor: Actor, user: User) -> None:
    """Stop asking somebody for codes.

    Raises:
        NotPermitted: an administrator must have it.
    """
    if actor.user == user and is_required(user):
        raise NotPermitted(
            "second_factor.required",
            Text("管理员必须使用动态口令", "an administrator must prove with a code"),
            Text("更换手机时请直接重新绑定", "bind the new phone instead"),
        )
    with transaction.atomic():
        SecondFactor.objects.filter(user=user).delete()
        chain.record(actor, "user.totp_off", f"user:{user.number}")


def renew_recovery(actor: Actor, user: User) -> list[str]:
    """Return new recovery codes; the old ones are worth nothing from now on."""
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        SecondFactor.objects.filter(user=user).update(recovery=[_mark(user, one) for one in codes])
        chain.record(actor, "user.recovery_codes", f"user:{user.number}")
    return codes


def is_right(user: User, said: str) -> bool:
    """Say whether this is somebody's code of the moment or an unused recovery code, and use it up."""
    typed = "".join(said.split()).replace("-", "").upper()
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user).first()
        if factor is None:
            return False
        counter = _counter_of(_unseal(user, bytes(factor.sealed)), typed, after=factor.counter)
        if counter is not None:
            return bool(SecondFactor.objects.filter(pk=factor.pk, counter__lt=counter).update(counter=counter))
        mark = _mark(user, typed)
        if not any(hmac.compare_digest(mark, one) for one in factor.recovery):
            return False
        factor.recovery = [one for one in factor.recovery if one != mark]
        factor.save(update_fields=["recovery"])
        return True


class CodeBackend:
    """Takes the code after the password, so that wrong codes are counted like wrong passwords."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, code: str | None = None
    ) -> User | None:
        """Return the account when the code is right."""
        if not username or not code:
            return None
        user = User.objects.filter(username=username, is_active=True).first()
        return user if user is not None and is_right(user, code) else None

    def get_user(self, user_id: int) -> User | None:
        """Nobody is signed in by a code alone."""
        return None


def _counter_of(secret: str, code: str, *, after: int) -> int | None:
    """Return the period whose code this is, later than one already used; None when it is none."""
    if len(code) != _DIGITS or not code.isascii() or not code.isdecimal():
        return None
    # The authenticator lives in real time, also where a demo lives in the days of its data.
    real = site().now() - timedelta(seconds=site().about.ahead_seconds)
    now = int(real.timestamp()) // _PERIOD
    maker = HOTP(base64.b32decode(secret), _DIGITS, SHA1())  # noqa: S303 — what authenticator apps compute
    for shift in _WINDOW:
        if now + shift > after and hmac.compare_digest(maker.generate(now + shift), code.encode()):
            return now + shift
    return None


def _recovery_code() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def _mark(user: User, code: str) -> str:
    said = f"{user.pk}:{code.replace('-', '')}".encode()
    return hmac.new(site().key("second-factor"), said, hashlib.sha256).hexdigest()


def _seal(user: User, secret: str) -> bytes:
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(site().key("second-factor")).encrypt(nonce, secret.encode(), str(user.pk).encode())


def _unseal(user: User, sealed: bytes) -> str:
    try:
        return AESGCM(site().key("second-factor")).decrypt(sealed[:12], sealed[12:], str(user.pk).encode()).decode()
    except InvalidTag as error:
        raise Defect(
            "second_factor.damaged",
            Text("动态口令密钥无法读取", "the secret of the second factor cannot be read"),
            Text("请联系安全管理员重置", "ask the security administrator to reset it"),
        ) from error
