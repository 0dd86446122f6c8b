"""What measures look at: one row an order, a hand-over, a call, a visit.

Orders are the table CASES as it is; hand-overs and visits take from it what their measures are cut by. A view
holds just the columns it is asked for, so that the SQL kept with a fact shows what the number rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import ibis

from suqiu.analysis.measures.measure import Ground
from suqiu.domain.order import StepKind

Tables = Mapping[str, ibis.Table]

#: The table that each view's rows come from.
BASES: dict[Ground, str] = {
    Ground.ORDER: "cases",
    Ground.CALL: "calls",
    Ground.VISIT: "call_backs",
    Ground.HANDOFF: "steps",
}


@dataclass(frozen=True)
class Views:
    """The views of one evaluation.

    Attributes:
        tables: the tables of the lake by name; `cases` must be there.
        as_of: the end of the period, or of the data where that is earlier.
    """

    tables: Tables
    as_of: datetime

    def missing_table(self, ground: Ground) -> str | None:
        """Return the table that a view's rows would come from when it is not there."""
        return None if BASES[ground] in self.tables else BASES[ground]

    def used_tables(self, ground: Ground, columns: frozenset[str]) -> tuple[str, ...]:
        """Return the tables that the view reads for these columns."""
        own = _base(ground, self.tables).columns
        return tuple(sorted({BASES[ground]} | ({"cases"} if columns - {"as_of", *own} else set())))

    def view(self, ground: Ground, columns: frozenset[str]) -> ibis.Table:
        """Return a view with exactly these columns."""
        table = _base(ground, self.tables)
        wanted = sorted(columns - {"as_of", *table.columns})
        if wanted:
            cases = self.tables["cases"].select("order_id", *wanted)
            table = table.left_join(cases, "order_id").select(*table.columns, *wanted)
        if "as_of" in columns:
            table = table.mutate(as_of=ibis.literal(self.as_of))
        return table.select(*sorted(columns))


def _base(ground: Ground, tables: Tables) -> ibis.Table:
    """Return the rows of a view before anything is joined to them."""
    if ground is Ground.VISIT:
        visits = tables["call_backs"]
        return visits.select("order_id", "reached", "truthful", tried_at=visits["at"])
    return _handoffs(tables["steps"]) if ground is Ground.HANDOFF else tables[BASES[ground]]


def _handoffs(steps: ibis.Table) -> ibis.Table:
    """Give one row for each dispatch to a department, with whether that department asked to return it."""
    dispatches = [str(StepKind.DISPATCH), str(StepKind.REDISPATCH)]
    moves = steps.filter(steps.kind.isin([*dispatches, str(StepKind.REQUEST_RETURN)]))
    following = moves.kind.lead().over(ibis.window(group_by="order_id", order_by="seq"))
    moves = moves.mutate(returned=(following == str(StepKind.REQUEST_RETURN)).fill_null(False))
    moves = moves.filter(moves.kind.isin(dispatches))
    return moves.select("order_id", "department", "returned", handed_at=moves["at"])
