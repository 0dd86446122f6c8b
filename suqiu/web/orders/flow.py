"""The flow at work: the only way by which steps are appended and orders change.

Whatever is asked for is checked for who may, when, and with what; then the step is appended, the order's derived
columns follow, the audit and the outbox get their lines, all in one transaction. Nothing is done twice: a deed with a
key that was seen is answered as the first time, one on an outdated version is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from suqiu.domain.errors import SuqiuError
from suqiu.domain.order import NAMES, RULES, Status, StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.roles import Right, step_right
from suqiu.web.audit import chain
from suqiu.web.jobs.work import later
from suqiu.web.orders import accepting, amending, contents, files, keeping, refused, tracking
from suqiu.web.orders.actions import ACTIONS, Action, Deed
from suqiu.web.orders.clocks import clocks
from suqiu.web.orders.coming import Coming, Demand
from suqiu.web.orders.decisions import Case, Rules, Taken, decide, may
from suqiu.web.orders.models import Attachment, Contact, Order, Step
from suqiu.web.site import site
from suqiu.web.vault.safe import caller_of, redacted, seal_text

__all__ = (
    "Coming", "Demand", "accept", "act", "amend", "attach", "find", "next_steps", "offered", "reopen_by_citizen",
    "visible",
)  # fmt: skip

_K = StepKind
#: How many of the steps meanwhile a refusal names.
_NAMED = 3


def accept(actor: Actor, coming: Coming, demands: Sequence[Demand]) -> tuple[Contact, list[Order]]:
    """Take down a call: one contact, one order for each demand.

    Raises:
        NotPermitted: the actor may not accept.
        InvalidInput: a demand lacks title or text, or names a code or id that does not exist.
    """
    return accepting.accept(actor, coming, demands)


def visible(actor: Actor) -> QuerySet[Order]:
    """Return the orders in an actor's scope: every list, search, export and page begins here."""
    if not (actor.may(Right.SEE_ORDERS) or actor.label.startswith("rule:")):
        return Order.objects.none()
    return Order.objects.filter(actor.scope.filter())


def find(actor: Actor, number: str) -> Order:
    """Return one order in an actor's scope.

    Raises:
        NotFound: there is none of this number in the scope; whether it exists elsewhere cannot be told.
    """
    found = visible(actor).select_related("contact", "merged_into").filter(number=contents.clean(number)).first()
    if found is None:
        raise refused.no_such_order(number)
    return found


def act(actor: Actor, number: str, deed: Deed) -> Order:
    """Take one step of an order.

    Raises:
        NotFound: as `find`.
        NotPermitted: the actor may not take this step, or not in this unit's place.
        Conflict: the order has moved on since the version named, or the step is illegal now; the message says which.
        InvalidInput: something that the step needs is missing or does not exist.
    """
    tidy = contents.cleaned(deed)
    with transaction.atomic():
        order, parent = _locked(actor, contents.clean(number), tidy)
        if _is_done(actor, order, tidy):
            return order
        if tidy.version != order.version:
            raise refused.moved_on(order.number, _since(order, tidy.version))
        return _taken(actor, order, tidy, parent)


def offered(actor: Actor, order: Order) -> list[Action]:
    """Return what an actor could do to an order now, in the order of the flow: the buttons of its page."""
    running = clocks()
    case = keeping.case_of(order, keeping.standing_of(order, running), carries=_carries(order))
    return [action for action in ACTIONS.values() if _could(case, actor, action.kind)]


def amend(actor: Actor, number: str, version: int, **changes: str | float | None) -> Order:
    """Correct what was taken down: title, text, type, category, place, address, urgency, object_name, lon, lat.

    What it was before stays in the audit. It is refused once the order is closed.

    Raises:
        NotFound, NotPermitted, Conflict, InvalidInput: as `act`.
    """
    with transaction.atomic():
        order, _ = _locked(actor, contents.clean(number), None)
        if version != order.version:
            raise refused.moved_on(order.number, _since(order, version))
        return amending.amend(actor, order, changes)


def attach(actor: Actor, number: str, kind: str, name: str, content: bytes) -> Attachment:
    """Keep a file with an order, after looking into it: see `orders.files`.

    Raises:
        NotFound, NotPermitted: as `act`.
        InvalidInput: too large, of a kind that is not taken, or not what its name says.
    """
    return files.attach(actor, find(actor, number), kind, name, content)


def reopen_by_citizen(number: str, track_code: str, reason: str, key: str | None = None) -> Order:
    """Begin anew what the citizen says was not solved.

    Raises:
        NotFound: no order of this number has this code.
        Conflict: it is not closed, or too long ago (`flow.reopen_days` of the city's weights).
    """
    mark = tracking.mark(track_code)
    order = Order.objects.filter(number=contents.clean(number), track_mark=mark).first() if mark else None
    if order is None:
        raise refused.no_such_order(number)
    citizen = Actor("citizen", frozenset({Right.SEE_ORDERS, step_right(_K.REOPEN)}))
    return act(citizen, order.number, Deed(_K.REOPEN, order.version, reason=reason, key=key))


