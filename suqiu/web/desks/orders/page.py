"""Everything about one order, for its page 工单全貌."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q

from suqiu.domain.order import Status, StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.roles import Right
from suqiu.web.desks.orders import answering, timeline
from suqiu.web.desks.orders.drawing import HEIGHT, WIDTH, drawing
from suqiu.web.desks.templatetags import suqiu as shown
from suqiu.web.orders import flow
from suqiu.web.orders.actions import Action
from suqiu.web.orders.models import Order, Step
from suqiu.web.site import site
from suqiu.web.vault import safe

_SIMILAR_DAYS = 30
_SIMILAR = 5
_K = StepKind
#: What carries an order on; the first of these that is offered is what to do next.
_MAIN_LINE = (
    _K.DISPATCH, _K.SIGN, _K.GRANT_RETURN, _K.REPLY, _K.PASS_REVIEW, _K.CALL_BACK, _K.CLOSE, _K.RELEASE, _K.APPRAISE,
    _K.ARCHIVE,
)  # fmt: skip
#: Taken together at the end of the row, behind “more”.
_RARE = frozenset(
    {_K.WITHDRAW, _K.VOID, _K.KEEP_SECRET, _K.SHELVE, _K.UNMERGE, _K.DROP_ASSIST, _K.CLAIM_UNREASONABLE, _K.MERGE}
)
_ASPECTS = {
    "type": Text("诉求类型", "type"), "category": Text("问题分类", "category"), "department": Text("承办单位", "unit"),
    "place": Text("事发区划", "region"), "urgency": Text("紧急程度", "urgency"), "title": Text("标题", "title"),
    "duplicate": Text("重复诉求", "duplicate"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Buttons:
    """What somebody may do now.

    Attributes:
        first: what to do next, None where nothing carries the order on.
        others: beside it.
        rare: behind “more”.
    """

    first: Action | None
    others: tuple[Action, ...]
    rare: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a model proposed and what a person made of it.

    Attributes:
        aspect: what it is about.
        value, final: proposed and chosen, in words; final empty while nobody has chosen.
        confidence: 0 to 100, None where a rule speaks.
        author, reason: of the proposal.
        adopted: the person took it.
    """

    aspect: Text
    value: str
    confidence: int | None
    author: str
    reason: str
    final: str
    adopted: bool


def buttons(actor: Actor, order: Order) -> Buttons:
    """Sort what is offered."""
    offered = flow.offered(actor, order)
    first = next((action for kind in _MAIN_LINE for action in offered if action.kind is kind), None)
    rest = [action for action in offered if action is not first]
    return Buttons(
        first,
        tuple(action for action in rest if action.kind not in _RARE),
        tuple(action for action in rest if action.kind in _RARE),
    )


def whole(actor: Actor, order: Order) -> dict[str, Any]:
    """Return everything that the page of an order shows."""
    steps = list(order.steps.select_related("user"))
    return {
        "order": order,
        "buttons": buttons(actor, order),
        "timeline": timeline.entries(order),
        "drawing": drawing(order), "drawing_width": WIDTH, "drawing_height": HEIGHT,
        "units": sorted(order.units.all(), key=lambda one: ("lead", "assist", "past").index(one.role)),
        "files": list(order.attachments.order_by("at")),
        "proposals": _proposals(order),
        "custody": custody(order, steps),
        "duty": _duty(order),
        "may_edit": actor.may(Right.EDIT_ORDER),
        "may_attach": actor.may(Right.ATTACH),
        **caller(actor, order),
        **_kin(actor, order),
    }  # fmt: skip


def caller(actor: Actor, order: Order) -> dict[str, Any]:
    """Return what may be shown of who called."""
    hidden = order.secret and safe.is_of_unit(actor)
    return {
        "caller": safe.Identity() if hidden else safe.masked(order.contact.person),
        "caller_known": order.contact.person is not None,
        "caller_hidden": hidden,
        "may_reveal": actor.may(Right.REVEAL_CALLER) and not hidden,
        "may_relay": actor.may(Right.RELAY),
    }


def custody(order: Order, steps: list[Step]) -> dict[str, Any]:
    """Return the way of a demand: the citizen's words, the form, the dispatch, the reply, the call-back."""

    def last(*kinds: StepKind) -> Step | None:
        return next((step for step in reversed(steps) if step.kind in kinds), None)

    reply = last(_K.REPLY)
    closing = last(_K.CLOSE)
    answer = reply or (closing if closing is not None and closing.text else None)
    return {
        "dispatch": last(_K.DISPATCH, _K.REDISPATCH),
        "reply": answer,
        "visit": last(_K.CALL_BACK),
        "opinion": answering.opinion(order.text, answer.text) if answer is not None else None,
    }


def _duty(order: Order) -> Any:
    """Return the line of the dispatch catalogue that makes this the lead unit's matter."""
    duties = [duty for duty in site().city.duties if order.category and duty.category == order.category]
    return next((duty for duty in duties if duty.lead in {None, order.department}), None) or next(iter(duties), None)


def _proposals(order: Order) -> list[Proposal]:
    return [
        Proposal(
            _ASPECTS.get(one.aspect, Text(one.aspect, one.aspect)), _worded(one.aspect, one.value),
            None if one.confidence is None else round(one.confidence * 100), one.author, one.reason,
            _worded(one.aspect, one.final or ""), one.adopted,
        )
        for one in order.suggestions.order_by("aspect", "rank")
    ]  # fmt: skip


def _worded(aspect: str, value: str) -> str:
    if aspect in {"category", "department", "place"}:
        said = {"category": shown.category, "department": shown.department, "place": shown.place}[aspect](value)
        return said or value
    return shown.named(value)


def _kin(actor: Actor, order: Order) -> dict[str, Any]:
    """Return orders that belong with this one: merged, the same caller's, the same matter nearby."""
    seen = flow.visible(actor)
    street = ".".join(order.place.split(".")[:2])
    near = Q(place=street) | Q(place__startswith=f"{street}.")
    since, until = order.accepted_at - timedelta(_SIMILAR_DAYS), order.accepted_at + timedelta(_SIMILAR_DAYS)
    similar = (
        seen.filter(near, category=order.category, accepted_at__range=(since, until))
        .exclude(pk=order.pk)
        .exclude(status=Status.VOIDED)
        .order_by("-accepted_at")
        if order.category and order.place
        else seen.none()
    )
    # That two orders are one person's may tell a unit who a secret caller is, so the centre alone sees it.
    person = order.contact.person_id
    same_caller = seen.none() if person is None or safe.is_of_unit(actor) else seen.filter(contact__person=person)
    theirs = list(same_caller.exclude(pk=order.pk).order_by("-accepted_at")[:_SIMILAR])
    return {
        "merged_into": seen.filter(merged=order).first(),
        "merged": list(seen.filter(merged_into=order).order_by("accepted_at")[:20]),
        "similar": list(similar.exclude(pk__in=[one.pk for one in theirs])[:_SIMILAR]),
        "same_caller": theirs,
    }
