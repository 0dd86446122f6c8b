"""Coming in and going out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.test import Client

from suqiu.web.accounts import demo, sessions
from suqiu.web.accounts.models import SignIn, User
from suqiu.web.audit.models import Entry
from suqiu.web.site import site
from tests.web import made
from tests.web.made import PASSWORD
from tests.web.rights.alike import bare

pytestmark = pytest.mark.django_db
Hours = Callable[[float], None]
LOGIN, ACCOUNT = "/accounts/login/", "/accounts/"


def enter(client: Client, one: User, password: str = PASSWORD, **more: str) -> int:
    return client.post(LOGIN, {"username": one.username, "password": password, **more}).status_code


def deeds() -> list[str]:
    return list(Entry.objects.values_list("deed", flat=True))


def test_somebody_signs_in_and_out(client: Client, agent: User) -> None:
    assert client.get(ACCOUNT).status_code == 302
    answer = client.post(LOGIN, {"username": agent.username, "password": PASSWORD, "next": ACCOUNT})
    assert (answer.status_code, answer["Location"]) == (302, ACCOUNT)
    assert agent.number in client.get(ACCOUNT).content.decode()
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get(ACCOUNT).status_code == 302
    assert deeds() == ["sign_in", "sign_out"]


def test_signing_out_needs_a_post(client: Client, agent: User) -> None:
    client.force_login(agent)
    assert client.get("/accounts/logout/").status_code == 405


def test_a_wrong_password_an_unknown_name_and_a_disabled_account_are_told_alike(client: Client, agent: User) -> None:
    gone = made.user("agent", is_active=False)
    pages = [
        client.post(LOGIN, {"username": name, "password": word})
        for name, word in ((agent.username, "x"), ("nobody", PASSWORD), (gone.username, PASSWORD))
    ]
    assert [page.status_code for page in pages] == [422, 422, 422]
    bodies = {bare(page.content, page.context["username"]) for page in pages}
    assert len(bodies) == 1
    assert "用户名或口令不正确" in bodies.pop()
    assert deeds() == ["sign_in_failed"] * 3


def test_five_failures_lock_a_name_from_this_address_and_only_there(client: Client, agent: User) -> None:
    other = made.user("agent")
    for _ in range(4):
        assert enter(client, agent, "wrong") == 422
    answer = client.post(LOGIN, {"username": agent.username, "password": "wrong"})
    assert answer.status_code == 429
    assert "15分钟" in answer.content.decode()
    assert enter(client, agent) == 429, "the right password as well"
    assert enter(client, other) == 302, "nobody else"
    elsewhere = Client(REMOTE_ADDR="10.1.2.3")
    assert enter(elsewhere, agent) == 302, "and not from another place"
    assert "lockout" in deeds()


def test_a_success_forgets_the_failures(client: Client, agent: User) -> None:
    for _ in range(2):
        for _ in range(4):
            assert enter(client, agent, "wrong") == 422
        assert enter(client, agent) == 302
        client.logout()


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "http:evil", "javascript:alert(1)", "/\\evil"]
)
def test_nobody_is_led_elsewhere_after_signing_in(client: Client, agent: User, to: str) -> None:
    answer = client.post(LOGIN, {"username": agent.username, "password": PASSWORD, "next": to})
    assert answer["Location"] == "/"


def test_a_session_that_was_planted_is_not_the_one_signed_in(client: Client, agent: User) -> None:
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = str(planted)
    enter(client, agent)
    assert client.cookies["sessionid"].value != planted
    attacker = Client()
    attacker.cookies["sessionid"] = str(planted)
    assert attacker.get(ACCOUNT).status_code == 302


def test_the_form_is_refused_without_its_token(agent: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert enter(strict, agent) == 403
    assert strict.post("/accounts/logout/").status_code == 403


@pytest.fixture
def hours() -> Iterator[Hours]:
    """Let hours pass."""
    kept = site().about

    def passed(hours: float) -> None:
        site().save(replace(site().about, ahead_seconds=site().about.ahead_seconds + int(hours * 3600)))

    yield passed
    site().save(kept)


def test_who_does_nothing_for_half_an_hour_is_signed_out(client: Client, agent: User, hours: Hours) -> None:
    client.force_login(agent)
    hours(0.4)
    assert client.get(ACCOUNT).status_code == 200
    hours(0.4)
    assert client.get(ACCOUNT).status_code == 200
    hours(0.51)
    answer = client.get(ACCOUNT)
    assert answer.status_code == 302
    assert "ended=idle" in answer["Location"]
    assert "长时间未操作" in client.get(answer["Location"]).content.decode()


def test_a_page_that_renews_itself_keeps_nobody_signed_in(client: Client, agent: User, hours: Hours) -> None:
    client.force_login(agent)
    for _ in range(2):
        hours(0.2)
        assert client.get(ACCOUNT, headers={sessions.QUIET: "1"}).status_code == 200
    hours(0.2)
    assert client.get(ACCOUNT, headers={sessions.QUIET: "1"}).status_code == 302


def test_nobody_stays_longer_than_twelve_hours(client: Client, agent: User, hours: Hours) -> None:
    client.force_login(agent)
    for _ in range(29):
        hours(0.4)
        assert client.get(ACCOUNT).status_code == 200
    hours(0.45)
    assert "ended=long" in client.get(ACCOUNT)["Location"]


def test_a_copied_session_is_worthless_once_signed_out_there(client: Client, agent: User) -> None:
    client.force_login(agent)
    copy = Client()
    copy.cookies["sessionid"] = client.cookies["sessionid"].value
    assert copy.get(ACCOUNT).status_code == 200
    client.post("/accounts/logout/")
    assert copy.get(ACCOUNT).status_code == 302


def test_somebody_signs_out_everywhere_else(client: Client, agent: User) -> None:
    client.force_login(agent)
    other = Client()
    other.force_login(agent)
    assert SignIn.objects.filter(user=agent).count() == 2
    client.post("/accounts/sign-ins/end/")
    assert client.get(ACCOUNT).status_code == 200
    assert "ended=elsewhere" in other.get(ACCOUNT)["Location"]


def test_a_part_of_a_page_makes_the_whole_page_go_to_the_entrance(client: Client) -> None:
    answer = client.get(ACCOUNT, headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/orders/"})
    assert answer.status_code == 401
    assert answer["HX-Redirect"].startswith(LOGIN)


def test_a_demo_shows_its_accounts_and_another_site_does_not(client: Client) -> None:
    assert demo.prepare() == len(demo.people()) == len({one.username for one in demo.people()})
    assert demo.prepare() == 0
    assert demo.PASSWORD in client.get(LOGIN).content.decode()
    for guest in demo.people():
        assert client.post(LOGIN, {"username": guest.username, "password": demo.PASSWORD}).status_code == 302
        assert client.get(ACCOUNT).status_code == 200
        client.logout()
    kept = site().about
    try:
        site().save(replace(kept, demo=False))
        assert demo.PASSWORD not in client.get(LOGIN).content.decode()
    finally:
        site().save(kept)


def test_ended_sign_ins_are_forgotten(client: Client, agent: User, hours: Hours) -> None:
    client.force_login(agent)
    assert sessions.forget_ended() == 0
    hours(1)
    assert sessions.forget_ended() == 1
