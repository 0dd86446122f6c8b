"""A question answered: facts, what they were before, and what the chart draws."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from suqiu.analysis.measures.measure import Dimension
from suqiu.domain.evidence import Fact
from suqiu.domain.text import Text
from suqiu.reporting.numbers import unit_name
from suqiu.web.desks.analysis.asking import MOST_MONTHS, Question
from suqiu.web.results import questions
from suqiu.web.results.cut import Cut
from suqiu.web.results.derived import beyond_chance, change
from suqiu.web.results.store import Result, months
from suqiu.web.site import site
from suqiu.web.wording import language, told

#: Slices that a chart has room for; the table has all.
DRAWN = 24
_POINTS = (Text("5%", "5%"), Text("25%", "25%"), Text("中位数", "median"), Text("75%", "75%"), Text("95%", "95%"))
_NOW, _BEFORE = Text("本期", "this period"), Text("对比期", "compared")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: a slice's fact, before, and how much it changed."""

    fact: Fact
    before: Fact | None
    change: float | None
    sure: bool

    @property
    def now(self) -> Fact:
        """The fact, as comparisons call it."""
        return self.fact


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question 分析结果.

    Attributes:
        whole: the line of everything; None where the data tell nothing or the measure is a mix of slices.
        lines: a line for each slice.
        spread: quantiles of each slice, with its name, where a box chart is drawn.
        months, grid: the months, and each slice's facts of them, where a heat map is drawn.
        chart: what is drawn; None for nothing.
        lacking: the period compared with is not within the data.
        cut_short: more months than a heat map asks for.
    """

    whole: Line | None
    lines: list[Line]
    spread: list[tuple[str, questions.Spread]] = field(default_factory=list)
    months: list[str] = field(default_factory=list)
    grid: list[tuple[Fact, list[Fact | None]]] = field(default_factory=list)
    chart: dict[str, Any] | None = None
    lacking: bool = False
    cut_short: bool = False


def answer(result: Result, scope: Cut, question: Question) -> Answer:
    """Answer a question within somebody's scope."""
    cut, by = question.cut(scope), [Dimension(question.by)] if question.by else []
    now = questions.facts(result, cut, question.period, [question.measure], by, every=True)
    period = question.before
    before: tuple[Fact, ...] = ()
    if period is not None and result.covers(period):
        before = questions.facts(result, cut, period, [question.measure], by, every=True)
    lines = _lines(now, before, question)
    overall, earlier = questions.whole(now, question.measure), questions.whole(before, question.measure)
    whole = None if overall is None else _line(overall, earlier)
    lacking = period is not None and not result.covers(period)
    kind = question.kind
    if kind == "heat":
        return _heat(result, cut, question, whole, lines, lacking)
    if kind == "box":
        spread = questions.spread(result, cut, question.period, question.measure, by[0])
        names = {line.fact.slice.key: told(line.fact.slice.name) for line in lines}
        named = [(names[one.key], one) for one in spread if one.key in names]
        named.sort(key=lambda one: -one[1].points[2])
        return Answer(whole, lines, spread=named, chart=_boxes(question, named, whole), lacking=lacking)
    chart = _drawn(lines, whole, kind) if lines and kind else None
    return Answer(whole, lines, chart=chart, lacking=lacking)


def _line(fact: Fact, before: Fact | None) -> Line:
    return Line(fact, before, change(fact, before), beyond_chance(fact, before))


def _lines(now: tuple[Fact, ...], before: tuple[Fact, ...], question: Question) -> list[Line]:
    """Pair the slices with those of before: months by their place, all else by their key; months in order."""
    slices = questions.sliced(now, question.measure, question.by) if question.by else {}
    earlier = questions.sliced(before, question.measure, question.by) if question.by else {}
    if question.by == Dimension.MONTH:
        ordered = sorted(slices)
        matching = dict(zip(ordered, sorted(earlier), strict=False)) if len(earlier) == len(ordered) else {}
        return [_line(slices[key], earlier.get(matching.get(key, ""))) for key in ordered]
    found = [_line(fact, earlier.get(key)) for key, fact in slices.items()]
    return sorted(found, key=lambda one: (is_small(one.fact), -(one.fact.value or 0), one.fact.slice.key))


