"""Charts as scalable pictures inside a page: drawn from facts, readable by machines and screen readers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup, escape

from suqiu.domain.evidence import Fact
from suqiu.domain.text import Language
from suqiu.reporting.document import Chart, plain
from suqiu.reporting.numbers import Aspect, plotted, show
from suqiu.reporting.render.radar import radar
from suqiu.reporting.render.tagging import printable

_WIDTH, _HEIGHT = 720.0, 300.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, 16.0, 16.0, 34.0
_BAR_STEP, _LABEL_WIDTH = 30.0, 150.0
#: About how many labels fit along an axis.
_TICKS = 12
#: More bars than this leave no room for a number on each.
_LABELLED = 20


def to_svg(chart: Chart, language: Language) -> Markup:
    """Return a chart as inline SVG; colours are classes, so that the page's style decides on light and dark."""
    draw: dict[str, Callable[[Chart, Language], tuple[float, Iterator[Markup]]]] = {
        "bar": _bars,
        "column": _columns,
        "line": _lines,
        "radar": radar,
    }
    height, shapes = draw[chart.kind](chart, language)
    caption = printable(plain(chart.caption, language))
    several = len(chart.series) > 1
    told = "; ".join(
        (f"{printable(plain(series.name, language))} " if several else "")
        + f"{printable(label)} {show(fact, Aspect.BARE, language)}"
        for series in chart.series
        for label, fact in zip(chart.categories, series.facts, strict=True)
    )
    body = Markup("").join(shapes)
    return Markup(
        '<svg class="{}" viewBox="0 0 {} {}" role="img" preserveAspectRatio="xMinYMin meet">'
        "<title>{}</title><desc data-scale>{}</desc>{}</svg>"
    ).format(chart.kind, _n(_WIDTH), _n(height), caption, told, body)


def ceiling(values: Sequence[float]) -> tuple[float, float]:
    """Return a round top for an axis from 0, and the step of its ruler: 1, 2, 2.5 or 5 times a power of ten."""
    most = max([value for value in values if value > 0], default=1.0)
    power = 10.0 ** math.floor(math.log10(most / 4))
    step = next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power * 4 >= most * 0.999)
    return step * math.ceil(most / step - 1e-9), step


def _bars(chart: Chart, language: Language) -> tuple[float, Iterator[Markup]]:
    height = _TOP + _BAR_STEP * len(chart.categories) + 8
    top, _ = ceiling([plotted(fact) or 0 for series in chart.series for fact in series.facts])
    room = _WIDTH - _LABEL_WIDTH - 90

    def shapes() -> Iterator[Markup]:
        for n, (label, fact) in enumerate(zip(chart.categories, chart.series[0].facts, strict=True)):
            y, length = _TOP + n * _BAR_STEP, room * max(0.0, plotted(fact) or 0) / top
            yield _text(_LABEL_WIDTH - 8, y + 15, printable(label), "end")
            yield _rect(_LABEL_WIDTH, y, length, 20, 0)
            yield _fact_text(_LABEL_WIDTH + length + 6, y + 15, fact, language, "start")

    return height, shapes()


def _columns(chart: Chart, language: Language) -> tuple[float, Iterator[Markup]]:
    top, step = ceiling([plotted(fact) or 0 for series in chart.series for fact in series.facts])
    slot = (_WIDTH - _LEFT - _RIGHT) / len(chart.categories)
    width = min(56.0, slot * 0.64 / len(chart.series))

    def shapes() -> Iterator[Markup]:
        yield _ruler(top, step)
        yield from _labels(chart, lambda n: _LEFT + slot * (n + 0.5))
        for k, series in enumerate(chart.series):
            for n, fact in enumerate(series.facts):
                x = _LEFT + slot * (n + 0.5) + width * (k - len(chart.series) / 2)
                y = _y(plotted(fact) or 0, top)
                yield _rect(x, y, width, _HEIGHT - _BOTTOM - y, k)
                if len(chart.categories) * len(chart.series) <= _LABELLED:
                    yield _fact_text(x + width / 2, y - 5, fact, language, "middle")
        yield from _legend(chart, language)

    return _HEIGHT + (24 if len(chart.series) > 1 else 0), shapes()


def _lines(chart: Chart, language: Language) -> tuple[float, Iterator[Markup]]:
    top, step = ceiling([plotted(fact) or 0 for series in chart.series for fact in series.facts])
    stride = (_WIDTH - _LEFT - _RIGHT) / max(1, len(chart.categories) - 1)

    def shapes() -> Iterator[Markup]:
        yield _ruler(top, step)
        yield from _labels(chart, lambda n: _LEFT + stride * n)
        for k, series in enumerate(chart.series):
            path, pen = [], "M"
            for n, fact in enumerate(series.facts):
                value = plotted(fact)
                if value is None:
                    pen = "M"  # a gap in the data is a gap in the line
                    continue
                path.append(f"{pen}{_n(_LEFT + stride * n)} {_n(_y(value, top))}")
                pen = "L"
            yield Markup('<path class="line s{}" d="{}"/>').format(k, "".join(path))
        yield from _legend(chart, language)

    return _HEIGHT + (24 if len(chart.series) > 1 else 0), shapes()


def _ruler(top: float, step: float) -> Markup:
    """Return the grid with its scale: a ruler to read by, which states nothing."""
    lines = []
    for n in range(round(top / step) + 1):
        y = _y(n * step, top)
        lines.append(
            Markup('<line class="grid" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
                _n(_LEFT), _n(y), _n(_WIDTH - _RIGHT), _n(y)
            )
            + Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(
                _n(_LEFT - 6), _n(y + 4), f"{n * step:,.6g}"
            )
        )
    return Markup('<g class="ruler" data-scale aria-hidden="true">{}</g>').format(Markup("").join(lines))


def _labels(chart: Chart, place: Callable[[int], float]) -> Iterator[Markup]:
    skip = -(-len(chart.categories) // _TICKS)
    shown = range(0, len(chart.categories), skip)
    marks = [_text(place(n), _HEIGHT - _BOTTOM + 18, printable(chart.categories[n]), "middle") for n in shown]
    yield Markup("<g data-scale>{}</g>").format(Markup("").join(marks))


def _legend(chart: Chart, language: Language) -> Iterator[Markup]:
    if len(chart.series) > 1:
        for k, series in enumerate(chart.series):
            x = _LEFT + 150 * k
            yield _rect(x, _HEIGHT + 4, 14, 8, k)
            yield _text(x + 20, _HEIGHT + 12, printable(plain(series.name, language)), "start")


def _rect(x: float, y: float, width: float, height: float, series: int) -> Markup:
    return Markup('<rect class="s{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        series, _n(x), _n(y), _n(width), _n(height)
    )


def _text(x: float, y: float, words: str, anchor: str) -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}" data-scale>{}</text>').format(_n(x), _n(y), anchor, words)


def _fact_text(x: float, y: float, fact: Fact, language: Language, anchor: str) -> Markup:
    words = escape(show(fact, Aspect.BARE, language))
    return Markup('<text x="{}" y="{}" text-anchor="{}" data-fact="{}" data-aspect="{}">{}</text>').format(
        _n(x), _n(y), anchor, fact.fact_id, Aspect.BARE.value, words
    )


def _y(value: float, top: float) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - max(0.0, value) / top)


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
