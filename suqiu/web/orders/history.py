"""An order's history as people read it 流程记录: each step with its name, who, why, and how long it took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from suqiu.domain.order import NAMES, Satisfaction, StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.models import User
from suqiu.web.orders import following
from suqiu.web.orders.models import Attachment, Order, Step
from suqiu.web.site import site

_CITIZEN, _SYSTEM, _OTHER = Text("市民", "citizen"), Text("系统", "the platform"), Text("外部系统", "another system")
_SAID = {
    "solved": {True: Text("已解决", "solved"), False: Text("未解决", "not solved")},
    "reached": {True: Text("已接通", "reached"), False: Text("未接通", "not reached")},
    "contacted": {
        True: Text("承办单位已联系", "the unit had made contact"),
        False: Text("承办单位未联系", "no contact"),
    },
    "truthful": {True: Text("反馈属实", "the reply is true"), False: Text("反馈不实", "the reply is not true")},
    "direct": {True: Text("直接答复", "answered directly")},
}
_GRADES = {
    "excellent": Text("优秀", "excellent"),
    "good": Text("良好", "good"),
    "pass": Text("合格", "pass"),
    "fail": Text("不合格", "fail"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a history 流程记录行.

    Attributes:
        seq, kind, at, reason, text, until: of the step.
        name: of the step.
        who: the person's name with the job number, or what acted.
        department: id of the unit; empty where none is concerned.
        said: what the step's own fields say: solved, reached, the grade, ….
        assisting: ids of assisting units named with it.
        parent: number of the order merged into; empty otherwise.
        since: how long after the step before; None for the first.
        files: what came with it.
        heard: it is a step of the order that this one is merged into.
    """

    seq: int
    kind: StepKind
    at: datetime
    name: Text
    who: Text
    department: str = ""
    reason: str = ""
    text: str = ""
    until: datetime | None = None
    said: tuple[Text, ...] = ()
    assisting: tuple[str, ...] = ()
    parent: str = ""
    since: timedelta | None = None
    files: tuple[Attachment, ...] = field(default=())
    heard: bool = False


def timeline(order: Order) -> list[Line]:
    """Return an order's history, oldest first; for a merged one with what its parent was told."""
    own = list(order.steps.select_related("user", "parent").prefetch_related("attachments").order_by("seq"))
    lines: list[Line] = []
    for step in own:
        lines.append(_line(step, lines[-1].at if lines else None, heard=False))
    if order.merged_into_id is not None:
        lines += [_line(step, None, heard=True) for step in following.heard(order)]
        lines.sort(key=lambda line: line.at)
    return lines


def who(label: str, user: User | None) -> Text:
    """Return who an actor's label stands for."""
    if user is not None:
        return Text(f"{user}（{user.number}）", f"{user} ({user.number})")
    if label == "citizen":
        return _CITIZEN
    kind, _, name = label.partition(":")
    told: Mapping[str, Text] = {"rule": _SYSTEM, "api": _OTHER}
    if name and kind in told:
        return Text(f"{told[kind].zh}·{name}", f"{told[kind].en}: {name}")
    return Text(name or label, name or label)


def _line(step: Step, before: datetime | None, *, heard: bool) -> Line:
    kind = StepKind(step.kind)
    units: Sequence[str] = step.data.get("assisting", ())
    return Line(
        step.seq, kind, step.at, NAMES[kind], who(step.actor, step.user), step.department, step.reason, step.text,
        step.until, _said(step.data), tuple(units), step.parent.number if step.parent is not None else "",
        step.at - before if before is not None else None, tuple(step.attachments.all()), heard,
    )  # fmt: skip


def _said(data: Mapping[str, Any]) -> tuple[Text, ...]:
    lines = [told[bool(data[name])] for name, told in _SAID.items() if name in data and bool(data[name]) in told]
    if data.get("satisfaction"):
        lines.append(NAMES[Satisfaction(data["satisfaction"])])
    if data.get("grade") in _GRADES:
        lines.append(_GRADES[data["grade"]])
    if data.get("suggested"):
        unit = site().city.department_by_id.get(data["suggested"])
        name = unit.name if unit is not None else data["suggested"]
        lines.append(Text(f"建议承办单位：{name}", f"suggests {name}"))
    return tuple(lines)
