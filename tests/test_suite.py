from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from suqiu import citypack, labelled
from suqiu.config import Settings
from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.evaluation.measures import Kind
from suqiu.simulate.emergencies import Manner
from suqiu.suite import Entry, Result, Suite, entries_from, index_page, shipped_suite, told

TITLE = {"zh": "诉求类别", "en": "kind of demand"}
GOAL = {"measure": "accuracy", "value": 0.5, "source": {"zh": "约定值", "en": "as agreed"}}
TABLE: dict[str, Any] = {
    "id": "kinds",
    "title": TITLE,
    "kind": "choice",
    "text": "内容",
    "labels": ["类别"],
    "split": {"rule": "grouped", "folds": 5},
    "measures": ["accuracy", "macro_f1"],
    "goals": [GOAL],
    "data": {"table": "kinds.csv"},
}
PLANTED: dict[str, Any] = {
    "id": "calm",
    "title": {"zh": "未误报率", "en": "left alone"},
    "kind": "verdict",
    "text": "text",
    "labels": ["urgent"],
    "positive": "urgent",
    "split": {"rule": "grouped", "folds": 2},
    "measures": ["accuracy"],
    "data": {"planted": "calm"},
}
REPLIES: dict[str, Any] = {
    **PLANTED,
    "id": "replies",
    "kind": "choice",
    "positive": None,
    "labels": ["quality"],
    "measures": ["accuracy", "macro_f1"],
    "data": {"planted": "replies"},
}
SIMULATED: dict[str, Any] = {
    **TABLE,
    "id": "made_up",
    "text": "诉求内容",
    "labels": ["一级分类", "二级分类"],
    "kind": "tree",
    "time": "受理时间",
    "split": {"rule": "newest", "share": 0.2},
    "measures": ["accuracy", "top_3"],
    "data": {"simulated": {"orders": 200, "months": 2, "seed": 3}},
}


def table(folder: Path) -> None:
    said = {"噪声": "夜里施工声音太大睡不着", "停车": "车位被别人占了没法停", "用水": "水压太小烧不了饭"}
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "kinds.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["内容", "类别"])
        for number in range(90):
            kind = list(said)[number % 3]
            writer.writerow([f"{number}号楼{said[kind]}，请处理{'。' * (number % 2)}", kind])


def suite(folder: Path, out: Path) -> Suite:
    city = citypack.find("linjiang", Settings().cities)
    return Suite(
        out,
        real=folder,
        city=citypack.load(city),
        material=city / "simulation",
        encoder="off",
        threads=1,
        language="zh",
        progress=lambda stage, share: None,
    )


def entry(values: Mapping[str, Any]) -> Entry:
    return entries_from([values])[0]


def test_a_task_on_a_table_is_trained_judged_and_shown_with_its_goal(tmp_path: Path) -> None:
    table(tmp_path / "data")
    (found,) = suite(tmp_path / "data", tmp_path / "out").run([entry(TABLE)])
    assert found.card is not None
    (goal,) = found.card["variants"][0]["goals"]
    assert goal["met"] is True
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "诉求类别" in page
    assert "约定值" in page
    assert "若一律答" in page
    for link in re.findall(r'href="([^#"]+)"', page):
        assert TITLE["zh"] in (tmp_path / "out" / link).read_text("utf-8")


def test_a_finished_task_is_not_repeated_until_its_data_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table(tmp_path / "data")
    first = suite(tmp_path / "data", tmp_path / "out").run([entry(TABLE)])
    with monkeypatch.context() as patched:
        patched.setattr(labelled, "make", None)
        again = suite(tmp_path / "data", tmp_path / "out").run([entry(TABLE)])
        assert told(again) == told(first)
        with (tmp_path / "data" / "kinds.csv").open("a", encoding="utf-8") as file:
            file.write("路灯不亮,照明\n")
        with pytest.raises(TypeError):
            suite(tmp_path / "data", tmp_path / "out").run([entry(TABLE)])


def test_a_task_whose_data_are_absent_is_named_as_left_out(tmp_path: Path) -> None:
    (found,) = suite(tmp_path / "nowhere", tmp_path / "out").run([entry(TABLE)])
    assert found.card is None
    ((name, why),) = told([found])
    assert name.zh == TITLE["zh"]
    assert "kinds.csv" in why.zh
    assert "kinds.csv" in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_a_simulated_export_is_made_once_and_learned_from(tmp_path: Path) -> None:
    tasks = [entry(SIMULATED), entry({**SIMULATED, "id": "other", "labels": ["诉求类型"], "kind": "choice"})]
    found = suite(tmp_path / "nowhere", tmp_path / "out").run(tasks)
    assert [result.card["header"]["split"] for result in found if result.card] == ["newest 20%"] * 2
    assert len(list((tmp_path / "out" / "simulated").iterdir())) == 1


def test_what_was_planted_is_found_again_in_every_variant(tmp_path: Path) -> None:
    calm, replies = suite(tmp_path, tmp_path / "out").run([entry(PLANTED), entry(REPLIES)])
    assert calm.card is not None
    assert replies.card is not None
    assert {variant["variant"] for variant in calm.card["variants"]} == {manner.value for manner in Manner}
    assert all(variant["samples"] > 20 for variant in calm.card["variants"])
    assert all(variant["silent"] == 0 for variant in replies.card["variants"])
    assert {row["label"] for row in replies.card["variants"][0]["classes"]} == {"good", "empty", "evasive", "template"}


@pytest.mark.parametrize("data", [{}, {"table": "a.csv", "planted": "calm"}, {"planted": "moods"}, {"file": "a.csv"}])
def test_a_task_without_one_source_is_refused(data: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        entries_from([{**TABLE, "data": data}])


def test_a_task_that_is_not_well_defined_is_refused() -> None:
    with pytest.raises(InvalidInput):
        entries_from([{**TABLE, "measures": ["mood"]}])


def test_the_shipped_tasks_are_whole_and_have_names_of_their_own() -> None:
    entries = shipped_suite()
    assert len({each.task.id for each in entries}) == len(entries)
    assert {each.task.kind for each in entries} == {Kind.CHOICE, Kind.TREE, Kind.VERDICT}
    timed = [each.task for each in entries if each.task.split.rule == "newest"]
    assert all(task.time is not None for task in timed)


def test_a_page_escapes_what_stands_on_it() -> None:
    left = Result(entry(TABLE).task, None, Text("<b>缺少</b>", "<b>absent</b>"))
    assert "&lt;b&gt;缺少" in index_page([left], "zh")
    assert "&lt;b&gt;absent" in index_page([left], "en")
