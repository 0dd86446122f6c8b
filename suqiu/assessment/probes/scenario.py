"""Scenarios: which are in use, how much work they touch, what is adopted, what they changed."""

from __future__ import annotations

from suqiu.assessment.asking import needs
from suqiu.assessment.evidence import Evidence
from suqiu.assessment.probing import Need, known, probe, unknown
from suqiu.assessment.scenarios import EFFECTS, USE, effects, in_use, uses_of
from suqiu.domain.evidence import Interval
from suqiu.domain.finding import Answer
from suqiu.domain.text import Text
from suqiu.evaluation.intervals import wilson


def _needs_use() -> tuple[Need, ...]:
    return needs(USE, ["scenario", "touched"])


def _needs_touched() -> tuple[Need, ...]:
    return needs(USE, ["scenario", "work", "touched"])


def _needs_adoption() -> tuple[Need, ...]:
    return needs(USE, ["scenario", "touched", "adopted"])


def _needs_effect() -> tuple[Need, ...]:
    return (*_needs_use(), *needs(EFFECTS, ["scenario", "arm", "month", "after", "value"]))


@probe("scenario_coverage.v1", needs=_needs_use)
def scenario_coverage(evidence: Evidence) -> Answer:
    """Share of the standard's scenarios whose use is shown, by work touched or by suggestions logged; no interval.

    A function that several scenarios share shows none of them.
    """
    used = in_use(evidence)
    if isinstance(used, Answer):
        return used
    return _share(len(used), len(evidence.scenarios))


@probe("scenario_touched.v1", needs=_needs_touched)
def scenario_touched(evidence: Evidence) -> Answer:
    """Mean over all of the standard's scenarios of the share of work touched; no interval.

    A scenario that is not in use or not handed in touches nothing, so that leaving one out betters nothing.
    """
    uses = uses_of(evidence)
    if isinstance(uses, Answer):
        return uses
    if not evidence.scenarios:
        return _none()
    shares = [uses[one.id].share or 0.0 if one.id in uses else 0.0 for one in evidence.scenarios]
    return known(sum(shares) / len(shares), denominator=len(shares), rows=len(uses))


@probe("scenario_adoption.v1", needs=_needs_adoption)
def scenario_adoption(evidence: Evidence) -> Answer:
    """Work adopted as a share of the work touched, over all of the standard's scenarios; no interval.

    Where a scenario does not state what was adopted, nothing was.
    """
    uses = uses_of(evidence)
    if isinstance(uses, Answer):
        return uses
    mine = [uses[one.id] for one in evidence.scenarios if one.id in uses]
    touched = sum(use.touched for use in mine)
    if not touched:
        return unknown(Text("各场景触达量均为零", "no scenario touched any work"), len(mine))
    if all(use.adopted is None for use in mine):
        return unknown(Text("各场景均未填写采纳量", "no scenario states what was adopted"), len(mine))
    adopted = sum(min(use.adopted or 0, use.touched) for use in mine)
    return known(adopted / touched, numerator=adopted, denominator=touched, rows=len(mine))


@probe("scenario_effect.v1", needs=_needs_effect)
def scenario_effect(evidence: Evidence) -> Answer:
    """Share of the scenarios in use that changed their outcome for the better by more than chance; Wilson interval.

    What a scenario changed: monthly outcomes before and after its start, beside a control where there is one, else
    against its level and slope before. Scenarios in use without such outcomes count as having changed nothing.
    """
    used, changed = in_use(evidence), effects(evidence)
    if isinstance(used, Answer):
        return used
    if isinstance(changed, Answer):
        return changed
    if not used:
        return unknown(Text("日志未显示任何场景已应用", "the logs show no scenario in use"))
    shown = [
        one.id
        for one in evidence.scenarios
        if one.id in used and one.id in changed and changed[one.id].shown(one.direction)
    ]
    return _share(len(shown), len(used), wilson(len(shown), len(used)))


def _share(part: int, whole: int, interval: Interval | None = None) -> Answer:
    if not whole:
        return _none()
    return known(part / whole, interval=interval, numerator=part, denominator=whole, rows=whole)


def _none() -> Answer:
    return unknown(Text("本标准未列场景", "this standard lists no scenarios"))
