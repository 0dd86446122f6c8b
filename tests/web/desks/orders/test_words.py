"""Words are found alike in both databases, and each by its index."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.web.postgres import postgres

_ROOT = Path(__file__).resolve().parents[4]
_LAMP, _NOISE = "路灯损坏", "噪声扰民"
_WANTED = {
    "路灯": [_LAMP], "灯损坏": [_LAMP], "施工": [_NOISE], "设施": [_LAMP], "bc": [_LAMP], "abc": [_LAMP],
    "海棠街照明": [_LAMP], "坏希": [], "路灯 设施": [_LAMP], "路灯%": [], "''": [], "不存在": [],
}  # fmt: skip


def _found(folder: Path, database: str | None) -> dict[str, Any]:
    env = {key: value for key, value in os.environ.items() if key != "SUQIU_DATABASE"}
    env |= {"SUQIU_SITE": str(folder), "PYTHONPATH": str(_ROOT), "DJANGO_SETTINGS_MODULE": "suqiu.web.settings"}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.web.desks.orders.finding"], check=False, timeout=120, cwd=_ROOT,
        env=env | ({"SUQIU_DATABASE": database} if database else {}), capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return told


def _check(told: dict[str, Any]) -> None:
    assert told["indexed"]
    for said, (looked_up, page) in told["found"].items():
        assert looked_up == page == _WANTED[said], said


def test_words_are_found_in_sqlite(tmp_path: Path) -> None:
    _check(_found(tmp_path, None))


@pytest.mark.slow
def test_words_are_found_in_postgresql(tmp_path: Path) -> None:
    with postgres() as address:
        _check(_found(tmp_path, address))
