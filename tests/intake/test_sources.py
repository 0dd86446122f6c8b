"""Sources: what is found in a file, a folder or a database, and what is said when nothing is."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import openpyxl
import pytest

from suqiu import intake
from suqiu.domain.errors import SuqiuError
from suqiu.domain.fault import FaultCode
from suqiu.intake.source import ROW, SourceTable
from tests.intake.town import order, write_csv, write_sqlite, write_xlsx


def rows_of(table: SourceTable, batch_rows: int = 50_000) -> list[tuple[int, str]]:
    """Return a table's row numbers and first cells."""
    return [
        (row[ROW], row[table.columns[0]]) for portion in table.portions(batch_rows) for row in portion.batch.to_pylist()
    ]


def broken_of(table: SourceTable, batch_rows: int = 50_000) -> list[tuple[int, FaultCode, str]]:
    """Return a table's broken rows."""
    return [(row.row, row.code, row.text) for portion in table.portions(batch_rows) for row in portion.broken]


def only(where: Path | str) -> SourceTable:
    """Open a source of one table."""
    (table,) = intake.open_source(str(where)).tables
    return table


def test_row_numbers_count_records_as_a_spreadsheet_does(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('号,文\n1,"一行\n两行\n三行"\n\n2,乙\n3,丙,多\n4,丁\n缺\n5,戊\n', encoding="utf-8")
    table = only(path)
    assert rows_of(table) == [(2, "1"), (4, "2"), (6, "4"), (8, "5")]
    assert broken_of(table) == [
        (5, FaultCode.WRONG_COLUMN_COUNT, "3,丙,多"),
        (7, FaultCode.WRONG_COLUMN_COUNT, "缺"),
    ]


@pytest.mark.parametrize("batch_rows", [1, 2, 3, 50_000])
def test_row_numbers_do_not_depend_on_how_much_is_read_at_a_time(batch_rows: int, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = ["号,文", *(f"{n},x" if n % 5 else f"{n}" for n in range(2, 60))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    table = only(path)
    assert rows_of(table, batch_rows) == [(n, str(n)) for n in range(2, 60) if n % 5]
    assert [row for row, _, _ in broken_of(table, batch_rows)] == [n for n in range(2, 60) if n % 5 == 0]
    met = [
        row
        for portion in table.portions(batch_rows)
        for row in sorted([*(broken.row for broken in portion.broken), *portion.batch.column(ROW).to_pylist()])
    ]
    assert met == list(range(2, 60))


def test_a_file_larger_than_a_block_keeps_its_row_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text = "路" * 400
    with path.open("w", encoding="utf-8") as file:
        file.write("号,文\n")
        file.writelines(f"{n},{text}\n" if n % 7000 else f"{n}\n" for n in range(2, 20_000))
    table = only(path)
    assert rows_of(table) == [(n, str(n)) for n in range(2, 20_000) if n % 7000]
    assert [row for row, _, _ in broken_of(table)] == [7000, 14_000]
    shares = [portion.share for portion in table.portions()]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_blank_and_repeated_headers_get_names_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\ufeff 工单 编号 ,,意见,意见,意见_2\nA,b,c,d,e\n", encoding="utf-8")
    assert only(path).columns == ("工单编号", "第2列", "意见", "意见_2", "意见_2_2")


def test_a_title_above_the_header_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("三月工单导出,\n,\n编号,内容\n1,路灯不亮\n", encoding="utf-8")
    table = only(path)
    assert table.columns == ("编号", "内容")
    assert rows_of(table) == [(4, "1")]


def test_damaged_bytes_become_replacement_characters_and_nothing_stops(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("编号,内容\n".encode() + b"1,\xe8\xb7\xff\xe7\x81\xaf\n" + "2,路灯不亮了很久\n".encode() * 50)
    rows = [row for portion in only(path).portions() for row in portion.batch.to_pylist()]
    assert "\ufffd" in rows[0]["内容"]
    assert rows[1]["内容"] == "路灯不亮了很久"


def test_a_folder_offers_its_files_sorted_and_leaves_out_what_is_none(tmp_path: Path) -> None:
    write_csv(tmp_path / "b.csv", [order("1")])
    write_csv(tmp_path / "a.csv.gz", [order("2")])
    (tmp_path / "~$b.xlsx").write_bytes(b"lock")
    (tmp_path / ".hidden.csv").write_text("x", encoding="utf-8")
    (tmp_path / "notes.docx").write_bytes(b"x")
    (tmp_path / "truth").mkdir()
    source = intake.open_source(str(tmp_path))
    assert [(table.name, table.file) for table in source.tables] == [("a", "a.csv.gz"), ("b", "b.csv")]


def test_a_workbook_offers_each_filled_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "工单"
    book.active.append(["编号", "内容"])
    book.create_sheet("空表")
    book.create_sheet("回访").append(["编号", "回访时间"])
    book.save(tmp_path / "三月.xlsx")
    source = intake.open_source(str(tmp_path / "三月.xlsx"))
    assert sorted((table.name, table.file) for table in source.tables) == [
        ("回访", "三月.xlsx[回访]"),
        ("工单", "三月.xlsx[工单]"),
    ]


def test_a_database_offers_all_tables_or_those_asked_for(tmp_path: Path) -> None:
    write_sqlite(tmp_path / "x.db", [order("1")], "orders")
    write_sqlite(tmp_path / "x.db", [order("2")], "others")
    everything = intake.open_source(f"sqlite:///{tmp_path / 'x.db'}")
    assert [table.name for table in everything.tables] == ["orders", "others"]
    asked = intake.open_source(f"sqlite:///{tmp_path / 'x.db'}?table=others")
    assert [(table.name, table.rows) for table in asked.tables] == [("others", 1)]


def test_lines_that_are_no_json_are_broken_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"编号": 1, "来电": {"电话": "x"}}\n{"编号": \n[1]\n{"编号": 2.0}\n', encoding="utf-8")
    table = only(path)
    assert table.columns == ("编号", "来电.电话")
    assert rows_of(table) == [(1, "1"), (4, "2")]
    assert [(row, code) for row, code, _ in broken_of(table)] == [
        (2, FaultCode.UNREADABLE_ROW),
        (3, FaultCode.UNREADABLE_ROW),
    ]


def read_all(where: Path | str) -> None:
    """Read everything and keep nothing."""
    for table in intake.open_source(str(where)).tables:
        list(table.portions())


def refusal(where: Path | str) -> SuqiuError:
    """Return what opening or reading a source refuses with."""
    with pytest.raises(SuqiuError) as caught:
        read_all(where)
    return caught.value


@pytest.mark.parametrize(
    ("name", "content", "code", "exit_code"),
    [
        ("a.csv", b"", "intake.empty_file", 2),
        ("a.csv", b" \n \n", "intake.empty_file", 2),
        ("a.csv", b"20260301,2026-03-01,12345\n1,2,3\n", "intake.no_header", 2),
        ("a.csv.gz", b"\x1f\x8bgarbage", "intake.unreadable_file", 2),
        ("a.jsonl", b"", "intake.empty_file", 2),
        ("a.jsonl", b"[]\n", "intake.no_header", 2),
        ("a.parquet", b"PAR1", "intake.unreadable_file", 2),
        ("a.xlsx", b"PK\x03\x04 garbage", "intake.unreadable_file", 2),
        ("a.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "intake.password_protected", 2),
        ("a.xls", b"<HTML><table><tr><td>1", "intake.web_page", 2),
        ("a.docx", b"x", "intake.unknown_format", 2),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_reason_and_a_hint(
    name: str, content: bytes, code: str, exit_code: int, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    error = refusal(tmp_path / name)
    assert (error.code, error.exit_code) == (code, exit_code)
    assert name in error.message.zh
    assert error.hint.zh


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no.csv").code == "intake.no_such_file"
    assert refusal(tmp_path).code == "intake.nothing_inside"
    assert refusal(f"sqlite:///{tmp_path / 'no.db'}").code == "intake.no_such_file"
    write_sqlite(tmp_path / "x.db", [order("1")])
    assert refusal(f"sqlite:///{tmp_path / 'x.db'}?table=no").code == "intake.no_such_table"
    assert not (tmp_path / "no.db").exists()


def test_a_database_that_does_not_answer_is_unavailable_and_tells_no_password() -> None:
    error = refusal("nosuchdriver://clerk:secret@host/hotline")
    assert error.exit_code == 6
    assert "secret" not in str(error) + error.message.zh


@pytest.mark.parametrize(
    "where",
    [
        "postgresql://bob:S3cr@tPw@db.example/x",  # an @ that is not escaped
        "postgresql://bob:S3cr:tPw@db example:abc/x",  # no port
    ],
)
def test_no_part_of_a_broken_database_address_is_repeated(where: str) -> None:
    with pytest.raises(SuqiuError) as caught:
        intake.open_source(where)
    assert caught.value.code == "intake.bad_address"
    told = f"{caught.value.message} {caught.value.hint}"
    assert "S3cr" not in told
    assert "tPw" not in told
    assert intake.without_secrets(where) == "postgresql://"


def test_an_address_is_kept_without_user_password_and_options() -> None:
    where = "mysql+pymysql://bob:S3cret@db.example:3306/hotline?table=orders&ssl_key=S3cret"
    assert intake.without_secrets(where) == "mysql+pymysql://db.example:3306/hotline?table=orders"
    assert intake.without_secrets("/data/a@b.csv") == "/data/a@b.csv"


def test_a_row_longer_than_can_be_parsed_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("号,文\n" + "1,短\n" * 2_000_000 + "2," + "长" * 4_000_000 + "\n3,短\n", encoding="utf-8")
    with pytest.raises(SuqiuError) as caught:
        rows_of(only(path))
    assert caught.value.code == "intake.row_without_end"
    assert "a.csv" in caught.value.message.zh
    assert "引号" in caught.value.hint.zh


def test_a_quotation_mark_that_never_ends_is_told_or_its_row_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('编号,内容\n1,"没有结束\n2,乙\n3,丙\n', encoding="utf-8")
    numbers = [row for row, _ in rows_of(only(path))] + [row for row, _, _ in broken_of(only(path))]
    assert numbers == [2]  # all that follows is one record, which a check then refuses or a person sees


def test_a_packed_file_that_ends_too_early_is_refused(tmp_path: Path) -> None:
    noise = random.Random(1)
    cells = "".join(f"{n},{noise.random()}\n" for n in range(200_000))
    packed = gzip.compress(("编号,内容\n" + cells).encode())
    (tmp_path / "a.csv.gz").write_bytes(packed[: len(packed) * 2 // 3])
    assert refusal(tmp_path / "a.csv.gz").code == "intake.unreadable_file"


def test_an_empty_table_with_a_header_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("编号,内容", encoding="utf-8")
    assert rows_of(only(tmp_path / "a.csv")) == []
    assert rows_of(only(write_xlsx(tmp_path / "a.xlsx", [dict.fromkeys(("编号", "内容"), "")]))) == []
