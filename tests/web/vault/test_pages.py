"""The vault's pages."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory

from suqiu.web.accounts.models import User
from suqiu.web.audit.models import Entry
from suqiu.web.vault import relay
from suqiu.web.vault.watermark import trace
from tests.web import made

pytestmark = pytest.mark.django_db
NAME, PHONE = "欧阳晓峰", "13987654321"
PART = {"HX-Request": "true"}


@pytest.fixture
def handler(client: Client) -> User:
    """Somebody of the unit, signed in."""
    one = made.user("handler", departments=(made.UNIT,))
    client.force_login(one)
    return one


def test_a_caller_is_shown_for_a_minute_marked_with_who_looks(client: Client, handler: User) -> None:
    order = made.order("handling", name=NAME, phone=PHONE)
    answer = client.post(f"/vault/reveal/{order.number}/", {"reason": "核实现场位置"}, headers=PART)
    text = answer.content.decode()
    assert PHONE in text
    assert 'hx-trigger="load delay:60s"' in text
    assert "data:image/svg+xml;base64," in text
    assert {one.number for one in trace(text)} == {handler.number}
    assert "no-store" in answer["Cache-Control"]
    assert Entry.objects.filter(deed="vault.reveal", subject=f"order:{order.number}").count() == 1


@pytest.mark.usefixtures("handler")
def test_without_scripts_a_page_shows_the_caller_and_leaves_by_itself(client: Client) -> None:
    order = made.order("handling", name=NAME, phone=PHONE)
    answer = client.post(f"/vault/reveal/{order.number}/", {"reason": "核实现场位置"})
    assert answer["Refresh"] == f"60; url=/orders/{order.number}/"
    assert "<html" in answer.content.decode()


@pytest.mark.usefixtures("handler")
def test_an_original_is_shown_with_its_mark(client: Client) -> None:
    order = made.order("handling", text=f"路灯不亮，请联系{PHONE}")
    answer = client.post(f"/vault/original/{order.number}/", {"reason": "核对原话"}, headers=PART)
    assert PHONE in answer.content.decode()


@pytest.mark.usefixtures("handler")
def test_a_refusal_names_nobody(client: Client) -> None:
    secret = made.order("handling", name=NAME, phone=PHONE, secret=True)
    other = made.order("handling", department="D02", name=NAME, phone=PHONE)
    for number, status in ((secret.number, 403), (other.number, 404), ("LJ0", 404)):
        answer = client.post(f"/vault/reveal/{number}/", {"reason": "核实现场位置"}, headers=PART)
        assert answer.status_code == status
        assert PHONE not in answer.content.decode()
    assert client.get(f"/vault/reveal/{secret.number}/").status_code == 405


@pytest.mark.usefixtures("handler")
def test_a_unit_asks_and_the_centre_answers(client: Client) -> None:
    order = made.order("handling", name=NAME, phone=PHONE, secret=True)
    part = client.post(f"/vault/relays/order/{order.number}/ask/", {"message": "何时方便上门？"}, headers=PART)
    assert "何时方便上门？" in part.content.decode()
    assert "登记结果" not in client.get("/vault/relays/").content.decode()
    client.force_login(made.user("visitor"))
    assert "登记结果" in client.get("/vault/relays/").content.decode()
    (word,) = relay.in_scope(made.somebody("visitor"), answered=False)
    assert client.post(f"/vault/relays/{word.pk}/", {"answer": f"{NAME}说周六"}).status_code == 302
    text = client.get("/vault/relays/", {"answered": "1"}).content.decode()
    assert "说周六" in text
    assert NAME not in text
    assert client.post(f"/vault/relays/{word.pk}/", {"answer": "又一次"}).status_code == 409


def test_who_may_not_relay_does_not_see_the_list(client: Client) -> None:
    client.force_login(made.user("analyst"))
    assert client.get("/vault/relays/").status_code == 403


def test_the_mark_across_a_page_takes_no_clicks_and_is_silent(handler: User) -> None:
    request = RequestFactory().get("/")
    request.user = handler
    drawn = Template("{% load watermark %}{% watermark %}").render(Context({"request": request}))
    assert 'aria-hidden="true"' in drawn
    assert "pointer-events:none" in drawn
    assert "data:image/svg+xml;base64," in drawn
