"""The radar as a picture inside a page: a value with its bounds on one axis for each category."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from suqiu.domain.evidence import Fact
from suqiu.domain.text import Language
from suqiu.reporting.document import Chart, plain
from suqiu.reporting.numbers import Aspect, plotted, show
from suqiu.reporting.render.tagging import printable

_CENTRE_X, _CENTRE_Y, _RADIUS = 360.0, 205.0, 150.0
_HEIGHT, _LEGEND_Y, _LEGEND_STEP = 430.0, 418.0, 110.0
_RINGS = (20, 40, 60, 80, 100)


def radar(chart: Chart, language: Language) -> tuple[float, Iterator[Markup]]:
    """Return the height and the shapes of a radar; its first series is the value, the others are its bounds."""
    spokes = [_spoke(n, len(chart.categories)) for n in range(len(chart.categories))]

    def shapes() -> Iterator[Markup]:
        yield _rings(spokes)
        if len(chart.series) == 3:
            lower, upper = (_path(series.facts, spokes) for series in chart.series[1:])
            yield Markup('<path class="band" fill-rule="evenodd" d="{}{}"/>').format(upper, lower)
        for k, series in reversed(list(enumerate(chart.series))):
            yield Markup('<path class="line s{}" d="{}"/>').format(k, _path(series.facts, spokes))
        for fact, spoke in zip(chart.series[0].facts, spokes, strict=True):
            if fact.value is not None:
                x, y = _point(plotted(fact) or 0, spoke)
                yield Markup('<circle class="s0" cx="{}" cy="{}" r="3.5"/>').format(_n(x), _n(y))
        for label, fact, spoke in zip(chart.categories, chart.series[0].facts, spokes, strict=True):
            yield from _label(label, fact, spoke, language)
        yield from _legend(chart, language)

    return _HEIGHT, shapes()


def _spoke(n: int, of: int) -> tuple[float, float]:
    """Return a direction, clockwise from the top, y pointing down."""
    angle = 2 * math.pi * n / of
    return math.sin(angle), -math.cos(angle)


def _point(value: float, spoke: tuple[float, float]) -> tuple[float, float]:
    length = _RADIUS * min(100.0, max(0.0, value)) / 100
    return _CENTRE_X + spoke[0] * length, _CENTRE_Y + spoke[1] * length


def _path(facts: Sequence[Fact], spokes: Sequence[tuple[float, float]]) -> str:
    """Return a closed line; what is not known is a gap in it."""
    steps, pen, whole = [], "M", True
    for fact, spoke in zip(facts, spokes, strict=True):
        if fact.value is None:
            pen, whole = "M", False
            continue
        x, y = _point(plotted(fact) or 0, spoke)
        steps.append(f"{pen}{_n(x)} {_n(y)}")
        pen = "L"
    if whole:
        steps.append("Z")
    elif facts[0].value is not None and facts[-1].value is not None:
        steps.append("L" + steps[0][1:])
    return "".join(steps)


def _rings(spokes: Sequence[tuple[float, float]]) -> Markup:
    """Return the grid with its scale: a ruler to read by, which states nothing."""
    lines = []
    for ring in _RINGS:
        corners = " ".join(f"{_n(x)},{_n(y)}" for x, y in (_point(ring, spoke) for spoke in spokes))
        lines.append(Markup('<polygon class="grid" points="{}"/>').format(corners))
        lines.append(
            Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(
                _n(_CENTRE_X - 4), _n(_CENTRE_Y - _RADIUS * ring / 100 + 4), str(ring)
            )
        )
    for spoke in spokes:
        x, y = _point(100, spoke)
        lines.append(
            Markup('<line class="grid" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
                _n(_CENTRE_X), _n(_CENTRE_Y), _n(x), _n(y)
            )
        )
    return Markup('<g class="ruler" data-scale aria-hidden="true">{}</g>').format(Markup("").join(lines))


def _label(label: str, fact: Fact, spoke: tuple[float, float], language: Language) -> Iterator[Markup]:
    x = _CENTRE_X + spoke[0] * (_RADIUS + 16)
    y = _CENTRE_Y + spoke[1] * (_RADIUS + 22)
    anchor = "middle" if abs(spoke[0]) < 0.2 else "start" if spoke[0] > 0 else "end"
    yield Markup('<text x="{}" y="{}" text-anchor="{}" data-scale>{}</text>').format(
        _n(x), _n(y - 2), anchor, printable(label)
    )
    yield Markup(
        '<text class="figure" x="{}" y="{}" text-anchor="{}" data-fact="{}" data-aspect="{}">{}</text>'
    ).format(_n(x), _n(y + 14), anchor, fact.fact_id, Aspect.BARE.value, escape(show(fact, Aspect.BARE, language)))


def _legend(chart: Chart, language: Language) -> Iterator[Markup]:
    first = _CENTRE_X - _LEGEND_STEP * len(chart.series) / 2
    for k, series in enumerate(chart.series):
        x = first + _LEGEND_STEP * k
        yield Markup('<path class="line s{}" d="M{} {}h22"/>').format(k, _n(x), _n(_LEGEND_Y - 4))
        yield Markup('<text x="{}" y="{}" data-scale>{}</text>').format(
            _n(x + 28), _n(_LEGEND_Y), printable(plain(series.name, language))
        )


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
