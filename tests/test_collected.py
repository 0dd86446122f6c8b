"""From a centre's folder to evidence: complete, reduced, deterministic, and without personal data."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from suqiu import citypack, intake, recorded, simulate
from suqiu.assessment.faults import FormFault
from suqiu.assessment.forms import evidence_schema
from suqiu.assessment.handed import read_record
from suqiu.collected import Collected, collect
from suqiu.config import Settings
from suqiu.domain.errors import Conflict, InvalidInput
from suqiu.domain.finding import Backing
from suqiu.lake import Lake

LINJIANG = Path(__file__).parents[1] / "cities" / "linjiang"
CENTRE = "id: linjiang\nname: 临江市12345热线\nperiod: {first: 2026-01-01, last: 2026-06-30}\n"
Row = Sequence[object]


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small city's export."""
    folder = tmp_path_factory.mktemp("simulated") / "export"
    simulate.write(
        citypack.load(LINJIANG), LINJIANG / "simulation", orders=400, months=2, seed=5, out=folder, formats="csv"
    )
    shutil.rmtree(folder / "truth", ignore_errors=True)
    return folder


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    folder = tmp_path / "centre"
    folder.mkdir()
    (folder / "centre.yaml").write_text(CENTRE, "utf-8")
    return folder


def sheet(path: Path, header: str, *rows: Row) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header.split(), *rows])


def collected(folder: Path, out: str = "out") -> Collected:
    return collect(folder, folder.parent / out, Settings(), lambda what, share: None)


def table(folder: Path, name: str, out: str = "out") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder.parent / out / "evidence" / f"{name}.parquet").to_pylist()
    return found


def faults(done: Collected) -> set[tuple[str, FormFault, tuple[int, ...]]]:
    return {(line.form, line.fault, line.rows) for line in done.faults}


def words(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file())


STAFF = "人员编号 岗位 入职日期 受过智能应用培训"


def test_cells_are_read_in_every_way_that_people_write_them(centre: Path) -> None:
    sheet(
        centre / "suggestions.csv",
        "编号 功能 展示时间 是否采纳 置信度 时延（秒）",
        ["a", "fill", "2026-01-03 08:00:00", "是", "85%", "1,200.5"],
        ["b", "FILL", "2026年1月4日 9时", "N", "0.5", ""],
        ["c", "fill", "46026.5", "", "", "-"],
    )
    assert faults(collected(centre)) == set()
    rows = table(centre, "suggestions")
    assert [row["function"] for row in rows] == ["fill"] * 3
    assert [row["adopted"] for row in rows] == [True, False, None]
    assert [row["confidence"] for row in rows] == [0.85, 0.5, None]
    assert [row["latency_seconds"] for row in rows] == [1200.5, None, None]
    assert [row["shown_at"].date() for row in rows] == [date(2026, 1, 3), date(2026, 1, 4), date(2026, 1, 4)]


def test_months_may_be_written_as_months(centre: Path) -> None:
    header = "编号 服务 月份 应服务分钟数 可用分钟数"
    sheet(centre / "service_months.csv", header, [1, "asr", "2026年3月", 10, 9], [2, "asr", "2026-04", 10, 9])
    assert faults(collected(centre)) == set()
    assert [row["month"] for row in table(centre, "service_months")] == [date(2026, 3, 1), date(2026, 4, 1)]


def test_every_wrong_cell_is_named_and_its_row_left_out(centre: Path) -> None:
    sheet(
        centre / "staff.csv",
        STAFF,
        ["E1", "agent", "2020-01-01", "是"],
        ["E2", "boss", "sometime", "maybe"],
        ["", "agent", "2020-01-01", ""],
        ["E1", "agent", "2021-01-01", ""],
        ["1.23E+17", "agent", "2021-01-01", ""],
    )
    done = collected(centre)
    assert [row["staff_id"] for row in table(centre, "staff")] == ["1"]
    assert faults(done) == {
        ("staff", FormFault.UNKNOWN_CODE, (3,)),
        ("staff", FormFault.BAD_DAY, (3,)),
        ("staff", FormFault.BAD_FLAG, (3,)),
        ("staff", FormFault.MISSING_VALUE, (4,)),
        ("staff", FormFault.DUPLICATE_KEY, (5,)),
        ("staff", FormFault.MANGLED_NUMBER, (6,)),
    }
    listed = (centre / "local" / "form_faults.csv").read_text("utf-8-sig")
    assert all(word in listed for word in ("boss", "sometime", "maybe", "该行未采用"))


