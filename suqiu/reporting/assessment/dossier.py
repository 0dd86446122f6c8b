"""All that one assessment report is written from, with what sections look up in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property

from suqiu.domain.finding import Finding, Verdict
from suqiu.domain.text import Language, Text
from suqiu.reporting.assessment.words import GRADES, UNRANKED
from suqiu.standard.catalogue import Bound, Catalogue, Domain, Gate, Indicator, Origin, Scenario, Source, WorkedCase
from suqiu.standard.result import EvidenceItem, GateState, Plan, Result, TargetSet

#: Begins the name of a document that an assessor's answer rests on.
DOCUMENT = "document:"
#: Characters of a hash that are printed: enough to compare by eye.
_SHORT = 12


@dataclass(frozen=True)
class Dossier:
    """One assessment with its standard, and perhaps its plan and the assessment before 评估卷宗.

    Attributes:
        result: what is reported.
        catalogue: the standard it was made with.
        plan: to the next level; None where none was made.
        previous: an earlier result of the same centre; None where there is none.
        titles: of the columns of forms, by `form.column`; a column without one goes by its own name.
    """

    result: Result
    catalogue: Catalogue
    plan: Plan | None = None
    previous: Result | None = None
    titles: Mapping[str, Text] = field(default_factory=dict)

    @cached_property
    def indicators(self) -> Mapping[str, Indicator]:
        """Indicators by id."""
        return {one.id: one for one in self.catalogue.indicators}

    @cached_property
    def gates(self) -> Mapping[str, Gate]:
        """Gates by id."""
        return {one.id: one for one in self.catalogue.gates}

    @cached_property
    def domains(self) -> Mapping[str, Domain]:
        """Domains by id."""
        return {one.id: one for one in self.catalogue.domains}

    @cached_property
    def scenarios(self) -> Mapping[str, Scenario]:
        """Scenarios by id."""
        return {one.id: one for one in self.catalogue.scenarios}

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Sources by id."""
        return {one.id: one for one in self.catalogue.sources}

    @cached_property
    def evidence(self) -> Mapping[str, EvidenceItem]:
        """Evidence that was handed in, by name."""
        return {one.name: one for one in self.result.evidence}

    @cached_property
    def findings(self) -> Mapping[str, Finding]:
        """Findings on indicators that this standard has, by id."""
        return {one.subject: one for one in self.result.findings if one.subject in self.indicators}

    @cached_property
    def gate_findings(self) -> Mapping[str, Finding]:
        """Findings on gates, by id."""
        return {one.subject: one for one in self.result.gate_findings}

    @cached_property
    def gate_states(self) -> Mapping[str, GateState]:
        """How each gate stands."""
        return dict(self.result.scoring.gates)

    @cached_property
    def targets(self) -> Mapping[str, TargetSet]:
        """Targets set for this assessment, by indicator."""
        return {one.subject: one for one in self.result.targets}

    @cached_property
    def verdicts(self) -> Counter[Verdict]:
        """How many findings have each verdict."""
        return Counter(one.verdict for one in self.findings.values())

    @property
    def next_level(self) -> int | None:
        """The level above the one reached; None at the top."""
        highest = max(level.number for level in self.catalogue.levels)
        return None if self.result.scoring.level >= highest else self.result.scoring.level + 1

    def level_name(self, number: int) -> Text:
        """Return a level's name; that of 0 says that none is reached."""
        return next((level.name for level in self.catalogue.levels if level.number == number), UNRANKED)

    def name(self, subject: str) -> Text:
        """Return the name of an indicator, gate, domain or scenario; the id itself where the standard has none."""
        for known in (self.indicators, self.gates, self.domains, self.scenarios):
            if subject in known:
                return known[subject].name
        return Text(subject, subject)

    def target_of(self, indicator: Indicator) -> tuple[float | None, Bound]:
        """Return the target that holds here, also one set for this assessment, and where it comes from."""
        if indicator.id in self.targets:
            return self.targets[indicator.id].target, indicator.target
        return indicator.target.value, indicator.target

    def column(self, form: str, column: str) -> Text:
        """Return the title of a form's column."""
        return self.titles.get(f"{form}.{column}", Text(column, column))

    def lacks_target(self, finding: Finding) -> bool:
        """Say whether something was measured that nobody has set a target for."""
        value, bound = self.target_of(self.indicators[finding.subject])
        measured = finding.answer is not None and finding.answer.value is not None
        return finding.verdict is Verdict.UNKNOWN and measured and bound.origin is Origin.USER and value is None

    def names(self, language: Language) -> frozenset[str]:
        """Return every wording that came with the assessment and may hold digits."""
        found = set(_wordings((self.result, self.catalogue, self.plan, self.previous, self.titles), language))
        found.update(one.to(language) for one in GRADES.values())
        found.update(short(one.sha256) for one in self.result.evidence)
        found.add(short(self.result.standard_fingerprint))
        found.update(name.removeprefix(DOCUMENT) for one in self.result.findings for name in one.evidence)
        return frozenset(found)


def short(fingerprint: str) -> str:
    """Return the beginning of a hash, as it is printed."""
    return fingerprint[:_SHORT]


def _wordings(value: object, language: Language) -> Iterator[str]:
    """Yield every text below a value; worked cases are no part of what an assessment says."""
    if isinstance(value, str):
        yield str(value)
    elif isinstance(value, Text):
        yield value.to(language)
    elif isinstance(value, Mapping):
        yield from _wordings(tuple(value.items()), language)
    elif isinstance(value, tuple):
        for one in value:
            yield from _wordings(one, language)
    elif is_dataclass(value) and not isinstance(value, WorkedCase):
        for each in fields(value):
            yield from _wordings(getattr(value, each.name), language)
