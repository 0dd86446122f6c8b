"""How far each scenario of the standard is in use, and what it changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from suqiu.assessment.asking import population, rows_of
from suqiu.assessment.effects import Effect, effects_of
from suqiu.assessment.evidence import Evidence
from suqiu.domain.finding import Answer
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Scenario
from suqiu.standard.result import ScenarioResult

USE, EFFECTS, LOG = "scenario_use", "scenario_effects", "suggestions"


@dataclass(frozen=True, slots=True)
class Use:
    """Work of one scenario in the period 场景应用量.

    Attributes:
        work, touched: work of its kind, and what of it the scenario touched.
        adopted: of what it touched; None where that is stated nowhere.
    """

    work: int
    touched: int
    adopted: int | None

    @property
    def share(self) -> float | None:
        """Share of the work touched; None where there is no work."""
        return min(1.0, self.touched / self.work) if self.work else None


def uses_of(evidence: Evidence) -> dict[str, Use] | Answer:
    """Return the work of each scenario that the form `scenario_use` has rows of; an answer where it has none."""
    table = population(evidence, USE, filled=("scenario", "touched"))
    if isinstance(table, Answer):
        return table
    totals = table.group_by("scenario").agg(
        work=table.work.sum(), touched=table.touched.sum(), adopted=table.adopted.sum(), stated=table.adopted.count()
    )
    rows: list[dict[str, Any]] = totals.order_by("scenario").to_pyarrow().to_pylist()
    return {
        row["scenario"]: Use(row["work"] or 0, row["touched"] or 0, row["adopted"] if row["stated"] else None)
        for row in rows
    }


def seen_in_logs(evidence: Evidence) -> frozenset[str] | None:
    """Return the scenarios that the log of suggestions shows in use; None without such a log.

    A function that several scenarios share shows none of them: the log does not say which it was.
    """
    table = rows_of(evidence, LOG)
    if isinstance(table, Answer):
        return None
    (logged,) = table.select("function").distinct().order_by("function").to_pyarrow().to_pydict().values()
    shared = Counter(one.function for one in evidence.scenarios)
    return frozenset(one.id for one in evidence.scenarios if one.function in logged and shared[one.function] == 1)


def in_use(evidence: Evidence) -> frozenset[str] | Answer:
    """Return the scenarios whose use is shown; an answer where neither form can tell."""
    uses, logged = uses_of(evidence), seen_in_logs(evidence)
    if isinstance(uses, Answer):
        return uses if logged is None else logged
    touched = {one.id for one in evidence.scenarios if one.id in uses and uses[one.id].touched > 0}
    return frozenset(touched | (logged or frozenset()))


def effects(evidence: Evidence) -> Mapping[str, Effect] | Answer:
    """Return the effect of each scenario that the form `scenario_effects` has rows of."""
    table = population(evidence, EFFECTS)
    return table if isinstance(table, Answer) else effects_of(table)


def scenario_results(evidence: Evidence) -> tuple[ScenarioResult, ...]:
    """Return for each scenario of the standard, in order, how far it is in use and what it changed."""
    uses, used, changed = uses_of(evidence), in_use(evidence), effects(evidence)
    return tuple(
        _result(
            one,
            None if isinstance(used, Answer) else one.id in used,
            None if isinstance(uses, Answer) else uses.get(one.id),
            None if isinstance(changed, Answer) else changed.get(one.id),
        )
        for one in evidence.scenarios
    )


def _result(scenario: Scenario, exists: bool | None, use: Use | None, effect: Effect | None) -> ScenarioResult:
    interval = None if effect is None else effect.interval
    adopted = None if use is None or use.adopted is None or not use.touched else min(1.0, use.adopted / use.touched)
    return ScenarioResult(
        scenario.id,
        exists,
        None if use is None else use.share,
        adopted,
        None if effect is None else effect.value,
        None if interval is None else interval.lower,
        None if interval is None else interval.upper,
        "" if effect is None else effect.method,
        _message(scenario, exists, effect),
    )


def _message(scenario: Scenario, exists: bool | None, effect: Effect | None) -> Text:
    if exists is None:
        return Text("未提交应用情况，无法判断是否应用", "nothing was handed in that shows whether it is in use")
    if not exists:
        return Text("日志未显示已应用", "the logs do not show it in use")
    if effect is None:
        return Text("已应用；成效未显示：未提交启用前后的数据", "in use; effect not shown: no months before and after")
    if effect.value is None:
        judged = Text("", "")
    elif effect.shown(scenario.direction):
        judged = Text("，成效已显示", ": an effect is shown")
    else:
        judged = Text("，不足以显示成效", ": no effect is shown")
    return Text("已应用；{effect}{judged}", "in use; {effect}{judged}").fill(effect=effect.message, judged=judged)
