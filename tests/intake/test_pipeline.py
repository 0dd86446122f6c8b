"""The whole way in: order, duplicates, callers, orphans, periods, batches, and the file of rejected rows."""

from __future__ import annotations

import csv
import random
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from suqiu import intake
from suqiu.domain.errors import InvalidInput
from suqiu.domain.order import NAMES, Channel, OrderType, Satisfaction, Status, StepKind, Urgency
from suqiu.domain.tables import CALL_BACKS, CALLS, FAULTS, ORDERS, STEPS
from suqiu.intake.pipeline import Intake
from tests.intake.town import TOWN, all_faults, all_orders, order, take_in, take_in_rows, write_csv


def rows_of(taken: Intake, table: str) -> list[dict[str, object]]:
    """Return a table's rows."""
    return [row for batch in getattr(taken, table)() for row in batch.to_pylist()]


def export(folder: Path) -> Path:
    """Write an export of all four tables."""
    out = folder / "export"
    out.mkdir()
    write_csv(out / "orders.csv", [order("B-2"), order("B-1", 受理时间="2026-03-02 10:00:00")])
    step = {
        "工单编号": "B-2",
        "序号": "1",
        "环节": "受理",
        "时间": "2026-03-01 08:30:00",
        "操作人": "1024",
        "承办单位": "",
        "原因": "",
        "延期至": "",
        "并入工单": "",
    }
    write_csv(
        out / "steps.csv",
        [
            step | {"序号": "3", "环节": "签收", "时间": "2026-03-01 10:00:00"},
            step | {"序号": "2", "环节": "派单", "时间": "2026-03-01 09:00:00", "承办单位": "城市管理局"},
            step | {"工单编号": "B-1", "环节": "受理", "时间": "2026-03-02 10:00:00"},
            step,
            step | {"工单编号": "NONE"},
            step
            | {
                "序号": "4",
                "环节": "同意延期",
                "时间": "2026-03-02 09:00:00",
                "延期至": "2026-03-09",
                "原因": "联系人：李秀英，13800138000",
            },
            step | {"环节": "起飞"},
        ],
    )
    call = {
        "通话编号": "C-2",
        "工单编号": "B-2",
        "排队时间": "2026-03-01 08:20:00",
        "接听时间": "2026-03-01 08:20:10",
        "结束时间": "2026-03-01 08:24:00",
        "整理完成时间": "",
        "座席工号": "1024",
        "转接至": "119",
        "转接成功": "是",
        "回拨时间": "",
    }
    write_csv(
        out / "calls.csv",
        [
            call,
            call | {"通话编号": "C-1", "工单编号": "NONE", "转接至": "市城管局"},
            call | {"通话编号": "C-3", "结束时间": "2026-03-01 08:00:00"},
        ],
    )
    back = {
        "工单编号": "B-2",
        "回访时间": "2026-03-05 09:00:00",
        "回访方式": "人工",
        "是否接通": "是",
        "是否已联系": "是",
        "是否解决": "否",
        "满意度": "不满意",
        "是否属实": "属实",
    }
    write_csv(
        out / "callbacks.csv",
        [back | {"回访时间": "2026-03-06 09:00:00", "是否接通": ""}, back, back | {"工单编号": "X"}],
    )
    return out


def test_all_four_tables_come_out_in_their_order_and_schema(tmp_path: Path) -> None:
    taken = take_in(tmp_path, str(export(tmp_path)))
    schemas = {"orders": ORDERS, "steps": STEPS, "calls": CALLS, "call_backs": CALL_BACKS, "faults": FAULTS}
    for table, schema in schemas.items():
        assert all(batch.schema.equals(schema) for batch in getattr(taken, table)())
    steps = [(row["order_id"], row["seq"], row["kind"], row["department"]) for row in rows_of(taken, "steps")]
    assert steps == [
        ("B-1", 1, "accept", None),
        ("B-2", 1, "accept", None),
        ("B-2", 2, "dispatch", "D01"),
        ("B-2", 3, "sign", None),
        ("B-2", 4, "grant_extension", None),
    ]
    last = rows_of(taken, "steps")[-1]
    assert (last["until"], last["reason"]) == (datetime(2026, 3, 9), "联系人：[姓名]，[手机]")
    calls = [
        (row["call_id"], row["order_id"], row["transferred_to"], row["transfer_accepted"])
        for row in rows_of(taken, "calls")
    ]
    assert calls == [("C-1", None, "D01", True), ("C-2", "B-2", "119", True)]
    backs = [
        (row["at"], row["by"], row["reached"], row["solved"], row["truthful"]) for row in rows_of(taken, "call_backs")
    ]
    assert backs == [
        (datetime(2026, 3, 5, 9), "human", True, False, True),
        (datetime(2026, 3, 6, 9), "human", True, False, True),
    ]


