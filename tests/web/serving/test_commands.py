"""A site is made, served and told apart from others in words."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.test import Client

from suqiu.domain.errors import Conflict
from suqiu.web import serving
from suqiu.web.serving import Keeper, Place, check_free

_HOUSE = Path(__file__).resolve().parents[3]
#: Makes a site, makes it again, and again as what it is not; tells what was said each time.
_SCRIPT = """
import json, sys
from pathlib import Path
from suqiu.domain.errors import SuqiuError
from suqiu.web import beginning, opening

folder, city = Path(sys.argv[1]), Path(sys.argv[2])
def said(make):
    try:
        return [f"{one.name.zh} {one.value.zh}" for one in make() or ()]
    except SuqiuError as error:
        return [error.code, error.hint.zh]

quiet = lambda stage, share: None
plan = beginning.Plan(city)
demo = beginning.Plan(city, demo=True)
print(json.dumps([
    said(lambda: opening.opened(folder)),
    said(lambda: beginning.begin(folder, plan, quiet)),
    said(lambda: beginning.begin(folder, plan, quiet)),
    said(lambda: beginning.begin(folder, demo, quiet)),
]))
"""


def test_a_new_site_has_three_administrators_whose_passwords_are_shown_once(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SUQIU_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(tmp_path / "s"), str(_HOUSE / "cities" / "linjiang")],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    before, first, again, as_demo = json.loads(done.stdout.splitlines()[-1])
    assert before == ["site.none", "请先运行suqiu site init"]
    assert len({found for line in first for found in re.findall(r"一次性口令(\S+?)（", line)}) == 3
    assert not any("口令" in line for line in again)
    assert as_demo[0] == "site.other"
    assert (tmp_path / "s" / "keys" / "session").stat().st_mode & 0o077 == 0


@pytest.mark.enable_socket
def test_a_port_that_another_program_has_is_refused_in_words() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(Conflict) as refused:
            check_free(Place(port=other.getsockname()[1]))
    assert refused.value.code == "serve.port"


def test_the_address_shown_can_be_opened() -> None:
    assert Place("0.0.0.0", 8000).address == "http://127.0.0.1:8000/"  # noqa: S104 — told, not bound
    assert Place("::1", 80).address == "http://[::1]:80/"


@pytest.mark.django_db
def test_one_process_answers_on_sqlite_unless_more_are_asked_for() -> None:
    assert serving.processes_for(0) == 1
    assert serving.processes_for(3) == 3


def test_a_background_worker_that_dies_is_begun_again_and_ends_with_its_keeper(tmp_path: Path) -> None:
    noted = tmp_path / "pids"
    script = f"import os, time; open({str(noted)!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(60)"
    keeper = Keeper([sys.executable, "-c", script])
    keeper.start()
    first = _wait_for(noted, 1)[0]
    os.kill(first, signal.SIGKILL)
    second = _wait_for(noted, 2)[1]
    keeper.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


def _wait_for(path: Path, count: int) -> Sequence[int]:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = [int(line) for line in path.read_text("utf-8").split()] if path.exists() else []
        if len(found) >= count:
            return found
        time.sleep(0.05)
    raise AssertionError(f"it was not begun {count} times")


@pytest.mark.django_db
def test_everything_that_a_first_answer_needs_is_there_before(client: Client) -> None:
    application = serving.prepare()
    assert callable(application)
    assert client.get("/accounts/login/").status_code == 200
