"""Mappings: guessed, shown, saved, edited, checked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suqiu import intake
from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.intake.fields import FIELDS
from suqiu.intake.mapping import Derived, Mapping, TableMapping
from tests.intake.town import HEADER, TOWN, all_faults, all_orders, order, take_in, write_csv, write_sqlite

SHIPPED = Path(__file__).parents[2] / "cities" / "linjiang" / "mapping.yaml"


def guessed(folder: Path, header: list[str], *rows: list[str], name: str = "export") -> TableMapping:
    """Guess the mapping of orders for a header and some rows."""
    path = write_csv(folder / f"{name}.csv", [dict(zip(header, row, strict=True)) for row in rows])
    return intake.guess(intake.open_source(str(path)), TOWN).tables["orders"]


def test_the_usual_headers_are_all_recognised(tmp_path: Path) -> None:
    mapped = guessed(tmp_path, list(HEADER), [""] * len(HEADER))
    assert mapped.sources == ("export",)
    assert mapped.columns["category"] == ("一级分类", "二级分类", "三级分类")
    assert mapped.columns["caller"] == ("联系电话", "来电人")
    used = {column for columns in mapped.columns.values() for column in columns}
    assert used == set(HEADER)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("工单号", "order_id"),
        ("留言编号", "order_id"),
        ("受理编号", "order_id"),
        ("orderNum", "order_id"),
        ("REC_ID", "order_id"),
        ("主要内容", "text"),
        ("留言详情", "text"),
        ("内容描述", "text"),
        ("majorContent", "text"),
        ("工单发起时间", "accepted_at"),
        ("来电时间", "accepted_at"),
        ("留言时间", "accepted_at"),
        ("CREATE_TIME", "accepted_at"),
        ("处置单位", "department"),
        ("办理单位", "department"),
        ("主办单位", "department"),
        ("organizationName", "department"),
        ("辖区", "district"),
        ("诉求区域", "district"),
        ("被反映区", "district"),
        ("镇街", "street"),
        ("村居", "community"),
        ("来电类别", "type"),
        ("callerType", "type"),
        ("firstDispatchTime", "dispatched_at"),
        ("派件时间", "dispatched_at"),
        ("deadlineDate", "due_at"),
        ("visitIsSatisfaction", "satisfaction"),
        ("pilotLight", "urgency"),
        ("isSecret", "secret"),
        ("callerPhone", "caller"),
        ("来电号码", "caller"),
        ("留言用户", "caller"),
        ("工单 受理渠道（来源）", "channel"),
        ("accepted_at", "accepted_at"),
        ("首次受理时间", "accepted_at"),
    ],
)
def test_a_header_is_recognised_by_many_names(header: str, field: str, tmp_path: Path) -> None:
    known = {"order_id": "工单编号", "accepted_at": "受理时间", "text": "诉求内容"}
    columns = [header, *(name for other, name in known.items() if other != field)]
    mapped = guessed(tmp_path, columns, ["x"] * len(columns))
    assert header.replace(" ", "").replace("（", "(").replace("）", ")") in mapped.columns[field]


def test_columns_without_telling_names_are_recognised_by_their_values(tmp_path: Path) -> None:
    rows = [
        [
            f"LJ{n:08}",
            f"2026/3/{n % 28 + 1} 8:{n % 60:02}",
            f"第{n}栋楼下的路灯已经很久不亮了希望处理",
            f"1380013{8000 + n}",
            "市城管局",
        ]
        for n in range(50)
    ]
    mapped = guessed(tmp_path, ["甲", "乙", "丙", "丁", "戊"], *rows)
    assert dict(mapped.columns) == {
        "order_id": ("甲",),
        "accepted_at": ("乙",),
        "text": ("丙",),
        "caller": ("丁",),
        "department": ("戊",),
    }


def test_coordinates_under_each_others_headers_are_exchanged(tmp_path: Path) -> None:
    header = ["工单编号", "受理时间", "诉求内容", "横坐标", "纵坐标"]
    rows = [["1", "2026-03-01", "路灯", "20.04", "110.32"], ["2", "2026-03-01", "路灯", "0.0", "0.0"]]
    mapped = guessed(tmp_path, header, *rows)
    assert (mapped.columns["lon"], mapped.columns["lat"]) == (("纵坐标",), ("横坐标",))


def test_urgency_among_the_types_is_told_apart(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv", [_without(order("1", 诉求类型="紧急类"), "紧急程度"), _without(order("2"), "紧急程度")]
    )
    source = intake.open_source(str(path))
    mapping = intake.guess(source, TOWN)
    assert mapping.tables["orders"].derive == {"urgency": Derived("诉求类型", {"紧急类": "urgent"})}
    taken = take_in(tmp_path, str(path))
    assert [(row["type"], row["urgency"]) for row in all_orders(taken)] == [(None, "urgent"), ("complaint", None)]
    assert all_faults(taken) == []


def _without(row: dict[str, str], column: str) -> dict[str, str]:
    return {name: cell for name, cell in row.items() if name != column}


def test_tables_are_told_apart_by_their_headers_whatever_they_are_called(tmp_path: Path) -> None:
    write_csv(tmp_path / "一.csv", [order("1")])
    write_csv(tmp_path / "二.csv", [dict.fromkeys(("工单编号", "环节", "时间", "操作人"), "x")])
    write_csv(tmp_path / "三.csv", [dict.fromkeys(("通话编号", "排队时间", "接听时间", "结束时间"), "x")])
    write_csv(tmp_path / "四.csv", [dict.fromkeys(("工单编号", "回访时间", "是否解决"), "x")])
    write_csv(tmp_path / "五.csv", [dict.fromkeys(("值班日期", "班组"), "x")])
    mapping = intake.guess(intake.open_source(str(tmp_path)), TOWN)
    assert {table: mapped.sources for table, mapped in mapping.tables.items()} == {
        "orders": ("一",),
        "steps": ("二",),
        "calls": ("三",),
        "call_backs": ("四",),
    }


def test_the_months_of_an_export_are_taken_together(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write_csv(tmp_path / "in" / "一月.csv", [order("1")])
    write_csv(tmp_path / "in" / "二月.csv", [order("2")])
    taken = take_in(tmp_path, str(tmp_path / "in"))
    assert [(row["order_id"], row["source_file"]) for row in all_orders(taken)] == [
        ("1", "一月.csv"),
        ("2", "二月.csv"),
    ]


def test_a_saved_mapping_is_loaded_as_it_was_and_saved_the_same(tmp_path: Path) -> None:
    mapping = Mapping(
        {
            "orders": TableMapping(
                ("orders", "工单*"),
                {"order_id": ("工单编号",), "category": ("一级", "二级: x"), "text": ("#内容",)},
                {"type": {"咨询类": "consult", "其他类": None, "1": "help"}},
                {"urgency": Derived("诉求类型", {"紧急类": "urgent"})},
            ),
            "steps": TableMapping(("steps",), {"order_id": ("工单编号",), "kind": ("环节",), "at": ("时间",)}),
        }
    )
    intake.save(mapping, tmp_path / "a.yaml")
    assert intake.load(tmp_path / "a.yaml") == mapping
    intake.save(intake.load(tmp_path / "a.yaml"), tmp_path / "b.yaml")
    assert (tmp_path / "a.yaml").read_bytes() == (tmp_path / "b.yaml").read_bytes()
    assert "# 工单编号" in (tmp_path / "a.yaml").read_text(encoding="utf-8")


words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
columns = st.lists(words, min_size=1, max_size=3).map(tuple)


@settings(max_examples=30)
@given(
    st.dictionaries(st.sampled_from([field.name for field in FIELDS["orders"]]), columns, min_size=1),
    st.dictionaries(words, st.none() | st.sampled_from(["consult", "help"])),
)
def test_any_names_survive_being_saved(
    tmp_path_factory: pytest.TempPathFactory, chosen: dict[str, tuple[str, ...]], told: dict[str, str | None]
) -> None:
    path = tmp_path_factory.mktemp("mapping") / "a.yaml"
    mapping = Mapping({"orders": TableMapping(("orders",), chosen, {"type": told} if told else {})})
    intake.save(mapping, path)
    assert intake.load(path) == mapping


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("", "orders"),
        ("- 1", "orders"),
        ("orders: {from: a", "orders"),
        ("order: {from: a, columns: {}}", "order"),
        ("orders: {from: a}", "columns"),
        ("orders: {columns: {order_id: 编号}}", "from"),
        ("orders: {from: a, columns: {order_id: {x: 1}}}", "order_id"),
        ("orders: {from: a, columns: {order_id: 编号}, value: {}}", "value"),
        ("orders: {from: a, columns: {order_id: 编号}, values: {type: 咨询}}", "type"),
        ("orders: {from: a, columns: {order_id: 编号}, derive: {urgency: {values: {}}}}", "urgency"),
    ],
)
def test_a_mapping_file_that_is_wrong_is_refused_with_the_place(content: str, part: str, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        intake.load(tmp_path / "m.yaml")
    assert caught.value.code == "intake.bad_mapping"
    assert part in caught.value.message.zh


def test_a_mapping_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        intake.load(tmp_path / "m.yaml")


def test_checking_names_everything_that_does_not_fit(tmp_path: Path) -> None:
    source = intake.open_source(str(write_csv(tmp_path / "orders.csv", [order("1")])))
    mapping = Mapping(
        {
            "orders": TableMapping(
                ("orders",),
                {"order_id": ("工单编码",), "colour": ("诉求内容",)},
                {"type": {"咨询类": "consultation"}, "department": {"城管": "D99"}},
            ),
            "steps": TableMapping(("step*",), {"order_id": ("工单编号",), "kind": ("环节",), "at": ("时间",)}),
        }
    )
    said = [text.zh for text in intake.check(mapping, source, TOWN)]
    for part in (
        "没有字段“colour”",
        "缺少必填字段“accepted_at”",
        "缺少诉求内容text或标题title",
        "没有列“工单编码”，是否为“工单编号",
        "“咨询类”对应的“consultation”无效，是否为“consult",
        "“城管”对应的“D99”无效",
        "没有名为step*的来源表",
    ):
        assert any(part in text for text in said), part
    assert all(text.en for text in intake.check(mapping, source, TOWN))
    assert intake.check(intake.guess(source, TOWN), source, TOWN) == []


def test_a_mapping_without_orders_does_not_fit(tmp_path: Path) -> None:
    source = intake.open_source(str(write_csv(tmp_path / "orders.csv", [order("1")])))
    assert [text.en for text in intake.check(Mapping({}), source, TOWN)] == ["the mapping has no orders section"]


def test_the_preview_shows_columns_shares_and_masked_samples(tmp_path: Path) -> None:
    rows = [
        order("1", 诉求内容="我叫李秀英，电话13800138000", 来电人="李秀英"),
        order("2", 满意度="满意"),
        order("3"),
        order("4"),
    ]
    source = intake.open_source(str(write_csv(tmp_path / "orders.csv", [row | {"备用": "x"} for row in rows])))
    shown = intake.preview(source, intake.guess(source, TOWN), rows=2)
    lines = {line.field: line for line in shown.lines}
    assert lines["text"].samples == ("我叫[姓名]，电话[手机]", "小区门口的垃圾三天没有人清运")
    assert lines["category"].samples[0] == "城市管理 > 市容环卫 > 垃圾清运"
    assert (lines["satisfaction"].columns, lines["satisfaction"].filled_share) == (("满意度",), 0.25)
    assert (lines["caller"].filled_share, lines["caller"].samples) == (0.25, ())
    assert (lines["signed_at"].columns, lines["signed_at"].filled_share) == ((), 0.0)
    assert shown.unused == ("orders: 备用",)


def test_a_database_is_previewed_and_read_like_a_file(tmp_path: Path) -> None:
    where = write_sqlite(tmp_path / "x.db", [order("1"), order("2")])
    source = intake.open_source(where)
    assert intake.preview(source, intake.guess(source, TOWN)).lines[0].filled_share == 1.0


def test_the_values_of_a_mapping_come_before_our_own(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "orders.csv",
        [
            order(
                "1",
                诉求类型="投诉",
                承办单位="环卫处",
                所属区县="老城",
                一级分类="垃圾",
                二级分类="",
                三级分类="",
                是否解决="办妥",
            )
        ],
    )
    source = intake.open_source(str(path))
    columns = intake.guess(source, TOWN).tables["orders"].columns
    values: dict[str, dict[str, str | None]] = {
        "type": {"投诉": "help"},
        "department": {"环卫处": "D01"},
        "district": {"老城": "01"},
        "category": {"垃圾": "01.01.01"},
        "solved": {"办妥": "是"},
    }
    (tmp_path / "scratch").mkdir()
    mapping = Mapping({"orders": TableMapping(("orders",), columns, values)})
    taken = intake.read(source, mapping, TOWN, scratch=tmp_path / "scratch")
    (row,) = all_orders(taken)
    assert [row[name] for name in values] == ["help", "D01", "01", "01.01.01", True]
    assert all_faults(taken) == []


def test_the_shipped_mapping_is_well_formed_and_complete() -> None:
    mapping = intake.load(SHIPPED)
    assert list(mapping.tables) == ["orders", "steps", "calls", "call_backs"]
    for table, mapped in mapping.tables.items():
        assert set(mapped.columns) == {field.name for field in FIELDS[table]}