def test_rows_without_an_order_are_orphans(tmp_path: Path) -> None:
    taken = take_in(tmp_path, str(export(tmp_path)))
    assert all_faults(taken) == [
        ("callbacks.csv", 4, "工单编号", "orphan", "reject", "X"),
        ("calls.csv", 3, "工单编号", "orphan", "mend", "NONE"),
        ("calls.csv", 4, "结束时间", "time_reversed", "reject", "2026-03-01 08:00:00"),
        ("steps.csv", 6, "工单编号", "orphan", "reject", "NONE"),
        ("steps.csv", 8, "环节", "unknown_code", "reject", "起飞"),
    ]
    counts = {table: (count.read, count.kept, count.rejected) for table, count in taken.summary.tables.items()}
    assert counts == {"orders": (2, 2, 0), "steps": (7, 5, 2), "calls": (3, 2, 1), "call_backs": (3, 2, 1)}


def test_orders_are_sorted_by_acceptance_then_number(tmp_path: Path) -> None:
    rows = [order(f"{n:03}", 受理时间=f"2026-03-{n % 7 + 1:02} 08:00:00") for n in range(60)]
    random.Random(3).shuffle(rows)
    found = [(row["accepted_at"], row["order_id"]) for row in all_orders(take_in_rows(tmp_path, *rows))]
    assert len(found) == 60
    assert found == sorted(found)


def test_of_repeated_numbers_the_row_with_the_later_last_time_is_kept(tmp_path: Path) -> None:
    later = order("A", 办结时间="2026-03-05 10:00:00")
    taken = take_in_rows(tmp_path, order("A"), later, order("A", 办结时间="2026-03-04 10:00:00", 事发地址="某处"))
    assert [row["source_row"] for row in all_orders(taken)] == [3]
    assert [fault[1:4] for fault in all_faults(taken)] == [
        (2, "工单编号", "duplicate_order"),
        (4, "工单编号", "duplicate_order"),
    ]


def test_of_repeated_numbers_with_the_same_times_the_fuller_row_is_kept_then_the_later(tmp_path: Path) -> None:
    fuller = take_in_rows(tmp_path, order("A", 事发地址="某处"), order("A"))
    assert [row["source_row"] for row in all_orders(fuller)] == [2]
    same = take_in_rows(tmp_path, order("A"), order("A"))
    assert [row["source_row"] for row in all_orders(same)] == [3]


def test_a_rejected_row_does_not_shut_out_its_namesake(tmp_path: Path) -> None:
    taken = take_in_rows(tmp_path, order("A"), order("A", 受理时间="明天", 办结时间="2026-03-09 10:00:00"))
    assert [row["source_row"] for row in all_orders(taken)] == [2]
    assert [fault[3] for fault in all_faults(taken)] == ["bad_time"]


def test_a_caller_is_known_by_the_number_of_their_first_order(tmp_path: Path) -> None:
    taken = take_in_rows(
        tmp_path,
        order("C", 联系电话="138-0013-8000", 受理时间="2026-03-03 08:00:00"),
        order("A", 联系电话="+86 13800138000", 来电人="李秀英", 受理时间="2026-03-02 08:00:00"),
        order("B", 联系电话="13800138000", 受理时间="2026-03-02 08:00:00"),
        order("D", 来电人="李秀英"),
        order("E", 来电人="李秀英", 联系电话="无"),
        order("F", 来电人="王先生"),
        order("G", 来电人="匿名"),
        order("H"),
    )
    callers = {row["order_id"]: row["caller_id"] for row in all_orders(taken)}
    assert callers == {"A": "A", "B": "A", "C": "A", "D": "D", "E": "D", "F": None, "G": None, "H": None}


