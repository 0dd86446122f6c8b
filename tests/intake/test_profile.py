"""What an export holds, counted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from suqiu import intake
from suqiu.domain.errors import InvalidInput
from tests.intake.town import TOWN, order, write_csv


def test_categories_departments_places_and_words_are_counted(tmp_path: Path) -> None:
    place = {"所属区县": "南城区", "所属街道": "柳街"}
    rows = [
        order("1", 承办单位="市园林局", **place, 经度="115.0", 纬度="29.0"),
        order("2", 承办单位="市园林局", **place, 经度="116.0", 纬度="29.5", 受理时间="2026-04-02 09:00"),
        order("3", **place, 经度="0", 纬度="0", 三级分类="", 受理时间="明天"),
        order("4", 承办单位="无", 所属区县="全市", 一级分类="", 二级分类="", 三级分类="", 诉求类型="咨询"),
    ]
    source = intake.open_source(str(write_csv(tmp_path / "orders.csv", rows)))
    found = intake.profile(source, intake.guess(source, TOWN))
    leaf = ("城市管理", "市容环卫", "垃圾清运")
    assert (found.file, found.orders) == ("orders.csv", 4)
    assert (found.first_day, found.last_day) == (date(2026, 3, 1), date(2026, 4, 2))
    assert found.categories == {leaf[:2]: 1, leaf: 2}
    assert found.departments == {"市园林局": 2}
    assert found.department_by_category == {leaf: {"市园林局": 2}}
    (region,) = found.regions
    assert (region.names, region.orders, region.lon, region.lat) == (("南城区", "柳街"), 3, 115.5, 29.25)
    assert (found.types, found.channels, found.statuses) == ({"咨询": 1, "投诉": 3}, {"电话": 4}, {})


def test_an_export_without_times_or_places_has_a_profile_too(tmp_path: Path) -> None:
    rows = [{"工单编号": "1", "诉求内容": "路灯", "受理时间": ""}]
    source = intake.open_source(str(write_csv(tmp_path / "orders.csv", rows)))
    found = intake.profile(source, intake.guess(source, TOWN))
    assert (found.orders, found.first_day, found.regions, found.categories) == (1, None, (), {})


def test_a_mapping_without_orders_has_no_profile(tmp_path: Path) -> None:
    source = intake.open_source(str(write_csv(tmp_path / "orders.csv", [order("1")])))
    with pytest.raises(InvalidInput):
        intake.profile(source, intake.Mapping({}))
