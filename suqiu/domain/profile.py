"""What an export holds, counted: the material from which a city pack is drafted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class RegionUse:
    """One place name chain found in an export 区划用例.

    Attributes:
        names: district, street, community names, from the widest, as far as they are filled in.
        orders: rows that carry exactly this chain.
        lon, lat: median coordinates of those rows, None where there are none.
    """

    names: tuple[str, ...]
    orders: int
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class ExportProfile:
    """The distinct values of an export and how often each occurs 导出概况.

    Attributes:
        file: the export's name.
        orders: rows read.
        first_day, last_day: of acceptance; None when no time could be read.
        categories: chains of category names from the widest, with their orders.
        departments: names as written, with their orders.
        department_by_category: for each category chain the department names with their orders.
        regions: place name chains.
        types, channels, statuses, satisfactions: values as written, with their orders.
    """

    file: str
    orders: int
    first_day: date | None
    last_day: date | None
    categories: Mapping[tuple[str, ...], int]
    departments: Mapping[str, int]
    department_by_category: Mapping[tuple[str, ...], Mapping[str, int]]
    regions: tuple[RegionUse, ...]
    types: Mapping[str, int]
    channels: Mapping[str, int]
    statuses: Mapping[str, int]
    satisfactions: Mapping[str, int]
