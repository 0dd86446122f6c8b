"""Run the worked cases of a standard: rows in, finding out, by the same way as an assessment goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.assessment.evidence import Evidence
from suqiu.assessment.forms import BUSINESS, FORMS, Column, Kind, evidence_schema
from suqiu.assessment.probing import Need
from suqiu.assessment.run import Ground, answers_of, documents_of, examine
from suqiu.domain.evidence import Fact
from suqiu.domain.finding import Backing, Finding
from suqiu.domain.order import Channel, StepKind
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Catalogue, Gate, Indicator, Profile, WorkedCase

Measured = Callable[[str, Mapping[str, ibis.Table], tuple[date, date]], Fact | None]
"""From a measure's id, tables of business data and a period to its value for the whole period; None without one."""

#: What a case does not state: the period, the day of the assessment, the residents.
PERIOD = (date(2026, 1, 1), date(2026, 6, 30))
AS_OF = date(2026, 7, 10)
RESIDENTS = 1_000_000

_MEASURE = "measure.v1"
#: When what a case does not date happens: as the period begins.
_DAY = PERIOD[0]
_MOMENT = datetime.combine(_DAY, time(9))
_CALL_SECONDS, _RING_SECONDS = 180, 60
_PROFILE = Profile("case", Text("算例", "worked case"), Text("算例", "worked case"), {}, {})
_NOTE = "算例"
_ORDERS = Need("cases", "")
_IDS = {"cases": ("order_id",), "calls": ("call_id",), "call_backs": ("order_id",), "steps": ("order_id",)}


def run_case(case: WorkedCase, subject: Indicator | Gate, catalogue: Catalogue, measured: Measured) -> Finding:
    """Return what comes of a worked case.

    Rows that leave a column out get a running number for ids and references, and where one is required the first
    code, the first day of the period, 0, or no; all else stays unknown.

    Args:
        case: of the indicator or gate.
        subject: the indicator or gate.
        catalogue: the standard, for its scale and scenarios.
        measured: evaluates an operational measure.

    Raises:
        ValueError: a row has a column that its form has not, or a value that the column cannot hold.
    """
    tables = {form: _table(form, rows, subject.id) for form, rows in case.forms.items()}
    handed_in = {form: ibis.memtable(table) for form, table in tables.items()}
    evidence = Evidence(
        RESIDENTS,
        *PERIOD,
        AS_OF,
        handed_in,
        {form: FORMS[form].backing if form in FORMS else Backing.MEASURED for form in tables},
        _facts(subject, tables, measured),
        catalogue.scenarios,
        {},
    )
    answers = answers_of(handed_in["answers"]) if "answers" in handed_in else {}
    documents = documents_of(handed_in["documents"], AS_OF) if "documents" in handed_in else {}
    if case.target is not None and isinstance(subject, Indicator):
        target = replace(subject.target, value=case.target, set_by=_NOTE)
        subject = replace(subject, target=target)
    alone = replace(
        catalogue,
        indicators=(subject,) if isinstance(subject, Indicator) else (),
        gates=(subject,) if isinstance(subject, Gate) else (),
        profiles=(_PROFILE,),
    )
    indicators, gates = examine(alone, _PROFILE.id, Ground(evidence, answers, documents, {}, _read(subject, tables)))
    (finding,) = (*indicators, *gates)
    return finding


def disagreement(case: WorkedCase, subject: Indicator | Gate, finding: Finding) -> str | None:
    """Say in one English sentence where a finding is not what a worked case expects; None where it is."""
    value = None if finding.answer is None else finding.answer.value
    if finding.verdict.value != case.verdict:
        return f"{finding.verdict.value} instead of {case.verdict} ({value}): {finding.message.en}"
    if subject.question is not None and not finding.verdict.known:
        return None  # a rating that rests on too little may be stated or not: it counts for nothing
    if (value is None) != (case.value is None):
        return f"the value is {value} instead of {case.value}: {finding.message.en}"
    if value is not None and case.value is not None and abs(value - case.value) > 5e-6 * max(1.0, abs(value)):
        return f"the value is {value:.6f} instead of {case.value}"
    return None


def _measure(subject: Indicator | Gate) -> str | None:
    """Return the id of the operational measure that is asked for, None for any other question."""
    if subject.probe is None or subject.probe.name != _MEASURE:
        return None
    return str(subject.probe.arguments["measure"])


