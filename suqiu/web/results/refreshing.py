"""Refreshing the analysis: the orders through the main job into a folder of their own, then all pages turn to it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from suqiu.app import Suqiu
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import rule
from suqiu.web.accounts.models import User
from suqiu.web.accounts.roles import Right
from suqiu.web.audit.chain import record
from suqiu.web.jobs.work import every, job
from suqiu.web.orders.exporting import export_all
from suqiu.web.results import making
from suqiu.web.results.models import Making
from suqiu.web.site import site

#: Earlier results kept beside the current one: enough to go back past a bad import, little enough for a disk.
KEPT = 3
_NAME = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
#: The hour of the night in which a site refreshes by itself.
_NIGHT = range(2, 5)


def ask(by: User | None) -> Making:
    """Have the analysis refreshed in the background.

    Raises:
        Conflict: it is under way.
    """
    return making.ask("refresh", by)


@job(making.JOBS["refresh"], long=True)
def refresh(code: str) -> Callable[[], None] | None:
    """Refresh the analysis: the work of a making."""
    return making.carry_out(code, make)


def make(one: Making, tell: making.Tell) -> Callable[[], None]:
    """Export the orders, run the main job over them, and make its result the one that pages read.

    Cut off at any moment, it is gone on with: the export is written whole or not at all, the main job knows its
    stages, and the site names the old result until the new one is finished.
    """
    here = site()
    folder, export = home(one.code), home(one.code) / "export"
    if not export.is_dir():
        part = folder / ".export.part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        tell(Text("导出工单", "exporting orders"), None)
        export_all(part)
        part.rename(export)
    Suqiu(here.settings, language=here.settings.language, progress=tell).run(str(export), here.about.city, folder)
    here.save(replace(here.about, result=str(folder)))
    shutil.rmtree(export, ignore_errors=True)  # the lake has taken it in
    clear_old(folder)
    return lambda: record(rule("refresh", Right.MAKE_REPORTS), "results.refresh", f"result:{one.code}")


def home(code: str) -> Path:
    """Return the folder of a result."""
    return site().folder / "results" / code


def clear_old(current: Path) -> None:
    """Remove all but the newest earlier results; what is under way stays, and what is not of our naming."""
    busy = set(Making.objects.filter(kind="refresh", state__in=("waiting", "running")).values_list("code", flat=True))
    old = sorted(
        path for path in current.parent.iterdir()
        if path.is_dir() and _NAME.fullmatch(path.name) and path != current and path.name not in busy
    )  # fmt: skip
    for path in old[: max(len(old) - KEPT, 0)]:
        shutil.rmtree(path, ignore_errors=True)


@every("results.nightly", minutes=60)
def nightly() -> None:
    """Refresh once a night; a demo keeps the data it came with."""
    here = site()
    now = here.now()
    if here.about.demo or now.hour not in _NIGHT:
        return
    if not Making.objects.filter(kind="refresh", asked_at__gt=_half_a_day_before(now)).exists():
        ask(None)


def _half_a_day_before(now: datetime) -> datetime:
    return now - timedelta(hours=12)
