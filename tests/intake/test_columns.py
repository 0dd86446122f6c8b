"""Columns are read as they stand; a time or a dated number orders rows, anything else does not."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.domain.errors import InvalidInput
from suqiu.intake.columns import in_time, known_column, read_columns
from suqiu.intake.source import ROW
from suqiu.intake.sources import open_source


def text(*cells: str | None) -> pa.Array:
    return pa.array(cells, pa.string())


def table(folder: Path, content: str, name: str = "t.csv") -> str:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return str(path)


def order(times: pa.Array | None) -> list[int]:
    assert times is not None
    rows: list[int] = pc.array_sort_indices(times).to_pylist()
    return rows


def test_wanted_columns_come_as_text_and_empty_cells_as_empty_texts(tmp_path: Path) -> None:
    source = open_source(table(tmp_path, "编号,内容,备注\n007,路灯不亮,\n008,,x\n"))
    found = read_columns(source, ["内容", "编号"])
    assert set(found.column_names) == {"内容", "编号", ROW}
    assert found["编号"].to_pylist() == ["007", "008"]
    assert found["内容"].to_pylist() == ["路灯不亮", ""]
    assert set(read_columns(source, ["内容"], others=True).column_names) == {"编号", "内容", "备注", ROW}


def test_a_missing_column_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    source = open_source(table(tmp_path, "编号,内容\n1,路灯不亮\n"))
    with pytest.raises(InvalidInput) as raised:
        read_columns(source, ["内容", "承办单位"])
    assert raised.value.code == "columns.missing"
    assert "承办单位" in raised.value.message.zh
    assert "编号" in raised.value.hint.zh


def test_a_row_that_cannot_be_taken_apart_is_refused(tmp_path: Path) -> None:
    source = open_source(table(tmp_path, "编号,内容\n1,路灯不亮\n2,a,b,c\n"))
    with pytest.raises(InvalidInput) as raised:
        read_columns(source, ["内容"])
    assert raised.value.code == "columns.broken_row"


def test_tables_of_a_folder_that_have_the_columns_are_read_together(tmp_path: Path) -> None:
    table(tmp_path, "编号,内容\n1,甲\n", "a.csv")
    table(tmp_path, "内容,编号,又一\n乙,2,x\n", "b.csv")
    table(tmp_path, "别的\n3\n", "c.csv")
    found = read_columns(open_source(str(tmp_path)), ["内容"], others=True)
    assert sorted(found["内容"].to_pylist()) == ["乙", "甲"]
    assert "又一" not in found.column_names


def test_the_column_of_order_numbers_is_found_by_its_name(tmp_path: Path) -> None:
    source = open_source(table(tmp_path, "工单编号,内容\n1,路灯不亮\n"))
    assert known_column(source, "order_id") == "工单编号"
    assert known_column(source, "accepted_at") is None


def test_moments_order_rows_however_they_are_written() -> None:
    assert order(in_time(text("2026/3/1 9:05", "2026-01-05 10:00:00", "2026年2月3日"))) == [1, 2, 0]


def test_dated_numbers_order_rows_by_day_and_then_by_number() -> None:
    assert order(in_time(text("20260102000003", "20260101000009", "20260102000001"))) == [1, 2, 0]
    # The second day's number is shorter, yet later.
    assert order(in_time(text("2026010112345", "2026010299", "20260101500"))) == [2, 0, 1]


@given(st.lists(st.tuples(st.integers(1, 28), st.integers(1, 99_999)), min_size=2, max_size=20, unique=True))
def test_dated_numbers_sort_like_their_day_and_count(pairs: list[tuple[int, int]]) -> None:
    found = order(in_time(text(*(f"202602{day:02d}{count}" for day, count in pairs))))
    assert [pairs[row] for row in found] == sorted(pairs)


def test_a_few_cells_without_a_time_stay_without() -> None:
    times = in_time(text(*["2026-01-05"] * 19, ""))
    assert times is not None
    assert times.null_count == 1


@pytest.mark.parametrize(
    "cells",
    [
        [],
        ["", "", ""],
        ["12", "13", "14"],
        ["甲", "乙"],
        ["88881301000001", "88881302000002"],
        ["20261399000001", "20261398000002"],
        ["2026-01-01", "", "", "2026-01-02"],
    ],
)
def test_what_is_no_time_orders_nothing(cells: list[str]) -> None:
    assert in_time(text(*cells)) is None
