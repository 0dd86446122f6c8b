"""A task as data: what is asked, of which columns, how samples are split and what is good enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.evaluation.measures import MEASURES, Kind

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class SplitRule:
    """Which samples are learned from and which judge 划分方式.

    Attributes:
        rule: `newest`: the latest judge; `grouped`: folds, equal texts always in one.
        share: for `newest`, how many of all judge, 0 to 1; else None.
        folds: for `grouped`, how many folds; else None.
    """

    rule: Literal["newest", "grouped"]
    share: float | None = None
    folds: int | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """What a measure should reach 目标值.

    Attributes:
        measure: id of the measure.
        value: at least this, or at most where less is better.
        source: where the number comes from.
    """

    measure: str
    value: float
    source: Text


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that a component should do, and how it is judged 评测任务.

    Attributes:
        id: stable name.
        title: for a person.
        kind: what is answered.
        text: column of the texts.
        labels: column of the truth; for a tree one a level from the top, for spans the column of pieces.
        time: column of the time, needed by the split `newest`; else may be None.
        positive: for a verdict, the label that counts as yes; else None.
        split: which samples judge.
        measures: ids, in the order wanted.
        wanted: the accuracy that coverage is stated at, 0 to 1.
        goals: what is good enough.
    """

    id: str
    title: Text
    kind: Kind
    text: str
    labels: tuple[str, ...]
    time: str | None
    positive: str | None
    split: SplitRule
    measures: tuple[str, ...]
    wanted: float
    goals: tuple[Goal, ...]


def task_from(mapping: Mapping[str, Any]) -> Task:
    """Build a task from plain values, as a YAML file holds them.

    Keys: `id`, `title` (zh, en), `kind`, `text`, `labels`, `split` (rule, and share or folds), `measures`,
    `wanted` (0.95 where absent), and where needed `time`, `positive`, `goals` (each measure, value, source).

    Raises:
        InvalidInput: something is missing, unknown or does not fit together; the message says what.
    """
    given = _Given(mapping, "")
    task = Task(
        id=given.take("id", _word),
        title=given.take("title", _text),
        kind=given.take("kind", lambda value: Kind(value)),
        text=given.take("text", _word),
        labels=given.take("labels", _words),
        time=given.maybe("time", _word),
        positive=given.maybe("positive", _word),
        split=given.take("split", _split),
        measures=given.take("measures", _words),
        wanted=given.maybe("wanted", _share) or 0.95,
        goals=given.maybe("goals", lambda items: tuple(_goal(item) for item in items)) or (),
    )
    given.finish()
    _check(task)
    return task


def _check(task: Task) -> None:
    """Refuse a task whose parts do not fit together."""
    known = [name for name, measure in MEASURES.items() if task.kind in measure.kinds]
    strange = [name for name in task.measures if name not in known]
    faults = [
        (bool(strange), f"measures: {strange}; {task.kind}: {known}"),
        (len(set(task.measures)) < len(task.measures), "measures: a name stands twice"),
        (task.split.rule == "newest" and task.time is None, "split newest: time is missing"),
        (task.kind is Kind.TREE and len(task.labels) < 2, "labels: a tree has two levels or more"),
        (task.kind is not Kind.TREE and len(task.labels) != 1, f"labels: {task.kind} has one column"),
        ((task.kind is Kind.VERDICT) != (task.positive is not None), "positive: for a verdict, and only there"),
        (any(goal.measure not in task.measures for goal in task.goals), "goals: of measures that are not taken"),
    ]
    for wrong, what in faults:
        if wrong:
            raise _bad(task.id, what)


class _Given:
    """Takes values out of a mapping, and refuses what is missing, malformed or left over."""

    def __init__(self, mapping: Any, where: str) -> None:
        if not isinstance(mapping, Mapping):
            raise _bad(where or "task", f"no mapping: {mapping!r}")
        self._left = dict(mapping)
        self._where = where or str(mapping.get("id", "task"))

    def take(self, key: str, read: Callable[[Any], _T]) -> _T:
        if key not in self._left:
            raise _bad(self._where, f"{key}: missing")
        value = self._left.pop(key)
        try:
            return read(value)
        except (ValueError, TypeError, KeyError) as error:
            raise _bad(self._where, f"{key}: {value!r}") from error

    def maybe(self, key: str, read: Callable[[Any], _T]) -> _T | None:
        if self._left.get(key) is None:
            self._left.pop(key, None)
            return None
        return self.take(key, read)

    def finish(self) -> None:
        if self._left:
            raise _bad(self._where, f"unknown: {', '.join(sorted(map(str, self._left)))}")


def _split(value: Any) -> SplitRule:
    given = _Given(value, "split")
    rule = given.take("rule", _word)
    if rule == "newest":
        split = SplitRule("newest", share=given.take("share", _share))
    elif rule == "grouped":
        split = SplitRule("grouped", folds=given.take("folds", _folds))
    else:
        raise _bad("split", f"rule: {rule!r}")
    given.finish()
    return split


def _goal(value: Any) -> Goal:
    given = _Given(value, "goals")
    goal = Goal(given.take("measure", _word), given.take("value", float), given.take("source", _text))
    given.finish()
    return goal


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(value)
    return value


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence) or not value:
        raise ValueError(value)
    return tuple(_word(item) for item in value)


def _text(value: Any) -> Text:
    if set(value) != {"zh", "en"}:
        raise ValueError(value)
    return Text(_word(value["zh"]), _word(value["en"]))


def _share(value: Any) -> float:
    if isinstance(value, bool) or not 0 < float(value) < 1:
        raise ValueError(value)
    return float(value)


def _folds(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 2:
        raise ValueError(value)
    return value


def _bad(where: str, what: str) -> InvalidInput:
    return InvalidInput(
        "evaluation.bad_task",
        Text("评测任务“{where}”定义有误（{what}）", 'the task "{where}" is not well defined ({what})').fill(
            where=where, what=what
        ),
        Text("请核对任务定义中的该项内容", "mend this entry of the task's definition"),
    )
