"""Reads what the simulator wrote, with nothing but the standard library and pyarrow."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq


def records(path: Path) -> list[list[str]]:
    """Return the records of a CSV, the header first: record n is row n + 1 of a spreadsheet."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def sheet(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV that have as many cells as the header."""
    header, *rows = records(path)
    return [dict(zip(header, row, strict=True)) for row in rows if len(row) == len(header)]


def truth(out: Path, name: str) -> list[dict[str, object]]:
    """Return the rows of a table of the truth."""
    rows: list[dict[str, object]] = pq.read_table(out / "truth" / f"{name}.parquet").to_pylist()
    return rows


def true_orders(out: Path) -> dict[str, dict[str, str]]:
    """Return each true order's row of the export by its number: the last row where a number repeats fully."""
    numbers = {str(row["order_id"]) for row in truth(out, "orders")}
    found: dict[str, dict[str, str]] = {}
    for row in sheet(out / "orders.csv"):
        number = row["工单编号"]
        if number in numbers and (number not in found or row["受理渠道"]):
            found[number] = row
    return found
