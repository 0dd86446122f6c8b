"""Conditions of the standard's files: which rows count, and for which of them something holds.

A condition names columns; all must hold::

    {column: value}                   equal
    {column: [a, b]}                  one of
    {column: {at_least: 1}}           also at_most, is_null, before, after, within_days

`before` and `after` compare with another column or with `as_of`, the day of the assessment; `within_days: 365` means
that the day lies at most so many days before it, and not after it. What is not known does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import ibis
import pyarrow as pa

Conditions = Mapping[str, Any]

#: Stands for the day of the assessment where a column could be named.
AS_OF = "as_of"
_TESTS = ("at_least", "at_most", "is_null", "before", "after", "within_days")


def check(conditions: Conditions, schema: pa.Schema) -> None:
    """Refuse conditions that a table of this schema cannot be asked.

    Raises:
        ValueError: an unknown column or test, or a value that the column never holds.
    """
    if not isinstance(conditions, Mapping):
        raise TypeError(f"conditions are a mapping of columns, not {conditions!r}")
    for column, wanted in conditions.items():
        _field(column, schema)
        if isinstance(wanted, Mapping):
            _check_tests(column, wanted, schema)
        else:
            for value in _listed(wanted):
                _check_value(column, value, schema)


def columns_of(conditions: Conditions | None) -> tuple[str, ...]:
    """Return the columns that conditions read, in their order."""
    return tuple(dict.fromkeys(_columns(conditions or {})))


def filled_of(conditions: Conditions | None) -> tuple[str, ...]:
    """Return the columns that must hold something somewhere, so that conditions tell anything.

    A column asked only to be empty need not: where nobody left, no row states a day of leaving.
    """
    empty = {name for name, wanted in (conditions or {}).items() if wanted == {"is_null": True}}
    return tuple(column for column in columns_of(conditions) if column not in empty)


def holds(table: ibis.Table, conditions: Conditions | None, as_of: date) -> ibis.Value:
    """Return for each row whether all conditions hold: true or false, never null."""
    result: ibis.Value = ibis.literal(True)
    for column, wanted in (conditions or {}).items():
        result = result & _holds(table, column, wanted, as_of).fill_null(False)
    return result


def _columns(conditions: Conditions) -> Iterator[str]:
    for column, wanted in conditions.items():
        yield column
        if isinstance(wanted, Mapping):
            yield from (wanted[test] for test in ("before", "after") if wanted.get(test, AS_OF) != AS_OF)


def _holds(table: ibis.Table, column: str, wanted: Any, as_of: date) -> ibis.Value:
    cell = table[column]
    if not isinstance(wanted, Mapping):
        return cell.isin(_listed(wanted))
    result: ibis.Value = ibis.literal(True)
    for test, value in wanted.items():
        result = result & _passes(table, cell, test, value, as_of)
    return result


def _passes(table: ibis.Table, cell: ibis.Value, test: str, value: Any, as_of: date) -> ibis.Value:
    match test:
        case "is_null":
            return cell.isnull() if value else cell.notnull()
        case "at_least":
            return cell >= value
        case "at_most":
            return cell <= value
        case "within_days":
            days = ibis.literal(as_of).delta(cell.date() if cell.type().is_timestamp() else cell, unit="day")
            return (days >= 0) & (days <= value)
    one, other = _alike(cell, ibis.literal(as_of) if value == AS_OF else table[value])
    return one < other if test == "before" else one > other


def _alike(one: ibis.Value, other: ibis.Value) -> tuple[ibis.Value, ibis.Value]:
    """Return both as times, or both as days where one of them is a day."""
    if one.type().is_timestamp() and other.type().is_timestamp():
        return one, other
    return tuple(value.date() if value.type().is_timestamp() else value for value in (one, other))


def _listed(wanted: Any) -> list[Any]:
    return list(wanted) if isinstance(wanted, list | tuple) else [wanted]


def _field(column: str, schema: pa.Schema) -> pa.Field:
    if column not in schema.names:
        raise ValueError(f"there is no column {column!r}, but {', '.join(schema.names)}")
    return schema.field(column)


def _check_tests(column: str, tests: Mapping[str, Any], schema: pa.Schema) -> None:
    if not tests:
        raise ValueError(f"{column}: no condition")
    for test, value in tests.items():
        if test not in _TESTS:
            raise ValueError(f"{column}: no test {test!r}, but {', '.join(_TESTS)}")
        kind = _field(column, schema).type
        if test == "is_null":
            well = isinstance(value, bool)
        elif test in {"at_least", "at_most"}:
            well = _is_number(value) and (pa.types.is_integer(kind) or pa.types.is_floating(kind))
        elif test == "within_days":
            well = isinstance(value, int) and _is_number(value) and value >= 0 and pa.types.is_temporal(kind)
        else:
            well = pa.types.is_temporal(kind) and (value == AS_OF or pa.types.is_temporal(_field(value, schema).type))
        if not well:
            raise ValueError(f"{column}: {test}: {value!r} makes no sense for {kind}")


def _check_value(column: str, value: Any, schema: pa.Schema) -> None:
    kind = _field(column, schema).type
    if pa.types.is_boolean(kind):
        well = isinstance(value, bool)
    elif pa.types.is_string(kind):
        well = isinstance(value, str)
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind):
        well = _is_number(value)
    else:
        well = False
    if not well:
        raise ValueError(f"{column}: {value!r} is no value of {kind}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
