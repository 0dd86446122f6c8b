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
from suqiu.assessment import conditions
from suqiu.assessment import probes as _probes  # noqa: F401  # makes the probes known
from suqiu.assessment.faults import MEANINGS
from suqiu.assessment.forms import BUSINESS, FORMS, Column
from suqiu.assessment.probing import PROBES
from suqiu.assessment.templates import KINDS
from suqiu.citypack.weights import REQUIRED
from suqiu.config import Settings
from suqiu.domain import errors
from suqiu.domain import tables as schemas
from suqiu.domain.fault import FAULTS
from suqiu.domain.order import NAMES
from suqiu.domain.tables import TABLES
from suqiu.intake.fields import FIELDS, TITLES
from suqiu.web.accounts import rights_table

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
    lines = [
        "# Terms",
        "",
        "The words of the trade as the code uses them; made by `make docs` from `suqiu/domain/`.",
        "",
    ]
    lines += ["| term | 中文 | meaning | module |", "|---|---|---|---|"]
    for item in domain_classes():
        term = chinese_term(item)
        if term is None:
            continue
        meaning = re.sub(rf" ?{term}", "", first_line(item)).split(";")[0].strip(" .") + "."
        lines.append(f"| `{item.__name__}` | {term} | {meaning} | `{item.__module__.removeprefix('suqiu.')}` |")
    for item in domain_classes():
        # Codes of two classes may be equal as texts (a stage and a step are both `reply`): the class decides.
        names = [(code.value, name) for code, name in NAMES.items() if type(code) is item]
        if isinstance(item, EnumType) and names:
            lines += ["", f"## {item.__name__} {chinese_term(item)}", "", "| code | 中文 | English |", "|---|---|---|"]
            lines += [f"| `{code}` | {name.zh} | {name.en} |" for code, name in names]
    return "\n".join(lines) + "\n"


def tables() -> str:
    """Every table of the lake with its columns, and what the comments of their definition say."""
    lines = ["# Tables", "", "What stages pass to each other, as in `suqiu/domain/tables.py`. Made by `make docs`.", ""]
    lines += ["A run keeps each as `lake/<table>.parquet`.", "", *(f"- [{name}](#{name})" for name in TABLES)]
    notes = dict(_table_notes(inspect.getsource(schemas)))
    for name, schema in TABLES.items():
        about, columns = notes[name]
        lines += ["", f"## {name}", "", about, "", "| column | type | may be null | note |", "|---|---|---|---|"]
        for field in schema:
            null = "yes" if field.nullable else "no"
            lines.append(f"| `{field.name}` | {field.type} | {null} | {columns.get(field.name, '')} |")
    return "\n".join(lines) + "\n"


def _table_notes(source: str) -> Iterator[tuple[str, tuple[str, dict[str, str]]]]:
    """Read from the source, for each table, the comment above it and the comments beside its columns."""
    for block in re.split(r"\n\n(?=#: )", source)[1:]:
        about = " ".join(re.findall(r"^#: (.*)$", block, re.MULTILINE))
        constant = re.search(r"^([A-Z_]+)\b", block, re.MULTILINE)
        columns = dict(re.findall(r"^ +(\w+)=.*?  # (.*)$", block, re.MULTILINE))
        if constant:
            yield constant.group(1).lower(), (about, columns)


