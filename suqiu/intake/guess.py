"""A first mapping, from what columns are called and, where that says nothing, from what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.city import City
from suqiu.domain.order import OrderType, Urgency
from suqiu.intake.codes import code_words
from suqiu.intake.fields import FIELDS, Field, Holds, category_levels, comparable, headers
from suqiu.intake.lookups import CategoryLookup, DepartmentLookup
from suqiu.intake.mapping import Derived, TableMapping
from suqiu.intake.mapping import Mapping as ColumnMapping
from suqiu.intake.source import Source, SourceTable
from suqiu.intake.times import parse_times

#: Rows looked at where names say nothing.
_SAMPLE = 2_000
#: Share of the filled cells that must agree with what a column is taken for.
_MOST = 0.8
#: A name inside a longer header counts from this many characters: 受理时间 in 工单受理时间（首次）.
_TELLING = 4
#: What makes a source table one of ours: one field of each group must be found by its name.
_SIGNATURES: dict[str, tuple[tuple[str, ...], ...]] = {
    "orders": (("accepted_at",), ("text", "title")),
    "calls": (("call_id",), ("queued_at",)),
    "call_backs": (("order_id",), ("at",), ("by", "reached", "contacted", "solved", "satisfaction", "truthful")),
    "steps": (("order_id",), ("kind",), ("at",)),
}

Columns = dict[str, tuple[str, ...]]


def guess(source: Source, city: City) -> ColumnMapping:
    """Guess which columns fill which fields; `mapping.check` says what the guess lacks.

    Tables are told apart by their headers. For orders, fields that no header names are looked for in the values:
    times, long texts, numbers that never repeat, telephones, coordinates, names of the city's departments.
    """
    found: dict[str, list[tuple[SourceTable, Columns]]] = {table: [] for table in FIELDS}
    left: list[SourceTable] = []
    for table in source.tables:
        kind, columns = _recognise(table)
        if kind is None:
            left.append(table)
        else:
            found[kind].append((table, columns))
    if not found["orders"] and left:
        found["orders"] = [(table, _by_name("orders", table.columns)) for table in left]
    return ColumnMapping({kind: _section(kind, tables, city) for kind, tables in found.items() if tables})


def _recognise(table: SourceTable) -> tuple[str | None, Columns]:
    """Return which of our tables a source table is, and its columns; the one of which most fields are found."""
    candidates = {kind: _by_name(kind, table.columns) for kind in FIELDS}
    fitting = [
        kind
        for kind, groups in _SIGNATURES.items()
        if all(any(name in candidates[kind] for name in group) for group in groups)
    ]
    best = max(fitting, key=lambda kind: len(candidates[kind]), default=None)
    return best, candidates[best] if best is not None else {}


def _by_name(kind: str, columns: Sequence[str]) -> Columns:
    """Match columns to fields by their headers: equal ones first, then longer ones that hold a field's name."""
    plain = {column: comparable(column) for column in columns}
    found: Columns = {}
    for alike in (_equal, _holds):
        for field in FIELDS[kind]:
            free = [column for column in columns if all(column not in taken for taken in found.values())]
            matched = _match(kind, field, {column: plain[column] for column in free}, alike)
            if matched and field.name not in found:
                found[field.name] = matched if field.many else matched[:1]
    return found


def _match(kind: str, field: Field, plain: Mapping[str, str], alike: Callable[[str, str], bool]) -> tuple[str, ...]:
    if field.holds is Holds.CATEGORY:
        levels = [
            next((column for column, name in plain.items() if name in level), None) for level in category_levels()
        ]
        if levels[0] is not None:
            return tuple(column for column in levels if column is not None)
        return tuple(_matches(kind, field, plain, alike))[:1]
    return tuple(dict.fromkeys(_matches(kind, field, plain, alike)))


def _matches(kind: str, field: Field, plain: Mapping[str, str], alike: Callable[[str, str], bool]) -> list[str]:
    return [column for name in headers(kind, field.name) for column, header in plain.items() if alike(header, name)]


def _equal(header: str, name: str) -> bool:
    return header == name


def _holds(header: str, name: str) -> bool:
    return len(name) >= _TELLING and name in header and not name.isascii()


def _section(kind: str, tables: list[tuple[SourceTable, Columns]], city: City) -> TableMapping:
    columns: Columns = {}
    for _, named in tables:
        for name, taken in named.items():
            columns[name] = tuple(dict.fromkeys((*columns.get(name, ()), *taken)))
    sources = tuple(dict.fromkeys(table.name for table, _ in tables))
    if kind != "orders":
        return TableMapping(sources, columns)
    sample = next(iter(tables[0][0].portions(_SAMPLE)), None)
    if sample is None:
        return TableMapping(sources, columns)
    batch = sample.batch
    used = {column for taken in columns.values() for column in taken}
    free = {column: batch.column(column) for column in tables[0][0].columns if column not in used}
    columns = _by_value(columns, free, city)
    columns = _degrees_the_right_way(columns, batch)
    derive, values = _urgency_in_the_type(columns, batch)
    order = {field.name: columns[field.name] for field in FIELDS[kind] if field.name in columns}
    return TableMapping(sources, order, values, derive)