def is_small(fact: Fact) -> bool:
    """Say whether a slice has too few rows for its share to be ranked among others."""
    few = site().city.weight("analysis.small_slice")
    return fact.value is None or (fact.interval is not None and (fact.denominator or 0) < few)


def number(fact: Fact | None) -> float | None:
    """Return what a chart draws for a fact: shares in percent."""
    if fact is None or fact.value is None:
        return None
    return round(float(fact.value) * (100 if fact.unit == "share" else 1), 2)


def _unit(fact: Fact) -> str:
    return "%" if fact.unit == "share" else unit_name(fact.unit, language())


def _drawn(lines: list[Line], whole: Line | None, kind: str) -> dict[str, Any]:
    drawn = lines if kind == "line" else lines[:DRAWN]
    unit, names = _unit(lines[0].fact), [told(line.fact.slice.name) for line in drawn]
    if kind == "line":
        series: list[dict[str, Any]] = [{"name": told(_NOW), "values": [number(line.fact) for line in drawn]}]
        if any(line.before for line in drawn):
            earlier = {"name": told(_BEFORE), "values": [number(line.before) for line in drawn], "quiet": True}
            series = [earlier, *series]
        return {"kind": "line", "x": names, "unit": unit, "series": series, "marks": True, "from_zero": unit != "%"}
    chart: dict[str, Any] = {
        "kind": "bars", "labels": names, "values": [number(line.fact) for line in drawn], "unit": unit,
        "reference": number(whole.fact) if whole is not None and whole.fact.unit not in {"orders"} else None,
    }  # fmt: skip
    if any(line.fact.interval for line in drawn):
        scale = 100 if unit == "%" else 1
        ends = [line.fact.interval for line in drawn]
        chart["lower"] = [None if end is None else round(end.lower * scale, 2) for end in ends]
        chart["upper"] = [None if end is None else round(end.upper * scale, 2) for end in ends]
    return chart


def _boxes(question: Question, named: list[tuple[str, questions.Spread]], whole: Line | None) -> dict[str, Any] | None:
    if not named:
        return None
    return {
        "kind": "box", "labels": [name for name, _ in named[:DRAWN]], "points": [told(point) for point in _POINTS],
        "boxes": [[round(point, 2) for point in one.points] for _, one in named[:DRAWN]],
        "unit": _unit(whole.fact) if whole is not None else "",
    }  # fmt: skip


def _heat(result: Result, cut: Cut, question: Question, whole: Line | None, lines: list[Line], lacking: bool) -> Answer:
    asked = list(months(*question.period))
    period = (asked[-MOST_MONTHS:][0][0], question.last)
    by_key: dict[str, dict[str, Fact]] = {}
    for month, fact in questions.by_month(result, cut, period, question.measure, Dimension(question.by)):
        by_key.setdefault(fact.slice.key, {})[month] = fact
    names = [f"{first:%Y-%m}" for first, _ in asked[-MOST_MONTHS:]]
    grid = [
        (line.fact, [by_key[line.fact.slice.key].get(name) for name in names])
        for line in lines
        if line.fact.slice.key in by_key
    ]
    drawn = grid[:DRAWN]
    cells = [[x, y, number(fact)] for y, (_, row) in enumerate(drawn) for x, fact in enumerate(row)]
    chart = None
    if any(cell[2] is not None for cell in cells):
        chart = {
            "kind": "heat", "x": names, "y": [told(fact.slice.name) for fact, _ in drawn], "cells": cells,
            "unit": _unit(drawn[0][0]),
        }  # fmt: skip
    return Answer(
        whole, lines, months=names, grid=grid, chart=chart, lacking=lacking, cut_short=len(asked) > MOST_MONTHS
    )
