"""Taking in the orders of a finished run: its lake's orders, steps and call-backs become orders at work.

Orders stream from the lake, and with each batch what belongs to it; at no time is more than a batch in memory. Every
batch is one transaction, and an order that is there is left alone: a load that was killed is begun again and goes on.
Whoever is merged comes after whom it is merged into, because history is written once and never mended.

The lake holds no identities, so contacts come without a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction
from django.db.models import Model

from suqiu.domain.order import StepKind, Urgency
from suqiu.lake import Lake
from suqiu.web.orders import keeping
from suqiu.web.orders.clocks import clocks
from suqiu.web.orders.models import Contact, Order, Step, Unit
from suqiu.web.orders.projection import stand
from suqiu.web.site import site

BATCH = 2_000
#: Values of one `IN (…)`: every database takes as many.
_IN = 500
_PLACES = ("community", "street", "district")
_ORDERS = (
    "order_id", "channel", "type", "category", "title", "text", "accepted_at", "dispatched_at", "signed_at",
    "contacted_at", "replied_at", "closed_at", "department", *_PLACES, "address", "lon", "lat", "urgency", "secret",
    "reply",
)  # fmt: skip
_READ = ("type", "category", *_PLACES)
_READINGS = ("order_id", *_READ, "urgency", "urgency_reason")
_STEPS = ("order_id", "seq", "kind", "at", "actor", "department", "reason", "until", "parent")
_CALL_BACKS = ("order_id", "at", "reached", "contacted", "solved", "satisfaction", "truthful")
_SAID = _CALL_BACKS[2:]
#: Where an order has no history, the times that it states tell one.
_TOLD_BY = (
    (StepKind.ACCEPT, "accepted_at"),
    (StepKind.DISPATCH, "dispatched_at"),
    (StepKind.SIGN, "signed_at"),
    (StepKind.CONTACT, "contacted_at"),
    (StepKind.REPLY, "replied_at"),
    (StepKind.CLOSE, "closed_at"),
)

Row = Mapping[str, Any]
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did 装入结果.

    Attributes:
        orders, steps: taken in now.
        there: orders that were there already.
    """

    orders: int
    steps: int
    there: int


def load(lake_folder: Path, told: Told = lambda done, whole: None) -> Loaded:
    """Take in every order of a lake that is not there yet.

    Args:
        lake_folder: `lake` of a result.
        told: called after each batch with the orders looked at and all orders.

    Raises:
        NotFound: the folder holds no table of orders.
    """
    orders = steps = there = 0
    with Lake(lake_folder) as lake:
        whole = lake.rows("orders")
        running = _Running(lake)
        for batch in running.batches():
            known = _known([row["order_id"] for row, _, _ in batch])
            new = [one for one in batch if one[0]["order_id"] not in known]
            if new:
                steps += running.write(new)
            orders, there = orders + len(new), there + len(batch) - len(new)
            told(orders + there, whole)
    return Loaded(orders, steps, there)


History = tuple[Row, list[Row], list[Row]]