def test_a_form_without_a_required_column_is_refused_and_every_missing_one_named(centre: Path) -> None:
    sheet(centre / "audits.csv", "编号 日期 备注", ["1", "2026-01-01", "x"])
    done = collected(centre)
    (refusal,) = [line for line in done.faults if line.refuses]
    assert "类别" in refusal.message.zh
    assert "是否符合" in refusal.message.zh
    assert done.record.items == ()
    assert not (centre.parent / "out" / "evidence" / "audits.parquet").exists()


def test_a_form_without_a_row_counts_as_not_handed_in(centre: Path) -> None:
    sheet(centre / "staff.csv", STAFF)
    assert collected(centre).record.items == ()


def test_unknown_columns_are_told_and_stay_in_the_centre(centre: Path) -> None:
    sheet(centre / "staff.csv", STAFF + " 家庭住址", ["E1", "agent", "2020-01-01", "是", "东街九号院"])
    done = collected(centre)
    assert faults(done) == {("staff", FormFault.UNKNOWN_COLUMN, ())}
    assert "东街九号院".encode() not in words(centre.parent / "out")


def test_texts_become_counts_and_stay_behind(centre: Path) -> None:
    sheet(
        centre / "eval_speech.csv",
        "编号 条件 人工校对文本 识别文本",
        [1, "mandarin", "你好，我要投诉 噪声。", "你好我要投诉早生"],
        [2, "noise", "ＡＢＣ", "abc"],
    )
    sheet(
        centre / "eval_fill.csv",
        "编号 字段 智能填写 人工核定",
        [1, "place", "东风路 12号", "东风路12号"],
        [2, "place", "", "西街"],
        [3, "place", "南街", "北街"],
    )
    sheet(centre / "eval_summaries.csv", "编号 功能 初稿 定稿", [1, "reply", "已经办结。", "已办结，请核"])
    collected(centre)
    assert [(row["length"], row["errors"]) for row in table(centre, "eval_speech")] == [(8, 2), (3, 0)]
    assert [(row["was_filled"], row["right"]) for row in table(centre, "eval_fill")] == [
        (True, True),
        (False, None),
        (True, False),
    ]
    assert [(row["distance"], row["length"]) for row in table(centre, "eval_summaries")] == [(3, 5)]
    left = words(centre.parent / "out")
    assert not any(text.encode() in left for text in ("投诉", "东风路", "办结"))


@pytest.mark.parametrize("word", ["张伟 13912345678", "a@b.cn", "京A12345"])
def test_personal_data_in_a_word_refuses_everything_and_names_the_place(centre: Path, word: str) -> None:
    sheet(centre / "needs.csv", "编号 提出日期 是否答复", [1, "2026-01-01", "是"])
    sheet(
        centre / "models.csv", "编号 功能 版本 上线日期", [1, "fill", "v1", "2026-01-01"], [2, word, "v1", "2026-01-01"]
    )
    with pytest.raises(InvalidInput) as refusal:
        collected(centre)
    assert "models.csv第3行“功能”" in refusal.value.message.zh
    assert word not in refusal.value.message.zh
    assert not (centre.parent / "out").exists()


def test_whoever_signs_may_be_named_but_not_be_reached(centre: Path) -> None:
    header = "指标或否决项编号 评判 依据 评估员 日期"
    sheet(centre / "answers.csv", header, ["D1.1.1", "full", "inspected", "王科长", "2026-06-01"])
    assert table_after(centre, "answers")[0]["by"] == "王科长"
    sheet(centre / "answers.csv", header, ["D1.1.1", "full", "inspected", "王科长13912345678", "2026-06-01"])
    with pytest.raises(InvalidInput):
        collected(centre)


def table_after(centre: Path, name: str) -> list[dict[str, Any]]:
    collected(centre)
    return table(centre, name)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("name: 临江市12345热线 13912345678", "centre.yaml name"),
        ("id: '110101199003077715'", "centre.yaml id"),
        ("targets: [{subject: '13912345678', target: 1, set_by: 省局, reason: 试}]", "centre.yaml targets 1 subject"),
    ],
)
def test_what_a_centre_says_of_itself_is_looked_through(centre: Path, line: str, place: str) -> None:
    kept = [old for old in CENTRE.splitlines() if old.split(":")[0] != line.split(":")[0]]
    (centre / "centre.yaml").write_text("\n".join([*kept, line]) + "\n", "utf-8")
    with pytest.raises(InvalidInput) as refusal:
        collected(centre)
    assert place in refusal.value.message.zh
    assert not (centre.parent / "out").exists()


