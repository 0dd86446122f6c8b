"""What the hotline hands in: a folder begun, forms taken in one by one, what is there and what is lacking."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from suqiu import assessor
from suqiu.assessment import centre as centres
from suqiu.assessment import templates
from suqiu.assessment.forms import FORMS, Form
from suqiu.datafiles.file_fault import FileFault
from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.lake import replacing
from suqiu.standards import CURRENT
from suqiu.web.desks.assessment import bundles
from suqiu.web.site import site
from suqiu.web.wording import language

CENTRE = "centre.yaml"
_TYPES = (".xlsx", ".csv")
_MOST_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Slot:
    """A form and what has been handed in for it.

    Attributes:
        name: of the form; title, about: in words.
        files: names of the files handed in, templates that nobody has filled left out.
    """

    name: str
    title: Text
    about: Text
    files: tuple[str, ...]


def begun() -> bool:
    """Say whether there is a folder of material."""
    return (bundles.centre() / CENTRE).is_file()


def begin(profile: str, first: date, last: date) -> None:
    """Make the folder with every form; this site's own orders come with it, as its last analysis holds them.

    Args:
        profile: which indicators apply.
        first, last: the period, both inclusive.

    Raises:
        SuqiuError: it is there already, or there is no such profile, or the period ends before it begins.
    """
    if last < first:
        raise InvalidInput(
            "assessment.bad_period",
            Text("评估期的首日晚于末日", "the period begins after its end"),
            Text("请调整日期", "change the days"),
        )
    assessor.start(bundles.centre(), CURRENT, profile, site().settings, language())
    path, city = bundles.centre() / CENTRE, site().city
    result = site().about.result
    own = f"\n  - {{table: lake, file: {json.dumps(f'{result}/lake')}}}" if result else " []"
    text = path.read_text("utf-8")
    for old, new in (
        (
            "name: 某市12345政务服务便民热线",
            f"name: {{zh: {city.name}12345政务服务便民热线, en: {city.english_name} 12345}}",
        ),
        ("profile: city", f"profile: {profile}"),
        ("# period: {first: 2026-01-01, last: 2026-06-30}", f"period: {{first: {first}, last: {last}}}"),
        ("evidence: []", f"evidence:{own}"),
    ):
        text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")


def about_text() -> str:
    """Return what is said of the centre: its name, period, where its data lie, its targets."""
    return (bundles.centre() / CENTRE).read_text("utf-8")


def describe(text: str) -> list[FileFault]:
    """Say what the centre is, anew; where it has faults nothing is kept.

    Returns:
        All faults, by line; empty once it is kept.
    """
    path = bundles.centre() / CENTRE
    old = path.read_text("utf-8")
    with replacing(path) as part:
        part.write_text(text.replace("\r\n", "\n"), "utf-8")
    _, faults = centres.read(bundles.centre())
    if any(fault.severity == "error" for fault in faults):
        with replacing(path) as part:
            part.write_text(old, "utf-8")
        return faults
    return []


def slots() -> list[Slot]:
    """Return every form with what has been handed in for it, those with files first."""
    folder = bundles.centre() / templates.FOLDER
    found = []
    for form in FORMS.values():
        if form.made:
            continue
        there = [folder / f"{form.title.zh}{suffix}" for suffix in _TYPES]
        files = tuple(path.name for path in there if path.is_file() and path.read_bytes() != blank(form.name))
        found.append(Slot(form.name, form.title, form.about, files))
    return sorted(found, key=lambda one: (not one.files, one.name))


@lru_cache(maxsize=64)
def blank(name: str) -> bytes:
    """Return an empty form as a workbook, to be filled in; the same bytes each time.

    Raises:
        NotFound: there is no such form.
    """
    form = _form(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        templates.write_book(path, form)
        return path.read_bytes()


def hand_in(name: str, file_name: str, content: bytes) -> None:
    """Take in a filled form; it replaces what was handed in for it before.

    Raises:
        InvalidInput: it is no workbook or CSV, or too large.
        NotFound: there is no such form.
    """
    form = _form(name)
    suffix = Path(file_name).suffix.lower()
    fits = (suffix == ".xlsx" and content[:4] == b"PK\x03\x04") or (suffix == ".csv" and b"\x00" not in content)
    if suffix not in _TYPES or not fits:
        raise InvalidInput(
            "assessment.bad_file",
            Text("“{name}”不是Excel（xlsx）或CSV文件", "{name} is no xlsx or CSV file").fill(name=file_name[:60]),
            Text("请下载空白表，填好后上传", "download the empty form, fill it in, and hand it in"),
        )
    if len(content) > _MOST_BYTES:
        raise InvalidInput(
            "assessment.large_file",
            Text("文件超过50 MB", "the file is larger than 50 MB"),
            Text("请在服务器上放入材料目录", "put it into the folder on the server"),
        )
    folder = bundles.centre() / templates.FOLDER
    with replacing(folder / f"{form.title.zh}{suffix}") as part:
        part.write_bytes(content)
    for other in _TYPES:
        if other != suffix:
            (folder / f"{form.title.zh}{other}").unlink(missing_ok=True)


def _form(name: str) -> Form:
    if name not in FORMS:
        raise NotFound(
            "assessment.no_form",
            Text("没有这张填报表", "there is no such form"),
            Text("请从列表中选择", "choose one from the list"),
        )
    return FORMS[name]
