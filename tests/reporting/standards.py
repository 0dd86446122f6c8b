"""A small standard, made up by hand."""

from __future__ import annotations

import hashlib
from datetime import date

from suqiu.domain.finding import Backing
from suqiu.domain.text import Text
from suqiu.standard.catalogue import (
    Bound,
    Capability,
    Catalogue,
    Domain,
    Gate,
    Grade,
    Indicator,
    Kind,
    Level,
    Origin,
    ProbeUse,
    Profile,
    Rating,
    Remedy,
    Scenario,
    Side,
    Source,
)

_DOMAINS = {
    "接入与话务": "Access and calls",
    "受理与派单": "Acceptance and dispatch",
    "办理与回访": "Handling and call-back",
    "数据治理": "Data governance",
}
_STAGES = ("accept", "dispatch", "handle", "call_back", "appraise", "analyse")
_ROLES = ("agent", "department", "leader", "citizen")


def a_text(zh: str, en: str | None = None) -> Text:
    return Text(zh, en or zh)


def an_indicator(id_: str, n: int) -> Indicator:
    user = n % 4 == 3
    asked = n % 5 == 4
    unit = "rating" if asked else ("seconds", "share", "minutes")[n % 3]
    target = 1.0 if asked else 0.9 if unit == "share" else 20.0
    return Indicator(
        id=id_,
        name=a_text(f"第{n}号指标的达成情况", f"Indicator {n}"),
        statement=a_text("应达到规定要求", "It must be so"),
        why=a_text("关系群众体验", "It matters"),
        level=1 + n % 5,
        weight=1 + n % 3,
        required=n % 3 == 0,
        kind=tuple(Kind)[n % 6],
        side=tuple(Side)[n % 2],
        unit=unit,
        direction="up" if unit in {"share", "rating"} else "down",
        census=False,
        accepts=(Backing.MEASURED, Backing.INSPECTED, Backing.ATTESTED),
        probe=None if asked else ProbeUse("share.v1", {}),
        question=a_text("是否建立制度？", "Is there a rule?") if asked else None,
        criteria=a_text("达到目标值的认定为达到", "Met at the target"),
        floor=Bound(Origin.NATURAL, 0.0, None, None, a_text("起点", "floor")),
        target=Bound(
            Origin.USER if user else Origin.PUBLISHED,
            None if user else target,
            None if user else "P1",
            None if user else Grade.A,
            a_text("可参考本地上年水平95%", "look at last year's 95 %"),
        ),
        remedy=Remedy(a_text("完善系统功能", "Improve the system"), 10, a_text("运行科", "Operations")),
        depends=(),
        cases=(),
        place="x.yaml:1",
    )


def a_catalogue(per_capability: int = 3, scenarios: int = 8) -> Catalogue:
    domains: list[Domain] = []
    indicators: list[Indicator] = []
    for d, (zh, en) in enumerate(_DOMAINS.items(), 1):
        capabilities = tuple(
            Capability(f"D{d}.{c}", a_text(f"{zh}能力{'甲乙丙丁'[c - 1]}", f"{en} part {c}"), a_text("能力"))
            for c in range(1, d + 1)
        )
        domains.append(Domain(f"D{d}", a_text(zh, en), a_text("领域"), capabilities))
        for capability in capabilities:
            for i in range(1, per_capability + 1):
                indicators.append(an_indicator(f"{capability.id}.{i}", len(indicators)))
    names = ("起步级", "规范级", "集成级", "量化级", "引领级")
    return Catalogue(
        id="hotline-intelligence",
        version="2026.1",
        title=a_text("12345热线智能化成熟度评估模型（2026.1版）", "Maturity model for 12345 hotlines, 2026.1"),
        label=a_text("本模型为自研开放模型，不是正式标准。", "Our own open model, no official text."),
        schema="1.0.0",
        issued=date(2026, 1, 1),
        fingerprint=hashlib.sha256(b"catalogue").hexdigest(),
        levels=tuple(
            Level(
                n,
                a_text(name, f"Level {name}"),
                a_text("工作规范运行。", "Work runs."),
                0.2 * (n - 1),
                0.3,
                a_text("自定"),
            )
            for n, name in enumerate(names, 1)
        ),
        ratings=(
            Rating("full", a_text("完全符合", "fully"), 1, True),
            Rating("mostly", a_text("大部分符合", "mostly"), 0.8, True),
            Rating("partly", a_text("部分符合", "partly"), 0.5, False),
            Rating("none", a_text("不符合", "not at all"), 0, False),
        ),
        domains=tuple(domains),
        indicators=tuple(indicators),
        gates=tuple(_gate(n) for n in (1, 2, 3)),
        profiles=(Profile("city", a_text("地市级热线", "city"), a_text("市"), {}, {}),),
        scenarios=tuple(
            Scenario(
                f"S{n:02}",
                a_text(f"场景{n}智能填单", f"Scenario {n}"),
                a_text("辅助填单", "fills in"),
                _STAGES[n % 6],
                _ROLES[n % 4],
                "orders",
                "fill",
                a_text("填单时长缩短", "shorter entry"),
                "down",
            )
            for n in range(1, scenarios + 1)
        ),
        sources=(
            Source(
                "P1",
                a_text("国务院办公厅关于12345热线的指导意见", "Opinions"),
                "gov.cn/zhengce/2021",
                "2021-01-06",
                Grade.A,
            ),
            Source("P9", a_text("未引用的来源", "unused"), "x", "", Grade.D),
        ),
    )


def _gate(n: int) -> Gate:
    return Gate(
        id=f"G{n}",
        name=a_text(("紧急线索移交", "办理不外包", "无虚假办结")[n - 1], f"Gate {n}"),
        statement=a_text("应当移交", "must be handed over"),
        why=a_text("关系安全", "danger"),
        cap=2,
        source="P1",
        grade=Grade.A,
        accepts=(Backing.MEASURED,),
        probe=None if n == 2 else ProbeUse("share.v1", {}),
        question=a_text("是否外包？", "outsourced?") if n == 2 else None,
        least_rows=10,
        remedy=Remedy(a_text("全部移交", "hand all over"), 5, a_text("话务科", "Calls")),
        cases=(),
        place="gates.yaml:1",
    )
