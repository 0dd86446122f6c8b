"""Passwords and codes of the moment."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.test import Client

from suqiu.domain.errors import Defect, InvalidInput
from suqiu.web.accounts import passwords, second_factor
from suqiu.web.accounts.models import SecondFactor, SignIn, User
from suqiu.web.audit.models import Entry
from suqiu.web.site import site
from tests.web import made
from tests.web.made import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN, CODE, ACCOUNT, BIND = "/accounts/login/", "/accounts/code/", "/accounts/", "/accounts/second-factor/"
GOOD = "Yuhua-Lu-2026"


@pytest.mark.parametrize(
    "password",
    [
        "short-1A",
        "elevenchars",  # eleven of one kind
        "Password123",  # common, though long enough
        "password1234",
        "wangxiaofang1",  # the user name
        "王小芳王小芳王小芳王小芳",  # the name, over and over
        "x" * 129,
    ],
)
def test_a_weak_password_is_refused(password: str) -> None:
    one = User(username="wangxiaofang", full_name="王小芳王小芳王小芳", number="12345678")
    assert passwords.faults(one, password)


@pytest.mark.parametrize("password", [GOOD, "correct horse battery", "十二个字的口令不必再加数字吧"])
def test_a_strong_password_is_taken(password: str) -> None:
    assert passwords.faults(User(username="wangxiaofang", full_name="王小芳", number="2001"), password) == []


def test_a_password_for_one_use_is_strong() -> None:
    one = User(username="wangxiaofang", full_name="王小芳", number="2001")
    assert passwords.faults(one, passwords.one_time()) == []


def test_none_of_the_last_five_passwords_is_taken_again(agent: User) -> None:
    actor = made.actor(agent)
    old = PASSWORD
    for n in range(5):
        new = f"{GOOD}-{n}"
        passwords.change(actor, agent, old, new, new, here=None)
        old = new
    assert passwords.faults(agent, f"{GOOD}-0")
    assert passwords.faults(agent, f"{GOOD}-4")
    assert not passwords.faults(agent, PASSWORD), "the sixth from the end"


def test_a_changed_password_signs_out_everywhere_else(client: Client, agent: User) -> None:
    other = Client()
    for one in (client, other):
        assert one.post(LOGIN, {"username": agent.username, "password": PASSWORD}).status_code == 302
    before = client.cookies["sessionid"].value
    assert client.post("/accounts/password/", {"old": "x", "new": GOOD, "again": GOOD}).status_code == 422
    assert client.post("/accounts/password/", {"old": PASSWORD, "new": GOOD, "again": "y"}).status_code == 422
    assert client.post("/accounts/password/", {"old": PASSWORD, "new": GOOD, "again": GOOD}).status_code == 302
    assert client.get(ACCOUNT).status_code == 200
    assert client.cookies["sessionid"].value != before
    assert other.get(ACCOUNT).status_code == 302
    assert Entry.objects.filter(deed="user.password").count() == 1


def test_a_password_older_than_ninety_days_is_changed_first(client: Client, agent: User) -> None:
    agent.password_set_at = site().now() - timedelta(days=91)
    agent.save()
    client.post(LOGIN, {"username": agent.username, "password": PASSWORD})
    assert client.get("/orders/")["Location"].startswith("/accounts/password/")
    part = client.get("/orders/", headers={"HX-Request": "true"})
    assert part["HX-Redirect"].startswith("/accounts/password/")


def test_a_session_dies_with_its_password_whoever_set_it(client: Client, agent: User) -> None:
    client.force_login(agent)
    agent.set_password(GOOD)
    agent.save()
    assert client.get(ACCOUNT).status_code == 302


class Phone:
    """An authenticator app, by another implementation of RFC 6238 than the one under test uses for time."""

    def __init__(self, secret: str) -> None:
        self._totp = TOTP(base64.b32decode(secret), 6, SHA1(), 30)  # noqa: S303 — as apps do

    def shows(self, periods: int = 0) -> str:
        return self._totp.generate(int(time.time()) + 30 * periods).decode()


def bound(client: Client, one: User) -> tuple[Phone, list[str]]:
    """Bind a phone on the page, as a person does."""
    client.force_login(one)
    page = client.get(BIND).content.decode()
    found = re.search(r'user-select-all">([A-Z2-7 ]+)<', page)
    assert found
    phone = Phone(found[1].replace(" ", ""))
    # The code of the period before is spent on binding, so that the present one is free for signing in.
    answer = client.post(BIND, {"code": phone.shows(-1)})
    assert answer.status_code == 200
    codes = re.findall(r">([A-Z0-9]{5}-[A-Z0-9]{5})<", answer.content.decode())
    assert len(codes) == second_factor.RECOVERY_CODES
    return phone, codes


def at_the_code(one: User) -> Client:
    client = Client()
    answer = client.post(LOGIN, {"username": one.username, "password": PASSWORD, "next": ACCOUNT})
    assert answer["Location"] == f"{CODE}?next=%2Faccounts%2F"
    return client


def test_who_bound_a_phone_signs_in_with_password_and_code(client: Client, agent: User) -> None:
    phone, _ = bound(client, agent)
    second = at_the_code(agent)
    assert second.get(ACCOUNT).status_code == 302, "the password alone opens nothing"
    assert second.post(CODE, {"code": "000000"}).status_code == 422
    assert second.post(CODE, {"code": phone.shows(), "next": ACCOUNT})["Location"] == ACCOUNT
    assert second.get(ACCOUNT).status_code == 200


def test_a_code_is_taken_once(client: Client, agent: User) -> None:
    phone, codes = bound(client, agent)
    code = phone.shows()
    assert at_the_code(agent).post(CODE, {"code": code}).status_code == 302
    assert at_the_code(agent).post(CODE, {"code": code}).status_code == 422
    assert at_the_code(agent).post(CODE, {"code": phone.shows(-1)}).status_code == 422, "nor an earlier one"
    assert at_the_code(agent).post(CODE, {"code": codes[0].lower()}).status_code == 302
    assert at_the_code(agent).post(CODE, {"code": codes[0]}).status_code == 422
    assert at_the_code(agent).post(CODE, {"code": codes[1].replace("-", " ")}).status_code == 302


def test_wrong_codes_lock_like_wrong_passwords(client: Client, agent: User) -> None:
    phone, _ = bound(client, agent)
    second = at_the_code(agent)
    for _ in range(4):
        assert second.post(CODE, {"code": "1234"}).status_code == 422
    assert second.post(CODE, {"code": "1234"}).status_code == 429
    assert second.post(CODE, {"code": phone.shows()}).status_code == 302
    assert second.get(ACCOUNT).status_code == 302, "back to the entrance"
    assert Client().post(LOGIN, {"username": agent.username, "password": PASSWORD}).status_code == 429


def test_a_code_comes_within_five_minutes(client: Client, agent: User) -> None:
    phone, _ = bound(client, agent)
    second = at_the_code(agent)
    kept = site().about
    try:
        site().save(replace(kept, ahead_seconds=kept.ahead_seconds + 301))
        assert second.post(CODE, {"code": phone.shows()})["Location"].startswith(LOGIN)
    finally:
        site().save(kept)


def test_secret_and_recovery_codes_lie_sealed(client: Client, agent: User) -> None:
    _, codes = bound(client, agent)
    kept = SecondFactor.objects.get(user=agent)
    assert codes[0] not in str(kept.recovery)
    assert codes[0].replace("-", "") not in str(kept.recovery)
    other = made.user("agent")
    SecondFactor.objects.create(user=other, sealed=bytes(kept.sealed), recovery=kept.recovery, since=kept.since)
    with pytest.raises(Defect):  # a secret that was moved to another account opens nothing there
        second_factor.is_right(other, codes[0])


def test_turning_off_and_new_codes_ask_for_a_present_code(client: Client, agent: User) -> None:
    phone, codes = bound(client, agent)
    assert client.post("/accounts/second-factor/off/", {"present": "111111"}).status_code == 422
    assert client.post("/accounts/second-factor/recovery/", {"present": ""}).status_code == 422
    assert client.post(BIND, {"code": phone.shows(), "present": "111111"}).status_code == 422
    assert client.post("/accounts/second-factor/recovery/", {"present": codes[0]}).status_code == 200
    assert not second_factor.is_right(agent, codes[1]), "the old ones are worth nothing"
    assert client.post("/accounts/second-factor/off/", {"present": phone.shows()}).status_code == 302
    assert not second_factor.is_on(agent)
    deeds = set(Entry.objects.values_list("deed", flat=True))
    assert {"user.totp_on", "user.totp_off", "user.recovery_codes"} <= deeds


def test_binding_signs_out_everywhere_else(client: Client, agent: User) -> None:
    other = Client()
    other.force_login(agent)
    bound(client, agent)
    assert other.get(ACCOUNT).status_code == 302
    assert client.get(ACCOUNT).status_code == 200


def test_a_wrong_first_code_binds_nothing(agent: User) -> None:
    with pytest.raises(InvalidInput):
        second_factor.turn_on(made.actor(agent), agent, second_factor.new_secret(), "000000", here=None)
    assert not second_factor.is_on(agent)


@pytest.fixture
def in_earnest() -> Iterator[None]:
    kept = site().about
    site().save(replace(kept, demo=False))
    yield
    site().save(kept)


def test_an_administrator_keeps_the_second_factor_but_may_change_the_phone(client: Client, in_earnest: None) -> None:
    one = made.user("audit_admin")
    phone, codes = bound(client, one)
    assert client.post("/accounts/second-factor/off/", {"present": codes[0]}).status_code == 403
    page = client.get(BIND).content.decode()
    found = re.search(r'user-select-all">([A-Z2-7 ]+)<', page)
    assert found
    new = Phone(found[1].replace(" ", ""))
    assert client.post(BIND, {"code": new.shows(), "present": phone.shows()}).status_code == 200
    assert SignIn.objects.filter(user=one).count() == 1


def test_the_platform_hashes_passwords_slowly() -> None:
    from suqiu.web import settings

    assert settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