def test_no_name_or_number_of_a_caller_is_kept_anywhere(tmp_path: Path) -> None:
    taken = take_in_rows(
        tmp_path,
        order("A", 来电人="欧阳秀英", 联系电话="13912345678", 诉求内容="我叫欧阳秀英，电话13912345678，路灯不亮"),
        order("B", 来电人="欧阳秀英", 联系电话="13912345678", 受理时间=""),
        order("C", 来电人="欧阳秀英", 联系电话="13912345678", 受理时间="电话13912345678"),
    )
    taken.write_rejected(tmp_path / "rejected.csv")
    shown = str(rows_of(taken, "orders")) + str(all_faults(taken)) + (tmp_path / "rejected.csv").read_text("utf-8-sig")
    files = [path.read_bytes() for path in (tmp_path / "scratch").iterdir()]
    for secret in ("欧阳秀英", "13912345678"):
        assert secret not in shown
        assert all(secret.encode() not in content for content in files)


def test_every_free_text_is_redacted(tmp_path: Path) -> None:
    said = "联系人：李秀英，电话13800138000"
    taken = take_in_rows(tmp_path, order("A", 工单标题=said, 诉求内容=said, 事发地址=said, 答复内容=said))
    (row,) = all_orders(taken)
    assert {row[name] for name in ("title", "text", "address", "reply")} == {"联系人：[姓名]，电话[手机]"}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("工单_李秀英女士13800138000.csv", "工单_[姓名]女士[手机].csv"),
        ("工单导出2026-03-01_20260331.csv", "工单导出2026-03-01_20260331.csv"),
    ],
)
def test_the_name_of_the_file_that_goes_with_each_order_is_redacted(name: str, kept: str, tmp_path: Path) -> None:
    (row,) = all_orders(take_in(tmp_path, str(write_csv(tmp_path / name, [order("A")]))))
    assert row["source_file"] == kept


def test_a_period_keeps_its_days_and_their_steps(tmp_path: Path) -> None:
    taken = take_in(tmp_path, str(export(tmp_path)), period=(date(2026, 3, 2), date(2026, 3, 2)))
    assert [row["order_id"] for row in all_orders(taken)] == ["B-1"]
    assert [row["order_id"] for row in rows_of(taken, "steps")] == ["B-1"]
    assert rows_of(taken, "calls") == rows_of(taken, "call_backs") == []
    # A step of an order outside the period is no orphan.
    assert [fault[1] for fault in all_faults(taken) if fault[0] == "steps.csv"] == [6, 8]
    orders = taken.summary.tables["orders"]
    assert (orders.read, orders.kept, orders.outside) == (2, 1, 1)
    assert (taken.summary.first_at, taken.summary.last_at) == (datetime(2026, 3, 2, 10), datetime(2026, 3, 2, 10))


def many(folder: Path, count: int) -> Path:
    """Write an export of many orders in no order, with faults, repeats and steps."""
    out = folder / f"many-{count}"
    out.mkdir()
    dice = random.Random(11)
    begin = datetime(2026, 1, 1)
    rows = []
    for n in range(count):
        moment = begin + timedelta(minutes=dice.randrange(60 * 24 * 90))
        number = f"N{dice.randrange(count):06}"
        text = f"{n}号楼路灯不亮，电话1380013{dice.randrange(8000, 8400)}"
        when = "坏的时间" if n % 97 == 0 else f"{moment:%Y-%m-%d %H:%M:%S}"
        rows.append(order(number, 受理时间=when, 诉求内容=text, 联系电话=f"1380013{dice.randrange(8000, 8400)}"))
    write_csv(out / "orders.csv", rows)
    steps = [
        {
            "工单编号": f"N{dice.randrange(count):06}",
            "环节": dice.choice(["受理", "派单", "催办"]),
            "时间": f"{begin + timedelta(minutes=dice.randrange(60 * 24 * 90)):%Y-%m-%d %H:%M}",
        }
        for _ in range(count * 2)
    ]
    write_csv(out / "steps.csv", steps)
    return out


