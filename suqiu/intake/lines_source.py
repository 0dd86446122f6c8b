"""JSON lines: one object a line, plain or gzipped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa

from suqiu.domain.fault import FaultCode
from suqiu.intake.cells import cell_text, clean_headers
from suqiu.intake.encoding import open_bytes
from suqiu.intake.refusals import empty_file, no_header, unreadable
from suqiu.intake.source import BATCH_ROWS, BrokenRow, Portion, SourceTable, make_batch

#: Lines whose keys make the columns; a key that first appears later is not a column.
_HEAD_LINES = 20_000


@dataclass(frozen=True)
class LinesTable(SourceTable):
    """A file of JSON objects; a nested object's keys become `outer.inner` columns 逐行JSON.

    Attributes:
        path: the file.
        keys: the keys as written, in the order of `columns`.
    """

    path: Path
    keys: tuple[str, ...]

    def portions(self, batch_rows: int = BATCH_ROWS) -> Iterator[Portion]:
        """Read the file by lines; a line that holds no JSON object is a broken row. See `SourceTable.portions`.

        Raises:
            InvalidInput: the file is damaged.
        """
        try:
            stream, file = open_bytes(self.path)
            with file, stream:
                lines = enumerate(stream, start=1)
                while chunk := list(islice(lines, batch_rows)):
                    yield self._portion(chunk, min(1.0, file.tell() / max(1, self.size)))
        except (OSError, EOFError) as error:
            raise unreadable(self.file, error) from error

    def _portion(self, lines: list[tuple[int, bytes]], share: float) -> Portion:
        rows: list[dict[str, str]] = []
        numbers: list[int] = []
        broken: list[BrokenRow] = []
        for number, line in lines:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8", errors="replace").strip()
            if not text:
                continue
            row = _parse(text)
            if row is None:
                broken.append(BrokenRow(number, FaultCode.UNREADABLE_ROW, text))
            else:
                rows.append(row)
                numbers.append(number)
        cells = [pa.array([row.get(key, "") for row in rows], pa.string()) for key in self.keys]
        return Portion(make_batch(self.columns, cells, pa.array(numbers, pa.int64())), tuple(broken), share)


def open_lines(path: Path, name: str) -> LinesTable:
    """Look at the first lines for the columns.

    Raises:
        InvalidInput: the file is empty or damaged, or its first lines hold no JSON object.
    """
    keys: dict[str, None] = {}
    empty = True
    try:
        stream, file = open_bytes(path)
        with file, stream:
            for line in islice(stream, _HEAD_LINES):
                text = line.decode("utf-8-sig", errors="replace").strip()
                empty = empty and not text
                keys.update(dict.fromkeys(_parse(text) or ()))
    except (OSError, EOFError) as error:
        raise unreadable(path.name, error) from error
    if empty:
        raise empty_file(path.name)
    if not keys:
        raise no_header(path.name)
    return LinesTable(name, path.name, clean_headers(tuple(keys)), None, path.stat().st_size, path, tuple(keys))


def _parse(text: str) -> dict[str, str] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return dict(_flat(found)) if isinstance(found, dict) else None


def _flat(found: dict[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in found.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, cell_text(value)
