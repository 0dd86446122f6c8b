"""Read a finished report again, and say which of its numbers no fact backs."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import qn

from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.evidence import Fact
from suqiu.domain.text import Text
from suqiu.reporting.document import Document
from suqiu.reporting.figures import digits
from suqiu.reporting.numbers import Aspect, plotted, show
from suqiu.reporting.render.tagging import is_name_tag, name_tag, number_tag

_BODY = "word/document.xml"
#: HTML elements that never close.
_VOID = frozenset({"meta", "link", "br", "hr", "img", "input", "col", "wbr", "area", "base", "source"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text of a rendered file with the tag it carries, if any."""

    text: str
    tag: str | None


def verify(report: Document | Path, facts: Iterable[Fact]) -> list[Text]:
    """Say what is wrong with a report's numbers; an empty list means that every one is a fact's.

    Args:
        report: a document, or a `.docx` or `.html` file, which may have been edited since.
        facts: what the numbers must resolve to.

    Raises:
        NotFound: there is no such file.
        InvalidInput: a file named as Word is none.
    """
    known = {fact.fact_id: fact for fact in facts}
    if isinstance(report, Document):
        cited = (fact for fact in report.cited() if known.get(fact.fact_id) != fact)
        return [_unknown(fact.fact_id, show(fact, Aspect.VALUE, report.language)) for fact in cited]
    if not report.is_file():
        raise NotFound(
            "report.no_report",
            Text("找不到报告{path}", "there is no report at {path}").fill(path=report),
            Text("请核对路径", "check the path"),
        )
    shown = {number_tag(fact_id, aspect): (fact_id, aspect) for fact_id in known for aspect in Aspect}
    if report.suffix.lower() == ".docx":
        pieces, plots = _word_pieces(report)
    else:
        pieces, plots = _html_pieces(report.read_text(encoding="utf-8")), []
    drawn = {plotted(fact) for fact in known.values()}
    problems = [problem for piece in pieces if (problem := _check(piece, known, shown)) is not None]
    return problems + [_unknown("chart", str(value)) for value in plots if value not in drawn]


def _check(piece: Piece, known: dict[str, Fact], shown: dict[str, tuple[str, Aspect]]) -> Text | None:
    if piece.tag is None:
        loose = digits(piece.text)
        return _loose(", ".join(loose), piece.text) if loose else None
    if is_name_tag(piece.tag):
        return None if name_tag(piece.text) == piece.tag else _loose(piece.text, piece.text)
    if piece.tag not in shown:
        return _unknown(piece.tag, piece.text)
    fact_id, aspect = shown[piece.tag]
    if piece.text in {show(known[fact_id], aspect, "zh"), show(known[fact_id], aspect, "en")}:
        return None
    return Text("“{text}”与事实{id}（{right}）不符", "“{text}” differs from fact {id} ({right})").fill(
        text=piece.text, id=fact_id, right=show(known[fact_id], aspect, "zh")
    )


def _loose(figure: str, sentence: str) -> Text:
    return Text("“{figure}”没有事实依据：{sentence}", "no fact backs “{figure}”: {sentence}").fill(
        figure=figure, sentence=sentence[:80]
    )


def _unknown(fact_id: str, shown: str) -> Text:
    return Text("“{shown}”引用的事实{id}不存在", "“{shown}” cites fact {id}, which does not exist").fill(
        shown=shown, id=fact_id
    )


def _word_pieces(path: Path) -> tuple[list[Piece], list[float]]:
    """Return a Word file's texts, and the numbers its charts draw."""
    try:
        with zipfile.ZipFile(path) as archive:
            body = parse_xml(archive.read(_BODY))
            charts = [parse_xml(archive.read(n)) for n in sorted(archive.namelist()) if n.startswith("word/charts/")]
    except (zipfile.BadZipFile, KeyError) as error:
        raise InvalidInput(
            "report.not_word",
            Text("{path}不是Word文档", "{path} is no Word document").fill(path=path),
            Text("请提供本系统生成的report.docx或report.html", "give the report.docx or report.html that Suqiu wrote"),
        ) from error
    plots = [float(point.text) for chart in charts for point in chart.iterfind(".//{*}val//{*}pt/{*}v")]
    return list(_paragraphs(body)), plots


def _paragraphs(body: Any) -> Iterator[Piece]:
    # Text is joined within a paragraph between controls: Word may split one number over several runs.
    for paragraph in body.iter(qn("w:p")):
        loose = ""
        for child in paragraph:
            if child.tag == qn("w:sdt"):
                tag = child.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
                yield Piece(_text(child), None if tag is None else tag.get(qn("w:val")))
                loose += "\n"
            elif child.tag != qn("w:fldSimple"):  # the numbers of tables, figures and pages count, and state nothing
                loose += _text(child)
        if loose.strip():
            yield Piece(loose, None)


def _text(element: Any) -> str:
    return "".join(words.text or "" for words in element.iter(qn("w:t")))


def _html_pieces(page: str) -> list[Piece]:
    reader = _PageReader()
    reader.feed(page)
    reader.close()
    return reader.pieces


class _PageReader(HTMLParser):
    """Collects a page's texts with their tags; rulers, cards and styles are not text of the report."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self._open: list[tuple[str, str | None, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        values = dict(attrs)
        _, outer, skipped = self._open[-1] if self._open else ("", None, False)
        mark = outer
        if "data-fact" in values:
            mark = number_tag(values["data-fact"] or "", Aspect(values.get("data-aspect") or Aspect.VALUE))
        elif "data-name" in values:
            mark = values["data-name"]
        aside = tag in {"style", "script", "title"} or ("data-scale" in values)
        self._open.append((tag, mark, skipped or aside))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        _, mark, skipped = self._open[-1] if self._open else ("", None, False)
        if data.strip() and not skipped:
            self.pieces.append(Piece(data, mark))