def test_how_much_is_read_at_a_time_does_not_change_the_result(tmp_path: Path) -> None:
    out = many(tmp_path, 3000)
    results = []
    for batch_rows in (50_000, 237):
        taken = take_in(tmp_path, str(out), batch_rows=batch_rows)
        taken.write_rejected(tmp_path / "rejected.csv")
        tables = {name: pa.Table.from_pylist(rows_of(taken, name)) for name in ("orders", "steps", "faults")}
        results.append((tables, taken.summary, (tmp_path / "rejected.csv").read_bytes()))
    assert results[0] == results[1]
    assert results[0][0]["orders"].num_rows > 1000
    assert results[0][0]["steps"].num_rows > 2000


def test_the_steps_of_many_orders_are_sorted_across_ranges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suqiu.intake.dependents._ORDERS_TOGETHER", 100)
    monkeypatch.setattr("suqiu.intake.spool._GATHERED_BYTES", 10_000)
    taken = take_in(tmp_path, str(many(tmp_path, 1500)), batch_rows=200)
    steps = [(row["order_id"], row["seq"]) for row in rows_of(taken, "steps")]
    assert steps == sorted(steps)
    moments = [(row["order_id"], row["at"]) for row in rows_of(taken, "steps")]
    assert moments == sorted(moments)  # no position stated: by time
    known = {row["order_id"] for row in all_orders(taken)}
    assert {number for number, _ in steps} <= known
    counts = taken.summary.tables["steps"]
    assert counts.kept == len(steps)
    assert counts.read == 3000


def test_tables_can_be_walked_again(tmp_path: Path) -> None:
    taken = take_in(tmp_path, str(export(tmp_path)))
    assert rows_of(taken, "steps") == rows_of(taken, "steps")
    assert all_orders(taken) == all_orders(taken)


