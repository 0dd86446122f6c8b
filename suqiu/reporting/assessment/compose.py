"""A result to a document: the assessment report's sections in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from suqiu.domain.evidence import Fact
from suqiu.domain.text import Language, Text
from suqiu.reporting.assessment import (
    annexes,
    conclusion,
    domains,
    front,
    gates,
    improving,
    proof,
    scenes,
    trend,
    unknowns,
)
from suqiu.reporting.assessment.dossier import Dossier
from suqiu.reporting.assessment.facts import SCORE_PARTS
from suqiu.reporting.assessment.writing import AssessmentWriter
from suqiu.reporting.document import Block, Document, Heading
from suqiu.standard.catalogue import Catalogue, Indicator
from suqiu.standard.result import Plan, Result


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the report 章节.

    Attributes:
        title: its heading.
        write: writes it with a pen; writes nothing where there is nothing to say.
        needs: the sentence that stands in its place then.
        appendix: it stands at the end, on pages that lie on their side.
    """

    title: Text
    write: Callable[[AssessmentWriter], None]
    needs: Text
    appendix: bool = False


#: The report, from the top; the section on the trend is left out where there is no earlier result.
SECTIONS: tuple[Section, ...] = (
    Section(Text("评估结论", "Conclusion"), conclusion.conclusion, conclusion.NEEDS),
    Section(Text("各能力域情况", "Domains and capabilities"), domains.domains, domains.NEEDS),
    Section(Text("否决项情况", "Veto items"), gates.gates, gates.NEEDS),
    Section(Text("佐证质量", "Quality of the evidence"), proof.proof, proof.NEEDS),
    Section(Text("未知事项及补证途径", "What is unknown, and what would settle it"), unknowns.unknowns, unknowns.NEEDS),
    Section(Text("智能应用场景覆盖", "Scenarios in use"), scenes.scenes, scenes.NEEDS),
    Section(Text("差距与改进计划", "Gaps and the cheapest plan"), improving.improving, improving.NEEDS),
    Section(Text("与上次评估比较", "Since the last assessment"), trend.trend, trend.NEEDS),
    Section(Text("指标评定明细", "Every finding"), annexes.findings, annexes.NEEDS_FINDINGS, appendix=True),
    Section(Text("智能应用场景明细", "Every scenario"), annexes.scenarios, annexes.NEEDS_SCENARIOS, appendix=True),
    Section(
        Text("目标值设定情况", "Targets for the user to set"), annexes.targets, annexes.NEEDS_TARGETS, appendix=True
    ),
    Section(Text("佐证材料清单", "Evidence"), annexes.evidence, annexes.NEEDS_EVIDENCE, appendix=True),
    Section(Text("来源清单", "Sources"), annexes.sources, annexes.NEEDS_SOURCES, appendix=True),
    Section(Text("评估基本信息", "What was assessed"), front.basics, front.NEEDS, appendix=True),
)


def compose_assessment(
    result: Result,
    catalogue: Catalogue,
    plan: Plan | None = None,
    previous: Result | None = None,
    language: Language = "zh",
    titles: Mapping[str, Text] | None = None,
) -> Document:
    """Write the report of one assessment.

    Args:
        result: what the assessment came to.
        catalogue: the standard it was made with.
        plan: to the next level; None where none was made.
        previous: an earlier result; the report says so where the two may not be compared.
        language: what to write it in.
        titles: of the columns of forms, by `form.column`, for the list of what to hand in next.

    Returns:
        A document whose every number is a fact about the result.

    Raises:
        Defect: a section states a number that no fact backs.
    """
    dossier = Dossier(result, catalogue, plan, previous, titles or {})
    made: dict[str, Fact] = {}
    opening = AssessmentWriter(dossier, language)
    title, subtitle, issuer = front.front(opening)
    front.disclaimer(opening)
    blocks: list[Block] = list(opening.blocks)
    made.update(opening.made)
    for section in SECTIONS:
        if section.write is trend.trend and previous is None:
            continue
        writer = AssessmentWriter(dossier, language)
        section.write(writer)
        blocks.append(Heading(1, writer.spans(section.title), section.appendix, wide=section.appendix))
        blocks.extend(writer.finish(section.needs))
        made.update(writer.made)
    return Document(
        title=title,
        subtitle=subtitle,
        issuer=issuer,
        until=result.as_of,
        blocks=tuple(blocks),
        facts=made,
        names=dossier.names(language),
        definitions=_definitions(catalogue, language),
        language=language,
    )


def _definitions(catalogue: Catalogue, language: Language) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return how each number is made: what the card of a printed number tells."""
    how = Text("算法", "Formula").to(language)
    known = {part: ((how, made.to(language)),) for part, (_, made) in SCORE_PARTS.items()}
    return known | {one.id: _indicator(one, language) for one in catalogue.indicators}


def _indicator(one: Indicator, language: Language) -> tuple[tuple[str, str], ...]:
    texts = (
        (Text("要求", "Demand"), one.statement),
        (Text("认定条件", "Met when"), one.criteria),
        (Text("目标值说明", "Its target"), one.target.note),
    )
    return tuple((title.to(language), text.to(language)) for title, text in texts)
