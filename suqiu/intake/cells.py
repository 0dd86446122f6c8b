"""How a cell of any library becomes the text that a spreadsheet would show."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

#: A header stands among the first rows: exports put a title and a date above it at most.
_HEADER_WITHIN = 10
#: Zero-width characters and byte order marks that exports leave in headers.
_INVISIBLE = re.compile("[\\s\u200b\u200c\u200d\u2060\ufeff]+")
_DATA_LIKE = re.compile(r"[\d\-/:.\s年月日时分秒]{4,}")


def cell_text(value: object) -> str:
    """Return a cell as text: nothing is empty, whole floats lose their fraction, times are ISO with a space."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return str(value)


def header_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Find the header among a table's first rows: the first with two filled cells, else the first with any.

    Exports often begin with a title in a merged cell, hence "two". None when all are blank, or when the row
    found holds numbers or dates and so is data.
    """
    filled = [sum(1 for cell in row if cell.strip()) for row in rows[:_HEADER_WITHIN]]
    wide = next((n for n, count in enumerate(filled) if count >= 2), None)
    found = wide if wide is not None else next((n for n, count in enumerate(filled) if count), None)
    if found is None or any(_DATA_LIKE.fullmatch(cell.strip()) for cell in rows[found]):
        return None
    return found


def clean_headers(cells: Sequence[str]) -> tuple[str, ...]:
    """Return unique column names: a blank one is called by its position, a repeated one gets its count."""
    names: list[str] = []
    seen: dict[str, int] = {}
    for position, cell in enumerate(cells, start=1):
        name = _INVISIBLE.sub("", unicodedata.normalize("NFKC", cell)) or f"第{position}列"
        seen[name] = seen.get(name, 0) + 1
        while seen[name] > 1 and f"{name}_{seen[name]}" in seen:
            seen[name] += 1
        unique = name if seen[name] == 1 else f"{name}_{seen[name]}"
        seen.setdefault(unique, 1)
        names.append(unique)
    return tuple(names)
