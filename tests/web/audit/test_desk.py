"""The audit desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from suqiu.web.accounts.models import User
from suqiu.web.audit import anchors, chain, guards
from suqiu.web.audit.models import Entry
from suqiu.web.site import site
from tests.web import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client: Client) -> User:
    """An audit administrator, signed in."""
    one = made.user("audit_admin")
    client.force_login(one)
    return one


def _numbers(client: Client, **asked: Any) -> list[int]:
    return [row["line"].number for row in client.get("/audit/", asked).context["rows"]]


@pytest.mark.usefixtures("auditor")
def test_lines_are_found_by_person_subject_deed_and_day(client: Client) -> None:
    agent = made.user("agent", full_name="王小明")
    first = Entry.objects.count() + 1
    chain.record(made.actor(agent), "order.read", "order:LJ1")
    chain.record(made.actor(agent), "vault.reveal", "order:LJ2")
    chain.record(made.somebody("agent"), "order.read", "order:LJ2")
    assert _numbers(client, actor="王小明") == _numbers(client, actor=agent.number) == [first + 1, first]
    assert _numbers(client, subject="LJ2") == [first + 2, first + 1]
    assert _numbers(client, deed="vault") == _numbers(client, deed="vault.reveal") == [first + 1]
    today = site().now().date()
    assert first in _numbers(client, first=today, last=today)
    assert _numbers(client, last=today - timedelta(days=1)) == []
    assert "王小明" in client.get("/audit/", {"actor": "王小明"}).content.decode()


@pytest.mark.usefixtures("auditor")
def test_a_long_list_is_paged_without_gaps(client: Client) -> None:
    for _ in range(120):
        chain.record(made.somebody("agent"), "order.read", "order:LJ1")
    seen: list[int] = []
    after: int | None = None
    while True:
        page = client.get("/audit/", {"subject": "LJ1", "before": after or ""}).context
        seen += [row["line"].number for row in page["rows"]]
        after = page["after"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)


@pytest.mark.usefixtures("auditor")
@pytest.mark.parametrize(
    "asked", [{"first": "yesterday"}, {"before": "x"}, {"last": "0001-01-01"}, {"before": "9" * 30}]
)
def test_a_search_that_makes_no_sense_is_answered(client: Client, asked: dict[str, str]) -> None:
    assert client.get("/audit/", asked).status_code == 422


@pytest.mark.usefixtures("auditor")
def test_hostile_texts_are_shown_as_texts(client: Client) -> None:
    chain.record(made.somebody("agent"), "order.read", "order:<script>alert(1)</script>", note="<img src=x>")
    number = Entry.objects.order_by("-number")[0].number
    for page in ("/audit/", f"/audit/{number}/"):
        text = client.get(page).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x>" not in text


def test_an_export_holds_what_was_asked_for_and_is_itself_on_record(client: Client, auditor: User) -> None:
    chain.record(made.somebody("agent"), "order.read", "=cmd|'/c calc'!A1")
    chain.record(made.somebody("agent"), "order.amend", "order:LJ1")
    answer = client.post("/audit/export/", {"deed": "order.read"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert text.splitlines()[0].startswith("number,at,actor")
    assert "'=cmd" in text
    assert "order.amend" not in text
    line = Entry.objects.get(deed="audit.export")
    assert (line.actor, line.detail["lines"]) == (f"user:{auditor.number}", 1)


@pytest.mark.usefixtures("auditor")
def test_the_chain_is_checked_and_what_is_broken_is_shown(client: Client) -> None:
    anchors.file().unlink(missing_ok=True)
    chain.record(made.somebody("agent"), "order.read", "order:LJ1")
    assert "审计链完整" in client.post("/audit/state/check/").content.decode()
    assert "完整" in client.get("/audit/state/").content.decode()
    guards.lift(connection)
    Entry.objects.filter(number=1).update(actor="user:nobody")
    assert "内容被改动" in client.post("/audit/state/check/").content.decode()
    assert "标记不符" in client.get("/audit/1/").content.decode()
    state = client.get("/audit/state/").content.decode()
    assert "处断点" in state
    assert "缺失" in state


@pytest.mark.usefixtures("auditor")
def test_an_anchor_is_given_to_be_kept_elsewhere(client: Client) -> None:
    anchors.file().unlink(missing_ok=True)
    answer = client.post("/audit/state/anchor/")
    (kept,) = anchors.kept()
    assert answer.content.decode() == kept.line + "\n"
    assert kept.genuine
    anchors.file().unlink()


@pytest.mark.usefixtures("auditor")
def test_who_looked_at_callers_most_is_named(client: Client) -> None:
    visitor = made.user("visitor", full_name="李回访")
    for n in range(3):
        chain.record(made.actor(visitor), "vault.reveal", f"order:LJ{n}", reason="回访诉求人")
    (row,) = client.get("/audit/state/").context["looks"]
    assert (row["name"], row["looks"], row["orders"], row["refused"]) == ("李回访", 3, 3, 0)


@pytest.mark.parametrize("role", ["agent", "handler", "leader", "system_admin", "security_admin"])
def test_nobody_but_the_audit_administrator_reads_the_audit(client: Client, role: str) -> None:
    client.force_login(made.user(role, departments=("D01",)))
    for page in ("/audit/", "/audit/1/", "/audit/state/"):
        assert client.get(page).status_code == 403
    for deed in ("export", "state/check", "state/anchor"):
        assert client.post(f"/audit/{deed}/").status_code == 403


@pytest.mark.usefixtures("auditor")
def test_a_line_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get("/audit/999999/").status_code == 404
