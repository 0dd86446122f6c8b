"""The catalogue of measures, for the report's appendix and the reference page."""

from __future__ import annotations

from dataclasses import dataclass

from suqiu.analysis import changes, composite
from suqiu.analysis.measures import ALL
from suqiu.analysis.measures.flow import ACCEPTED, ALL_ACCEPTED
from suqiu.analysis.measures.measure import Direction
from suqiu.domain.text import Text

_AT_END = Text("期末时点", "the period's end")
_UNITS: dict[str, Text] = {
    "share": Text("比例", "share"),
    "orders": Text("件", "orders"),
    "hours": Text("小时", "hours"),
    "minutes": Text("分钟", "minutes"),
    "seconds": Text("秒", "seconds"),
    "per_10k": Text("件/万人", "per 10,000 residents"),
    "ratio": Text("比值", "ratio"),
}
_DIRECTIONS = {Direction.UP: "↑", Direction.DOWN: "↓", Direction.NONE: "—"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalogue 指标口径; fields as in `Measure`, in words."""

    measure: str
    name: Text
    population: Text
    formula: Text
    clock: Text
    unit: str
    direction: Direction
    source: str


def catalogue() -> tuple[Entry, ...]:
    """Return every measure that a run may state: the operational ones, the composed score, the changes."""
    measured = [
        Entry(
            one.id,
            one.name,
            one.population_text,
            one.formula_text,
            one.clock.name if one.clock else _AT_END,
            one.formula.unit,
            one.direction,
            one.source,
        )
        for one in ALL
    ]
    score = Entry(
        composite.ID,
        composite.NAME,
        Text("同三项指标", "those of its three measures"),
        composite.FORMULA,
        Text("同三项指标", "those of its three measures"),
        "share",
        Direction.UP,
        composite.SOURCE,
    )
    grown = [
        Entry(
            id_,
            name,
            ALL_ACCEPTED,
            formula,
            ACCEPTED.name,
            "ratio" if id_ == changes.RATIO else "share",
            Direction.NONE,
            "own",
        )
        for id_, name, formula in changes.described()
    ]
    return (*measured, score, *grown)


def describe() -> str:
    """Render the catalogue as a markdown table, for docs/reference/measures.md."""
    lines = [
        "| id | name | population | formula | clock | unit | better | source |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in catalogue():
        cells = [
            one.measure,
            *(_both(text) for text in (one.name, one.population, one.formula, one.clock, _UNITS[one.unit])),
        ]
        lines.append("| " + " | ".join([*cells, _DIRECTIONS[one.direction], one.source]) + " |")
    return "\n".join(lines) + "\n"


def _both(text: Text) -> str:
    return f"{text.zh}<br>{text.en}"
