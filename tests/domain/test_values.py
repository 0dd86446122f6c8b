from __future__ import annotations

import math

import pytest

from suqiu.domain.city import Category, Taxonomy
from suqiu.domain.evidence import Fact, Outcome, Slice
from suqiu.domain.fault import FAULTS, FaultCode
from suqiu.domain.tables import TABLES
from suqiu.domain.text import Text


def a_fact(**changes: object) -> Fact:
    values: dict[str, object] = {
        "fact_id": "C3@2026-01-01_2026-06-30",
        "measure": "C3",
        "name": Text("按时办结率", "on-time closure"),
        "period": "2026-01-01/2026-06-30",
        "slice": Slice("all", "", Text("全市", "the city")),
        "outcome": Outcome.KNOWN,
        "value": 0.9,
        "unit": "share",
        "numerator": 9,
        "denominator": 10,
        "interval": None,
        "reason": None,
        "query": "SELECT 1",
        "rows": 10,
        "data_version": "0123",
    }
    return Fact(**{**values, **changes})  # type: ignore[arg-type]


def test_a_fact_that_is_known_has_a_value_and_one_that_is_not_has_a_reason() -> None:
    why = Text("没有数据", "no data")
    assert a_fact(outcome=Outcome.UNKNOWN, value=None, reason=why).value is None
    for wrong in (
        {"value": None},
        {"reason": why},
        {"outcome": Outcome.UNKNOWN, "reason": why},
        {"outcome": Outcome.UNKNOWN, "value": None},
        {"value": math.nan},
        {"value": math.inf},
    ):
        with pytest.raises(ValueError, match="C3@"):
            a_fact(**wrong)


def test_a_text_is_filled_in_each_language_with_texts_in_that_language() -> None:
    text = Text("{who}有{n}件", "{who} has {n}").fill(who=Text("市公安局", "the police"), n=3)
    assert (text.to("zh"), text.to("en")) == ("市公安局有3件", "the police has 3")


def test_every_fault_code_says_what_is_wrong_and_how_to_mend_it() -> None:
    assert set(FAULTS) == set(FaultCode)


def test_a_taxonomy_knows_its_leaves_and_the_path_to_each() -> None:
    nodes = tuple(Category(i, n) for i, n in [("01", "住房"), ("01.01", "物业"), ("01.01.01", "收费"), ("02", "交通")])
    taxonomy = Taxonomy(nodes, "example")
    assert [leaf.id for leaf in taxonomy.leaves] == ["01.01.01", "02"]
    assert [node.name for node in taxonomy.path("01.01.01")] == ["住房", "物业", "收费"]


def test_every_table_names_its_columns_once() -> None:
    for schema in TABLES.values():
        assert len(set(schema.names)) == len(schema.names)
