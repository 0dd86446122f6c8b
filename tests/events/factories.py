"""A small city and streams of orders with what was planted in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from suqiu.domain.city import Category, City, Region, RegionLevel, Taxonomy, Weight
from suqiu.domain.clock import Calendar, LimitTable
from suqiu.domain.tables import ORDERS, READINGS

DAYS, FIRST_DAY = 181, np.datetime64("2026-01-01", "D")
KINDS, STREETS, COMMUNITIES = 40, 16, 6

WEIGHTS = {
    "repeats.similarity": 0.5,
    "repeats.caller_similarity": 0.3,
    "repeats.window_days": 60,
    "events.window_days": 14,
    "events.min_orders": 8,
    "events.max_chance": 0.05,
    "events.steady_share": 0.5,
}


def category_id(kind: int) -> str:
    return f"{kind // 20 + 1:02d}.{kind // 5 % 4 + 1:02d}.{kind % 5 + 1:02d}"


def region_id(street: int, community: int) -> str:
    return f"{street // 4 + 1:02d}.{street % 4 + 1:02d}.{community + 1:03d}"


def a_city() -> City:
    categories: dict[str, Category] = {}
    for kind in range(KINDS):
        parts = category_id(kind).split(".")
        for depth in (1, 2, 3):
            node = ".".join(parts[:depth])
            categories.setdefault(node, Category(node, f"事项{node}"))
    regions: dict[str, Region] = {}
    levels = (RegionLevel.DISTRICT, RegionLevel.STREET, RegionLevel.COMMUNITY)
    for street in range(STREETS):
        for community in range(COMMUNITIES):
            parts = region_id(street, community).split(".")
            for depth, level in enumerate(levels, 1):
                node = ".".join(parts[:depth])
                regions.setdefault(node, Region(node, f"地点{node}", level))
    calendar = Calendar(frozenset(), frozenset(), date(2025, 1, 1), date(2027, 12, 31))
    return City(
        "test",
        "测试市",
        "Testville",
        "Asia/Shanghai",
        None,
        Taxonomy(tuple(sorted(categories.values(), key=lambda c: c.id)), "example"),
        (),
        (),
        tuple(sorted(regions.values(), key=lambda r: r.id)),
        calendar,
        LimitTable((), (), "example"),
        {name: Weight(value, "test") for name, value in WEIGHTS.items()},
    )


def noise(count: int, seed: int) -> dict[str, np.ndarray]:
    """Ordinary orders: uneven kinds and places, weekdays, a season for kind 0, growth over the half-year."""
    draw = np.random.default_rng(seed)
    days = np.arange(DAYS)
    weekday = np.where((days + 3) % 7 < 5, 1.0, 0.6)
    festival = np.where((days >= 45) & (days < 53), 0.4, 1.0)
    volume = weekday * festival * (1 + days / DAYS)
    kinds = 1 / np.arange(1, KINDS + 1) ** 0.7
    kind = draw.choice(KINDS, count, p=kinds / kinds.sum())
    winter = volume * (0.1 + np.cos(days / DAYS * np.pi) ** 2)
    day = draw.choice(DAYS, count, p=volume / volume.sum())
    cold = draw.choice(DAYS, count, p=winter / winter.sum())
    places = 1 / np.arange(1, STREETS * COMMUNITIES + 1) ** 0.5
    place = draw.choice(STREETS * COMMUNITIES, count, p=places / places.sum())
    return {"kind": kind, "day": np.where(kind == 0, cold, day), "place": place, "label": np.full(count, -1)}


def a_burst(
    label: int, count: int, kind: int, first: int, days: int, seed: int, places: Sequence[int], rising: bool = False
) -> dict[str, np.ndarray]:
    """Orders about one thing in some places over some days."""
    draw = np.random.default_rng(seed)
    share = np.arange(1, days + 1, dtype=float) ** 1.5 if rising else np.ones(days)
    return {
        "kind": np.full(count, kind),
        "day": first + draw.choice(days, count, p=share / share.sum()),
        "place": draw.choice(np.array(places), count),
        "label": np.full(count, label),
    }


def readings(*streams: dict[str, np.ndarray]) -> tuple[pa.RecordBatch, np.ndarray]:
    """Lay streams together in time; also return each order's label."""
    columns = {name: np.concatenate([stream[name] for stream in streams]) for name in streams[0]}
    count = len(columns["day"])
    second = columns["day"] * 86_400 + np.random.default_rng(count).integers(0, 86_400, count)
    order = np.lexsort((np.arange(count), second))
    columns = {name: column[order] for name, column in columns.items()}
    region = [region_id(place // COMMUNITIES, place % COMMUNITIES) for place in columns["place"]]
    category = [category_id(kind) for kind in columns["kind"]]
    made: dict[str, Any] = {
        "order_id": [f"{n:08d}" for n in range(count)],
        "accepted_at": pa.array(FIRST_DAY.astype("datetime64[s]") + second[order].astype("timedelta64[s]")),
        "category": category,
        "category_1": [name[:2] for name in category],
        "category_2": [name[:5] for name in category],
        "district": [name[:2] for name in region],
        "street": [name[:5] for name in region],
        "community": region,
        "urgency": ["normal"] * count,
        "urgency_basis": ["rule"] * count,
        "caller_id": [f"c{n}" for n in range(count)],
    }
    return in_schema(READINGS, made), columns["label"]


def in_schema(schema: pa.Schema, columns: Mapping[str, Any]) -> pa.RecordBatch:
    """Fill a schema from columns, null or a neutral value where none is given."""
    count = len(columns["order_id"])
    neutral = {"string": "", "bool": False, "int64": 0, "int8": 0}
    arrays = []
    for field in schema:
        if field.name in columns:
            arrays.append(pa.array(columns[field.name], field.type))
        else:
            arrays.append(pa.array([None if field.nullable else neutral[str(field.type)]] * count, field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def orders(texts: Sequence[str], moments: Sequence[datetime]) -> pa.RecordBatch:
    made: dict[str, Any] = {
        "order_id": [f"{n:08d}" for n in range(len(texts))],
        "text": list(texts),
        "accepted_at": list(moments),
    }
    return in_schema(ORDERS, made)


def in_batches(batch: pa.RecordBatch, rows: int) -> Iterator[pa.RecordBatch]:
    for start in range(0, batch.num_rows, rows):
        yield batch.slice(start, rows)