def test_whoever_checked_may_be_named_but_not_be_reached(centre: Path) -> None:
    sheet(centre / "needs.csv", "编号 提出日期 是否答复", [1, "2026-01-01", "是"])
    sheet(centre / "red_team.csv", "编号 日期 类型 是否阻断", ["r1", "2026-01-01", "leak", "是"])
    (centre / "rechecks").mkdir()
    header = "填报表 编号 核对列 核对值 核对人"
    sheet(centre / "rechecks" / "a.csv", header, ["red_team", "r1", "blocked", "否", "王科长13912345678"])
    with pytest.raises(InvalidInput):
        collected(centre)


def test_how_many_rows_could_not_be_used_is_recorded(centre: Path) -> None:
    header = "编号 发现时间 是否移交"
    good, blank = ["a", "2026-01-03 08:00", "是"], ["b", "2026-01-03 08:00", ""]
    sheet(centre / "emergencies.csv", header, good, blank, ["a", "2026-01-03 08:00", "否"], ["", "x", "不详"])
    (item,) = collected(centre).record.items
    assert (item.rows, item.rejected) == (1, 3)
    assert read_record(centre.parent / "out" / "evidence" / "centre.json").items == (item,)


def test_a_month_that_cannot_be_read_refuses_the_form(centre: Path) -> None:
    folder = centre / "monthly"
    folder.mkdir()
    sheet(folder / "1.csv", "编号 发现时间 是否移交", ["a", "2026-01-03 08:00", "是"])
    (folder / "2.xlsx").write_bytes(b"no workbook")
    (folder / "~$1.xlsx").write_bytes(b"left by an office program")
    with (centre / "centre.yaml").open("a", encoding="utf-8") as file:
        file.write("evidence: [{form: emergencies, file: monthly}]\n")
    done = collected(centre)
    assert {(line.file, line.fault) for line in done.faults} == {("2.xlsx", FormFault.UNREADABLE)}
    assert done.record.items == ()


def test_a_form_is_in_date_no_longer_than_forms_of_its_kind_are(centre: Path) -> None:
    sheet(centre / "needs.csv", "编号 提出日期 是否答复", [1, "2026-01-01", "是"])
    for said, counts in (("2090-01-01", "2027-06-30"), ("2026-12-31", "2026-12-31")):
        text = f"{CENTRE}evidence: [{{form: needs, file: needs.csv, expires: {said}}}]\n"
        (centre / "centre.yaml").write_text(text, "utf-8")
        assert [item.expires.isoformat() for item in collected(centre).record.items] == [counts]


def test_a_period_of_another_age_is_refused(centre: Path) -> None:
    with pytest.raises(InvalidInput) as refusal:
        collect(
            centre, centre.parent / "out", Settings(), lambda what, share: None, period=(date(2026, 1, 1), date.max)
        )
    assert refusal.value.code == "evidence.bad_period"


def test_points_lie_between_0_and_100(centre: Path) -> None:
    header = "编号 日期 评分"
    rows = [[n, "2026-01-03", score] for n, score in enumerate(["100", "0", "85.5", "1e9", "100.1", "-1"])]
    sheet(centre / "staff_survey.csv", header, *rows)
    assert faults(collected(centre)) == {("staff_survey", FormFault.BAD_POINTS, (5, 6, 7))}
    assert [row["score"] for row in table(centre, "staff_survey")] == [100, 0, 85.5]


def test_a_centre_is_read_by_one_assessment_at_a_time(centre: Path) -> None:
    sheet(centre / "staff.csv", STAFF, ["E1", "agent", "2020-01-01", "是"])
    refused: list[str] = []

    def meanwhile(what: object, share: float | None) -> None:
        if not refused:
            with pytest.raises(Conflict) as refusal:
                collected(centre, "other")
            refused.append(refusal.value.code)

    collect(centre, centre.parent / "out", Settings(), meanwhile)
    assert refused == ["evidence.in_use"]
    collected(centre, "other")


def test_a_fingerprint_is_no_personal_data(centre: Path) -> None:
    print_ = "a13912345678b" + "0" * 51
    sheet(
        centre / "documents.csv", "文件编号 文件类型 名称 日期 文件指纹", ["W1", "rule", "办法", "2026-01-01", print_]
    )
    assert table_after(centre, "documents")[0]["sha256"] == print_


