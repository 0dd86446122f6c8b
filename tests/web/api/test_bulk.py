"""Many at once: files handed in row by row, orders handed out masked and harmless."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.asgi import ASGIRequest

from suqiu.domain.order import StepKind
from suqiu.web.accounts.roles import Right, step_right
from suqiu.web.api import exporting, listing
from suqiu.web.api.models import Import
from suqiu.web.audit.models import Entry
from suqiu.web.jobs.worker import Worker
from suqiu.web.orders.models import Order
from suqiu.web.site import site
from tests.web import made
from tests.web.api.checked import Checked
from tests.web.api.conftest import TEXT, Knock, coming, demand

pytestmark = pytest.mark.django_db
Work = Callable[[], None]
HEAD = "编号,渠道,标题,内容,诉求类型,姓名,电话,是否保密,来电时间"
GOOD = f"A1,电话,路灯损坏,{TEXT},求助,张建国,13812345678,否,2026-05-01 09:30"


@pytest.fixture
def work(django_capture_on_commit_callbacks: Callable[..., Any]) -> Work:
    """Do all background work that is due, with what follows its commits."""

    def do() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            Worker().once()

    return do


def hand_in(system: Checked, name: str, content: bytes) -> Any:
    """Send a file."""
    return system.post("/api/v1/imports", {"file": SimpleUploadedFile(name, content)})


def _table(*lines: str) -> bytes:
    return "\n".join((HEAD, *lines)).encode()


def workbook(*rows: list[str]) -> bytes:
    """Return a workbook with these rows."""
    made_in = io.BytesIO()
    with xlsxwriter.Workbook(made_in) as book:
        sheet = book.add_worksheet()
        for n, row in enumerate([HEAD.split(","), *rows]):
            sheet.write_row(n, 0, row)
    return made_in.getvalue()


def bomb(cells: str = "", megabytes: int = 0) -> bytes:
    """Return a workbook that claims the sky, or holds much of nothing."""
    made_in = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(GOOD.split(",")))) as book,
        zipfile.ZipFile(made_in, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for part in book.infolist():
            content = book.read(part)
            if part.filename == "xl/worksheets/sheet1.xml" and cells:
                content = content.replace(b"</sheetData>", cells.encode() + b"</sheetData>")
            out.writestr(part.filename, content)
        if megabytes:
            with out.open("xl/media/image1.png", "w", force_zip64=True) as file:
                for _ in range(megabytes):
                    file.write(bytes(1_000_000))
    return made_in.getvalue()


def test_good_rows_go_through_and_refused_ones_come_back_with_what_is_wrong(knock: Knock, work: Work) -> None:
    system = knock()
    lines = (
        GOOD,
        "A2,电话,,没有标题,求助,,,否,",
        f"A3,信鸽,井盖缺失,{TEXT},求助,,,否,",
        f"A4,网站,占道经营,{TEXT},投诉,,,是,",
    )
    answer = hand_in(system, "诉求.csv", _table(*lines))
    assert answer.status_code == 202
    work()
    said = system.get(f"/api/v1/imports/{answer.json()['code']}").json()
    assert (said["state"], said["read"], said["taken"], said["refused"]) == ("done", 4, 2, 2)
    errors = system.get(said["errors"])
    rows = list(csv.reader(io.StringIO(b"".join(errors).decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["3", "4"]
    assert "标题" in rows[1][2] or "title" in rows[1][2]
    assert {one.title for one in Order.objects.all()} == {"路灯损坏", "占道经营"}
    assert Order.objects.get(title="占道经营").secret
    assert not list((site().folder / "imports").glob(f"{said['code']}.csv"))  # it held personal data


def test_the_same_rows_handed_in_again_are_the_same_orders(knock: Knock, work: Work) -> None:
    system = knock()
    hand_in(system, "a.csv", _table(GOOD))
    work()
    hand_in(system, "b.xlsx", workbook(GOOD.split(",")))
    work()
    assert list(Import.objects.order_by("pk").values_list("state", "taken")) == [("done", 1), ("done", 1)]
    assert Order.objects.count() == 1


def test_an_import_is_its_tokens_own(knock: Knock) -> None:
    code = hand_in(knock(), "a.csv", _table(GOOD)).json()["code"]
    other = knock()
    assert other.get(f"/api/v1/imports/{code}").status_code == 404
    assert other.get(f"/api/v1/imports/{code}/errors").status_code == 404
    assert hand_in(knock(Right.SEE_ORDERS), "a.csv", _table(GOOD)).status_code == 403


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ"), ("a.csv", b""), ("a.csv", b"   \n"), ("a.xlsx", b"no workbook"), ("a.csv", b"\0\1\2"),
        ("../../etc/passwd", b"x"), ("a.xls", b"\xd0\xcf"), ("a", b"x"), (".csv", b"x"), ("a.csv.gz", b"\x1f\x8b"),
        ("a\u202excsv.exe", b"x"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_at_the_door(knock: Knock, name: str, content: bytes) -> None:
    assert hand_in(knock(), name, content).status_code == 422
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        bomb(megabytes=120), bomb(cells='<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        b"PK\x03\x04" + b"x" * 99,
        workbook()[:600], b"PK\x05\x06" + bytes(18),
    ],
    ids=["packed", "sky", "torn", "cut", "empty"],
)  # fmt: skip
def test_a_bomb_is_found_before_it_goes_off(knock: Knock, work: Work, content: bytes) -> None:
    system = knock()
    answer = hand_in(system, "a.xlsx", content)
    assert answer.status_code == 202
    work()
    said = system.get(f"/api/v1/imports/{answer.json()['code']}").json()
    assert said["state"] == "failed"
    assert said["problem"]["hint"]
    assert not Order.objects.exists()


def test_a_file_without_the_columns_it_needs_says_which_there_are(knock: Knock, work: Work) -> None:
    system = knock()
    code = hand_in(system, "a.csv", "甲,乙\n1,2\n".encode()).json()["code"]
    work()
    said = system.get(f"/api/v1/imports/{code}").json()
    assert said["problem"]["code"] == "import.columns"
    assert "标题" in said["problem"]["hint"]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_what_is_handed_out_is_masked_harmless_and_on_record(knock: Knock, form: str) -> None:
    system = knock()
    for title in ('=HYPERLINK("http://evil")', "+1", "-1+cmd|' /C calc'!A0", "@SUM(1)", "＝1", " =1", "路灯损坏"):
        text = f"{title}：我是张建国，13812345678"
        assert system.send("POST", "/api/v1/orders", coming(demand(title=title, text=text))).status_code == 201
    answer = system.get(f"/api/v1/exports/orders?format={form}&type=help")
    content = b"".join(answer)
    assert "13812345678" not in content.decode("utf-8", "replace")
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        assert all(row["title"].startswith("'") for row in rows if row["title"] != "路灯损坏")
        assert all(row["text"].startswith("'") for row in rows if row["title"] != "路灯损坏")
    elif form == "jsonl":
        rows = [json.loads(line) for line in content.splitlines()]
    else:
        table = pq.read_table(io.BytesIO(content))
        assert table.schema.equals(exporting.SCHEMA)
        rows = table.to_pylist()
    assert len(rows) == 7
    entry = Entry.objects.get(deed="orders.export")
    assert (entry.detail["rows"], entry.detail["form"], entry.detail["filter"]) == (7, form, {"type": "help"})


def test_an_export_holds_what_the_token_may_see(knock: Knock) -> None:
    everything, region = knock(), site().city.regions[0].id
    everything.send("POST", "/api/v1/orders", coming(demand(place=region), demand()))
    limited = knock(Right.SEE_ORDERS, Right.EXPORT_ORDERS, regions=(region,))
    assert len(b"".join(limited.get("/api/v1/exports/orders?format=jsonl")).splitlines()) == 1
    blind = knock(Right.EXPORT_ORDERS)
    assert b"".join(blind.get("/api/v1/exports/orders?format=jsonl")) == b""


@pytest.mark.django_db(transaction=True)
def test_under_an_asynchronous_server_an_export_comes_piece_by_piece() -> None:
    made.accepted()
    request = ASGIRequest({"type": "http", "method": "GET", "path": "/", "headers": []}, io.BytesIO())
    actor = made.somebody("analyst")
    response = exporting.streamed(request, listing.chosen(actor, listing.OrderFilter()), "jsonl")

    async def drawn() -> bytes:
        return b"".join([piece async for piece in response])

    assert response.is_async
    assert json.loads(asyncio.run(drawn()))["number"] == Order.objects.get().number


def test_a_file_goes_up_and_comes_down_as_a_download(knock: Knock) -> None:
    system = knock(Right.SEE_ORDERS, Right.ATTACH, step_right(StepKind.ACCEPT))
    number = system.send("POST", "/api/v1/orders", coming()).json()["orders"][0]["number"]
    where = f"/api/v1/orders/{number}/attachments"
    up = system.post(where, {"file": SimpleUploadedFile("现场.jpg", made.photo()), "kind": "demand"})
    assert up.status_code == 201, up.content.decode()
    assert [one["name"] for one in system.get(where).json()] == ["现场.jpg"]
    down = system.get(f"{where}/{up.json()['code']}")
    assert down["Content-Disposition"].startswith("attachment")
    assert down["X-Content-Type-Options"] == "nosniff"
    assert down.content[:3] == b"\xff\xd8\xff"
    assert Entry.objects.filter(deed="attachment.read").exists()
    assert system.get(f"{where}/nothing").status_code == 404
