"""A centre's folder as a real one would hand it in: forms with Chinese headers, exports, what it says of itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import xlsxwriter
import yaml

from suqiu.simulate import columns
from suqiu.simulate.centres.plan import Centre, Plan
from suqiu.simulate.centres.rows import Row
from suqiu.simulate.writing import CsvSheet

#: Forms that offices keep as spreadsheets.
_WORKBOOKS = frozenset({"staff", "budget", "documents", "infrastructure"})
_SYSTEM = {"system": "热线业务系统（模拟）", "version": "1.0"}
#: Written into spreadsheets, so that the same content is the same bytes.
_CREATED = datetime(2026, 1, 1, tzinfo=UTC)
_EXPORTS = {
    "orders": columns.ORDERS, "steps": columns.STEPS, "calls": columns.CALLS, "callbacks": columns.CALL_BACKS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FormSheet:
    """How a form is laid out 填报表版式.

    Attributes:
        titles: Chinese header by column, in order.
        key: the column that tells rows apart.
        checked: columns that an assessor may check by sample.
    """

    titles: Mapping[str, str]
    key: str
    checked: tuple[str, ...]


@cache
def sheets() -> Mapping[str, FormSheet]:
    """Return the layout of every form that a centre fills in.

    Read as data from the one file that defines the forms, as a centre would take the templates made from it.
    """
    text = files("suqiu").joinpath("assessment", "forms.yaml").read_text("utf-8")
    found = {}
    for name, form in yaml.safe_load(text).items():
        parts: dict[str, list[str]] = form["columns"]
        found[name] = FormSheet(
            {column: said[1] for column, said in parts.items()},
            next((column for column, said in parts.items() if "key" in said), ""),
            tuple(column for column, said in parts.items() if "check" in said),
        )
    return found


def cell(value: object) -> str:
    """Return a cell as a person would fill it in."""
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return str(value)[:19]
    return str(value)


def write_form(folder: Path, name: str, rows: Sequence[Row]) -> Path:
    """Write a form, some as spreadsheets, and return the file."""
    titles = sheets()[name].titles
    folder.mkdir(parents=True, exist_ok=True)
    lines = [list(titles.values()), *([cell(row.get(column)) for column in titles] for row in rows)]
    if name not in _WORKBOOKS:
        path = folder / f"{name}.csv"
        write_csv(path, lines)
        return path
    path = folder / f"{name}.xlsx"
    with xlsxwriter.Workbook(str(path), {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED})
        sheet = book.add_worksheet("填报表")
        for number, line in enumerate(lines):
            for place, text in enumerate(line):
                sheet.write_string(number, place, text)
    return path


def write_csv(path: Path, lines: Sequence[Sequence[str]]) -> None:
    """Write a CSV as spreadsheets do: UTF-8 with a mark at the beginning."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())


def write_export(folder: Path, name: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Write a file of the export: orders, steps, calls or callbacks."""
    folder.mkdir(parents=True, exist_ok=True)
    sheet = CsvSheet(folder / f"{name}.csv", _EXPORTS[name])
    sheet.add(columns.export(_EXPORTS[name], rows))
    sheet.close()


def write_centre(folder: Path, plan: Plan, centre: Centre, city: str, forms: Mapping[str, Path]) -> None:
    """Write what a centre says of itself: who it is, what it hands in, which targets are set."""
    evidence: list[dict[str, object]] = [
        {"table": "export", "file": "export", "origin": _SYSTEM, "collected": plan.collected}
    ]
    for name, path in sorted(forms.items()):
        day: date = centre.stale.get(name, plan.collected)
        where = path.relative_to(folder).as_posix()
        evidence.append({"form": name, "file": where, "origin": _SYSTEM, "collected": day})
    targets = plan.targets
    content = {
        "id": centre.id,
        "name": centre.name,
        "profile": centre.profile,
        "residents": centre.residents,
        "city": city,
        "period": {"first": plan.first, "last": plan.last},
        "evidence": evidence,
        "targets": [
            {"subject": subject, "target": value, "set_by": targets.set_by, "reason": targets.reason}
            for subject, value in targets.values.items()
        ],
    }
    write_yaml(folder / "centre.yaml", content)


def write_yaml(path: Path, content: object) -> None:
    """Write YAML, keys as they come."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.dump(content, Dumper=_Plain, allow_unicode=True, sort_keys=False), "utf-8")


class _Plain(yaml.SafeDumper):
    """Repeats what occurs twice, instead of pointing at it."""

    def ignore_aliases(self, data: object) -> bool:
        return True
