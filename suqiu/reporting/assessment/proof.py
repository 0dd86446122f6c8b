"""How good the evidence is: the strongest, the weakest, what re-checks replaced, what has expired."""

from __future__ import annotations

from collections import Counter

from suqiu.domain.evidence import Fact
from suqiu.domain.finding import Backing, Finding
from suqiu.domain.text import Text
from suqiu.reporting.assessment.words import BACKINGS
from suqiu.reporting.assessment.writing import AssessmentWriter
from suqiu.standard.result import EvidenceItem

NEEDS = Text("本次评估没有收到佐证材料。", "No evidence was handed in for this assessment.")

#: Rows of the tables of strongest and weakest evidence.
_SHOWN = 8
#: From this share of the way from floor to target on, an interval is wide.
_WIDE = 0.1
_ORDER = tuple(Backing)
_COLLECTED = Text("采集日期", "Collected")
_EXPIRES = Text("有效期至", "Expires")


def proof(writer: AssessmentWriter) -> None:
    """Write the strongest evidence, the findings that rest on the weakest, re-checks, and what has expired."""
    if not writer.dossier.result.evidence:
        return
    _strongest(writer)
    _weakest(writer)
    _rechecks(writer)
    _expired(writer)


def _strongest(writer: AssessmentWriter) -> None:
    result = writer.dossier.result
    used = Counter(name for one in result.findings if one.verdict.known for name in set(one.evidence))
    items = [one for one in result.evidence if used[one.name] and not one.expired]
    items.sort(key=lambda one: (_ORDER.index(one.backing), -used[one.name], -one.rows, one.name))
    writer.heading(Text("支撑力最强的材料", "The strongest evidence"))
    writer.say(
        Text(
            "共收到佐证材料{all}，其中{used}支撑了评定结论。",
            "{all} came in; {used} of them carry verdicts.",
        ),
        all=writer.count(
            "evidence.all", Text("佐证材料", "evidence"), len(result.evidence), "evidence, counted", "materials"
        ),
        used=writer.tally(
            writer.count(
                "evidence.used",
                Text("用到的材料", "evidence used"),
                len(items),
                "findings.evidence, counted",
                "materials",
            )
        ),
    )
    rows = [
        (
            writer.quoted(one.title),
            writer.words(BACKINGS[one.backing]),
            writer.cell(rows_of(writer, one)),
            writer.cell(collected(writer, one)),
            writer.cell(
                writer.count(
                    f"evidence.{one.name}.findings",
                    Text("支撑指标数", "indicators it carries"),
                    used[one.name],
                    f"findings that name {one.name}, counted",
                )
            ),
        )
        for one in items[:_SHOWN]
    ]
    writer.table(
        Text("支撑力最强的材料", "The strongest evidence"),
        [
            writer.column(Text("材料", "Evidence"), figures=False, width=2.4),
            writer.column(Text("佐证方式", "Backing"), figures=False, width=1.5),
            writer.column(Text("记录数", "Rows"), width=1.1),
            writer.column(Text("采集日期", "Collected"), width=1.8),
            writer.column(Text("支撑指标", "Carries"), width=1.1),
        ],
        rows,
        dense=True,
    )


def _weakest(writer: AssessmentWriter) -> None:
    """Write the findings that documents or words carry, and those whose interval is widest for their scale."""
    dossier = writer.dossier
    ranked = sorted(
        (one for one in dossier.findings.values() if one.verdict.known and _frailty(writer, one) > (0, 0.0)),
        key=lambda one: (tuple(-part for part in _frailty(writer, one)), one.subject),
    )
    if not ranked:
        return
    writer.heading(Text("支撑力最弱的结论", "The verdicts that rest on the least"))
    writer.say(
        Text(
            "下列结论或依据书面材料，或样本偏少、区间偏宽，宜优先补充系统数据、扩大样本或者安排抽样复核。",
            "These rest on documents, or on few cases with a wide interval: more data, a larger sample or a re-check "
            "would serve them first.",
        )
    )
    rows = [
        (
            writer.named(one.subject),
            writer.verdict(one),
            writer.words(BACKINGS[one.backing]) if one.backing else writer.cell(None),
            writer.found(one),
            writer.cell(looked_at(writer, one)),
            writer.words(_why(one)),
        )
        for one in ranked[:_SHOWN]
    ]
    writer.table(
        Text("支撑力最弱的结论", "The verdicts that rest on the least"),
        [
            writer.column(Text("指标", "Indicator"), figures=False, width=2.2),
            writer.column(Text("结论", "Verdict"), figures=False, width=1.0),
            writer.column(Text("佐证方式", "Backing"), figures=False, width=1.4),
            writer.column(Text("结果", "Found"), figures=False, width=2.0),
            writer.column(Text("记录数", "Rows"), width=0.9),
            writer.column(Text("薄弱之处", "Weak in"), figures=False, width=1.6),
        ],
        rows,
        dense=True,
    )


def _frailty(writer: AssessmentWriter, finding: Finding) -> tuple[int, float]:
    """Return how weak a finding's ground is: by kind of backing, then by its interval's share of the scale."""
    rank = 0 if finding.backing is None else _ORDER.index(finding.backing)
    # What a person saw on the spot is no weakness; documents and words are.
    return (rank if rank > 1 else 0), _width(writer, finding)


