"""Drafts of calls: sealed, one's own, and not for long."""

from __future__ import annotations

import pytest

from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.web.accounts.models import User
from suqiu.web.live import drafts
from suqiu.web.live.models import Draft
from tests.web import made

pytestmark = pytest.mark.django_db

FIELDS = {"phone": "13812345678", "name": "王建国", "d0-text": "路灯坏了"}


def test_a_draft_comes_back_as_it_was_and_is_sealed_at_rest(agent: User) -> None:
    drafts.keep(agent, "one", FIELDS)
    assert drafts.fields_of(agent, "one") == FIELDS
    kept = bytes(Draft.objects.get().sealed)
    assert b"13812345678" not in kept
    assert "王建国".encode() not in kept


def test_nobody_else_sees_or_overwrites_a_draft(agent: User) -> None:
    drafts.keep(agent, "one", FIELDS)
    other = made.user("agent")
    assert drafts.fields_of(other, "one") == {}
    assert drafts.mine(other) == []
    with pytest.raises(NotFound):
        drafts.keep(other, "one", {"d0-text": "别的"})


def test_emptied_it_is_gone(agent: User) -> None:
    drafts.keep(agent, "one", FIELDS)
    assert drafts.keep(agent, "one", {"phone": " "}) is None
    assert not Draft.objects.exists()


def test_what_is_too_large_is_refused(agent: User) -> None:
    with pytest.raises(InvalidInput):
        drafts.keep(agent, "one", {"d0-text": "长" * 70_000})


def test_what_nobody_came_back_to_is_swept_away(agent: User) -> None:
    drafts.keep(agent, "one", FIELDS)
    assert drafts.sweep() == 0
    with made.days_later(3):
        assert drafts.sweep() == 1
