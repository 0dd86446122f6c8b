"""The table of rights, held against every address and every role."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import Resolver404, resolve

from suqiu.domain.errors import NotPermitted
from suqiu.web.accounts.guard import ANYBODY, SIGNED_IN, TOKEN
from suqiu.web.accounts.models import User
from suqiu.web.accounts.rights_table import RIGHT_NAMES, right_names
from suqiu.web.accounts.roles import RIGHTS, UNIT_BOUND, Right, Role
from suqiu.web.api import limits
from suqiu.web.api.models import Hits
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
    for address in (one for one in EVERY if not one.lacking()):
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


def is_refused(one: User | AnonymousUser, address: Address) -> bool:
    """Say whether the guard of an address refuses somebody: leads to the entrance, or names the lack of a right.

    The view is called as the platform would call it, only without what stands around every view: whatever comes after
    the guard, a page or a fault for want of arguments, shows that the guard was passed. Nothing that is done stays.
    """
    found = resolve(address.path())
    for ask in (RequestFactory().get, RequestFactory().post):
        request = ask(address.path(), headers={"HX-Request": "true"})
        request.user, request.session, request.resolver_match = one, SessionStore(), found
        request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
        try:
            with transaction.atomic():
                answer = found.func(request, *found.args, **found.kwargs)
                transaction.set_rollback(True)
        except NotPermitted as error:
            return error.code == "rights.missing"
        except Exception:
            return False
        if answer.status_code != 405:
            return bool(answer.headers.get("HX-Redirect", "").startswith("/accounts/login/"))
    return False


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
        if is_refused(one, address) is allowed:
            wrong[address.route] = "refused" if allowed else "allowed"
    assert wrong == {}


@pytest.mark.django_db
def test_nobody_opens_what_is_not_for_anybody() -> None:
    opened = [
        address.route
        for address in EVERY
        if ANYBODY not in (address.asks or (ANYBODY,)) and TOKEN not in (address.asks or ())
        and not address.lacking() and not is_refused(AnonymousUser(), address)
    ]  # fmt: skip
    assert opened == []


@pytest.mark.django_db
def test_being_signed_in_opens_nothing_that_asks_for_a_token() -> None:
    nobody, somebody = (Client(raise_request_exception=False) for _ in range(2))
    somebody.force_login(someone(Role.DISPATCHER))
    for address in EVERY:
        if TOKEN in (address.asks or ()) and not address.lacking():
            path = address.path()
            limits.forget()  # so many requests in a minute would be too many
            Hits.objects.all().delete()
            assert somebody.get(path).status_code == nobody.get(path).status_code, address.route
            assert somebody.post(path).status_code == nobody.post(path).status_code, address.route


@pytest.mark.django_db
def test_an_account_without_roles_opens_only_its_own_pages() -> None:
    one = made.user()
    opened = {
        address.route for address in EVERY
        if not {ANYBODY, TOKEN} & set(address.asks or (ANYBODY,)) and not address.lacking()
        and not is_refused(one, address)
    }  # fmt: skip
    assert opened == {address.route for address in EVERY if SIGNED_IN in (address.asks or ())}
