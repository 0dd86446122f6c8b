"""The orders of a finished run come in, and those at work go out again for analysis."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from suqiu.analysis.timelines import timelines
from suqiu.app import Suqiu
from suqiu.config import settings
from suqiu.domain.order import StepKind
from suqiu.domain.tables import CALL_BACKS, ORDERS, READINGS, STEPS
from suqiu.lake import Lake
from suqiu.web.orders import exporting, keeping, loading
from suqiu.web.orders.clocks import clocks
from suqiu.web.orders.models import Order, Step, Unit
from suqiu.web.site import site
from tests.web import made
from tests.web.orders.walking import ZONE, Walk

_K = StepKind
pytestmark = pytest.mark.django_db
_FILLER: dict[pa.DataType, Any] = {pa.string(): "x", pa.int64(): 1, pa.int8(): 0, pa.bool_(): False}
_START = datetime(2026, 3, 2, 9)


def _row(schema: pa.Schema, **said: Any) -> dict[str, Any]:
    return {one.name: said.get(one.name, None if one.nullable else _FILLER.get(one.type)) for one in schema}


def _wall(at: datetime | None) -> datetime | None:
    return at.astimezone(ZONE).replace(tzinfo=None, microsecond=0) if at is not None else None


def _lake(folder: Path, count: int = 40) -> Path:
    """Write the lake of random walks; those merged go into the order before them."""
    orders, steps, readings, calls = [], [], [], []
    for number in range(count):
        walk = Walk(number)
        for _ in walk.steps(40):
            pass
        name = f"LJ{number:05d}"
        at = _wall(walk.history[0].at)
        orders.append(
            _row(
                ORDERS,
                order_id=name,
                accepted_at=at,
                channel="phone",
                urgency=walk.urgency,
                text="路灯不亮",
                reply="已修复",
            )
        )
        readings.append(_row(READINGS, order_id=name, accepted_at=at, type=walk.type or None, urgency="normal"))
        for seq, step in enumerate(walk.history, start=1):
            steps.append(
                _row(
                    STEPS, order_id=name, seq=seq, kind=str(step.kind), at=_wall(step.at), actor=step.actor,
                    department=step.department or None, until=_wall(step.until),
                    parent=f"LJ{(number + 1) % count:05d}" if step.kind is _K.MERGE else None,
                )
            )  # fmt: skip
            if step.kind is _K.CALL_BACK:
                calls.append(
                    _row(CALL_BACKS, order_id=name, at=_wall(step.at), reached=True, solved=step.data.get("solved"))
                )
    orders.sort(key=lambda row: (row["accepted_at"], row["order_id"]))
    with Lake(folder) as lake:
        for table, rows, schema in (
            ("orders", orders, ORDERS), ("steps", steps, STEPS), ("readings", readings, READINGS),
            ("call_backs", calls, CALL_BACKS),
        ):  # fmt: skip
            lake.write(table, pa.Table.from_pylist(rows, schema))
    return folder


def _checked(order: Order) -> None:
    running = clocks()
    standing = keeping.standing_of(order, running)
    for name, value in keeping.columns(standing, running.dues(order.type, order.urgency, standing)).items():
        assert getattr(order, name) == value, (order.number, name)
    assert dict(Unit.objects.filter(order=order).values_list("department", "role")) == standing.units


def test_loaded_orders_stand_where_the_flow_would_have_them(tmp_path: Path) -> None:
    folder = _lake(tmp_path)
    done = loading.load(folder)
    assert (done.orders, done.there) == (40, 0)
    assert done.steps == Step.objects.count() == pq.read_metadata(folder / "steps.parquet").num_rows
    for order in Order.objects.select_related("contact"):
        _checked(order)
    merged = list(Step.objects.filter(kind=_K.MERGE).select_related("parent"))
    assert merged
    assert all(step.parent is not None for step in merged)
    assert Step.objects.filter(kind=_K.REPLY, text="已修复").exists()
    assert Order.objects.exclude(type="").exists(), "what nobody stated comes from the reading"


def test_a_load_that_was_killed_goes_on_without_doubling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _lake(tmp_path)
    monkeypatch.setattr(loading, "BATCH", 7)

    class Killed(Exception):
        pass

    def stop(done: int, whole: int) -> None:
        if done >= 14:
            raise Killed

    with pytest.raises(Killed):
        loading.load(folder, stop)
    assert Order.objects.count() == 14
    done = loading.load(folder)
    assert (done.orders, done.there) == (26, 14)
    assert (Order.objects.count(), Step.objects.count()) == (40, pq.read_metadata(folder / "steps.parquet").num_rows)
    assert loading.load(folder).orders == 0


def test_an_order_without_a_history_has_the_one_that_its_times_tell(tmp_path: Path) -> None:
    told = {"accepted_at": _START, "dispatched_at": _START.replace(hour=10), "replied_at": _START.replace(hour=15)}
    with Lake(tmp_path) as lake:
        row = _row(ORDERS, order_id="A1", channel="web", text="井盖丢失", department="D02", reply="已补", **told)
        lake.write("orders", pa.Table.from_pylist([row], ORDERS))
    loading.load(tmp_path)
    order = Order.objects.get(number="A1")
    assert list(order.steps.values_list("kind", "text")) == [("accept", ""), ("dispatch", ""), ("reply", "已补")]
    assert (order.status, order.department, order.urgency) == ("replied", "D02", "normal")


def test_what_is_exported_is_what_the_analysis_takes_in(tmp_path: Path) -> None:
    numbers = [
        made.order(status, name="李四", phone="13900002222").number for status in ("handling", "closed", "shelved")
    ]
    one = made.order("handling", secret=True)
    with made.days_later(3):
        one = made.act(one, _K.REQUEST_EXTENSION, reason="等待配件", until=_later(60))
        made.act(one, _K.GRANT_EXTENSION)
        made.order("merged")
        made.order("reviewed")
        made.act(made.accepted(type="consult"), _K.CLOSE, solved=True, text="周一至周五9时至17时办理")
    exporting.export_all(tmp_path / "export")
    written = b"".join(path.read_bytes() for path in (tmp_path / "export").iterdir())
    assert b"13900002222" not in written
    assert "李四".encode() not in written
    Suqiu(settings()).intake(str(tmp_path / "export"), site().about.city, tmp_path / "out")
    with Lake(tmp_path / "out/lake") as lake:
        assert lake.rows("orders") == Order.objects.count()
        assert lake.rows("steps") == Step.objects.count()
        assert lake.rows("faults") == 0
        orders = {row["order_id"]: row for batch in lake.batches("orders") for row in batch.to_pylist()}
        rows = [
            _row(READINGS, **{key: row[key] for key in ("order_id", "accepted_at", "type")}) for row in orders.values()
        ]
        lake.write("readings", pa.Table.from_pylist(rows, READINGS))
        o, s, r = (lake.table(name) for name in ("orders", "steps", "readings"))
        told = [row for batch in timelines(o, s, r, site().city, stream=lake.stream) for row in batch.to_pylist()]
    assert len({orders[number]["caller_id"] for number in numbers}) == 1, "one caller is one caller"
    assert [row["reply"] for row in orders.values() if row["type"] == "consult"] == ["周一至周五9时至17时办理"]
    for row in told:
        order = Order.objects.get(number=row["order_id"])
        for name in ("sign_due_at", "contact_due_at", "reply_due_at", "close_due_at", "replied_at", "closed_at"):
            assert _wall(getattr(order, name)) == row[name], (order.status, name)
        assert (order.status, order.dispatches, order.extensions) == (
            row["status"],
            row["dispatches"],
            row["extensions"] or 0,
        )


def _later(days: float) -> datetime:
    with made.days_later(days):
        return site().now()
