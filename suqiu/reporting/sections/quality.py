"""What comes back: repeats, rework, and what callers say when they are called back."""

from __future__ import annotations

from suqiu.domain.evidence import Outcome
from suqiu.domain.text import Text
from suqiu.reporting.sections.efficiency import interval_of, measures_table
from suqiu.reporting.writing import Writer

NEEDS = Text(
    "本节需要重复诉求的识别结果，或重办、回访记录；本次数据中均未提供。",
    "This section needs repeats, rework or call-backs; the data has none.",
)

MEASURES = ("C25", "C12", "C20", "C21", "C22")


def quality(writer: Writer) -> None:
    """Write the share of repeats and where they gather, then rework and call-backs."""
    repeats = writer.evidence.find("C25")
    if repeats.outcome is Outcome.KNOWN:
        writer.say(
            Text("重复诉求占受理量的{value}{interval}。", "Repeats make up {value} of all orders{interval}."),
            value=repeats,
            interval=interval_of(writer, repeats),
        )
    least = int(writer.city.weight("analysis.small_slice"))
    worst = writer.evidence.ranking("C25", "category_1", top=1, least=least)
    if worst:
        writer.say(
            Text(
                "重复诉求占比最高的类别是{name}，为{value}{interval}。",
                "Repeats are most common in {name}, at {value}{interval}.",
            ),
            name=writer.name(worst[0].slice.name),
            value=worst[0],
            interval=interval_of(writer, worst[0]),
        )
    measures_table(writer, Text("重复诉求与办理质量指标", "Repeats and quality of handling"), MEASURES)
