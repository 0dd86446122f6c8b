"""The how-to for a new indicator works as it is written: its probe, its file, its commands."""

from __future__ import annotations

import re
import shutil
import types
from pathlib import Path

from suqiu import standards
from suqiu.assessment.probing import PROBES
from suqiu.config import Settings, settings

PAGE = (Path(__file__).parents[2] / "docs/how-to/add-an-indicator.md").read_text("utf-8")


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def test_the_example_passes_every_check_and_its_cases_come_out(tmp_path: Path) -> None:
    shipped = settings({})
    here = Settings(standards=tmp_path)
    shutil.copytree(standards.find("hotline-intelligence/2026.1", shipped), tmp_path / "hotline-intelligence/2026.1")
    module = types.ModuleType("evenness")
    try:
        exec(compile(block("python"), "evenness.py", "exec"), module.__dict__)  # noqa: S102 - our own page
        folder = standards.draft("hotline-intelligence/2026.1", "2027.1", here)
        (folder / "indicators/D5/D5.1.7.yaml").write_text(block("yaml"), "utf-8")
        assert standards.check(folder) == []
        catalogue = standards.load("hotline-intelligence/2027.1", here)
        assert standards.contradicted(catalogue, "D5.1.7", here) == (3, [])
    finally:
        PROBES.pop("longest_gap.v1", None)


def test_the_page_names_commands_that_there_are() -> None:
    named = set(re.findall(r"^suqiu standard (\w+)", PAGE, re.MULTILINE))
    assert named == {"draft", "check", "cases", "diff", "release"}
