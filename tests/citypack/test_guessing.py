from __future__ import annotations

import pytest

from suqiu.citypack.guessing import bare, clean, department_kind, governed, names_nothing
from suqiu.domain.city import DepartmentKind

BUREAU, UTILITY, DISTRICT = DepartmentKind.BUREAU, DepartmentKind.UTILITY, DepartmentKind.DISTRICT
STREET, OUTSIDE = DepartmentKind.STREET, DepartmentKind.OUTSIDE


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("公安局交通警察支队", BUREAU),
        ("东区城市管理局", BUREAU),
        ("政务服务中心", BUREAU),
        ("风景区", BUREAU),
        ("东区", DISTRICT),
        ("东区人民政府", DISTRICT),
        ("南县政府", DISTRICT),
        ("经济开发区管理委员会", DISTRICT),
        ("河街道办事处", STREET),
        ("东区河街道办", STREET),
        ("山镇人民政府", STREET),
        ("白云乡", STREET),
        ("供水集团有限公司", UTILITY),
        ("电信局", UTILITY),
        ("中级人民法院", OUTSIDE),
        ("东区劳动人事争议仲裁院", OUTSIDE),
        ("纪委监委", OUTSIDE),
    ],
)
def test_the_kind_of_a_department_shows_in_its_name(name: str, kind: DepartmentKind) -> None:
    assert department_kind(name, {"东区"}, {"河街道"}) is kind


@pytest.mark.parametrize(
    "name", ["其他单位", "省级单位", "除本市外的市县", "其它", "全市", "无", "—", "", "123", "未知"]
)
def test_names_that_stand_for_nothing_are_known(name: str) -> None:
    assert names_nothing(name)


@pytest.mark.parametrize("name", ["市水务局", "省级公路管理局", "无线电管理局", "全民健身中心", "12345热线"])
def test_real_names_are_not_taken_for_nothing(name: str) -> None:
    assert not names_nothing(name)


@pytest.mark.parametrize("name", ["临江市公安局", "临江公安局", "市公安局", "公安局"])
def test_the_citys_name_makes_no_other_department(name: str) -> None:
    assert bare(name, "临江市") == "公安局"


def test_cleaning_keeps_rare_characters_and_drops_invisible_ones() -> None:
    assert clean("  市\u200b公\x00安\u3000\n局 \ue000\ufeff") == "市公安 局 \ue000"


@pytest.mark.parametrize("name", ["河街道办事处", "河街道办", "河街道"])
def test_a_street_and_its_office_are_one_place(name: str) -> None:
    assert governed(name) == "河街道"
