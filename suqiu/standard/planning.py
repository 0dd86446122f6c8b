"""The cheapest set of improvements that reaches a level: a covering problem, solved exactly.

Each indicator or gate can be brought to full credit at the effort of its remedy. What a level demands is linear in
these choices (`scoring`): required indicators, closed gates, the lower score of all, and of each domain by levels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from suqiu.domain.errors import InvalidInput
from suqiu.domain.evidence import Outcome
from suqiu.domain.finding import Answer, Backing, Finding, Verdict
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Catalogue, Gate, Indicator, Level
from suqiu.standard.profiles import applicable
from suqiu.standard.result import Improvement, Plan
from suqiu.standard.scoring import score

Findings = Mapping[str, Finding]
#: Effort is whole days; less than a day in all decides between equally cheap sets, so that there is one answer.
_TIE = 1e-6
#: Room for rounding when a threshold is met exactly.
_SLACK = 1e-9


def cheapest_plan(catalogue: Catalogue, profile: str, findings: Findings, gate_findings: Findings, level: int) -> Plan:
    """Return the cheapest plan to a level.

    What is unknown is taken for missing: a plan may turn out cheaper once the evidence is there.

    Args:
        catalogue, profile: what is asked of whom.
        findings, gate_findings: as they stand, by subject; those that are missing are unknown.
        level: to be reached, 1 to the highest.

    Raises:
        InvalidInput: there is no such level.
    """
    if level not in {one.number for one in catalogue.levels}:
        raise InvalidInput(
            "plan.no_such_level",
            Text("没有{level}级", "there is no level {level}").fill(level=level),
            Text("可用1至{top}", "use 1 to {top}").fill(top=max(one.number for one in catalogue.levels)),
        )
    problem = _Problem.of(catalogue, profile, findings, gate_findings, level)
    chosen, optimal = problem.solve()
    steps = _ordered([problem.step(place, chosen) for place in chosen], problem)
    done = {step.subject for step in steps}
    indicators, gates = applicable(catalogue, profile)
    after = {one.id: _done(one) if one.id in done else findings.get(one.id) for one in indicators}
    after_gates = {one.id: _done(one) if one.id in done else gate_findings.get(one.id) for one in gates}
    scoring = score(
        catalogue,
        profile,
        {id_: one for id_, one in after.items() if one is not None},
        {id_: one for id_, one in after_gates.items() if one is not None},
    )
    return Plan(level, tuple(steps), sum(step.effort_days for step in steps), scoring.overall, optimal)


def _done(one: Indicator | Gate) -> Finding:
    """Return the finding that an improvement ends in."""
    message = Text("完成改进后", "once improved")
    return Finding(one.id, Verdict.MET, 1.0, Answer(Outcome.KNOWN, 1.0), Backing.MEASURED, (), message)


@dataclass(frozen=True)
class _Problem:
    """What may be improved, and what the level demands of it.

    Attributes:
        items: what is not met yet: indicators in the catalogue's order, then gates.
        credit: what each has now; gates have none.
        forced: why an item must be done, by its id.
        rows, least: each row of weights must reach its least.
    """

    items: Sequence[Indicator | Gate]
    credit: Sequence[float | None]
    forced: Mapping[str, str]
    rows: Sequence[tuple[str, np.ndarray[tuple[int], np.dtype[np.float64]], float]]

    @classmethod
    def of(
        cls, catalogue: Catalogue, profile: str, findings: Findings, gate_findings: Findings, level: int
    ) -> _Problem:
        indicators, gates = applicable(catalogue, profile)
        counted = [one for one in indicators if not _is(findings, one, Verdict.NOT_APPLICABLE)]
        open_ = [one for one in counted if not _is(findings, one, Verdict.MET) or _credit(findings, one) < 1]
        shut = [
            one
            for one in gates
            if one.cap < level
            and not _is(gate_findings, one, Verdict.MET)
            and not _is(gate_findings, one, Verdict.NOT_APPLICABLE)
        ]
        items: list[Indicator | Gate] = [*open_, *shut]
        place = {one.id: n for n, one in enumerate(items)}
        forced = {one.id: "gate" for one in shut}
        forced |= {
            one.id: "required"
            for one in open_
            if one.required and one.level <= level and not _is(findings, one, Verdict.MET)
        }
        rows = []

        def demand(why: str, ones: Sequence[Indicator], share: float) -> None:
            total = math.fsum(one.weight for one in ones)
            if not total:
                return
            row = np.zeros(len(items))
            for one in ones:
                if one.id in place:
                    row[place[one.id]] = one.weight * (1 - _credit(findings, one))
            have = math.fsum(one.weight * _credit(findings, one) for one in ones)
            rows.append((why, row, share * total - have))

        demand("threshold", counted, max(one.threshold for one in catalogue.levels if one.number <= level))
        for domain in catalogue.domains:
            for below in _below(catalogue.levels, level):
                within = [one for one in counted if one.domain == domain.id and one.level <= below.number]
                demand("domain", within, below.domain_threshold)
        for one in open_:
            for first in one.depends:
                if first in place and not _is(findings, catalogue.indicator(first), Verdict.MET):
                    row = np.zeros(len(items))
                    row[place[first]], row[place[one.id]] = 1, -1
                    rows.append(("prerequisite", row, 0.0))
        credit = [
            _credit(findings, one) if one.id in findings and findings[one.id].verdict.known else None for one in open_
        ] + [None] * len(shut)
        return cls(items, credit, forced, rows)

    def solve(self) -> tuple[list[int], bool]:
        """Return the places of the cheapest set, and whether it is proven to be that."""
        if not self.items:
            return [], True
        effort = np.array([one.remedy.effort_days for one in self.items], dtype=float)
        tie = _TIE * np.arange(1, len(effort) + 1) / len(effort)
        forced = np.array([one.id in self.forced for one in self.items], dtype=float)
        constraints = [LinearConstraint(row[np.newaxis, :], least - _SLACK) for _, row, least in self.rows]
        found = milp(
            effort + tie, integrality=np.ones(len(effort)), bounds=Bounds(forced, 1.0), constraints=constraints
        )
        if found.x is None:  # everything done reaches every level, so that only a failing solver comes here
            return list(range(len(self.items))), False
        return [int(place) for place in np.flatnonzero(found.x > 0.5)], bool(found.status == 0)

    def step(self, place: int, chosen: Sequence[int]) -> Improvement:
        """Return one item of the plan, of all that are chosen."""
        one = self.items[place]
        return Improvement(
            one.id,
            self.credit[place],
            1.0,
            one.remedy.effort_days,
            one.remedy.text,
            one.remedy.owner,
            self.forced.get(one.id) or self._reason(place, chosen),
        )

    def _reason(self, place: int, chosen: Sequence[int]) -> str:
        """Say what an item that nothing forces is good for."""
        for why, row, _ in self.rows:
            if why == "prerequisite" and row[place] > 0 and any(row[other] < 0 for other in chosen):
                return why
        helped = any(why == "domain" and row[place] > 0 and least > 0 for why, row, least in self.rows)
        return "domain" if helped else "threshold"


def _below(levels: Sequence[Level], level: int) -> list[Level]:
    """Return the levels that every domain must reach for the whole to reach `level`."""
    return [one for one in levels if one.number <= level - 1]


def _is(findings: Findings, one: Indicator | Gate, verdict: Verdict) -> bool:
    return one.id in findings and findings[one.id].verdict is verdict


def _credit(findings: Findings, one: Indicator) -> float:
    found = findings.get(one.id)
    return found.credit if found is not None and found.credit is not None else 0.0


def _ordered(steps: list[Improvement], problem: _Problem) -> list[Improvement]:
    """Put prerequisites first, and otherwise what is demanded before what only adds to a score."""
    wants = {one.id: getattr(one, "depends", ()) for one in problem.items}
    rank = {"gate": 0, "required": 1, "prerequisite": 2, "domain": 3, "threshold": 4}
    waiting = sorted(steps, key=lambda step: (rank[step.reason], step.effort_days, step.subject))
    placed: list[Improvement] = []
    names = {step.subject for step in steps}
    while waiting:
        done = {step.subject for step in placed}
        ready = next(step for step in waiting if not (set(wants[step.subject]) & names) - done)
        placed.append(ready)
        waiting.remove(ready)
    return placed
