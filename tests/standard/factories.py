"""Small standards, findings and results, as objects and as folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml

from suqiu.domain.evidence import Interval, Outcome
from suqiu.domain.finding import Answer, Backing, Finding, Verdict
from suqiu.domain.text import Text
from suqiu.evaluation.intervals import wilson
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
    Source,
)

WORD = Text("文", "text")
RATINGS = (
    Rating("full", Text("完全符合", "fully"), 1, True),
    Rating("mostly", Text("大部分符合", "mostly"), 0.8, True),
    Rating("partly", Text("部分符合", "partly"), 0.5, False),
    Rating("none", Text("不符合", "not at all"), 0, False),
)
LEVELS = tuple(
    Level(number, Text(f"{number}级", f"level {number}"), WORD, threshold, domain, WORD)
    for number, threshold, domain in ((1, 0.0, 0.0), (2, 0.12, 0.5), (3, 0.4, 0.5), (4, 0.65, 0.55), (5, 0.8, 0.6))
)
REMEDY = Remedy(WORD, 5, WORD)
NATURAL = Bound(Origin.NATURAL, 0.0, None, None, WORD)
STEP = Bound(Origin.STEP, None, None, None, WORD)
OPEN = Bound(Origin.USER, None, None, None, WORD)


def published(value: float, source: str = "P7") -> Bound:
    return Bound(Origin.PUBLISHED, value, source, Grade.A, WORD)


def indicator(
    id_: str = "D1.1.1",
    *,
    level: int = 2,
    weight: float = 1,
    required: bool = False,
    unit: str = "share",
    direction: Literal["up", "down"] = "up",
    census: bool = False,
    floor: Bound = NATURAL,
    target: Bound | None = None,
    accepts: tuple[Backing, ...] = (Backing.MEASURED,),
    kind: Kind = Kind.EFFECT,
    side: Side = Side.BUSINESS,
) -> Indicator:
    return Indicator(
        id_, Text(f"指标{id_}", f"indicator {id_}"), WORD, WORD, level, weight, required, kind, side, unit, direction,
        census, accepts, ProbeUse("share.v1", {"form": "exports"}), None, WORD, floor, target or published(0.9), REMEDY,
        (), (), f"indicators/{id_}.yaml:1",
    )  # fmt: skip


def gate(id_: str = "G1", *, cap: int = 2, least_rows: int = 10) -> Gate:
    return Gate(
        id_, Text(f"否决{id_}", f"gate {id_}"), WORD, WORD, cap, "P1", Grade.A, (Backing.MEASURED, Backing.INSPECTED),
        ProbeUse("share.v1", {"form": "audits"}), None, least_rows, REMEDY, (), "gates.yaml:2",
    )  # fmt: skip


def catalogue(
    indicators: Sequence[Indicator],
    gates: Sequence[Gate] = (),
    *,
    levels: tuple[Level, ...] = LEVELS,
    leaves_out: Mapping[str, Text] | None = None,
) -> Catalogue:
    domains = {one.domain: dict[str, Capability]() for one in indicators}
    for one in indicators:
        domains[one.domain][one.capability] = Capability(one.capability, WORD, WORD)
    return Catalogue(
        "hotline-intelligence", "2026.1", WORD, WORD, "1.0.0", date(2026, 1, 1), "f" * 64, levels, RATINGS,
        tuple(Domain(id_, WORD, WORD, tuple(held.values())) for id_, held in domains.items()),
        tuple(indicators), tuple(gates),
        (Profile("city", WORD, WORD, leaves_out or {}, {}),), (), (Source("P7", WORD, "", "", Grade.A),),
    )  # fmt: skip


def share(successes: int, trials: int) -> Answer:
    """A share as probes give it: with its Wilson interval."""
    return Answer(Outcome.KNOWN, successes / trials, wilson(successes, trials), successes, trials, trials)


def value(number: float, interval: Interval | None = None, rows: int = 100) -> Answer:
    return Answer(Outcome.KNOWN, number, interval, rows=rows)


def finding(subject: str, verdict: Verdict, credit: float | None = None) -> Finding:
    approver = "张" if verdict is Verdict.NOT_APPLICABLE else None
    if verdict.known and credit is None:
        credit = 1.0 if verdict is Verdict.MET else 0.0
    return Finding(subject, verdict, credit, None, None, (), WORD, approver=approver)


# ---- folders

PAIR = {"zh": "文字", "en": "words"}


def indicator_file(id_: str, **changes: Any) -> dict[str, Any]:
    """The content of an indicator's file; a change to None leaves the key out."""
    content: dict[str, Any] = {
        "id": id_, "name": PAIR, "statement": PAIR, "why": PAIR, "level": 2, "weight": 2, "required": False,
        "kind": "effect", "side": "business", "unit": "share", "direction": "up", "census": False,
        "accepts": ["measured"],
        "probe": {"name": "share.v1", "with": {"form": "exports", "that": {"approved": True}}},
        "criteria": PAIR,
        "floor": {"origin": "natural", "value": 0, "note": PAIR},
        "target": {"origin": "published", "value": 0.9, "source": "P7", "grade": "A", "note": PAIR},
        "remedy": {"effort_days": 5, "owner": PAIR, "text": PAIR},
        "depends": [],
        "cases": [
            {
                "name": PAIR,
                "forms": {"exports": [{"approved": True, "times": 100}]},
                "expect": {"verdict": "met", "value": 1},
            },
            {"name": PAIR, "forms": {}, "expect": {"verdict": "unknown", "value": None}},
        ],
    }  # fmt: skip
    content |= changes
    return {key: item for key, item in content.items() if item is not None}


