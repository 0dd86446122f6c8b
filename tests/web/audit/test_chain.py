"""The chain of audit lines: what is done to it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from suqiu.domain.errors import InvalidInput
from suqiu.web.accounts.actor import Actor
from suqiu.web.audit import anchors, chain, guards, verifying
from suqiu.web.audit.models import Entry, Head

pytestmark = pytest.mark.django_db
SOMEBODY = Actor("user:1001", address="10.0.0.7")


def _lines(count: int) -> None:
    for n in range(count):
        chain.record(SOMEBODY, "order.read", f"order:LJ{n}", page=n, share=0.25, units=["a", "b"])


def _problems() -> list[tuple[int, str]]:
    return [(one["number"], one["problem"]) for one in chain.verify()]


def test_a_chain_that_nobody_touched_is_whole() -> None:
    _lines(5)
    assert chain.verify() == []
    assert list(Entry.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_an_empty_chain_is_whole() -> None:
    assert chain.verify() == []


def test_a_line_falls_with_the_transaction_that_it_tells_of() -> None:
    _lines(2)
    with transaction.atomic():
        chain.record(SOMEBODY, "order.change")
        transaction.set_rollback(True)
    chain.record(SOMEBODY, "order.read")
    assert Entry.objects.count() == 3
    assert chain.verify() == []


@pytest.mark.parametrize("deed", [lambda: Entry.objects.update(deed="x"), lambda: Entry.objects.all().delete()])
def test_the_database_refuses_to_change_or_take_out_a_line(deed: Callable[[], Any]) -> None:
    _lines(2)
    with pytest.raises(IntegrityError, match="appended"), transaction.atomic():
        deed()
    assert Entry.objects.count() == 2
    assert all(guards.standing(connection).values())


@pytest.fixture
def lifted() -> None:
    """Somebody with the owner's rights of the database has taken the guards down."""
    guards.lift(connection)


@pytest.mark.usefixtures("lifted")
@pytest.mark.parametrize(
    "changes", [{"actor": "user:1002"}, {"subject": "order:X"}, {"detail": {"page": 7}}, {"address": ""}, {"mark": "0"}]
)
def test_an_edited_line_shows(changes: dict[str, Any]) -> None:
    _lines(5)
    Entry.objects.filter(number=3).update(**changes)
    assert (3, "edited") in _problems()


@pytest.mark.usefixtures("lifted")
def test_a_removed_line_shows() -> None:
    _lines(5)
    Entry.objects.filter(number=3).delete()
    assert _problems() == [(4, "removed")]


@pytest.mark.usefixtures("lifted")
def test_a_removed_beginning_shows() -> None:
    _lines(5)
    Entry.objects.filter(number__lte=2).delete()
    assert _problems() == [(3, "removed")]


@pytest.mark.usefixtures("lifted")
def test_two_lines_in_each_others_place_show() -> None:
    _lines(5)
    second, third = Entry.objects.get(number=2), Entry.objects.get(number=3)
    Entry.objects.filter(number__in=[2, 3]).delete()
    second.number, third.number = 3, 2
    Entry.objects.bulk_create([second, third])
    assert {number for number, problem in _problems() if problem == "edited"} == {2, 3}


@pytest.mark.usefixtures("lifted")
def test_a_line_made_without_the_key_shows() -> None:
    _lines(3)
    forged = Entry.objects.get(number=3)
    forged.number, forged.before, forged.mark = 4, forged.mark, "f" * 64
    forged.save(force_insert=True)
    assert _problems() == [(4, "edited"), (4, "added")]


@pytest.mark.usefixtures("lifted")
def test_a_truncated_tail_shows() -> None:
    _lines(5)
    Entry.objects.filter(number__gt=3).delete()
    assert _problems() == [(3, "truncated")]


@pytest.mark.usefixtures("lifted")
def test_a_head_put_back_to_hide_a_truncated_tail_shows() -> None:
    _lines(5)
    Entry.objects.filter(number__gt=3).delete()
    Head.objects.update(number=3, mark=Entry.objects.get(number=3).mark)
    assert _problems() == [(5 - 2, "head_changed")]


@pytest.mark.usefixtures("lifted")
def test_a_lost_head_shows_before_and_after_the_next_line() -> None:
    _lines(5)
    Entry.objects.filter(number__gt=3).delete()
    Head.objects.all().delete()
    assert _problems() == [(3, "head_missing")]
    chain.record(SOMEBODY, "order.read")
    assert _problems() == [(4, "head_lost")]


@pytest.mark.usefixtures("lifted")
def test_a_database_put_back_to_an_older_state_shows_by_an_anchor() -> None:
    _lines(3)
    older = Head.objects.get(pk=1)
    _lines(2)
    anchors.file().unlink(missing_ok=True)
    anchor = anchors.drop()
    try:
        Entry.objects.filter(number__gt=3).delete()
        older.save()
        assert verifying.read_chain().breaks == ()
        assert _problems() == [(5, "anchor_broken")]
        _lines(2)  # other lines in place of those taken out
        assert _problems() == [(5, "anchor_broken")]
        forged = replace(anchor, mark=Entry.objects.get(number=5).mark)
        assert [one.problem for one in verifying.read_chain([forged]).breaks] == ["anchor_changed"]
    finally:
        anchors.file().unlink()


def test_a_file_that_holds_no_anchors_is_named_with_its_line() -> None:
    anchors.file().write_text('{"number": 1}\n', "utf-8")
    try:
        with pytest.raises(InvalidInput, match=r"line 1 of .*audit-anchors\.jsonl is no anchor"):
            anchors.kept()
    finally:
        anchors.file().unlink()


def test_personal_data_in_a_detail_is_masked() -> None:
    chain.record(SOMEBODY, "order.read", reason="回拨13812345678，我叫张三", deep={"list": ["zhang@example.cn"]})
    kept = str(Entry.objects.get(number=1).detail)
    assert "13812345678" not in kept
    assert "张三" not in kept
    assert "zhang@" not in kept


def test_details_of_every_kind_come_back_as_they_were_marked() -> None:
    chain.record(
        SOMEBODY, "x.y", "k:1",
        big=10**30, small=1e-9, none=None, yes=True, odd="a\0b\ud800", set={"b", "a"}, nan=float("nan"),
    )  # fmt: skip
    assert chain.verify() == []
    assert Entry.objects.get(number=1).detail["set"] == ["a", "b"]
