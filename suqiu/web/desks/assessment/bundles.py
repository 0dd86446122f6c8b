"""The assessments of this site: which there are, what the newest says, what has changed, what a level costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from suqiu import standards
from suqiu.assessed import result_of
from suqiu.domain.errors import NotFound, SuqiuError
from suqiu.domain.finding import Finding, Verdict
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Catalogue, Gate, Indicator
from suqiu.standard.planning import cheapest_plan
from suqiu.standard.result import Plan, Result
from suqiu.web.site import site

#: Names of verdicts as the pages show them, with a colour that repeats what the words say.
VERDICTS: Mapping[Verdict, tuple[Text, str]] = {
    Verdict.MET: (Text("达到", "met"), "green"),
    Verdict.PARTLY: (Text("部分达到", "partly met"), "yellow"),
    Verdict.NOT_MET: (Text("未达到", "not met"), "red"),
    Verdict.UNKNOWN: (Text("未知", "unknown"), "secondary"),
    Verdict.NOT_APPLICABLE: (Text("不适用", "not applicable"), "secondary"),
    Verdict.ERROR: (Text("无法计算", "cannot be computed"), "orange"),
}


@dataclass(frozen=True, slots=True)
class Bundle:
    """One assessment of this site 一次评估.

    Attributes:
        name: of its folder, as addresses say it.
        folder: where it lies.
        made_at: when its result was written.
    """

    name: str
    folder: Path
    made_at: datetime


def home() -> Path:
    """Return the folder of the assessments made here."""
    return site().folder / "assessments"


def centre() -> Path:
    """Return the folder of what the hotline hands in."""
    return site().folder / "centre"


def bundles() -> list[Bundle]:
    """Return every finished assessment, the newest first."""
    about = site().about.assessment
    folders = {Path(about)} if about else set()
    folders |= {path.parent for path in home().glob("*/manifest.json")}
    found = []
    for folder in folders:
        file = folder / "result.json"
        if file.is_file():
            found.append(Bundle(folder.name, folder, datetime.fromtimestamp(file.stat().st_mtime, site().zone)))
    return sorted(found, key=lambda one: (one.made_at, one.name), reverse=True)


def bundle(name: str | None = None) -> Bundle:
    """Return an assessment by name, the one in force without a name.

    Raises:
        NotFound: there is none.
    """
    about = site().about.assessment
    there = bundles()
    chosen = next(
        (one for one in there if (one.name == name if name else about is not None and one.folder == Path(about))),
        there[0] if there and not name else None,
    )
    if chosen is None:
        raise NotFound(
            "assessment.none",
            Text("还没有这项评估", "there is no such assessment"),
            Text("请在“材料”页提交材料后开展评估", "hand in material on the page “evidence”, then assess"),
        )
    return chosen


def read(one: Bundle) -> tuple[Result, Catalogue]:
    """Return what an assessment says, and the standard that it goes by."""
    return _read(one.folder, (one.folder / "result.json").stat().st_mtime_ns)


@lru_cache(maxsize=6)
def _read(folder: Path, stamp: int) -> tuple[Result, Catalogue]:
    result = result_of(folder)
    return result, standards.load(f"{result.standard}/{result.standard_version}", site().settings)


def before(one: Bundle) -> Bundle | None:
    """Return the assessment before this one, None without."""
    return next((other for other in bundles() if other.made_at < one.made_at), None)


def plan_to(result: Result, catalogue: Catalogue, level: int) -> Plan | None:
    """Return the cheapest plan to a level; None when it is reached."""
    if result.scoring.level >= level:
        return None
    return _plan(result.centre, result.as_of.isoformat(), level, _Held(result, catalogue))


@dataclass(frozen=True)
class _Held:
    """A result with its catalogue, as one key of the cache: by identity, they are not changed."""

    result: Result
    catalogue: Catalogue

    def __hash__(self) -> int:
        return id(self.result)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.result is self.result


@lru_cache(maxsize=16)
def _plan(centre_id: str, day: str, level: int, held: _Held) -> Plan:
    result = held.result
    findings = {one.subject: one for one in result.findings}
    gates = {one.subject: one for one in result.gate_findings}
    return cheapest_plan(held.catalogue, result.profile, findings, gates, level)


@dataclass(frozen=True, slots=True)
class Row:
    """One finding beside what it is about.

    Attributes:
        finding, subject: the verdict and its indicator or gate.
        domain: id of the domain; empty for a gate.
        verdict, tone: in words and colour.
    """

    finding: Finding
    subject: Indicator | Gate
    domain: str
    verdict: Text
    tone: str


def rows(result: Result, catalogue: Catalogue) -> list[Row]:
    """Return every finding with its subject, gates first."""
    known: dict[str, Indicator | Gate] = {one.id: one for one in catalogue.indicators}
    known |= {one.id: one for one in catalogue.gates}
    found = []
    for finding in (*result.gate_findings, *result.findings):
        subject = known[finding.subject]
        domain = finding.subject.partition(".")[0] if isinstance(subject, Indicator) else ""
        found.append(Row(finding, subject, domain, *VERDICTS[finding.verdict]))
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """What is different from the last time.

    Attributes:
        row: the finding now.
        then: the verdict then, in words; None where the standard had no such indicator.
        better: True, False, or None where neither can be said.
    """

    row: Row
    then: Text | None
    better: bool | None


def changes(now: Result, then: Result, catalogue: Catalogue) -> list[Change]:
    """Return the findings whose verdict or credit differs, the better first."""
    old = {one.subject: one for one in (*then.findings, *then.gate_findings)}
    found = []
    for row in rows(now, catalogue):
        past = old.get(row.finding.subject)
        if past is not None and (past.verdict, past.credit) == (row.finding.verdict, row.finding.credit):
            continue
        better = None
        if past is not None and past.credit is not None and row.finding.credit is not None:
            better = row.finding.credit > past.credit
        found.append(Change(row, VERDICTS[past.verdict][0] if past else None, better))
    return sorted(found, key=lambda one: (one.better is not True, one.better is not False, one.row.finding.subject))


def why_not(error: SuqiuError) -> Text:
    """Return a refusal as one sentence."""
    return Text(f"{error.message.zh}。{error.hint.zh}", f"{error.message.en}. {error.hint.en}")
