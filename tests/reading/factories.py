"""A small city and believable orders for it, made from a few words and a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa

from suqiu.domain.city import (
    Category,
    City,
    Department,
    DepartmentKind,
    Duty,
    Region,
    RegionLevel,
    Taxonomy,
    Weight,
)
from suqiu.domain.clock import Calendar, LimitTable
from suqiu.domain.tables import ORDERS

#: Each leaf: id, name, other words, the department that leads (None: the district's), what citizens say.
LEAVES: tuple[tuple[str, str, str, str | None, tuple[str, ...]], ...] = (
    ("01.01.01", "物业收费", "物业费 涨价 公摊", "D01", ("物业费突然涨价", "物业乱收停车费", "公摊电费算不清")),
    ("01.01.02", "电梯维修", "电梯 停运 检修", "D01", ("电梯坏了半个月没人修", "电梯按键失灵", "电梯常常停运")),
    ("01.02.01", "房屋漏水", "漏水 渗水 防水", "D01", ("外墙渗水墙皮发霉", "楼上防水没做好漏到我家", "屋顶漏雨")),
    ("02.01.01", "占道经营", "占道 摆摊 小贩", None, ("小贩占道摆摊堵住人行道", "烧烤摊占道油烟大", "夜市摊位太宽")),
    ("02.01.02", "垃圾清运", "垃圾 清运 臭味", None, ("垃圾堆了三天没人清运", "垃圾桶满了发臭", "建筑垃圾乱倒")),
    ("02.02.01", "路灯照明", "路灯 不亮 照明", "U02", ("路灯不亮晚上看不见", "路灯一闪一闪", "整条街照明都灭了")),
    ("03.01.01", "公交线路", "公交 线路 班次", "U03", ("公交半小时不来一班", "公交车到站不停", "建议增加公交线路班次")),
    ("03.01.02", "出租车", "出租车 拒载 绕路", "D03", ("出租车拒载", "出租车绕路多收钱", "司机打表不用计价器")),
)  # fmt: skip

TYPES = {"consult": "请问怎么办理", "complaint": "我要投诉", "suggest": "我有个建议"}


def city(*, accept_share: float = 0.8, min_history: float = 200, duties: bool = True) -> City:
    """Return a city of two districts, four streets and eight communities."""
    tops = {"01": "住房", "02": "城管", "03": "交通"}
    middles = {"01.01": "物业", "01.02": "房屋", "02.01": "市容", "02.02": "设施", "03.01": "出行"}
    nodes = [Category(id_, name) for id_, name in (tops | middles).items()]
    nodes += [Category(id_, name, about) for id_, name, about, _, _ in LEAVES]
    departments = (
        Department("D01", "市住房局", DepartmentKind.BUREAU),
        Department("D03", "市交通局", DepartmentKind.BUREAU),
        Department("U02", "照明中心", DepartmentKind.UTILITY),
        Department("U03", "公交集团", DepartmentKind.UTILITY),
        Department("Q01", "东城区人民政府", DepartmentKind.DISTRICT, region="01"),
        Department("Q02", "西城区人民政府", DepartmentKind.DISTRICT, region="02"),
    )
    catalogue = tuple(
        Duty(f"Z{id_.replace('.', '')}", id_, f"{name}的处理", "示例", lead, (), said[:1])
        for id_, name, _, lead, said in LEAVES
    )
    return City(
        id="test",
        name="试验市",
        english_name="Testville",
        timezone="Asia/Shanghai",
        population=1_000_000,
        taxonomy=Taxonomy(tuple(sorted(nodes, key=lambda node: (node.level, node.id))), "example"),
        departments=departments,
        duties=catalogue if duties else (),
        regions=regions(),
        calendar=Calendar(frozenset(), frozenset(), date(2025, 1, 1), date(2027, 12, 31)),
        limits=LimitTable((), (), "example"),
        weights={
            "reading.min_history": Weight(min_history, "test"),
            "reading.accept_share": Weight(accept_share, "test"),
        },
        version="abc",
    )


def regions() -> tuple[Region, ...]:
    """Return regions with aliases, places that cross borders, and a community name used twice."""
    district, street, community = RegionLevel.DISTRICT, RegionLevel.STREET, RegionLevel.COMMUNITY
    return (
        Region("01", "东城区", district, aliases=("东城",)),
        Region("01.01", "钟楼街道", street, aliases=("钟楼街道办事处",)),
        Region("01.01.001", "梅园社区", community, places=("望江花园", "road:海棠街")),
        Region("01.01.002", "和平社区", community, places=("road:海棠街", "临江一中")),
        Region("01.02", "柳林镇", street),
        Region("01.02.001", "柳林村", community, aliases=("柳林村委会",)),
        Region("02", "西城区", district),
        Region("02.01", "桥头街道", street),
        Region("02.01.001", "和平社区", community, places=("听涛苑",)),
        Region("02.01.002", "新桥社区", community, places=("长虹大道", "望江花园二期")),
        Region("02.02", "古渡街道", street),
        Region("02.02.001", "古渡社区", community, places=("长虹大道",)),
    )


def order(**values: object) -> dict[str, object]:
    """Return one order's columns, with `values` in place of the usual ones."""
    usual: dict[str, object] = {
        "order_id": "A1",
        "source_file": "orders.csv",
        "source_row": 2,
        "channel": "phone",
        "title": "",
        "text": "路灯不亮",
        "accepted_at": datetime(2026, 1, 1),
        "secret": False,
    }
    return usual | values


