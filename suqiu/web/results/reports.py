"""Reports of a result: those it came with and those made for a period; listed, made, verified."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from suqiu.app import Suqiu
from suqiu.domain.errors import InvalidInput, NotFound, SuqiuError
from suqiu.domain.text import Text
from suqiu.web.accounts.models import User
from suqiu.web.jobs.work import job
from suqiu.web.results import making
from suqiu.web.results.models import Making
from suqiu.web.results.store import Result, current
from suqiu.web.site import site
from suqiu.web.wording import language

#: Name of the report that the result itself came with.
OWN = "current"
FILES = {
    "docx": ("report.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "html": ("report.html", "text/html; charset=utf-8"),
    "facts": ("facts.json", "application/json"),
}
_CODE = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Report:
    """A finished report 分析报告.

    Attributes:
        code: `current` for the result's own, else that of its making.
        first, last: its period.
        at: when it was written.
        sizes: of its files in bytes, by kind.
    """

    code: str
    first: date
    last: date
    at: datetime
    sizes: dict[str, int]


def finished(result: Result) -> list[Report]:
    """Return the reports that can be read, the result's own first, then the newest."""
    made = Making.objects.filter(kind="report", state="done")[:50]
    found = [
        _report(OWN, result.folder, result.first, result.last),
        *(_report(one.code, home(one.code), one.first, one.last) for one in made),
    ]
    return [report for report in found if report is not None]


def _report(code: str, folder: Path, first: date | None, last: date | None) -> Report | None:
    files = {kind: folder / name for kind, (name, _) in FILES.items()}
    if first is None or last is None or not files["docx"].is_file():
        return None
    here = site()
    at = datetime.fromtimestamp(files["docx"].stat().st_mtime, here.zone) + timedelta(seconds=here.about.ahead_seconds)
    sizes = {kind: file.stat().st_size for kind, file in files.items() if file.is_file()}
    return Report(code, first, last, at, sizes)


def home(code: str) -> Path:
    """Return the folder of a report.

    Raises:
        NotFound: no report has such a code.
    """
    if code == OWN:
        return current().folder
    if not _CODE.fullmatch(code):
        raise _none()
    return site().folder / "reports" / code


def file_of(code: str, kind: str) -> Path:
    """Return one file of a report.

    Raises:
        NotFound: there is none.
    """
    path = home(code) / FILES[kind][0] if kind in FILES else None
    if path is None or not path.is_file():
        raise _none()
    return path


def ask(by: User, result: Result, first: date, last: date) -> Making:
    """Have a report for a period made in the background.

    Raises:
        InvalidInput: the period is reversed or not within the data.
        Conflict: the same is under way.
    """
    if last < first or first < result.first or last > result.last:
        raise InvalidInput(
            "results.bad_period",
            Text("报告期应在{first}至{last}之间，且首日不晚于末日",
                 "the period must lie within {first} to {last} and not end before it begins").fill(
                first=result.first, last=result.last
            ),
            Text("请调整起止日期", "change its first or last day"),
        )  # fmt: skip
    return making.ask("report", by, language=language(), first=first, last=last)


@job(making.JOBS["report"], long=True)
def report(code: str) -> Callable[[], None] | None:
    """Write a report: the work of a making."""
    return making.carry_out(code, make)


def make(one: Making, tell: making.Tell) -> Callable[[], None]:
    """Write a report into a folder of its own, from the current result's tables."""
    folder = home(one.code)
    if not (folder / "job.json").is_file():
        _share(current().folder, folder)
    suqiu = Suqiu(site().settings, language="en" if one.language == "en" else "zh", progress=tell)
    suqiu.measure(folder, first=one.first, last=one.last)
    suqiu.report(folder)
    return lambda: None


def _share(source: Path, target: Path) -> None:
    """Give a run's files a second name: a run replaces files whole and never writes into one, so both stay right."""
    files = sorted(path for part in ("lake", "model") for path in (source / part).rglob("*") if path.is_file())
    # job.json comes last: a folder that has it has everything.
    for path in [*files, source / "rejected.csv", source / "job.json"]:
        inner = path.relative_to(source)
        if path.name == ".lock" or ".spill" in inner.parts or not path.is_file():
            continue
        place = target / inner
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        os.link(path, place)


def verify(code: str) -> tuple[bool, list[Text]]:
    """Check every number of a report against its fact.

    Returns:
        Whether all are backed, and what was said.
    """
    folder = home(code)
    if not (folder / "report.docx").is_file():
        raise _none()
    try:
        said = Suqiu(site().settings, language=language()).verify(folder)
    except SuqiuError as error:
        return False, [error.message, error.hint]
    return True, [notice.value for notice in said]


def _none() -> NotFound:
    return NotFound(
        "results.no_report",
        Text("未找到该报告", "no such report"),
        Text("请从报告列表中选择", "choose one of the list"),
    )
