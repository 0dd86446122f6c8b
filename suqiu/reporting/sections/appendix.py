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
    """Write where the numbers come from, one line for each measure and cut: single facts are in `facts.json`."""
    groups: dict[tuple[str, str], Fact] = {}
    for fact in cited:
        if fact.query:
            kept = groups.setdefault((fact.measure, fact.slice.dimension), fact)
            if fact.rows > kept.rows:
                groups[(fact.measure, fact.slice.dimension)] = fact
    if not groups:
        return
    writer.say(
        Text(
            "正文每个数字均有对应的事实编号，随数字附于文内；查询语句、分子分母和数据版本见随附的facts.json。",
            "Every number in the text is a fact, and carries its id; queries, parts and data versions are in "
            "facts.json.",
        )
    )
    writer.table(
        Text("数据索引", "Index of facts"),
        [
            writer.column(Text("指标", "Measure"), figures=False, width=2),
            writer.column(Text("事实编号（示例）", "Fact id (for example)"), figures=False, width=3.2),
            writer.column(Text("统计行数", "Rows"), width=1),
            writer.column(Text("数据版本", "Data version"), figures=False, width=1.8),
        ],
        [
            (
                (writer.name(groups[key].name),),
                (writer.name(groups[key].fact_id),),
                (Number(groups[key], Aspect.ROWS),),
                (writer.name(groups[key].data_version),),
            )
            for key in sorted(groups, key=lambda key: (natural(key[0]), key[1]))
        ],
    )


def natural(measure: str) -> tuple[str, int, str]:
    """Return a key that sorts `C3` before `C16`."""
    match = re.match(r"([A-Za-z_]+?)(\d+)(.*)$", measure)
    return (match[1], int(match[2]), match[3]) if match else (measure, -1, "")
