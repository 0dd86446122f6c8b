"""The pen that sections of every report write with: sentences with gaps for facts, tables, charts, notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from suqiu.domain.evidence import Fact, Outcome
from suqiu.domain.text import Language, Text
from suqiu.reporting.document import (
    Block,
    Chart,
    ChartKind,
    Column,
    Heading,
    Name,
    Note,
    Notice,
    Number,
    Paragraph,
    Series,
    Span,
    Spans,
    Table,
    Words,
)
from suqiu.reporting.numbers import Aspect, unit_name

Gap = Fact | Number | Name | Words | Text | Spans
"""What may fill a gap of a sentence; a bare fact prints its value with its unit."""

_GAP = re.compile(r"\{(\w+)\}")


@dataclass
class Pen:
    """Collects the blocks of one section, and every fact that is printed or drawn on the way.

    Attributes:
        language: what is written.
        blocks: what has been written.
        made: the facts used so far, which the document must know.
        missing: what could not be said, with the reason.
    """

    language: Language
    blocks: list[Block] = field(default_factory=list)
    made: dict[str, Fact] = field(default_factory=dict)
    missing: dict[str, tuple[Spans, str]] = field(default_factory=dict)

    def made_fact(self, fact: Fact) -> Fact:
        """Take a fact into the document's index, and return it."""
        self.made[fact.fact_id] = fact
        return fact

    def spans(self, text: Text, **gaps: Gap) -> Spans:
        """Fill a sentence's `{gaps}` with facts and names.

        Raises:
            KeyError: a gap has no value.
        """
        spans: list[Span] = []
        for n, piece in enumerate(_GAP.split(text.to(self.language))):
            if n % 2:
                spans.extend(self._filling(gaps[piece]))
            elif piece:
                spans.append(Words(piece))
        return tuple(spans)

    def heading(self, text: Text) -> None:
        """Open a part of the section."""
        self.blocks.append(Heading(2, self.spans(text)))

    def say(self, text: Text, **gaps: Gap) -> bool:
        """Write a paragraph, unless none of the facts it would state is known; say whether it was written.

        A fact that is not known reads `数据不足` in place, and its reason goes into the section's note.
        """
        spans = self.spans(text, **gaps)
        if not self.sayable(spans):
            return False
        self.blocks.append(Paragraph(spans))
        return True

    def notice(self, text: Text, **gaps: Gap) -> None:
        """Write what must not be overlooked."""
        self.blocks.append(Notice(self.spans(text, **gaps)))

    def say_all(self, sentences: Iterable[tuple[Text, dict[str, Gap]]]) -> bool:
        """Write one paragraph of the sentences that can be said; say whether there was any."""
        spans: list[Span] = []
        for text, gaps in sentences:
            sentence = self.spans(text, **gaps)
            if self.sayable(sentence):
                spans.extend(([Words(" ")] if spans and self.language == "en" else []) + list(sentence))
        if spans:
            self.blocks.append(Paragraph(tuple(spans)))
        return bool(spans)

    def sayable(self, spans: Spans) -> bool:
        """Note the reasons of facts that are not known; say whether any is known, or none was needed."""
        facts = [span.fact for span in spans if isinstance(span, Number)]
        self.note_missing(facts)
        return not facts or any(fact.outcome is Outcome.KNOWN for fact in facts)

    def note_missing(self, facts: Iterable[Fact]) -> None:
        """Keep the reasons of facts that are not known for the note at the section's end."""
        for fact in facts:
            if fact.reason is not None:
                self.missing.setdefault(
                    fact.measure, ((Name(fact.name.to(self.language)),), fact.reason.to(self.language))
                )

    def note(self, text: Text, **gaps: Gap) -> None:
        """Write small print."""
        self.blocks.append(Note(self.spans(text, **gaps)))

    def table(
        self,
        caption: Text,
        columns: Sequence[Column],
        rows: Sequence[tuple[Spans, ...]],
        *,
        dense: bool = False,
    ) -> None:
        """Draw a table, unless it has no rows; a dense one holds reference matter and is set small."""
        if rows:
            for row in rows:
                self.note_missing(span.fact for cell in row for span in cell if isinstance(span, Number))
            self.blocks.append(Table(self.spans(caption), tuple(columns), tuple(rows), dense))

    def column(self, title: Text, unit: str = "", *, figures: bool = True, width: float = 1.0) -> Column:
        """Return a column; its unit stands in brackets after the title, unless the title says the same."""
        spans = self.spans(title)
        if unit_name(unit, self.language) not in {"", title.to(self.language).lower()}:
            spans += self.spans(Text("（{unit}）", " ({unit})"), unit=Name(unit_name(unit, self.language)))
        return Column(spans, figures, width)

    def chart(
        self,
        kind: ChartKind,
        caption: Text,
        categories: Sequence[str],
        series: Sequence[tuple[Text, Sequence[Fact]]],
    ) -> None:
        """Draw a chart, unless it has fewer than two places along its axis: a picture of one number tells nothing."""
        if len(categories) < 2:
            return
        lines = tuple(Series(self.spans(name), tuple(self.made_fact(f) for f in facts)) for name, facts in series)
        self.blocks.append(Chart(kind, self.spans(caption), tuple(categories), lines))

    def name(self, text: Text | str) -> Name:
        """Return a name from the facts or the pack as it reads in this language."""
        return Name(text if isinstance(text, str) else text.to(self.language))

    def listed(self, items: Iterable[Spans]) -> Spans:
        """Return items with the language's comma between them."""
        spans: list[Span] = []
        for item in items:
            spans += [Words("、" if self.language == "zh" else ", "), *item] if spans else item
        return tuple(spans)

    def cell(self, value: Gap | None, aspect: Aspect = Aspect.BARE) -> Spans:
        """Return a table's cell; None is a dash."""
        if value is None:
            return (Words("—"),)
        if isinstance(value, Fact):
            return (Number(self.made_fact(value), aspect),)
        return self._filling(value)

    def finish(self, needs: Text) -> tuple[Block, ...]:
        """Return the section: with a note on what is missing, or one sentence on what data it needs."""
        told = [block for block in self.blocks if not isinstance(block, Heading)]
        if not told:
            return (Paragraph(self.spans(needs)),)
        blocks = [block for n, block in enumerate(self.blocks) if not self._is_empty_heading(n)]
        if self.missing:
            spans: list[Span] = list(self.spans(Text("注：数据不足的指标及原因：", "Note: not enough data for: ")))
            for n, (name, reason) in enumerate(self.missing[key] for key in sorted(self.missing)):
                spans += [Words("；" if self.language == "zh" else "; ")] if n else []
                spans += [*name, *self.spans(Text("（{reason}）", " ({reason})"), reason=Name(reason))]
            spans.append(Words("。" if self.language == "zh" else "."))
            blocks.append(Note(tuple(spans)))
        return tuple(blocks)

    def _is_empty_heading(self, n: int) -> bool:
        following = self.blocks[n + 1] if n + 1 < len(self.blocks) else None
        return isinstance(self.blocks[n], Heading) and (following is None or isinstance(following, Heading))

    def _filling(self, value: Gap) -> Spans:
        match value:
            case Fact():
                return (Number(self.made_fact(value)),)
            case Number(fact):
                self.made_fact(fact)
                return (value,)
            case Text():
                return (Words(value.to(self.language)),)
            case Name() | Words():
                return (value,)
            case _:
                return value
