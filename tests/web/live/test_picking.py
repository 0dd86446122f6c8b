"""Categories, units and places chosen by typing."""

from __future__ import annotations

import pytest

from suqiu.web.live.initials import initials
from suqiu.web.live.picking import choices


@pytest.mark.parametrize(
    ("name", "letters"), [("市城市管理局", "scsglj"), ("长虹大道", "chdd"), ("12345热线", "12345rx")]
)
def test_initials_are_the_first_letters_of_the_sounds(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize("typed", ["城市管理", "csgl", "scsglj", "城管"])
def test_a_unit_is_found_by_its_name_its_other_names_or_its_initials(typed: str) -> None:
    assert choices("department", typed)[0].name == "市城市管理局"


def test_a_place_is_found_by_what_lies_in_it() -> None:
    assert "08.09.002" in {one.id for one in choices("place", "锦绣华庭")}


def test_all_words_must_fit() -> None:
    assert {one.above for one in choices("category", "大气 油烟")} == {"生态环境 › 大气污染"}
    assert choices("category", "大气 没有这个词") == []


def test_without_anything_typed_the_widest_are_offered() -> None:
    assert all(one.depth == 0 for one in choices("category", ""))
