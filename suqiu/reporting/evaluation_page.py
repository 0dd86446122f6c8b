"""A run's scorecard as one self-contained page: no script, no network, a table beside every chart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined

from suqiu.domain.text import Language, Text
from suqiu.evaluation.intervals import wilson
from suqiu.evaluation.measures import MEASURES, VARIANTS
from suqiu.reporting.document import Heading
from suqiu.reporting.evaluation_words import (
    ABOUT,
    CARRIED,
    KINDS,
    MCNEMAR,
    NO_THRESHOLD,
    NONE,
    PARTS,
    SAID,
    WORDS,
    chance,
    ends_of,
    percent,
    plain,
)
from suqiu.reporting.render.numbering import labels
from suqiu.reporting.render.tagging import printable

Values = Mapping[str, Any]

#: Rows of a table that stand open; the rest is folded away.
_OPEN_ROWS = 15
#: Measures that stand at the top, where the run has them.
_HEADLINES = ("accuracy", "top_3", "coverage", "macro_f1", "kappa", "f1", "span_f1", "span_precision", "span_recall")
#: The inside of every chart, in the units of its picture.
_LEFT, _TOP, _WIDE, _HIGH = 56.0, 10.0, 340.0, 240.0


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows below a caption; `figures` says which columns hold numbers, `folded` that it stands behind a chart."""

    caption: str
    columns: tuple[str, ...]
    figures: tuple[bool, ...]
    rows: list[list[str]]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class _Chart:
    """A picture in units of its inside: `x` and `y` run from the left and from the top."""

    caption: str
    told: str
    x_title: str
    y_title: str
    x_ticks: list[tuple[float, str]]
    y_ticks: list[tuple[float, str]]
    line: str = ""
    diagonal: str = ""
    dots: list[dict[str, float]] = field(default_factory=list)
    across: tuple[float, str] | None = None
    mark: tuple[float, float, str] | None = None


@dataclass(slots=True)
class _Section:
    """What stands below one heading."""

    title: str
    level: Literal[1, 2] = 1
    words: list[str] = field(default_factory=list)
    blocks: list[_Table | _Chart] = field(default_factory=list)


