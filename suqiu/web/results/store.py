"""The result that analytic pages read: one engine in a process, one question at a time, answers kept."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import Lock, RLock
from typing import Any, TypeVar, cast

import ibis

from suqiu.domain.city import City
from suqiu.domain.errors import NotFound
from suqiu.domain.tables import TABLES
from suqiu.domain.text import Text
from suqiu.lake import Lake, StageBook
from suqiu.web.results.cut import Cut
from suqiu.web.site import site

T = TypeVar("T")

#: Answers kept in a process; the oldest unused goes first. One is some ten to a few hundred facts.
KEPT = 600
#: A day counts as whole when the data reach into its last hour.
_LATE = 23


class Result:
    """One finished run, opened for questions 分析结果.

    Attributes:
        folder: of the run.
        versions: each table's fingerprint, as the run's stages recorded it: those of the run's own facts.
        version: of the whole: another one means other data.
        first, last: days of the data, both inclusive.
    """

    def __init__(self, folder: Path, *, memory_mb: int = 1024, threads: int = 2) -> None:
        """Open a run's folder.

        Raises:
            NotFound: it holds no finished run.
        """
        self.folder = folder
        self.versions = _versions(folder)
        taken = StageBook(folder).figures("intake")
        if "cases" not in self.versions or "first_day" not in taken:
            raise NotFound(
                "results.unfinished",
                Text("目录“{folder}”中没有完成的分析结果", "{folder} holds no finished run").fill(folder=folder.name),
                Text("请重新生成分析结果", "refresh the analysis"),
            )
        self.first, self.last = date.fromisoformat(taken["first_day"]), date.fromisoformat(taken["last_day"])
        lines = (f"{name}={mark}" for name, mark in sorted(self.versions.items()))
        self.version = sha256("\n".join(lines).encode()).hexdigest()[:16]
        self._lake = Lake(folder / "lake", memory_mb=memory_mb, threads=threads)
        self._asking = RLock()  # the engine takes one question at a time
        self._reading = Lock()
        self._answers: OrderedDict[Hashable, object] = OrderedDict()

    @cached_property
    def as_of(self) -> datetime:
        """The data's newest acceptance, by the city's clock, without zone: as the lake holds times."""
        with self._asking:
            newest = self._tables["cases"].accepted_at.max().to_pyarrow().as_py()
        return cast(datetime, newest)

    @property
    def last_whole_day(self) -> date:
        """The last day that the data cover to its end: comparisons of days end here."""
        day = self.as_of.date()
        return day if self.as_of.hour >= _LATE or day == self.first else day - timedelta(1)

    @cached_property
    def _tables(self) -> Mapping[str, ibis.Table]:
        return self._lake.tables([name for name in TABLES if name in self.versions])

    def tables(self, cut: Cut) -> dict[str, ibis.Table]:
        """Return the lake's tables with the rows of a part of all orders; only within `answered`."""
        return cut.within(self._tables)

    def holds(self, name: str) -> bool:
        """Say whether the run has a table."""
        return name in self.versions

    def sql(self, expression: ibis.Table) -> str:
        """Return the SQL that an expression runs as."""
        return self._lake.sql(expression)

    def rows(self, expression: ibis.Table) -> list[dict[str, Any]]:
        """Run an expression; only within `answered`."""
        found: list[dict[str, Any]] = expression.to_pyarrow().to_pylist()
        return found

    def answered(self, question: Hashable, work: Callable[[], T]) -> T:
        """Return the kept answer to a question, else ask now and keep it.

        Args:
            question: everything that the answer depends on besides the result itself.
            work: asks the lake.
        """
        with self._reading:
            if question in self._answers:
                self._answers.move_to_end(question)
                return cast(T, self._answers[question])
        with self._asking:
            with self._reading:
                if question in self._answers:  # somebody else asked meanwhile
                    return cast(T, self._answers[question])
            answer = work()
        with self._reading:
            self._answers[question] = answer
            while len(self._answers) > KEPT:
                self._answers.popitem(last=False)
        return answer

    def windows(self, days: int) -> tuple[tuple[date, date], tuple[date, date]]:
        """Return the last whole days and as many before them; both begin no earlier than the data."""
        last = self.last_whole_day
        begin = max(last - timedelta(days - 1), self.first)
        before = begin - timedelta(1)
        return (begin, last), (before - timedelta(days - 1), before)

    def covers(self, period: tuple[date, date]) -> bool:
        """Say whether the data reach over a whole period."""
        return self.first <= period[0] and period[1] <= self.last


def _versions(folder: Path) -> dict[str, str]:
    """Return the fingerprint of each table that is there, from the records of the run's stages."""
    marks: dict[str, str] = {}
    for note in sorted((folder / "lake" / ".stages").glob("*.json")):
        try:
            marks |= json.loads(note.read_text("utf-8"))["files"]
        except (json.JSONDecodeError, KeyError, TypeError):
            continue
    return {
        name: mark
        for name in TABLES
        if (mark := marks.get(f"lake/{name}.parquet")) and (folder / "lake" / f"{name}.parquet").is_file()
    }


_OPENING = Lock()
_opened: tuple[tuple[str, int], Result] | None = None


def current() -> Result:
    """Return the result that `about.result` names; opened anew in this process once it is another.

    Raises:
        NotFound: there is none yet, or its folder is gone or unfinished.
    """
    global _opened
    here = site()
    named = here.about.result
    try:
        mark = (named or "", (Path(named) / "facts.json").stat().st_mtime_ns if named else 0)
    except OSError:
        mark = (named or "", 0)
    if not named or not mark[1]:
        raise NotFound(
            "results.none",
            Text("还没有分析结果", "there is no analysis yet"),
            Text("生成分析结果后，此页自动可用", "once the analysis has run, this page works by itself"),
        )
    with _OPENING:
        if _opened is None or _opened[0] != mark:
            chosen = here.settings
            _opened = (mark, Result(Path(named), memory_mb=chosen.memory_mb, threads=chosen.threads))
        return _opened[1]


def found() -> Result | None:
    """Return the current result, None where there is none: pages then show how to get one."""
    try:
        return current()
    except NotFound:
        return None


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield the first and last day of each calendar month of a period, cut to it."""
    begin = first
    while begin <= last:
        following = (begin.replace(day=1) + timedelta(31)).replace(day=1)
        yield begin, min(last, following - timedelta(1))
        begin = following


def city_of(cut: Cut) -> City:
    """Return the site's city with the residents that a part of all orders is about."""
    return cut.city(site().city)
