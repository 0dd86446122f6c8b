"""A small finished run for the tests of analytic pages: made once for all test processes, then only read."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from suqiu import reporting
from suqiu.app import Suqiu
from suqiu.config import settings
from suqiu.domain.evidence import Fact
from suqiu.web.results import store
from suqiu.web.results.store import Result
from suqiu.web.site import site


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of a run over 500 simulated orders of two months."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    folder = shared / "small-run"
    with (shared / "small-run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            part = shared / "small-run.part"
            shutil.rmtree(part, ignore_errors=True)
            suqiu = Suqiu(settings())
            suqiu.simulate("linjiang", part / "export", months=2, orders=500, seed=7)
            suqiu.run(str(part / "export"), "linjiang", part / "out")
            shutil.rmtree(part / "export")
            (part / "out").rename(folder)
    return folder


@pytest.fixture
def analysed(small_run: Path) -> Iterator[Result]:
    """The run as the site's current result."""
    here = site()
    before = here.about
    here.save(replace(before, result=str(small_run)))
    yield store.current()
    here.save(replace(here.about, result=before.result))


@pytest.fixture
def told(small_run: Path) -> dict[str, Fact]:
    """The facts that the run itself wrote, by their ids."""
    return {fact.fact_id: fact for fact in reporting.read_facts(small_run / "facts.json")}