def mapping_fields() -> str:
    """Every field that a column mapping may fill."""
    lines = ["# Fields of a column mapping", "", "What `mapping.yaml` may name on its left side.", ""]
    lines += ["Made by `make docs` from `suqiu/intake/fields.py`. A row without a required field is rejected."]
    for table, listed in FIELDS.items():
        title = TITLES[table]
        lines += ["", f"## {table} {title.zh}", "", "| field | 中文 | meaning | holds | required | several columns |"]
        lines += ["|---|---|---|---|---|---|"]
        for field in listed:
            marks = ["yes" if mark else "" for mark in (field.required, field.many)]
            cells = (f"`{field.name}`", field.title.zh, field.title.en, field.holds.value, *marks)
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def weights() -> str:
    """Every number that a city pack sets."""
    lines = ["# Weights and thresholds", "", "What `weights.yaml` of a city pack sets, each with its reason.", ""]
    lines += ["Made by `make docs` from `suqiu/citypack/weights.py`.", ""]
    lines += ["| name | 说明 | meaning | from | to | whole |", "|---|---|---|---|---|---|"]
    for item in REQUIRED:
        bounds = f"{_plain(item.low)} | {_plain(item.high)}"
        lines.append(
            f"| `{item.name}` | {item.meaning.zh} | {item.meaning.en} | {bounds} | {'yes' if item.whole else ''} |"
        )
    return "\n".join(lines) + "\n"


def _plain(number: float) -> str:
    """Write a number without an exponent."""
    return f"{number:,.6f}".rstrip("0").rstrip(".")


def measures() -> str:
    """Every measure, as the report's appendix defines it."""
    lines = ["# Measures", "", "Every number that a run may state. Made by `make docs` from `suqiu/analysis/`.", ""]
    lines += [
        "`own` as a source: no published definition is followed. A letter in brackets grades a source: A government,",
        "standards body or official text; B press, association or a city's bulletin; C a copy of A or B; D others.",
        "",
    ]
    return "\n".join(lines) + "\n" + describe()


def forms() -> str:
    """Every form of the assessment, and what of it leaves the centre."""
    lines = ["# Forms of the assessment", "", "What a centre hands in besides its exports of orders and calls.", ""]
    lines += [
        "Made by `make docs` from `suqiu/assessment/forms.yaml`; `suqiu assess init` writes a workbook for each.",
        "",
    ]
    lines += [
        "A file is called by the form's name or its Chinese title, and may be xlsx, csv, parquet or jsonl. A header is",
        "a column's name or its title in either language. The order of columns does not matter.",
        "",
        "## Kinds of columns",
        "",
        "| kind | 说明 | meaning |",
        "|---|---|---|",
        *(f"| `{kind.value}` | {text.zh} | {text.en} |" for kind, text in KINDS.items()),
        "",
        "## The forms",
        "",
        *(f"- [{name} {form.title.zh}](#{name}-{form.title.zh})" for name, form in FORMS.items()),
    ]
    for name, form in FORMS.items():
        lines += ["", f"## {name} {form.title.zh}", "", f"{form.about.zh}。 {form.about.en}.", ""]
        made = "; made by the program" if form.made else ""
        lines += [f"Counts as `{form.backing.value}`, in date for {form.valid_months} months{made}.", ""]
        lines += ["| column | 中文 | meaning | kind | required | codes, notes |", "|---|---|---|---|---|---|"]
        lines += [_column(column) for column in form.columns]
        lines += [_column(column, "derived: leaves in place of texts") for column in form.derived]
    lines += [
        "",
        "## Business data as evidence",
        "",
        "Of orders and calls only these columns leave the centre; numbers",
    ]
    lines += ["and agents as running numbers, nothing that a person wrote.", ""]
    lines += [f"- `{name}`: {', '.join(f'`{column}`' for column in schema.names)}" for name, schema in BUSINESS.items()]
    lines += [
        "",
        "## What can be wrong",
        "",
        "| code | 问题 | 处理办法 | 结果 | meaning | how to mend |",
        "|---|---|---|---|---|---|",
    ]
    for fault, (said, mend, became) in MEANINGS.items():
        lines.append(f"| `{fault.value}` | {said.zh} | {mend.zh} | {became.zh} | {said.en} | {mend.en} |")
    return "\n".join(lines) + "\n"


def _column(column: Column, note: str = "") -> str:
    kind = column.kind.value if column.form is None else f"{column.kind.value}:{column.form}"
    marks = [word for flag, word in ((column.key, "unique"), (column.check, "may be checked by sample")) if flag]
    notes = "; ".join([*(f"`{code}`" for code in column.codes), *filter(None, (column.note, note)), *marks])
    must = "yes" if column.required else ""
    return f"| `{column.name}` | {column.title.zh} | {column.title.en} | {kind} | {must} | {notes} |"


