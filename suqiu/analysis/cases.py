"""The table CASES: each order once, with everything that measures ask of it.

The joins are made here, once for a run. Measures then read one wide table, which a columnar engine scans no
slower than a narrow one: that is what keeps them as fast as SQL written by hand.
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis

from suqiu.domain.city import City
from suqiu.domain.claim import Basis
from suqiu.domain.tables import CASES, TIMELINES

_SUGGESTED = (str(Basis.MODEL), str(Basis.CATALOGUE))
_READ = ("type", "category", "category_1", "department", "district", "street", "community")
_TIMED = tuple(name for name in TIMELINES.names if name not in {"order_id", "accepted_at"})


def cases(tables: Mapping[str, ibis.Table], city: City) -> ibis.Table:
    """Join the tables of the lake into CASES, sorted by accepted_at and order_id.

    Args:
        tables: `orders`, `readings` and `timelines`; `call_backs` and `repeats` where there are any.
        city: for `analysis.repeat_days`, within which of the first order of its group a like one is a repeat.
    """
    table = tables["orders"].select(
        "order_id", "accepted_at", "channel", own_solved="solved", own_satisfaction="satisfaction"
    )
    table = _joined(table, tables["readings"].select("order_id", *_READ, "department_basis"))
    table = _joined(table, tables["timelines"].select("order_id", *_TIMED))
    # A department that a model suggests handled nothing unless the order was dispatched: most others were answered
    # on the telephone, and must not count as some department's work.
    suggested = table.department_basis.isin(_SUGGESTED).fill_null(False)
    handled = table.first_dispatched_at.notnull() | ~suggested
    table = table.mutate(department=handled.ifelse(table.department, None))
    table = _answered(table, tables.get("call_backs"))
    table = _repeating(table, tables.get("repeats"), round(city.weight("analysis.repeat_days")) * 86_400)
    return table.select(*CASES.names).order_by("accepted_at", "order_id")


def _answered(table: ibis.Table, visits: ibis.Table | None) -> ibis.Table:
    """Add what the caller said in the end."""
    if visits is None:
        said = {"said_solved": ibis.null("boolean"), "said_satisfaction": ibis.null("string")}
        table = table.mutate(visited_at=ibis.null("timestamp"), **said)
    else:
        # Ordered by the answer too, so that two call-backs of one second always give the same one.
        answers = visits.group_by("order_id").agg(
            visited_at=visits["at"].max(),
            said_solved=visits.solved.last(
                where=visits.reached & visits.solved.notnull(), order_by=[visits["at"], visits.solved]
            ),
            said_satisfaction=visits.satisfaction.last(
                where=visits.reached & visits.satisfaction.notnull(), order_by=[visits["at"], visits.satisfaction]
            ),
        )
        table = _joined(table, answers)
    return table.mutate(
        judged_at=table.visited_at.coalesce(table.closed_at, table.accepted_at),
        solved=table.said_solved.coalesce(table.own_solved),
        satisfaction=table.said_satisfaction.coalesce(table.own_satisfaction),
    )


def _repeating(table: ibis.Table, repeats: ibis.Table | None, within_seconds: int) -> ibis.Table:
    """Add whether an order came soon after the first of its group."""
    if repeats is None:
        return table.mutate(repeated=ibis.null("boolean"))
    firsts = table.select(first_id="order_id", first_at="accepted_at")
    found = repeats.select("order_id", "first_id").join(firsts, "first_id").select("order_id", "first_at")
    joined = _joined(table, found)
    waited = joined.accepted_at.epoch_seconds() - joined.first_at.epoch_seconds()
    return joined.mutate(repeated=(waited <= within_seconds).fill_null(False))


def _joined(table: ibis.Table, part: ibis.Table) -> ibis.Table:
    """Join a part's columns; the part has one row an order at most."""
    columns = [name for name in part.columns if name != "order_id"]
    return table.left_join(part, "order_id").select(*table.columns, *columns)
