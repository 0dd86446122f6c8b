"""What can be measured of a component's results: names, which way is better, and for which kinds of task."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from suqiu.domain.text import Text


class Kind(StrEnum):
    """What a component answers 任务类型."""

    CHOICE = "choice"
    """One label of a list."""
    TREE = "tree"
    """One node of a tree of labels."""
    SPANS = "spans"
    """Pieces of the text, each with a type."""
    VERDICT = "verdict"
    """Yes or no, which people too may see differently."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of results 评测指标.

    Attributes:
        name: its short name.
        meaning: what it says, in one sentence.
        kinds: tasks that it applies to.
        higher_is_better: whether more is better.
        is_share: whether it is a share of something, printed in percent; others are plain numbers.
    """

    name: Text
    meaning: Text
    kinds: frozenset[Kind]
    higher_is_better: bool = True
    is_share: bool = False


_LABELLED = frozenset({Kind.CHOICE, Kind.TREE, Kind.VERDICT})
_MANY = frozenset({Kind.CHOICE, Kind.TREE})
_VERDICT = frozenset({Kind.VERDICT})
_SPANS = frozenset({Kind.SPANS})

#: Every measure by its id, in the order in which a page shows them.
MEASURES: dict[str, Measure] = {
    "accuracy": Measure(
        Text("准确率", "accuracy"),
        Text(
            "首选答案正确的样本占比；未作答按错误计", "share of samples whose first answer is right; silence is wrong"
        ),
        _LABELLED,
        is_share=True,
    ),
    "top_3": Measure(
        Text("前三命中率", "top-3 accuracy"),
        Text("前三个答案中含有正确答案的样本占比", "share of samples whose truth is among the first three answers"),
        _MANY,
        is_share=True,
    ),
    "coverage": Measure(
        Text("可自动采纳比例", "coverage at the wanted accuracy"),
        Text(
            "按置信度从高到低采纳，准确率不低于目标时的最大采纳比例",
            "the largest share of the surest answers that is right at least as often as wanted",
        ),
        _LABELLED,
        is_share=True,
    ),
    "macro_f1": Measure(
        Text("宏平均F1", "macro F1"), Text("各类别F1值的算术平均", "plain mean of F1 over the classes"), _LABELLED
    ),
    "weighted_f1": Measure(
        Text("加权F1", "weighted F1"),
        Text("按样本量加权的各类别F1值平均", "mean of F1 over the classes, weighted by their samples"),
        _LABELLED,
    ),
    "f1": Measure(Text("F1值", "F1"), Text("肯定结论的F1值", "F1 of the positive verdict"), _VERDICT),
    "kappa": Measure(
        Text("一致性系数", "Cohen's kappa"),
        Text("扣除偶然一致后的一致程度，满分为一", "agreement beyond chance; one is full agreement"),
        _VERDICT,
    ),
    "span_f1": Measure(
        Text("要素F1值", "span F1"),
        Text("起止与类型完全一致方为正确", "right only where both ends and the type agree exactly"),
        _SPANS,
    ),
    "span_precision": Measure(
        Text("要素精确率", "span precision"),
        Text("识别结果中正确的占比", "share of answered pieces that are right"),
        _SPANS,
        is_share=True,
    ),
    "span_recall": Measure(
        Text("要素召回率", "span recall"),
        Text("应识别要素中已识别的占比", "share of pieces that are found"),
        _SPANS,
        is_share=True,
    ),
    "span_macro_f1": Measure(
        Text("要素宏平均F1", "span macro F1"), Text("各类要素F1值的算术平均", "plain mean of F1 over the types"), _SPANS
    ),
    "calibration_error": Measure(
        Text("校准误差", "expected calibration error"),
        Text(
            "置信度与实际准确率的平均差距；样本少时及其区间偏高",
            "mean gap between confidence and share of right answers; it and its interval run high on few samples",
        ),
        _LABELLED,
        higher_is_better=False,
        is_share=True,
    ),
    "brier": Measure(
        Text("布里尔得分", "Brier score"),
        Text("置信度与对错之差的平方均值", "mean square of confidence less being right"),
        _LABELLED,
        higher_is_better=False,
    ),
    "risk_area": Measure(
        Text("风险曲线下面积", "area under the risk curve"),
        Text("各采纳比例下错误率的平均值", "mean error over all shares accepted"),
        _LABELLED,
        higher_is_better=False,
    ),
}

#: Ways of preparing a text that every model of labels is judged by, by their names in a record.
HINT_FREE, AS_WRITTEN = "hint-free", "as written"
VARIANTS: dict[str, Text] = {
    HINT_FREE: Text("去除派单提示语", "routing hints removed"),
    AS_WRITTEN: Text("原文", "as written"),
}
