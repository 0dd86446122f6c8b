"""Every fault is told with file, row, column and value; good rows go on."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from suqiu import intake
from suqiu.domain.order import Channel
from tests.intake.town import TOWN, Row, all_faults, all_orders, order, take_in, take_in_rows, write_csv, write_sqlite

GOOD = order("G-1")


@pytest.mark.parametrize(
    ("bad", "column", "code", "value"),
    [
        (order(""), "工单编号", "missing_order_id", ""),
        (order("无"), "工单编号", "missing_order_id", ""),
        (order("1.23457E+17"), "工单编号", "mangled_number", "1.23457E+17"),
        (order("1.23457e17"), "工单编号", "mangled_number", "1.23457e17"),
        (order('="2E+17"'), "工单编号", "mangled_number", "2E+17"),
        (order("B", 诉求内容="", 工单标题=" \t"), "诉求内容", "missing_text", ""),
        (order("B", 受理时间=""), "受理时间", "missing_time", ""),
        (order("B", 受理时间="昨天下午"), "受理时间", "bad_time", "昨天下午"),
        (order("B", 受理时间="2026-13-45"), "受理时间", "bad_time", "2026-13-45"),
        (order("B", 受理时间="1026-03-01 08:00:00"), "受理时间", "time_out_of_range", "1026-03-01 08:00:00"),
        (order("B", 受理时间="2126-03-01 08:00:00"), "受理时间", "time_out_of_range", "2126-03-01 08:00:00"),
        (order("B", 办结时间="2026-02-27 10:00:00"), "办结时间", "time_reversed", "2026-02-27 10:00:00"),
        (
            order("B", 诉求内容="路\ufffd不亮，电话13800138000"),
            "诉求内容",
            "damaged_encoding",
            "路\ufffd不亮，电话[手机]",
        ),
        (order("B", 所属社区="锟斤拷社区"), "所属社区", "damaged_encoding", "锟斤拷社区"),
    ],
)
def test_a_bad_row_is_rejected_with_its_row_number_and_column(
    bad: Row, column: str, code: str, value: str, tmp_path: Path
) -> None:
    taken = take_in_rows(tmp_path, GOOD, bad, order("G-2"))
    assert [row["order_id"] for row in all_orders(taken)] == ["G-1", "G-2"]
    rejects = [fault for fault in all_faults(taken) if fault[4] == "reject"]
    assert rejects == [("orders.csv", 3, column, code, "reject", value)]
    assert taken.summary.tables["orders"].rejected == 1


@pytest.mark.parametrize(
    ("bad", "column", "code", "field"),
    [
        (order("B", 办结时间="不日办结"), "办结时间", "bad_time", "closed_at"),
        (order("B", 办结时间="2199-01-01"), "办结时间", "time_out_of_range", "closed_at"),
        (order("B", 首次派单时间="2026-02-27 10:00:00"), "首次派单时间", "time_reversed", "dispatched_at"),
        (order("B", 诉求类型="网格上报"), "诉求类型", "unknown_code", "type"),
        (order("B", 一级分类="宇宙航行", 二级分类="", 三级分类=""), "一级分类", "unknown_code", "category"),
        (order("B", 承办单位="火星办事处"), "承办单位", "unknown_code", "department"),
        (order("B", 所属区县="火星区"), "所属区县", "unknown_code", "district"),
        (order("B", 所属街道="火星街道"), "所属街道", "unknown_code", "street"),
        (order("B", 所属社区="火星社区"), "所属社区", "unknown_code", "community"),
        (order("B", 经度="东经一百一十五度"), "经度", "bad_number", "lon"),
        (order("B", 纬度="3287654.5"), "纬度", "bad_number", "lat"),
        (order("B", 是否解决="且看下回"), "是否解决", "unknown_code", "solved"),
        (order("B", 满意度="尚可"), "满意度", "unknown_code", "satisfaction"),
    ],
)
def test_a_bad_cell_is_told_and_the_row_goes_on_without_it(
    bad: Row, column: str, code: str, field: str, tmp_path: Path
) -> None:
    taken = take_in_rows(tmp_path, GOOD, bad)
    assert all_faults(taken) == [("orders.csv", 3, column, code, "mend", bad[column])]
    kept = {row["order_id"]: row for row in all_orders(taken)}
    assert kept["B"][field] is None


def test_a_category_is_known_as_deep_as_its_names_lead(tmp_path: Path) -> None:
    taken = take_in_rows(tmp_path, order("B", 三级分类="宇宙垃圾"))
    assert all_orders(taken)[0]["category"] == "01.01"
    assert all_faults(taken) == [("orders.csv", 2, "三级分类", "unknown_code", "mend", "宇宙垃圾")]


def test_an_unknown_channel_is_told_and_counts_as_other(tmp_path: Path) -> None:
    taken = take_in_rows(tmp_path, order("B", 受理渠道="飞鸽传书"))
    assert all_orders(taken)[0]["channel"] == Channel.OTHER.value
    assert [fault[2:4] for fault in all_faults(taken)] == [("受理渠道", "unknown_code")]


def test_one_row_may_have_several_faults_each_told(tmp_path: Path) -> None:
    taken = take_in_rows(tmp_path, order("", 受理时间="", 诉求内容="", 工单标题="", 满意度="尚可"))
    assert [(fault[2], fault[3]) for fault in all_faults(taken)] == [
        ("受理时间", "missing_time"),
        ("工单编号", "missing_order_id"),
        ("满意度", "unknown_code"),
        ("诉求内容", "missing_text"),
    ]
    assert taken.summary.tables["orders"].rejected == 1


def test_a_row_of_the_wrong_width_is_rejected_with_its_text(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "orders.csv", [GOOD, order("G-2")])
    lines = path.read_text(encoding="utf-8").splitlines()
    lines.insert(2, lines[1] + ",多出一格13800138000")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    taken = take_in(tmp_path, str(path))
    (fault,) = all_faults(taken)
    assert fault[:5] == ("orders.csv", 3, "", "wrong_column_count", "reject")
    assert len(fault[5]) <= 60
    assert [row["source_row"] for row in all_orders(taken)] == [2, 4]


def test_orders_that_share_a_mangled_number_are_no_duplicates(tmp_path: Path) -> None:
    taken = take_in_rows(tmp_path, order("2.02603E+17"), order("2.02603E+17"), order("1E5"), order("12.5E"))
    assert [fault[1:5] for fault in all_faults(taken)] == [
        (2, "工单编号", "mangled_number", "reject"),
        (3, "工单编号", "mangled_number", "reject"),
    ]
    assert [row["order_id"] for row in all_orders(taken)] == ["12.5E", "1E5"]


def test_a_number_too_long_for_a_workbook_cell_is_told_as_mangled(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(list(GOOD))
    book.active.append([2.02603011230001e19, *list(GOOD.values())[1:]])
    book.active.append(list(GOOD.values()))
    book.save(tmp_path / "orders.xlsx")
    taken = take_in(tmp_path, str(tmp_path / "orders.xlsx"))
    assert [fault[1:4] for fault in all_faults(taken)] == [(2, "工单编号", "mangled_number")]


def test_a_call_with_a_mangled_order_number_goes_on_without_it(tmp_path: Path) -> None:
    out = tmp_path / "export"
    out.mkdir()
    write_csv(out / "orders.csv", [GOOD])
    call = {"排队时间": "2026-03-01 08:20:00", "接听时间": "2026-03-01 08:20:10", "结束时间": "2026-03-01 08:24:00"}
    write_csv(out / "calls.csv", [{"通话编号": "C-1", "工单编号": "1.23457E+17"} | call])
    taken = take_in(tmp_path, str(out))
    assert all_faults(taken) == [("calls.csv", 2, "工单编号", "mangled_number", "mend", "1.23457E+17")]
    assert [row["order_id"] for batch in taken.calls() for row in batch.to_pylist()] == [None]


def test_a_line_that_is_no_json_is_told_as_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "orders.jsonl"
    path.write_text(json.dumps(GOOD, ensure_ascii=False) + '\n{"工单编号": "B", "诉求内容": "断\n', encoding="utf-8")
    taken = take_in(tmp_path, str(path))
    assert [fault[:5] for fault in all_faults(taken)] == [("orders.jsonl", 2, "", "unreadable_row", "reject")]


def test_a_row_that_a_quotation_mark_has_stretched_over_many_is_told_so(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "orders.csv", [GOOD, *map(order, "abcdef")])
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2].replace("关于垃圾", '"关于垃圾')
    lines[6] = lines[6].replace("小区门口", '"小区门口')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    taken = take_in(tmp_path, str(path))
    (fault,) = all_faults(taken)
    assert fault[1:4] == (3, "", "wrong_column_count")
    assert fault[5].startswith("（可能有未闭合的引号，涉及5行）a,电话")
    taken.write_rejected(tmp_path / "rejected.csv")
    assert "（可能有未闭合的引号，涉及5行）a,电话" in (tmp_path / "rejected.csv").read_text("utf-8-sig")
    assert [row["order_id"] for row in all_orders(taken)] == ["G-1", "f"]


def test_a_broken_row_of_a_few_lines_is_shown_as_it_stands(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "orders.csv", [GOOD])
    with path.open("a", encoding="utf-8") as file:
        file.write('a,"一行\n两行\n三行"\n')
    (fault,) = all_faults(take_in(tmp_path, str(path)))
    assert fault[5].startswith("a,")


@pytest.mark.parametrize("stamped", [2001, 2026, 2031])
def test_a_date_over_a_year_after_nearly_all_others_is_out_of_range_whenever_the_file_was_written(
    stamped: int, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "orders.csv", [GOOD, order("B", 受理时间="2030-03-01 08:00:00"), *map(order, "abcdef")])
    stamp = datetime(stamped, 4, 1).timestamp()
    os.utime(path, (stamp, stamp))
    taken = take_in(tmp_path, str(path))
    assert all_faults(taken) == [("orders.csv", 3, "受理时间", "time_out_of_range", "reject", "2030-03-01 08:00:00")]
    assert len(all_orders(taken)) == 7


def test_dates_within_a_year_of_nearly_all_others_go_on(tmp_path: Path) -> None:
    early = [order(f"E-{n:03}") for n in range(98)]
    taken = take_in_rows(tmp_path, *early, *(order(f"L-{n}", 受理时间="2027-02-28 08:00:00") for n in range(2)))
    assert (all_faults(taken), len(all_orders(taken))) == ([], 100)


def test_databases_are_held_to_the_same_dates_as_files(tmp_path: Path) -> None:
    rows = [GOOD, order("B", 受理时间="2030-03-01 08:00:00"), *map(order, "abcdef")]
    taken = take_in(tmp_path, write_sqlite(tmp_path / "x.db", rows))
    assert [fault[3] for fault in all_faults(taken)] == ["time_out_of_range"]


def test_values_are_shown_redacted_and_cut(tmp_path: Path) -> None:
    taken = take_in_rows(tmp_path, order("B", 受理时间="联系人：李秀英，电话13800138000" + "，后天" * 30))
    (fault,) = all_faults(taken)
    assert fault[5].startswith("联系人：[姓名]，电话[手机]，后天")
    assert len(fault[5]) == 60


def test_blank_rows_are_no_rows(tmp_path: Path) -> None:
    taken = take_in_rows(tmp_path, GOOD, dict.fromkeys(GOOD, ""), order("G-2"))
    assert all_faults(taken) == []
    assert [row["source_row"] for row in all_orders(taken)] == [2, 4]


def test_words_that_say_nothing_are_no_faults(tmp_path: Path) -> None:
    blank = dict.fromkeys(("诉求类型", "承办单位", "所属街道", "经度", "满意度", "办结时间", "是否解决"), "无")
    taken = take_in_rows(tmp_path, order("B", **blank, 所属区县="全市", 纬度="0.0"))
    assert all_faults(taken) == []
    row = all_orders(taken)[0]
    assert {row[name] for name in ("type", "department", "street", "lon", "lat", "satisfaction", "closed_at")} == {None}


def test_a_word_that_names_no_department_says_nothing_and_is_no_fault(tmp_path: Path) -> None:
    taken = take_in_rows(tmp_path, order("A", 承办单位="其他单位"))
    assert [row["department"] for row in all_orders(taken)] == [None]
    assert all_faults(taken) == []


def test_a_file_whose_every_fault_is_mended_has_no_rejected_row(tmp_path: Path) -> None:
    taken = take_in_rows(tmp_path, GOOD, order("B", 承办单位="火星办事处"))
    assert [fault[4] for fault in all_faults(taken)] == ["mend"]
    assert taken.write_rejected(tmp_path / "rejected.csv") == 0


def test_a_stray_quotation_mark_that_swallows_rows_is_told(tmp_path: Path) -> None:
    names = ["工单编号", "诉求内容", "受理时间", "承办单位", "所属区县", "事发地址", "满意度"]
    lines = [",".join(names)]
    lines += [f"{n},路灯不亮,2026-03-01 08:00:00,,,滨江路,满意" for n in range(100, 120)]
    lines[5] = lines[5].replace("路灯不亮", '"路灯不亮')
    lines[9] = lines[9].replace("路灯不亮", '路灯不亮"')
    (tmp_path / "orders.csv").write_text("\n".join(lines) + "\n", "utf-8")
    source = intake.open_source(str(tmp_path / "orders.csv"))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    taken = intake.read(source, intake.guess(source, TOWN), TOWN, scratch=scratch)
    assert len(all_orders(taken)) == 15
    (fault,) = [fault for fault in all_faults(taken) if fault[4] == "reject"]
    assert fault[1:4] == (6, "", "wrong_column_count")
    assert "未闭合的引号" in fault[5]
