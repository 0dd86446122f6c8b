"""Marks that say who looked."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

import pytest

from suqiu.web.site import site
from suqiu.web.vault.watermark import drawing, mark, trace
from tests.web import made

AT = datetime(2026, 5, 1, 9, 30, 15).replace(tzinfo=site().zone)
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\u2063"))


@pytest.mark.parametrize("text", ["张三", "13812345678", "张三 13812345678", "路灯不亮" * 60])
def test_a_marked_text_tells_who_was_shown_it_and_when(text: str) -> None:
    marked = mark(text, "1001", AT)
    assert marked.translate(INVISIBLE) == text
    assert [(one.number, one.at) for one in trace(f"转发：{marked}。")] == [("1001", AT)]


def test_a_piece_of_a_long_text_is_enough() -> None:
    marked = mark("路灯不亮" * 60, "1001", AT)
    assert trace(marked[len(marked) // 3 : len(marked) // 3 * 2])[0].number == "1001"


def test_a_number_can_still_be_dialled() -> None:
    assert "13812345678" in mark("张三 13812345678", "1001", AT)


def test_who_looked_at_several_texts_is_told_for_each() -> None:
    both = mark("张三", "1001", AT) + mark("李四", "1002", AT + timedelta(minutes=5))
    assert [one.number for one in trace(both)] == ["1001", "1002"]


def test_nobody_can_be_blamed_by_a_changed_mark() -> None:
    marked = mark("张三", "1001", AT)
    signs = "\u200b\u200c\u200d\u2060"
    at = next(place for place, char in enumerate(marked) if char in signs)
    for place in range(at, at + 20):
        other = signs[(signs.index(marked[place]) + 1) % 4]
        assert trace(marked[:place] + other + marked[place + 1 :]) == []


def test_a_text_without_marks_names_nobody() -> None:
    assert trace("张三\u200b\u2063\u2063") == []


@pytest.mark.django_db
def test_the_seen_mark_bears_name_number_and_time_and_no_markup() -> None:
    viewer = made.user("agent", full_name="<b>张&")
    svg = base64.b64decode(drawing(viewer, AT).partition("base64,")[2]).decode()
    assert f"&lt;b&gt;张&amp; {viewer.number} 2026-05-01 09:30" in svg
