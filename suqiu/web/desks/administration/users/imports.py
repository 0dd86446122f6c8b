"""Many accounts from a table: looked through first, made afterwards, faults named by row."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from python_calamine import CalamineError, load_workbook

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.web.accounts import people
from suqiu.web.accounts.actor import actor_of
from suqiu.web.accounts.guard import SignedIn, requires
from suqiu.web.accounts.roles import Right
from suqiu.web.wording import told

#: Rows that one table may have, and its size in bytes.
MOST = 500
_LARGEST = 1_000_000
#: Titles of the three columns, in either language.
_TITLES = {
    "username": {"用户名", "user name", "username"},
    "full_name": {"姓名", "name", "full_name"},
    "number": {"工号", "job number", "number"},
}
_KEPT = "users_import"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table.

    Attributes:
        line: in the file, 1 is the header.
        username, full_name, number: as given.
        fault: why it cannot be made; empty when it can.
    """

    line: int
    username: str
    full_name: str
    number: str
    fault: str = ""


@requires(Right.MANAGE_USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def read(request: SignedIn) -> HttpResponse:
    """Look through a table and show what would be made."""
    if request.method != "POST":
        return render(request, "administration/users/import.html", {"most": MOST})
    file = request.FILES.get("file")
    try:
        if file is None or (file.size or 0) > _LARGEST:
            raise _refused(Text("请选择不超过1MB的xlsx或csv文件", "choose an xlsx or csv file of at most 1 MB"))
        rows = checked(table(file.name or "", file.read()))
    except InvalidInput as error:
        return render(request, "administration/users/import.html", {"most": MOST, "wrong": error}, status=422)
    good = [row for row in rows if not row.fault]
    request.session[_KEPT] = [[row.username, row.full_name, row.number] for row in good]
    context = {"most": MOST, "rows": rows, "good": len(good), "bad": len(rows) - len(good)}
    return render(request, "administration/users/import.html", context)


@requires(Right.MANAGE_USERS)
@require_POST
def take(request: SignedIn) -> HttpResponse:
    """Make the accounts that were looked through; their passwords are shown once."""
    kept = request.session.pop(_KEPT, None)
    if not kept:
        return HttpResponseRedirect(reverse("administration:users_import"))
    actor, made, faults = actor_of(request), [], []
    for username, full_name, number in kept:
        try:
            made.append(people.create(actor, username, full_name, number))
        except InvalidInput as error:  # taken since it was looked at
            faults.append(f"{username}: {told(error.message)}")
    return render(request, "administration/users/password.html", {"made": made, "faults": faults, "new": True})


def table(name: str, content: bytes) -> list[list[str]]:
    """Return the cells of an xlsx or csv file as texts.

    Raises:
        InvalidInput: it is neither, or cannot be read.
    """
    try:
        if name.lower().endswith((".xlsx", ".xls")):
            cells = load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()
            return [[_text(cell) for cell in row] for row in cells]
        if name.lower().endswith(".csv"):
            for coding in ("utf-8-sig", "gb18030"):
                try:
                    return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(content.decode(coding)))]
                except UnicodeDecodeError:
                    continue
    except (CalamineError, csv.Error, OSError, ValueError) as error:
        raise _refused(Text("文件无法读取", "the file cannot be read")) from error
    raise _refused(Text("请使用xlsx或csv文件", "use an xlsx or csv file"))


def _text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def checked(cells: list[list[str]]) -> list[Row]:
    """Return the rows of a table, each with its fault.

    Raises:
        InvalidInput: a column is missing, or there are too many rows.
    """
    header = [cell.lower() for cell in cells[0]] if cells else []
    places = {}
    for field, titles in _TITLES.items():
        found = [n for n, cell in enumerate(header) if cell in titles]
        if not found:
            title = min(titles, key=len)
            raise _refused(Text("缺少“{title}”列", "the column {title} is missing").fill(title=title))
        places[field] = found[0]
    if len(cells) - 1 > MOST:
        raise _refused(Text(f"一次最多{MOST}行", f"at most {MOST} rows at a time"))
    rows, names, numbers = [], set[str](), set[str]()
    for line, row in enumerate(cells[1:], 2):
        said = {field: row[n] if n < len(row) else "" for field, n in places.items()}
        if not any(said.values()):
            continue
        fault = _fault(said)
        if not fault and (said["username"].lower() in names or said["number"] in numbers):
            fault = told(Text("与前面的行重复", "the same as a row above"))
        names.add(said["username"].lower())
        numbers.add(said["number"])
        rows.append(Row(line, **{field: text[:60] for field, text in said.items()}, fault=fault))
    return rows


def _fault(said: dict[str, str]) -> str:
    try:
        people.new(**said)
    except InvalidInput as error:
        return told(error.message)
    return ""


def _refused(what: Text) -> InvalidInput:
    return InvalidInput(
        "users.import",
        what,
        Text("首行为列名：用户名、姓名、工号", "the first row has the titles: username, name, number"),
    )
