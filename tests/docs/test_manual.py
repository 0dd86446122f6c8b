"""The manual says what the code does: the reference is made from it, and the pages name what exists."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer.main

from suqiu import cli
from suqiu.analysis import catalogue
from suqiu.citypack.weights import REQUIRED
from suqiu.config import settings
from suqiu.domain.fault import FaultCode
from suqiu.domain.order import NAMES
from suqiu.domain.tables import TABLES
from suqiu.intake.fields import FIELDS

HOUSE = Path(__file__).parents[2]
REFERENCE = HOUSE / "docs" / "reference"
README = ("README.md", "README.zh-CN.md")
TUTORIALS = ("docs/tutorial.md", "docs/tutorial.zh-CN.md")


def load_builder() -> ModuleType:
    """Load docs/build.py, which is a script and no part of the package."""
    spec = importlib.util.spec_from_file_location("docs_build", HOUSE / "docs" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


build = load_builder()


def commands(group: Any, before: str = "suqiu") -> Iterator[tuple[str, Any]]:
    """Walk the commands of the command line with their names."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}", command


COMMANDS = dict(commands(typer.main.get_command(cli.build("en"))))
GROUPS = {name.rpartition(" ")[0] for name in COMMANDS} - {"suqiu"}
#: What a group does whose command is left unsaid.
UNSAID = {"suqiu assess": "suqiu assess run", "suqiu simulate": "suqiu simulate city"}


def page(name: str) -> str:
    return (HOUSE / name).read_text("utf-8")


def code_of(text: str) -> str:
    """Return what stands in fences and between backticks."""
    fences = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return "\n".join([*fences, *re.findall(r"`([^`\n]+)`", rest)])


def test_the_reference_is_what_make_docs_would_write_now() -> None:
    made = build.pages()
    by_hand = {"dengbao.zh-CN.md"}  # with a test of its own
    assert {path.name for path in REFERENCE.iterdir()} - by_hand == set(made)
    stale = [name for name, text in made.items() if (REFERENCE / name).read_text("utf-8") != text]
    assert stale == [], "run make docs"


def test_every_domain_class_with_a_chinese_term_stands_in_the_glossary() -> None:
    terms = page("docs/reference/terms.md")
    named = [(item.__name__, term) for item in build.domain_classes() if (term := build.chinese_term(item))]
    assert len(named) > 40
    for name, term in named:
        assert f"| `{name}` | {term} |" in terms


def test_every_domain_class_names_its_chinese_term() -> None:
    assert [item.__name__ for item in build.domain_classes() if build.chinese_term(item) is None] == []


def test_every_code_of_the_trade_stands_in_the_glossary_once_with_both_names() -> None:
    lines = page("docs/reference/terms.md").splitlines()
    for code, name in NAMES.items():
        assert lines.count(f"| `{code.value}` | {name.zh} | {name.en} |") == 1, code


def test_every_command_is_documented_with_all_its_options() -> None:
    sections = dict(re.findall(r"^## (suqiu .+?)\n(.*?)(?=^## |\Z)", page("docs/reference/commands.md"), re.M | re.S))
    assert set(sections) == set(COMMANDS)
    for name, command in COMMANDS.items():
        for parameter in command.params:
            if parameter.param_type_name == "option" and parameter.name != "help":
                assert f"`{' '.join(parameter.opts)}`" in sections[name]


def test_every_measure_table_column_fault_field_weight_and_setting_is_documented() -> None:
    documented = {name: page(f"docs/reference/{name}") for name in build.pages()}
    for entry in catalogue():
        assert f"\n| {entry.measure} | {entry.name.zh}" in documented["measures.md"]
    for table, schema in TABLES.items():
        section = documented["tables.md"].split(f"\n## {table}\n")[1].split("\n## ")[0]
        assert re.search(r"^[A-Z][^|]+\.$", section, re.MULTILINE), f"nothing says what {table} is"
        assert re.findall(r"^\| `(\w+)`", section, re.MULTILINE) == schema.names
    for code in FaultCode:
        assert f"| `{code.value}` |" in documented["faults.md"]
    for fields in FIELDS.values():
        for field in fields:
            assert f"| `{field.name}` | {field.title.zh} |" in documented["fields.md"]
    for weight in REQUIRED:
        assert f"| `{weight.name}` | {weight.meaning.zh} |" in documented["weights.md"]
    variables = re.findall(r"`(SUQIU_\w+)`", documented["settings.md"])
    assert variables == [f"SUQIU_{name.upper()}" for name in settings({}).__dataclass_fields__]


