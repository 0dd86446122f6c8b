"""Places are found by the pack's names, else by how names end and where they can begin."""

from __future__ import annotations

import pytest

from suqiu.reading.extract import Kind
from tests.reading.extract.asking import measured, mentioned, values, words


@pytest.mark.parametrize(
    ("text", "roads"),
    [
        ("海棠街路灯不亮", [("海棠街", "01.01")]),
        ("在松涛东路有人打架", [("松涛东路", "松涛东路")]),
        ("其住在云河区白鹭三横路8号", [("白鹭三横路", "白鹭三横路")]),
        ("从青松大道一直堵到芦苇巷", [("青松大道", "青松大道"), ("芦苇巷", "芦苇巷")]),
        ("和平路与松涛路都积水", [("和平路", "和平路"), ("松涛路", "松涛路")]),
        ("向阳路没有路灯", [("向阳路", "向阳路")]),
        ("白鹭路路口堵车", [("白鹭路", "白鹭路")]),
        ("芦苇巷北路施工", [("芦苇巷北路", "芦苇巷北路")]),
        ("G5国道、松涛路", [("松涛路", "松涛路")]),
        ("这条路坑坑洼洼", []),
        ("57路公交车半小时不来", []),
        ("村里的进村道路没有硬化", []),
        ("下水线路老化，一直没有思路", []),
        ("机动车堵路、占路", []),
        ("路面和路边都是垃圾，走路不方便", []),
        ("街道办没有人接电话", []),
        ("整条街都在卖早点", []),
    ],
)
def test_roads(text: str, roads: list[tuple[str, str]]) -> None:
    assert mentioned(text, Kind.ROAD) == roads


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("城中区钟楼街道铁苑社区没有路灯", ["01", "01.01", "01.01.001"]),
        ("铁苑居委会不盖章", ["01.01.001"]),
        ("云河区没有这个名字", []),
    ],
)
def test_regions_of_the_pack(text: str, regions: list[str]) -> None:
    assert values(text, Kind.REGION) == regions


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("富丽名邸停水", [("富丽名邸", "01.01.001")]),
        ("快捷洗车店办卡不退", [("快捷洗车店", "01.01.001")]),
        ("其是松涛路琴韵华庭小区的业主", [("琴韵华庭小区", "琴韵华庭小区")]),
        ("白鹭路6号听雨大厦电梯坏了", [("听雨大厦", "听雨大厦")]),
        ("到松涛农贸市场买菜", [("松涛农贸市场", "松涛农贸市场")]),
        ("云河区柳湾村五队没有自来水", [("柳湾村", "柳湾村")]),
        ("松涛路听雨苑3号楼漏水", [("听雨苑", "听雨苑")]),
        ("晚上8:30白鹭公园有人唱歌", [("白鹭公园", "白鹭公园")]),
        ("其告知市民要拆除听雨花园", [("听雨花园", "听雨花园")]),
        ("小区里没有路灯", []),
        ("我们小区、老旧小区和住宅小区", []),
        ("农贸市场价格高", []),
        ("到医院看病，学校不管", []),
        ("村民没有收到补偿，城管来了", []),
        ("区政府和市政府都说不管", []),
        ("小学生放学没有人接，广场舞扰民", []),
    ],
)
def test_points(text: str, points: list[tuple[str, str]]) -> None:
    assert mentioned(text, Kind.POINT) == points


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("松涛路128号漏水", [("128号", "128")]),
        ("芦苇巷十二号附3号", [("十二号附3号", "12号附3号")]),
        ("白鹭三横路23-2号", [("23-2号", "23-2")]),
        ("柳湾村36号的房子", [("36号", "36")]),
        ("3月8号打过电话", []),
        ("听雨花园3号楼漏水", []),
        ("地铁2号线不开", []),
        ("松涛路11号码头", []),
        ("话务员6778号", []),
    ],
)
def test_house_numbers(text: str, numbers: list[tuple[str, str]]) -> None:
    assert mentioned(text, Kind.NUMBER) == numbers


