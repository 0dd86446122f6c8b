from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pyarrow as pa
import pytest

from suqiu.domain.text import Language, Text
from suqiu.evaluation.comparison import compare
from suqiu.evaluation.measures import Kind
from suqiu.evaluation.runlog import Header, RunLog, run_log
from suqiu.evaluation.scorecard import score
from suqiu.evaluation.task import Goal
from suqiu.reporting.evaluation_page import evaluation_page

UNITS = [f"第{n}街道办事处" for n in range(20)]
TITLE = Text("工单派单", "dispatch of orders")


def a_header(kind: Kind = Kind.CHOICE, **more: object) -> Header:
    values = {"task": "dispatch", "model": "字符线性模型", "model_version": "3", "code": "0.1.0", "data": "9f3c00a1"}
    return Header(kind=kind, split="按时间取最新20%", **{**values, **more})  # type: ignore[arg-type]


def a_run(samples: int = 120) -> RunLog:
    draw = np.random.default_rng(1)
    truth, sure = draw.integers(0, 20, samples), draw.beta(4, 1, samples)
    found = [np.where(draw.random(samples) < sure * skill, truth, (truth + 1) % 20) for skill in (1.0, 0.8)]
    first = np.concatenate(found)
    return run_log(
        a_header(),
        sample=[f"单{n}" for n in range(samples)] * 2,
        variant=["含提示"] * samples + ["不含提示"] * samples,
        at=pa.array([*range(samples)] * 2, pa.timestamp("s")),
        truth=[UNITS[n] for n in truth] * 2,
        labels=[[UNITS[(n + k) % 20] for k in range(3)] for n in first],
        confidences=[[float(c), float(c) / 2, float(c) / 4] for c in sure] * 2,
    )


@pytest.fixture(scope="module")
def log() -> RunLog:
    return a_run()


def page_of(log: RunLog, language: Language = "zh") -> str:
    goals = [Goal("accuracy", 0.7, Text("本市目标", "the city's goal"))]
    both = compare(log, log, variants=("含提示", "不含提示"), rounds=20)
    card = score(log, 0.9, goals=goals, rounds=20).to_dict()
    return evaluation_page(card, language, title=TITLE, comparisons=[both.to_dict()])


class Reader(HTMLParser):
    """Checks that tags close in order, and keeps tags, ids and references."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br"}:  # they never close
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.stack == []
    return reader


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_whole_and_needs_nothing_from_outside(log: RunLog, language: Language) -> None:
    page = page_of(log, language)
    reader = read(page)
    assert page.startswith("<!DOCTYPE html>")
    assert {tag for tag, _ in reader.tags}.isdisjoint({"script", "link", "img", "iframe"})
    assert re.findall(r"https?://|url\((?!#)|@import", page) == []
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(set(ids)) == len(ids)
    assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in page
    assert page == page_of(log, language)


def test_every_chart_is_told_in_words_and_as_a_table(log: RunLog) -> None:
    page = page_of(log)
    reader = read(page)
    charts = [attributes for tag, attributes in reader.tags if tag == "svg"]
    assert len(charts) == 4  # two a variant
    ids = {attributes.get("id") for _, attributes in reader.tags}
    for chart in charts:
        assert chart["role"] == "img"
        assert set((chart["aria-labelledby"] or "").split()) <= ids
    assert page.count("查看数据表") == len(charts)
    for tag, attributes in reader.tags:
        if tag == "div" and attributes.get("class") == "scroll":
            assert attributes["aria-label"]


def test_the_page_says_what_the_card_says(log: RunLog) -> None:
    card, page = score(log, 0.9, rounds=20), page_of(log)
    accuracy = card.variants[0].figures[0]
    assert accuracy.value is not None
    assert accuracy.interval is not None
    ends = f"{accuracy.interval.lower * 100:.1f}%～{accuracy.interval.upper * 100:.1f}%"
    for said in (f"{accuracy.value * 100:.1f}%", ends, card.run, "9f3c00a1", "按时间取最新20%", "本市目标", "不含提示"):
        assert said in page
    for unit in UNITS:
        assert unit in page
    assert "其余5行" in page


def test_no_chinese_of_ours_stands_on_an_english_page() -> None:
    log = run_log(
        Header("dispatch", Kind.CHOICE, "linear", "3", "0.1.0", "9f3c", "newest 0.2"),
        sample=[str(n) for n in range(40)],
        truth=["roads", "water"] * 20,
        labels=[["roads"]] * 40,
        confidences=[[0.5 + n / 100] for n in range(40)],
    )
    page = evaluation_page(score(log, rounds=20).to_dict(), "en")
    assert re.findall("[\u4e00-\u9fff]+", page) == []


def test_names_from_data_are_escaped() -> None:
    log = run_log(a_header(model="<script>"), sample=["1"], truth=["<b>甲\x00"], labels=[["乙&"]], confidences=[[0.5]])
    page = evaluation_page(score(log, rounds=5).to_dict())
    read(page)
    assert "<b>甲" not in page
    assert "<script>" not in page
    assert "\x00" not in page
    assert "&lt;b&gt;甲" in page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_not_known_is_no_nought(language: Language) -> None:
    silent = run_log(a_header(), sample=["1"], truth=[None], labels=[[]], confidences=[[]])
    page = evaluation_page(score(silent, rounds=5).to_dict(), language)
    read(page)
    assert "nan" not in page.lower().replace("nano", "")
    assert "—" in page


def test_other_kinds_of_task_have_their_page() -> None:
    piece = {"start": 0, "end": 3, "kind": "道路"}
    spans = run_log(a_header(Kind.SPANS), sample=["1", "2"], true_spans=[[piece]] * 2, found_spans=[[piece], []])
    tree = run_log(
        a_header(Kind.TREE, levels=("一级分类", "二级分类")),
        sample=["1", "2"],
        truth=["城管›市容", "城管›噪声"],
        labels=[["城管›市容"], ["城管›市容"]],
        confidences=[[0.9], [0.4]],
    )
    pages = [evaluation_page(score(each, rounds=5).to_dict()) for each in (spans, tree)]
    for page in pages:
        read(page)
    assert "要素F1值" in pages[0]
    assert "二级分类" in pages[1]


def test_a_threshold_that_cannot_be_had_is_told() -> None:
    wrong = run_log(
        a_header(),
        sample=["1", "2", "3", "4"],
        truth=["甲"] * 4,
        labels=[["乙"]] * 4,
        confidences=[[0.9], [0.8], [0.7], [0.6]],
    )
    assert "不宜自动采纳" in evaluation_page(score(wrong, rounds=5).to_dict())
