"""The pool, its decisions, and dispatching many at once after a person has looked at each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from suqiu.domain.errors import Conflict, InvalidInput, NotPermitted, SuqiuError
from suqiu.domain.order import NAMES, StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor, actor_of
from suqiu.web.accounts.guard import requires
from suqiu.web.accounts.roles import Right
from suqiu.web.desks.dispatch import proposals, queues
from suqiu.web.desks.orders import batch, deeds, lists
from suqiu.web.live import similar
from suqiu.web.live.telling import Guess, Live
from suqiu.web.orders import flow
from suqiu.web.orders.actions import Deed
from suqiu.web.orders.models import Order, Step
from suqiu.web.refusals import STATUS
from suqiu.web.wording import told

#: Orders on a page: each is shown with everything that a decision needs.
PAGE = 20
_K = StepKind
#: What may be decided here.
_DECISIONS = frozenset({_K.DISPATCH, _K.REDISPATCH, _K.GRANT_RETURN, _K.REFUSE_RETURN, _K.MERGE, _K.ADD_ASSIST})


@dataclass(frozen=True, slots=True)
class Row:
    """One order as the desk shows it.

    Attributes:
        order: it.
        live: what it says.
        way: how it went back and forth.
        kinds: what this person may decide now.
    """

    order: Order
    live: Live
    way: list[Step]
    kinds: frozenset[StepKind]

    @property
    def sure(self) -> Guess | None:
        """The department that may be dispatched to with others."""
        return proposals.sure(self.order) if _K.DISPATCH in self.kinds else None

    @property
    def send(self) -> StepKind | None:
        """The step that sends it to a unit, None where it goes to none now."""
        return next((kind for kind in (_K.DISPATCH, _K.REDISPATCH) if kind in self.kinds), None)


@requires(Right.DISPATCH_DESK)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Show what waits."""
    actor = actor_of(request)
    tabs, seen = queues.tabs(), flow.visible(actor).filter(status__in=queues.UNDECIDED)
    chosen = lists.chosen(request, tabs)
    counts = lists.counts(seen, tabs)
    listed = lists.page(request, seen.select_related("contact"), chosen, PAGE)
    ways = queues.ways(listed.orders)
    rows = [_row(actor, order, ways.get(order.pk, [])) for order in listed.orders]
    context: dict[str, Any] = {
        "chosen": chosen, "tabs": [(tab, counts[tab.key]) for tab in tabs], "listed": listed, "rows": rows,
        "batchable": sum(row.sure is not None for row in rows),
    }  # fmt: skip
    return render(request, "dispatch/desk.html", context)


@requires(Right.DISPATCH_DESK)
@require_POST
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Take a decision; the order's row comes back as done, or with what is wrong and everything that was typed."""
    actor = actor_of(request)
    order = flow.find(actor, number)
    kind = _kind(request)
    try:
        done = _act(actor, order, deeds.read(kind, request.POST))
    except (InvalidInput, Conflict, NotPermitted) as problem:
        order = flow.find(actor, number)
        row = _row(actor, order, queues.ways([order]).get(order.pk, []))
        said = {"message": told(problem.message), "hint": told(problem.hint), "code": problem.code}
        status = next(code for kind_, code in STATUS.items() if isinstance(problem, kind_))
        context = {"row": row, "problem": said, "typed": request.POST}
        # Sent before the scripts were ready, a form comes without htmx: then the row has a page around it.
        template = "dispatch/parts/row.html" if request.headers.get("HX-Request") else "dispatch/one.html"
        return render(request, template, context, status=status)
    if request.headers.get("HX-Request"):
        return render(request, "dispatch/parts/decided.html", {"order": done, "kind": kind})
    messages.success(request, told(Text("{n}：已{step}", "{n}: {step}").fill(n=done.number, step=NAMES[kind])))
    return redirect("dispatch:desk")


@requires(Right.DISPATCH_DESK)
@require_GET
def alike(request: HttpRequest, number: str) -> HttpResponse:
    """Show orders like one, to merge it into."""
    actor = actor_of(request)
    order = flow.find(actor, number)
    found = similar.similar(
        actor, f"{order.title}\n{order.text}", category=order.category, place=order.place,
        person=order.contact.person_id, but=order.number,
    )  # fmt: skip
    return render(request, "dispatch/parts/alike.html", {"order": order, "alike": found})


@requires(Right.DISPATCH_DESK)
@require_POST
def review(request: HttpRequest) -> HttpResponse:
    """List the orders that were ticked, each with its department, for a person to confirm; nothing is done yet."""
    actor, picked = actor_of(request), list(dict.fromkeys(request.POST.getlist("orders")))
    if not 1 <= len(picked) <= batch.MOST:
        raise InvalidInput(
            "batch.picked",
            Text("请选择1至{most}件工单", "pick 1 to {most} orders").fill(most=batch.MOST),
            Text("在列表中勾选后再批量派单", "tick them in the list first"),
        )
    orders = [flow.find(actor, number) for number in picked]
    ready = [(order, guess) for order in orders if (guess := proposals.sure(order)) is not None]
    left = [order for order in orders if proposals.sure(order) is None]
    return render(request, "dispatch/review.html", {"ready": ready, "left": left})


@requires(Right.DISPATCH_DESK)
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Dispatch every order that stayed ticked to the department that stood beside it."""
    actor = actor_of(request)
    outcome = batch.Outcome()
    for one in list(dict.fromkeys(request.POST.getlist("orders")))[: batch.MOST]:
        number, version, department = (*one.split(":"), "", "")[:3]
        try:
            _confirmed(actor, number, version, department)
            outcome.done.append(number)
        except SuqiuError as error:
            outcome.refused.append((number[:40], error))
    batch.tell(request, outcome, NAMES[_K.DISPATCH])
    return redirect("dispatch:desk")


def _kind(request: HttpRequest) -> StepKind:
    """Return the step that is asked for.

    Raises:
        InvalidInput: it is none of this desk.
    """
    kind = deeds.kind_of(request.POST.get("kind", ""))
    if kind not in _DECISIONS:
        raise InvalidInput(
            "dispatch.kind", Text("此处不能办理该环节", "not a step of this desk"), Text("请打开工单办理", "open it")
        )
    return kind


def _confirmed(actor: Actor, number: str, version: str, department: str) -> None:
    """Dispatch an order of a batch: to what is proposed surely, and to nothing else."""
    order = flow.find(actor, number)
    proposed = proposals.sure(order)
    if proposed is None or proposed.value != department or not version.isdecimal() or len(version) > 9:
        raise Conflict(
            "dispatch.changed",
            Text("建议的承办单位已变化，未派单", "what is proposed has changed: it was not dispatched"),
            Text("请单独核对后派单", "look at it by itself"),
        )
    _act(actor, order, Deed(_K.DISPATCH, int(version), department=department, key=f"batch:{number}:{version}"))


def _act(actor: Actor, order: Order, deed: Deed) -> Order:
    with transaction.atomic():
        if deed.kind in {_K.DISPATCH, _K.REDISPATCH}:
            proposals.write_down(order)
        return flow.act(actor, order.number, deed)


def _row(actor: Actor, order: Order, way: list[Step]) -> Row:
    kinds = frozenset(action.kind for action in flow.offered(actor, order)) & _DECISIONS
    return Row(order, proposals.of(order), way, kinds)
