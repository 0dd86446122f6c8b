"""A model's card says in both languages what it is, from what, how good, and for what not."""

from __future__ import annotations

import re
from typing import Any

import pytest

from suqiu.reporting.model_card import model_card

MODEL: dict[str, Any] = {
    "task": "dispatch",
    "version": "0123456789ab",
    "labels": 42,
    "encoder": "",
    "keep_hints": False,
    "thresholds": {"0.95": None, "0.8": 0.612},
    "wanted": 0.95,
    "origin": {
        "text": ["标题", "内容"],
        "label": ["承办单位"],
        "time": "",
        "teachers": [],
        "data": "f" * 64,
        "examples": 12_345,
        "held_out": 2_469,
        "split": "newest 20%",
        "first": "",
        "last": "",
        "encoder": "",
        "code": "0.1.0",
    },
}
FIGURES = [
    {"measure": "accuracy", "value": 0.8123, "interval": {"lower": 0.8, "upper": 0.824}},
    {"measure": "calibration_error", "value": 0.02, "interval": None},
    {"measure": "macro_f1", "value": None, "interval": None},
]
CARD = {"variants": [{"name": "", "figures": FIGURES}]}


def parts() -> tuple[str, str]:
    chinese, english = model_card(MODEL, CARD).split("# Model card")
    return chinese, english


def test_chinese_comes_first_and_both_say_the_same_figures() -> None:
    chinese, english = parts()
    assert chinese.startswith("# 模型卡：dispatch")
    for said in (chinese, english):
        for fact in ("0123456789ab", "12,345", "2,469", "42", "0.812", "0.800–0.824", "0.020", "`ffffffffffffffff`"):
            assert fact in said
        assert "标题、内容" in said


def test_a_figure_that_could_not_be_told_is_left_out() -> None:
    chinese, _ = parts()
    assert "None" not in chinese
    figures = chinese.split("## 检验结果")[1].split("## ")[0]
    assert len([line for line in figures.splitlines() if re.search(r"\| 0\.\d{3} \|", line)]) == 2


def test_thresholds_are_sorted_and_one_that_was_not_reached_says_so() -> None:
    chinese, english = parts()
    assert chinese.index("| 80% | 0.612 |") < chinese.index("| 95% | 达不到 |")
    assert "| 95% | not reached |" in english


@pytest.mark.parametrize(("keep", "zh", "en"), [(False, "已去除", "removed"), (True, "虚高", "flatters")])
def test_hints_are_declared(keep: bool, zh: str, en: str) -> None:
    chinese, english = model_card(MODEL | {"keep_hints": keep}, CARD).split("# Model card")
    assert zh in chinese
    assert en in english
    assert ("不能代表实际使用效果" in chinese) is keep


def test_a_name_cannot_break_the_table() -> None:
    origin = MODEL["origin"] | {"text": ["内容|备注\n续"], "first": "2026-01-01", "last": "2026-02-01"}
    said = model_card(MODEL | {"origin": origin}, CARD)
    assert "内容\\|备注 续" in said
    assert "2026-01-01 — 2026-02-01" in said
