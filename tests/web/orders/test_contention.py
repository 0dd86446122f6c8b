"""Two people at one order at the same moment: real processes, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.web.postgres import postgres

_ROOT = Path(__file__).resolve().parents[3]


def _contend(folder: Path, database: str | None) -> dict[str, Any]:
    env = {key: value for key, value in os.environ.items() if key != "SUQIU_DATABASE"}
    env |= {"SUQIU_SITE": str(folder), "PYTHONPATH": str(_ROOT)} | ({"SUQIU_DATABASE": database} if database else {})
    ran = subprocess.run(
        [sys.executable, "-m", "tests.web.orders.contending", str(folder)],
        env=env, cwd=_ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-4000:]
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


def _check(found: dict[str, Any]) -> None:
    orders, processes, told = found["orders"], found["processes"], found["told"]
    # One key is one deed: everybody is told the same, and one step is there.
    assert all(answers == ["3"] * orders for answers in told["same_key"])
    assert found["signatures"] == orders
    # One version, several deeds: one of them wins, the others are told that the order has moved on.
    for answers in zip(*told["same_version"], strict=True):
        assert sorted(answers) == ["4", *["order.moved_on"] * (processes - 1)]
    assert found["urges"] == found["urge_steps"] == orders
    # One demand sent several times is one order.
    assert all(answers == told["same_demand"][0] for answers in told["same_demand"])
    # Many calls at once: each has a number of its own.
    many = [number for answers in told["many"] for number in answers]
    assert len(set(many)) == processes * orders
    assert found["accepted"] == orders + processes * orders
    assert found["numbers"]
    # Two merges crosswise: one holds, nobody waits for ever, no circle.
    assert found["merges"] == orders
    for answers in zip(*told["crosswise"], strict=True):
        assert answers.count("merged") == 1
    assert found["versions"]
    assert found["audit"] == []


def test_nothing_is_lost_or_done_twice_on_sqlite(tmp_path: Path) -> None:
    _check(_contend(tmp_path, None))


@pytest.mark.slow
def test_nothing_is_lost_or_done_twice_on_postgresql(tmp_path: Path) -> None:
    with postgres() as address:
        _check(_contend(tmp_path, address))
