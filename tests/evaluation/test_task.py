from __future__ import annotations

from typing import Any

import pytest

from suqiu.domain.errors import InvalidInput
from suqiu.evaluation.measures import MEASURES, Kind
from suqiu.evaluation.task import Goal, SplitRule, Task, task_from


def a_mapping(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": "dispatch",
        "title": {"zh": "工单派单", "en": "dispatch of orders"},
        "kind": "choice",
        "text": "诉求内容",
        "labels": ["处置单位"],
        "time": "受理时间",
        "split": {"rule": "newest", "share": 0.2},
        "measures": ["accuracy", "coverage"],
        "goals": [{"measure": "accuracy", "value": 0.7, "source": {"zh": "本市目标", "en": "the city's goal"}}],
    }
    return {**values, **changes}


def test_a_task_is_read_from_plain_values() -> None:
    task = task_from(a_mapping())
    assert isinstance(task, Task)
    assert (task.kind, task.split, task.wanted) == (Kind.CHOICE, SplitRule("newest", share=0.2), 0.95)
    assert [type(goal) for goal in task.goals] == [Goal]
    grouped = task_from(a_mapping(split={"rule": "grouped", "folds": 5}, time=None, wanted=0.9, goals=None))
    assert (grouped.split, grouped.wanted, grouped.goals) == (SplitRule("grouped", folds=5), 0.9, ())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "guess"}, "kind"),
        ({"labels": "处置单位"}, "labels"),  # a text is no list of columns
        ({"labels": ["一级", "二级"]}, "choice has one column"),
        ({"kind": "tree"}, "two levels"),
        ({"measures": ["span_f1"]}, "span_f1"),  # of another kind
        ({"measures": ["accuracy", "accuracy"]}, "twice"),
        ({"time": None}, "time is missing"),
        ({"split": {"rule": "random"}}, "random"),
        ({"split": {"rule": "newest", "share": 1.2}}, "share"),
        ({"split": {"rule": "grouped", "folds": 1}}, "folds"),
        ({"split": 5}, "no mapping"),
        ({"goals": [{"measure": "brier", "value": 1, "source": {"zh": "甲", "en": "a"}}]}, "not taken"),
        ({"goals": [{"measure": "accuracy"}]}, "value: missing"),
        ({"kind": "verdict"}, "positive"),
        ({"positive": "是"}, "positive"),
        ({"title": {"zh": "派单"}}, "title"),
        ({"colour": "red"}, "unknown: colour"),
    ],
)
def test_what_does_not_fit_is_told(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refusal:
        task_from(a_mapping(**changes))
    assert refusal.value.code == "evaluation.bad_task"


def test_every_measure_says_what_it_is_for() -> None:
    for measure in MEASURES.values():
        assert measure.kinds
        assert measure.name.zh != measure.meaning.zh
