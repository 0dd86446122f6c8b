"""Between the flow's reasoning and its tables: histories read, standings written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from suqiu.domain.order import StepKind
from suqiu.web.orders.clocks import Clocks, Dues
from suqiu.web.orders.decisions import Case
from suqiu.web.orders.happened import Happened
from suqiu.web.orders.models import Attachment, Order, Step, Suggestion, Unit
from suqiu.web.orders.projection import Standing, stand

#: Columns of an order that are the same in its standing.
SAME = (
    "version", "status", "status_at", "accepted_at", "department", "dispatches", "returns", "extensions", "urges",
    "supervisions", "reworks", "supervised", "exempt", "secret", "solved", "satisfaction", "replied_at", "closed_at",
)  # fmt: skip
#: All columns that follow from the steps.
DERIVED = (
    *SAME, "asked", "merged_into_id", "due_at", "due_stage", "sign_due_at", "contact_due_at", "reply_due_at",
    "close_due_at",
)  # fmt: skip
_MACHINES = ("api:", "rule:")


def by_person(label: str) -> bool:
    """Say whether a label is a person's of the hotline or a unit, of this platform or of one before it."""
    return bool(label) and label != "citizen" and not label.startswith(_MACHINES)


def happened(step: Step) -> Happened:
    """Return a step as the flow's reasoning sees it."""
    return Happened(
        StepKind(step.kind), step.at, step.actor, by_person(step.actor), step.department, step.until, step.parent_id,
        step.data,
    )  # fmt: skip


def history(order: Order) -> list[Happened]:
    """Return an order's steps, oldest first."""
    return [happened(step) for step in order.steps.order_by("seq").defer("text", "reason", "key")]


def standing_of(order: Order, clocks: Clocks) -> Standing:
    """Return where an order stands, from its steps."""
    return stand(history(order), clocks.pausing, clocks.resuming)


def case_of(order: Order, standing: Standing, proofs: Iterable[datetime] = (), carries: int = 0) -> Case:
    """Return an order as decisions look at it."""
    return Case(
        order.pk, order.number, order.type, order.urgency, order.emergency_cue, standing, tuple(proofs), carries
    )


def proofs_of(order: Order) -> list[datetime]:
    """Return when each proof of an order was brought."""
    return list(Attachment.objects.filter(order=order, kind="proof").values_list("at", flat=True))


def columns(standing: Standing, dues: Dues) -> dict[str, Any]:
    """Return every derived column of an order."""
    values = {name: getattr(standing, name) for name in SAME}
    return values | {
        "asked": sorted(standing.asked),
        "merged_into_id": standing.merged_into,
        "due_at": dues.now,
        "due_stage": dues.stage,
        "sign_due_at": dues.sign,
        "contact_due_at": dues.contact,
        "reply_due_at": dues.reply,
        "close_due_at": dues.close,
    }


def settle(order: Order, standing: Standing, clocks: Clocks) -> None:
    """Write an order's derived columns into the object, not yet into the database."""
    for name, value in columns(standing, clocks.dues(order.type, order.urgency, standing)).items():
        setattr(order, name, value)


def settle_units(order: Order, before: Standing, after: Standing) -> None:
    """Bring the lines of an order's units up to date."""
    changed = {unit: role for unit, role in after.units.items() if before.units.get(unit) != role}
    for unit, role in changed.items():
        if unit in before.units:
            Unit.objects.filter(order=order, department=unit).update(role=role)
    Unit.objects.bulk_create(
        Unit(order=order, department=unit, role=role) for unit, role in changed.items() if unit not in before.units
    )


def choose(order: Order, chosen: dict[str, str]) -> None:
    """Note what a person chose beside what was proposed, for aspects on which nobody has decided yet."""
    open_ones = Suggestion.objects.filter(order=order, aspect__in=chosen, final=None)
    told = []
    for one in open_ones:
        one.final = chosen[one.aspect]
        one.adopted = bool(one.value) and one.value == one.final
        told.append(one)
    Suggestion.objects.bulk_update(told, ("final", "adopted"))
