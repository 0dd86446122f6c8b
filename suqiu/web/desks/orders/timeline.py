"""The history of an order as people read it: what happened, by whom, why, and to which branch it belongs 流程时间线."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from suqiu.domain.order import StepKind
from suqiu.domain.text import Text
from suqiu.web.orders.history import Line, timeline
from suqiu.web.orders.models import Order

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


@dataclass(frozen=True, slots=True)
class Entry:
    """One step as shown.

    Attributes:
        line: what happened, who, why.
        branch: where it belongs.
        days, hours: how long after the step before; None for less than an hour.
    """

    line: Line
    branch: Branch
    days: int | None
    hours: int | None


def entries(order: Order, since: int | None = None) -> list[Entry]:
    """Return an order's history, the newest first; with `since`, only what came after that version."""
    lines = [line for line in timeline(order) if since is None or (line.seq > since and not line.heard)]
    return [_entry(line) for line in reversed(lines)]


def _entry(line: Line) -> Entry:
    hours = round(line.since.total_seconds() // 3600) if line.since is not None else 0
    return Entry(line, _BRANCHES.get(line.kind, _MAIN), hours // 24 or None, hours % 24 or None)
