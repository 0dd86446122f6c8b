"""Names of categories, departments and regions to ids."""

from __future__ import annotations

import pytest

from suqiu.intake.lookups import CategoryLookup, DepartmentLookup, RegionLookup
from tests.intake.town import TOWN


@pytest.mark.parametrize(
    ("names", "found", "lost"),
    [
        (("城市管理", "市容环卫", "占道经营"), "01.01.02", None),
        (("城市管理", "市容环卫", ""), "01.01", None),
        (("城市管理", "市容环卫", "占道经营", "流动摊贩"), "01.01.02", None),  # finer than the taxonomy
        (("城市管理", "市容环卫", "其他"), "01.01", 2),
        (("城市管理", "其他", "占道经营"), "01", 1),
        (("其他", "", ""), None, 0),
        (("", "", ""), None, None),
        (("城市管理->市容环卫->占道经营",), "01.01.02", None),
        (("城市管理 > 市容环卫",), "01.01", None),
        (("城市管理/市容环卫/占道经营",), "01.01.02", None),
        (("城市管理-市容环卫-占道经营",), "01.01.02", None),
        (("施工噪声",), "02.01.01", None),
        (("02.01",), "02.01", None),
        (("城 市 管 理", "市容环卫"), "01.01", None),
    ],
)
def test_a_category_is_found_by_its_chain_its_name_or_its_id(
    names: tuple[str, ...], found: str | None, lost: int | None
) -> None:
    assert CategoryLookup(TOWN).find(names) == (found, lost)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("市城市管理局", "D01"),
        ("云台市城市管理局", "D01"),
        ("城市管理局", "D01"),
        ("市城管局", "D01"),
        ("城管执法局", "D01"),
        ("D02", "D02"),
        ("东城区人民政府", "Q01"),
        ("东城区政府", "Q01"),
        ("东城区", "Q01"),
        ("生态环境局、城市管理局", "D02"),
        ("市生态环境局（牵头）", None),
        ("西城区", None),
        ("", None),
    ],
)
def test_a_department_is_found_with_or_without_the_citys_name(name: str, found: str | None) -> None:
    assert DepartmentLookup(TOWN).find(name) == found


@pytest.mark.parametrize(
    ("names", "found", "lost"),
    [
        (("东城区", "青石街道", "竹苑社区"), ("01", "01.01", "01.01.001"), (False, False, False)),
        (("云台市东城区", "青石街道办事处", "竹苑社区居委会"), ("01", "01.01", "01.01.001"), (False, False, False)),
        (("", "白塔镇", ""), ("02", "02.01", None), (False, False, False)),
        (("", "", "塔前村委会"), ("02", "02.01", "02.01.001"), (False, False, False)),
        (("东城区", "白塔镇", ""), ("01", None, None), (False, True, False)),
        (("西城区", "青石镇", ""), ("02", "02.02", None), (False, False, False)),
        (("全市", "", ""), (None, None, None), (False, False, False)),
        (("火星区", "", "竹苑社区"), ("01", "01.01", "01.01.001"), (True, False, False)),
        (("01", "01.01", ""), ("01", "01.01", None), (False, False, False)),
    ],
)
def test_a_place_is_found_within_its_parents_or_alone_when_its_name_is_the_only_one(
    names: tuple[str, str, str], found: tuple[str | None, ...], lost: tuple[bool, ...]
) -> None:
    assert RegionLookup(TOWN).find(names) == (found, lost)
