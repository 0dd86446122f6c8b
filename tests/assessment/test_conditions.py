"""Conditions mean what they say, and nothing that makes no sense is taken."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import ibis
import pyarrow as pa
import pytest

from suqiu.assessment.conditions import check, columns_of, filled_of, holds
from suqiu.assessment.forms import evidence_schema

AS_OF = date(2026, 7, 10)
SCHEMA = pa.schema(
    [
        ("word", pa.string()),
        ("yes", pa.bool_()),
        ("number", pa.int64()),
        ("day", pa.date32()),
        ("time", pa.timestamp("s")),
        ("later", pa.timestamp("s")),
    ]
)


def met(conditions: dict[str, Any], **cells: Any) -> bool:
    row = {name: pa.array([cells.get(name)], SCHEMA.field(name).type) for name in SCHEMA.names}
    memory = ibis.memtable(pa.table(row))
    found = memory.select(it=holds(memory, conditions, AS_OF)).to_pyarrow()["it"].to_pylist()
    assert found[0] is not None
    return bool(found[0])


@pytest.mark.parametrize(
    ("conditions", "cells", "expected"),
    [
        ({}, {}, True),
        ({"word": "a"}, {"word": "a"}, True),
        ({"word": "a"}, {"word": None}, False),
        ({"word": ["a", "b"]}, {"word": "b"}, True),
        ({"word": ["a", "b"]}, {"word": "c"}, False),
        ({"yes": False}, {"yes": False}, True),
        ({"yes": False}, {"yes": None}, False),
        ({"word": "a", "yes": True}, {"word": "a", "yes": False}, False),
        ({"number": {"at_least": 3}}, {"number": 3}, True),
        ({"number": {"at_least": 3, "at_most": 5}}, {"number": 6}, False),
        ({"number": {"at_most": 5}}, {"number": None}, False),
        ({"number": {"is_null": True}}, {"number": None}, True),
        ({"number": {"is_null": False}}, {"number": None}, False),
        ({"day": {"within_days": 7}}, {"day": date(2026, 7, 3)}, True),
        ({"day": {"within_days": 7}}, {"day": date(2026, 7, 2)}, False),
        ({"day": {"within_days": 7}}, {"day": date(2026, 7, 11)}, False),
        ({"time": {"within_days": 0}}, {"time": datetime(2026, 7, 10, 23)}, True),
        ({"day": {"before": "as_of"}}, {"day": date(2026, 7, 9)}, True),
        ({"day": {"before": "as_of"}}, {"day": AS_OF}, False),
        ({"day": {"after": "as_of"}}, {"day": date(2026, 7, 11)}, True),
        ({"time": {"before": "later"}}, {"time": datetime(2026, 1, 1, 9), "later": datetime(2026, 1, 1, 10)}, True),
        ({"time": {"before": "later"}}, {"time": datetime(2026, 1, 1, 9), "later": None}, False),
        ({"time": {"before": "day"}}, {"time": datetime(2026, 1, 1, 9), "day": date(2026, 1, 1)}, False),
        ({"day": {"after": "time"}}, {"time": datetime(2026, 1, 1, 9), "day": date(2026, 1, 2)}, True),
    ],
)
def test_a_condition_holds_where_all_it_says_is_so(
    conditions: dict[str, Any], cells: dict[str, Any], expected: bool
) -> None:
    check(conditions, SCHEMA)
    assert met(conditions, **cells) is expected


@pytest.mark.parametrize(
    "conditions",
    [
        {"nowhere": 1},
        {"word": 110},
        {"yes": "yes"},
        {"number": "3"},
        {"number": True},
        {"day": "2026-01-01"},
        {"number": {}},
        {"number": {"more_than": 3}},
        {"word": {"at_least": 3}},
        {"number": {"within_days": 3}},
        {"day": {"within_days": -1}},
        {"day": {"within_days": 1.5}},
        {"day": {"before": "number"}},
        {"day": {"before": "nowhere"}},
        {"number": {"is_null": 1}},
    ],
)
def test_a_condition_that_makes_no_sense_is_refused(conditions: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no "):
        check(conditions, SCHEMA)


def test_conditions_name_the_columns_they_read_and_those_that_must_hold_something() -> None:
    conditions = {"word": "a", "number": {"is_null": True}, "time": {"before": "later", "after": "as_of"}}
    assert columns_of(conditions) == ("word", "number", "time", "later")
    assert filled_of(conditions) == ("word", "time", "later")
    assert columns_of(None) == ()


def test_conditions_of_codes_that_a_form_does_not_know_are_refused() -> None:
    from suqiu.assessment.asking import needs

    assert "kind" in evidence_schema("audits").names
    with pytest.raises(ValueError, match="closure"):
        needs("audits", among={"kind": "closing"})
