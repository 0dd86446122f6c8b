"""The table of rights, held against every address and every role."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, resolve

from suqiu.web.accounts.guard import ANYBODY, SIGNED_IN, TOKEN
from suqiu.web.accounts.models import User
from suqiu.web.accounts.rights_table import RIGHT_NAMES, right_names
from suqiu.web.accounts.roles import RIGHTS, UNIT_BOUND, Right, Role
from tests.web import made
from tests.web.rights import addresses
from tests.web.rights.addresses import Address

EVERY = addresses.every()
KNOWN = {ANYBODY, SIGNED_IN, TOKEN} | set(right_names())


def test_every_address_has_a_guard() -> None:
    assert [address.route for address in EVERY if not address.asks] == []


def test_every_guard_asks_for_something_that_exists() -> None:
    assert [address.route for address in EVERY if not set(address.asks or ()) <= KNOWN] == []


def test_every_gap_of_an_address_has_a_sample() -> None:
    assert {address.route: address.lacking() for address in EVERY if address.lacking()} == {}


def test_every_sample_leads_to_its_address() -> None:
    strays = []
    for address in EVERY:
        try:
            resolve(address.path())
        except Resolver404:
            strays.append(address.route)
    assert strays == []


def test_every_right_has_a_name_and_is_held_by_somebody() -> None:
    assert set(RIGHT_NAMES) == set(Right)
    assert [right for right in Right if not any(right in held for held in RIGHTS.values())] == []


def someone(role: Role) -> User:
    return made.user(role, departments=("D01",) if role in UNIT_BOUND else ())


def answer_of(one: User | None, address: Address) -> HttpResponseBase:
    """Ask for an address as somebody, in whatever way it takes; nothing that it does stays."""
    with transaction.atomic():
        client = Client(raise_request_exception=False, headers={"HX-Request": "true"})
        if one is not None:
            client.force_login(one)
        answer: HttpResponseBase = client.get(address.path())
        if answer.status_code == 405:
            answer = client.post(address.path())
        transaction.set_rollback(True)
    return answer


def is_refused(answer: HttpResponseBase) -> bool:
    """Say whether the guard refused: to the entrance, or for lack of a right."""
    to_entrance = answer.headers.get("HX-Redirect", "").startswith("/accounts/login/")
    lacks = answer.status_code == 403 and b"rights.missing" in getattr(answer, "content", b"")
    return to_entrance or lacks


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_the_table_says_and_nothing_else(role: Role) -> None:
    one = someone(role)
    wrong = {}
    for address in EVERY:
        asks = set(address.asks or ())
        if not asks or address.lacking() or TOKEN in asks or "logout" in address.route:
            continue
        allowed = bool(asks & {ANYBODY, SIGNED_IN}) or bool(asks & RIGHTS[role])
        if is_refused(answer_of(one, address)) is allowed:
            wrong[address.route] = "refused" if allowed else "allowed"
    assert wrong == {}


@pytest.mark.django_db
def test_nobody_opens_what_is_not_for_anybody() -> None:
    opened = [
        address.route
        for address in EVERY
        if ANYBODY not in (address.asks or (ANYBODY,)) and TOKEN not in (address.asks or ())
        and not address.lacking() and not is_refused(answer_of(None, address))
    ]  # fmt: skip
    assert opened == []


@pytest.mark.django_db
def test_being_signed_in_opens_nothing_that_asks_for_a_token() -> None:
    one = someone(Role.DISPATCHER)
    for address in EVERY:
        if TOKEN in (address.asks or ()) and not address.lacking():
            assert answer_of(one, address).status_code == answer_of(None, address).status_code, address.route


@pytest.mark.django_db
def test_an_account_without_roles_opens_only_its_own_pages() -> None:
    one = made.user()
    opened = {
        address.route for address in EVERY
        if not {ANYBODY, TOKEN} & set(address.asks or (ANYBODY,)) and not address.lacking()
        and not is_refused(answer_of(one, address))
    }  # fmt: skip
    assert opened == {address.route for address in EVERY if SIGNED_IN in (address.asks or ())}
