"""Every format with the same content gives the same tables."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.intake.town import FORMATS, all_faults, all_orders, order, take_in

ROWS = [
    order("A-3", 受理时间="2026-03-03 09:00:00", 诉求内容="噪声大，\n夜里两点还在施工，“吵得”睡不着"),
    order("A-1", 来电人="李秀英", 联系电话="13800138000", 经度="115.5", 纬度="29.7", 是否保密="是"),
    order("A-2", 受理时间="昨天下午"),
    order("A-4", 承办单位="云台市城管局", 所属区县="东城区", 所属街道="青石街道", 满意度="基本满意", 是否解决="否"),
]


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_with_the_same_content_gives_the_same_orders_and_faults(kind: str, tmp_path: Path) -> None:
    taken = take_in(tmp_path, FORMATS[kind](tmp_path, ROWS))
    orders = all_orders(taken)
    assert [row["order_id"] for row in orders] == ["A-1", "A-4", "A-3"]
    assert orders[2]["text"] == "噪声大，\n夜里两点还在施工，“吵得”睡不着"
    assert (orders[0]["lon"], orders[0]["lat"], orders[0]["secret"]) == (115.5, 29.7, True)
    assert (orders[1]["department"], orders[1]["street"], orders[1]["solved"]) == ("D01", "01.01", False)
    assert orders[1]["satisfaction"] == "basic"
    rows = {str(row["order_id"]): row["source_row"] for row in orders}
    first = 1 if kind == "sqlite" else 2  # a database has no header row
    assert rows == {"A-3": first, "A-1": first + 1, "A-4": first + 3}
    file = {"sqlite": "orders.db[orders]", "xlsx": "orders.xlsx"}.get(kind, Path(str(orders[0]["source_file"])).name)
    assert all_faults(taken) == [(file, first + 2, "受理时间", "bad_time", "reject", "昨天下午")]


def test_a_workbook_of_typed_cells_reads_like_one_of_texts(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["十二三四五热线工单导出表"])
    book.active.append(["工单编号", "诉求内容", "受理时间", "是否保密"])
    book.active.append([20260301000012, "路灯不亮", datetime(2026, 3, 1, 8, 30), True])
    book.active.append([20260301000013, "路灯不亮了", 46082.5, False])
    book.save(tmp_path / "orders.xlsx")
    orders = all_orders(take_in(tmp_path, str(tmp_path / "orders.xlsx")))
    assert [(row["order_id"], row["source_row"], row["secret"]) for row in orders] == [
        ("20260301000012", 3, True),
        ("20260301000013", 4, False),
    ]
    assert [row["accepted_at"] for row in orders] == [datetime(2026, 3, 1, 8, 30), datetime(2026, 3, 1, 12, 0)]


def test_a_parquet_file_of_typed_columns_reads_like_one_of_texts(tmp_path: Path) -> None:
    columns = {
        "工单编号": pa.array([7, 8]),
        "诉求内容": pa.array(["路灯不亮", "路灯坏了"]).dictionary_encode(),
        "受理时间": pa.array([datetime(2026, 3, 1, 8, 30, 5), datetime(2026, 3, 1, 9)], pa.timestamp("us")),
        "办结时间": pa.array([datetime(2026, 3, 1, 4, tzinfo=UTC), None], pa.timestamp("ms", "Asia/Shanghai")),
        "是否保密": pa.array([True, None]),
        "经度": pa.array([115.25, None]),
    }
    pq.write_table(pa.table(columns), tmp_path / "orders.parquet")
    first, second = all_orders(take_in(tmp_path, str(tmp_path / "orders.parquet")))
    assert first["accepted_at"] == datetime(2026, 3, 1, 8, 30, 5)
    assert (first["closed_at"], first["secret"], first["lon"]) == (datetime(2026, 3, 1, 12), True, 115.25)
    assert (second["order_id"], second["closed_at"], second["secret"]) == ("8", None, False)
