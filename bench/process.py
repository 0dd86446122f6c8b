"""Runs a command as a whole process and tells its time and peak memory, its children included."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took.

    Attributes:
        seconds: wall time.
        peak_gb: greatest resident memory of its process tree, sampled ten times a second, in GB (10^9 bytes).
    """

    seconds: float
    peak_gb: float


def python(*arguments: str) -> Sequence[str]:
    """Return the command line of a Python run."""
    return [sys.executable, *arguments]


def run(command: Sequence[str]) -> Cost:
    """Run a command to its end.

    Raises:
        RuntimeError: it failed; the message holds the end of what it printed.
    """
    started, peak = time.perf_counter(), 0
    process = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while process.poll() is None:
        peak = max(peak, _resident(process))
        time.sleep(0.1)
    seconds = time.perf_counter() - started
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: {process.stderr.read().decode()[-2000:]}")
    return Cost(seconds, peak / 1e9)


def _resident(process: psutil.Process) -> int:
    try:
        tree = [process, *process.children(recursive=True)]
        return sum(member.memory_info().rss for member in tree)
    except psutil.NoSuchProcess:
        return 0
