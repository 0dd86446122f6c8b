"""What a run refuses before it does harm, and what it never writes down."""

from __future__ import annotations

import csv
import fcntl
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from suqiu.asked import Asked
from suqiu.domain.errors import Conflict, InvalidInput
from tests.main_job.making import house, small_export


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_export(tmp_path_factory)


def test_results_are_not_written_into_the_exports_own_folder(export: Path, tmp_path: Path) -> None:
    own = Path(shutil.copytree(export, tmp_path / "export"))
    before = sorted(path.name for path in own.iterdir())
    with pytest.raises(InvalidInput, match=r"job\.out_is_source"):
        house().run(str(own), "linjiang", own)
    assert sorted(path.name for path in own.iterdir()) == before


def test_a_folder_that_another_run_writes_into_is_refused_and_free_again_afterwards(
    export: Path, tmp_path: Path
) -> None:
    (tmp_path / "lake").mkdir()
    with (tmp_path / "lake" / ".lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Conflict, match=r"job\.in_use"):
            house().intake(str(export), "linjiang", tmp_path)
    house().intake(str(export), "linjiang", tmp_path)


def test_an_export_outside_the_citys_calendar_is_refused_before_the_long_stages(export: Path, tmp_path: Path) -> None:
    with (export / "orders.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))[:5]
    old = tmp_path / "old.csv"
    with old.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["工单编号", "诉求内容", "受理时间"])
        writer.writerows((row["工单编号"], row["诉求内容"], "2012-03-01 09:00:00") for row in rows)
    seen: list[str] = []
    with pytest.raises(InvalidInput, match=r"calendar\.out_of_range"):
        house(seen=seen).run(str(old), "linjiang", tmp_path / "out")
    assert "学习历史工单" not in seen


@pytest.mark.filterwarnings("ignore:Query string argument:sqlalchemy.exc.SAWarning")  # SQLite itself knows no password
def test_a_databases_password_is_written_nowhere(export: Path, tmp_path: Path) -> None:
    with (export / "orders.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))[:40]
    with closing(sqlite3.connect(tmp_path / "orders.db")) as base:
        base.execute(f"CREATE TABLE orders ({', '.join(rows[0])})")
        width = len(rows[0])
        good = [row for row in rows[1:] if len(row) == width]
        base.executemany(f"INSERT INTO orders VALUES ({', '.join('?' * width)})", good)
        base.commit()
    out = tmp_path / "out"
    house().run(f"sqlite:///{tmp_path}/orders.db?password=geheim123", "linjiang", out)
    written = [path for path in out.rglob("*") if path.is_file()]
    assert len(written) > 10
    assert [path.name for path in written if b"geheim123" in path.read_bytes()] == []
    address = "postgresql://clerk:geheim123@db.example/orders"
    Asked(address, "linjiang").save(tmp_path)
    assert "geheim123" not in (tmp_path / "job.json").read_text("utf-8")
    assert "clerk" not in Asked(address, "linjiang").source_name
