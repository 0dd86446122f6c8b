from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from suqiu.citypack import find, load
from suqiu.domain.city import Department, DepartmentKind, Duty, Passage, RegionLevel
from suqiu.domain.clock import LimitUnit, Stage
from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.order import OrderType, StepKind, Urgency
from tests.citypack.factories import FILES, write_pack


def test_a_pack_becomes_a_city(tmp_path: Path) -> None:
    city = load(write_pack(tmp_path / "small"))
    assert (city.id, city.name, city.english_name, city.population) == ("small", "小城市", "Small", 100)
    assert [category.id for category in city.taxonomy.categories] == ["01", "01.01", "01.01.01", "01.01.02", "02"]
    assert city.taxonomy.by_id["01.01.01"].about == "物业费 涨价"
    assert city.taxonomy.source == "example"
    assert city.departments[0] == Department("D01", "市住建局", DepartmentKind.BUREAU, ("住建局",))
    assert city.departments[2].region == "01"
    law = "示例·物业管理条例"
    assert city.duties[0] == Duty("Z1", "01.01", "物业纠纷", law, "D01", ("U01",), ("物业费涨了",), True)
    assert city.knowledge == (Passage("K1", "停水怎么办", "先核对公告。", "example", "02"),)


def test_the_district_that_leads_is_no_department(tmp_path: Path) -> None:
    assert load(write_pack(tmp_path)).duties[1].lead is None


def test_regions_carry_outline_population_and_places_without_kinds(tmp_path: Path) -> None:
    regions = load(write_pack(tmp_path)).region_by_id
    assert list(regions["01"].outline) == [(110.0, 30.0), (111.0, 30.0), (111.0, 31.0), (110.0, 31.0)]
    assert list(regions["01.01.001"].places) == ["花园", "一路", "二路"]
    assert list(regions["01.01.001"].aliases) == ["桥居委会"]
    assert (regions["01.02"].level, regions["01.02"].population) == (RegionLevel.STREET, 40)
    assert not regions["01.01.001"].outline


def test_limits_and_pauses_are_read(tmp_path: Path) -> None:
    limits = load(write_pack(tmp_path)).limits
    found = limits.find(Stage.CLOSE, OrderType.CONSULT, Urgency.URGENT)
    assert found is not None
    assert (found.amount, found.unit) == (5, LimitUnit.WORKDAYS)
    assert limits.pausing == ((StepKind.SHELVE, StepKind.RELEASE),)


def test_the_calendar_knows_worked_weekends(tmp_path: Path) -> None:
    calendar = load(write_pack(tmp_path)).calendar
    assert not calendar.is_workday(date(2026, 1, 2))
    assert calendar.is_workday(date(2026, 1, 4))
    assert (calendar.first, calendar.last) == (date(2026, 1, 1), date(2027, 12, 31))


def test_the_version_follows_content_and_not_place_or_simulation(tmp_path: Path) -> None:
    first = load(write_pack(tmp_path / "a")).version
    assert len(first) == 16
    assert int(first, 16) >= 0
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    (tmp_path / "b" / "simulation").mkdir()
    (tmp_path / "b" / "simulation" / "scenario.yaml").write_text("x: 1", encoding="utf-8")
    (tmp_path / "b" / ".hidden").write_text("x", encoding="utf-8")
    assert load(tmp_path / "b").version == first
    (tmp_path / "b" / "knowledge" / "001.md").write_text(FILES["knowledge/001.md"] + "又及。\n", encoding="utf-8")
    assert load(tmp_path / "b").version != first
    renamed = shutil.copytree(tmp_path / "a", tmp_path / "c")
    (renamed / "knowledge" / "001.md").rename(renamed / "knowledge" / "002.md")
    assert load(renamed).version != first


def test_a_faulty_pack_is_refused_with_its_first_fault_and_the_number_of_others(tmp_path: Path) -> None:
    bad = write_pack(tmp_path, **{"city.yaml": FILES["city.yaml"].replace("100", "x"), "limits.yaml": None})
    with pytest.raises(InvalidInput) as raised:
        load(bad)
    assert raised.value.code == "city.invalid_pack"
    assert "city.yaml line 4" in raised.value.message.en
    assert "(and 1 more)" in raised.value.message.en
    assert "city.yaml第4行" in raised.value.message.zh
    assert "suqiu city check" in raised.value.hint.zh


def test_warnings_do_not_keep_a_pack_from_loading(tmp_path: Path) -> None:
    duty = "- {id: Z1, category: '02', what: 停水, clause: 示例, lead: U01}\n"
    assert len(load(write_pack(tmp_path, **{"duties/01.yaml": duty})).duties) == 1


def test_a_pack_is_found_by_name_or_path(tmp_path: Path) -> None:
    small = write_pack(tmp_path / "shipped" / "small")
    own = write_pack(tmp_path / "elsewhere" / "own")
    assert find("small", tmp_path / "shipped") == small
    assert find(str(own), tmp_path / "shipped") == own


@pytest.mark.parametrize("name", ["smal", "", "shipped"])
def test_an_unknown_pack_is_answered_with_the_known_ones(tmp_path: Path, name: str) -> None:
    write_pack(tmp_path / "shipped" / "small")
    write_pack(tmp_path / "shipped" / "tiny")
    (tmp_path / "shipped" / "no_pack").mkdir()
    with pytest.raises(NotFound) as raised:
        find(name, tmp_path / "shipped")
    assert "small, tiny" in raised.value.hint.en
    assert "no_pack" not in raised.value.hint.en
