"""Runs of the command that are killed without warning at a chosen stage."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue

STAGES = (
    "导入",
    "学习历史工单",
    "读懂工单",
    "抽取要素、评判答复",
    "推算时限",
    "发现重复诉求和事件",
    "计算指标",
    "写报告",
)


@dataclass(frozen=True)
class Ran:
    """How a run went: when it began each stage and when it ended, seconds since its start."""

    began: dict[str, float]
    ended: float
    code: int


def command(*words: str) -> list[str]:
    """Return the command line of Suqiu as a user's shell would start it."""
    return [sys.executable, "-m", "suqiu.cli", *words]


def run(words: Sequence[str], *, kill_at: tuple[str, float] | None = None) -> Ran:
    """Run the command; kill its whole process group some seconds after a stage, or a later one, has begun."""
    start = time.monotonic()
    process = subprocess.Popen(
        command(*words), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    lines: Queue[tuple[float, str]] = Queue()
    reader = threading.Thread(target=_listen, args=(process, lines), daemon=True)
    reader.start()
    began: dict[str, float] = {}
    while process.poll() is None or reader.is_alive() or not lines.empty():
        try:
            at, line = lines.get(timeout=0.05)
        except Empty:
            continue
        stage = line.removeprefix("… ").strip()
        if stage in STAGES:
            began[stage] = at - start
            if kill_at is not None and STAGES.index(stage) >= STAGES.index(kill_at[0]):
                time.sleep(kill_at[1])
                break
    if kill_at is not None and process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    reader.join()
    assert process.stderr is not None
    process.stderr.close()
    return Ran(began, time.monotonic() - start, process.returncode)


def _listen(process: subprocess.Popen[str], lines: Queue[tuple[float, str]]) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        lines.put((time.monotonic(), line))


def whole(folder: Path) -> list[Path]:
    """Return the files of a run that a reader would take for whole: all but the parts that are being written."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts)]
