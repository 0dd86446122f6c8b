"""The card that goes with a model: what it is, from what, how good, for what not; Chinese first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from suqiu.domain.text import Language, Text
from suqiu.evaluation.measures import MEASURES

Values = Mapping[str, Any]


def model_card(model: Values, card: Values) -> str:
    """Return a model's card in Markdown, Chinese and English.

    Args:
        model: `task`, `version`, `labels` (a count), `encoder` (id, or empty), `keep_hints`, `thresholds`
            (by wanted accuracy), `wanted`, and `origin` as `labelling.storage.Origin` has it.
        card: from `Scorecard.to_dict`, of the examples held out.
    """
    return "\n\n".join("\n".join(_card(model, card, language)) for language in ("zh", "en")) + "\n"


def _card(model: Values, card: Values, language: Language) -> list[str]:
    origin = model["origin"]

    def say(zh: str, en: str, **values: object) -> str:
        return Text(zh, en).fill(**values).to(language)

    return [
        say("# 模型卡：{task}", "# Model card: {task}", task=model["task"]),
        "",
        say("版本：{version}", "Version: {version}", version=model["version"]),
        "",
        say("## 用途", "## What it is for"),
        "",
        say(
            "根据诉求文本给出标签建议（{labels}种），附校准后的置信度。建议供人参考，不作决定。",
            "Suggests one of {labels} labels for an order's text, with a calibrated confidence. It decides nothing.",
            labels=model["labels"],
        ),
        "",
        say("## 训练数据", "## What it learned from"),
        "",
        *_origin(model, origin, say),
        "",
        say("## 检验结果", "## How good it is"),
        "",
        say(
            "检验样本：{held:,}件（{split}），模型训练时未见；区间为95%置信区间。",
            "Held out: {held:,} ({split}), unseen in training; intervals at 95 %.",
            held=origin["held_out"],
            split=origin["split"],
        ),
        "",
        *_figures(card, language, say),
        "",
        say("## 自动采用的阈值", "## Thresholds for automatic use"),
        "",
        say("| 要求的准确率 | 置信度下限 |", "| accuracy wanted | least confidence |"),
        "|---|---|",
        *(
            f"| {float(wanted):.0%} | {say('达不到', 'not reached') if least is None else f'{least:.3f}'} |"
            for wanted, least in sorted(model["thresholds"].items(), key=lambda item: float(item[0]))
        ),
        "",
        say("## 局限", "## Limits"),
        "",
        *_limits(model, say),
    ]


def _origin(model: Values, origin: Values, say: Any) -> Sequence[str]:
    hints = (
        say("保留（准确率会虚高）", "left in (flatters the accuracy)")
        if model["keep_hints"]
        else say("已去除", "removed")
    )
    rows = [
        (say("样本数", "examples"), f"{origin['examples']:,}"),
        (say("文本列", "text columns"), "、".join(origin["text"])),
        (say("标签列", "label columns"), "、".join(origin["label"])),
        (say("时间列", "time column"), origin["time"] or say("无", "none")),
        (say("起止", "from, to"), f"{origin['first']} — {origin['last']}" if origin["first"] else say("无", "none")),
        (say("座席派单提示语", "agents' routing hints"), hints),
        (say("句子编码器", "sentence encoder"), model["encoder"] or say("未使用", "none")),
        (say("辅助标签", "labels that taught the encoder"), "、".join(origin["teachers"]) or say("无", "none")),
        (say("数据指纹", "fingerprint of the data"), f"`{origin['data'][:16]}`"),
        (say("软件版本", "version of Suqiu"), origin["code"]),
    ]
    return [say("| 项目 | 内容 |", "| item | value |"), "|---|---|", *(f"| {name} | {_cell(v)} |" for name, v in rows)]


def _figures(card: Values, language: Language, say: Any) -> Sequence[str]:
    lines = [say("| 指标 | 数值 | 区间 |", "| measure | value | interval |"), "|---|---|---|"]
    for figure in card["variants"][0]["figures"]:
        if figure["value"] is None:
            continue
        interval = figure["interval"]
        bounds = f"{interval['lower']:.3f}–{interval['upper']:.3f}" if interval else ""
        lines.append(f"| {MEASURES[figure['measure']].name.to(language)} | {figure['value']:.3f} | {bounds} |")
    return lines


def _limits(model: Values, say: Any) -> Sequence[str]:
    limits = [
        say(
            "- 只认识训练数据中出现过的标签；机构或分类调整后应重新训练。",
            "- It knows only labels of its training data; train anew when departments or categories change.",
        ),
        say(
            "- 检验样本与训练数据来自同一城市；用于其他城市前须重新检验。",
            "- Judged on the same city; judge it again before using it elsewhere.",
        ),
        say(
            "- 历史派单本身可能有误，准确率以历史结果为准，不等于派单正确。",
            "- History itself may be wrong: accuracy is agreement with what was done, not with what was right.",
        ),
    ]
    if model["keep_hints"]:
        limits.append(
            say(
                "- 训练时保留了座席写明去向的文字，实际派单前并无此类文字，准确率不能代表实际使用效果。",
                "- It saw what agents wrote after choosing the department: live use has no such words.",
            )
        )
    return limits


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