def next_steps(order: Order) -> frozenset[StepKind]:
    """Return the steps that are legal from where an order stands, whoever acts."""
    return frozenset(kind for kind, rule in RULES.items() if Status(order.status) in rule.sources)


def _locked(actor: Actor, number: str, deed: Deed | None) -> tuple[Order, Order | None]:
    """Return an order, and the one to merge it into, held until the transaction ends."""
    wanted = {number}
    if deed is not None and deed.kind is _K.MERGE and deed.parent:
        wanted.add(deed.parent)
    # Two rows at once are taken in one order, so that two merges crosswise wait for each other and neither is lost.
    rows = visible(actor).select_for_update().filter(number__in=wanted).order_by("pk")
    held = {order.number: order for order in rows}
    if number not in held:
        raise refused.no_such_order(number)
    return held[number], held.get(deed.parent) if deed is not None and deed.kind is _K.MERGE else None


def _is_done(actor: Actor, order: Order, deed: Deed) -> bool:
    """Say whether this very deed was done before.

    Raises:
        Conflict: its key belongs to another deed.
    """
    if not deed.key:
        return False
    done = order.steps.filter(key=deed.key).first()
    if done is not None and (done.kind != deed.kind or done.actor != actor.label):
        raise refused.key_reused(_K(done.kind))
    return done is not None


def _taken(actor: Actor, order: Order, deed: Deed, parent: Order | None) -> Order:
    """Decide, append the step, and let everything follow."""
    running = clocks()
    before = keeping.standing_of(order, running)
    brought = files.brought(order, deed)
    proofs = keeping.proofs_of(order) if deed.kind in {_K.REPLY, _K.CLOSE} else []
    case = keeping.case_of(order, before, proofs, _carries(order) if deed.kind in {_K.WITHDRAW, _K.VOID} else 0)
    into = None if parent is None else keeping.case_of(parent, keeping.standing_of(parent, running))
    # Two machines' clocks may differ by a little: history never runs backwards.
    now = max(site().now(), before.last_at or order.accepted_at)
    taken = decide(case, actor, deed, now, Rules(site().city, running), into)
    step = _append(actor, order, deed, taken, now)
    after = before.after(keeping.happened(step), running.pausing, running.resuming)
    keeping.settle(order, after, running)
    order.save(update_fields=keeping.DERIVED)
    keeping.settle_units(order, before, after)
    for file in brought:
        file.step = step
    Attachment.objects.bulk_update(brought, ("step",))
    _note_choice(actor, order, deed)
    if deed.kind is _K.KEEP_SECRET:
        Contact.objects.filter(pk=order.contact_id).update(secret=True)
    chain.record(actor, f"order.{deed.kind}", f"order:{order.number}", seq=step.seq)
    later("orders.announce", number=order.number, seq=step.seq)
    return order


def _append(actor: Actor, order: Order, deed: Deed, taken: Taken, now: datetime) -> Step:
    written = {"reason": deed.reason, "text": deed.text}
    caller = caller_of(order) if any(written.values()) else None
    safe = {name: redacted(text, caller) for name, text in written.items()}
    step = Step.objects.create(
        order=order,
        seq=order.version + 1,
        kind=deed.kind,
        at=now,
        actor=actor.label,
        user=actor.user,
        department=taken.department,
        reason=safe["reason"][:500],
        text=safe["text"],
        until=taken.until,
        parent_id=taken.parent,
        data=taken.data,
        key=deed.key,
    )
    for name, text in written.items():
        if safe[name] != text:
            seal_text(f"step:{step.pk}:{name}", text)  # the original is filed under the step's own number
    return step


def _note_choice(actor: Actor, order: Order, deed: Deed) -> None:
    """Hold what a person did beside what was proposed."""
    if not actor.is_person:
        return
    if deed.kind in {_K.DISPATCH, _K.REDISPATCH}:
        # Who dispatches an order as it stands has looked at what it says.
        said = {name: getattr(order, name) for name in ("type", "category", "place", "urgency")}
        keeping.choose(order, said | {"department": deed.department})
    elif deed.kind is _K.MERGE:
        keeping.choose(order, {"duplicate": deed.parent})


def _could(case: Case, actor: Actor, kind: StepKind) -> bool:
    try:
        may(case, actor, kind)
    except SuqiuError:
        return False
    return True


def _carries(order: Order) -> int:
    return order.merged.count()


def _since(order: Order, version: int) -> Text:
    """Say what happened to an order after a version."""
    steps = list(order.steps.filter(seq__gt=version).order_by("seq")[: _NAMED + 1])
    if not steps:
        return Text(f"当前版本为{order.version}", f"its version is {order.version}")
    lines = [
        Text("{step}（{at}）", "{step} ({at})").fill(
            step=NAMES[_K(step.kind)], at=f"{step.at.astimezone(site().zone):%m-%d %H:%M}"
        )
        for step in steps[:_NAMED]
    ]
    more = Text("等", " and more") if len(steps) > _NAMED else Text("", "")
    return Text("、".join(line.zh for line in lines) + more.zh, ", ".join(line.en for line in lines) + more.en)
