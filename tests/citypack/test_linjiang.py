"""The city that ships: complete, consistent, and fit to be copied."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import numpy as np
import pytest

from suqiu.citypack import REQUIRED, check, find, load
from suqiu.citypack.regions import PLACE_KINDS
from suqiu.domain.city import City, DepartmentKind, Region, RegionLevel
from suqiu.domain.clock import Stage
from suqiu.domain.order import OrderType, Urgency

CITIES = Path(__file__).parents[2] / "cities"


@pytest.fixture(scope="module")
def city() -> City:
    return load(find("linjiang", CITIES))


def test_the_shipped_pack_has_no_faults_and_no_warnings() -> None:
    faults = check(CITIES / "linjiang")
    assert [f"{fault.file}:{fault.line} {fault.message.zh}" for fault in faults] == []


def test_the_taxonomy_is_of_a_real_citys_size(city: City) -> None:
    levels = Counter(category.level for category in city.taxonomy.categories)
    assert levels[1] == 12
    assert 80 <= levels[2] <= 100
    assert 370 <= levels[3] <= 430
    assert {duty.category for duty in city.duties} >= {leaf.id for leaf in city.taxonomy.leaves}


def test_departments_cover_bureaus_utilities_districts_and_bodies_outside(city: City) -> None:
    kinds = Counter(department.kind for department in city.departments)
    assert kinds == {
        DepartmentKind.BUREAU: 38,
        DepartmentKind.UTILITY: 13,
        DepartmentKind.DISTRICT: 8,
        DepartmentKind.OUTSIDE: 3,
    }
    districts = {region.id for region in city.regions if region.level is RegionLevel.DISTRICT}
    assert {department.region for department in city.departments} - {None} == districts


def test_regions_are_eight_districts_eighty_streets_six_hundred_communities(city: City) -> None:
    levels = Counter(region.level for region in city.regions)
    assert levels == {RegionLevel.DISTRICT: 8, RegionLevel.STREET: 81, RegionLevel.COMMUNITY: 600}
    streets = [region.name for region in city.regions if region.level is RegionLevel.STREET]
    assert len(set(streets)) == len(streets)


def test_every_population_is_exactly_the_sum_of_its_parts(city: City) -> None:
    sums: Counter[str] = Counter()
    for region in city.regions:
        sums[region.parent or ""] += region.population or 0
    assert sums.pop("") == city.population
    assert {id_: city.region_by_id[id_].population for id_ in sums} == dict(sums)
    assert 5_900_000 < (city.population or 0) < 6_100_000


def area(region: Region) -> float:
    lon, lat = np.array(region.outline).T
    return float(abs(np.dot(lon, np.roll(lat, -1)) - np.dot(lat, np.roll(lon, -1))) / 2)


def test_outlines_tile_their_parents(city: City) -> None:
    assert all(len(region.outline) >= 3 for region in city.regions)
    parts: Counter[str] = Counter()
    for region in city.regions:
        if region.parent is not None:
            parts[region.parent] += area(region)  # type: ignore[assignment]
    for id_, total in parts.items():
        assert total == pytest.approx(area(city.region_by_id[id_]), rel=0.03), id_


def test_the_map_is_small_enough_to_ship() -> None:
    assert (CITIES / "linjiang" / "regions.geojson").stat().st_size < 400_000


def test_places_are_many_and_mostly_in_one_community() -> None:
    with (CITIES / "linjiang" / "regions.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["level"] == "community"]
    places = [place.split(":") for row in rows for place in row["places"].split(";")]
    assert {kind for kind, _ in places} == PLACE_KINDS
    assert all(3 <= len(row["places"].split(";")) <= 6 for row in rows)
    times = Counter(name for kind, name in places if kind not in {"road", "bus"})
    assert max(times.values()) == 1
    roads = Counter(name for kind, name in places if kind == "road")
    assert max(roads.values()) <= 6
    assert sum(times > 1 for times in roads.values()) > 100


def test_every_day_of_the_calendar_agrees_with_the_published_one(city: City) -> None:
    day, last = city.calendar.first, date(2026, 12, 31)
    assert day == date(2023, 1, 1)
    while day <= last:
        assert city.calendar.is_workday(day) == chinese_calendar.is_workday(day), day
        day += timedelta(1)


def test_the_year_not_yet_announced_has_weekends_only(city: City) -> None:
    assert city.calendar.last == date(2027, 12, 31)
    assert not [day for day in city.calendar.holidays | city.calendar.makeup_days if day.year == 2027]


def test_every_stage_type_and_urgency_has_a_limit_with_its_source(city: City) -> None:
    for stage in Stage:
        for urgency in Urgency:
            for type_ in (None, *OrderType):
                found = city.limits.find(stage, type_, urgency)
                assert found is not None
                assert found.source


def test_every_weight_has_its_reason_in_words(city: City) -> None:
    assert set(city.weights) == {weight.name for weight in REQUIRED}
    assert all(len(weight.reason) >= 10 for weight in city.weights.values())


def test_the_knowledge_answers_common_questions(city: City) -> None:
    assert len(city.knowledge) >= 25
    assert all(passage.source == "example" for passage in city.knowledge)
    assert len({passage.title for passage in city.knowledge}) == len(city.knowledge)
