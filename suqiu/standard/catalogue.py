"""What a standard consists of: the only definition of its schema.

A standard is a folder of data (`standards/<id>/<version>/`). This module says what its files mean once read;
`loading` reads and checks them, `scoring` turns findings into a level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from suqiu.domain.finding import Backing
from suqiu.domain.text import Text


class Kind(StrEnum):
    """Which of the hotlines' own questions an indicator answers 指标类别."""

    ACCURACY = "accuracy"
    COVERAGE = "coverage"
    EFFECT = "effect"
    PEOPLE = "people"
    FOUNDATION = "foundation"
    SAFEGUARD = "safeguard"


class Side(StrEnum):
    """Whether an indicator is about the service or about the technology 业务指标与技术指标."""

    BUSINESS = "business"
    TECHNICAL = "technical"


class Grade(StrEnum):
    """How far a source can be trusted 来源等级."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    R = "R"


class Origin(StrEnum):
    """Where a bound comes from 目标值性质.

    `published`: a source states it as a target. `observed`: somewhere it was reached. `duty`: a public duty leaves
    no other value. `own`: this model's own demand, never an official threshold; only for what is there or not,
    never for how well it works. `natural`: the end of the scale. `step`: a floor that is missing: credit is all or
    nothing. `user`: nothing is published; whoever orders the assessment sets it.
    """

    PUBLISHED = "published"
    OBSERVED = "observed"
    DUTY = "duty"
    OWN = "own"
    NATURAL = "natural"
    STEP = "step"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Source:
    """A public text that a number or duty rests on 来源.

    Attributes:
        id: `P7`; `own` is this model itself.
        title, address: what and where.
        dated: as the source says, empty where it does not.
        grade: how far to trust it.
    """

    id: str
    title: Text
    address: str
    dated: str
    grade: Grade


@dataclass(frozen=True, slots=True)
class Bound:
    """A floor or a target 下限、目标值.

    Attributes:
        origin: where it comes from.
        value: in the indicator's unit; None for `step`, and for `user` until somebody has set it.
        source: id of the source; None for `natural`, `step`, `user`.
        grade: of the source for this number; None where there is no source.
        note: what it means, what is known elsewhere; for `user`, what to look at when setting it.
        set_by: who set a `user` bound; None before.
    """

    origin: Origin
    value: float | None
    source: str | None
    grade: Grade | None
    note: Text
    set_by: str | None = None


@dataclass(frozen=True, slots=True)
class ProbeUse:
    """Which probe computes an indicator, and with what 探测方式.

    Attributes:
        name: versioned name of a probe of `suqiu.assessment.probes`: `share.v1`.
        arguments: by the probe's own names.
    """

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Remedy:
    """What closes the gap 改进措施.

    Attributes:
        text: what to do.
        effort_days: person-days, a rough size for comparing; our own estimate.
        owner: who usually does it.
    """

    text: Text
    effort_days: int
    owner: Text


@dataclass(frozen=True, slots=True)
class WorkedCase:
    """Evidence in, finding out: an example that runs as a test 算例.

    Attributes:
        name: what it shows.
        forms: rows by form; a row's key `times` repeats it.
        target: the target set for the case; None leaves the standard's.
        verdict: what must come out.
        value: the raw value that must come out, to six digits; None where none does.
    """

    name: Text
    forms: Mapping[str, tuple[Mapping[str, Any], ...]]
    target: float | None
    verdict: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Indicator:
    """One demand that is asked of a hotline 指标.

    Exactly one of `probe` and `question` is set.

    Attributes:
        id: stable and never reused: `D3.2.1` is the first indicator of capability `D3.2` of domain `D3`.
        name: short.
        statement: what must be so.
        why: what it is good for.
        level: the maturity level that it belongs to, 1 to 5.
        weight: its weight in scores.
        required: no level from this one up is reached without it.
        kind, side: what it answers.
        unit: `share`, `seconds`, `minutes`, `hours`, `days`, `months`, `count`, `points`, `per_100k`, `pp`, `rating`,
            `ratio`.
        direction: which way is better.
        census: it counts all cases there are, so that the value itself and not its interval is held to the target.
        accepts: the backings that count as evidence.
        probe: what computes it from data.
        question: what the assessor asks.
        criteria: when it is met; for a question also what mostly, partly and not at all mean.
        floor, target: credit runs from 0 at the floor to 1 at the target.
        remedy: what closes the gap.
        depends: ids of indicators that must be met before.
        cases: two worked cases or more.
        place: file and line, for messages.
    """

    id: str
    name: Text
    statement: Text
    why: Text
    level: int
    weight: float
    required: bool
    kind: Kind
    side: Side
    unit: str
    direction: Literal["up", "down"]
    census: bool
    accepts: tuple[Backing, ...]
    probe: ProbeUse | None
    question: Text | None
    criteria: Text
    floor: Bound
    target: Bound
    remedy: Remedy
    depends: tuple[str, ...]
    cases: tuple[WorkedCase, ...]
    place: str

    @property
    def capability(self) -> str:
        """The capability's id."""
        return self.id.rpartition(".")[0]

    @property
    def domain(self) -> str:
        """The domain's id."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Capability:
    """A group of indicators within a domain 能力项."""

    id: str
    name: Text
    about: Text


@dataclass(frozen=True, slots=True)
class Domain:
    """A field of the hotline's work 能力域."""

    id: str
    name: Text
    about: Text
    capabilities: tuple[Capability, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """One step of maturity 成熟度等级.

    Attributes:
        number: 1 to 5.
        name, meaning: as officials know them.
        threshold: the lower score from which the level can be reached, 0 to 1; our own choice.
        domain_threshold: the same for a domain taken alone, over its indicators of this level and below.
        reason: why these thresholds.
    """

    number: int
    name: Text
    meaning: Text
    threshold: float
    domain_threshold: float
    reason: Text


@dataclass(frozen=True, slots=True)
class Rating:
    """One step of the scale that assessors judge by 评分档.

    Attributes:
        code: `full`, `mostly`, `partly`, `none`.
        name: in words.
        credit: 0 to 1.
        met: whether an indicator so rated is met.
    """

    code: str
    name: Text
    credit: float
    met: bool


@dataclass(frozen=True, slots=True)
class Gate:
    """A veto item 否决项: while open, or not shown to be closed, it caps the level.

    Attributes:
        id: `G1`.
        name, statement, why: as for an indicator; the statement says what must be so.
        cap: the highest level with the gate open.
        source, grade: the public duty that it rests on.
        accepts, probe, question: as for an indicator; a probe's value is the share that is in order.
        least_rows: rows below which it is not shown to be closed.
        remedy, cases, place: as for an indicator.
    """

    id: str
    name: Text
    statement: Text
    why: Text
    cap: int
    source: str
    grade: Grade
    accepts: tuple[Backing, ...]
    probe: ProbeUse | None
    question: Text | None
    least_rows: int
    remedy: Remedy
    cases: tuple[WorkedCase, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Which indicators apply to whom 适用类型.

    Attributes:
        id: `province`, `city`, `county`, `contractor`.
        name, about: in words.
        leaves_out: indicators and gates that do not apply, each with the reason.
        parameters: numbers that probes of this profile use where their arguments name them with `$`.
    """

    id: str
    name: Text
    about: Text
    leaves_out: Mapping[str, Text]
    parameters: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One intelligent use along the order's way 智能应用场景.

    Attributes:
        id: `S01`.
        name, about: what it does for whom.
        stage: accept, dispatch, handle, call_back, appraise, analyse 受理、派单、办理、回访、考评、研判.
        serves: agent, department, leader, citizen.
        work: what the share of work touched is counted in: calls, orders, call_backs, inspections, reports, …
        function: the function's code in the logs, by which its use is seen.
        effect: what should get better, and which way.
        direction: which way the effect's value should go.
    """

    id: str
    name: Text
    about: Text
    stage: str
    serves: str
    work: str
    function: str
    effect: Text
    direction: Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One published version of a standard 标准.

    Attributes:
        id, version: `hotline-intelligence`, `2026.1`.
        title: its name.
        label: what it is and is not, to be shown wherever it is used: our own open model, no official text.
        schema: semantic version of the file format.
        issued: its day.
        fingerprint: SHA-256 over its files.
        levels, ratings, domains, indicators, gates, profiles, scenarios, sources: in order.
    """

    id: str
    version: str
    title: Text
    label: Text
    schema: str
    issued: date
    fingerprint: str
    levels: tuple[Level, ...]
    ratings: tuple[Rating, ...]
    domains: tuple[Domain, ...]
    indicators: tuple[Indicator, ...]
    gates: tuple[Gate, ...]
    profiles: tuple[Profile, ...]
    scenarios: tuple[Scenario, ...]
    sources: tuple[Source, ...]

    def indicator(self, id_: str) -> Indicator:
        """Return an indicator by id.

        Raises:
            KeyError: there is none.
        """
        for one in self.indicators:
            if one.id == id_:
                return one
        raise KeyError(id_)

    def profile(self, id_: str) -> Profile:
        """Return a profile by id.

        Raises:
            KeyError: there is none.
        """
        for one in self.profiles:
            if one.id == id_:
                return one
        raise KeyError(id_)

    def rating(self, code: str) -> Rating:
        """Return a step of the assessors' scale by its code.

        Raises:
            KeyError: there is none.
        """
        for one in self.ratings:
            if one.code == code:
                return one
        raise KeyError(code)
