"""What is given to the vault is nowhere in the clear: not in the database, not in a file, not in a log."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from suqiu.domain.order import StepKind
from suqiu.web.accounts.roles import Role
from suqiu.web.orders import flow
from suqiu.web.site import site
from suqiu.web.vault import relay, safe
from suqiu.web.vault.models import Person
from suqiu.web.vault.safe import Identity
from tests.web import made

_DICE = random.Random("planted")
_K = StepKind


class Planted:
    """A caller whom no other text can contain by chance."""

    def __init__(self) -> None:
        self.name = "".join(_DICE.choice("欧阳诸葛司徒上官") for _ in range(2)) + "".join(
            _DICE.choice("骉翀赟曦玥璟") for _ in range(2)
        )
        self.phone = f"13{_DICE.randrange(10**8, 10**9)}"
        self.contact = f"{_DICE.randrange(10**9):09d}@example.cn"

    @property
    def said(self) -> str:
        """Everything, as people write it."""
        return f"{self.name}住三号楼，找{self.name}，号码{self.phone}，邮箱{self.contact}"

    @property
    def all(self) -> tuple[str, ...]:
        """What must be nowhere."""
        return self.name, self.phone, self.contact


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that anybody logs, at every level, as the platform's settings have it written."""
    written, root = io.StringIO(), logging.getLogger()
    configured = logging.config.DictConfigurator(settings.LOGGING)
    formatter = configured.configure_formatter(settings.LOGGING["formatters"]["redacted"])
    handler, level = logging.StreamHandler(written), root.level
    handler.setFormatter(formatter)
    root.addHandler(handler)
    root.setLevel(0)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def _whole_life(one: Planted) -> None:
    """Take an order through everything that people write, with the caller's data in every text."""
    coming = flow.Coming("phone", Identity(one.name, one.phone, one.contact), call_id="c1")
    demand = flow.Demand(
        f"{one.name}反映路灯", one.said, type="help", category="02.03.01", place="01.01",
        address=f"滨江花园{one.name}家，{one.phone}", object_name=one.name,
    )  # fmt: skip
    _, (order,) = flow.accept(made.somebody(Role.AGENT), coming, [demand])
    flow.amend(made.somebody(Role.AGENT), order.number, order.version, title=f"{one.name}家门口路灯")
    made.act(order, _K.DISPATCH, department=made.UNIT, reason=one.said)
    made.act(order, _K.SIGN)
    order.refresh_from_db()
    made.act(order, _K.CONTACT, text=one.said)
    handler = made.somebody(Role.HANDLER, made.UNIT)
    safe.reveal(handler, order.number, f"联系{one.name}，{one.phone}")
    word = relay.ask(handler, order.number, one.said)
    relay.pass_on(made.somebody(Role.VISITOR), word.pk, one.said)
    made.act(order, _K.REQUEST_EXTENSION, reason=one.said, until=site().now().replace(year=site().now().year + 1))
    made.act(order, _K.REFUSE_EXTENSION, reason=one.said)
    made.act(order, _K.REPLY, text=one.said, solved=False)
    made.act(order, _K.PASS_REVIEW)
    made.act(order, _K.CALL_BACK, reached=True, solved=True, text=one.said)
    made.act(order, _K.CLOSE, solved=True, text=one.said)


def _walk(client: Client, one: Planted) -> None:
    """Ask for pages with the caller's data in addresses and forms, allowed and not."""
    client.force_login(made.user("handler", departments=(made.UNIT,)))
    client.get("/orders/", {"q": one.phone, "text": one.name})
    client.get(f"/orders/{one.phone}/")
    client.post(f"/vault/reveal/{one.phone}/", {"reason": one.said})
    client.post("/portal/", {"text": one.said, "phone": one.phone})
    client.get("/audit/", {"actor": one.name})
    logging.getLogger("somebody").warning("no such place: /orders/%s/ %s", one.phone, one.contact)


@pytest.mark.django_db(transaction=True)
def test_what_the_vault_is_given_is_nowhere_in_the_clear(client: Client, log: io.StringIO, tmp_path: Path) -> None:
    one = Planted()
    _whole_life(one)
    _walk(client, one)
    copy = tmp_path / "copy.sqlite3"
    with closing(sqlite3.connect(copy)) as target:
        connection.connection.backup(target)
    places = {"database": copy.read_bytes(), "log": log.getvalue().encode()}
    places |= {str(file): file.read_bytes() for file in site().folder.rglob("*") if file.is_file()}
    found = [
        (place, secret)
        for place, content in places.items()
        for secret in one.all
        for form in (secret, json.dumps(secret)[1:-1])  # as text, and as JSON escapes it
        if form.encode() in content
    ]
    assert found == []
    assert len(places["database"]) > 100_000
    assert b"no such place: /orders/" in places["log"]
    person = Person.objects.exclude(sealed=b"").get()
    assert safe.opened(person).name == one.name