def orders(rows: Sequence[dict[str, object]]) -> pa.RecordBatch:
    """Return a batch; rows that name no order number are numbered."""
    numbered = [order(**({"order_id": f"A{number:06d}"} | row)) for number, row in enumerate(rows)]
    return pa.RecordBatch.from_pylist(numbered, schema=ORDERS)


def texts(*said: str) -> pa.RecordBatch:
    """Return a batch of orders of which only the text is known."""
    return orders([{"text": text} for text in said])


def history(size: int, *, seed: int = 1, wrong_share: float = 0.0) -> pa.RecordBatch:
    """Return labelled orders, oldest first.

    Args:
        size: how many.
        seed: for the choice of leaf, words, place and type.
        wrong_share: how many have a department drawn by lot.
    """
    draw = np.random.default_rng(seed)
    names = {region.id: region.name for region in regions()}
    communities = [region.id for region in regions() if region.level is RegionLevel.COMMUNITY]
    rows: list[dict[str, object]] = []
    for number in range(size):
        id_, _, _, lead, said = LEAVES[draw.integers(len(LEAVES))]
        place = communities[draw.integers(len(communities))]
        type_ = list(TYPES)[draw.integers(len(TYPES))]
        district = place[:2]
        department = lead or {"01": "Q01", "02": "Q02"}[district]
        if draw.random() < wrong_share:
            department = ("D01", "D03", "U02", "U03")[draw.integers(4)]
        words = [
            f"住在{names[place[:5]]}",
            said[draw.integers(len(said))],
            f"已经{draw.integers(2, 30)}天",
            TYPES[type_],
        ]
        rows.append(
            {
                "text": "，".join(words) + "。请市热线办核实处理，谢谢！",
                "accepted_at": datetime(2026, 1, 1) + timedelta(minutes=10 * number),
                "type": type_,
                "category": id_,
                "department": department,
                "district": district,
            }
        )
    return orders(rows)


def in_batches(batch: pa.RecordBatch, size: int = 500) -> Callable[[], Iterable[pa.RecordBatch]]:
    """Give a batch in pieces, anew at each call."""
    return lambda: (batch.slice(at, size) for at in range(0, len(batch), size))


def quietly(done: int, steps: int) -> None:
    """Take no notice of progress."""
    assert 0 <= done <= steps


def without(batch: pa.RecordBatch, *columns: str) -> pa.RecordBatch:
    """Return a batch in which some columns are unknown."""
    for name in columns:
        index = ORDERS.get_field_index(name)
        batch = batch.set_column(index, ORDERS.field(name), pa.nulls(len(batch), ORDERS.field(name).type))
    return batch
