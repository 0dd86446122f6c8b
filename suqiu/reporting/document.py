"""A report as a tree of values, which cannot be built with a number that no fact backs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from suqiu.domain.errors import Defect
from suqiu.domain.evidence import Fact, Outcome
from suqiu.domain.text import Language, Text
from suqiu.reporting.figures import digits, loose_figures
from suqiu.reporting.numbers import Aspect, show


@dataclass(frozen=True, slots=True)
class Words:
    """Words of ours: they state no figure 文字."""

    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name or quoted wording that came with the facts or the city pack 名称; it may hold digits."""

    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """A figure: one aspect of one fact 数字."""

    fact: Fact
    aspect: Aspect = Aspect.VALUE


Span = Words | Name | Number
Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's title 标题; the renderer numbers it.

    Attributes:
        level: 1 or 2.
        spans: the title.
        appendix: it opens an appendix, which is counted apart.
        wide: the pages from this level-1 heading to the next lie on their side, for tables of many columns.
    """

    level: Literal[1, 2]
    spans: Spans
    appendix: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text 段落."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Note:
    """Small print under what it explains 注."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Notice:
    """What must not be overlooked, in a frame 提示."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table 列.

    Attributes:
        title: what stands at its head.
        figures: it holds numbers, which are set to the right.
        width: its share of the table's width, relative to the other columns.
    """

    title: Spans
    figures: bool = False
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under a caption 表格.

    Attributes:
        caption: what it shows.
        columns: from the left.
        rows: every row has as many cells as there are columns.
        dense: it is reference matter, to be set small.
    """

    caption: Spans
    columns: tuple[Column, ...]
    rows: tuple[tuple[Spans, ...], ...]
    dense: bool = False


ChartKind = Literal["column", "bar", "line", "radar"]


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of bars of a chart 数据系列; one fact for each category."""

    name: Spans
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of facts 图.

    Attributes:
        kind: `column` upright bars, `bar` lying bars, `line`, `radar` one axis for each category around a centre.
        caption: what it shows.
        categories: a label for each place along the axis.
        series: one or more, each as long as the categories.
    """

    kind: ChartKind
    caption: Spans
    categories: tuple[str, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell of a heat map 热力格.

    Attributes:
        name: what it is about.
        fact: what it is shaded by, 0 to 100; hatched where it is not known.
        detail: small print under the number, empty for none.
    """

    name: Spans
    fact: Fact
    detail: Spans = ()

    @property
    def shade(self) -> int | None:
        """How dark the cell is, 0 to 4; None is hatched."""
        return None if self.fact.value is None else min(4, max(0, int(self.fact.value // 20)))


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Cells shaded by their number, in rows of different lengths 热力图.

    The number stands in every cell, so that it reads without colours too.

    Attributes:
        caption: what it shows.
        heads: title of the rows' labels, and of their cells.
        rows: each with its label and its cells.
    """

    caption: Spans
    heads: tuple[Spans, Spans]
    rows: tuple[tuple[Spans, tuple[HeatCell, ...]], ...]

    @property
    def width(self) -> int:
        """Cells of the longest row."""
        return max((len(cells) for _, cells in self.rows), default=0)


Block = Heading | Paragraph | Note | Notice | Table | Chart | HeatMap


@dataclass(frozen=True)
class Document:
    """A whole report 报告.

    It checks itself when it is built, so whoever holds one holds a report without a loose number.

    Attributes:
        title: its lines, broken where an official would break them.
        subtitle: the period.
        issuer: up to which day the data reaches.
        until: that day, which dates the files too: never the day of printing.
        blocks: everything below.
        facts: every fact that may be cited, by id.
        names: every name and quoted wording that may hold digits.
        definitions: for each measure, the lines that say how it is made, in print.
        language: what it is written in.

    Raises:
        Defect: words state a figure, a number is no fact of this report or tells no query,
            or a table or chart is ragged.
    """

    title: tuple[Spans, ...]
    subtitle: Spans
    issuer: Spans
    until: date
    blocks: tuple[Block, ...]
    facts: Mapping[str, Fact]
    names: frozenset[str]
    definitions: Mapping[str, tuple[tuple[str, str], ...]]
    language: Language

    def __post_init__(self) -> None:
        for block in self.blocks:
            _check_shape(block)
            if isinstance(block, Chart):
                self._check_chart(block)
        for spans in self.sentences():
            for span in spans:
                self._check_span(span, spans)

    def sentences(self) -> Iterator[Spans]:
        """Yield every run of spans in reading order: titles, paragraphs, captions, cells."""
        yield from (*self.title, self.subtitle, self.issuer)
        for block in self.blocks:
            yield from spans_of(block)

    def numbers(self) -> Iterator[Number]:
        """Yield every printed number in reading order."""
        for spans in self.sentences():
            yield from (span for span in spans if isinstance(span, Number))

    def cited(self) -> tuple[Fact, ...]:
        """Return every fact that is printed or drawn, once, by id."""
        front = {number.fact.fact_id: number.fact for number in self.numbers()}
        found = front | {fact.fact_id: fact for fact in cited_by(self.blocks)}
        return tuple(found[fact_id] for fact_id in sorted(found))

    @property
    def name(self) -> str:
        """The title in one line, as files and windows show it."""
        return (" " if self.language == "en" else "").join(self.plain(line) for line in self.title)

    def plain(self, spans: Spans) -> str:
        """Return spans as they read in print."""
        return plain(spans, self.language)

    def _check_span(self, span: Span, sentence: Spans) -> None:
        match span:
            case Words(text):
                loose = loose_figures(text)
            case Name(text):
                loose = [] if text in self.names else digits(text)
            case Number(fact):
                loose = [] if self._resolves(fact) else [fact.fact_id]
        if loose:
            raise _loose(", ".join(loose), self.plain(sentence))

    def _resolves(self, fact: Fact) -> bool:
        """Say whether a fact is one of this report's and tells how it was computed."""
        computed = bool(fact.query and fact.data_version) or fact.outcome is not Outcome.KNOWN
        return computed and self.facts.get(fact.fact_id) == fact

    def _check_chart(self, chart: Chart) -> None:
        for label in chart.categories:
            if label not in self.names and digits(label):
                raise _loose(label, self.plain(chart.caption))
        for series in chart.series:
            for fact in series.facts:
                if not self._resolves(fact):
                    raise _loose(fact.fact_id, self.plain(chart.caption))


def spans_of(block: Block) -> Iterator[Spans]:
    """Yield every run of spans of a block in reading order."""
    match block:
        case Heading() | Paragraph() | Note() | Notice():
            yield block.spans
        case Table():
            yield block.caption
            yield from (column.title for column in block.columns)
            for row in block.rows:
                yield from row
        case Chart():
            yield block.caption
            yield from (series.name for series in block.series)
        case HeatMap():
            yield from (block.caption, *block.heads)
            for label, cells in block.rows:
                yield label
                for cell in cells:
                    yield from (cell.name, (Number(cell.fact, Aspect.VALUE),), cell.detail)


def cited_by(blocks: Iterable[Block]) -> tuple[Fact, ...]:
    """Return every fact that blocks print or draw, once, by id."""
    found: dict[str, Fact] = {}
    for block in blocks:
        for spans in spans_of(block):
            found.update({span.fact.fact_id: span.fact for span in spans if isinstance(span, Number)})
        if isinstance(block, Chart):
            found.update({fact.fact_id: fact for series in block.series for fact in series.facts})
    return tuple(found[fact_id] for fact_id in sorted(found))


def plain(spans: Spans, language: Language) -> str:
    """Return spans as they read in print."""
    return "".join(show(span.fact, span.aspect, language) if isinstance(span, Number) else span.text for span in spans)


def _check_shape(block: Block) -> None:
    match block:
        case Table():
            widths = {len(row) for row in block.rows} - {len(block.columns)}
        case Chart():
            widths = {len(series.facts) for series in block.series} - {len(block.categories)}
        case _:
            return
    if widths:
        raise Defect(
            "report.ragged",
            Text("报告中的表格或图各行长度不一", "a table or chart of the report is ragged"),
            Text("请检查该章节的列数", "check the section's number of columns"),
        )


def _loose(figure: str, sentence: str) -> Defect:
    return Defect(
        "report.loose_number",
        Text(
            "报告语句含有没有事实依据的数字“{figure}”：{sentence}",
            "a sentence holds a number that no fact backs ({figure}): {sentence}",
        ).fill(figure=figure, sentence=sentence),
        Text(
            "请以事实（Number）写入该数字，或改写语句",
            "write the number as a fact (Number), or reword the sentence",
        ),
    )
