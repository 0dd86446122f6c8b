"""A made-up export of another hotline: other headers, another encoding, other units and categories."""

from __future__ import annotations

import csv
from pathlib import Path

#: For each category the unit whose matter it is, and what people say.
MATTERS = {
    "噪音扰民": ("城管局", ("夜里楼下烧烤摊吵得睡不着", "广场上的音响开到十一点", "工地半夜还在打桩")),
    "道路破损": ("住建局", ("门口的路坑坑洼洼", "路边井盖塌了一块", "人行道地砖翘起来绊人")),
    "供水问题": ("水务公司", ("家里停水两天了", "自来水放出来是黄的", "六楼水压太小洗不了澡")),
    "社保咨询": ("人社局", ("想问养老金怎么补缴", "社保卡丢了在哪里补办", "医保关系怎么转移")),
}
DISTRICTS = ("东城区", "西城区", "南山县")


def write_export(path: Path, rows: int = 200) -> Path:
    """Write letters to a mayor's mailbox in GB18030, with dates such as 2025/3/9 8:05."""
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["信件编号", "来信时间", "信件内容", "办理单位", "问题分类", "所属区域", "答复时间", "答复内容"]
        )
        for n in range(rows):
            category = list(MATTERS)[(n * 7 + n // 5) % len(MATTERS)]
            unit, said = MATTERS[category]
            month, day = 1 + n * 3 // rows, 1 + n % 27
            when, answered = f"2025/{month}/{day} {8 + n % 10}:{n % 60:02d}", f"2025/{month}/{day + 1} 9:00"
            text = f"{said[n % len(said)]}，已经{2 + n % 8}天了，请尽快处理。"
            district = DISTRICTS[n % len(DISTRICTS)]
            writer.writerow([f"XF2025{n:05d}", when, text, unit, category, district, answered, "已安排处理。"])
    return path


def write_bare(path: Path, rows: int = 120) -> Path:
    """Write an export that has only number, time and text."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["工单编号", "受理时间", "诉求内容"])
        for n in range(rows):
            said = list(MATTERS.values())[n % len(MATTERS)][1]
            writer.writerow([f"B{n:06d}", f"2026-03-{1 + n % 28:02d} {8 + n % 12:02d}:00:00", said[n % 3]])
    return path
