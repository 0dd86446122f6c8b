"""Evidence of a few rows, and questions to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import ibis
import pyarrow as pa

import suqiu.assessment.probes  # noqa: F401  # makes the probes known
from suqiu.assessment.evidence import Evidence
from suqiu.assessment.forms import evidence_schema
from suqiu.assessment.probing import PROBES
from suqiu.domain.evidence import Fact
from suqiu.domain.finding import Answer, Backing
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Scenario

FIRST, LAST, AS_OF = date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 10)

#: What a required time or day holds where a test says nothing.
_DEFAULTS = {
    pa.timestamp("s"): datetime(2026, 3, 2, 9),
    pa.date32(): date(2026, 3, 1),
}


def scenario(id_: str, function: str = "none", direction: str = "up") -> Scenario:
    text = Text(id_, id_)
    return Scenario(id_, text, text, "accept", "agent", "orders", function, text, "up" if direction == "up" else "down")


def evidence(
    forms: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    residents: int | None = 1_000_000,
    facts: Mapping[str, Fact] | None = None,
    scenarios: Sequence[Scenario] = (),
) -> Evidence:
    """Build evidence of rows; what a row leaves out is null, but for times and days, which fall in the period."""
    tables = {form: ibis.memtable(table(form, rows)) for form, rows in forms.items()}
    backings = dict.fromkeys(forms, Backing.MEASURED)
    return Evidence(residents, FIRST, LAST, AS_OF, tables, backings, facts or {}, tuple(scenarios), {})


def table(form: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    schema = evidence_schema(form)
    for row in rows:
        assert set(row) <= set(schema.names), set(row) - set(schema.names)
    columns = {
        field.name: pa.array(
            [row.get(field.name, None if field.nullable else _DEFAULTS.get(field.type)) for row in rows], field.type
        )
        for field in schema
    }
    return pa.table(columns)


def ask(name: str, given: Evidence, **arguments: Any) -> Answer:
    assert PROBES[name].wrong(arguments) is None
    return PROBES[name].ask(given, **arguments)