def gate_entry(id_: str = "G1", **changes: Any) -> dict[str, Any]:
    one = indicator_file("D1.1.1")
    kept = {key: one[key] for key in ("name", "statement", "why", "accepts", "probe", "remedy", "cases")}
    return {"id": id_, "cap": 2, "source": "P7", "grade": "A", "least_rows": 10, **kept, **changes}


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.dump(content, allow_unicode=True, sort_keys=False, Dumper=_NoAliases), "utf-8")


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def folder(place: Path, *indicators: Mapping[str, Any], version: str = "2026.1") -> Path:
    """A small standard that is well: D1 with capability D1.1, D2 with D2.1, one gate, one profile, one scenario."""
    indicators = indicators or (indicator_file("D1.1.1"), indicator_file("D1.1.2"), indicator_file("D2.1.1"))
    root = place / version
    identity = {"id": "hotline-intelligence", "version": version, "schema": "1.0.0", "title": PAIR, "label": PAIR}
    write(root / "standard.yaml", {**identity, "issued": date(2026, 11, 22)})
    levels = [
        {"number": one.number, "name": PAIR, "meaning": PAIR, "threshold": one.threshold,
         "domain_threshold": one.domain_threshold, "reason": PAIR}
        for one in LEVELS
    ]  # fmt: skip
    ratings = [{"code": one.code, "name": PAIR, "credit": one.credit, "met": one.met} for one in RATINGS]
    write(root / "levels.yaml", {"ratings": ratings, "levels": levels})
    domains = [
        {"id": id_, "name": PAIR, "about": PAIR, "capabilities": [{"id": f"{id_}.1", "name": PAIR, "about": PAIR}]}
        for id_ in ("D1", "D2")
    ]
    write(root / "domains.yaml", {"domains": domains})
    for one in indicators:
        write(root / "indicators" / one["id"].partition(".")[0] / f"{one['id']}.yaml", one)
    write(root / "gates.yaml", {"gates": [gate_entry()]})
    city = {"id": "city", "name": PAIR, "about": PAIR, "leaves_out": [], "parameters": {"most_days": 30}}
    write(root / "profiles" / "city.yaml", city)
    sources = [
        {"id": id_, "title": PAIR, "address": "https://example.org", "dated": "2020-12-28", "grade": "A"}
        for id_ in ("P1", "P7")
    ]
    write(root / "sources.yaml", {"sources": sources})
    scenario = {"id": "S01", "name": PAIR, "about": PAIR, "stage": "accept", "serves": "agent", "work": "calls"}
    effect = {"function": "fill", "effect": PAIR, "direction": "down"}
    write(root / "scenarios.yaml", {"scenarios": [{**scenario, **effect}]})
    return root
