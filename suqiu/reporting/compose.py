"""Facts to a document: the report's sections in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from suqiu.domain.city import City
from suqiu.domain.evidence import Fact
from suqiu.domain.fault import FAULTS
from suqiu.domain.text import Language, Text
from suqiu.reporting.document import Block, Document, Heading, Spans, cited_by
from suqiu.reporting.evidence import Definition, Evidence
from suqiu.reporting.sections import (
    advice,
    appendix,
    demands,
    departments,
    efficiency,
    hotspots,
    intelligence,
    overview,
    quality,
)
from suqiu.reporting.writing import Writer


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the report 章节.

    Attributes:
        title: its heading.
        write: writes it with a pen; writes nothing where the evidence says nothing.
        needs: the sentence that stands in its place then.
    """

    title: Text
    write: Callable[[Writer], None]
    needs: Text


#: The report, from the top. Add a section: docs/how-to/add-a-report-section.md.
SECTIONS: tuple[Section, ...] = (
    Section(Text("总体情况", "Overview"), overview.overview, overview.NEEDS),
    Section(Text("运行效能", "How the hotline runs"), efficiency.efficiency, efficiency.NEEDS),
    Section(Text("诉求特征", "What citizens ask for"), demands.demands, demands.NEEDS),
    Section(Text("热点事件与预警", "Events and warnings"), hotspots.hotspots, hotspots.NEEDS),
    Section(Text("承办单位办理情况", "The units"), departments.departments, departments.NEEDS),
    Section(Text("重复诉求与办理质量", "Repeats and quality of handling"), quality.quality, quality.NEEDS),
    Section(Text("智能应用情况", "What the models did"), intelligence.intelligence, intelligence.NEEDS),
    Section(Text("问题与建议", "Problems and suggestions"), advice.advice, advice.NEEDS),
)


def compose(evidence: Evidence, city: City, language: Language = "zh") -> Document:
    """Write the analysis report of one period.

    Args:
        evidence: all that may be said, with its period.
        city: the pack the facts were made with.
        language: what to write it in.

    Returns:
        A document whose every number is a fact; its length follows what is known.

    Raises:
        Defect: a section states a number that no fact backs.
    """
    made: dict[str, Fact] = {}
    blocks: list[Block] = []

    def write(title: Text, work: Callable[[Writer], None], needs: Text, *, is_appendix: bool = False) -> None:
        writer = Writer(evidence, city, language)
        work(writer)
        blocks.append(Heading(1, writer.spans(title), is_appendix))
        blocks.extend(writer.finish(needs))
        made.update(writer.made)

    for section in SECTIONS:
        write(section.title, section.write, section.needs)
    cited = cited_by(blocks)
    write(
        Text("指标口径", "How measures are made"),
        lambda writer: appendix.definitions(writer, cited),
        appendix.NEEDS_DEFINITIONS,
        is_appendix=True,
    )
    write(Text("数据质量", "Quality of the data"), appendix.data_quality, appendix.NEEDS_INTAKE, is_appendix=True)
    cited = cited_by(blocks)
    write(
        Text("数据索引", "Index of the data"),
        lambda writer: appendix.data_index(writer, cited),
        appendix.NEEDS_INDEX,
        is_appendix=True,
    )
    front = Writer(evidence, city, language)
    title, subtitle, issuer = _front(front)
    made.update(front.made)
    facts = {**evidence.facts, **made}
    return Document(
        title=title,
        subtitle=subtitle,
        issuer=issuer,
        until=evidence.period[1],
        blocks=tuple(blocks),
        facts=facts,
        names=names_of(evidence, city, facts, language),
        definitions={
            measure: _lines(definition, language) for measure, definition in sorted(evidence.definitions.items())
        },
        language=language,
    )


def names_of(evidence: Evidence, city: City, facts: dict[str, Fact], language: Language) -> frozenset[str]:
    """Return every name and quoted wording that may hold digits: they come from data, never from a section."""
    names = {city.name, city.english_name, city.version, evidence.data_version}
    names.update(category.name for category in city.taxonomy.categories)
    names.update(
        "—".join(node.name for node in city.taxonomy.path(category.id)[-2:]) for category in city.taxonomy.categories
    )
    names.update(department.name for department in city.departments)
    names.update(region.name for region in city.regions)
    names.update(event.name for event in evidence.events)
    for fact in facts.values():
        names.update(
            (
                fact.fact_id,
                fact.measure,
                fact.slice.dimension,
                fact.data_version,
                fact.name.to(language),
                fact.slice.name.to(language),
            )
        )
        if fact.reason is not None:
            names.add(fact.reason.to(language))
    for definition in evidence.definitions.values():
        names.update(line for _, line in _lines(definition, language))
        names.add(definition.name.to(language))
    for what, mend in FAULTS.values():
        names.update((what.to(language), mend.to(language)))
    if evidence.reading is not None:
        names.update(score.author for score in evidence.reading.scores)
    return frozenset(names)


def _front(writer: Writer) -> tuple[tuple[Spans, ...], Spans, Spans]:
    city = writer.name(Text(writer.city.name, writer.city.english_name))
    title = (
        writer.spans(Text("{city}12345政务服务便民热线", "The 12345 government hotline of {city}:"), city=city),
        writer.spans(Text("运行分析报告", "analysis report")),
    )
    period = writer.spans(
        Text("（{first}至{last}）", "{first} to {last}"), first=writer.first_day, last=writer.last_day
    )
    issuer = writer.spans(Text("数据截至{last}", "Data up to {last}"), last=writer.last_day)
    return title, period, issuer


def _lines(definition: Definition, language: Language) -> tuple[tuple[str, str], ...]:
    titles = (
        (Text("统计范围", "Population"), definition.population),
        (Text("算法", "Formula"), definition.formula),
        (Text("计时口径", "Clock"), definition.clock),
        (Text("依据", "Source"), definition.source),
    )
    return tuple((title.to(language), text.to(language)) for title, text in titles)
