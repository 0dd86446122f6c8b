"""Catalogues and results built by hand, small enough to read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from suqiu.domain.evidence import Interval, Outcome
from suqiu.domain.finding import Answer, Backing, Finding, Verdict
from suqiu.domain.text import Text
from suqiu.standard.catalogue import (
    Bound,
    Capability,
    Catalogue,
    Domain,
    Gate,
    Grade,
    Indicator,
    Kind,
    Level,
    Origin,
    ProbeUse,
    Profile,
    Rating,
    Remedy,
    Side,
)
from suqiu.standard.result import EvidenceItem, GateState, PartResult, Result, Score, Scoring


def say(word: str) -> Text:
    return Text(f"{word}（中）", word)


NATURAL = Bound(Origin.NATURAL, 0.0, None, None, say("end of the scale"))


def indicator(
    id_: str,
    *,
    level: int = 2,
    weight: float = 1.0,
    required: bool = False,
    effort: int = 10,
    depends: tuple[str, ...] = (),
    question: bool = False,
    target: float | None = 0.9,
) -> Indicator:
    origin = Origin.USER if target is None else Origin.OBSERVED
    source = None if target is None else "P1"
    return Indicator(
        id=id_,
        name=say(f"name {id_}"),
        statement=say("statement"),
        why=say("why"),
        level=level,
        weight=weight,
        required=required,
        kind=Kind.EFFECT,
        side=Side.BUSINESS,
        unit="share",
        direction="up",
        census=False,
        accepts=(Backing.MEASURED, Backing.INSPECTED),
        probe=None if question else ProbeUse("share.v1", {"form": "audits", "that": {"passed": True}}),
        question=say("question") if question else None,
        criteria=say("criteria"),
        floor=NATURAL,
        target=Bound(origin, target, source, None if target is None else Grade.B, say("note")),
        remedy=Remedy(say("mend it"), effort, say("owner")),
        depends=depends,
        cases=(),
        place="x.yaml:1",
    )


def gate(id_: str, *, question: bool = False, effort: int = 20) -> Gate:
    return Gate(
        id=id_,
        name=say(f"gate {id_}"),
        statement=say("statement"),
        why=say("why"),
        cap=2,
        source="P1",
        grade=Grade.A,
        accepts=(Backing.MEASURED, Backing.INSPECTED),
        probe=None if question else ProbeUse("share.v1", {"form": "audits", "that": {"passed": True}}),
        question=say("question") if question else None,
        least_rows=10,
        remedy=Remedy(say("mend it"), effort, say("owner")),
        cases=(),
        place="gates.yaml:1",
    )


def catalogue(indicators: Sequence[Indicator], gates: Sequence[Gate] = ()) -> Catalogue:
    domains = sorted({one.domain for one in indicators})
    return Catalogue(
        id="toy",
        version="1",
        title=say("toy standard"),
        label=say("made by hand"),
        schema="1.0.0",
        issued=date(2026, 1, 1),
        fingerprint="0" * 64,
        levels=tuple(
            Level(n, say(f"level {n}"), say("meaning"), t, d, say("reason"))
            for n, t, d in ((1, 0, 0), (2, 0.3, 0.5), (3, 0.5, 0.5), (4, 0.7, 0.6), (5, 0.9, 0.7))
        ),
        ratings=(
            Rating("full", say("fully"), 1.0, True),
            Rating("mostly", say("mostly"), 0.8, True),
            Rating("partly", say("partly"), 0.5, False),
            Rating("none", say("not"), 0.0, False),
        ),
        domains=tuple(
            Domain(
                id_,
                say(id_),
                say("about"),
                tuple(
                    Capability(one, say(one), say("about"))
                    for one in sorted({item.capability for item in indicators if item.domain == id_})
                ),
            )
            for id_ in domains
        ),
        indicators=tuple(indicators),
        gates=tuple(gates),
        profiles=(Profile("city", say("city"), say("about"), {}, {}),),
        scenarios=(),
        sources=(),
    )


def finding(subject: str, verdict: Verdict, credit: float | None = None) -> Finding:
    if verdict.known and credit is None:
        credit = {Verdict.MET: 1.0, Verdict.PARTLY: 0.5, Verdict.NOT_MET: 0.0}[verdict]
    answer = Answer(Outcome.KNOWN, 0.5, Interval(0.4, 0.6, 0.95, "wilson"), 50, 100, 100) if verdict.known else None
    return Finding(
        subject,
        verdict,
        credit,
        answer,
        Backing.MEASURED if verdict.known else None,
        ("audits",) if verdict.known else (),
        say(f"{verdict.value} because"),
        None if verdict.known else say("hand in audits"),
        approver="an office" if verdict is Verdict.NOT_APPLICABLE else None,
    )


def scored(lower: float, *, level: int = 3, parts: Sequence[str] = ("D1", "D2"), upper: float | None = None) -> Scoring:
    numbers = Score(0.9, lower, lower, lower if upper is None else upper, 10.0)
    return Scoring(
        overall=numbers,
        level=level,
        uncapped=level,
        obstacles=(),
        domains=tuple(PartResult(id_, numbers, level) for id_ in parts),
        capabilities=(),
        kinds=(),
        sides=(),
        gates=(("G1", GateState.CLOSED),),
    )


def result(
    findings: Sequence[Finding] = (),
    gate_findings: Sequence[Finding] = (),
    *,
    lower: float = 0.6,
    upper: float | None = None,
    level: int = 3,
    profile: str = "city",
) -> Result:
    return Result(
        schema="1.0.0",
        engine="0.1.0",
        standard="toy",
        standard_version="1",
        standard_fingerprint="0" * 64,
        profile=profile,
        centre="linjiang",
        name="临江市12345热线",
        first=date(2026, 1, 1),
        last=date(2026, 6, 30),
        as_of=date(2026, 7, 10),
        targets=(),
        evidence=(
            EvidenceItem(
                "audits",
                say("audits"),
                Backing.MEASURED,
                "quality system 3.2",
                date(2026, 7, 5),
                date(2027, 7, 5),
                100,
                "a" * 64,
                False,
                "personal_removed",
            ),
        ),
        findings=tuple(findings),
        gate_findings=tuple(gate_findings),
        scoring=scored(lower, level=level, upper=upper),
        scenarios=(),
        wanted=(),
    )
