"""What a unit has to do, sorted by the clock that runs 承办任务."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from suqiu.domain.order import Status, StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.desks.orders.lists import Tab
from suqiu.web.orders import flow
from suqiu.web.orders.models import Order, Step, Unit
from suqiu.web.site import site

AT_WORK = (Status.DISPATCHED, Status.HANDLING)
_SENT_BACK = (StepKind.FAIL_REVIEW, StepKind.REWORK, StepKind.REFUSE_RETURN)
#: A clock that ends within so many hours is pressing.
_PRESSING_HOURS = 24
#: How long what is done stays in view.
_DONE_DAYS = 30


def led(actor: Actor) -> Q:
    """Return the condition that one of somebody's units leads."""
    units = actor.scope.departments
    return Q() if units is None else Q(department__in=units)


def of_unit(actor: Actor) -> QuerySet[Order]:
    """Return the orders of somebody's units, and whether each came back to them."""
    sent_back = Step.objects.filter(order=OuterRef("pk"), kind__in=_SENT_BACK, at=OuterRef("status_at"))
    units = actor.scope.departments
    assisted = Unit.objects.filter(order=OuterRef("pk"), role="assist")
    if units is not None:
        assisted = assisted.filter(department__in=units)
    return flow.visible(actor).alias(
        sent_back=Exists(sent_back), assisted=Exists(assisted), asked_text=Cast("asked", TextField())
    )


def tabs(actor: Actor) -> tuple[Tab, ...]:
    """Return the lists of the desk."""
    ours, now = led(actor), site().now()
    at_work = ours & Q(status__in=AT_WORK)
    return (
        Tab("due", Text("临期超期", "due"), Text("没有24小时内到期或已超期的工单", "nothing is due within 24 hours"),
            at_work & Q(due_at__lt=now + timedelta(hours=_PRESSING_HOURS))),
        Tab("new", Text("待签收", "to sign"), Text("没有待签收的工单", "nothing waits for a signature"),
            ours & Q(status=Status.DISPATCHED)),
        Tab("mine", Text("办理中", "in handling"), Text("没有办理中的工单", "nothing is in handling"),
            ours & Q(status=Status.HANDLING)),
        Tab("bounced", Text("被退回", "sent back"),
            Text("没有被审核退回、重办或驳回退单的工单", "nothing was sent back"),
            ours & Q(status=Status.HANDLING, sent_back=True)),
        Tab("asked", Text("申请中", "asked"), Text("没有等待批复的退单、延期、不合理诉求或申诉", "no request waits"),
            ours & (Q(status=Status.RETURN_PENDING) | ~Q(asked_text="[]"))),
        Tab("assist", Text("协办", "assisting"), Text("没有协办的工单", "nothing to assist with"),
            Q(assisted=True, status__in=AT_WORK)),
        Tab("done", Text("近30日已办", "done, 30 days"),
            Text("近30日没有办理完毕的工单", "nothing was finished in 30 days"),
            ours & ~Q(status__in=(*AT_WORK, Status.RETURN_PENDING, Status.SHELVED))
            & Q(status_at__gte=now - timedelta(_DONE_DAYS)),
            ("-status_at",)),
    )  # fmt: skip
