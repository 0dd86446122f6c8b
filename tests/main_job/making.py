"""Exports and runs that several tests look at, made once for all workers of a test session."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from suqiu.app import Suqiu
from suqiu.config import Settings
from suqiu.domain.text import Language, Text

PACK = Path(__file__).parents[2] / "cities" / "linjiang"
ORDERS = 20_000  # the fewest of which every planted event of the shipped city has 20 orders


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that the first test to ask for it has filled; other workers wait and then share it."""
    base = factory.getbasetemp()
    root = base.parent if base.name.startswith("popen-") else base
    folder = root / name
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / f"{name}.done").exists():
            folder.mkdir()
            make(folder)
            (root / f"{name}.done").touch()
    return folder


def house(language: Language = "zh", seen: list[str] | None = None, stop_at: str | None = None) -> Suqiu:
    """Return a Suqiu that notes the stages it works at, and fails at one of them if wanted."""

    def progress(stage: Text, _: float | None) -> None:
        if stage.zh == stop_at:
            raise RuntimeError(stop_at)
        if seen is not None and stage.zh not in seen:
            seen.append(stage.zh)

    return Suqiu(Settings(), language=language, progress=progress)


def small_export(factory: pytest.TempPathFactory) -> Path:
    """Return a simulated export of 1,500 orders."""

    def make(folder: Path) -> None:
        house().simulate("linjiang", folder, months=6, orders=1500, seed=7)

    return once(factory, "small_export", make)


def small_run(factory: pytest.TempPathFactory) -> Path:
    """Return what an undisturbed run makes of the small export; not to be written into."""
    export = small_export(factory)

    def make(folder: Path) -> None:
        house().run(str(export), "linjiang", folder)

    return once(factory, "small_run", make)


def prints(folder: Path) -> Mapping[str, str]:
    """Return a fingerprint of every file below a folder, hidden ones too."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
