"""Whatever is killed while people work: no acknowledged call is lost, and no background work is lost or done twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

_HOUSE = Path(__file__).resolve().parents[3]
_RUN = "import json; from bench.web_kill import run; one = run({victims!r}, people=3); print(json.dumps(one.problems))"


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_server_and_worker_are_killed() -> None:
    # In a process of its own: it serves another site than the tests' own, by sockets of this machine.
    script = _RUN.format(victims=("answering", "worker", "server"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SUQIU_")}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=_HOUSE,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == []
