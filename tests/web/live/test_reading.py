"""What a text says while it is typed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from suqiu.web.live import reading
from suqiu.web.live.reading import read
from suqiu.web.live.telling import Live
from suqiu.web.site import site

SAID = "来电人反映锦绣华庭小区3栋楼下的烧烤店油烟很大，昨晚开到十二点，已经影响休息半个月了，希望尽快查处。"


def heard(text: str, **recorded: str) -> Live:
    return read(text, site().now(), **recorded)


def test_a_text_tells_category_place_and_unit_with_their_duty() -> None:
    live = heard(SAID)
    assert live.category is not None
    assert str(live.category) == "04.02.01"
    assert live.place is not None
    assert (live.place.value, live.place.reason) == ("08.09.002", "锦绣华庭")
    assert live.departments[0].value == "D02"
    assert live.departments[0].duty is not None
    assert "油烟" in live.departments[0].reason
    assert live.address == "锦绣华庭小区3栋楼下"


def test_without_history_no_unit_is_filled_in_beforehand_and_the_reason_is_told() -> None:
    live = heard("这个事情你们管不管")
    assert live.sure_department is None
    assert live.abstained is not None


def test_a_recorded_category_makes_its_duty_s_unit_sure() -> None:
    live = heard(SAID, category="04.02.01")
    assert live.sure_department is not None
    assert live.abstained is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("有人被困在电梯里，快来人", "119"),
        ("我家邻居昏迷不醒，叫救护车", "120"),
        ("有人持刀正在打人，快来", "110"),
        ("刚发生车祸，两车追尾", "122"),
    ],
)
def test_an_emergency_names_the_number_to_transfer_to(text: str, line: str) -> None:
    live = heard(text)
    assert live.emergency
    assert live.route is not None
    assert live.route.line == line
    assert live.route.words


def test_a_matter_for_the_court_is_told_with_the_words_to_say() -> None:
    live = heard("我对法院的判决不服，已经上诉，请你们管管")
    assert live.route is not None
    assert (live.route.code, live.route.effect) == ("court", "refer")
    assert not live.emergency


def test_personal_data_is_masked_before_anything_looks_at_it() -> None:
    live = heard("我叫王建国，手机13812345678，我家路灯坏了。")
    assert "13812345678" not in live.text
    assert not any("13812345678" in str(mention) for mention in live.mentions)


def test_what_is_missing_is_asked_for_with_a_reason() -> None:
    asked = {question.id: question for question in heard("我要投诉噪音扰民").questions}
    assert "place" in asked
    assert asked["place"].reason.zh
    assert "place" not in {question.id for question in heard(SAID).questions}


def test_in_an_emergency_safety_is_asked_for_first() -> None:
    questions = [question.id for question in heard("有人被困在电梯里，快来人").questions]
    assert questions[0] == "safety"
    assert "action" not in questions


def test_several_demands_are_told_apart() -> None:
    live = heard("反映两件事：一是锦绣华庭小区路灯坏了三盏要求修好；二是楼下烧烤店油烟扰民希望查处。")
    assert len(live.demands) == 2


def test_an_abstention_is_written_down_like_a_suggestion() -> None:
    lines = [one for one in heard("嗯嗯").suggestions() if one["aspect"] == "department"]
    assert [line["value"] for line in lines] == [""]


def test_all_threads_read_the_same() -> None:
    texts = [SAID, "有人被困在电梯里，快来人", "我要投诉噪音扰民", "咨询住房公积金怎么提取"] * 6
    alone = [heard(text).suggestions() for text in texts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: heard(text).suggestions(), texts))
    assert together == alone


def test_a_model_that_cannot_be_used_leaves_the_duty_catalogue_and_says_why(tmp_path: Path) -> None:
    here, was = site(), site().about
    (tmp_path / "model").mkdir()
    try:
        here.save(replace(was, result=str(tmp_path)))
        made = reading._made(reading._key())
        assert made.model is None
        assert made.problem is not None
    finally:
        here.save(was)
