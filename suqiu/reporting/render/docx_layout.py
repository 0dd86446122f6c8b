"""How an official Chinese report looks: page, type and numbers of GB/T 9704-2012, as Word styles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor

#: Width of the type area, 210 - 28 - 26 mm, and of a page on its side, 297 - 25 - 25 mm.
TEXT_WIDTH, _WIDE_TEXT = Mm(156), Mm(247)

_LATIN = "Times New Roman"
#: The typefaces officials have, each with what to use where it is not installed.
_FALLBACKS = {
    "方正小标宋简体": "华文中宋",
    "仿宋_GB2312": "仿宋",
    "楷体_GB2312": "楷体",
    "黑体": "SimHei",
}
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@dataclass(frozen=True, slots=True)
class _Style:
    """One paragraph style: typeface, size in points, and where it stands."""

    name: str
    typeface: str
    size: float
    align: Any = WD_ALIGN_PARAGRAPH.JUSTIFY
    indent: bool = False
    leading: float | None = 28
    before: float = 0
    after: float = 0
    keep_next: bool = False


_CENTRE, _LEFT, _RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT
#: Sizes by their Chinese names: 二号 22, 三号 16, 四号 14, 小四 12, 五号 10.5, 小五 9 points.
_STYLES = (
    _Style("Normal", "仿宋_GB2312", 16),
    _Style("Title", "方正小标宋简体", 22, align=_CENTRE, leading=36, before=20),
    _Style("Title Line", "方正小标宋简体", 22, align=_CENTRE, leading=36, after=6),
    _Style("Subtitle", "楷体_GB2312", 16, align=_CENTRE),
    _Style("Issuer", "仿宋_GB2312", 14, align=_CENTRE, after=14),
    _Style("Heading 1", "黑体", 16, indent=True, before=6, keep_next=True),
    _Style("Heading 2", "楷体_GB2312", 16, indent=True, keep_next=True),
    _Style("Body Text", "仿宋_GB2312", 16, indent=True),
    _Style("Caption", "黑体", 12, align=_CENTRE, leading=None, before=8, after=4, keep_next=True),
    _Style("Figure", "仿宋_GB2312", 12, align=_CENTRE, leading=None, before=8, keep_next=True),
    _Style("Figure Caption", "黑体", 12, align=_CENTRE, leading=None, before=2, after=8),
    _Style("Note", "仿宋_GB2312", 10.5, leading=16, before=4, after=6),
    _Style("Notice", "楷体_GB2312", 12, leading=20, before=4, after=10),
    _Style("Cell", "仿宋_GB2312", 12, align=_LEFT, leading=18),
    _Style("Cell Head", "黑体", 12, align=_CENTRE, leading=18),
    _Style("Cell Small", "仿宋_GB2312", 10.5, align=_LEFT, leading=15),
    _Style("Cell Head Small", "黑体", 10.5, align=_CENTRE, leading=15),
    _Style("Cell Tiny", "仿宋_GB2312", 9, align=_LEFT, leading=13),
    _Style("Cell Head Tiny", "黑体", 9, align=_CENTRE, leading=13),
    _Style("Gap", "仿宋_GB2312", 6, leading=8),
)


def lay_out(word: WordDocument) -> None:
    """Give a new Word file the page, the styles and the page numbers of an official document."""
    section = word.sections[0]
    _place(section, wide=False)
    for style in _STYLES:
        _apply(word, style)
    _frame(word.styles["Notice"])
    _page_number(section)
    _name_fallbacks(word)


def turn(word: WordDocument, *, wide: bool) -> Length:
    """Begin a page that lies on its side, or stands again; return the width of its type area."""
    section = word.add_section(WD_SECTION.NEW_PAGE)
    _place(section, wide=wide)
    # The break sits in a paragraph of its own, which must not spill over to a page of its own.
    word.element.body[-2].get_or_add_pPr().style = word.styles["Gap"].style_id
    return _WIDE_TEXT if wide else TEXT_WIDTH


def _place(section: Any, *, wide: bool) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    width, height = Mm(210), Mm(297)
    section.page_width, section.page_height = (height, width) if wide else (width, height)
    edges = (28, 26, 25, 25, 14) if wide else (37, 35, 28, 26, 25)
    section.top_margin, section.bottom_margin = Mm(edges[0]), Mm(edges[1])
    section.left_margin, section.right_margin = Mm(edges[2]), Mm(edges[3])
    section.footer_distance = Mm(edges[4])


def _frame(style: Any) -> None:
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="6" w:space="6" w:color="404040"/>'
        for side in ("top", "left", "bottom", "right")
    )
    indent = style.element.get_or_add_pPr().get_or_add_ind()
    for side in ("left", "right"):
        indent.set(qn(f"w:{side}"), "140")
    style.element.pPr.insert_element_before(
        parse_xml(f"<w:pBdr {_W}>{sides}</w:pBdr>"), "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc"
    )


def _apply(word: WordDocument, spec: _Style) -> None:
    names = {style.name for style in word.styles}
    style = word.styles[spec.name] if spec.name in names else word.styles.add_style(spec.name, WD_STYLE_TYPE.PARAGRAPH)
    if spec.name != "Normal":
        style.base_style = word.styles["Normal"]
    properties = style.element.get_or_add_rPr()
    for child in list(properties):
        properties.remove(child)
    fonts = OxmlElement("w:rFonts")
    for slot, typeface in (("ascii", _LATIN), ("hAnsi", _LATIN), ("eastAsia", spec.typeface), ("cs", _LATIN)):
        fonts.set(qn(f"w:{slot}"), typeface)
    properties.append(fonts)
    style.font.size = Pt(spec.size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    borders = style.element.get_or_add_pPr().find(qn("w:pBdr"))
    if borders is not None:
        style.element.pPr.remove(borders)
    paragraph = style.paragraph_format
    paragraph.alignment = spec.align
    paragraph.space_before, paragraph.space_after = Pt(spec.before), Pt(spec.after)
    paragraph.keep_with_next = spec.keep_next
    if spec.leading is None:
        paragraph.line_spacing_rule = WD_LINE_SPACING.SINGLE
    else:
        paragraph.line_spacing = Pt(spec.leading)
    if spec.indent:
        indent = style.element.get_or_add_pPr().get_or_add_ind()
        indent.set(qn("w:firstLineChars"), "200")
        indent.set(qn("w:firstLine"), str(int(spec.size * 2 * 20)))


def _page_number(section: Any) -> None:
    """Write `— 1 —` at the foot of each page."""
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    paragraph._p.append(field("PAGE", "1"))
    paragraph.add_run(" —")
    for run in paragraph.runs:
        run.font.size = Pt(14)


def cell_margins() -> Any:
    """Return the room above and below a table's texts, in twentieths of a point."""
    sides = "".join(f'<w:{side} w:w="30" w:type="dxa"/>' for side in ("top", "bottom"))
    return parse_xml(f"<w:tblCellMar {_W}>{sides}</w:tblCellMar>")


def field(instruction: str, shown: str) -> Any:
    """Return a field that Word computes, with what to show until it does."""
    return parse_xml(f'<w:fldSimple {_W} w:instr="{instruction}"><w:r><w:t>{shown}</w:t></w:r></w:fldSimple>')


def _name_fallbacks(word: WordDocument) -> None:
    """Say in the font table which typeface stands in for which."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in _FALLBACKS.items()
    )
    for part in word.part.package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            part._blob = f'<?xml version="1.0" encoding="UTF-8"?><w:fonts {_W}>{fonts}</w:fonts>'.encode()