def _width(writer: AssessmentWriter, finding: Finding) -> float:
    answer, indicator = finding.answer, writer.dossier.indicators[finding.subject]
    target, _ = writer.dossier.target_of(indicator)
    if answer is None or answer.interval is None or target is None or indicator.census:
        return 0.0
    scale = abs(target - (indicator.floor.value or 0)) or 1.0
    width = round((answer.interval.upper - answer.interval.lower) / scale, 6)
    return width if width >= _WIDE else 0.0


def _why(finding: Finding) -> Text:
    if finding.backing in {Backing.ATTESTED, Backing.DECLARED}:
        return Text("依据书面材料", "rests on documents")
    return Text("样本少、区间宽", "few cases, wide interval")


def looked_at(writer: AssessmentWriter, finding: Finding) -> Fact | None:
    """Return how many rows a finding was computed from; None where none were."""
    if finding.answer is None or not finding.answer.rows:
        return None
    place = f"findings[{finding.subject}].answer.rows"
    return writer.count(f"{finding.subject}.rows", Text("记录数", "rows"), finding.answer.rows, place, "rows")


def _rechecks(writer: AssessmentWriter) -> None:
    dossier = writer.dossier
    checked = [one for one in dossier.findings.values() if one.rechecked]
    if not checked:
        return
    writer.heading(Text("抽样复核", "Re-checks"))
    replaced = [one for one in checked if one.replaced is not None]
    facts = {
        key: writer.count(f"rechecks.{key}", name, len(ids), f"findings.{key}, counted")
        for key, name, ids in (
            ("rechecked", Text("经复核的指标", "indicators re-checked"), checked),
            ("replaced", Text("被复核取代的指标", "indicators replaced"), replaced),
        )
    }
    if not replaced:
        writer.say(
            Text(
                "经抽样复核的{rechecked}，自报结果与复核结果均无显著差异。",
                "Re-checked by sample: {rechecked}. No claim differs from its re-check beyond chance.",
            ),
            **facts,
        )
        return
    writer.say(
        Text(
            "经抽样复核的{rechecked}，其中{replaced}的自报结果与复核不符，已以复核结果为准。",
            "Re-checked by sample: {rechecked}. In {replaced} the claim did not hold, and the re-check stands instead.",
        ),
        **facts,
    )
    rows = [
        (
            writer.named(one.subject),
            writer.answered(dossier.indicators[one.subject], one.replaced, "replaced"),
            writer.found(one),
            writer.verdict(one),
        )
        for one in replaced
    ]
    writer.table(
        Text("被复核取代的自报结果", "Claims that gave way to a re-check"),
        [
            writer.column(Text("指标", "Indicator"), figures=False, width=2),
            writer.column(Text("自报结果", "Claimed"), figures=False, width=1.5),
            writer.column(Text("复核结果", "Re-check"), figures=False, width=1.5),
            writer.column(Text("结论", "Verdict"), figures=False),
        ],
        rows,
        dense=True,
    )


def _expired(writer: AssessmentWriter) -> None:
    gone = [one for one in writer.dossier.result.evidence if one.expired]
    if not gone:
        return
    writer.heading(Text("已过期的材料", "Expired evidence"))
    writer.say(
        Text(
            "下列{number}材料在证据截止日已过有效期，视同未提交，相应指标按未知处理。",
            "{number} had expired by the day of the assessment and count as if they had not come.",
        ),
        number=writer.count(
            "evidence.expired", Text("已过期材料", "expired"), len(gone), "evidence.expired, counted", "materials"
        ),
    )
    rows = [
        (
            writer.quoted(one.title),
            writer.words(BACKINGS[one.backing]),
            writer.cell(collected(writer, one)),
            writer.cell(expires(writer, one)),
        )
        for one in gone
    ]
    writer.table(
        Text("已过期的材料", "Expired evidence"),
        [
            writer.column(Text("材料", "Evidence"), figures=False, width=2.2),
            writer.column(Text("佐证方式", "Backing"), figures=False, width=1.2),
            writer.column(_COLLECTED, width=1.4),
            writer.column(_EXPIRES, width=1.4),
        ],
        rows,
        dense=True,
    )


def rows_of(writer: AssessmentWriter, item: EvidenceItem) -> Fact | None:
    """Return how many rows a piece of evidence has; None for documents."""
    if not item.rows:
        return None
    name = Text("记录数", "rows")
    return writer.count(f"evidence.{item.name}.rows", name, item.rows, f"evidence[{item.name}].rows", "rows")


def collected(writer: AssessmentWriter, item: EvidenceItem) -> Fact:
    """Return the day on which a piece of evidence was collected."""
    path = f"evidence.{item.name}.collected"
    return writer.facts.day(path, _COLLECTED, item.collected, f"evidence[{item.name}].collected")


def expires(writer: AssessmentWriter, item: EvidenceItem) -> Fact:
    """Return the last day on which a piece of evidence counts."""
    return writer.facts.day(f"evidence.{item.name}.expires", _EXPIRES, item.expires, f"evidence[{item.name}].expires")