def _read(subject: Indicator | Gate, tables: Mapping[str, pa.Table]) -> dict[str, tuple[Need, ...]]:
    """Say what a measure reads: the business data of the case, or orders where it has none."""
    id_ = _measure(subject)
    return {} if id_ is None else {id_: tuple(Need(form, "") for form in tables if form in BUSINESS) or (_ORDERS,)}


def _facts(subject: Indicator | Gate, tables: Mapping[str, pa.Table], measured: Measured) -> dict[str, Fact]:
    id_ = _measure(subject)
    if id_ is None or not tables.keys() & BUSINESS.keys():
        return {}
    # Exports go on after the period, so that deadlines up to its end are known to be kept or missed.
    later = _table("cases", [{"order_id": "later", "accepted_at": datetime.combine(AS_OF, time(9))}], subject.id)
    orders = pa.concat_tables([tables["cases"], later]) if "cases" in tables else later
    business = {name: ibis.memtable(table) for name, table in tables.items() if name in BUSINESS}
    fact = measured(id_, {**business, "cases": ibis.memtable(orders)}, PERIOD)
    return {} if fact is None else {id_: fact}


def _table(form: str, rows: Sequence[Mapping[str, Any]], subject: str) -> pa.Table:
    """Build a table of evidence from a case's rows, each as often as it says."""
    schema = evidence_schema(form)
    given = [{"subject": subject, **row} if form == "answers" else dict(row) for row in rows]
    times = [int(row.pop("times", 1)) for row in given]
    for row in given:
        if strange := row.keys() - set(schema.names):
            raise ValueError(f"{form} has no column {min(strange)!r}")
    filled = [_completed(form, {name: _value(form, schema.field(name), row[name]) for name in row}) for row in given]
    places = pa.array(np.repeat(np.arange(len(filled)), times))
    numbers = pc.cast(pa.array(np.arange(1, len(places) + 1)), pa.string())
    columns = []
    for field in schema:
        column = pa.array([row.get(field.name) for row in filled], field.type).take(places)
        if field.name in _numbered(form):
            column = pc.coalesce(column, numbers)
        columns.append(column)
    return pa.table(columns, schema=schema)


def _numbered(form: str) -> frozenset[str]:
    """Return the columns that hold a running number where a row says nothing."""
    if form in BUSINESS:
        return frozenset(_IDS[form])
    kinds = {Kind.ID, Kind.REF}
    return frozenset(
        one.name for one in FORMS[form].columns if one.kind in kinds or (one.key and one.kind is Kind.WORD)
    )


def _value(form: str, field: pa.Field, value: Any) -> Any:
    """Return a cell as its column holds it; times and days may be written as text."""
    try:
        if isinstance(value, str) and pa.types.is_timestamp(field.type):
            return datetime.fromisoformat(value)
        if isinstance(value, str) and pa.types.is_date(field.type):
            return date.fromisoformat(value)
        return pa.scalar(value, field.type).as_py()
    except (ValueError, TypeError, pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise ValueError(f"{form}.{field.name}: {value!r} is no {field.type}") from error


def _completed(form: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with what it must have and does not state."""
    if form in BUSINESS:
        return _of_business(form, row)
    numbered = _numbered(form)
    for column in FORMS[form].columns:
        if column.required and column.name not in row and column.name not in numbered and column.kind is not Kind.TEXT:
            row[column.name] = _filler(column)
    if form == "answers" and not row.get("documents") and row.get("rating") != "not_applicable":
        row.setdefault("note", _NOTE)
    return row


def _filler(column: Column) -> Any:
    if column.kind is Kind.CODE:
        return column.codes[0]
    fillers = {Kind.FLAG: False, Kind.DAY: _DAY, Kind.TIME: _MOMENT, Kind.WORD: column.name}
    return fillers.get(column.kind, 0)


def _of_business(form: str, row: dict[str, Any]) -> dict[str, Any]:
    if form == "cases":
        row.setdefault("accepted_at", _MOMENT)
        row.setdefault("channel", Channel.PHONE.value)
        row.setdefault("judged_at", row.get("visited_at") or row.get("closed_at") or row["accepted_at"])
    elif form == "calls":
        row.setdefault("queued_at", _MOMENT)
        answered = row.get("answered_at")
        lasted = timedelta(seconds=_CALL_SECONDS if answered else _RING_SECONDS)
        row.setdefault("ended_at", (answered or row["queued_at"]) + lasted)
    elif form == "call_backs":
        row.setdefault("at", _MOMENT)
        row.setdefault("reached", False)
    else:
        row.setdefault("at", _MOMENT)
        row.setdefault("seq", 1)
        row.setdefault("kind", StepKind.DISPATCH.value)
    return row
