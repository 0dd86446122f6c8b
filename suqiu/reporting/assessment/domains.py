"""How the domains and capabilities stand, and the hotlines' own questions one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from suqiu.domain.evidence import Slice
from suqiu.domain.finding import Verdict
from suqiu.domain.text import Text
from suqiu.reporting.assessment.words import KINDS, SIDES
from suqiu.reporting.assessment.writing import AssessmentWriter
from suqiu.reporting.document import HeatCell, Spans
from suqiu.standard.catalogue import Capability, Indicator
from suqiu.standard.result import PartResult

NEEDS = Text("没有适用的能力域。", "No domain applies.")

#: A radar with fewer axes than these is no picture.
_AXES = 3


def domains(writer: AssessmentWriter) -> None:
    """Write the radar of domains, their numbers, the heat map of capabilities, and the six questions."""
    dossier = writer.dossier
    scoring = dossier.result.scoring
    applying = [part for part in scoring.domains if part.score.weight > 0]
    if not applying:
        return
    writer.heading(Text("各能力域得分", "Domains"))
    _extremes(writer, applying)
    _radar(writer, applying)
    _table(
        writer,
        Text("各能力域评估结果", "Results by domain"),
        Text("能力域", "Domain"),
        "domains",
        applying,
        {part.id: dossier.name(part.id) for part in applying},
        lambda indicator: indicator.domain,
        with_level=True,
    )
    writer.note(
        Text(
            "注：能力域等级按该级及以下各级的必备指标和得分下限认定，较高等级的指标不影响较低等级的认定；"
            "没有有效佐证的标为“无从判断”。",
            "Note: a domain's level goes by the required indicators and the lower bound of that level and those "
            "below; indicators of higher levels do not count against it.",
        )
    )
    writer.heading(Text("能力项热力图", "Capabilities"))
    _heat(writer)
    writer.heading(Text("按评估关注点看", "By question asked"))
    for title, where, parts, names, of in (
        (
            Text("关注点", "Question"),
            "kinds",
            scoring.kinds,
            {kind.value: text for kind, text in KINDS.items()},
            lambda indicator: str(indicator.kind.value),
        ),
        (
            Text("类别", "Side"),
            "sides",
            scoring.sides,
            {side.value: text for side, text in SIDES.items()},
            lambda indicator: str(indicator.side.value),
        ),
    ):
        caption = Text(f"按{title.zh}分的评估结果", f"Results by {title.en.lower()}")
        _table(writer, caption, title, where, [part for part in parts if part.score.weight > 0], names, of)


def _cut(where: str, part: PartResult, name: Text) -> Slice:
    return Slice(where, part.id, name)


def _extremes(writer: AssessmentWriter, parts: Sequence[PartResult]) -> None:
    blank = [part.id for part in parts if not part.score.coverage]
    parts = [part for part in parts if part.score.coverage]
    if blank and parts:
        writer.say(
            Text("{names}没有有效佐证，无从评分。", "Nothing is known of {names}."),
            names=writer.listing(blank, len(blank)),
        )
    ranked = sorted(parts, key=lambda part: (-part.score.lower, part.id))
    if len(ranked) < 2 or ranked[0].score.lower == ranked[-1].score.lower:
        return
    told = {
        key: writer.spans(
            Text("{name}（{lower}）", "{name} ({lower})"),
            name=writer.name(writer.dossier.name(part.id)),
            lower=writer.facts.score(
                f"domains.{part.id}", "lower", part.score, _cut("domains", part, writer.dossier.name(part.id))
            ),
        )
        for key, part in (("best", ranked[0]), ("worst", ranked[-1]))
    }
    writer.say(
        Text(
            "按得分下限看，{best}最高，{worst}最低。",
            "By the lower bound {best} stands highest and {worst} lowest.",
        ),
        **told,
    )


def _radar(writer: AssessmentWriter, parts: Sequence[PartResult]) -> None:
    if len(parts) < _AXES:
        return
    names = [writer.dossier.name(part.id) for part in parts]
    writer.chart(
        "radar",
        Text("各能力域得分及其上下限", "Score of each domain with its bounds"),
        [name.to(writer.language) for name in names],
        [
            (
                title,
                [
                    writer.facts.score(f"domains.{part.id}", key, part.score, _cut("domains", part, name))
                    for part, name in zip(parts, names, strict=True)
                ],
            )
            for key, title in (
                ("score", Text("得分", "Score")),
                ("lower", Text("下限", "Lower bound")),
                ("upper", Text("上限", "Upper bound")),
            )
        ],
    )


def _table(
    writer: AssessmentWriter,
    caption: Text,
    title: Text,
    where: str,
    parts: Sequence[PartResult],
    names: Mapping[str, Text],
    of: Callable[[Indicator], str],
    *,
    with_level: bool = False,
) -> None:
    dossier = writer.dossier
    numbers: dict[str, int] = {}
    for finding in dossier.findings.values():
        if finding.verdict is not Verdict.NOT_APPLICABLE:
            key = of(dossier.indicators[finding.subject])
            numbers[key] = numbers.get(key, 0) + 1
    rows: list[tuple[Spans, ...]] = []
    for part in parts:
        name, at = names.get(part.id, Text(part.id, part.id)), f"{where}.{part.id}"
        number = writer.count(f"{at}.count", name, numbers.get(part.id, 0), f"findings of {part.id}, counted")
        level = (
            writer.level(writer.facts.level(f"{at}.level", part.level, f"scoring.{where}[{part.id}].level"))
            if part.score.coverage
            else writer.words(Text("无从判断", "cannot be told"))
        )
        rows.append(
            (
                writer.quoted(name),
                *([level] if with_level else []),
                writer.cell(number),
                *writer.scores(at, part.score, _cut(where, part, name)),
            )
        )
    level_column = [writer.column(Text("等级", "Level"), figures=False, width=1.6)] if with_level else []
    writer.table(
        caption,
        [
            writer.column(title, figures=False, width=1.8),
            *level_column,
            writer.column(Text("指标数", "Indicators"), width=1.0),
            *writer.score_columns(),
        ],
        rows,
        dense=True,
    )


def _heat(writer: AssessmentWriter) -> None:
    dossier = writer.dossier
    parts = {part.id: part for part in dossier.result.scoring.capabilities if part.score.weight > 0}
    rows: list[tuple[Spans, list[HeatCell]]] = []
    for domain in dossier.catalogue.domains:
        cells = [_cell(writer, one, parts[one.id]) for one in domain.capabilities if one.id in parts]
        if cells:
            rows.append((writer.quoted(domain.name), cells))
    writer.heat(
        Text("各能力项得分（分）", "Score of each capability (points)"),
        (Text("能力域", "Domain"), Text("能力项", "Capabilities")),
        rows,
    )
    writer.note(
        Text(
            "注：格内为有结论部分的得分，底色越深得分越高；“已知”为证据覆盖率，全部已知的不另注明；"
            "“数据不足”、斜纹底色表示全部未知，不表示低分。",
            "Note: each cell gives the score of what is known, the darker the higher; “known” is its coverage, "
            "left out where all is known. Hatched means that nothing is known, not that it is bad.",
        )
    )


def _cell(writer: AssessmentWriter, capability: Capability, part: PartResult) -> HeatCell:
    at, cut = f"capabilities.{part.id}", _cut("capabilities", part, capability.name)
    detail: Spans = ()
    if 0 < part.score.coverage < 1:
        known = writer.facts.score(at, "coverage", part.score, cut)
        detail = writer.spans(Text("已知{known}", "known {known}"), known=known)
    return HeatCell(writer.quoted(capability.name), writer.facts.score(at, "score", part.score, cut), detail)
