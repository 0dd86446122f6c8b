"""How the hotline runs: answering, dispatching, handling, and the three rates."""

from __future__ import annotations

from collections.abc import Sequence

from suqiu.domain.evidence import Fact, Outcome
from suqiu.domain.text import Text
from suqiu.reporting.document import Number
from suqiu.reporting.numbers import Aspect
from suqiu.reporting.writing import Gap, Writer

NEEDS = Text(
    "本节需要通话记录或工单的派单、签收、办结、回访时间；本次数据中均未提供。",
    "This section needs call records, or times of dispatch, signing, closure and call-back; the data has none.",
)

#: Which measures stand in which part; the overview and the quality section have their own.
ACCESS = ("A1", "A2", "A4", "A5", "A6", "A7", "A8", "A12", "A13", "A20")
DISPATCH = ("B1", "B2", "B3", "B4", "B6", "B7", "B9", "B17")
HANDLING = ("C1", "C2", "C3", "C4", "C5", "C6", "C8", "C9", "C10", "C11", "C13", "C14", "C15", "C16", "C17", "S1")


def efficiency(writer: Writer) -> None:
    """Write the parts whose measures the data allows; the rest goes into the note with its reason."""
    writer.heading(Text("接听情况", "Answering"))
    writer.say_all(_sentences(writer, _ACCESS_SENTENCES))
    measures_table(writer, Text("接听主要指标", "Answering: main measures"), ACCESS)
    writer.heading(Text("受理与派单", "Acceptance and dispatch"))
    writer.say_all(_sentences(writer, _DISPATCH_SENTENCES))
    measures_table(writer, Text("受理与派单主要指标", "Acceptance and dispatch: main measures"), DISPATCH)
    writer.heading(Text("办理与办结", "Handling and closure"))
    writer.say_all(_sentences(writer, _HANDLING_SENTENCES))
    measures_table(writer, Text("办理与办结主要指标", "Handling and closure: main measures"), HANDLING)


def measures_table(writer: Writer, caption: Text, measures: Sequence[str]) -> None:
    """Draw a table of those measures that are known, each with its interval and base; note the others."""
    facts = [writer.evidence.find(measure) for measure in measures]
    writer.note_missing(fact for fact in facts if fact.fact_id in writer.evidence.facts)
    known = [fact for fact in facts if fact.outcome is Outcome.KNOWN]
    writer.table(
        caption,
        [
            writer.column(Text("指标", "Measure"), figures=False, width=2),
            writer.column(Text("数值", "Value"), width=1.3),
            writer.column(Text("置信区间", "Interval"), width=1.7),
            writer.column(Text("分子", "Part")),
            writer.column(Text("分母", "Whole")),
        ],
        [
            (
                (writer.name(fact.name),),
                writer.cell(fact, Aspect.VALUE),
                writer.cell(fact, Aspect.INTERVAL),
                writer.cell(fact if fact.unit == "share" else None, Aspect.NUMERATOR),
                writer.cell(fact if fact.unit == "share" else None, Aspect.DENOMINATOR),
            )
            for fact in known
        ],
    )


_Sentences = Sequence[tuple[Text, str]]

#: A sentence and the measure it states; a sentence whose measure is not known is left out.
_ACCESS_SENTENCES: _Sentences = (
    (Text("热线接通率为{value}{interval}。", "{value} of calls were answered{interval}."), "A1"),
    (Text("其中{name}为{value}。", "The measure “{name}” stands at {value}."), "A2"),
    (Text("来电平均等待{value}。", "Callers waited {value} on average."), "A4"),
    (Text("漏接来电回拨率为{value}。", "{value} of missed calls were called back."), "A7"),
)
_DISPATCH_SENTENCES: _Sentences = (
    (Text("在线直接办结的占{value}。", "{value} were closed in the call."), "B1"),
    (
        Text(
            "派单后未退单、未改派的占{value}{interval}。",
            "{value} of dispatched orders stayed with their first unit{interval}.",
        ),
        "B4",
    ),
    (Text("承办单位申请退单的占{value}{interval}。", "Units asked to return {value}{interval}."), "B6"),
    (Text("工单平均流转次数为{value}。", "An order was dispatched {value} times on average."), "B9"),
)
_HANDLING_SENTENCES: _Sentences = (
    (Text("响应率为{value}{interval}。", "The response rate is {value}{interval}."), "C2"),
    (Text("解决率为{value}{interval}。", "The resolution rate is {value}{interval}."), "C16"),
    (Text("满意率为{value}{interval}。", "The satisfaction rate is {value}{interval}."), "C17"),
    (Text("按时办结率为{value}{interval}。", "{value} of due orders were closed on time{interval}."), "C3"),
    (Text("平均办理时长为{value}。", "Handling took {value} on average."), "C8"),
    (
        Text("截至期末，超期未办结工单{value}。", "At the end of the period {value} were open past their deadline."),
        "C6",
    ),
)


def _sentences(writer: Writer, sentences: _Sentences) -> list[tuple[Text, dict[str, Gap]]]:
    return [
        (text, {"value": fact, "interval": interval_of(writer, fact), "name": writer.name(fact.name)})
        for text, measure in sentences
        if (fact := writer.evidence.find(measure)).outcome is Outcome.KNOWN
    ]


def interval_of(writer: Writer, fact: Fact) -> Gap:
    """Return `（95%置信区间90.1%～92.3%）` for a fact with an interval, nothing for one without."""
    if fact.interval is None or fact.outcome is not Outcome.KNOWN:
        return ()
    return writer.spans(
        Text("（{level}置信区间{interval}）", " ({level} interval {interval})"),
        level=Number(fact, Aspect.LEVEL),
        interval=Number(fact, Aspect.INTERVAL),
    )
