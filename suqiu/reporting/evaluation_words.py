"""The words and numbers of an evaluation page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from suqiu.domain.text import Language, Text

#: What stands where nothing is known.
NONE = "—"

WORDS: dict[str, Text] = {
    "title": Text("模型评测报告", "Evaluation of a model"),
    "overall": Text("总体结果", "Results"),
    "goals": Text("目标达成情况", "Goals"),
    "compared": Text("成对比较", "Comparison with another run"),
    "about": Text("评测信息", "About this run"),
    "meanings": Text("指标说明", "What the measures mean"),
    "variant": Text("输入方式：{name}", "Input: {name}"),
    "detail": Text("分项结果", "In detail"),
    "unnamed": Text("原始输入", "as it came"),
    "measure": Text("指标", "Measure"),
    "value": Text("数值", "Value"),
    "interval": Text("95%置信区间", "95% interval"),
    "goal": Text("目标值", "Goal"),
    "source": Text("目标来源", "Source"),
    "met": Text("是否达到", "Reached"),
    "sure": Text("置信区间整体达到", "By the whole interval"),
    "yes": Text("是", "yes"),
    "no": Text("否", "no"),
    "calibration": Text("置信度与实际准确率", "Confidence against share of right answers"),
    "curve": Text("采纳比例与准确率", "Share accepted against accuracy"),
    "said": Text("平均置信度", "Mean confidence"),
    "accuracy": Text("准确率", "Accuracy"),
    "samples": Text("样本数", "Samples"),
    "range": Text("置信度范围", "Confidences"),
    "share": Text("采纳比例", "Share accepted"),
    "threshold": Text("阈值", "Threshold"),
    "levels": Text("各层级准确率", "Right down to each level"),
    "level": Text("层级", "Level"),
    "classes": Text("各类别结果", "Each class"),
    "class": Text("类别", "Class"),
    "answered": Text("作答数", "Answered"),
    "precision": Text("精确率", "Precision"),
    "recall": Text("召回率", "Recall"),
    "confusions": Text("主要混淆", "Largest confusions"),
    "truth": Text("正确答案", "Truth"),
    "found": Text("误判为", "Taken for"),
    "count": Text("件数", "Count"),
    "of_truth": Text("占该类", "Of the class"),
    "selection": Text("阈值选定与检验", "The threshold chosen and tested"),
    "part": Text("样本范围", "Samples"),
    "whole": Text("全部样本（选定与统计为同一批）", "all, chosen and counted on the same"),
    "chooses": Text("{part}（选定阈值）", "{part}: chosen here"),
    "tests": Text("{part}（检验阈值）", "{part}: tested here"),
    "difference": Text("差值", "Difference"),
    "p": Text("P值", "p"),
    "data_table": Text("查看数据表", "Show as a table"),
    "more": Text("其余{n}行", "{n} more rows"),
    "ideal": Text("理想状态", "as it should be"),
    "wanted": Text("目标准确率{share}", "wanted: {share}"),
    "chosen": Text("采纳{share}", "{share} accepted"),
    "skip": Text("跳至正文", "Skip to the page"),
}
SAID = Text(
    "本次评测有标准答案的样本{n}件，未作答{silent}件，缺少标准答案而未计入{unknown}件。",
    "{n} samples with a known truth; {silent} were not answered; {unknown} more have no known truth and are not"
    " counted.",
)
#: What the two parts are called on which a threshold is chosen and tested.
PARTS: dict[str, tuple[Text, Text]] = {
    "time": (Text("较早一半样本", "the older half"), Text("较新一半样本", "the newer half")),
    "draw": (Text("抽取的一半样本", "one half by draw"), Text("其余一半样本", "the other half")),
}
NO_THRESHOLD = Text(
    "在{chosen}上，任何阈值均不能使准确率达到{wanted}，不宜自动采纳。",
    "On {chosen} no threshold reaches an accuracy of {wanted}: nothing should be accepted unseen.",
)
CARRIED = Text(
    "按准确率不低于{wanted}采纳，在{chosen}上选定的阈值用于{applied}，采纳比例为{share}，准确率为{accuracy}。",
    "For an accuracy of {wanted}, the threshold chosen on {chosen} and applied to {applied} accepts {share} at an"
    " accuracy of {accuracy}.",
)
MCNEMAR = Text(
    "共比较{n}件样本：仅前者正确{a}件，仅后者正确{b}件，麦克尼马尔精确检验P值为{p}。",
    "{n} samples are compared: only the first is right on {a}, only the second on {b}; exact McNemar test, p = {p}.",
)
ABOUT: dict[str, Text] = {
    "task": Text("任务", "Task"),
    "kind": Text("任务类型", "Kind"),
    "model": Text("模型", "Model"),
    "model_version": Text("模型版本", "Model version"),
    "code": Text("程序版本", "Code version"),
    "data": Text("数据指纹", "Fingerprint of the data"),
    "split": Text("样本划分", "Split"),
    "learned_from": Text("训练数据", "Learned from"),
    "run": Text("评测记录指纹", "Fingerprint of the run"),
}
KINDS: dict[str, Text] = {
    "choice": Text("单选分类", "one label of a list"),
    "tree": Text("层级分类", "one node of a tree"),
    "spans": Text("要素识别", "pieces of the text"),
    "verdict": Text("是否判定", "yes or no"),
}


def ends_of(interval: Any, show: Callable[[float | None], str], language: Language) -> str:
    """Return both ends of an interval, as an `Interval` or as its plain values."""
    if interval is None:
        return NONE
    ends = interval if isinstance(interval, Mapping) else {"lower": interval.lower, "upper": interval.upper}
    return f"{show(ends['lower'])}{'～' if language == 'zh' else ' to '}{show(ends['upper'])}"


def percent(value: float | None, decimals: int = 1) -> str:
    """Return a share in percent; what is not all never reads 100 %, what is not nothing never 0 %."""
    if value is None:
        return NONE
    while decimals < 6 and 0 < abs(value) < 1 and round(abs(value) * 100, decimals) in {0, 100}:
        decimals += 1
    return f"{value * 100:.{decimals}f}%"


def plain(value: float | None) -> str:
    """Return a number that is no share."""
    return NONE if value is None else f"{value:.3f}"


def chance(p: float | None) -> str:
    """Return a p-value."""
    return NONE if p is None else "<0.001" if p < 0.001 else f"{p:.3f}"
