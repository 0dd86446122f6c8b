"""Native Word charts: editable, with their numbers in an embedded workbook."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from typing import Any

from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml as parse_word_xml
from docx.shared import Mm
from pptx.chart.chart import Chart as OfficeChart
from pptx.chart.data import CategoryChartData
from pptx.chart.xmlwriter import ChartXmlWriter
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml as parse_chart_xml
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Pt
from xlsxwriter import Workbook

from suqiu.domain.text import Language
from suqiu.reporting.document import Chart, plain
from suqiu.reporting.numbers import plotted
from suqiu.reporting.render.tagging import printable
from suqiu.reporting.render.zipping import settled

# python-pptx says that it is typed, and leaves these without types.
_chart_data: Any = CategoryChartData
_chart_xml: Any = ChartXmlWriter
_office_chart: Any = OfficeChart
_colour: Any = RGBColor.from_string

_KINDS = {
    "column": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "bar": XL_CHART_TYPE.BAR_CLUSTERED,
    "line": XL_CHART_TYPE.LINE,
    "radar": XL_CHART_TYPE.RADAR_MARKERS,
}
_COLOURS = ("1F4E79", "C55A11", "7F7F7F", "2E75B6")
_INK, _GRID = "404040", "D9D9D9"
#: More bars than this leave no room for a number on each.
_LABELLED = 20
#: About how many labels an axis across the page can hold.
_TICKS = 12
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def add_chart(word: WordDocument, run: Any, chart: Chart, number: int, language: Language, until: date) -> None:
    """Put a chart into a run, as part number `number` of the file."""
    data = _chart_data(number_format="#,##0.##")
    data.categories = [printable(label) for label in chart.categories]
    for series in chart.series:
        data.add_series(printable(plain(series.name, language)), [plotted(fact) for fact in series.facts])
    space = parse_chart_xml(_chart_xml(_KINDS[chart.kind], data).xml.encode())
    _style(_office_chart(space, None), chart)
    package = word.part.package
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), _CHART_TYPE, b"", package)
    sheet = Part(
        PackURI(f"/word/embeddings/chart{number}.xlsx"), _SHEET_TYPE, _workbook(chart, language, until), package
    )
    external = OxmlElement("c:externalData")
    external.set(
        "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
        part.relate_to(sheet, RELATIONSHIP_TYPE.PACKAGE),
    )
    update = OxmlElement("c:autoUpdate")
    update.set("val", "0")
    external.append(update)
    space.append(external)
    part._blob = serialize_part_xml(space)
    run._r.append(_frame(word.part.relate_to(part, RELATIONSHIP_TYPE.CHART), number, chart, language))


def _style(office: Any, chart: Chart) -> None:
    _frameless(office.element)
    office.has_title = False
    office.font.size = Pt(9)
    office.font.color.rgb = _colour(_INK)
    office.has_legend = len(chart.series) > 1
    if office.has_legend:
        office.legend.position = XL_LEGEND_POSITION.BOTTOM
        office.legend.include_in_layout = False
    values, categories = office.value_axis, office.category_axis
    values.major_gridlines.format.line.color.rgb = _colour(_GRID)
    values.format.line.fill.background()
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = "#,##0", False
    values.minimum_scale = 0
    categories.format.line.color.rgb = _colour(_GRID)
    categories.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    plot = office.plots[0]
    if chart.kind == "radar":
        _style_radar(plot, values)
        return
    if chart.kind == "bar":
        categories.reverse_order = True  # the first category on top, as it is read
        values.tick_label_position = XL_TICK_LABEL_POSITION.NONE
        values.has_major_gridlines = False
        # Room for the number beyond the longest bar.
        values.maximum_scale = 1.12 * max([plotted(f) or 0 for s in chart.series for f in s.facts], default=1.0) or 1.0
    elif len(chart.categories) > _TICKS:
        _thin_labels(categories, len(chart.categories))
    if chart.kind != "line":
        plot.gap_width = 60
        if len(chart.categories) * len(chart.series) <= _LABELLED:
            plot.has_data_labels = True
            plot.data_labels.number_format, plot.data_labels.number_format_is_linked = "#,##0.##", False
            plot.data_labels.font.size = Pt(9)
    for series, colour in zip(plot.series, _COLOURS, strict=False):
        if chart.kind == "line":
            series.smooth = False
            series.format.line.width = Pt(1.25)
            series.format.line.color.rgb = _colour(colour)
        else:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = _colour(colour)


def _style_radar(plot: Any, values: Any) -> None:
    """Draw the value as a firm line with marks and its bounds as broken ones, from nothing to all."""
    values.maximum_scale, values.major_unit = 100, 20
    values.tick_labels.font.size = Pt(8)
    for n, (series, colour) in enumerate(zip(plot.series, _COLOURS, strict=False)):
        series.smooth = False
        series.format.line.width = Pt(2 if n == 0 else 1.25)
        series.format.line.color.rgb = _colour(colour)
        if n == 0:
            series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 6
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.rgb = _colour(colour)
            series.marker.format.line.color.rgb = _colour(colour)
        else:
            series.marker.style = XL_MARKER_STYLE.NONE
            series.format.line.dash_style = MSO_LINE.DASH if n == 1 else MSO_LINE.ROUND_DOT


def _frameless(space: Any) -> None:
    """Take the border and the round corners off, which Word and LibreOffice draw unless told not to."""
    corners = OxmlElement("c:roundedCorners")
    corners.set("val", "0")
    space.find("{*}date1904").addnext(corners)
    space.find("{*}txPr").addprevious(
        parse_chart_xml(
            '<c:spPr xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
            ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
            "<a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
        )
    )


def _thin_labels(axis: Any, places: int) -> None:
    # The schema wants these before noMultiLvlLbl, which is the axis's last element.
    for tag in ("c:tickLblSkip", "c:tickMarkSkip"):
        element = OxmlElement(tag)
        element.set("val", str(-(-places // _TICKS)))
        axis._element.find("{*}noMultiLvlLbl").addprevious(element)


def _workbook(chart: Chart, language: Language, until: date) -> bytes:
    """Return the workbook behind a chart, laid out as its XML refers to it: categories in A, series from B."""
    out = io.BytesIO()
    # No text of a city pack may turn into a formula or a link.
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime.combine(until, time())})
    sheet = book.add_worksheet()
    sheet.write_column(1, 0, [printable(label) for label in chart.categories])
    for n, series in enumerate(chart.series, start=1):
        sheet.write(0, n, printable(plain(series.name, language)))
        sheet.write_column(1, n, [plotted(fact) for fact in series.facts])
    book.close()
    return settled(out.getvalue())


def _frame(rel_id: str, number: int, chart: Chart, language: Language) -> Any:
    """Return the inline frame that shows a chart; lying bars and radars need height, the others the page's width."""
    height = Mm({"bar": 12 + 7 * len(chart.categories), "radar": 95}.get(chart.kind, 62))
    frame = parse_word_xml(
        '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        ' xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{Mm(150)}" cy="{height}"/><wp:docPr id="{number}" name="chart{number}"/>'
        "<wp:cNvGraphicFramePr/><a:graphic>"
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart r:id="{rel_id}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )
    frame.find(".//{*}docPr").set("descr", printable(plain(chart.caption, language)))
    return frame