def test_a_workbook_s_notes_are_not_taken_for_its_data(centre: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "说明"
    book.active.append(["列", "说明"])
    book.active.append(["岗位", "代码"])
    data = book.create_sheet("填报")
    data.append(STAFF.split())
    data.append(["E1", "agent", date(2020, 3, 1), "是"])
    book.save(centre / "人员名册.xlsx")
    assert table_after(centre, "staff")[0]["hired_on"] == date(2020, 3, 1)


def test_files_of_several_months_are_one_form_when_their_folder_is_listed(centre: Path) -> None:
    (centre / "months").mkdir()
    sheet(centre / "months" / "1.csv", STAFF, ["E1", "agent", "2020-01-01", "是"])
    sheet(centre / "months" / "2.csv", STAFF, ["E2", "agent", "2020-01-01", "是"], ["E1", "agent", "2020-01-01", ""])
    (centre / "centre.yaml").write_text(CENTRE + "evidence:\n  - {form: staff, file: months}\n", "utf-8")
    done = collected(centre)
    assert [row["staff_id"] for row in table(centre, "staff")] == ["1", "2"]
    assert [(line.file, line.rows) for line in done.faults] == [("2.csv", (3,))]


def test_a_damaged_file_is_told_and_the_others_still_count(centre: Path) -> None:
    (centre / "staff.xlsx").write_bytes(b"no workbook")
    sheet(centre / "needs.csv", "编号 提出日期 是否答复", [1, "2026-01-01", "是"])
    done = collected(centre)
    assert faults(done) == {("staff", FormFault.UNREADABLE, ())}
    assert [item.name for item in done.record.items] == ["needs"]


def test_orders_and_calls_leave_as_running_numbers_in_order_of_acceptance(centre: Path, export: Path) -> None:
    shutil.copytree(export, centre / "export")
    done = collected(centre)
    cases = table(centre, "cases")
    assert [row["order_id"] for row in cases] == [str(n + 1) for n in range(len(cases))]
    assert [row["accepted_at"] for row in cases] == sorted(row["accepted_at"] for row in cases)
    assert [row["call_id"] for row in table(centre, "calls")] == [
        str(n + 1) for n in range(len(table(centre, "calls")))
    ]
    numbers = {row["order_id"] for row in cases}
    for name in ("calls", "call_backs", "steps"):
        assert {row["order_id"] for row in table(centre, name)} - {None} <= numbers
    assert {row["kind"] for row in table(centre, "steps")} <= {"dispatch", "redispatch", "request_return"}
    assert b"LJ2026" not in words(centre.parent / "out")
    assert {one.table for one in done.quality} == {"orders", "steps", "calls", "call_backs"}
    orders = next(row for row in table(centre, "intake") if row["table"] == "orders")
    assert orders["read"] >= orders["good"] + orders["rejected"] > 0
    assert len(cases) == orders["read"] - orders["rejected"]


def test_what_a_form_says_of_an_order_is_tied_to_the_same_running_number(centre: Path, export: Path) -> None:
    shutil.copytree(export, centre / "export")
    with (export / "orders.csv").open(encoding="utf-8-sig") as file:
        known = [row["工单编号"] for row in csv.DictReader(file) if row["工单编号"]][10]
    sheet(
        centre / "suggestions.csv",
        "编号 功能 展示时间 工单编号",
        ["s1", "fill", "2026-01-03", known],
        ["s2", "fill", "2026-01-03", "nowhere"],
    )
    done = collected(centre)
    one, other = table(centre, "suggestions")
    assert other["order_id"] is None
    assert ("suggestions", FormFault.DANGLING, (3,)) in faults(done)
    case = next(row for row in table(centre, "cases") if row["order_id"] == one["order_id"])
    assert known.startswith(f"LJ{case['accepted_at']:%Y%m%d}")
    register = pq.read_table(centre / "local" / "register" / "suggestions.parquet").to_pylist()
    assert [(row["number"], row["row"], row["suggestion_id"]) for row in register] == [("1", 2, "s1"), ("2", 3, "s2")]


def test_collecting_again_gives_the_same_bytes(centre: Path, export: Path) -> None:
    shutil.copytree(export, centre / "export")
    sheet(centre / "staff.csv", STAFF, ["E1", "agent", "2020-01-01", "是"])
    collected(centre)
    collected(centre, "again")
    one, again = centre.parent / "out" / "evidence", centre.parent / "again" / "evidence"
    assert sorted(path.name for path in one.iterdir()) == sorted(path.name for path in again.iterdir())
    assert words(one) == words(again)


def test_what_is_no_longer_handed_in_is_gone_from_the_evidence(centre: Path) -> None:
    sheet(centre / "staff.csv", STAFF, ["E1", "agent", "2020-01-01", "是"])
    sheet(centre / "needs.csv", "编号 提出日期 是否答复", [1, "2026-01-01", "是"])
    collected(centre)
    (centre / "staff.csv").unlink()
    collected(centre)
    assert [path.name for path in sorted((centre.parent / "out" / "evidence").iterdir())] == [
        "centre.json",
        "needs.parquet",
    ]


def test_orders_without_any_text_are_no_fault(centre: Path, export: Path) -> None:
    with (export / "orders.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    kept = [
        name for name in rows[0] if name not in {"工单标题", "诉求内容", "答复内容", "事发地址", "来电人", "联系电话"}
    ]
    with (centre / "orders.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, kept, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(row for row in rows if None not in row)
    done = collected(centre)
    assert ("missing_text", "reject") not in done.export_faults
    assert len(table(centre, "cases")) > 350


def test_tables_of_an_earlier_run_serve_as_well_as_its_export(centre: Path, export: Path, tmp_path: Path) -> None:
    shutil.copytree(export, centre / "export")
    collected(centre)
    other = tmp_path / "other"
    other.mkdir()
    (other / "centre.yaml").write_text(CENTRE, "utf-8")
    taken(export, other / "lake")
    collect(other, tmp_path / "out2", Settings(), lambda what, share: None)
    numbered = {"order_id", "merged_into"}
    whole = [{key: row[key] for key in row.keys() - numbered} for row in table(centre, "cases")]
    same = [{key: row[key] for key in row.keys() - numbered} for row in table(centre, "cases", "out2")]
    # A run leaves out orders without a text, which evidence has no need of.
    assert all(row in whole for row in same)
    assert len(whole) - 5 < len(same) <= len(whole)
    assert not (other / "lake" / ".spill").exists()


def taken(export: Path, folder: Path) -> None:
    """Take an export into a lake, texts and all, as a run does."""
    city = citypack.load(LINJIANG)
    scratch = folder.parent / "scratch"
    scratch.mkdir()
    read = intake.read(intake.open_source(str(export)), intake.load(LINJIANG / "mapping.yaml"), city, scratch=scratch)
    parts: dict[str, Callable[[], Iterator[Any]]] = {
        "orders": read.orders,
        "steps": read.steps,
        "calls": read.calls,
        "call_backs": read.call_backs,
    }
    with Lake(folder) as lake, lake.writing(*parts) as out:
        for name, batches in parts.items():
            for batch in batches():
                out[name].add(batch)


def test_the_record_tells_a_re_run_everything_it_needs(centre: Path) -> None:
    sheet(centre / "logs.csv", STAFF, ["E1", "agent", "2020-01-01", "是"])
    item_ = "{form: staff, file: logs.csv, origin: {person: 李四}, collected: 2026-05-31, backing: declared}"
    (centre / "centre.yaml").write_text(f"{CENTRE}evidence:\n  - {item_}\n", "utf-8")
    done = collected(centre)
    record = read_record(centre.parent / "out" / "evidence" / "centre.json")
    assert record == done.record
    (item,) = record.items
    assert (item.backing, item.origin, item.rows) == (Backing.DECLARED, "李四", 1)
    assert (item.collected, item.expires) == (date(2026, 5, 31), date(2027, 5, 31))
    assert record.weights["report.top_n"] > 0


def test_without_orders_a_period_must_be_stated(centre: Path) -> None:
    (centre / "centre.yaml").write_text("id: town\nname: 云台市\n", "utf-8")
    with pytest.raises(InvalidInput, match="period"):
        collected(centre)


def test_results_are_not_written_into_the_centre_s_folder(centre: Path) -> None:
    with pytest.raises(InvalidInput):
        collect(centre, centre, Settings(), lambda what, share: None)


def test_evidence_can_be_opened_as_a_lake_of_its_own_tables(centre: Path) -> None:
    sheet(centre / "staff.csv", STAFF, ["E1", "agent", "2020-01-01", "是"])
    collected(centre)
    with Lake(centre.parent / "out" / "evidence", schemas={"staff": evidence_schema("staff")}) as lake:
        assert lake.table("staff").count().to_pyarrow().as_py() == 1
        assert next(iter(lake.batches("staff"))).schema == evidence_schema("staff")


def test_how_many_orders_are_clocked_at_a_time_changes_nothing(
    centre: Path, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(export, centre / "export")
    collected(centre)
    monkeypatch.setattr(recorded, "_ORDERS_TOGETHER", 37)
    collected(centre, "again")
    assert words(centre.parent / "out") == words(centre.parent / "again")
