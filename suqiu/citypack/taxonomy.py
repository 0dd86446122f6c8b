"""Read the taxonomy: nested lists of categories, in one file or a folder of files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from suqiu.citypack.pack_files import Where, yaml_files
from suqiu.datafiles.file_fault import FaultLog
from suqiu.datafiles.located_yaml import Entry, read_entries
from suqiu.domain.city import Category
from suqiu.domain.text import Text

NAME = "taxonomy"
#: Exports in use have three or four levels; deeper trees are slips of indentation.
MAX_LEVELS = 4
_ID = re.compile(r"\d+(\.\d+)*")


def read_taxonomy(folder: Path, faults: FaultLog) -> dict[Category, Where] | None:
    """Read all categories with their lines, parents before children; None when nothing could be read."""
    files = yaml_files(folder, NAME, faults)
    found: dict[Category, Where] = {}
    seen: dict[str, Where] = {}
    names: dict[str, Where] = {}
    readable = False
    for file in files:
        entries = read_entries(folder / file, file, faults)
        readable = readable or entries is not None
        for entry in entries or []:
            _read_node(entry, None, found, seen, names)
    return found if readable else None


def _read_node(
    entry: Entry,
    parent: str | None,
    found: dict[Category, Where],
    seen: dict[str, Where],
    siblings: dict[str, Where],
) -> None:
    here = Where(entry.file, entry.line)
    id_, name = entry.text("id"), entry.text("name")
    about = entry.text("about", required=False) or ""
    children = entry.entries("children", required=False)
    entry.finish()
    if name is not None:
        once(entry, "name", name, siblings, here)
    if id_ is None or not _check_id(entry, id_, parent) or not once(entry, "id", id_, seen, here):
        return
    # Without a name the category stands all the same, so that nobody misses its id.
    found[Category(id_, name or id_, about)] = here
    if children and id_.count(".") + 1 >= MAX_LEVELS:
        entry.error(
            "children",
            Text("分类最多{n}级", "the taxonomy has at most {n} levels").fill(n=MAX_LEVELS),
            Text("请检查缩进，或合并过细的分类", "check the indentation, or merge categories that are too fine"),
        )
        return
    names: dict[str, Where] = {}
    for child in children:
        _read_node(child, id_, found, seen, names)


def _check_id(entry: Entry, id_: str, parent: str | None) -> bool:
    if not _ID.fullmatch(id_):
        entry.error(
            "id",
            Text("编号“{id}”格式不对", "id “{id}” is malformed").fill(id=id_),
            Text("请用点分数字，如03.02.05", "write dotted numbers such as 03.02.05"),
        )
        return False
    stated = id_.rpartition(".")[0] or None
    if stated != parent:
        entry.error(
            "id",
            Text("编号“{id}”不在上级“{parent}”之下", "id “{id}” is not under its parent “{parent}”").fill(
                id=id_, parent=parent or "—"
            ),
            Text("下级编号应为上级编号加一段数字", "a child's id is its parent's id and one more number"),
        )
        return False
    return True


def once(entry: Entry, key: str, value: str, seen: dict[str, Where], here: Where) -> bool:
    """Say whether a value is new among those seen, and remember it; a repeated one is noted as a fault."""
    before = seen.setdefault(value, here)
    if before is here:
        return True
    entry.error(
        key,
        Text("“{value}”重复，已见于{file}第{line}行", "“{value}” repeats {file} line {line}").fill(
            value=value, file=before.file, line=before.line
        ),
        Text("请改为不重复的值，或删除其中一条", "make them different, or delete one"),
    )
    return False


def warn_of_uncovered(taxonomy: Mapping[Category, Where], covered: set[str], faults: FaultLog) -> None:
    """Note every leaf for which neither it nor a wider category has a duty."""
    parents = {category.parent for category in taxonomy}
    for category, where in taxonomy.items():
        parts = category.id.split(".")
        lineage = {".".join(parts[:n]) for n in range(1, len(parts) + 1)}
        if category.id not in parents and not lineage & covered:
            faults.warn(
                where.file,
                where.line,
                Text("分类“{id} {name}”没有对应的职责", "category “{id} {name}” has no duty").fill(
                    id=category.id, name=category.name
                ),
                Text("请在duties中补充主办单位", "add a duty with its lead department"),
            )
