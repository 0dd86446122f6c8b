"""One order read on the spot."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from suqiu import citypack
from suqiu.config import settings
from suqiu.domain.order import Urgency
from suqiu.single import Understanding


@cache
def _reader() -> Understanding:
    here = settings({})
    return Understanding(citypack.load(citypack.find("linjiang", here.cities)), here)


def test_personal_data_is_masked_before_anything_looks() -> None:
    found = _reader().read("我的手机是13800138000，楼道的路灯坏了")
    assert "13800138000" not in str(found)


def test_times_are_dated_only_when_it_is_told_when_it_was_said() -> None:
    text = "昨晚工地施工到11点，吵得睡不着"
    dated = _reader().read(text, at=datetime(2026, 6, 2, 8))["mentions"]
    undated = _reader().read(text)["mentions"]
    assert any((m["value"] or "").startswith("2026-06-01") for m in dated if m["kind"] == "time")
    assert all(m["value"] is None for m in undated if m["kind"] == "time")


def test_an_emergency_names_its_cue_and_a_quiet_matter_has_none() -> None:
    assert _reader().read("有人在江边要跳河，快来人")["urgency"]["level"] == Urgency.EMERGENCY
    quiet = _reader().read("请问公积金怎么提取")["urgency"]
    assert quiet == {"level": Urgency.NORMAL, "reason": None}


def test_every_suggestion_has_a_name_and_says_what_it_rests_on() -> None:
    suggestions = _reader().read("小区物业乱收停车费")["suggestions"]
    assert {"category", "department"} <= {claim["aspect"] for claim in suggestions}
    assert all(claim["name"] and claim["basis"] and claim["author"] for claim in suggestions)


def test_no_language_model_is_asked_where_none_is_set() -> None:
    assert "language_model" not in _reader().read("路灯坏了")
