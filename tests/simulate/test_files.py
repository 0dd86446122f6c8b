from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from suqiu import simulate
from suqiu.domain.errors import InvalidInput
from tests.simulate.conftest import Made, city, write_pack
from tests.simulate.reading import sheet, truth


def fingerprints(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_export_has_as_many_orders_as_asked_and_the_truth_knows_each(made: Made) -> None:
    known = [row["order_id"] for row in truth(made.out, "orders")]
    assert made.summary.orders == len(known) == len(set(known)) == 6000
    assert set(known) <= {row["工单编号"] for row in sheet(made.out / "orders.csv")}


def test_orders_come_in_time_order_within_the_period(made: Made) -> None:
    known = {str(row["order_id"]) for row in truth(made.out, "orders")}
    times = [row["受理时间"] for row in sheet(made.out / "orders.csv") if row["工单编号"] in known]
    assert times == sorted(times)
    assert times[0] >= "2026-01-01 00:00:00"
    assert times[-1] <= "2026-06-30 23:59:59"
    assert (made.summary.first_day, made.summary.last_day) == (date(2026, 1, 1), date(2026, 6, 30))


def test_nothing_happens_after_the_period(made: Made) -> None:
    for name, column in (("steps", "时间"), ("callbacks", "回访时间"), ("orders", "办结时间")):
        assert max(row[column] for row in sheet(made.out / f"{name}.csv")) <= "2026-06-30 23:59:59"


def test_the_same_arguments_give_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    material = write_pack(tmp_path / "pack")
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        simulate.write(city(), material, orders=700, months=2, seed=seed, out=tmp_path / folder)
    a, b, c = (fingerprints(tmp_path / folder) for folder in "abc")
    assert a == b
    assert a["orders.csv"] != c["orders.csv"]


def test_parquet_holds_the_same_cells_as_csv_but_no_torn_rows(tmp_path: Path) -> None:
    material = write_pack(tmp_path / "pack")
    simulate.write(city(), material, orders=80, months=1, seed=1, out=tmp_path / "a")
    simulate.write(city(), material, orders=80, months=1, seed=1, out=tmp_path / "b", formats="parquet")
    for name in ("orders", "steps", "calls", "callbacks"):
        cells = [
            {k: v or "" for k, v in row.items()}
            for row in pq.read_table(tmp_path / "b" / f"{name}.parquet").to_pylist()
        ]
        assert cells == sheet(tmp_path / "a" / f"{name}.csv")


def test_a_run_of_another_format_leaves_no_files_of_the_first(tmp_path: Path) -> None:
    material = write_pack(tmp_path / "pack")
    simulate.write(city(), material, orders=30, months=1, seed=1, out=tmp_path / "a")
    simulate.write(city(), material, orders=30, months=1, seed=1, out=tmp_path / "a", formats="parquet")
    assert not list((tmp_path / "a").glob("*.csv"))


def test_a_run_that_breaks_leaves_the_earlier_files_whole(tmp_path: Path) -> None:
    material, out = write_pack(tmp_path / "pack"), tmp_path / "out"
    simulate.write(city(), material, orders=60, months=1, seed=1, out=out)
    before = fingerprints(out)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate.write(city(), material, orders=60, months=1, seed=2, out=out, progress=stop)
    assert fingerprints(out) == before


def test_progress_is_told_up_to_the_last_order(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    simulate.write(
        city(), write_pack(tmp_path / "pack"), orders=40, months=1, seed=1, out=tmp_path / "out",
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert told == [(40, 40)]


@pytest.mark.parametrize(("orders", "months", "seed"), [(0, 1, 1), (10, 0, 1), (10, 999, 1), (10, 1, -1)])
def test_impossible_arguments_are_refused(tmp_path: Path, orders: int, months: int, seed: int) -> None:
    with pytest.raises(InvalidInput):
        simulate.write(city(), write_pack(tmp_path / "p"), orders=orders, months=months, seed=seed, out=tmp_path / "o")


def test_a_period_outside_the_calendar_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="calendar"):
        simulate.write(
            city(),
            write_pack(tmp_path / "p"),
            orders=50,
            months=1,
            seed=1,
            out=tmp_path / "o",
            first_day=date(2031, 1, 1),
        )
