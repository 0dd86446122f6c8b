"""What waits for a reviewer's decision 待审事项."""

from __future__ import annotations

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from suqiu.domain.order import Status, StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.desks.orders.lists import Tab
from suqiu.web.orders import flow
from suqiu.web.orders.models import Order, Step

_OPEN_AND_DONE = ~Q(status__in=(Status.ARCHIVED, Status.WITHDRAWN, Status.VOIDED, Status.MERGED))
#: What each tab decides: to grant, to refuse.
DECISIONS: dict[str, tuple[StepKind, StepKind | None]] = {
    "replies": (StepKind.PASS_REVIEW, StepKind.FAIL_REVIEW),
    "extension": (StepKind.GRANT_EXTENSION, StepKind.REFUSE_EXTENSION),
    "unreasonable": (StepKind.GRANT_UNREASONABLE, StepKind.REFUSE_UNREASONABLE),
    "appeal": (StepKind.UPHOLD_APPEAL, StepKind.REJECT_APPEAL),
    "shelf": (StepKind.RELEASE, None),
}
#: Tabs whose orders are taken many at a time.
BATCHES = {"appraise": StepKind.APPRAISE, "archive": StepKind.ARCHIVE}
_REQUESTS = {
    "extension": StepKind.REQUEST_EXTENSION,
    "unreasonable": StepKind.CLAIM_UNREASONABLE,
    "appeal": StepKind.APPEAL,
    "shelf": StepKind.SHELVE,
}


def _asked(what: str) -> Q:
    return Q(asked_text__contains=f'"{what}"') & _OPEN_AND_DONE


def to_decide(actor: Actor) -> QuerySet[Order]:
    """Return orders with what waits for a decision as text: lists in JSON are asked alike by no two databases."""
    return flow.visible(actor).alias(asked_text=Cast("asked", TextField()))


def tabs() -> tuple[Tab, ...]:
    """Return the lists of the desk."""
    nothing = Text("没有等待审核的事项", "nothing waits here")
    return (
        Tab("replies", Text("答复审核", "replies"), nothing, Q(status=Status.REPLIED)),
        Tab("extension", Text("延期审批", "extensions"), nothing, _asked("extension")),
        Tab("unreasonable", Text("不合理诉求", "unreasonable"), nothing, _asked("unreasonable")),
        Tab("appeal", Text("考核申诉", "appeals"), nothing, _asked("appeal"), ("status_at",)),
        Tab("shelf", Text("挂账", "shelf"), nothing, Q(status=Status.SHELVED), ("status_at",)),
        Tab("appraise", Text("待考评", "to appraise"), nothing, Q(status=Status.CLOSED), ("closed_at",)),
        Tab("archive", Text("待归档", "to archive"), nothing, Q(status=Status.APPRAISED), ("status_at",)),
    )


def request_of(order: Order, tab: str) -> Step | None:
    """Return the step that asked for what a tab decides."""
    kind = _REQUESTS.get(tab)
    return order.steps.filter(kind=kind).select_related("user").last() if kind else None
