"""What stands before the first section: the title, what was assessed, and what the standard is and is not."""

from __future__ import annotations

from suqiu.domain.evidence import Fact
from suqiu.domain.text import Text
from suqiu.reporting.assessment.dossier import short
from suqiu.reporting.assessment.writing import AssessmentWriter
from suqiu.reporting.document import Name, Spans

NEEDS = Text("没有评估基本信息。", "Nothing is said of the assessment.")


def disclaimer(writer: AssessmentWriter) -> None:
    """Write by which standard the assessment was made, and what that is and is not."""
    catalogue = writer.dossier.catalogue
    writer.notice(
        Text("评估依据：《{title}》。{label}", "Assessed by: {title}. {label}"),
        title=writer.name(catalogue.title),
        label=writer.name(catalogue.label),
    )


def basics(writer: AssessmentWriter) -> None:
    """Write what was assessed, for which time, and by which version of which standard."""
    dossier = writer.dossier
    result, catalogue = dossier.result, dossier.catalogue
    profile = next((one.name for one in catalogue.profiles if one.id == result.profile), None)
    period = writer.spans(Text("{first}至{last}", "{first} to {last}"), **_days(writer))
    standard = writer.spans(
        Text("《{title}》，标准编号{id}/{version}，校验值{hash}", "{title}, {id}/{version}, hash {hash}"),
        title=writer.name(catalogue.title),
        id=Name(catalogue.id),
        version=Name(catalogue.version),
        hash=Name(short(result.standard_fingerprint)),
    )
    rows: list[tuple[Text, Spans]] = [
        (Text("评估对象", "Assessed"), writer.quoted(result.name)),
        (Text("适用类型", "Profile"), writer.quoted(profile or result.profile)),
        (Text("评估标准", "Standard"), standard),
        (Text("评估时段", "Period"), period),
        (Text("证据截止日", "Evidence as of"), writer.cell(_days(writer)["as_of"])),
        (Text("程序版本", "Program"), writer.quoted(result.engine)),
    ]
    writer.table(
        Text("评估基本信息", "What was assessed"),
        [
            writer.column(Text("项目", "Item"), figures=False),
            writer.column(Text("内容", "Content"), figures=False, width=3.6),
        ],
        [(writer.words(title), content) for title, content in rows],
    )


def _days(writer: AssessmentWriter) -> dict[str, Fact]:
    result = writer.dossier.result
    return {
        "first": writer.facts.day("first", Text("时段首日", "first day"), result.first, "first"),
        "last": writer.facts.day("last", Text("时段末日", "last day"), result.last, "last"),
        "as_of": writer.facts.day("as_of", Text("证据截止日", "evidence as of"), result.as_of, "as_of"),
    }


def front(writer: AssessmentWriter) -> tuple[tuple[Spans, ...], Spans, Spans]:
    """Return the title's lines, the period and the day up to which evidence counts."""
    name = writer.name(writer.dossier.result.name)
    title = (
        writer.spans(Text("{name}", "{name}"), name=name),
        writer.spans(Text("智能化成熟度评估报告", "Intelligence maturity assessment report")),
    )
    period = writer.spans(Text("（{first}至{last}）", "{first} to {last}"), **_days(writer))
    return title, period, writer.spans(Text("证据截至{as_of}", "Evidence as of {as_of}"), **_days(writer))
