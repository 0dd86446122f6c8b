"""Signing, first contact and answers of the shipped city keep their limits as often as hotlines report."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from suqiu import citypack, simulate
from suqiu.domain.clock import Stage
from suqiu.domain.order import NAMES, OrderType, Status, Urgency
from tests.simulate.reading import true_orders, truth

PACK = Path(__file__).parents[2] / "cities" / "linjiang"
GONE = {NAMES[status].zh for status in (Status.MERGED, Status.WITHDRAWN, Status.VOIDED)}

Kept = dict[Stage, dict[str, list[bool]]]
"""For each stage and department, whether each order kept the limit."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Measure every order whose limits ended within the period."""
    out, city = tmp_path_factory.mktemp("punctual"), citypack.load(PACK)
    simulate.write(city, PACK / "simulation", orders=5000, months=6, seed=7, out=out)
    orders = true_orders(out)
    sent = [
        (row, order)
        for row in truth(out, "orders")
        if (order := orders[str(row["order_id"])])["首次派单时间"] and order["工单状态"] not in GONE
    ]
    starts = np.array([order["首次派单时间"] for _, order in sent], dtype="datetime64[s]")
    found: Kept = {}
    for stage, column in _DONE.items():
        dues = {(limit.amount, limit.unit): city.calendar.due(starts, limit.amount, limit.unit)
                for limit in city.limits.limits if limit.stage is stage}  # fmt: skip
        for place, (row, order) in enumerate(sent):
            limit = city.limits.find(stage, OrderType(str(row["type"])), Urgency(str(row["urgency"])))
            assert limit is not None
            due = dues[limit.amount, limit.unit][place].astype(datetime)
            if due < datetime(2026, 6, 25):
                in_time = bool(order[column]) and datetime.fromisoformat(order[column]) <= due
                found.setdefault(stage, {}).setdefault(str(row["department"]), []).append(in_time)
    return found


_DONE = {Stage.SIGN: "签收时间", Stage.CONTACT: "首次联系时间", Stage.REPLY: "反馈时间"}


def share(found: dict[str, list[bool]], units: set[str] | None = None) -> float:
    values = [value for unit, mine in found.items() if units is None or unit in units for value in mine]
    assert len(values) > 30
    return sum(values) / len(values)


@pytest.mark.parametrize(("stage", "low"), [(Stage.SIGN, 0.94), (Stage.CONTACT, 0.88), (Stage.REPLY, 0.86)])
def test_most_orders_keep_the_limit_of_each_stage_and_some_do_not(kept: Kept, stage: Stage, low: float) -> None:
    assert low < share(kept[stage]) < 0.985


def test_departments_planted_as_slow_answer_late_more_often(kept: Kept) -> None:
    good, slow = share(kept[Stage.REPLY], {"D02", "U01", "U02"}), share(kept[Stage.REPLY], {"D01", "D13"})
    assert good > 0.9
    assert 0.7 < slow < good - 0.05


def test_who_games_the_clock_calls_fewer_citizens(kept: Kept) -> None:
    assert share(kept[Stage.CONTACT], {"Q03"}) < share(kept[Stage.CONTACT], {"U01", "U02", "D02"})
