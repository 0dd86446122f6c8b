from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from suqiu.domain.errors import Defect, NotFound
from suqiu.domain.tables import EVENT_ORDERS, TABLES
from suqiu.lake import Lake
from suqiu.lake.writing import ROWS_PER_GROUP


def rows(count: int, *, batch: int, event: str = "E1") -> Iterator[pa.RecordBatch]:
    for start in range(0, count, batch):
        ids = [f"{n:07d}" for n in range(start, min(count, start + batch))]
        yield pa.RecordBatch.from_pydict({"event_id": [event] * len(ids), "order_id": ids}, schema=EVENT_ORDERS)


def test_a_table_comes_back_as_it_was_written(tmp_path: Path) -> None:
    with Lake(tmp_path) as lake:
        assert lake.write("event_orders", rows(1000, batch=300)) == 1000
        table = pa.Table.from_batches(lake.batches("event_orders"))
        assert table.schema.equals(EVENT_ORDERS)
        assert table["order_id"].to_pylist() == [f"{n:07d}" for n in range(1000)]
        assert lake.table("event_orders").count().to_pyarrow().as_py() == 1000


def test_times_come_back_in_seconds_and_columns_as_asked(tmp_path: Path) -> None:
    with Lake(tmp_path) as lake:
        call_backs = TABLES["call_backs"]
        row = {"order_id": ["1"], "at": [datetime(2026, 3, 1, 8, 30)], "reached": [True]}
        lake.write("call_backs", pa.table({name: row.get(name, [None]) for name in call_backs.names}, call_backs))
        (whole,) = lake.batches("call_backs")
        assert whole.schema.equals(call_backs)
        (part,) = lake.batches("call_backs", ["at", "order_id"])
        assert part.to_pylist() == [{"at": datetime(2026, 3, 1, 8, 30), "order_id": "1"}]
        assert pa.Table.from_batches(lake.stream(lake.table("call_backs").select("order_id"))).num_rows == 1


def test_the_bytes_of_a_table_do_not_depend_on_how_its_rows_arrived(tmp_path: Path) -> None:
    count = ROWS_PER_GROUP + 500
    with Lake(tmp_path / "a") as one, Lake(tmp_path / "b") as other:
        one.write("event_orders", rows(count, batch=997))
        other.write("event_orders", rows(count, batch=50_000))
        assert one.path("event_orders").read_bytes() == other.path("event_orders").read_bytes()


def test_a_failed_write_leaves_the_last_whole_table_and_no_litter(tmp_path: Path) -> None:
    def failing() -> Iterator[pa.RecordBatch]:
        yield from rows(10, batch=5, event="E2")
        raise RuntimeError("the disk is gone")

    with Lake(tmp_path) as lake:
        lake.write("event_orders", rows(10, batch=10))
        before = lake.fingerprint("event_orders")
        with pytest.raises(RuntimeError, match="disk"):
            lake.write("event_orders", failing())
        assert lake.fingerprint("event_orders") == before
    assert [path.name for path in tmp_path.iterdir()] == ["event_orders.parquet"]


def test_a_new_table_answers_in_place_of_the_old_one(tmp_path: Path) -> None:
    with Lake(tmp_path) as lake:
        lake.write("event_orders", rows(10, batch=10))
        assert lake.table("event_orders").count().to_pyarrow().as_py() == 10
        lake.write("event_orders", rows(20, batch=10))
        assert lake.table("event_orders").count().to_pyarrow().as_py() == 20


@pytest.mark.parametrize(
    "wrong",
    [
        pa.RecordBatch.from_pydict({"event_id": ["E1"]}),
        pa.RecordBatch.from_pydict({"event_id": ["E1"], "order_id": pa.array([None], pa.string())}),
        pa.RecordBatch.from_pydict({"order_id": ["1"], "event_id": ["E1"]}),
    ],
    ids=["a column is missing", "a null where none may be", "columns in another order"],
)
def test_rows_that_do_not_fit_the_schema_are_refused(tmp_path: Path, wrong: pa.RecordBatch) -> None:
    with Lake(tmp_path) as lake, pytest.raises(Defect, match=r"lake\.schema"):
        lake.write("event_orders", iter([wrong]))


def test_a_table_that_no_stage_has_written_is_not_found(tmp_path: Path) -> None:
    with Lake(tmp_path) as lake, pytest.raises(NotFound, match=r"lake\.no_table"):
        lake.table("orders")
