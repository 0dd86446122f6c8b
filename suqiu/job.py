"""One run in one folder: its stages, each done once for the inputs it has.

The stages are intake, learn, read, clock, sense, gather, measure, report. Each names the tables it reads; the
fingerprint of those, of the city pack, of the code and of what was asked is its key. A stage whose key is
recorded is skipped.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa

from suqiu import analysis, citypack, events, findings, reading, reporting
from suqiu import intake as intakes  # the stage of the same name is a method here
from suqiu.asked import Asked, mapping_for
from suqiu.config import Settings
from suqiu.detail import write_details
from suqiu.domain.city import City
from suqiu.domain.errors import Conflict, InvalidInput, NotFound
from suqiu.domain.tables import TABLES
from suqiu.domain.text import Language, Text
from suqiu.lake import Lake, StageBook, fingerprint, replacing
from suqiu.provenance import code_fingerprint, run_record, source_fingerprint

Progress = Callable[[Text, float | None], None]


class Job:
    """The stages of one run.

    Nothing is written, and no folder made, before the source and the city pack have shown that they can be used.

    Attributes:
        folder: where everything is written.
    """

    def __init__(self, folder: Path, settings: Settings, language: Language, progress: Progress) -> None:
        self.folder = folder
        self._asked: Asked | None = None
        self._lake: Lake | None = None
        self._lock: TextIO | None = None
        self._book = StageBook(folder)
        self._settings = settings
        self._language = language
        self._progress = progress

    @property
    def lake(self) -> Lake:
        """The run's tables."""
        if self._lake is None:
            self._lake = Lake(self.folder / "lake", memory_mb=self._settings.memory_mb, threads=self._settings.threads)
        return self._lake

    def close(self) -> None:
        """Let the tables' engine and the folder go."""
        if self._lake is not None:
            self._lake.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _claim(self) -> None:
        """Keep other processes from writing into the folder until `close`, or the end of this process.

        Raises:
            Conflict: another run is writing there now.
        """
        if self._lock is not None:
            return
        (self.folder / "lake").mkdir(parents=True, exist_ok=True)
        lock = (self.folder / "lake" / ".lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise Conflict(
                "job.in_use",
                Text("目录“{folder}”正被另一次运行使用", "another run is writing into {folder}").fill(
                    folder=self.folder
                ),
                Text("请等待其结束，或换一个输出目录", "wait for its end, or choose another folder"),
            ) from error
        self._lock = lock

    def ask(self, asked: Asked) -> None:
        """Say what to do; intake keeps it in the folder for later stages, once source and pack can be used.

        Raises:
            InvalidInput: the last day is before the first.
        """
        asked.require_sense(self.folder)
        self._asked = asked

    def ask_period(self, first: date | None, last: date | None) -> None:
        """Change the period that is reported on.

        Raises:
            InvalidInput: as `period`; the earlier period then stays.
        """
        begin, end = (day.isoformat() if day else None for day in (first, last))
        self.ask(replace(self.asked, first=begin, last=end))
        _ = self.period  # refuses before anything is kept
        self.asked.save(self.folder)

    @property
    def asked(self) -> Asked:
        """What this run is asked to do, else what the folder's run was.

        Raises:
            NotFound, InvalidInput: the folder holds no run, or a damaged one.
        """
        if self._asked is None:
            self._asked = Asked.load(self.folder)
        return self._asked

    @cached_property
    def city(self) -> City:
        """The city pack of the run."""
        return citypack.load(Path(self.asked.city))

    @property
    def period(self) -> tuple[date, date]:
        """First and last day to report on; see `Asked.period`."""
        return self.asked.period(self._book.figures("intake"))

    def figures(self, stage: str) -> Mapping[str, Any]:
        """Return what a stage found when it last ran."""
        return self._book.figures(stage)

    def intake(self, *, anew: bool = True) -> None:
        """Take in the export: orders, steps, calls, call-backs, faults, rejected.csv.

        Args:
            anew: look at the export; else one that is gone since, or a database, is left alone
                as long as what was taken from it is whole.
        """
        mark = source_fingerprint(self.asked.source)
        given = self._book.figures("intake").get("given", {})
        if not anew and mark is None and self._book.recorded("intake", self._key("intake", (), given)) is not None:
            return
        source = intakes.open_source(self.asked.source)
        mapping, chosen = self._mapping(source)
        given = {
            "name": self.asked.source_name,
            "source": mark,
            "mapping": hashlib.sha256(repr(mapping).encode()).hexdigest()[:16],
        }

        def work() -> tuple[dict[str, object], list[Path]]:
            scratch = self.folder / "lake" / ".scratch"
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir(parents=True)
            try:
                taken = intakes.read(source, mapping, self.city, scratch=scratch, progress=self._told("导入", "intake"))
                return {**self._take(taken), "given": given, "mapping": asdict(chosen)}, self._taken()
            finally:
                shutil.rmtree(scratch, ignore_errors=True)

        self._claim()
        self.asked.save(self.folder)
        # Of a database nobody can say whether it changed: it is read each time, and later stages see if it did.
        self._stage("intake", (), work, given, always=mark is None)
        found = self._book.figures("intake")
        # Now, not when clocks are set after minutes of learning and reading.
        self.city.calendar.require(date.fromisoformat(found["first_day"]), date.fromisoformat(found["last_day"]))

    def _take(self, taken: intakes.Intake) -> dict[str, object]:
        """Write what was taken in, all tables together, so that a failure leaves those of before."""
        tables = {
            "orders": taken.orders,
            "steps": taken.steps,
            "calls": taken.calls,
            "call_backs": taken.call_backs,
            "faults": taken.faults,
        }
        held = [name for name in tables if name == "faults" or name in taken.summary.tables]
        with replacing(self.folder / "rejected.csv") as part:
            taken.write_rejected(part)
        figures = _intake_figures(taken.summary)
        with self.lake.writing(*held) as out:
            for name in held:
                for batch in tables[name]():
                    out[name].add(batch)
        for name in tables.keys() - set(held):
            self.lake.drop(name)
        return figures

    def _taken(self) -> list[Path]:
        names = ("orders", "steps", "calls", "call_backs", "faults")
        return [*(self.lake.path(name) for name in names if self.lake.holds(name)), self.folder / "rejected.csv"]

    def read(self) -> None:
        """Learn from the city's history, then read every order: claims and readings."""
        self._learn()

        def work() -> tuple[dict[str, object], list[Path]]:
            reader = reading.load_reader(self.folder / "model", self.city)
            total, done, told = self.lake.rows("orders"), 0, self._told("读懂工单", "reading")
            with self.lake.writing("claims", "readings") as out:
                for batch in self.lake.batches("orders"):
                    claims, readings = reader.read(batch)
                    out["claims"].add(claims)
                    out["readings"].add(readings)
                    done += batch.num_rows
                    told(done, total)
            return {}, [self.lake.path("claims"), self.lake.path("readings")]

        model = {path.name: fingerprint(path) for path in self._model_files()}
        self._stage("read", ("orders",), work, model)
        told = self._told("抽取要素、评判答复", "what orders name, how replies answer")
        self._stage("detail", ("orders",), lambda: write_details(self.lake, self.city, told))
        self._clock()

    def sense(self) -> None:
        """Find repeats and events, and lay everything about each order side by side for measures."""

        def work() -> tuple[dict[str, object], list[Path]]:
            told = self._told("发现重复诉求和事件", "repeats and events")
            told(0, 10)
            columns = ["category", "community", "street", "district", "caller_id"]

            def source() -> Iterator[tuple[pa.RecordBatch, pa.RecordBatch]]:
                orders = self.lake.batches("orders", ["order_id", "accepted_at", "title", "text"])
                return zip(orders, self.lake.batches("readings", columns), strict=True)

            written = ("repeats", "events", "event_orders")
            with self.lake.writing(*written) as out:
                for batch in events.find_repeats(source, self.city):
                    out["repeats"].add(batch)
                told(8, 10)
                for name, table in zip(
                    written[1:], events.discover(self.lake.batches("readings"), self.city), strict=True
                ):
                    for batch in table.to_batches():
                        out[name].add(batch)
                counts = {"repeats": out["repeats"].rows, "events": out["events"].rows}
            return dict(counts), [self.lake.path(name) for name in written]

        self._stage("sense", ("orders", "readings"), work)
        self._gather()

    def measure(self) -> None:
        """Compute daily counts with their season, and every fact: facts.json.

        The report adds the few numbers that it makes itself to facts.json; the lake keeps what was measured.
        """
        reads = ("cases", "readings", "steps", "calls", "call_backs")

        def work() -> tuple[dict[str, object], list[Path]]:
            told = self._told("计算指标", "measures")
            told(0, 1)
            tables = self.lake.tables(reads)
            versions = {name: self.lake.fingerprint(name) for name in tables}
            daily = analysis.daily(tables["readings"], self.city)
            facts = list(
                analysis.evaluate(
                    tables,
                    self.city,
                    self.period,
                    versions=versions,
                    sql=self.lake.sql,
                    progress=told,
                )
            )
            facts += analysis.trend_facts(tables, self.city, self.period, versions=versions, sql=self.lake.sql)
            self.lake.write("daily", daily)
            for path in (self._facts, self.folder / "facts.json"):
                with replacing(path) as part:
                    reporting.write_facts(part, facts)
            known = sum(fact.value is not None for fact in facts)
            return {"facts": len(facts), "known": known}, [self.lake.path("daily"), self._facts]

        self._stage("measure", reads, work, {"period": [str(day) for day in self.period]})

    def report(self) -> None:
        """Write report.docx, report.html and run.json."""
        files = {name: self.folder / name for name in ("report.docx", "report.html", "facts.json")}

        def work() -> tuple[dict[str, object], list[Path]]:
            self._told("写报告", "report")(0, 1)
            evidence = findings.gather(self.lake, self._book, self._facts, self.period)
            document = reporting.compose(evidence, self.city, self._language)
            for name, content in (
                ("report.docx", reporting.to_docx(document)),
                ("report.html", reporting.to_html(document).encode()),
            ):
                with replacing(files[name]) as part:
                    part.write_bytes(content)
            # What the report counts itself (rows read, shares filled) are facts too.
            with replacing(files["facts.json"]) as part:
                reporting.write_facts(part, document.facts.values())
            return {}, list(files.values())

        asked = {
            "language": self._language,
            "facts": fingerprint(self._facts),
            "figures": [self._book.figures(stage) for stage in ("intake", "learn")],
            "period": list(map(str, self.period)),
        }
        self._stage("report", tuple(TABLES), work, asked)
        self._write_run()
        shutil.rmtree(self.folder / "lake" / ".spill", ignore_errors=True)

    def verify(self) -> list[Text]:
        """Return every number of the reports that is not the fact it claims to be.

        Raises:
            NotFound: the folder holds no run, or no report yet.
        """
        _ = self.asked  # refuses a folder without a run
        for name in ("facts.json", "report.docx", "report.html"):
            if not (self.folder / name).is_file():
                raise NotFound(
                    "report.none",
                    Text("目录“{folder}”中没有{name}", "{folder} has no {name}").fill(folder=self.folder, name=name),
                    Text("请先运行suqiu report", "write it with suqiu report first"),
                )
        facts = reporting.read_facts(self.folder / "facts.json")
        return [
            problem
            for name in ("report.docx", "report.html")
            for problem in reporting.verify(self.folder / name, facts)
        ]

    def _learn(self) -> None:
        def work() -> tuple[dict[str, object], list[Path]]:
            told = self._told("学习历史工单", "learning from history")
            reader = reading.learn(lambda: self.lake.batches("orders"), self.city, progress=told)
            model, part = self.folder / "model", self.folder / ".model.part"
            shutil.rmtree(part, ignore_errors=True)
            reader.save(part)
            shutil.rmtree(model, ignore_errors=True)
            part.rename(model)
            return dict(reader.report()), self._model_files()

        self._stage("learn", ("orders",), work)

    def _clock(self) -> None:
        def work() -> tuple[dict[str, object], list[Path]]:
            self._told("推算时限", "clocks")(0, 1)
            steps = self.lake.table("steps") if self.lake.holds("steps") else None
            batches = analysis.timelines(
                self.lake.table("orders"), steps, self.lake.table("readings"), self.city, stream=self.lake.stream
            )
            self.lake.write("timelines", batches)
            return {}, [self.lake.path("timelines")]

        self._stage("clock", ("orders", "steps", "readings"), work)

    def _gather(self) -> None:
        reads = ("orders", "readings", "timelines", "call_backs", "repeats")

        def work() -> tuple[dict[str, object], list[Path]]:
            self.lake.write("cases", self.lake.stream(analysis.cases(self.lake.tables(reads), self.city)))
            return {}, [self.lake.path("cases")]

        self._stage("gather", reads, work)

    def _told(self, zh: str, en: str) -> Callable[[int, int], None]:
        """Return what a stage calls with the work done and all work."""
        name = Text(zh, en)
        return lambda done, total: self._progress(name, done / max(total, 1))

    @property
    def _facts(self) -> Path:
        return self.folder / "lake" / "facts.json"

    def _stage(
        self,
        name: str,
        reads: Sequence[str],
        work: Callable[[], tuple[Mapping[str, object], Iterable[Path]]],
        extra: Mapping[str, object] | None = None,
        *,
        always: bool = False,
    ) -> None:
        """Do a stage's work unless it is done for the same inputs."""
        key = self._key(name, reads, extra or {})
        if always or self._book.recorded(name, key) is None:
            self._claim()
            figures, files = work()
            self._book.record(name, key, figures, files)

    def _key(self, name: str, reads: Sequence[str], extra: Mapping[str, object]) -> str:
        """Return the fingerprint of everything that a stage depends on."""
        parts = {
            "stage": name,
            "code": code_fingerprint(),
            "city": self.city.version,
            "reads": {table: self.lake.fingerprint(table) for table in reads if self.lake.holds(table)},
            "extra": extra,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()

    def _model_files(self) -> list[Path]:
        return sorted(path for path in (self.folder / "model").rglob("*") if path.is_file())

    def _mapping(self, source: intakes.Source) -> tuple[intakes.Mapping, Text]:
        given = self.asked.mapping
        return mapping_for(source, self.city, Path(self.asked.city), Path(given) if given else None)

    def _write_run(self) -> None:
        taken = self._book.figures("intake")["given"]
        given = {
            "source": {"name": taken["name"], "fingerprint": taken["source"]},
            "period": [str(day) for day in self.period],
            "settings": {"language": self._language},
        }
        stages = {name: self._book.figures(name) for name in ("intake", "learn", "sense", "measure")}
        with replacing(self.folder / "run.json") as part:
            record = run_record(self.lake, self.city, given, stages)
            part.write_text(json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


def _intake_figures(summary: intakes.IntakeSummary) -> dict[str, object]:
    counts = summary.tables["orders"]
    if summary.first_at is None or summary.last_at is None:
        raise InvalidInput(
            "intake.nothing_accepted",
            Text("没有一行工单可用，共拒收{count}行", "no row could be used, {count} were rejected").fill(
                count=counts.rejected
            ),
            Text("请查看rejected.csv中的原因", "see the reasons in rejected.csv"),
        )
    return {
        "read": counts.read,
        "accepted": counts.kept,
        "rejected": counts.rejected,
        "first_day": str(summary.first_at.date()),
        "last_day": str(summary.last_at.date()),
        "tables": {name: asdict(item) for name, item in summary.tables.items()},
        "unused": list(summary.unused),
    }