@pytest.mark.parametrize(
    ("text", "buildings"),
    [
        ("听雨花园5号楼1单元101室漏水", [("5号楼1单元101室", "5栋1单元101室")]),
        ("听雨花园三幢二单元", [("三幢二单元", "3栋2单元")]),
        ("听雨大厦A座1002房", [("A座1002房", "A栋1002室")]),
        ("听雨花园3-2-501停水", [("3-2-501", "3栋2单元501室")]),
        ("听雨花园D-5栋的住户", [("D-5栋", "D-5栋")]),
        ("听雨花园二期停水", [("二期", "2期")]),
        ("在听雨大厦15楼", [("15楼", "15层")]),
        ("买了一栋别墅", []),
        ("盖了5层高的房子，共8层", []),
        ("墙上有一层灰，楼上漏水", []),
        ("交了3单元钱", [("3单元", "3单元")]),
        ("每栋楼都没有灯", []),
        ("工程第二期款项，租期三期", []),
        ("一座桥要修", []),
    ],
)
def test_buildings(text: str, buildings: list[tuple[str, str]]) -> None:
    assert mentioned(text, Kind.BUILDING) == buildings


@pytest.mark.parametrize(
    ("text", "junctions"),
    [
        ("松涛路与白鹭大道交叉口没有红绿灯", ["松涛路/白鹭大道"]),
        ("白鹭大道和松涛路的丁字路口", ["松涛路/白鹭大道"]),
        ("松涛路白鹭路口堵车", ["松涛路/白鹭路"]),
        ("松涛路路口有坑", ["松涛路"]),
        ("松涛路十字路口", ["松涛路"]),
        ("前面的路口没有灯", []),
        ("松涛路与白鹭大道都堵", []),
    ],
)
def test_junctions(text: str, junctions: list[str]) -> None:
    assert values(text, Kind.JUNCTION) == junctions


@pytest.mark.parametrize(
    ("text", "relations"),
    [
        ("听雨大厦对面有人摆摊", [("对面", "opposite")]),
        ("松涛路128号旁边的工地", [("旁边", "beside")]),
        ("听雨花园门口堵车", [("门口", "gate")]),
        ("听雨大厦往南两百米处", [("往南两百米处", "south")]),
        ("松涛路至白鹭路之间没有灯", [("松涛路至白鹭路之间", "between")]),
        ("听雨大厦的西北角", [("西北角", "northwest")]),
        ("听雨花园后面一栋", [("后面", "behind")]),
        ("听雨大厦15楼楼顶", [("楼顶", "above")]),
        ("我们对面有人唱歌", []),
        ("附近居民都睡不好", []),
        ("家门口堆着垃圾", []),
        ("没有旁边的人帮忙", []),
    ],
)
def test_relative_positions(text: str, relations: list[tuple[str, str]]) -> None:
    assert mentioned(text, Kind.RELATIVE) == relations


def test_a_distance_is_told_in_metres() -> None:
    assert measured("听雨大厦往南两百米处", Kind.RELATIVE) == [(200.0, "米", "south")]
    assert measured("听雨大厦对面300米", Kind.RELATIVE) == [(300.0, "米", "opposite")]
    assert measured("听雨花园一带", Kind.RELATIVE) == [(None, None, "near")]


@pytest.mark.parametrize(
    ("text", "organisations"),
    [
        ("投诉临江安和物业管理有限公司", ["安和物业"]),
        ("投诉临江市安和物业服务有限公司", ["安和物业"]),
        ("安和物业不修电梯", ["安和物业"]),
        ("在松涛房地产开发有限公司买房", ["松涛房地产"]),
        ("临江（城中）松涛商贸有限公司", ["松涛贸易"]),
        ("松涛律师事务所收费", ["松涛律师事务所"]),
        ("听雨大厦物业不管", ["听雨大厦物业"]),
        ("松涛职业培训学校不退费", ["松涛职业培训学校"]),
        ("物业公司不管", []),
        ("该公司没有发工资", []),
        ("找装修公司、快递公司和中介公司", []),
        ("物业费太高，公司里没有人", []),
        ("培训公司说可以退", []),
    ],
)
def test_organisations_meet_in_one_name(text: str, organisations: list[str]) -> None:
    assert values(text, Kind.ORGANISATION) == organisations


def test_a_comma_ends_every_name() -> None:
    assert words("在松涛，路很堵，听雨。花园很大", Kind.ROAD) == []