def index() -> str:
    """The list of these pages."""
    lines = ["# Reference", "", "Made by `make docs`; edit the code that a page describes, never the page.", ""]
    lines += [f"- [{text.splitlines()[0].removeprefix('# ')}]({name})" for name, text in _described().items()]
    return "\n".join(lines) + "\n"


def settings() -> str:
    """Every setting."""
    lines = ["# Settings", "", "Environment variables, read in `suqiu/config.py` only. Made by `make docs`.", ""]
    lines += ["| variable | 说明 | meaning | default |", "|---|---|---|---|"]
    for item in fields(Settings):
        text, default = item.metadata["help"], item.default
        shown = f"`{default}`"
        if isinstance(default, Path) and default.is_absolute():
            shown = f"`{default.name}/` beside the package"
        lines.append(f"| `SUQIU_{item.name.upper()}` | {text.zh} | {text.en} | {shown} |")
    return "\n".join(lines) + "\n"


def faults() -> str:
    """Every objection to a row of input, and every exit code."""
    lines = ["# Faults and exit codes", "", "Made by `make docs`.", "", "## What intake objects to", ""]
    lines += ["| code | 问题 | 如何更正 | meaning | how to mend |", "|---|---|---|---|---|"]
    for code, (what, hint) in FAULTS.items():
        lines.append(f"| `{code.value}` | {what.zh} | {hint.zh} | {what.en} | {hint.en} |")
    lines += [
        "",
        "## What a command exits with",
        "",
        "| exit code | error | 含义 |",
        "|---|---|---|",
        "| 0 | - | 成功 |",
    ]
    kinds = [item for item in vars(errors).values() if inspect.isclass(item) and issubclass(item, errors.SuqiuError)]
    for kind in sorted(set(kinds), key=lambda item: item.exit_code):
        lines.append(f"| {kind.exit_code} | `{kind.__name__}` | {chinese_term(kind)} |")
    lines.append("| 64 | - | 用法错误 |")
    lines.append("| 130 | - | 用户中断；再次运行即从断点继续 |")
    return "\n".join(lines) + "\n"


def probes() -> str:
    """Every probe with its arguments and what it computes."""
    lines = ["# Probes", "", "What an automatic indicator may ask of evidence. Made by `make docs` from"]
    lines += ["`suqiu/assessment/probes/`. A change of what a probe computes is a new version.", ""]
    lines += ["An argument in brackets may be left out. `that` and `among` are conditions:", ""]
    told = (inspect.getdoc(conditions) or "").split("\n\n", 1)[1]
    lines += [told.replace("equal::", "equal:").replace("::\n", ":\n"), ""]
    for name, probe in sorted(PROBES.items()):
        wanted = list(inspect.signature(probe.ask).parameters.values())[1:]
        shown = [f"[{one.name}]" if one.default is not inspect.Parameter.empty else one.name for one in wanted]
        first, *more = (inspect.getdoc(probe.ask) or "").split("\n\n")
        lines += [f"## {name}", "", f"`{', '.join(shown)}`" if shown else "no arguments", "", first]
        lines += [line for part in more for line in ("", part)] + [""]
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """Every reference page by its file name."""
    return {"README.md": index(), **_described()}


def _described() -> dict[str, str]:
    return {
        "commands.md": cli.describe(),
        "terms.md": terms(),
        "measures.md": measures(),
        "tables.md": tables(),
        "faults.md": faults(),
        "fields.md": mapping_fields(),
        "weights.md": weights(),
        "forms.md": forms(),
        "probes.md": probes(),
        "settings.md": settings(),
        "rights.md": rights_table.described(),
    }


def main() -> None:
    """Write every page."""
    REFERENCE.mkdir(exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, "utf-8")
    sys.stdout.write(f"{len(pages())} pages in {REFERENCE}\n")


if __name__ == "__main__":
    main()
