"""A document as one self-contained page: no script, no network, every number a link to how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from suqiu.domain.evidence import Fact
from suqiu.domain.text import Text
from suqiu.reporting.document import Document, Heading, Name, Number, Span, Spans
from suqiu.reporting.figures import digits
from suqiu.reporting.numbers import Aspect, show
from suqiu.reporting.render.numbering import labels
from suqiu.reporting.render.svg import to_svg
from suqiu.reporting.render.tagging import name_tag, printable

#: The page's own words.
_WORDS: dict[str, Text] = {
    "contents": Text("目录", "Contents"),
    "skip": Text("跳至正文", "Skip to the report"),
    "table": Text("表", "Table "),
    "figure": Text("图", "Figure "),
    "facts": Text("数字出处", "Where each number comes from"),
    "hint": Text("点击正文中的任一数字，可查看其出处。", "Click any number in the text to see where it comes from."),
    "close": Text("关闭", "Close"),
    "value": Text("数值", "Value"),
    "interval": Text("置信区间", "Interval"),
    "parts": Text("分子与分母", "Numerator and denominator"),
    "rows": Text("统计行数", "Rows"),
    "version": Text("数据版本", "Data version"),
    "period": Text("统计时段", "Period"),
    "reason": Text("原因", "Reason"),
    "query": Text("查询语句", "Query"),
    "id": Text("事实编号", "Fact id"),
}


@dataclass(frozen=True, slots=True)
class _Card:
    """What a click on a number shows."""

    anchor: str
    title: str
    value: str
    lines: tuple[tuple[str, str], ...]
    query: str


def to_html(document: Document) -> str:
    """Return the document as an HTML page; equal documents give equal text."""
    page = _Page(document)
    environment = Environment(
        loader=PackageLoader("suqiu.reporting.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    places = {n: heading for n, heading in enumerate(document.blocks) if isinstance(heading, Heading)}
    numbers = dict(zip(places, labels(places.values(), document.language), strict=True))
    return environment.get_template("report.html").render(
        document=document,
        title=printable(document.name),
        words={name: text.to(document.language) for name, text in _WORDS.items()},
        headings=places,
        numbers=numbers,
        kind=lambda block: type(block).__name__,
        show=page.spans,
        show_fact=lambda fact: page.spans((Number(fact),)),
        draw=lambda chart: to_svg(chart, document.language),
        cards=page.cards,
    )


class _Page:
    """Turns spans into markup, and gives each cited fact its anchor."""

    def __init__(self, document: Document) -> None:
        self._document = document
        printed = {number.fact.fact_id: number.fact for number in document.numbers()}
        self._anchors: Mapping[str, str] = {fact_id: f"f{n}" for n, fact_id in enumerate(sorted(printed))}
        self.cards = [self._card(printed[fact_id]) for fact_id in sorted(printed)]

    def spans(self, spans: Spans) -> Markup:
        """Return spans as markup, with every word escaped."""
        return Markup("").join(self._span(span) for span in spans)

    def _span(self, span: Span) -> Markup:
        match span:
            case Number(fact, aspect):
                return Markup(
                    '<a class="n" href="#{}"><data value="{}" data-fact="{}" data-aspect="{}" title="{}">{}</data></a>'
                ).format(
                    self._anchors[fact.fact_id],
                    "" if fact.value is None else repr(fact.value),
                    fact.fact_id,
                    aspect.value,
                    printable(f"{fact.name.to(self._document.language)} {fact.fact_id}"),
                    show(fact, aspect, self._document.language),
                )
            case Name(text) if digits(text):
                clean = printable(text)
                return Markup('<span data-name="{}">{}</span>').format(name_tag(clean), clean)
            case _:
                return Markup("{}").format(printable(span.text))

    def _card(self, fact: Fact) -> _Card:
        language = self._document.language
        words = {name: text.to(language) for name, text in _WORDS.items()}
        lines = [(words["id"], fact.fact_id), *self._document.definitions.get(fact.measure, ())]
        if fact.interval is not None:
            level, ends = show(fact, Aspect.LEVEL, language), show(fact, Aspect.INTERVAL, language)
            lines.append((words["interval"], f"{level}: {ends} ({fact.interval.method})"))
        if fact.unit == "share" and fact.denominator is not None:
            parts = (show(fact, Aspect.NUMERATOR, language), show(fact, Aspect.DENOMINATOR, language))
            lines.append((words["parts"], " / ".join(parts)))
        if fact.reason is not None:
            lines.append((words["reason"], fact.reason.to(language)))
        lines.append((words["period"], fact.period))
        if fact.rows or fact.value is None:  # a target or a count of verdicts is known without any
            lines.append((words["rows"], show(fact, Aspect.ROWS, language)))
        lines.append((words["version"], fact.data_version))
        name = fact.name.to(language)
        title = name if fact.slice.dimension == "all" else f"{name} · {fact.slice.name.to(language)}"
        return _Card(
            self._anchors[fact.fact_id],
            printable(title),
            show(fact, Aspect.VALUE, language),
            tuple((printable(key), printable(text)) for key, text in lines),
            "\n".join(printable(line) for line in fact.query.splitlines()),
        )