def _by_value(columns: Columns, free: dict[str, pa.Array], city: City) -> Columns:
    """Look among free columns for the fields that are still missing, each by a test of the values."""
    departments, categories = DepartmentLookup(city), CategoryLookup(city)
    tests: dict[str, Callable[[pa.Array], float]] = {
        "accepted_at": _like_times,
        "order_id": _like_numbers_of_orders,
        "text": _like_prose,
        "caller": _like_telephones,
        "department": lambda cells: _share(cells, lambda word: departments.find(word) is not None),
        "category": lambda cells: _share(cells, lambda word: categories.find((word,))[0] is not None),
    }
    found = dict(columns)
    for name, test in tests.items():
        if name in found or (name == "text" and "title" in found):
            continue
        scores = {column: test(_filled(cells)) for column, cells in free.items()}
        best = max(scores, key=lambda column: scores[column], default=None)
        if best is not None and scores[best] >= _MOST:
            found[name] = (best,)
            del free[best]
    return found


def _filled(cells: pa.Array) -> pa.Array:
    trimmed = pc.utf8_trim_whitespace(cells)
    return trimmed.filter(pc.not_equal(trimmed, ""))


def _like_times(cells: pa.Array) -> float:
    # Digits alone may be order numbers, so a time must be written with signs.
    written = cells.filter(pc.match_substring_regex(cells, r"\D"))
    _, bad = parse_times(written)
    return float(len(written) - np.count_nonzero(bad)) / max(1, len(cells))


def _like_numbers_of_orders(cells: pa.Array) -> float:
    shaped = pc.match_substring_regex(cells, r"^[0-9A-Za-z_\-]{3,40}$")
    different = pc.count_distinct(cells).as_py() == len(cells)
    return _mean(shaped) if different else 0.0


def _like_prose(cells: pa.Array) -> float:
    return _mean(pc.and_(pc.match_substring_regex(cells, r"\p{Han}{2}"), pc.greater_equal(pc.utf8_length(cells), 12)))


def _like_telephones(cells: pa.Array) -> float:
    return _mean(pc.match_substring_regex(cells, r"^(?:\+?86)?1[3-9][0-9*]{9}$|^0[0-9]{2,3}-?[0-9]{7,8}$"))


def _share(cells: pa.Array, known: Callable[[str], bool]) -> float:
    words = cells.to_pylist()
    return sum(1 for word in words if known(word)) / max(1, len(words))


def _mean(flags: pa.Array) -> float:
    return float(pc.mean(flags.cast(pa.float64())).as_py() or 0.0)


def _degrees_the_right_way(columns: Columns, batch: pa.RecordBatch) -> Columns:
    """Exchange longitude and latitude when the values say so: some systems write 横坐标 for the latitude."""
    if "lon" not in columns or "lat" not in columns:
        return columns
    lon, lat = (_middle(batch.column(columns[name][0])) for name in ("lon", "lat"))
    # China lies between 73 and 136 degrees east, 3 and 54 north: the two never overlap.
    if lon is not None and lat is not None and lon < 54 < 73 < lat:
        return {**columns, "lon": columns["lat"], "lat": columns["lon"]}
    return columns


def _middle(cells: pa.Array) -> float | None:
    """Return the median of a column's degrees, leaving out noughts and what are no degrees."""
    shaped = cells.filter(pc.match_substring_regex(cells, r"^[0-9]{1,3}\.[0-9]+$"))
    numbers = shaped.cast(pa.float64()).to_numpy(zero_copy_only=False)
    numbers = numbers[(numbers > 0) & (numbers <= 180)]
    return float(np.median(numbers)) if len(numbers) else None


def _urgency_in_the_type(
    columns: Columns, batch: pa.RecordBatch
) -> tuple[dict[str, Derived], dict[str, dict[str, str | None]]]:
    """Find words for urgency among the types (紧急类), which then tell urgency and no type."""
    if "type" not in columns or "urgency" in columns:
        return {}, {}
    words = set(_filled(batch.column(columns["type"][0])).unique().to_pylist())
    urgent = {word: code for word, code in code_words(Urgency).items() if word in words and code != Urgency.NORMAL}
    told = {word: urgent[word] for word in sorted(urgent) if word not in code_words(OrderType)}
    if not told:
        return {}, {}
    nothing: dict[str, str | None] = dict.fromkeys(told)
    return {"urgency": Derived(columns["type"][0], dict(told))}, {"type": nothing}
