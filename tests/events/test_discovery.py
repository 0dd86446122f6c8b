from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from suqiu.domain.event import EventStatus
from suqiu.domain.tables import EVENTS, READINGS
from suqiu.events import discover

from .factories import a_burst, a_city, in_batches, noise, readings

BURSTS = [
    a_burst(0, 40, kind=7, first=60, days=3, seed=1, places=[5]),  # a main bursts in one community
    a_burst(1, 25, kind=20, first=100, days=21, seed=2, places=[17]),  # a noisy site, an order a day
    a_burst(2, 60, kind=12, first=120, days=40, seed=3, places=[30], rising=True),  # wages unpaid, slowly more
    a_burst(3, 300, kind=33, first=80, days=21, seed=4, places=range(96)),  # a policy, the whole city
    a_burst(4, 20, kind=2, first=20, days=2, seed=5, places=[40]),
    a_burst(5, 80, kind=15, first=150, days=10, seed=6, places=range(6, 12)),  # one street
    a_burst(6, 22, kind=39, first=170, days=11, seed=7, places=[90], rising=True),  # still going on
]


def planted_in(events: pa.Table, members: pa.Table, labels: dict[str, int]) -> dict[str, Counter[int]]:
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for row in members.to_pylist():
        found[row["event_id"]][labels[row["order_id"]]] += 1
    assert set(found) == set(events["event_id"].to_pylist())
    return found


@pytest.mark.parametrize("seed", range(6))
def test_weekdays_seasons_holidays_and_growth_are_no_events(seed: int) -> None:
    batch, _ = readings(noise(30_000, seed))
    events, members = discover([batch], a_city())
    assert events.num_rows <= 1  # the budget is one in twenty for the whole half-year
    assert (members.num_rows == 0) == (events.num_rows == 0)


@pytest.mark.parametrize("kind", [4, 24, 39])
def test_a_category_that_only_one_place_knows_is_no_event_while_it_comes_as_ever(kind: int) -> None:
    draw = np.random.default_rng(kind)
    kinds, days, places = (draw.integers(high, size=6_600) for high in (40, 60, 96))
    airport = np.where(kinds == kind, 44, places)
    batch, _ = readings({"kind": kinds, "day": days, "place": airport, "label": np.full(len(kinds), -1)})
    assert discover([batch], a_city())[0].num_rows == 0


def test_a_place_that_holds_far_more_than_its_share_of_one_month_is_an_event() -> None:
    month = {name: column[ordinary["day"] < 31] for ordinary in [noise(40_000, 3)] for name, column in ordinary.items()}
    site = a_burst(0, 40, kind=20, first=0, days=31, seed=2, places=[60])
    events, _ = discover([readings(month, site)[0]], a_city())
    assert events["region"].to_pylist() == ["03.03.001"]


@pytest.mark.parametrize("seed", range(6))
def test_the_scatter_of_four_thin_weeks_is_no_event(seed: int) -> None:
    draw = np.random.default_rng(seed)
    count = 800
    kinds, days, places = (draw.integers(high, size=count) for high in (40, 28, 96))
    batch, _ = readings({"kind": kinds, "day": days, "place": places, "label": np.full(count, -1)})
    assert discover([batch], a_city())[0].num_rows == 0


@pytest.mark.parametrize("seed", [9, 10])
def test_every_planted_burst_is_found_with_its_orders(seed: int) -> None:
    batch, labels = readings(noise(40_000, seed), *BURSTS)
    events, members = discover([batch], a_city())
    by_order = dict(zip(batch["order_id"].to_pylist(), labels.tolist(), strict=True))
    found = planted_in(events, members, by_order)
    sizes = Counter(labels.tolist())
    for label in range(len(BURSTS)):
        best = max(found.values(), key=lambda counter: counter[label])
        assert best[label] >= 0.9 * sizes[label], f"burst {label}"
        assert best[label] > 0.5 * best.total(), f"burst {label}"
    assert len(found) <= len(BURSTS) + 1


def test_an_event_says_what_where_since_when_and_how_it_stands() -> None:
    batch, _ = readings(noise(40_000, 9), *BURSTS)
    events, _ = discover([batch], a_city())
    rows = {row["category"] + "@" + (row["region"] or "city"): row for row in events.to_pylist()}
    main = rows["01.02.03@01.01.006"]
    assert main["name"] == "地点01.01.006·事项01.02.03"
    assert main["scope"] == "community"
    assert (main["first_at"].date(), main["last_at"].date()) == (date(2026, 3, 2), date(2026, 3, 4))
    assert main["status"] == EventStatus.OVER
    assert main["orders"] > 10 * main["expected"]
    assert main["callers"] == main["orders"]
    assert rows["02.03.04@city"]["scope"] is None
    assert rows["02.04.05@04.04.001"]["status"] == EventStatus.RISING


def test_a_pile_in_a_catch_all_category_is_no_event() -> None:
    batch, _ = readings(noise(10_000, 3), BURSTS[0])
    city = a_city()
    misc = tuple(replace(c, name="其他") if c.id == "01.02.03" else c for c in city.taxonomy.categories)
    renamed = replace(city, taxonomy=replace(city.taxonomy, categories=misc))
    assert discover([batch], city)[0].num_rows == 1
    assert "其他" not in "".join(discover([batch], renamed)[0]["name"].to_pylist())


def test_orders_that_everywhere_double_for_a_week_are_no_event() -> None:
    storm = noise(4_000, 77)
    storm["day"] = 90 + storm["day"] % 7
    storm["kind"] = noise(4_000, 78)["kind"]
    batch, _ = readings(noise(30_000, 3), storm)
    assert discover([batch], a_city())[0].num_rows <= 1


def test_batch_borders_change_nothing() -> None:
    batch, _ = readings(noise(10_000, 5), *BURSTS[:3])
    whole = discover([batch], a_city())
    cut = discover(in_batches(batch, 997), a_city())
    assert whole[0].equals(cut[0])
    assert whole[1].equals(cut[1])


def test_an_order_belongs_to_one_event_at_most() -> None:
    batch, _ = readings(noise(20_000, 6), *BURSTS)
    _, members = discover([batch], a_city())
    assert len(set(members["order_id"].to_pylist())) == members.num_rows


def test_without_orders_or_categories_there_are_no_events() -> None:
    nothing = READINGS.empty_table()
    assert discover(nothing.to_batches(), a_city())[0].schema.equals(EVENTS)
    batch, _ = readings(noise(50, 1))
    unread = batch.set_column(batch.schema.get_field_index("category"), "category", pa.nulls(50, pa.string()))
    assert discover([unread], a_city())[1].num_rows == 0


def test_the_more_orders_the_time_grows_with_them_only() -> None:
    batch, _ = readings(noise(3_000, 1), a_burst(0, 5_000, kind=7, first=60, days=3, seed=1, places=[5]))
    events, members = discover([batch], a_city())
    assert np.isclose(events["orders"][0].as_py(), 5_000, rtol=0.02)
    assert members.num_rows >= 5_000
