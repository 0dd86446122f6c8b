"""Who told it before."""

from __future__ import annotations

from typing import Any

import pytest

from suqiu.web.live import similar
from suqiu.web.orders.models import Order
from tests.web import made

pytestmark = pytest.mark.django_db

SAID = "锦绣华庭小区3栋楼下的烧烤店油烟很大，昨晚开到十二点，已经影响休息半个月了，希望尽快查处。"
WHERE: dict[str, Any] = {"category": "04.02.01", "place": "08.09.002"}


def told(**fields: str) -> Order:
    return made.accepted(**({"title": "烧烤店油烟扰民", "text": SAID} | WHERE | fields))


def test_the_same_matter_in_other_words_is_found_and_one_elsewhere_is_not() -> None:
    same = told()
    told(title="路灯不亮", text="东门路灯坏了三盏，夜间看不见路，要求维修。", category="02.03.01", place="01.01")
    agent = made.somebody("agent")
    found = similar.similar(agent, "锦绣华庭3栋烧烤店油烟很大，影响休息，希望查处。", **WHERE)
    assert [one.number for one in found] == [same.number]
    assert found[0].open
    assert 0.35 < found[0].likeness <= 1


def test_word_for_word_the_same_is_a_duplicate() -> None:
    told()
    assert similar.similar(made.somebody("agent"), SAID, **WHERE)[0].duplicate


def test_the_same_caller_is_found_wherever_the_matter_lies() -> None:
    before = told(phone="13812345678", place="01.01", category="02.03.01")
    found = similar.similar(made.somebody("agent"), SAID, person=before.contact.person_id)
    assert [(one.number, one.same_caller, one.duplicate) for one in found] == [(before.number, True, True)]


def test_nothing_outside_the_scope_is_found() -> None:
    told()
    nobody = made.somebody("assessor")
    assert similar.similar(nobody, SAID, **WHERE) == []


def test_old_and_voided_orders_are_left_out() -> None:
    made.order("voided", **({"title": "烧烤店油烟扰民", "text": SAID} | WHERE))
    told()
    with made.days_later(61):
        assert similar.similar(made.somebody("agent"), SAID, **WHERE) == []


def test_a_word_alone_is_like_nothing() -> None:
    told()
    assert similar.similar(made.somebody("agent"), "油烟", **WHERE) == []
