"""How probes look at a form: is it there, are there rows of the period, do the columns hold something.

Whatever keeps a question from being answered comes back as an answer that says so in a plain sentence, so that a
probe is left with its formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import ibis
import pyarrow as pa

from suqiu.assessment.conditions import Conditions, check, columns_of, filled_of, holds
from suqiu.assessment.evidence import Evidence
from suqiu.assessment.forms import FORMS, evidence_schema, evidence_tables
from suqiu.assessment.probing import Need, unknown
from suqiu.domain.clock import at_midnight
from suqiu.domain.finding import Answer
from suqiu.domain.text import Text

#: Fewer samples than this say nothing about how far a resampled statistic may be off.
LEAST_SAMPLES = 30

#: The time that places a row of a form in the period. Registers, test sets, surveys and comparisons over years have
#: none: they count as handed in, as long as they are in date.
CLOCKS: Mapping[str, str] = {
    "cases": "accepted_at",
    "calls": "queued_at",
    "call_backs": "at",
    "steps": "at",
    "messages": "received_at",
    "entries": "started_at",
    "bot_sessions": "started_at",
    "emergencies": "cue_at",
    "suggestions": "shown_at",
    "knowledge_uses": "at",
    "knowledge_gaps": "found_on",
    "policy_changes": "changed_on",
    "inspections": "at",
    "drift": "month",
    "corrections": "found_on",
    "alerts": "raised_at",
    "reports": "issued_on",
    "proposals": "filed_on",
    "data_returns": "event_on",
    "trainings": "held_on",
    "service_months": "month",
    "needs": "raised_on",
    "audits": "at",
    "exports": "at",
    "security_issues": "found_on",
    "scenario_use": "month",
}

_BUSINESS = {
    "cases": Text("工单", "orders"),
    "calls": Text("通话记录", "calls"),
    "call_backs": Text("回访记录", "call-backs"),
    "steps": Text("流转记录", "steps of orders"),
}
_BUSINESS_COLUMNS = {
    "accepted_at": Text("受理时间", "accepted at"),
    "answered_at": Text("接听时间", "answered at"),
    "by": Text("回访方式", "by whom"),
    "call_id": Text("通话编号", "call"),
    "category": Text("诉求类别", "category"),
    "channel": Text("受理渠道", "channel"),
    "closed_at": Text("办结时间", "closed at"),
    "district": Text("所属区县", "district"),
    "first_dispatched_at": Text("首次派单时间", "first dispatched at"),
    "merged_into": Text("并入工单", "merged into"),
    "repeated": Text("是否重复诉求", "repeats another"),
    "replied_at": Text("反馈时间", "replied at"),
    "signed_at": Text("签收时间", "signed at"),
    "status": Text("工单状态", "status"),
    "type": Text("诉求类型", "type"),
}

Aggregates = Callable[[ibis.Table, ibis.Value], Mapping[str, ibis.Value]]
"""From a form's rows of the period, and which of them are in the population, to what is counted over the latter."""


def title_of(form: str) -> Text:
    """Return what people call a table of evidence."""
    return _BUSINESS[form] if form in _BUSINESS else FORMS[form].title


def column_title(form: str, column: str) -> Text:
    """Return what people call a column of a table of evidence."""
    if form in _BUSINESS:
        return _BUSINESS_COLUMNS.get(column, Text(column, column))
    return FORMS[form].column(column).title


def needs(form: str, columns: Iterable[str] = (), **conditions: Conditions | None) -> tuple[Need, ...]:
    """Return the columns of a form that a probe reads, those of its conditions too.

    Args:
        form: a table of evidence.
        columns: read besides conditions.
        conditions: by the argument's name; None where none is given.

    Raises:
        ValueError: there is no such form or column, or a condition makes no sense for it.
    """
    if form not in evidence_tables():
        raise ValueError(f"there is no form {form!r}")
    schema = evidence_schema(form)
    wanted = list(columns)
    for one in conditions.values():
        if one is not None:
            check(one, schema)
            wanted += columns_of(one)
            _check_codes(form, one)
    for column in wanted:
        if column not in schema.names:
            raise ValueError(f"{form} has no column {column!r}, but {', '.join(schema.names)}")
    return tuple(Need(form, column) for column in dict.fromkeys(wanted)) or (Need(form, ""),)


def _check_codes(form: str, conditions: Conditions) -> None:
    for name, wanted in conditions.items() if form in FORMS else ():
        codes = FORMS[form].column(name).codes
        values = [] if isinstance(wanted, Mapping) else wanted if isinstance(wanted, list | tuple) else [wanted]
        for value in values if codes else ():
            if value not in codes:
                raise ValueError(f"{form}.{name}: {value!r}, but {', '.join(codes)}")


