"""What the public may know, from the last run's facts: counts and rates, no cell that could tell who somebody is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from suqiu.domain.text import Language
from suqiu.web.site import site

#: Cells with fewer orders are left out: a rare matter in a small place may tell who asked.
LEAST = 10
_RATES = ("C2", "C16", "C17", "C3")
_TOPICS = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of a public table.

    Attributes:
        name: of the type, topic, district or rate.
        value: orders, or a share 0 to 1.
        of: what a share rests on; 0 for a count.
        part: 0 to 100: its length beside the longest.
    """

    name: str
    value: float
    of: int = 0
    part: float = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Public aggregates of one period 公开数据.

    Attributes:
        first, last: days of the period, as ISO days.
        total: orders accepted.
        rates, types, topics, districts, months: lines, the most first; months in their order.
    """

    first: str
    last: str
    total: int
    rates: tuple[Cell, ...]
    types: tuple[Cell, ...]
    topics: tuple[Cell, ...]
    districts: tuple[Cell, ...]
    months: tuple[Cell, ...]


def public_figures(language: Language) -> Figures | None:
    """Return the aggregates of the last run; None before the first."""
    result = site().about.result
    path = Path(result) / "facts.json" if result else None
    if path is None or not path.is_file():
        return None
    return _read(path, path.stat().st_mtime_ns, language)


@lru_cache(maxsize=4)
def _read(path: Path, stamp: int, language: Language) -> Figures | None:
    facts = [fact for fact in json.loads(path.read_text("utf-8")) if fact["outcome"] == "known"]
    volume: dict[str, list[Mapping[str, Any]]] = {}
    for fact in facts:
        if fact["measure"] == "V1":
            volume.setdefault(fact["slice"]["dimension"], []).append(fact)
    if "all" not in volume:
        return None
    first, last = volume["all"][0]["period"].split("/")
    rates = {fact["measure"]: fact for fact in facts if fact["slice"]["dimension"] == "all"}
    return Figures(
        first,
        last,
        int(volume["all"][0]["value"]),
        tuple(
            Cell(fact["name"][language], fact["value"], fact["denominator"] or 0, 100 * fact["value"])
            for measure in _RATES
            if (fact := rates.get(measure)) is not None and (fact["denominator"] or 0) >= LEAST
        ),
        _most(volume.get("type", ()), language),
        _most(volume.get("category_1", ()), language)[:_TOPICS],
        _most(volume.get("district", ()), language),
        _drawn(sorted(volume.get("month", ()), key=lambda fact: str(fact["slice"]["key"])), language),
    )


def _most(facts: Iterable[Mapping[str, Any]], language: Language) -> tuple[Cell, ...]:
    return _drawn(sorted(facts, key=lambda fact: -fact["value"]), language)


def _drawn(facts: Iterable[Mapping[str, Any]], language: Language) -> tuple[Cell, ...]:
    kept = [fact for fact in facts if fact["value"] >= LEAST]
    longest = max((fact["value"] for fact in kept), default=1)
    return tuple(
        Cell(fact["slice"]["name"][language], fact["value"], part=100 * fact["value"] / longest) for fact in kept
    )
