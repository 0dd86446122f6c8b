"""What the models contributed, and how often they were right."""

from __future__ import annotations

from suqiu.domain.evidence import Fact, Slice
from suqiu.domain.text import Text
from suqiu.reporting import deriving
from suqiu.reporting.document import Number, Spans
from suqiu.reporting.evidence import ReadingTally
from suqiu.reporting.numbers import Aspect
from suqiu.reporting.writing import Writer

NEEDS = Text(
    "本节需要智能识别的运行记录；本次报告未包含。",
    "This section needs the record of the models' run; this report was made without it.",
)

_FIELDS: dict[str, Text] = {
    "type": Text("诉求类型", "type"),
    "category": Text("诉求类别", "category"),
    "department": Text("承办单位", "unit"),
    "place": Text("事发地", "place"),
}
_BASES: dict[str, Text] = {
    "recorded": Text("原有记录", "Recorded"),
    "model": Text("模型补全", "By the model"),
    "catalogue": Text("职责清单补全", "By the duty catalogue"),
    "rule": Text("规则补全", "By rule"),
    "none": Text("未填", "Not filled"),
}


def intelligence(writer: Writer) -> None:
    """Write what each field rests on, and the measured accuracy with its interval."""
    tally = writer.evidence.reading
    if tally is None or tally.orders == 0:
        return
    writer.say(
        Text(
            "原始工单缺少类型、类别、承办单位或事发地的，由模型、职责清单和规则补全；把握不足的不予填写。"
            "智能识别结果供工作人员参考，不代替人工判断。",
            "Where an order lacks its type, category, unit or place, models, the duty catalogue and rules complete "
            "it; what they are not sure of stays empty. Their claims inform people, and decide nothing.",
        )
    )
    _basis_table(writer, tally)
    _score_table(writer, tally)


def _basis_table(writer: Writer, tally: ReadingTally) -> None:
    fields = [name for name in _FIELDS if any(key[0] == name for key in tally.basis)]
    shown = [b for b in _BASES if b in {"recorded", "none"} or any(key[1] == b for key in tally.basis)]
    writer.table(
        Text("各字段依据占比", "What each field rests on"),
        [
            writer.column(Text("字段", "Field"), figures=False, width=1.4),
            *(writer.column(_BASES[basis], width=1.2) for basis in shown),
        ],
        [
            (writer.spans(_FIELDS[name]), *(writer.cell(_basis_share(writer, tally, name, b)) for b in shown))
            for name in fields
        ],
    )


def _basis_share(writer: Writer, tally: ReadingTally, name: str, basis: str) -> Fact:
    filled = {key[1]: number for key, number in tally.basis.items() if key[0] == name}
    hits = tally.orders - sum(filled.values()) if basis == "none" else filled.get(basis, 0)
    condition = f"{name}_basis IS NULL" if basis == "none" else f"{name}_basis = '{basis}'"
    cut = Slice(
        f"{name}_basis",
        basis,
        Text(f"{_FIELDS[name].zh}{_BASES[basis].zh}", f"{_FIELDS[name].en}: {_BASES[basis].en.lower()}"),
    )
    return deriving.share(
        writer.evidence,
        "filled",
        Text("字段依据占比", "share of a field's basis"),
        hits,
        tally.orders,
        f"SELECT count(*) FILTER ({condition}), count(*) FROM readings",  # noqa: S608 - printed, never run here
        cut=cut,
    )


def _score_table(writer: Writer, tally: ReadingTally) -> None:
    rows: list[tuple[Spans, ...]] = []
    for score in tally.scores:
        fact = deriving.share(
            writer.evidence,
            f"accuracy_{score.aspect}",
            score.name,
            score.hits,
            score.trials,
            f"-- run.json: reading, {score.author}: answers on the newest fifth against the record",
        )
        rows.append(
            (
                (writer.name(score.name),),
                writer.cell(fact, Aspect.VALUE),
                writer.cell(fact, Aspect.INTERVAL),
                (Number(fact, Aspect.DENOMINATOR),),
                (writer.name(score.author),),
            )
        )
    if not rows:
        return
    writer.table(
        Text("识别准确率", "Measured accuracy"),
        [
            writer.column(Text("项目", "Task"), figures=False, width=1.8),
            writer.column(Text("准确率", "Accuracy")),
            writer.column(Text("置信区间", "Interval"), width=1.6),
            writer.column(Text("检验工单量", "Orders tested"), "orders", width=1.3),
            writer.column(Text("模型", "Model"), figures=False, width=1.8),
        ],
        rows,
    )
    writer.note(
        Text(
            "准确率以受理时间最新的一批已有记录的工单检验，这批工单未用于训练；以原有记录为准，记录本身的差错计入模型差错。",
            "Accuracy is measured on the newest orders with a record, which the models never saw in training; the "
            "record counts as the truth, so its own errors count against the model.",
        )
    )
