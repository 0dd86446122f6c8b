from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from pathlib import Path

import pytest

from suqiu import simulate
from suqiu.domain.fault import FaultCode
from tests.simulate.conftest import Made, city, write_pack
from tests.simulate.reading import records, truth


def is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def wrong(code: str, row: list[str], cells: dict[str, str], others: dict[str, int]) -> bool:
    """Say whether a row is wrong as its code says."""
    if code == FaultCode.WRONG_COLUMN_COUNT:
        return len(row) == len(cells) + 1
    accepted = cells["受理时间"]
    return {
        FaultCode.MISSING_ORDER_ID: lambda: not cells["工单编号"],
        FaultCode.MISSING_TEXT: lambda: not cells["诉求内容"] and not cells["工单标题"],
        FaultCode.MISSING_TIME: lambda: not accepted,
        FaultCode.BAD_TIME: lambda: bool(accepted) and not is_time(accepted),
        FaultCode.TIME_REVERSED: lambda: cells["办结时间"] < accepted,
        FaultCode.TIME_OUT_OF_RANGE: lambda: accepted[:4] in ("1026", "2126"),
        FaultCode.DUPLICATE_ORDER: lambda: others[cells["工单编号"]] == 2,
        FaultCode.DAMAGED_ENCODING: lambda: "\ufffd" in cells["诉求内容"],
        FaultCode.UNKNOWN_CODE: lambda: cells["诉求类型"] == "网格上报",
        FaultCode.BAD_NUMBER: lambda: not cells["经度"].replace(".", "").isdigit(),
    }[FaultCode(code)]()


def test_every_planted_bad_row_is_bad_where_the_truth_says(made: Made) -> None:
    header, *rows = records(made.out / "orders.csv")
    numbers: dict[str, int] = defaultdict(int)
    for row in rows:
        numbers[row[0]] += 1
    planted = [row for row in truth(made.out, "bad_rows") if row["file"] == "orders.csv"]
    for bad in planted:
        row = rows[int(str(bad["row"])) - 2]
        assert wrong(str(bad["code"]), row, dict(zip(header, row, strict=False)), numbers), bad
    assert len(planted) + 4 <= made.summary.bad_rows


def test_rows_without_planted_fault_are_good(made: Made) -> None:
    header, *rows = records(made.out / "orders.csv")
    bad = {int(str(row["row"])) for row in truth(made.out, "bad_rows") if row["file"] == "orders.csv"}
    good = [row for number, row in enumerate(rows, 2) if number not in bad]
    known = {row["order_id"] for row in truth(made.out, "orders")}
    mended = sum(row["severity"] == "mend" for row in truth(made.out, "bad_rows"))
    assert len(good) == 6000 - mended
    assert all(len(row) == len(header) and row[0] in known for row in good)
    assert len({row[0] for row in good}) == len(good)


def test_steps_and_call_backs_have_rows_without_an_order(made: Made) -> None:
    known = {row["order_id"] for row in truth(made.out, "orders")}
    for name in ("steps.csv", "callbacks.csv"):
        rows = records(made.out / name)[1:]
        orphans = [number for number, row in enumerate(rows, 2) if row[0] not in known]
        assert orphans == [row["row"] for row in truth(made.out, "bad_rows") if row["file"] == name]
        assert orphans


#: A CSV has no JSON lines; numbers in scientific notation come from spreadsheets.
NOT_PLANTED = {FaultCode.UNREADABLE_ROW, FaultCode.MANGLED_NUMBER}


def test_every_fault_that_the_export_can_have_is_planted(made: Made) -> None:
    assert {row["code"] for row in truth(made.out, "bad_rows")} == set(FaultCode) - NOT_PLANTED


@pytest.mark.parametrize(("orders", "least"), [(2000, 20), (120, 20), (60, 0)])
def test_small_runs_have_enough_bad_rows_or_none(tmp_path: Path, orders: int, least: int) -> None:
    summary = simulate.write(
        city(), write_pack(tmp_path / "pack"), orders=orders, months=1, seed=3, out=tmp_path / "out"
    )
    assert summary.bad_rows == least