def require_numbers(form: str, *columns: str) -> None:
    """Refuse columns that cannot be added up.

    Raises:
        ValueError: one holds no numbers.
    """
    for column in columns:
        kind = evidence_schema(form).field(column).type
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
            raise ValueError(f"{form}.{column} holds no numbers")


def require_times(form: str, *columns: str) -> None:
    """Refuse columns that hold neither times nor days.

    Raises:
        ValueError: one holds none.
    """
    for column in columns:
        if not pa.types.is_temporal(evidence_schema(form).field(column).type):
            raise ValueError(f"{form}.{column} holds no times")


def rows_of(evidence: Evidence, form: str) -> ibis.Table | Answer:
    """Return a form's rows of the period; an answer where it is not handed in."""
    if form not in evidence.tables:
        return unknown(
            Text("未提交“{form}”，或其已过有效期", "“{form}” is not handed in, or out of date").fill(
                form=title_of(form)
            )
        )
    table = evidence.tables[form]
    schema = evidence_schema(form)
    absent = {name: ibis.null(ibis.schema(schema)[name]) for name in schema.names if name not in table.columns}
    table = table.mutate(**absent) if absent else table
    if form not in CLOCKS:
        return table
    clock = table[CLOCKS[form]]
    if clock.type().is_timestamp():
        return table.filter(clock >= at_midnight(evidence.first), clock < at_midnight(evidence.last + timedelta(1)))
    # A month stands for its first day: the month in which the period begins counts, on whatever day that is.
    first = evidence.first.replace(day=1) if CLOCKS[form] == "month" else evidence.first
    return table.filter(clock >= first, clock <= evidence.last)


def tallied(
    evidence: Evidence,
    form: str,
    aggregates: Aggregates,
    *,
    among: Conditions | None = None,
    filled: Iterable[str] = (),
    counts_zero: bool = False,
) -> Mapping[str, Any] | Answer:
    """Count over a form's rows, in one query.

    Args:
        evidence: where the form is looked for.
        form: its name.
        aggregates: what is counted.
        among: which rows are in the population; all where None.
        filled: columns that must hold something in some row of the population; those of `among` in some row at all.
        counts_zero: an empty population is an answer, too, as long as the form has rows.

    Returns:
        The aggregates by name, and `rows`, the size of the population; an answer where nothing can be counted.
    """
    table = rows_of(evidence, form)
    if isinstance(table, Answer):
        return table
    wanted, cut = tuple(dict.fromkeys(filled)), filled_of(among)
    inside = holds(table, among, evidence.as_of)
    (found,) = (
        table.aggregate(
            rows_handed_in=table.count(),
            rows=table.count(where=inside),
            **{f"cut_{name}": table[name].count() for name in cut},
            **{f"filled_{name}": table[name].count(where=inside) for name in wanted},
            **aggregates(table, inside),
        )
        .to_pyarrow()
        .to_pylist()
    )
    if not found["rows_handed_in"]:
        return unknown(_no_rows(form))
    empty = [name for name in cut if not found[f"cut_{name}"]]
    if not empty and not found["rows"]:
        return dict(found) if counts_zero else unknown(_nobody(form))
    empty += [name for name in wanted if not found[f"filled_{name}"]]
    return unknown(_empty(form, empty[0]), found["rows"]) if empty else dict(found)


def population(
    evidence: Evidence, form: str, *, among: Conditions | None = None, filled: Iterable[str] = ()
) -> ibis.Table | Answer:
    """Return the rows that a statistic is made of; an answer where there are none; see `tallied`."""
    found = tallied(evidence, form, lambda _table, _inside: {}, among=among, filled=filled)
    if isinstance(found, Answer):
        return found
    table = rows_of(evidence, form)
    return table if isinstance(table, Answer) else table.filter(holds(table, among, evidence.as_of))


def too_few(rows: int, least: int, what: Text | None = None) -> Answer:
    """Say that there are too few rows for a statistic."""
    return unknown(
        Text("{what}只有{rows}条，至少需要{least}条", "{what}: {rows} rows, and {least} are needed").fill(
            what=what or Text("可用记录", "what can be used"), rows=rows, least=least
        ),
        rows,
    )


def months(first: date, last: date) -> list[date]:
    """Return the first days of the months that a period touches."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(count)]


def _no_rows(form: str) -> Text:
    said = (
        Text("“{form}”中没有评估期内的记录", "“{form}” has no rows of the period")
        if form in CLOCKS
        else Text("“{form}”中没有记录", "“{form}” has no rows")
    )
    return said.fill(form=title_of(form))


def _empty(form: str, column: str) -> Text:
    return Text("“{form}”中应统计的记录均未填写“{column}”", "no row of “{form}” that counts states “{column}”").fill(
        form=title_of(form), column=column_title(form, column)
    )


def _nobody(form: str) -> Text:
    return Text("“{form}”中没有属于统计范围的记录", "no row of “{form}” is of the kind that counts").fill(
        form=title_of(form)
    )