@pytest.mark.parametrize("name", [*README, "CONTRIBUTING.md", *TUTORIALS])
def test_every_make_target_that_a_page_names_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", page("Makefile"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)", code_of(page(name))))
    assert named
    assert named <= targets


def test_what_the_readme_shows_of_make_demo_is_what_make_demo_runs() -> None:
    recipe = page("Makefile").replace("$(BIN)", ".venv/bin").replace("$(DEMO)", "out/demo")
    run = re.findall(r"^\t(\.venv/bin/suqiu .+)$", recipe.split("\ndemo:")[1].split("\n\n")[0], re.MULTILINE)
    assert len(run) == 6
    for name in README:
        shown = re.findall(r"^(\.venv/bin/suqiu .+)$", page(name), re.MULTILINE)
        assert shown == run


@pytest.mark.parametrize("path", sorted(HOUSE.glob("docs/**/*.md")) + [HOUSE / name for name in README])
def test_every_command_line_of_the_manual_parses(path: Path) -> None:
    """Each `suqiu …` names a command that exists and only options that it has."""
    for line in re.findall(r"(?<![\w.])(?:\.venv/bin/)?suqiu (.+)", code_of(path.read_text("utf-8"))):
        words = line.split("#")[0].split()
        if words[:1] == ["--lang"]:
            words = words[2:]
        if not words or not re.fullmatch(r"[a-z]+", words[0]):
            continue
        name = f"suqiu {words[0]}"
        if name in GROUPS:
            name = within if (within := " ".join([name, *words[1:2]])) in COMMANDS else UNSAID.get(name, within)
        assert name in COMMANDS, f"{path.name}: {line}"
        known = {option for parameter in COMMANDS[name].params for option in parameter.opts} | {"--lang"}
        assert {word for word in words if word.startswith("--")} <= known, f"{path.name}: {line}"


@pytest.mark.parametrize("name", TUTORIALS)
def test_the_tutorials_script_finds_the_number_again(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The script of the tutorial runs as printed on the smallest result that has the fact it asks for."""
    (tmp_path / "out/demo/result/lake").mkdir(parents=True)
    result = tmp_path / "out/demo/result"
    pq.write_table(pa.table({"closed": [1, 0]}), result / "lake" / "cases.parquet")
    fact = (
        '[{"fact_id": "C3@2026-01-01_2026-06-30", "name": {"zh": "按时办结率"}, "value": 0.5, '
        '"query": "SELECT sum(closed) AS numerator, count(*) AS denominator FROM cases"}]'
    )
    (result / "facts.json").write_text(fact, "utf-8")
    monkeypatch.chdir(tmp_path)
    (script,) = re.findall(r"^```python\n(.*?)^```", page(name), re.MULTILINE | re.DOTALL)
    exec(compile(script, name, "exec"), {})  # noqa: S102 - it is our own page that is tested
    printed = capsys.readouterr().out
    assert "按时办结率 0.5" in printed
    assert re.search(r"│\s+1 │\s+2 │", printed)


def test_both_languages_show_the_same_pictures_and_lead_to_the_same_pages() -> None:
    links = [set(re.findall(r"\]\(([^)#]+)", page(name))) for name in README]
    same = [{link.replace(".zh-CN.md", ".md") for link in found} for found in links]  # a page in either language
    assert same[0] == same[1]
    assert len({link for link in links[0] if link.startswith("docs/images/")}) == 2


def test_pictures_are_small_enough_to_load_quickly() -> None:
    pictures = list((HOUSE / "docs" / "images").iterdir())
    assert pictures
    assert [path.name for path in pictures if path.stat().st_size > 200_000] == []


def test_the_map_draws_the_floors_that_are_enforced() -> None:
    rules = page("pyproject.toml").split('type = "layers"')[1].split("layers = [")[1].split("]")[0]
    floors = re.findall(r'"([^"]+)"', rules)
    drawn = page("docs/map.md").split("## Which way imports go")[1].split("```")[1]
    shown = [line.split("  ")[0].replace("│", "|") for line in drawn.splitlines()[1:] if line.strip() not in {"", "↓"}]
    assert shown == floors


def test_the_map_has_a_line_for_every_part_of_the_package() -> None:
    text = page("docs/map.md")
    parts = [path.name for path in (HOUSE / "suqiu").iterdir() if path.suffix == ".py" and path.stem != "__init__"]
    parts += [f"{path.parent.name}/" for path in (HOUSE / "suqiu").glob("*/__init__.py")]
    assert len(parts) > 12
    assert [part for part in parts if f"| `{part}` |" not in text] == []
