"""The tables of the lake joined into what measures look at: one row an order, a hand-over, a call, a visit.

A view is asked for certain columns and joins only the tables that hold them, so that the SQL kept
with a fact shows what the number rests on and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis

from suqiu.analysis.measures.measure import Ground
from suqiu.domain.order import StepKind
from suqiu.domain.tables import TIMELINES

Tables = Mapping[str, ibis.Table]

_READ = frozenset({"type", "category", "category_1", "department", "district", "street", "community"})
_TIMED = frozenset(TIMELINES.names) - {"order_id", "accepted_at"}


@dataclass(frozen=True, slots=True)
class Part:
    """Some columns of a view, and the tables that they come from.

    Attributes:
        columns: what the part gives.
        tables: the tables it cannot do without.
        build: makes the part: `order_id` and the columns, at most one row for each order.
        extra: tables it also uses when they exist.
    """

    columns: frozenset[str]
    tables: tuple[str, ...]
    build: Callable[[Tables], ibis.Table]
    extra: tuple[str, ...] = ()


def _answers(tables: Tables) -> ibis.Table:
    """Give what the caller said in the end: at the last call-back that brought an answer, else as exported."""
    orders, timelines = tables["orders"], tables["timelines"]
    own = orders.select("order_id", "accepted_at", own_solved="solved", own_satisfaction="satisfaction")
    own = _joined(own, timelines, ["closed_at"])
    if "call_backs" not in tables:
        own = own.mutate(visited_at=ibis.null("timestamp"), solved=own.own_solved, satisfaction=own.own_satisfaction)
    else:
        visits = tables["call_backs"]
        # Ordered by the answer too, so that two call-backs of one second always give the same one.
        said = visits.group_by("order_id").agg(
            visited_at=visits["at"].max(),
            said_solved=visits.solved.last(
                where=visits.reached & visits.solved.notnull(), order_by=[visits["at"], visits.solved]
            ),
            said_satisfaction=visits.satisfaction.last(
                where=visits.reached & visits.satisfaction.notnull(), order_by=[visits["at"], visits.satisfaction]
            ),
        )
        own = _joined(own, said, ["visited_at", "said_solved", "said_satisfaction"])
        own = own.mutate(
            solved=own.said_solved.coalesce(own.own_solved),
            satisfaction=own.said_satisfaction.coalesce(own.own_satisfaction),
        )
    return own.select(
        "order_id",
        "solved",
        "satisfaction",
        "visited_at",
        judged_at=own.visited_at.coalesce(own.closed_at, own.accepted_at),
    )


def _repeats(repeat_seconds: int) -> Callable[[Tables], ibis.Table]:
    """Say of each order how long after the first of its group it came, and whether that is a repeat."""

    def build(tables: Tables) -> ibis.Table:
        orders, repeats = tables["orders"], tables["repeats"]
        firsts = orders.select(first_id="order_id", first_at="accepted_at")
        found = repeats.select("order_id", "first_id").join(firsts, "first_id").select("order_id", "first_at")
        all_orders = orders.select("order_id", "accepted_at")
        joined = all_orders.left_join(found, "order_id")
        waited = joined.accepted_at.epoch_seconds() - joined.first_at.epoch_seconds()
        return joined.select("order_id", repeated=(waited <= repeat_seconds).fill_null(False))

    return build


def _parts(repeat_seconds: int) -> tuple[Part, ...]:
    return (
        Part(_READ, ("readings",), lambda tables: tables["readings"].select("order_id", *sorted(_READ))),
        Part(_TIMED, ("timelines",), lambda tables: tables["timelines"].select("order_id", *sorted(_TIMED))),
        Part(
            frozenset({"solved", "satisfaction", "judged_at", "visited_at"}),
            ("orders", "timelines"),
            _answers,
            ("call_backs",),
        ),
        Part(frozenset({"repeated"}), ("orders", "repeats"), _repeats(repeat_seconds)),
    )


def _base(ground: Ground, tables: Tables) -> ibis.Table:
    """Return the rows of a view before anything is joined to them."""
    if ground is Ground.ORDER:
        return tables["orders"].select("order_id", "channel", "accepted_at")
    if ground is Ground.CALL:
        return tables["calls"]
    if ground is Ground.VISIT:
        visits = tables["call_backs"]
        return visits.select("order_id", "reached", "truthful", tried_at=visits["at"])
    return _handoffs(tables["steps"])


def _handoffs(steps: ibis.Table) -> ibis.Table:
    """Give one row for each dispatch to a department, with whether that department asked to return it."""
    dispatches = [str(StepKind.DISPATCH), str(StepKind.REDISPATCH)]
    moves = steps.filter(steps.kind.isin([*dispatches, str(StepKind.REQUEST_RETURN)]))
    following = moves.kind.lead().over(ibis.window(group_by="order_id", order_by="seq"))
    moves = moves.mutate(returned=(following == str(StepKind.REQUEST_RETURN)).fill_null(False))
    moves = moves.filter(moves.kind.isin(dispatches))
    return moves.select("order_id", "department", "returned", handed_at=moves["at"])


def _joined(table: ibis.Table, part: ibis.Table, columns: Sequence[str]) -> ibis.Table:
    """Join a part's columns to the rows of a view; the part has one row an order at most."""
    return table.left_join(part.select("order_id", *columns), "order_id").select(*table.columns, *columns)


#: The table that each view's rows come from.
BASES: dict[Ground, str] = {
    Ground.ORDER: "orders",
    Ground.CALL: "calls",
    Ground.VISIT: "call_backs",
    Ground.HANDOFF: "steps",
}


@dataclass(frozen=True)
class Views:
    """The views of one evaluation.

    Attributes:
        tables: the tables of the lake by name; `orders`, `readings` and `timelines` must be there.
        repeat_days: within how many days of the first order a like one is a repeat.
        as_of: the end of the period, or of the data where that is earlier.
    """

    tables: Tables
    repeat_days: int
    as_of: datetime

    def missing_tables(self, ground: Ground, columns: frozenset[str]) -> tuple[str, ...]:
        """Return the tables that the view would need for these columns and that are not there."""
        wanted = [BASES[ground], *(name for part in self._needed(ground, columns) for name in part.tables)]
        return tuple(sorted({name for name in wanted if name not in self.tables}))

    def used_tables(self, ground: Ground, columns: frozenset[str]) -> tuple[str, ...]:
        """Return the tables that the view reads for these columns."""
        names = {BASES[ground]}
        for part in self._needed(ground, columns):
            names |= {*part.tables, *(name for name in part.extra if name in self.tables)}
        return tuple(sorted(names))

    def view(self, ground: Ground, columns: frozenset[str]) -> ibis.Table:
        """Join what these columns need; the result holds exactly them."""
        table = _base(ground, self.tables)
        for part in self._needed(ground, columns):
            wanted = sorted((part.columns & columns) - set(table.columns))
            table = _joined(table, part.build(self.tables), wanted)
        if "channel" in columns and "channel" not in table.columns:
            table = _joined(table, self.tables["orders"], ["channel"])
        if "as_of" in columns:
            table = table.mutate(as_of=ibis.literal(self.as_of))
        return table.select(*sorted(columns))

    def _needed(self, ground: Ground, columns: frozenset[str]) -> list[Part]:
        if ground is Ground.CALL:
            return []
        own = {
            Ground.HANDOFF: {"department", "returned", "handed_at"},
            Ground.VISIT: {"reached", "truthful", "tried_at"},
        }
        left = columns - own.get(ground, set())
        return [part for part in _parts(self.repeat_days * 86_400) if part.columns & left]