class _Running:
    """One load."""

    def __init__(self, lake: Lake) -> None:
        self._lake, self._zone, self._clocks = lake, site().zone, clocks()
        self._parents = self._merged()

    def batches(self) -> Iterator[list[History]]:
        """Yield orders with their steps and call-backs, parents before children."""
        parents_first = (
            row for batch in self._lake.batches("orders", _ORDERS) for row in batch.to_pylist()
            if row["order_id"] not in self._parents
        )  # fmt: skip
        while rows := list(islice(parents_first, BATCH)):
            yield self._histories(rows)
        for layer in self._layers():
            for start in range(0, len(layer), BATCH):
                chosen = layer[start : start + BATCH]
                yield self._histories([row for rows in self._of("orders", _ORDERS, chosen).values() for row in rows])

    @transaction.atomic
    def write(self, batch: Sequence[History]) -> int:
        """Write orders with everything of theirs; return how many steps."""
        contacts = Contact.objects.bulk_create(self._contact(row) for row, _, _ in batch)
        parents = _keys({step["parent"] for _, steps, _ in batch for step in steps if step["parent"]})
        told = [self._steps(*one, parents) for one in batch]
        orders, units = [], []
        for (row, _, _), contact, steps in zip(batch, contacts, told, strict=True):
            history = map(keeping.happened, steps)
            standing = stand(history, self._clocks.pausing, self._clocks.resuming)
            order = self._order(row, contact)
            keeping.settle(order, standing, self._clocks)
            orders.append(order)
            units.append(standing.units)
        Order.objects.bulk_create(orders)
        for order, steps in zip(orders, told, strict=True):
            for step in steps:
                step.order_id = order.pk
        _insert(Step, [step for steps in told for step in steps])
        _insert(
            Unit,
            [
                Unit(order_id=order.pk, department=unit, role=role)
                for order, roles in zip(orders, units, strict=True)
                for unit, role in roles.items()
            ],
        )
        return sum(map(len, told))

    def _histories(self, rows: Sequence[Row]) -> list[History]:
        """Return orders with what belongs to each."""
        ids = [row["order_id"] for row in rows]
        read = self._of("readings", _READINGS, ids)
        steps, calls = self._of("steps", _STEPS, ids), self._of("call_backs", _CALL_BACKS, ids)
        return [
            (_completed(row, read.get(id_, [])), steps.get(id_, []), calls.get(id_, []))
            for id_, row in zip(ids, rows, strict=True)
        ]

    def _of(self, name: str, columns: Sequence[str], ids: Sequence[str]) -> dict[str, list[Row]]:
        """Return those rows of a table that belong to some orders, each order's in their order."""
        found: dict[str, list[Row]] = {}
        if ids and self._lake.holds(name):
            table = self._lake.table(name).select(*columns)
            wanted = pa.array(ids)
            # The engine passes over parts of the file by the range; the rows are picked here: a condition that names
            # each of thousands of ids takes longer to write than the table to read.
            for batch in self._lake.stream(table.filter(table.order_id.between(min(ids), max(ids)))):
                for row in batch.filter(pc.is_in(batch["order_id"], wanted)).to_pylist():
                    found.setdefault(row["order_id"], []).append(row)
        for rows in found.values():
            rows.sort(key=lambda row: row.get("seq") or 0)
        return found

    def _merged(self) -> dict[str, str]:
        """Return whom each merged order was merged into last."""
        if not self._lake.holds("steps"):
            return {}
        steps = self._lake.table("steps")
        merges = steps.filter(steps.kind == str(StepKind.MERGE), steps.parent.notnull())
        rows = self._lake.stream(merges.select("order_id", "seq", "parent").order_by("order_id", "seq"))
        return {row["order_id"]: row["parent"] for batch in rows for row in batch.to_pylist()}

    def _layers(self) -> Iterator[list[str]]:
        """Yield merged orders, those whose parents have come before first; a circle comes last, without its parents."""
        waiting = dict(self._parents)
        while waiting:
            layer = sorted(child for child, parent in waiting.items() if parent not in waiting) or sorted(waiting)
            yield layer
            for child in layer:
                del waiting[child]

    def _contact(self, row: Row) -> Contact:
        return Contact(
            number=row["order_id"], channel=row["channel"], at=self._aware(row["accepted_at"]), secret=row["secret"]
        )

    def _order(self, row: Row, contact: Contact) -> Order:
        return Order(
            number=row["order_id"],
            contact=contact,
            title=(row["title"] or row["text"])[:120],
            text=row["text"] or row["title"],
            channel=row["channel"],
            type=row["type"] or "",
            category=row["category"] or "",
            urgency=row["urgency"] or Urgency.NORMAL,
            place=next((row[name] for name in _PLACES if row[name]), ""),
            address=(row["address"] or "")[:200],
            lon=row["lon"],
            lat=row["lat"],
            emergency_cue=row.get("cue") or "",
        )

    def _steps(self, row: Row, steps: Sequence[Row], calls: Sequence[Row], parents: Mapping[str, int]) -> list[Step]:
        given = steps or [
            {"kind": str(kind), "at": row[name], "department": row["department"] if kind in _BY_UNIT else None}
            for kind, name in _TOLD_BY
            if row[name] is not None
        ]
        answers = {call["at"]: {name: call[name] for name in _SAID if call[name] is not None} for call in calls}
        made = [
            Step(
                seq=seq,
                kind=step["kind"],
                at=self._aware(step["at"]),
                actor=(step.get("actor") or "")[:80],
                department=step["department"] or "",
                reason=(step.get("reason") or "")[:500],
                until=self._aware(step.get("until")),
                parent_id=parents.get(step.get("parent") or ""),
                data=answers.get(step["at"], {}) if step["kind"] == StepKind.CALL_BACK else {},
            )
            for seq, step in enumerate(given, start=1)
        ]
        _say(made, row["reply"])
        return made

    def _aware(self, wall: datetime | None) -> Any:
        return None if wall is None else wall.replace(tzinfo=self._zone)


_BY_UNIT = frozenset({StepKind.DISPATCH, StepKind.SIGN, StepKind.CONTACT, StepKind.REPLY})


def _say(steps: Sequence[Step], reply: str | None) -> None:
    """Put an order's reply where it was written: into its last reply, else into a closure without one."""
    for kind in (StepKind.REPLY, StepKind.CLOSE):
        last = next((step for step in reversed(steps) if step.kind == kind), None)
        if last is not None:
            last.text = reply or ""
            return


def _completed(row: Row, read: Sequence[Row]) -> Row:
    """Fill what an order does not state with what its reading says, and give it the cue of an emergency."""
    if not read:
        return row
    filled = {name: row[name] if row[name] is not None else read[0][name] for name in _READ}
    cue = read[0]["urgency_reason"] if read[0]["urgency"] == Urgency.EMERGENCY else None
    return {**row, **filled, "cue": cue}


def _insert(model: type[Model], rows: Sequence[Model]) -> None:
    """Write rows whose keys nobody asks for."""
    if connection.vendor == "postgresql":
        model._base_manager.bulk_create(rows, batch_size=BATCH)  # which sends whole columns at once
        return
    # SQLite takes some hundred values in a statement: one that is prepared once, and run for each row, is quicker.
    fields = [column for column in model._meta.concrete_fields if not column.primary_key]
    names = ", ".join(connection.ops.quote_name(str(column.column)) for column in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(model._meta.db_table)
    values = [[column.get_db_prep_save(getattr(row, column.attname), connection) for column in fields] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)  # noqa: S608 — names of our models


def _known(numbers: Sequence[str]) -> set[str]:
    return set(_keys(set(numbers)))


def _keys(numbers: set[str]) -> dict[str, int]:
    """Return the primary keys of those orders that are there."""
    wanted = sorted(numbers)
    return {
        number: pk
        for start in range(0, len(wanted), _IN)
        for number, pk in Order.objects.filter(number__in=wanted[start : start + _IN]).values_list("number", "pk")
    }
