"""Whatever is said, mentions lie where they say, and batches make no difference."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from suqiu.domain.tables import MENTIONS
from suqiu.reading.extract import Extractor, Kind
from tests.reading.extract.asking import batch, extractor
from tests.reading.factories import city

_PIECES = [
    "其是", "听雨花园", "的业主", "松涛路", "与", "白鹭大道", "交叉口", "128号", "5号楼", "1单元", "101室",
    "对面", "昨晚", "每天", "3点", "到5点", "3万2千元", "二十多户", "半年", "投诉", "安和物业管理有限公司",
    "拖欠工资", "，", "。", "；", "1、", "2、", "另外", "要求退款", "希望修复", "😀", "Ａ座", "\n", " ",
    "2026-03-01", "铁苑社区", "路灯不亮", "村", "路", "号", "年", "月", "一", "十", "万", "(1)", "０１", "𠮷",
]  # fmt: skip
_TEXTS = st.lists(st.lists(st.sampled_from(_PIECES), max_size=25).map("".join) | st.text(max_size=30), max_size=4)


@settings(max_examples=60, deadline=None)
@given(_TEXTS)
def test_every_mention_lies_in_its_text(texts: list[str]) -> None:
    found = extractor().extract(batch(len(texts)), pa.array(texts, pa.string()))
    found.validate(full=True)
    assert found.schema.equals(MENTIONS)
    last = (-1, -1)
    demand_end = (-1, -1)
    for row in found.to_pylist():
        order, start, length = int(row["order_id"][1:]), row["start"], row["length"]
        assert length > 0
        assert texts[order][start : start + length] == row["text"]
        assert (order, start) >= last
        last = (order, start)
        if row["kind"] == Kind.DEMAND.value:
            assert (order, start) >= demand_end
            demand_end = (order, start + length)


@settings(max_examples=25, deadline=None)
@given(_TEXTS)
def test_an_order_is_read_alike_alone_and_among_others(texts: list[str]) -> None:
    together = (
        extractor().extract(batch(len(texts)), pa.array(texts, pa.string())).drop_columns(["order_id"]).to_pylist()
    )
    alone = [
        row
        for text in texts
        for row in extractor().extract(batch(1), pa.array([text])).drop_columns(["order_id"]).to_pylist()
    ]
    assert together == alone


def test_nothing_said_is_nothing_found() -> None:
    assert len(extractor().extract(batch(0), pa.array([], pa.string()))) == 0
    assert len(extractor().extract(batch(2), pa.array(["", None], pa.string()))) == 0


def test_many_orders_keep_their_numbers() -> None:
    count = 5_000
    found = extractor().extract(batch(count), pa.array(["松涛路停水"] * count))
    assert found.column("order_id").unique().to_pylist() == [f"A{n}" for n in range(count)]


def test_a_city_without_names_still_finds_roads() -> None:
    found = Extractor(city()).extract(batch(1), pa.array(["松涛路与海棠街路口堵车"]))
    assert "road" in found.column("kind").to_pylist()


def test_the_version_tells_the_word_lists() -> None:
    assert extractor().version.startswith("extract/1-")
