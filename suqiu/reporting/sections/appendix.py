"""The appendices: how each measure is made, how good the data is, and where to find each number."""

from __future__ import annotations

import re

from suqiu.domain.evidence import Fact
from suqiu.domain.fault import FAULTS
from suqiu.domain.text import Text
from suqiu.reporting import deriving
from suqiu.reporting.document import Number, Spans
from suqiu.reporting.numbers import Aspect
from suqiu.reporting.writing import Writer

NEEDS_DEFINITIONS = Text("本报告未使用指标。", "This report uses no measure.")
NEEDS_INTAKE = Text(
    "本报告由已入库的数据编制，未附导入记录。",
    "This report was written from stored data, without the record of its import.",
)
NEEDS_INDEX = Text("本报告未引用事实。", "This report cites no fact.")

_SEVERITY: dict[str, Text] = {
    "reject": Text("整行未导入", "row rejected"),
    "mend": Text("该单元格置空", "cell left empty"),
}


#: The cuts of facts in words.
_CUTS: dict[str, Text] = {
    "all": Text("全部", "all"),
    "department": Text("承办单位", "unit"),
    "district": Text("区县", "district"),
    "street": Text("镇街", "street"),
    "category_1": Text("大类", "top category"),
    "category": Text("类别", "category"),
    "type": Text("诉求类型", "type"),
    "channel": Text("受理渠道", "channel"),
    "month": Text("月份", "month"),
    "day": Text("日", "day"),
    "event": Text("事件", "event"),
    "type_basis": Text("诉求类型依据", "what the type rests on"),
    "category_basis": Text("诉求类别依据", "what the category rests on"),
    "department_basis": Text("承办单位依据", "what the unit rests on"),
    "place_basis": Text("事发地依据", "what the place rests on"),
}


def definitions(writer: Writer, cited: tuple[Fact, ...]) -> None:
    """Write how each cited measure is made, from its definition."""
    known = writer.evidence.definitions
    measures = sorted({fact.measure for fact in cited if fact.measure in known}, key=natural)
    rows: list[tuple[Spans, ...]] = []
    for measure in measures:
        made = known[measure]
        texts = (made.name, made.population, made.formula, made.clock, made.source)
        rows.append(tuple((writer.name(text),) for text in texts))
    writer.table(
        Text("指标口径", "How each measure is made"),
        [
            writer.column(Text("指标", "Measure"), figures=False, width=1.3),
            writer.column(Text("统计范围", "Population"), figures=False, width=2),
            writer.column(Text("算法", "Formula"), figures=False, width=2),
            writer.column(Text("计时口径", "Clock"), figures=False, width=1.2),
            writer.column(Text("依据", "Source"), figures=False, width=1.5),
        ],
        rows,
        dense=True,
    )


def data_quality(writer: Writer) -> None:
    """Write what became of the rows that were read, and each kind of fault."""
    intake = writer.evidence.intake
    if intake is None:
        return

    def rows(measure: str, name: Text, value: int, query: str) -> Fact:
        return deriving.count(writer.evidence, measure, name, value, query, unit="rows")

    faulty = "SELECT count(DISTINCT (file, row)) FROM faults WHERE severity = 'reject'"
    writer.say(
        Text(
            "本次读取工单数据{read}，导入{accepted}，未导入{rejected}。未导入的行连同原因和更正办法另附清单，未作任何丢弃。",
            "Of {read} {accepted} were accepted and {rejected} rejected. Those come back in a file with the reason "
            "and how to mend them; nothing is lost in silence.",
        ),
        read=rows("rows_read", Text("读取行数", "rows read"), intake.read, "-- run.json: intake.read"),
        accepted=rows(
            "rows_accepted", Text("导入行数", "rows accepted"), intake.accepted, "SELECT count(*) FROM orders"
        ),
        rejected=rows("rows_rejected", Text("未导入行数", "rows rejected"), intake.rejected, faulty),
    )
    cells: list[tuple[Spans, ...]] = []
    for (code, severity), number in sorted(intake.faults.items()):
        what, mend = FAULTS[code]
        query = f"SELECT count(*) FROM faults WHERE code = '{code}' AND severity = '{severity}'"  # noqa: S608 - printed, never run here
        fact = deriving.count(writer.evidence, f"faults_{code}_{severity}", what, number, query, unit="rows")
        cells.append(
            (
                (writer.name(what),),
                writer.spans(_SEVERITY[severity]),
                writer.cell(fact),
                (writer.name(mend),),
            )
        )
    writer.table(
        Text("数据问题与更正办法", "What is wrong with the data, and how to mend it"),
        [
            writer.column(Text("问题", "What is wrong"), figures=False, width=2.2),
            writer.column(Text("处理", "What was done"), figures=False, width=1.2),
            writer.column(Text("出现次数", "Found"), width=0.9),
            writer.column(Text("更正办法", "How to mend it"), figures=False, width=2.4),
        ],
        cells,
    )


def data_index(writer: Writer, cited: tuple[Fact, ...]) -> None:
    """Write where the numbers come from, one line for each measure: single facts are in `facts.json`."""
    groups: dict[str, list[Fact]] = {}
    for fact in cited:
        if fact.query:
            groups.setdefault(fact.measure, []).append(fact)
    if not groups:
        return
    versions = sorted({fact.data_version for facts in groups.values() for fact in facts})
    writer.say(
        Text(
            "正文每个数字均有对应的事实编号，随数字附于文内；查询语句、分子分母见随附的facts.json。数据版本：{versions}。"
            "城市数据包版本：{pack}。",
            "Every number in the text is a fact, and carries its id; queries and parts are in facts.json. "
            "Data version: {versions}. City pack: {pack}.",
        ),
        versions=writer.listed((writer.name(version),) for version in versions),
        pack=writer.name(writer.city.version),
    )
    rows: list[tuple[Spans, ...]] = []
    for measure in sorted(groups, key=natural):
        facts = groups[measure]
        cuts = sorted({fact.slice.dimension for fact in facts}, key=lambda cut: (cut != "all", cut))
        largest = max(facts, key=lambda fact: (fact.rows, fact.fact_id))
        rows.append(
            (
                (writer.name(facts[0].name),),
                (writer.name(measure),),
                writer.listed((writer.name(_CUTS.get(cut, cut)),) for cut in cuts),
                (Number(largest, Aspect.ROWS),),
            )
        )
    writer.table(
        Text("数据索引", "Index of facts"),
        [
            writer.column(Text("指标", "Measure"), figures=False, width=2.2),
            writer.column(Text("编号", "Id"), figures=False, width=1.8),
            writer.column(Text("切片", "Cut by"), figures=False, width=2.4),
            writer.column(Text("最大统计行数", "Most rows"), width=1.2),
        ],
        rows,
        dense=True,
    )


def natural(measure: str) -> tuple[str, int, str]:
    """Return a key that sorts `C3` before `C16`."""
    match = re.match(r"([A-Za-z_]+?)(\d+)(.*)$", measure)
    return (match[1], int(match[2]), match[3]) if match else (measure, -1, "")
