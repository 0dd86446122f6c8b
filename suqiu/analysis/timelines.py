"""Each order's clocks and counts: the table TIMELINES.

Times and counts come from an order's steps; a time that they do not hold comes from the order's own
columns. The deadline that the export states goes before the one that the city's limits give: it is
what the hotline promised. Only a granted extension goes before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.analysis.deadlines import Demands, Pauses, due, moments_of, put_off
from suqiu.analysis.histories import ASKED, COUNTED, histories, pauses, status_of
from suqiu.domain.city import City
from suqiu.domain.clock import LimitTable, LimitUnit, Moments, Stage, TimeLimit
from suqiu.domain.order import Status, Urgency
from suqiu.domain.tables import TIMELINES

Stream = Callable[[ibis.Table], Iterable[pa.RecordBatch]]

#: Without a stated state, the latest known time tells it; the furthest first.
_TOLD_BY = (
    ("closed_at", Status.CLOSED),
    ("replied_at", Status.REPLIED),
    ("signed_at", Status.HANDLING),
    ("first_dispatched_at", Status.DISPATCHED),
)


def timelines(
    orders: ibis.Table,
    steps: ibis.Table | None,
    readings: ibis.Table,
    city: City,
    *,
    stream: Stream,
    recorded: Sequence[str] | None = None,
) -> Iterator[pa.RecordBatch]:
    """Yield the table TIMELINES in batches, sorted by accepted_at and order_id.

    Args:
        orders: table ORDERS.
        steps: table STEPS, None where the export has none.
        readings: table READINGS: the type decides the time limits, with the urgency that the export records.
        city: limits, calendar, and `analysis.contact_hours` where the limits say nothing on contact.
        stream: runs an expression on the tables' engine and yields its rows in batches; their size
            decides memory and changes no result.
        recorded: kinds of steps that the data records; those of `steps`, unless they are only a part of the data.

    Raises:
        InvalidInput: a limit in working days leaves the known calendar.
    """
    limits = _with_contact(city)
    table = _joined(orders, steps, readings, limits, recorded)
    for batch in stream(table):
        if batch.num_rows:
            yield _timeline(batch, replace(city, limits=limits))


def _with_contact(city: City) -> LimitTable:
    """Return the city's limits, with its general limit for first contact where they have none."""
    if any(limit.stage is Stage.CONTACT for limit in city.limits.limits):
        return city.limits
    hours = round(city.weight("analysis.contact_hours"))
    general = TimeLimit(Stage.CONTACT, None, None, hours, LimitUnit.HOURS, "weights: analysis.contact_hours")
    return replace(city.limits, limits=(*city.limits.limits, general))


def _joined(
    orders: ibis.Table,
    steps: ibis.Table | None,
    readings: ibis.Table,
    limits: LimitTable,
    recorded: Sequence[str] | None,
) -> ibis.Table:
    """Join orders with what their steps and readings say, in the order of the result."""
    own = orders.select(
        "order_id",
        "accepted_at",
        *(f"{name}_at" for name in ("dispatched", "signed", "contacted", "replied", "closed", "due")),
        stated="status",
        # The urgency that a person recorded sets the clock; one that a rule suspects warns, and promises nothing.
        urgency=orders.urgency.fill_null(str(Urgency.NORMAL)),
    )
    read = readings.select("order_id", "type")
    table = own.left_join(read, "order_id").select(*own.columns, "type")
    if steps is None:
        return _without_steps(table).order_by("accepted_at", "order_id")
    if recorded is None:
        recorded = steps.select("kind").distinct().to_pyarrow()["kind"].to_pylist()
    table = table.left_join(histories(steps, recorded), "order_id").drop("order_id_right")
    if limits.pausing:
        table = table.left_join(pauses(steps, limits), "order_id").drop("order_id_right")
    else:
        table = table.mutate(starts=ibis.null("array<timestamp>"), ends=ibis.null("array<timestamp>"))
    table = table.mutate(
        first_dispatched_at=table.first_dispatched.coalesce(table.dispatched_at),
        signed_at=table.signed.coalesce(table.signed_at),
        contacted_at=table.contacted.coalesce(table.contacted_at),
        # A reply or close in the history decides, even when a later step undid it.
        replied_at=_standing(table.replied, table.reply_stands, table.replied_at),
        closed_at=_standing(table.closed, table.close_stands, table.closed_at),
        history=table.begun.ifelse(table.history, None),
    )
    return table.order_by("accepted_at", "order_id")


def _standing(at: ibis.Value, stands: ibis.Value, own: ibis.Value) -> ibis.Value:
    return at.isnull().ifelse(own, stands.ifelse(at, None))


def _without_steps(table: ibis.Table) -> ibis.Table:
    """Give a table without steps the columns that steps would have filled, all null."""
    return table.mutate(
        first_dispatched_at=table.dispatched_at,
        history=ibis.null("string"),
        until=ibis.null("timestamp"),
        extended_at=ibis.null("timestamp"),
        starts=ibis.null("array<timestamp>"),
        ends=ibis.null("array<timestamp>"),
        merged_into=ibis.null("string"),
        **{name: ibis.null("int32") for name in COUNTED},
        **{name: ibis.null("bool") for name in ASKED},
    )


def _timeline(batch: pa.RecordBatch, city: City) -> pa.RecordBatch:
    """Turn one joined batch into timelines: states and deadlines added, columns in their order."""
    demands = Demands(batch["type"], batch["urgency"], city.limits)
    columns: dict[str, pa.Array] = {name: batch[name] for name in batch.schema.names}
    starts = moments_of(batch["first_dispatched_at"])
    sign = due(starts, demands, Stage.SIGN, city.calendar)
    contact = due(starts, demands, Stage.CONTACT, city.calendar)
    columns |= {"sign_due_at": pa.array(sign), "contact_due_at": pa.array(contact)}
    stated = moments_of(batch["due_at"])
    for stage, fixed in ((Stage.REPLY, np.full_like(stated, np.datetime64("NaT"))), (Stage.CLOSE, stated)):
        columns[f"{stage}_due_at"] = pa.array(_handling_due(batch, starts, fixed, demands, stage, city))
    columns["status"] = _status(columns)
    return pa.RecordBatch.from_arrays(
        [columns[field.name].cast(field.type, safe=False) for field in TIMELINES], schema=TIMELINES
    )


def _handling_due(
    batch: pa.RecordBatch, starts: Moments, stated: Moments, demands: Demands, stage: Stage, city: City
) -> Moments:
    """Return a deadline of handling: the extension's, else the stated one, else the limit's; with pauses.

    A stated deadline is not pushed by pauses: whoever stated it knew of them.
    """
    until, extended_at = moments_of(batch["until"]), moments_of(batch["extended_at"])
    extended = ~np.isnat(until)
    base = np.where(extended, until, due(starts, demands, stage, city.calendar))
    since = np.where(extended, extended_at, starts)
    paused = Pauses(batch["starts"], batch["ends"])
    moved = put_off(base, since, demands, stage, paused, city.calendar)
    return np.where(extended | np.isnat(stated), moved, stated)


def _status(columns: dict[str, pa.Array]) -> pa.Array:
    """Return the states: from a whole history, else as stated, else as the latest known time tells."""
    words = columns["history"].dictionary_encode()
    states = pa.array([status_of(word) for word in words.dictionary.to_pylist()], pa.string())
    derived = states.take(words.indices)
    told = pc.case_when(
        pc.make_struct(*(columns[name].is_valid() for name, _ in _TOLD_BY)), *(pa.scalar(s) for _, s in _TOLD_BY)
    )
    return pc.coalesce(derived, columns["stated"], told)
