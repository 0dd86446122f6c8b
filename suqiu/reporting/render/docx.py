"""A document as a Word file, in the layout of an official report, each number in a control that names its fact."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Length

from suqiu.domain.text import Text
from suqiu.reporting.document import (
    Block,
    Chart,
    Document,
    Heading,
    HeatCell,
    HeatMap,
    Name,
    Note,
    Notice,
    Number,
    Paragraph,
    Span,
    Spans,
    Table,
    plain,
)
from suqiu.reporting.figures import digits
from suqiu.reporting.numbers import show
from suqiu.reporting.render.docx_charts import add_chart
from suqiu.reporting.render.docx_layout import TEXT_WIDTH, cell_margins, field, lay_out, turn
from suqiu.reporting.render.numbering import labels
from suqiu.reporting.render.tagging import name_tag, number_tag, printable
from suqiu.reporting.render.zipping import settled

#: Tables with more columns than these are set in smaller type.
_WIDE, _WIDEST = 4, 6
#: Rows, with the head, of a table that is kept on one page.
_SHORT = 12
#: Word cuts the title of a control at 64 characters.
_ALIAS = 64
#: Fill and ink of a heat map's cells, from light to dark: their order holds in greyscale too.
_SHADES = (("EEF4FA", None), ("D3E3F2", None), ("A9C8E4", None), ("2F75B5", "FFFFFF"), ("173D61", "FFFFFF"))
#: How much wider than a cell the label of a heat map's row is.
_LABEL = 1.3


def to_docx(document: Document) -> bytes:
    """Return the document as a Word file; equal documents give equal bytes."""
    return _DocxWriter(document).write()


class _DocxWriter:
    """Writes one file, counting its tables, charts and controls."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._word: WordDocument = docx.Document()
        self._controls = self._tables = self._charts = 0
        self._width: Length = TEXT_WIDTH
        self._wide = False
        self._styles: dict[str, str] = {}

    def write(self) -> bytes:
        lay_out(self._word)
        self._properties()
        for n, line in enumerate(self._document.title):
            self._paragraph("Title" if n == 0 else "Title Line", line)
        self._paragraph("Subtitle", self._document.subtitle)
        self._paragraph("Issuer", self._document.issuer)
        headings = [block for block in self._document.blocks if isinstance(block, Heading)]
        numbers = labels(headings, self._document.language)
        for block in self._document.blocks:
            self._block(block, next(numbers) if isinstance(block, Heading) else "")
        out = io.BytesIO()
        self._word.save(out)
        return settled(out.getvalue())

    def _properties(self) -> None:
        properties, moment = self._word.core_properties, datetime.combine(self._document.until, time())
        properties.title = printable(self._document.name)
        properties.author = properties.last_modified_by = "Suqiu"
        properties.comments = ""
        properties.created = properties.modified = moment
        properties.revision = 1

    def _block(self, block: Block, number: str) -> None:
        match block:
            case Heading():
                self._heading(block, number)
            case Paragraph():
                self._paragraph("Body Text", block.spans)
            case Note():
                self._paragraph("Note", block.spans)
            case Notice():
                self._paragraph("Notice", block.spans)
            case HeatMap():
                self._heat_map(block)
            case Table():
                self._table(block)
            case Chart():
                self._chart(block)

    def _heading(self, heading: Heading, number: str) -> None:
        turned = heading.level == 1 and heading.wide != self._wide
        if turned:
            self._wide, self._width = heading.wide, turn(self._word, wide=heading.wide)
        paragraph = self._word.add_paragraph(style=f"Heading {heading.level}")
        first = heading.appendix and number.endswith(("一　", "A. "))
        paragraph.paragraph_format.page_break_before = first and not turned
        paragraph.add_run(number)
        self._spans(paragraph, heading.spans)

    def _paragraph(self, style: str, spans: Spans) -> None:
        self._spans(self._word.add_paragraph(style=style), spans)

    def _style(self, name: str) -> str:
        """Return a style's id; Word's own look-up walks through all styles each time."""
        if name not in self._styles:
            self._styles[name] = self._word.styles[name].style_id
        return self._styles[name]

    def _caption(self, style: str, what: Text, number: int, spans: Spans) -> None:
        word = what.to(self._document.language)
        paragraph = self._word.add_paragraph(style=style)
        paragraph.add_run(word + ("" if self._document.language == "zh" else " "))
        paragraph._p.append(field(f"SEQ {what.en} \\* ARABIC", str(number)))
        paragraph.add_run("　" if self._document.language == "zh" else ". ")
        self._spans(paragraph, spans)

    def _table(self, table: Table) -> None:
        size = _cell_size(table)
        grid, widths = self._grid(table.caption, [column.width for column in table.columns])
        heads = [self._cell((c.title,), w, f"Cell Head{size}") for c, w in zip(table.columns, widths, strict=True)]
        self._row(grid, heads, header=True)
        for row in table.rows:
            places = zip(row, widths, table.columns, strict=True)
            self._row(grid, [self._cell((s,), w, f"Cell{size}", right=column.figures) for s, w, column in places])
        _hold_together(grid)
        self._word.add_paragraph(style="Gap")

    def _heat_map(self, heat: HeatMap) -> None:
        grid, widths = self._grid(heat.caption, [_LABEL] + [1.0] * heat.width)
        head = self._cell((heat.heads[1],), widths[1], "Cell Head Tiny", columns=heat.width)
        self._row(grid, [self._cell((heat.heads[0],), widths[0], "Cell Head Tiny"), head], header=True)
        for label, cells in heat.rows:
            row = [self._cell((label,), widths[0], "Cell Tiny")]
            row += [self._heat_cell(cell, width) for cell, width in zip(cells, widths[1:], strict=False)]
            if rest := heat.width - len(cells):
                row.append(self._cell(((),), widths[1], "Cell Tiny", columns=rest))
            self._row(grid, row)
        _hold_together(grid)
        self._word.add_paragraph(style="Gap")

    def _heat_cell(self, cell: HeatCell, width: Emu) -> Any:
        number: Spans = (Number(cell.fact),)
        lines = (cell.name, number, cell.detail) if cell.detail else (cell.name, number)
        fill, ink = ("F2F2F2", None) if cell.shade is None else _SHADES[cell.shade]
        made = self._cell(lines, width, "Cell Tiny", ink=ink)
        shading = OxmlElement("w:shd")
        hatched = cell.shade is None
        for name, value in (("val", "thinDiagStripe" if hatched else "clear"), ("color", "BFBFBF"), ("fill", fill)):
            shading.set(qn(f"w:{name}"), value)
        made.tcPr.find(qn("w:vAlign")).addprevious(shading)
        for paragraph in made.iter(qn("w:p")):
            paragraph.get_or_add_pPr().jc_val = WD_ALIGN_PARAGRAPH.CENTER
        return made

    def _grid(self, caption: Spans, shares: list[float]) -> tuple[Any, list[Emu]]:
        """Return a captioned table without rows, and the widths of its columns."""
        self._tables += 1
        self._caption("Caption", Text("表", "Table"), self._tables, caption)
        grid = self._word.add_table(rows=0, cols=len(shares), style="Table Grid")
        grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        grid._tbl.tblPr.find(qn("w:tblLook")).addprevious(cell_margins())
        widths = [Emu(int(self._width * share / sum(shares))) for share in shares]
        for column, width in zip(grid.columns, widths, strict=True):
            column.width = width
        return grid, widths

    def _row(self, grid: Any, cells: list[Any], *, header: bool = False) -> None:
        """Append a row; building it from XML elements keeps long tables linear in time."""
        row = OxmlElement("w:tr")
        properties = OxmlElement("w:trPr")
        properties.append(OxmlElement("w:cantSplit"))
        if header:
            properties.append(OxmlElement("w:tblHeader"))
        row.append(properties)
        row.extend(cells)
        grid._tbl.append(row)

    def _cell(
        self,
        lines: Sequence[Spans],
        width: Emu,
        style: str,
        *,
        right: bool = False,
        columns: int = 1,
        ink: str | None = None,
    ) -> Any:
        cell = OxmlElement("w:tc")
        properties = OxmlElement("w:tcPr")
        size = OxmlElement("w:tcW")
        size.set(qn("w:w"), str(width.twips * columns))
        size.set(qn("w:type"), "dxa")
        properties.append(size)
        if columns > 1:
            joined = OxmlElement("w:gridSpan")
            joined.set(qn("w:val"), str(columns))
            properties.append(joined)
        if right:
            properties.append(OxmlElement("w:noWrap"))
        middle = OxmlElement("w:vAlign")
        middle.set(qn("w:val"), "center")
        properties.append(middle)
        cell.append(properties)
        for spans in lines:
            paragraph = OxmlElement("w:p")
            paragraph.get_or_add_pPr().style = self._style(style)
            if right:
                paragraph.pPr.jc_val = WD_ALIGN_PARAGRAPH.RIGHT
            for span in spans:
                paragraph.append(self._span(span, ink))
            cell.append(paragraph)
        return cell

    def _chart(self, chart: Chart) -> None:
        self._charts += 1
        paragraph = self._word.add_paragraph(style="Figure")
        until, language = self._document.until, self._document.language
        add_chart(self._word, paragraph.add_run(), chart, self._charts, language, until)
        self._caption("Figure Caption", Text("图", "Figure"), self._charts, chart.caption)

    def _spans(self, paragraph: Any, spans: Spans) -> None:
        for span in spans:
            paragraph._p.append(self._span(span))

    def _span(self, span: Span, ink: str | None = None) -> Any:
        match span:
            case Number(fact, aspect):
                text = show(fact, aspect, self._document.language)
                alias = f"{fact.name.to(self._document.language)} {fact.fact_id}"
                return self._control(_run(text, ink), number_tag(fact.fact_id, aspect), alias)
            case Name(text):
                clean = printable(text)
                run = _run(clean, ink)
                return self._control(run, name_tag(clean), "") if digits(clean) else run
            case _:
                return _run(plain((span,), self._document.language), ink)

    def _control(self, run: Any, tag: str, alias: str) -> Any:
        """Return a run inside a content control: clicking it in Word shows which fact it prints."""
        self._controls += 1
        control, properties, content = (OxmlElement(f"w:{name}") for name in ("sdt", "sdtPr", "sdtContent"))
        values = (("alias", printable(alias)[:_ALIAS]), ("tag", tag), ("id", str(self._controls)))
        for name, value in values:
            if value:
                element = OxmlElement(f"w:{name}")
                element.set(qn("w:val"), value)
                properties.append(element)
        content.append(run)
        control.append(properties)
        control.append(content)
        return control


def _hold_together(grid: Any) -> None:
    """Keep a short table on one page, and leave no row of a long one alone at the top or foot of a page."""
    rows = grid._tbl.tr_lst
    kept = rows[:-1] if len(rows) <= _SHORT else (rows[0], rows[1], rows[-2])
    for row in kept:
        for paragraph in row.iter(qn("w:p")):
            properties = paragraph.get_or_add_pPr()
            if properties.find(qn("w:keepNext")) is None:
                properties._insert_keepNext(OxmlElement("w:keepNext"))


def _cell_size(table: Table) -> str:
    """Return the suffix of the cell styles: type shrinks as columns grow in number."""
    if table.dense or len(table.columns) > _WIDEST:
        return " Tiny"
    return " Small" if len(table.columns) > _WIDE else ""


def _run(text: str, ink: str | None = None) -> Any:
    run = OxmlElement("w:r")
    if ink is not None:
        properties, colour = OxmlElement("w:rPr"), OxmlElement("w:color")
        colour.set(qn("w:val"), ink)
        properties.append(colour)
        run.append(properties)
    words = OxmlElement("w:t")
    words.text = printable(text)
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.append(words)
    return run
