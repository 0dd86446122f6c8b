"""What an assessment comes to: numbers, level, and why not the next one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from suqiu.domain.finding import Backing, Finding
from suqiu.domain.text import Text


@dataclass(frozen=True, slots=True)
class Score:
    """Three numbers and the coverage, always shown together 得分与覆盖率.

    Attributes:
        coverage: share of the weight that is known.
        score: mean credit over what is known; None where nothing is.
        lower: mean credit with the unknown as 0.
        upper: mean credit with the unknown as 1.
        weight: the weight of all that applies; 0 where nothing does.
    """

    coverage: float
    score: float | None
    lower: float
    upper: float
    weight: float


class GateState(StrEnum):
    """How a gate stands 否决项状态; only a closed one does not cap."""

    CLOSED = "closed"
    OPEN = "open"
    UNSHOWN = "unshown"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that keeps the level from being higher 升级障碍.

    Attributes:
        kind: `required` an indicator not met, `threshold` the lower score, `domain` a domain too far below, `gate`.
        subject: id of the indicator, domain or gate; the level's number for a threshold.
        message: in words.
    """

    kind: str
    subject: str
    message: Text


@dataclass(frozen=True, slots=True)
class PartResult:
    """Score of a domain, a capability, a kind or a side 分项结果.

    Attributes:
        id: of the part.
        score: its numbers.
        level: reached by a domain taken alone; None for other parts and for domains where nothing applies.
    """

    id: str
    score: Score
    level: int | None


@dataclass(frozen=True, slots=True)
class Scoring:
    """What findings come to 评分结果.

    Attributes:
        overall: over all that applies.
        level: 0 (below the first) to the highest.
        uncapped: the level without gates.
        obstacles: what keeps the level from being one higher; empty at the highest.
        domains, capabilities, kinds, sides: scores by part, in the catalogue's order.
        gates: id and state, in order.
    """

    overall: Score
    level: int
    uncapped: int
    obstacles: tuple[Obstacle, ...]
    domains: tuple[PartResult, ...]
    capabilities: tuple[PartResult, ...]
    kinds: tuple[PartResult, ...]
    sides: tuple[PartResult, ...]
    gates: tuple[tuple[str, GateState], ...]


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One piece of evidence that a result names 佐证材料.

    Attributes:
        name: the form's name, or `document:ID`.
        title: in words.
        backing: what it counts as.
        origin: system and version, or person.
        collected, expires: days; after `expires` it counts as missing.
        rows: how many; 0 for documents.
        sha256: of its file in the bundle.
        expired: as of the assessment's day.
        sensitivity: `public`, `internal`, `personal_removed`.
        rejected: rows handed in that could not be used; what stands in them nobody knows.
    """

    name: str
    title: Text
    backing: Backing
    origin: str
    collected: date
    expires: date
    rows: int
    sha256: str
    expired: bool
    sensitivity: str
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """An export that would raise coverage 最能提高覆盖率的材料.

    Attributes:
        form: its name; title: in words.
        columns: the columns wanted.
        gain: how much coverage it would add at most, 0 to 1.
        subjects: ids of the indicators it would settle.
    """

    form: str
    title: Text
    columns: tuple[str, ...]
    gain: float
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TargetSet:
    """A target that nobody has published, set for this assessment 自设目标值.

    Attributes:
        subject: the indicator.
        target, floor: in its unit; floor None is all or nothing.
        set_by, reason: who, and why.
    """

    subject: str
    target: float
    floor: float | None
    set_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """How far one scenario is in use 场景结果.

    Attributes:
        scenario: its id.
        exists: shown by logs; None where nobody can tell.
        touched, adopted: shares of work and of suggestions, None where not known.
        effect: change in the value's own unit, None where not shown; `lower`, `upper`: its interval.
        method: `control`, `interrupted_series`, or empty where not shown.
        message: in words.
    """

    scenario: str
    exists: bool | None
    touched: float | None
    adopted: float | None
    effect: float | None
    lower: float | None
    upper: float | None
    method: str
    message: Text


@dataclass(frozen=True, slots=True)
class Result:
    """One assessment, complete: everything that the reports print 评估结果.

    Attributes:
        schema: semantic version of this record.
        engine: version of the program.
        standard, standard_version, standard_fingerprint: which catalogue.
        profile: its id.
        centre: the hotline's id; name: its name.
        first, last: the period, both inclusive.
        as_of: the day on which evidence is in date or not.
        targets: those set for this assessment.
        evidence: all that was handed in, also what is expired.
        findings: one for each applicable indicator, in order, then those that do not apply.
        gate_findings: one for each gate.
        scoring: what they come to.
        scenarios: how far each is in use.
        wanted: exports that would raise coverage most, the best first.
    """

    schema: str
    engine: str
    standard: str
    standard_version: str
    standard_fingerprint: str
    profile: str
    centre: str
    name: str
    first: date
    last: date
    as_of: date
    targets: tuple[TargetSet, ...]
    evidence: tuple[EvidenceItem, ...]
    findings: tuple[Finding, ...]
    gate_findings: tuple[Finding, ...]
    scoring: Scoring
    scenarios: tuple[ScenarioResult, ...]
    wanted: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Improvement:
    """One step of a plan 改进项.

    Attributes:
        subject: indicator or gate.
        now, then: credit before and after; None is unknown.
        effort_days: person-days.
        action, owner: what, who.
        reason: `required`, `gate`, `threshold`, `domain`, `prerequisite`.
    """

    subject: str
    now: float | None
    then: float
    effort_days: int
    action: Text
    owner: Text
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The cheapest set of improvements to a level 改进计划.

    Attributes:
        level: the level aimed at.
        steps: what to do, prerequisites first.
        effort_days: person-days in all.
        projected: the score once done, unknown still unknown.
        optimal: proven cheapest.
    """

    level: int
    steps: tuple[Improvement, ...]
    effort_days: int
    projected: Score
    optimal: bool
