"""A result as OSCAL assessment results, for tools that read NIST's format.

Source: NIST, Open Security Controls Assessment Language, assessment results model, JSON, 1.1.2. A catalogue's
indicators stand for controls; what the format has no word for (credit, bounds, level) stands in properties under our
own namespace.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from suqiu.domain.finding import Backing, Finding, Verdict
from suqiu.domain.text import Language
from suqiu.standard.catalogue import Catalogue
from suqiu.standard.result import EvidenceItem, Result, Score

OSCAL_VERSION = "1.1.2"
NAMESPACE = "https://suqiu.example/ns/oscal"
#: China has one zone and no summer time; the format wants a zone with each moment.
_ZONE = "+08:00"
_METHODS = {
    Backing.MEASURED: "TEST",
    Backing.INSPECTED: "EXAMINE",
    Backing.ATTESTED: "EXAMINE",
    Backing.DECLARED: "INTERVIEW",
}


def to_oscal(result: Result, catalogue: Catalogue, language: Language) -> bytes:
    """Return the result as OSCAL assessment results in JSON; equal results give equal bytes.

    What does not apply is left out of the reviewed controls and named in a remark. Unknown is `not-satisfied` for the
    reason `other`, as the format knows no third state; its own property keeps it apart.
    """
    return (json.dumps(_document(result, catalogue, language), ensure_ascii=False, indent=1) + "\n").encode()


def _document(result: Result, catalogue: Catalogue, language: Language) -> dict[str, Any]:
    names = {one.id: one.name.to(language) for one in catalogue.indicators}
    names |= {one.id: one.name.to(language) for one in catalogue.gates}
    found = [*result.findings, *result.gate_findings]
    looked_at = [one for one in found if one.verdict is not Verdict.NOT_APPLICABLE]
    standard = _id(result, "standard")
    return {
        "assessment-results": {
            "uuid": _id(result, "document"),
            "metadata": {
                "title": f"{result.name} · {catalogue.title.to(language)}",
                "last-modified": _moment(result.as_of),
                "version": f"{result.standard_version}-{result.as_of.isoformat()}",
                "oscal-version": OSCAL_VERSION,
                "parties": [{"uuid": _id(result, "centre"), "type": "organization", "name": result.name}],
                "remarks": catalogue.label.to(language),
            },
            "import-ap": {"href": f"#{standard}"},
            "results": [
                {
                    "uuid": _id(result, "result"),
                    "title": catalogue.title.to(language),
                    "description": catalogue.label.to(language),
                    "start": _moment(result.first),
                    "end": _moment(result.last),
                    "props": _summary(result),
                    "reviewed-controls": {
                        "control-selections": [{"include-controls": [{"control-id": one.subject} for one in looked_at]}]
                    },
                    "observations": [_observation(result, one, names, language) for one in looked_at],
                    "findings": [_finding(result, one, names, language) for one in looked_at],
                    **_remarks(found, names, language),
                }
            ],
            "back-matter": {
                "resources": [
                    {
                        "uuid": standard,
                        "title": f"{catalogue.title.to(language)} {catalogue.id}/{catalogue.version}",
                        "rlinks": [_link(f"standards/{catalogue.id}/{catalogue.version}", catalogue.fingerprint)],
                    },
                    *(_resource(result, item, language) for item in result.evidence),
                ]
            },
        }
    }


def _summary(result: Result) -> list[dict[str, str]]:
    return [
        _property("level", str(result.scoring.level)),
        _property("profile", result.profile),
        _property("engine", result.engine),
        *_numbers("overall", result.scoring.overall),
        *(prop for part in result.scoring.domains for prop in _numbers(part.id, part.score)),
    ]


def _numbers(name: str, score: Score) -> list[dict[str, str]]:
    values: Mapping[str, float | None] = {
        "coverage": score.coverage,
        "score": score.score,
        "lower": score.lower,
        "upper": score.upper,
    }
    return [_property(f"{name}-{key}", f"{value:.6f}") for key, value in values.items() if value is not None]


def _observation(result: Result, finding: Finding, names: Mapping[str, str], language: Language) -> dict[str, Any]:
    backing = finding.backing or Backing.DECLARED
    evidence = [
        {"href": f"#{_id(result, f'evidence {name}')}", "description": name} for name in _handed_in(result, finding)
    ]
    return {
        "uuid": _id(result, f"observation {finding.subject}"),
        "title": names[finding.subject],
        "description": finding.message.to(language),
        "methods": [_METHODS[backing] if finding.verdict.known else "UNKNOWN"],
        "types": ["finding"],
        **({"relevant-evidence": evidence} if evidence else {}),
        "collected": _moment(_collected(result, finding)),
    }


def _finding(result: Result, finding: Finding, names: Mapping[str, str], language: Language) -> dict[str, Any]:
    met = finding.verdict is Verdict.MET
    status: dict[str, str] = {"state": "satisfied" if met else "not-satisfied"}
    status["reason"] = "pass" if met else "fail" if finding.verdict.known else "other"
    properties = [_property("verdict", finding.verdict.value)]
    if finding.credit is not None:
        properties.append(_property("credit", f"{finding.credit:.6f}"))
    if finding.backing is not None:
        properties.append(_property("backing", finding.backing.value))
    if finding.answer is not None and finding.answer.value is not None:
        properties.append(_property("value", f"{finding.answer.value:.9g}"))
        if finding.answer.interval is not None:
            ends = finding.answer.interval
            properties.append(_property("interval", f"{ends.lower:.9g} {ends.upper:.9g}"))
    if finding.replaced is not None and finding.replaced.value is not None:
        properties.append(_property("replaced-claim", f"{finding.replaced.value:.9g}"))
    return {
        "uuid": _id(result, f"finding {finding.subject}"),
        "title": names[finding.subject],
        "description": finding.message.to(language),
        "props": properties,
        "target": {"type": "objective-id", "target-id": finding.subject, "status": status},
        "related-observations": [{"observation-uuid": _id(result, f"observation {finding.subject}")}],
        **({"remarks": finding.settles.to(language)} if finding.settles is not None else {}),
    }


def _remarks(found: Iterable[Finding], names: Mapping[str, str], language: Language) -> dict[str, str]:
    aside = [one for one in found if one.verdict is Verdict.NOT_APPLICABLE]
    if not aside:
        return {}
    lines = [f"{one.subject} {names[one.subject]}: {one.message.to(language)} ({one.approver})" for one in aside]
    return {"remarks": "\n\n".join(lines)}


def _resource(result: Result, item: EvidenceItem, language: Language) -> dict[str, Any]:
    return {
        "uuid": _id(result, f"evidence {item.name}"),
        "title": item.title.to(language),
        "props": [
            _property("backing", item.backing.value),
            _property("origin", item.origin or "—"),
            _property("collected", item.collected.isoformat()),
            _property("expires", item.expires.isoformat()),
            _property("expired", str(item.expired).lower()),
            _property("rows", str(item.rows)),
        ],
        **({"rlinks": [_link(f"evidence/{item.name}.parquet", item.sha256)]} if item.sha256 else {}),
    }


def _link(href: str, sha256: str) -> dict[str, Any]:
    return {"href": href, "hashes": [{"algorithm": "SHA-256", "value": sha256}]}


def _property(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": NAMESPACE, "value": value}


def _handed_in(result: Result, finding: Finding) -> list[str]:
    there = {item.name for item in result.evidence}
    return [name for name in finding.evidence if name in there]


def _collected(result: Result, finding: Finding) -> date:
    """Return the latest day on which any of the evidence was collected."""
    days = [item.collected for item in result.evidence if item.name in finding.evidence]
    return max(days, default=result.as_of)


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00{_ZONE}"


def _id(result: Result, what: str) -> str:
    """Return an id that the same assessment always gives the same thing."""
    parts = (result.centre, result.standard_fingerprint, result.profile, str(result.first), str(result.last), what)
    return str(uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE + "/" + "/".join(parts)))
