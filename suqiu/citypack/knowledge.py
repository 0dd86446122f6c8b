"""Read the knowledge passages 知识条目: Markdown with a small head."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from suqiu.citypack.duties import unknown
from suqiu.citypack.pack_files import Where
from suqiu.citypack.taxonomy import once
from suqiu.datafiles.file_fault import FaultLog
from suqiu.datafiles.located_yaml import parse_mapping, read_text
from suqiu.domain.city import Passage
from suqiu.domain.text import Text

_HEAD = "---"


def read_knowledge(folder: Path, categories: Collection[str] | None, faults: FaultLog) -> tuple[Passage, ...]:
    """Read `knowledge/*.md` in name order; a pack without the folder knows nothing yet, which is no fault.

    Each file begins with a head between two lines `---`: id, title, source and, where it belongs to one, category.
    """
    seen: dict[str, Where] = {}
    passages = []
    for path in sorted((folder / "knowledge").glob("*.md")):
        file = f"knowledge/{path.name}"
        text = read_text(path, file, faults)
        passage = None if text is None else _read_passage(text, file, categories, seen, faults)
        if passage is not None:
            passages.append(passage)
    return tuple(passages)


def _read_passage(
    text: str, file: str, categories: Collection[str] | None, seen: dict[str, Where], faults: FaultLog
) -> Passage | None:
    lines = re.split(r"\r\n|\r|\n", text)
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == _HEAD), None)
    if lines[0].rstrip() != _HEAD or end is None:
        faults.error(
            file,
            1,
            Text("缺少两行“---”之间的条目信息", "the head between two lines “---” is missing"),
            Text("请在开头写明id、title、source", "begin with id, title and source"),
        )
        return None
    entry = parse_mapping("\n".join(lines[1:end]), file, faults, offset=1)
    if entry is None:
        return None
    id_, title, source = entry.text("id"), entry.text("title"), entry.text("source")
    category = entry.text("category", required=False)
    entry.finish()
    if id_ is not None:
        once(entry, "id", id_, seen, Where(file, entry.line))
    if category is not None and categories is not None and category not in categories:
        unknown(entry, "category", category, categories)
    body = "\n".join(lines[end + 1 :]).strip()
    if not body:
        faults.error(file, end + 1, Text("正文为空", "the body is empty"), Text("请写明答复内容", "write the answer"))
    if id_ is None or title is None or source is None or not body:
        return None
    return Passage(id_, title, body, source, category)
