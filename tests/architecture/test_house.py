"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
PACKAGE = HOUSE / "suqiu"
MODULES = sorted(PACKAGE.rglob("*.py"))
BAGS = {"utils", "util", "helpers", "helper", "common", "core", "base", "misc", "manager"}


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node


def test_no_file_is_named_as_a_bag() -> None:
    assert [path.name for path in MODULES if path.stem in BAGS or path.parent.name in BAGS] == []


def test_files_and_functions_hold_one_idea() -> None:
    long_files = {str(p.relative_to(HOUSE)): n for p in MODULES if (n := p.read_text("utf-8").count("\n")) > 450}
    long_functions = [
        f"{path.relative_to(HOUSE)}:{node.name}"
        for path in MODULES
        for node in functions(path)
        # Declaring the commands is one list, however long.
        if (node.end_lineno or 0) - node.lineno > 70
        and (path.name == "cli.py", node.name) not in {(True, "build"), (False, "declare")}
    ]
    assert long_files == {}
    assert long_functions == []


def test_every_package_says_in_one_line_what_it_is_for() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        first = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").splitlines()
        assert first, path
        assert first[0].endswith("."), path


def test_only_the_settings_read_the_environment() -> None:
    readers = [path.name for path in MODULES if re.search(r"os\.(environ|getenv)", path.read_text("utf-8"))]
    # The command line looks for the language before it can print anything; opening a site names Django's settings.
    assert sorted(readers) == ["cli.py", "config.py", "opening.py"]


def test_nothing_depends_on_the_moment_it_runs() -> None:
    clocks = re.compile(r"\b(datetime\.now|date\.today|time\.time|datetime\.utcnow)\b")
    # The platform lives in the present, by one clock.
    assert [str(p.relative_to(PACKAGE)) for p in MODULES if clocks.search(p.read_text("utf-8"))] == ["web/site.py"]


def test_only_the_command_line_prints() -> None:
    printing = [
        path.name
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printing == []


@pytest.mark.parametrize(
    "page", ["README.md", "README.zh-CN.md", *(str(p.relative_to(HOUSE)) for p in (HOUSE / "docs").rglob("*.md"))]
)
def test_every_link_of_the_manual_leads_somewhere(page: str) -> None:
    path = HOUSE / page
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
        if not target.startswith(("http:", "https:")):
            assert (path.parent / target).exists(), f"{page} → {target}"


def test_the_locks_name_no_registry_and_pin_every_hash() -> None:
    for lock in (HOUSE / "requirements").glob("*.lock"):
        text = lock.read_text("utf-8")
        assert "://" not in text
        pins = re.findall(r"^[A-Za-z0-9_.-]+(?:\[[^]]*\])?==\S+.*$", text, re.MULTILINE)
        assert len(pins) > 20
        assert all(line.endswith("\\") for line in pins)
