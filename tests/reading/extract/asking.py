"""One extractor for the example city, asked about single texts."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from suqiu.citypack import load
from suqiu.reading.extract import Extractor, Kind

LINJIANG = Path(__file__).parents[3] / "cities" / "linjiang"
#: A Wednesday.
NOW = datetime(2026, 3, 18, 10, 20)


@cache
def extractor() -> Extractor:
    """Return the extractor for the example city."""
    return Extractor(load(LINJIANG))


def batch(count: int) -> pa.RecordBatch:
    """Return what the extractor reads of orders."""
    at = pa.array([NOW] * count, pa.timestamp("s"))
    return pa.RecordBatch.from_pydict({"order_id": pa.array([f"A{n}" for n in range(count)]), "accepted_at": at})


def mentioned(text: str, kind: Kind) -> list[tuple[str, str | None]]:
    """Return text and value of each mention of a kind."""
    return [(row["text"], row["value"]) for row in rows(text) if row["kind"] == kind.value]


def measured(text: str, kind: Kind) -> list[tuple[float | None, str | None, str | None]]:
    """Return amount, unit and value of each mention of a kind."""
    return [(row["amount"], row["unit"], row["value"]) for row in rows(text) if row["kind"] == kind.value]


def words(text: str, kind: Kind) -> list[str]:
    """Return the text of each mention of a kind."""
    return [text for text, _ in mentioned(text, kind)]


def values(text: str, kind: Kind) -> list[str | None]:
    """Return the value of each mention of a kind."""
    return [value for _, value in mentioned(text, kind)]


def rows(text: str) -> list[dict[str, Any]]:
    """Return all mentions of a text."""
    found: list[dict[str, Any]] = extractor().extract(batch(1), pa.array([text])).to_pylist()
    return found
