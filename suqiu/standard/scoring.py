"""Findings → score, coverage, bounds, level, and what keeps the level from being higher.

Sums are taken in whole numbers, so that the order of findings never matters and no law is broken by rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from suqiu.domain.finding import Finding, Verdict
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Catalogue, Gate, Indicator, Kind, Level, Side
from suqiu.standard.profiles import applicable
from suqiu.standard.result import GateState, Obstacle, PartResult, Score, Scoring
from suqiu.standard.wording import shown_apart

#: Findings by subject, or in any order; what has none is unknown.
Findings: TypeAlias = Mapping[str, Finding] | Iterable[Finding]
#: Says whether a part of the standard holds an indicator.
Holds: TypeAlias = Callable[[Indicator], bool]


def score(catalogue: Catalogue, profile: str, findings: Findings, gate_findings: Findings) -> Scoring:
    """Return what findings come to.

    An indicator or gate without a finding is unknown; findings on what the profile leaves out are passed over.

    Args:
        catalogue: the standard.
        profile: id of the profile.
        findings: on indicators.
        gate_findings: on gates.

    Raises:
        NotFound: there is no such profile.
        ValueError: there are two findings on the same subject.
    """
    indicators, gates = applicable(catalogue, profile)
    books = _Books.of(indicators, _by_subject(findings))
    states = _states(gates, _by_subject(gate_findings))
    domains = {domain.id: books.level_of(domain.id, catalogue.levels) for domain in catalogue.domains}
    ladder = _Ladder(catalogue, books, domains)
    uncapped = ladder.highest()
    caps = [gate.cap for gate in gates if states[gate.id] in {GateState.OPEN, GateState.UNSHOWN}]
    level = min([uncapped, *caps])
    return Scoring(
        books.score(),
        level,
        uncapped,
        tuple(ladder.obstacles(level + 1, gates, states)),
        tuple(PartResult(id_, books.score(_in_domain(id_)), own) for id_, own in domains.items()),
        tuple(
            PartResult(one.id, books.score(_in_capability(one.id)), None)
            for domain in catalogue.domains
            for one in domain.capabilities
        ),
        tuple(PartResult(kind.value, books.score(_of_kind(kind)), None) for kind in Kind),
        tuple(PartResult(side.value, books.score(_of_side(side)), None) for side in Side),
        tuple(states.items()),
    )


def _by_subject(findings: Findings) -> Mapping[str, Finding]:
    if isinstance(findings, Mapping):
        return findings
    found = dict[str, Finding]()
    for finding in findings:
        if finding.subject in found:
            raise ValueError(f"{finding.subject} has two findings")
        found[finding.subject] = finding
    return found


def _states(gates: Iterable[Gate], findings: Mapping[str, Finding]) -> dict[str, GateState]:
    """Return how each gate stands: closed only where that was shown."""
    named = {
        Verdict.MET: GateState.CLOSED,
        Verdict.PARTLY: GateState.OPEN,
        Verdict.NOT_MET: GateState.OPEN,
        Verdict.NOT_APPLICABLE: GateState.NOT_APPLICABLE,
    }
    verdicts = {gate.id: findings[gate.id].verdict if gate.id in findings else Verdict.UNKNOWN for gate in gates}
    return {id_: named.get(verdict, GateState.UNSHOWN) for id_, verdict in verdicts.items()}


@lru_cache(maxsize=4096)
def _exact(number: float) -> Fraction:
    """Return a number as it is written: 0.1 is one tenth."""
    return Fraction(repr(float(number)))


def _all(_: Indicator) -> bool:
    return True


def _in_domain(id_: str) -> Holds:
    return lambda one: one.domain == id_


def _in_capability(id_: str) -> Holds:
    return lambda one: one.capability == id_


def _of_kind(kind: Kind) -> Holds:
    return lambda one: one.kind is kind


def _of_side(side: Side) -> Holds:
    return lambda one: one.side is side


def _up_to(level: Level) -> Holds:
    return lambda one: one.level <= level.number


@dataclass(frozen=True, slots=True)
class _Line:
    """One indicator that counts, in whole numbers.

    Attributes:
        indicator: which.
        weight: its weight, in the books' unit.
        gained: weight times credit, in a finer unit; None where unknown.
        met: its demand is met.
    """

    indicator: Indicator
    weight: int
    gained: int | None
    met: bool


@dataclass(frozen=True, slots=True)
class _Books:
    """All indicators that count.

    Attributes:
        lines: in the catalogue's order.
        weights: units of weight in a weight of 1.
        credits: units of credit in a credit of 1.
    """

    lines: tuple[_Line, ...]
    weights: int
    credits: int

    @classmethod
    def of(cls, indicators: Iterable[Indicator], findings: Mapping[str, Finding]) -> _Books:
        """Enter every indicator, but those that do not apply."""
        rows = []
        for one in indicators:
            finding = findings.get(one.id)
            if finding is None or not finding.verdict.known or finding.credit is None:
                credit, met = None, False
            else:
                credit, met = _exact(finding.credit), finding.verdict is Verdict.MET
            if finding is None or finding.verdict is not Verdict.NOT_APPLICABLE:
                rows.append((one, _exact(one.weight), credit, met))
        weights = math.lcm(*(weight.denominator for _, weight, _, _ in rows))
        credits_ = math.lcm(*(credit.denominator for _, _, credit, _ in rows if credit is not None))
        return cls(
            tuple(
                _Line(
                    one,
                    int(weight * weights),
                    None if credit is None else int(weight * weights) * int(credit * credits_),
                    met,
                )
                for one, weight, credit, met in rows
            ),
            weights,
            credits_,
        )

    def score(self, holds: Holds = _all) -> Score:
        """Return the numbers of the part that holds an indicator or not."""
        lines = [line for line in self.lines if holds(line.indicator)]
        weight = sum(line.weight for line in lines)
        if not weight:
            return Score(0.0, None, 0.0, 0.0, 0.0)
        known = sum(line.weight for line in lines if line.gained is not None)
        gained = sum(line.gained for line in lines if line.gained is not None)
        best = gained + (weight - known) * self.credits
        # A whole number divided by another is rounded once, the nearest there is.
        return Score(
            known / weight,
            gained / (known * self.credits) if known else None,
            gained / (weight * self.credits),
            best / (weight * self.credits),
            weight / self.weights,
        )

    def missed(self, holds: Holds) -> list[_Line]:
        """Return the required indicators of a part that are not met, or not known to be."""
        return [line for line in self.lines if line.indicator.required and not line.met and holds(line.indicator)]

    def level_of(self, domain: str, levels: Iterable[Level]) -> int | None:
        """Return the level that a domain reaches taken alone; None where nothing of it applies."""
        own = _Books(tuple(line for line in self.lines if line.indicator.domain == domain), self.weights, self.credits)
        if not own.lines:
            return None
        reached = 0
        for level in levels:
            score_ = own.score(_up_to(level))
            if own.missed(_up_to(level)) or (score_.weight and score_.lower < level.domain_threshold):
                break
            reached = level.number
        return reached


@dataclass(frozen=True, slots=True)
class _Ladder:
    """The way up, gates aside."""

    catalogue: Catalogue
    books: _Books
    domains: Mapping[str, int | None]

    def highest(self) -> int:
        """Return the highest level such that nothing stands in the way of it or of any below."""
        reached = 0
        for level in self.catalogue.levels:
            if not self.books.lines or any(True for _ in self._obstacles(level)):
                break
            reached = level.number
        return reached

    def obstacles(self, number: int, gates: Iterable[Gate], states: Mapping[str, GateState]) -> list[Obstacle]:
        """Return what stands in the way of a level: none above the highest."""
        found = [
            obstacle for level in self.catalogue.levels if level.number == number for obstacle in self._obstacles(level)
        ]
        if number > self.catalogue.levels[-1].number:
            return found
        if not self.books.lines:
            found.append(Obstacle("threshold", str(number), Text("没有适用的指标", "no indicator applies")))
        return found + [
            _of_gate(gate, states[gate.id])
            for gate in gates
            if gate.cap < number and states[gate.id] in {GateState.OPEN, GateState.UNSHOWN}
        ]

    def _obstacles(self, level: Level) -> Iterable[Obstacle]:
        for line in self.books.missed(_up_to(level)):
            one = line.indicator
            message = (
                Text(
                    "必备指标{id} {name}尚无有效证据", "nothing shows whether the required indicator {id} {name} is met"
                )
                if line.gained is None
                else Text("必备指标{id} {name}未达到", "the required indicator {id} {name} is not met")
            )
            yield Obstacle("required", one.id, message.fill(id=one.id, name=one.name))
        lower = self.books.score().lower
        if lower < level.threshold:
            have, want = shown_apart([lower, level.threshold], "share")
            message = Text(
                "得分下限{have}，未达到{name}门槛{want}",
                "the lower score {have} is below {want}, the threshold of {name}",
            )
            yield Obstacle("threshold", str(level.number), message.fill(have=have, want=want, name=level.name))
        for domain in self.catalogue.domains:
            own = self.domains[domain.id]
            if own is not None and own < level.number - 1:
                message = Text(
                    "{id} {name}自身为{own}级，应不低于{want}级",
                    "{id} {name} taken alone is at level {own}; at least {want} is wanted",
                )
                yield Obstacle(
                    "domain", domain.id, message.fill(id=domain.id, name=domain.name, own=own, want=level.number - 1)
                )


def _of_gate(gate: Gate, state: GateState) -> Obstacle:
    why = Text("已触发", "is open") if state is GateState.OPEN else Text("尚无证据排除", "is not shown to be closed")
    message = Text("否决项{id} {name}{why}，等级最高为{cap}级", "the gate {id} {name} {why}: at most level {cap}")
    return Obstacle("gate", gate.id, message.fill(id=gate.id, name=gate.name, why=why, cap=gate.cap))
