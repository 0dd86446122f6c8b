"""Count what an export holds: the material from which a city pack is drafted."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.errors import InvalidInput
from suqiu.domain.profile import ExportProfile, RegionUse
from suqiu.domain.text import Text
from suqiu.intake.checks import check_range
from suqiu.intake.codes import BLANKS
from suqiu.intake.lookups import NO_PLACE
from suqiu.intake.mapping import Mapping, TableMapping
from suqiu.intake.source import Source
from suqiu.intake.times import parse_times

_MARK = "\x1f"
_BLANKS = pa.array(BLANKS)
_PLACES = ("district", "street", "community")
_WORDS = ("type", "channel", "status", "satisfaction")
_NOTHING = pa.scalar(None, pa.string())
_DAY = np.dtype("datetime64[D]")


def profile(source: Source, mapping: Mapping) -> ExportProfile:
    """Count categories, departments, places and codes of all orders, portion by portion.

    Raises:
        InvalidInput: the mapping has no orders section, or the source is damaged.
    """
    mapped = mapping.tables.get("orders")
    if mapped is None:
        raise InvalidInput(
            "intake.mapping_without_orders",
            Text("列映射缺少orders部分", "the mapping has no orders section"),
            Text("请在列映射文件中补充工单表的映射", "add the orders section to the mapping file"),
        )
    count = _Count()
    taken = [table for table in source.tables if mapped.takes(table)]
    for table in taken:
        for portion in table.portions():
            count.add(portion.batch, mapped, len(portion.broken))
    return count.result("、".join(table.file for table in taken))


class _Count:
    """Everything counted so far."""

    def __init__(self) -> None:
        self.orders = 0
        self.days: list[npt.NDArray[np.datetime64]] = []
        self.pairs: Counter[tuple[str, str]] = Counter()
        self.places: Counter[str] = Counter()
        self.degrees: dict[str, list[npt.NDArray[np.float64]]] = defaultdict(list)
        self.words: dict[str, Counter[str]] = {
            name: Counter() for name in ("type", "channel", "status", "satisfaction")
        }

    def add(self, batch: pa.RecordBatch, mapped: TableMapping, broken: int) -> None:
        """Count one portion."""
        self.orders += batch.num_rows + broken
        moments, _ = parse_times(_first(batch, mapped.columns.get("accepted_at", ())))
        moments = moments[~np.isnat(moments) & ~check_range(moments)]
        if len(moments):
            self.days.append(np.array([moments.min(), moments.max()]).astype(_DAY))
        chains = _chain([_cells(batch, column) for column in mapped.columns.get("category", ())], batch.num_rows)
        departments = _first(batch, mapped.columns.get("department", ())).fill_null("")
        table = pa.table({"category": chains, "department": departments})
        for row in table.group_by(["category", "department"]).aggregate([([], "count_all")]).to_pylist():
            self.pairs[row["category"], row["department"]] += row["count_all"]
        for name, counter in self.words.items():
            for row in pc.value_counts(_first(batch, mapped.columns.get(name, ())).drop_null()).to_pylist():
                counter[row["values"]] += row["counts"]
        self._add_places(batch, mapped)

    def _add_places(self, batch: pa.RecordBatch, mapped: TableMapping) -> None:
        levels = [_first(batch, mapped.columns.get(name, ())) for name in _PLACES]
        nowhere = pa.array(sorted(NO_PLACE))
        levels = [
            pc.if_else(pc.is_in(level, value_set=nowhere), pa.scalar(None, pa.string()), level) for level in levels
        ]
        chains = _chain(levels, batch.num_rows)
        degrees = np.column_stack([_degrees(_first(batch, mapped.columns.get(name, ()))) for name in ("lon", "lat")])
        known = np.isfinite(degrees).all(axis=1) & (degrees != 0).all(axis=1)
        known &= (np.abs(degrees[:, 0]) <= 180) & (np.abs(degrees[:, 1]) <= 90)
        encoded = chains.dictionary_encode()
        codes = encoded.indices.to_numpy()
        for code, chain in enumerate(encoded.dictionary.to_pylist()):
            self.places[chain] += int(np.count_nonzero(codes == code))
            here = degrees[(codes == code) & known]
            if len(here):
                self.degrees[chain].append(here)

    def result(self, file: str) -> ExportProfile:
        """Return the profile; every count is sorted by name."""
        categories: Counter[tuple[str, ...]] = Counter()
        departments: Counter[str] = Counter()
        by_category: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for (chain, department), orders in self.pairs.items():
            path = _path(chain)
            if path:
                categories[path] += orders
            if department:
                departments[department] += orders
            if path and department:
                by_category[path][department] += orders
        regions = tuple(self._region(chain) for chain in sorted(self.places) if _path(chain))
        first = min((pair[0] for pair in self.days), default=None)
        last = max((pair[1] for pair in self.days), default=None)
        return ExportProfile(
            file,
            self.orders,
            None if first is None else first.item(),
            None if last is None else last.item(),
            dict(sorted(categories.items())),
            dict(sorted(departments.items())),
            {path: dict(sorted(counts.items())) for path, counts in sorted(by_category.items())},
            regions,
            *(dict(sorted(self.words[name].items())) for name in _WORDS),
        )

    def _region(self, chain: str) -> RegionUse:
        found = self.degrees.get(chain)
        lon, lat = np.median(np.concatenate(found), axis=0).tolist() if found else (None, None)
        return RegionUse(_path(chain), self.places[chain], lon, lat)


def _cells(batch: pa.RecordBatch, column: str) -> pa.Array:
    if column not in batch.schema.names:
        return pa.nulls(batch.num_rows, pa.string())
    trimmed = pc.utf8_trim_whitespace(batch.column(column))
    return pc.if_else(pc.is_in(trimmed, value_set=_BLANKS), _NOTHING, trimmed)


def _first(batch: pa.RecordBatch, columns: tuple[str, ...]) -> pa.Array:
    nothing = pa.nulls(batch.num_rows, pa.string())
    return pc.coalesce(nothing, *(_cells(batch, column) for column in columns))


def _chain(levels: list[pa.Array], rows: int) -> pa.Array:
    if not levels:
        return pa.array([""] * rows, pa.string())
    return pc.binary_join_element_wise(*levels, _MARK, null_handling="replace", null_replacement="")


def _path(chain: str) -> tuple[str, ...]:
    """Return a chain's names from the widest down to the first that is not filled in."""
    names = chain.split(_MARK)
    end = next((n for n, name in enumerate(names) if not name), len(names))
    return tuple(names[:end])


def _degrees(cells: pa.Array) -> npt.NDArray[np.float64]:
    shaped = pc.match_substring_regex(cells, r"^-?[0-9]{1,3}(?:\.[0-9]+)?$")
    numbers = pc.if_else(shaped, cells, _NOTHING).cast(pa.float64())
    degrees: npt.NDArray[np.float64] = numbers.to_numpy(zero_copy_only=False)
    return degrees
