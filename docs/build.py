"""Write the reference pages from the code they describe: `make docs`.

Every page under docs/reference/ is made here and nowhere else; a test builds them again and compares.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from enum import EnumType
from pathlib import Path

import suqiu.domain
from suqiu import cli
from suqiu.analysis import describe
from suqiu.config import Settings
from suqiu.domain import errors
from suqiu.domain.fault import FAULTS
from suqiu.domain.order import NAMES
from suqiu.domain.tables import TABLES

REFERENCE = Path(__file__).parent / "reference"
_CHINESE = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fff0-9、/（）]*")


def domain_classes() -> Iterator[type]:
    """Walk the public classes of the domain, module by module, in the order they are written."""
    for module in pkgutil.iter_modules(suqiu.domain.__path__):
        loaded = importlib.import_module(f"suqiu.domain.{module.name}")
        classes = [
            item
            for name, item in vars(loaded).items()
            if inspect.isclass(item) and item.__module__ == loaded.__name__ and not name.startswith("_")
        ]
        yield from sorted(classes, key=lambda item: inspect.getsourcelines(item)[1])


def first_line(item: type) -> str:
    """Return the first line of a class's docstring."""
    return (inspect.getdoc(item) or "").splitlines()[0]


def chinese_term(item: type) -> str | None:
    """Return the Chinese term that the first line of a domain class's docstring names."""
    found = _CHINESE.search(first_line(item))
    return found.group().strip("（）") if found else None


def terms() -> str:
    """The glossary: every class of the domain with its Chinese term, and every code with its names."""
    lines = ["# Terms", "", "The words of the trade as the code uses them. Made by `make docs` from `suqiu/domain/`.", ""]
    lines += ["| term | 中文 | meaning | module |", "|---|---|---|---|"]
    for item in domain_classes():
        term = chinese_term(item)
        if term is None:
            continue
        meaning = first_line(item).replace(term, "").split(";")[0].strip(" .") + "."
        lines.append(f"| `{item.__name__}` | {term} | {meaning} | `{item.__module__.removeprefix('suqiu.')}` |")
    for item in domain_classes():
        if isinstance(item, EnumType) and any(code in NAMES for code in item):
            lines += ["", f"## {item.__name__} {chinese_term(item)}", "", "| code | 中文 | English |", "|---|---|---|"]
            lines += [f"| `{code.value}` | {NAMES[code].zh} | {NAMES[code].en} |" for code in item]  # type: ignore[index,attr-defined]
    return "\n".join(lines) + "\n"


def tables() -> str:
    """Every table of the lake with its columns."""
    lines = ["# Tables", "", "What stages pass to each other, as in `suqiu/domain/tables.py`. Made by `make docs`."]
    for name, schema in TABLES.items():
        lines += ["", f"## {name}", "", "| column | type | may be null |", "|---|---|---|"]
        lines += [f"| `{field.name}` | {field.type} | {'yes' if field.nullable else 'no'} |" for field in schema]
    return "\n".join(lines) + "\n"


def settings() -> str:
    """Every setting."""
    lines = ["# Settings", "", "Environment variables, read in `suqiu/config.py` only. Made by `make docs`.", ""]
    lines += ["| variable | 说明 | meaning | default |", "|---|---|---|---|"]
    for item in fields(Settings):
        text, default = item.metadata["help"], item.default
        shown = "`cities/` beside the package" if isinstance(default, Path) else f"`{default}`"
        lines.append(f"| `SUQIU_{item.name.upper()}` | {text.zh} | {text.en} | {shown} |")
    return "\n".join(lines) + "\n"


def faults() -> str:
    """Every objection to a row of input, and every exit code."""
    lines = ["# Faults and exit codes", "", "Made by `make docs`.", "", "## What intake objects to", ""]
    lines += ["| code | 问题 | 如何更正 | meaning | how to mend |", "|---|---|---|---|---|"]
    for code, (what, hint) in FAULTS.items():
        lines.append(f"| `{code.value}` | {what.zh} | {hint.zh} | {what.en} | {hint.en} |")
    lines += ["", "## What a command exits with", "", "| exit code | error | 含义 |", "|---|---|---|", "| 0 | - | 成功 |"]
    kinds = [item for item in vars(errors).values() if inspect.isclass(item) and issubclass(item, errors.SuqiuError)]
    for kind in sorted(set(kinds), key=lambda item: item.exit_code):
        lines.append(f"| {kind.exit_code} | `{kind.__name__}` | {chinese_term(kind)} |")
    lines.append("| 130 | - | 用户中断；再次运行即从断点继续 |")
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """Every reference page by its file name."""
    return {
        "terms.md": terms(),
        "tables.md": tables(),
        "settings.md": settings(),
        "faults.md": faults(),
        "measures.md": describe(),
        "commands.md": cli.describe(),
    }


def main() -> None:
    """Write every page."""
    REFERENCE.mkdir(exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, "utf-8")
    sys.stdout.write(f"{len(pages())} pages in {REFERENCE}\n")


if __name__ == "__main__":
    main()
