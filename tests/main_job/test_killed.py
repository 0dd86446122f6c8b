"""A run that is killed at any moment goes on, and ends with the same bytes as one that was left alone."""

from __future__ import annotations

import json
import random
import shutil
import signal
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from suqiu.domain.tables import TABLES
from tests.main_job.killing import STAGES, Ran, run, whole
from tests.main_job.making import once, prints, small_export

pytestmark = pytest.mark.slow

#: How many kills fall into each stage, in all; each at a random moment of the stage.
KILLS = dict(zip(STAGES, (4, 3, 2, 2, 2, 2, 3, 2), strict=True))


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(small_export(tmp_path_factory))


@pytest.fixture(scope="module")
def undisturbed(export: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Mapping[str, str], Ran]:
    def make(folder: Path) -> None:
        ran = run(["run", export, "--city", "linjiang", "--out", str(folder / "result")])
        assert ran.code == 0
        assert tuple(ran.began) == STAGES
        (folder / "times.json").write_text(json.dumps([ran.began, ran.ended]))

    folder = once(tmp_path_factory, "undisturbed", make)
    began, ended = json.loads((folder / "times.json").read_text())
    return prints(folder / "result"), Ran(began, ended, 0)


def moments(ran: Ran, chain: int) -> list[tuple[str, float]]:
    """Draw one of two chains of kills: stages in order, each with a random part of the time that it takes."""
    draw = random.Random(chain)
    ends = [*list(ran.began.values())[1:], ran.ended]
    kills = [(stage, n) for stage, count in KILLS.items() for n in range(count)]
    return [
        (stage, draw.random() * (ends[STAGES.index(stage)] - ran.began[stage]))
        for place, (stage, _) in enumerate(kills)
        if place % 2 == chain
    ]


def assert_whole(folder: Path) -> None:
    """Fail unless every file that stands under its own name can be read to its end."""
    for path in whole(folder):
        if path.suffix == ".parquet":
            assert pq.read_table(path).schema.names == TABLES[path.stem].names
        elif path.suffix == ".json":
            json.loads(path.read_text("utf-8"))
        elif path.suffix == ".docx":
            assert zipfile.ZipFile(path).testzip() is None
        elif path.suffix == ".html":
            assert path.read_text("utf-8").rstrip().endswith("</html>")


@pytest.mark.parametrize("chain", [0, 1])
def test_a_run_killed_ten_times_ends_with_the_same_bytes_in_every_file(
    chain: int, export: str, undisturbed: tuple[Mapping[str, str], Ran], tmp_path: Path
) -> None:
    expected, ran = undisturbed
    words = ["run", export, "--city", "linjiang", "--out", str(tmp_path / "result")]
    for stage, delay in moments(ran, chain):
        while run(words, kill_at=(stage, delay)).code != -signal.SIGKILL:
            # It was quicker than its killer: begin anew, and kill it sooner.
            assert prints(tmp_path / "result") == expected
            shutil.rmtree(tmp_path / "result")
            delay /= 2
        assert_whole(tmp_path / "result")
    assert run(words).code == 0
    assert prints(tmp_path / "result") == expected