def test_progress_ends_with_all_of_the_work_done(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    source = intake.open_source(str(export(tmp_path)))
    (tmp_path / "scratch").mkdir()
    mapping = intake.guess(source, TOWN)
    intake.read(
        source, mapping, TOWN, scratch=tmp_path / "scratch", progress=lambda done, total: told.append((done, total))
    )
    assert told[-1][0] == told[-1][1] > 0
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_mapping_that_does_not_fit_is_refused_with_what_is_wrong(tmp_path: Path) -> None:
    source = intake.open_source(str(write_csv(tmp_path / "orders.csv", [order("A")])))
    mapping = intake.Mapping({"orders": intake.TableMapping(("orders",), {"order_id": ("工单号",)})})
    with pytest.raises(InvalidInput) as caught:
        intake.read(source, mapping, TOWN, scratch=tmp_path)
    assert "accepted_at" in caught.value.message.zh
    assert "是否为“工单编号" in caught.value.message.zh


@pytest.mark.parametrize("below", ["", "\n", "\n,,,\n,,,\n"])
def test_orders_without_a_row_under_the_header_are_refused(below: str, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("工单编号,工单标题,诉求内容,受理时间" + below, encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        take_in(tmp_path, str(path))
    assert caught.value.code == "intake.no_rows"
    assert "“orders.csv”没有数据行" in caught.value.message.zh


def test_orders_that_are_all_rejected_are_still_rows(tmp_path: Path) -> None:
    counts = take_in_rows(tmp_path, order("")).summary.tables["orders"]
    assert (counts.read, counts.kept, counts.rejected) == (1, 0, 1)


def read_csv(path: Path) -> list[dict[str, str]]:
    """Read the file of rejected rows as Excel would."""
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_rejected_rows_come_back_once_each_with_all_reasons_and_masked(tmp_path: Path) -> None:
    rows = [
        order("A"),
        order("", 受理时间="明天", 诉求内容="电话13800138000", 来电人="李秀英", 联系电话="13800138000", 满意度="尚可"),
        order("A", 办结时间="2026-03-05 10:00:00"),
        order("C", 受理时间="", 工单标题="=1+1"),
    ]
    taken = take_in_rows(tmp_path, *rows)
    assert taken.write_rejected(tmp_path / "rejected.csv") == 3
    found = read_csv(tmp_path / "rejected.csv")
    assert [(row["文件"], row["行号"]) for row in found] == [
        ("orders.csv", "2"),
        ("orders.csv", "3"),
        ("orders.csv", "5"),
    ]
    assert [row["问题代码"] for row in found] == ["duplicate_order", "bad_time；missing_order_id", "missing_time"]
    assert found[1]["问题说明"] == "受理时间：时间无法识别；工单编号：工单编号为空"
    assert "2026-03-01 08:30:00" in found[1]["处理办法"]
    assert (found[1]["诉求内容"], found[1]["来电人"], found[1]["联系电话"]) == ("电话[手机]", "[已隐去]", "[已隐去]")
    assert found[2]["工单标题"] == "'=1+1"  # no formula runs when the file is opened
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("column", ["投诉人", "当事人", "转办人", "申请人(代)", "市民称呼", "回访人员"])
def test_columns_that_name_persons_are_hidden_in_rejected_rows_though_nothing_maps_them(
    column: str, tmp_path: Path
) -> None:
    row = {**order("", 受理时间="明天"), column: "王大锤"}
    taken = take_in_rows(tmp_path, row)
    taken.write_rejected(tmp_path / "rejected.csv")
    (found,) = read_csv(tmp_path / "rejected.csv")
    assert found[column] == "[已隐去]"


def test_rejected_rows_of_all_tables_share_one_file_sorted_by_file_and_row(tmp_path: Path) -> None:
    out = export(tmp_path)
    path = out / "orders.csv"
    path.write_text(path.read_text(encoding="utf-8") + "断,行\n", encoding="utf-8")
    taken = take_in(tmp_path, str(out))
    assert taken.write_rejected(tmp_path / "rejected.csv") == 5
    found = read_csv(tmp_path / "rejected.csv")
    assert [(row["文件"], int(row["行号"])) for row in found] == [
        ("callbacks.csv", 4),
        ("calls.csv", 4),
        ("orders.csv", 4),
        ("steps.csv", 6),
        ("steps.csv", 8),
    ]
    assert (found[2]["问题代码"], found[2]["原始行"]) == ("wrong_column_count", "断,行")
    assert found[4]["环节"] == "起飞"


def test_a_perfect_export_gives_a_file_of_rejected_rows_with_a_header_only(tmp_path: Path) -> None:
    taken = take_in_rows(tmp_path, order("A"))
    assert taken.write_rejected(tmp_path / "rejected.csv") == 0
    assert read_csv(tmp_path / "rejected.csv") == []


@pytest.mark.parametrize(
    ("field", "column", "codes"),
    [
        ("channel", "受理渠道", Channel),
        ("type", "诉求类型", OrderType),
        ("urgency", "紧急程度", Urgency),
        ("satisfaction", "满意度", Satisfaction),
    ],
)
def test_every_name_of_a_code_is_understood(
    field: str, column: str, codes: type[Channel | OrderType | Urgency | Satisfaction], tmp_path: Path
) -> None:
    rows = [order(f"{n:02}", **{column: NAMES[code].zh}) for n, code in enumerate(codes)]
    taken = take_in_rows(tmp_path, *rows)
    assert [row[field] for row in all_orders(taken)] == [code.value for code in codes]
    assert all_faults(taken) == []


def test_every_name_of_a_step_and_a_state_is_understood(tmp_path: Path) -> None:
    out = tmp_path / "export"
    out.mkdir()
    write_csv(out / "orders.csv", [order(f"{n:02}") | {"工单状态": NAMES[state].zh} for n, state in enumerate(Status)])
    steps = [
        {"工单编号": "00", "环节": NAMES[kind].zh, "时间": f"2026-03-02 08:{n:02}"} for n, kind in enumerate(StepKind)
    ]
    write_csv(out / "steps.csv", steps)
    taken = take_in(tmp_path, str(out))
    assert all_faults(taken) == []
    assert [row["status"] for row in all_orders(taken)] == [state.value for state in Status]
    assert [row["kind"] for row in rows_of(taken, "steps")] == [kind.value for kind in StepKind]
