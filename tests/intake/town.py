"""A small town to read exports for, and exports in every format."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from suqiu import intake
from suqiu.domain.city import Category, City, Department, DepartmentKind, Region, RegionLevel, Taxonomy
from suqiu.domain.clock import Calendar, LimitTable
from suqiu.intake.pipeline import Intake

CATEGORIES = (
    Category("01", "城市管理"),
    Category("01.01", "市容环卫"),
    Category("01.01.01", "垃圾清运"),
    Category("01.01.02", "占道经营"),
    Category("02", "生态环境"),
    Category("02.01", "噪声"),
    Category("02.01.01", "施工噪声"),
)
DEPARTMENTS = (
    Department("D01", "市城市管理局", DepartmentKind.BUREAU, ("市城管局", "城管执法局")),
    Department("D02", "市生态环境局", DepartmentKind.BUREAU),
    Department("Q01", "东城区人民政府", DepartmentKind.DISTRICT, (), "01"),
)
REGIONS = (
    Region("01", "东城区", RegionLevel.DISTRICT),
    Region("01.01", "青石街道", RegionLevel.STREET),
    Region("01.01.001", "竹苑社区", RegionLevel.COMMUNITY),
    Region("02", "西城区", RegionLevel.DISTRICT),
    Region("02.01", "白塔镇", RegionLevel.STREET),
    Region("02.02", "青石镇", RegionLevel.STREET),
    Region("02.01.001", "塔前村", RegionLevel.COMMUNITY),
)

TOWN = City(
    "town",
    "云台市",
    "Yuntai",
    "Asia/Shanghai",
    None,
    Taxonomy(CATEGORIES, "example"),
    DEPARTMENTS,
    (),
    REGIONS,
    Calendar(frozenset(), frozenset(), date(2026, 1, 1), date(2026, 12, 31)),
    LimitTable((), (), "example"),
    not_departments=("其他单位",),
)

HEADER = (
    "工单编号",
    "受理渠道",
    "诉求类型",
    "一级分类",
    "二级分类",
    "三级分类",
    "工单标题",
    "诉求内容",
    "受理时间",
    "办结时间",
    "承办单位",
    "所属区县",
    "所属街道",
    "所属社区",
    "事发地址",
    "经度",
    "纬度",
    "紧急程度",
    "来电人",
    "联系电话",
    "是否保密",
    "答复内容",
    "是否解决",
    "满意度",
)

Row = dict[str, str]


def order(number: str, **cells: str) -> Row:
    """Return a good row of orders with some cells changed, by header."""
    row = dict.fromkeys(HEADER, "")
    row |= {
        "工单编号": number,
        "受理渠道": "电话",
        "诉求类型": "投诉",
        "一级分类": "城市管理",
        "二级分类": "市容环卫",
        "三级分类": "垃圾清运",
        "工单标题": "关于垃圾清运的投诉",
        "诉求内容": "小区门口的垃圾三天没有人清运",
        "受理时间": "2026-03-01 08:30:00",
    }
    return row | cells


def table(rows: Sequence[Mapping[str, str]]) -> list[list[str]]:
    """Return rows under their header, all columns that any row has."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    return [header, *([row.get(name, "") for name in header] for row in rows)]


def write_csv(path: Path, rows: Sequence[Mapping[str, str]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """Write rows as delimited text; a `.gz` path is packed."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(table(rows))
    content = text.getvalue().encode(encoding)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def write_xlsx(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """Write rows as a workbook of texts."""
    book = openpyxl.Workbook()
    for row in table(rows):
        book.active.append(row)
    book.save(path)
    return path


def write_lines(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """Write rows as JSON lines behind a blank line, so that row numbers are a spreadsheet's."""
    lines = ["", *(json.dumps(dict(row), ensure_ascii=False) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_parquet(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """Write rows as Parquet."""
    header, *cells = table(rows)
    columns = [pa.array(column) for column in zip(*cells, strict=True)]
    pq.write_table(pa.table(dict(zip(header, columns, strict=True))), path)
    return path


def write_sqlite(path: Path, rows: Sequence[Mapping[str, str]], name: str = "orders") -> str:
    """Write rows as a database table and return its URL."""
    header, *cells = table(rows)
    with sqlite3.connect(path) as connection:
        connection.execute(f'CREATE TABLE "{name}" ({", ".join(f""""{column}" TEXT""" for column in header)})')
        connection.executemany(f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(header))})', cells)
    connection.close()
    return f"sqlite:///{path}?table={name}"


#: How each format is written: a folder and rows in, what to open out.
FORMATS: dict[str, Callable[[Path, Sequence[Mapping[str, str]]], str]] = {
    "csv utf-8": lambda folder, rows: str(write_csv(folder / "orders.csv", rows)),
    "csv utf-8 with mark": lambda folder, rows: str(write_csv(folder / "orders.csv", rows, "utf-8-sig")),
    "csv gb18030": lambda folder, rows: str(write_csv(folder / "orders.csv", rows, "gb18030")),
    "csv utf-16": lambda folder, rows: str(write_csv(folder / "orders.csv", rows, "utf-16", "\t")),
    "csv semicolons": lambda folder, rows: str(write_csv(folder / "orders.csv", rows, delimiter=";")),
    "tsv": lambda folder, rows: str(write_csv(folder / "orders.tsv", rows, delimiter="\t")),
    "csv packed": lambda folder, rows: str(write_csv(folder / "orders.csv.gz", rows)),
    "xlsx": lambda folder, rows: str(write_xlsx(folder / "orders.xlsx", rows)),
    "json lines": lambda folder, rows: str(write_lines(folder / "orders.jsonl", rows)),
    "parquet": lambda folder, rows: str(write_parquet(folder / "orders.parquet", rows)),
    "sqlite": lambda folder, rows: write_sqlite(folder / "orders.db", rows),
}


def take_in(folder: Path, where: str, *, batch_rows: int = 50_000, period: tuple[date, date] | None = None) -> Intake:
    """Read a source with the mapping that is guessed for it; scratch files go beside it."""
    source = intake.open_source(where)
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    mapping = intake.guess(source, TOWN)
    return intake.read(source, mapping, TOWN, scratch=scratch, batch_rows=batch_rows, period=period)


def take_in_rows(folder: Path, *rows: Mapping[str, str], **settings: object) -> Intake:
    """Read rows of orders from a CSV file."""
    return take_in(folder, str(write_csv(folder / "orders.csv", rows)), **settings)  # type: ignore[arg-type]


def all_orders(taken: Intake) -> list[dict[str, object]]:
    """Return the orders that go on."""
    return [row for batch in taken.orders() for row in batch.to_pylist()]


def all_faults(taken: Intake) -> list[tuple[str, int, str, str, str, str]]:
    """Return all faults as file, row, column, code, severity, value."""
    return [tuple(row.values()) for batch in taken.faults() for row in batch.to_pylist()]
