"""The history of an order as people read it: what happened, by whom, why, and to which branch it belongs 流程时间线."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from suqiu.domain.order import NAMES, StepKind
from suqiu.domain.text import Text
from suqiu.web.desks.orders.deeds import GRADES
from suqiu.web.desks.templatetags import suqiu as shown
from suqiu.web.orders.models import Attachment, Order, Step
from suqiu.web.wording import told

_K = StepKind


@dataclass(frozen=True, slots=True)
class Branch:
    """A part of the flow that the eye should tell from the main line.

    Attributes:
        name: as shown; empty on the main line.
        tone: colour, as Tabler names it.
        icon: of the icon library.
    """

    name: Text
    tone: str
    icon: str


_MAIN = Branch(Text("", ""), "primary", "point")
_BRANCHES: Mapping[StepKind, Branch] = {
    kind: branch
    for branch, kinds in (
        (Branch(Text("退单改派", "return"), "orange", "arrow-back-up"),
         (_K.REQUEST_RETURN, _K.GRANT_RETURN, _K.REFUSE_RETURN, _K.REDISPATCH)),
        (Branch(Text("延期", "extension"), "yellow", "calendar-plus"),
         (_K.REQUEST_EXTENSION, _K.GRANT_EXTENSION, _K.REFUSE_EXTENSION)),
        (Branch(Text("督办催办", "supervision"), "red", "flag"), (_K.URGE, _K.SUPERVISE, _K.END_SUPERVISION)),
        (Branch(Text("重办", "rework"), "orange", "refresh"), (_K.REWORK, _K.REOPEN, _K.FAIL_REVIEW)),
        (Branch(Text("挂账", "shelf"), "yellow", "archive"), (_K.SHELVE, _K.RELEASE)),
        (Branch(Text("并单", "merge"), "cyan", "git-merge"), (_K.MERGE, _K.UNMERGE)),
        (Branch(Text("申诉", "appeal"), "purple", "scale"), (_K.APPEAL, _K.UPHOLD_APPEAL, _K.REJECT_APPEAL)),
        (Branch(Text("不合理诉求", "unreasonable"), "purple", "ban"),
         (_K.CLAIM_UNREASONABLE, _K.GRANT_UNREASONABLE, _K.REFUSE_UNREASONABLE)),
        (Branch(Text("协办", "assistance"), "azure", "users"), (_K.ADD_ASSIST, _K.DROP_ASSIST)),
        (Branch(Text("保密", "secrecy"), "purple", "lock"), (_K.KEEP_SECRET,)),
        (Branch(Text("撤销", "withdrawal"), "secondary", "x"), (_K.WITHDRAW, _K.VOID)),
    )
    for kind in kinds
}  # fmt: skip
_YES = {True: Text("是", "yes"), False: Text("否", "no")}
_SAID: Mapping[str, Text] = {
    "reached": Text("接通", "reached"),
    "contacted": Text("承办单位已联系", "unit was in touch"),
    "solved": Text("已解决", "solved"),
    "truthful": Text("反馈属实", "reply true"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One step as shown.

    Attributes:
        seq, kind, at, text, reason: of the step.
        name: of its kind.
        who: who took it, as shown.
        branch: where it belongs.
        facts: what else it says: name and value.
        files: that came with it.
    """

    seq: int
    kind: str
    at: datetime
    name: Text
    who: str
    branch: Branch
    reason: str
    text: str
    facts: tuple[tuple[str, str], ...]
    files: tuple[Attachment, ...]


def entries(order: Order, since: int | None = None) -> list[Entry]:
    """Return an order's history, the newest first; with `since`, only what came after that version."""
    steps: Iterable[Step] = order.steps.select_related("user", "parent").prefetch_related("attachments")
    return [_entry(step) for step in reversed(list(steps)) if since is None or step.seq > since]


def who(label: str, user: object = None) -> str:
    """Return who did something, as people say it."""
    kind, _, name = label.partition(":")
    if user is not None:
        return f"{user}"
    said = {
        "citizen": Text("诉求人", "the citizen"),
        "api": Text("接口 {name}", "interface {name}"),
        "rule": Text("系统规则 {name}", "rule {name}"),
        "user": Text("工号 {name}", "number {name}"),
    }.get(kind)
    return told(said.fill(name=name)) if said is not None else label


def _entry(step: Step) -> Entry:
    kind = StepKind(step.kind)
    return Entry(
        step.seq, step.kind, step.at, NAMES[kind], who(step.actor, step.user), _BRANCHES.get(kind, _MAIN), step.reason,
        step.text, tuple(_facts(step)), tuple(step.attachments.all()),
    )  # fmt: skip


def _facts(step: Step) -> Iterable[tuple[str, str]]:
    if step.department:
        yield told(Text("单位", "unit")), shown.department(step.department)
    data = step.data
    if data.get("assisting"):
        yield told(Text("协办", "assisting")), "、".join(shown.department(one) for one in data["assisting"])
    if data.get("suggested"):
        yield told(Text("建议承办单位", "suggested unit")), shown.department(data["suggested"])
    if step.until:
        yield told(Text("至", "until")), shown.moment(step.until)
    if step.parent is not None:
        yield told(Text("并入", "merged into")), step.parent.number
    for name, label in _SAID.items():
        if isinstance(data.get(name), bool):
            yield told(label), told(_YES[data[name]])
    if data.get("satisfaction"):
        yield told(Text("满意度", "satisfaction")), shown.named(data["satisfaction"])
    if data.get("grade"):
        yield told(Text("等次", "grade")), told(dict(GRADES).get(data["grade"], Text(data["grade"], data["grade"])))