def evaluation_page(
    card: Values, language: Language = "zh", *, title: Text | None = None, comparisons: Sequence[Values] = ()
) -> str:
    """Return a page about a run; equal values give equal text.

    Args:
        card: from `Scorecard.to_dict`.
        language: what to write it in.
        title: of the task; None shows its id.
        comparisons: of this run with others, from `Comparison.to_dict`.
    """
    writer = _Writer(card, language)
    sections = list(writer.sections(comparisons))
    environment = Environment(
        loader=PackageLoader("suqiu.reporting.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clean"] = lambda value: printable(str(value))
    return environment.get_template("evaluation_page.html.j2").render(
        language=language,
        words={name: text.to(language) for name, text in WORDS.items()},
        more=lambda n: WORDS["more"].fill(n=n).to(language),
        title=(title or Text(card["header"]["task"], card["header"]["task"])).to(language),
        model=f"{card['header']['model']} {card['header']['model_version']}",
        cards=writer.headlines(),
        numbers=list(labels((Heading(section.level, ()) for section in sections), language)),
        sections=sections,
        kind=lambda block: type(block).__name__,
        open_rows=_OPEN_ROWS,
        inside=(_LEFT, _TOP, _WIDE, _HIGH),
    )


class _Writer:
    """Turns a scorecard into sections."""

    def __init__(self, card: Values, language: Language) -> None:
        self._card = card
        self._language: Language = language
        self._wanted = percent(card["wanted"], 0 if (card["wanted"] * 100).is_integer() else 1)

    def headlines(self) -> list[tuple[str, str, str]]:
        """Return name, value and interval of the first variant's main figures."""
        figures = {figure["measure"]: figure for figure in self._card["variants"][0]["figures"]}
        shown = [figures[name] for name in _HEADLINES if name in figures][:4]
        return [(self._measure(f["measure"]), *self._value(f["measure"], f["value"], f["interval"])) for f in shown]

    def sections(self, comparisons: Sequence[Values]) -> Iterator[_Section]:
        """Yield the page from the top."""
        variants = self._card["variants"]
        yield self._overall(variants)
        if any(variant["goals"] for variant in variants):
            yield _Section(self._("goals"), blocks=[self._goals(variant) for variant in variants])
        yield _Section(self._("detail"))
        for variant in variants:
            yield self._variant(variant)
        if comparisons:
            yield _Section(self._("compared"))
            for comparison in comparisons:
                yield self._compared(comparison)
        yield _Section(self._("meanings"), blocks=[self._meanings(variants)])
        yield _Section(self._("about"), blocks=[self._about()])

    def _overall(self, variants: Sequence[Values]) -> _Section:
        section = _Section(self._("overall"))
        for variant in variants:
            said = SAID.fill(n=f"{variant['samples']:,}", **{k: f"{variant[k]:,}" for k in ("silent", "unknown")})
            section.words.append((f"{self._name(variant)}　" if len(variants) > 1 else "") + said.to(self._language))
        measures = [figure["measure"] for figure in variants[0]["figures"]]
        by_variant = [{figure["measure"]: figure for figure in variant["figures"]} for variant in variants]
        rows = []
        for measure in measures:
            row = [self._measure(measure)]
            for figures in by_variant:
                figure = figures.get(measure, {"value": None, "interval": None})
                row.extend(self._value(measure, figure["value"], figure["interval"]))
            rows.append(row)
        titles = [self._("measure")]
        for variant in variants:
            name = f"{self._name(variant)} " if len(variants) > 1 else ""
            titles.extend([f"{name}{self._('value')}", self._("interval")])
        section.blocks.append(self._table("overall", titles, rows))
        return section

    def _goals(self, variant: Values) -> _Table:
        def said(flag: bool | None) -> str:
            return NONE if flag is None else self._("yes" if flag else "no")

        rows = [
            [
                self._measure(result["goal"]["measure"]),
                self._number(result["goal"]["measure"], result["goal"]["value"]),
                self._number(result["goal"]["measure"], result["value"]),
                said(result["met"]),
                said(result["sure"]),
                result["goal"]["source"][self._language],
            ]
            for result in variant["goals"]
        ]
        names = [self._(name) for name in ("measure", "goal", "value", "met", "sure", "source")]
        return _Table(self._name(variant), tuple(names), (False, True, True, False, False, False), rows)

    def _variant(self, variant: Values) -> _Section:
        section = _Section(WORDS["variant"].fill(name=self._name(variant)).to(self._language), level=2)
        if variant["reliability"]:
            section.blocks += [self._reliability_chart(variant), self._reliability_table(variant)]
        if variant["curve"]:
            section.blocks += [self._curve_chart(variant), self._curve_table(variant)]
        if variant["carried"]:
            section.words.append(self._carried_words(variant["carried"]))
        if variant["surest"]:
            section.blocks.append(self._selections(variant))
        if variant["levels"]:
            rows = [
                [f["measure"], f"{f['samples']:,}", *self._value("accuracy", f["value"], f["interval"])]
                for f in variant["levels"]
            ]
            section.blocks.append(
                self._table("levels", [self._(n) for n in ("level", "samples", "accuracy", "interval")], rows)
            )
        section.blocks.append(self._classes(variant["classes"]))
        if variant["confusions"]:
            rows = [[r["truth"], r["found"], f"{r['count']:,}", percent(r["share"])] for r in variant["confusions"]]
            titles = tuple(self._(name) for name in ("truth", "found", "count", "of_truth"))
            section.blocks.append(_Table(self._("confusions"), titles, (False, False, True, True), rows))
        return section

    def _reliability_chart(self, variant: Values) -> _Chart:
        dots = []
        for row in variant["reliability"]:
            ends = wilson(row["right"], row["samples"])
            if ends is not None:
                place = {"x": _x(row["confidence"]), "y": _y(row["accuracy"])}
                dots.append({**place, "low": _y(ends.lower), "high": _y(ends.upper)})
        return _Chart(
            self._("calibration"),
            self._pairs(variant["reliability"], "confidence", "accuracy"),
            self._("said"),
            self._("accuracy"),
            [(_x(n / 4), percent(n / 4, 0)) for n in range(5)],
            [(_y(n / 4), percent(n / 4, 0)) for n in range(5)],
            diagonal=f"M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}",
            dots=dots,
        )

    def _reliability_table(self, variant: Values) -> _Table:
        rows = [
            [
                f"{row['least']:.3f}–{row['most']:.3f}",
                f"{row['samples']:,}",
                percent(row["confidence"]),
                percent(row["accuracy"]),
                ends_of(wilson(row["right"], row["samples"]), percent, self._language),
            ]
            for row in variant["reliability"]
        ]
        titles = [self._(name) for name in ("range", "samples", "said", "accuracy", "interval")]
        return self._table("calibration", titles, rows, folded=True)

    def _curve_chart(self, variant: Values) -> _Chart:
        rows, chosen = variant["curve"], variant["surest"]
        lowest = min(rows[-1]["accuracy"], self._card["wanted"])
        floor = max(0.0, math.floor(lowest * 10 - 0.5) / 10)
        path = "".join(
            f"{'L' if n else 'M'}{_x(row['share'])} {_y(row['accuracy'], floor)}" for n, row in enumerate(rows)
        )
        mark = None
        if chosen["accepted"]:
            said = WORDS["chosen"].fill(share=percent(chosen["share"])).to(self._language)
            mark = (_x(chosen["share"]), _y(chosen["accuracy"], floor), said)
        step = (1 - floor) / 4
        wanted = WORDS["wanted"].fill(share=self._wanted).to(self._language)
        return _Chart(
            self._("curve"),
            self._pairs(_thinned(rows), "share", "accuracy"),
            self._("share"),
            self._("accuracy"),
            [(_x(n / 4), percent(n / 4, 0)) for n in range(5)],
            [(_y(floor + n * step, floor), percent(floor + n * step, 1 if step * 1000 % 10 else 0)) for n in range(5)],
            line=path,
            across=(_y(self._card["wanted"], floor), wanted),
            mark=mark,
        )

    def _curve_table(self, variant: Values) -> _Table:
        rows = [
            [f"{row['threshold']:.3f}", f"{row['accepted']:,}", percent(row["share"]), percent(row["accuracy"])]
            for row in _thinned(variant["curve"])
        ]
        titles = [self._(name) for name in ("threshold", "count", "share", "accuracy")]
        return self._table("curve", titles, rows, folded=True)

    def _selections(self, variant: Values) -> _Table:
        parts = [(self._("whole"), variant["surest"])]
        if carried := variant["carried"]:
            names = zip(("chooses", "tests"), ("chosen", "applied"), PARTS[carried["by"]], strict=True)
            parts += [(WORDS[role].fill(part=part).to(self._language), carried[key]) for role, key, part in names]
        rows = [
            [
                name,
                NONE if part["threshold"] is None else f"{part['threshold']:.3f}",
                f"{part['samples']:,}",
                percent(part["share"]),
                percent(part["accuracy"]),
                ends_of(part["interval"], percent, self._language),
            ]
            for name, part in parts
        ]
        titles = [self._(name) for name in ("part", "threshold", "samples", "share", "accuracy", "interval")]
        return self._table("selection", titles, rows)

    def _carried_words(self, carried: Values) -> str:
        chosen, applied = PARTS[carried["by"]]
        said = NO_THRESHOLD if carried["chosen"]["threshold"] is None else CARRIED
        shares = {name: percent(carried["applied"][name]) for name in ("share", "accuracy")}
        return said.fill(wanted=self._wanted, chosen=chosen, applied=applied, **shares).to(self._language)

    def _classes(self, rows: Sequence[Values]) -> _Table:
        titles = [self._(name) for name in ("class", "samples", "answered", "precision", "recall")]
        cells = [
            [
                row["label"],
                f"{row['samples']:,}",
                f"{row['answered']:,}",
                *(percent(row[name]) for name in ("precision", "recall")),
                plain(row["f1"]),
            ]
            for row in rows
        ]
        return self._table("classes", [*titles, "F1"], cells)

    def _compared(self, comparison: Values) -> _Section:
        sides = [comparison[side] for side in ("first", "second")]
        names = [
            f"{side['model']} {side['model_version']}" + (f" · {variant}" if variant else "")
            for side, variant in zip(sides, comparison["variants"], strict=True)
        ]
        section = _Section(" — ".join(names), level=2)
        if test := comparison["mcnemar"]:
            counts = {"n": comparison["samples"], "a": test["only_first"], "b": test["only_second"]}
            said = MCNEMAR.fill(p=chance(test["p"]), **{key: f"{count:,}" for key, count in counts.items()})
            section.words.append(said.to(self._language))
        rows = [
            [
                self._measure(measure),
                self._number(measure, row["first"]),
                self._number(measure, row["second"]),
                *self._value(measure, row["difference"], row["interval"], signed=True),
                chance(row["p"]),
            ]
            for measure, row in comparison["differences"].items()
        ]
        titles = [self._("measure"), *names, *(self._(name) for name in ("difference", "interval", "p"))]
        section.blocks.append(self._table("compared", titles, rows))
        return section

    def _meanings(self, variants: Sequence[Values]) -> _Table:
        measures = [figure["measure"] for figure in variants[0]["figures"]]
        rows = [[self._measure(name), MEASURES[name].meaning.to(self._language)] for name in measures]
        return _Table(self._("meanings"), (self._("measure"), self._("meanings")), (False, False), rows)

    def _about(self) -> _Table:
        values = {**self._card["header"], "run": self._card["run"]}
        values["kind"] = KINDS[values["kind"]].to(self._language)
        rows = [[text.to(self._language), values[name] or NONE] for name, text in ABOUT.items()]
        return _Table(self._("about"), (self._("measure"), self._("value")), (False, False), rows)

    def _table(self, caption: str, titles: Sequence[str], rows: list[list[str]], *, folded: bool = False) -> _Table:
        """Return a table whose first column names what the others count."""
        return _Table(self._(caption), tuple(titles), (False,) + (True,) * (len(titles) - 1), rows, folded)

    def _pairs(self, rows: Sequence[Values], one: str, other: str) -> str:
        return "; ".join(f"{percent(row[one])}: {percent(row[other])}" for row in rows)

    def _measure(self, name: str) -> str:
        return MEASURES[name].name.to(self._language)

    def _name(self, variant: Values) -> str:
        known = VARIANTS.get(variant["variant"])
        return known.to(self._language) if known else variant["variant"] or self._("unnamed")

    def _value(self, measure: str, value: float | None, ends: Any, *, signed: bool = False) -> tuple[str, str]:
        def show(number: float | None) -> str:
            return self._number(measure, number, signed=signed)

        return show(value), ends_of(ends, show, self._language)

    def _number(self, measure: str, value: float | None, *, signed: bool = False) -> str:
        text = (percent if MEASURES[measure].is_share else plain)(value)
        return f"+{text}" if signed and value is not None and value > 0 else text

    def _(self, name: str) -> str:
        return WORDS[name].to(self._language)


def _thinned(rows: Sequence[Values]) -> list[Values]:
    """Return some twenty rows at even steps, the last among them."""
    step = max(1, len(rows) // 20)
    return [row for n, row in enumerate(reversed(rows)) if n % step == 0][::-1]


def _x(share: float) -> float:
    return round(_LEFT + _WIDE * share, 1)


def _y(share: float, floor: float = 0.0) -> float:
    return round(_TOP + _HIGH * (1 - (share - floor) / (1 - floor)), 1)
