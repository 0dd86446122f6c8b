"""One run in one folder: its stages, each done once for the inputs it has.

The stages are intake, learn, read, clock, sense, measure, report. Each names the tables it reads; the fingerprint
of those, of the city pack, of the code and of what was asked is its key. A stage whose key is recorded is skipped.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from suqiu import __version__, analysis, citypack, events, reading, reporting
from suqiu import intake as intakes  # the stage of the same name is a method here
from suqiu.config import Settings
from suqiu.domain.city import City
from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.tables import TABLES
from suqiu.domain.text import Language, Text
from suqiu.lake import Lake, StageBook, fingerprint, replacing

Progress = Callable[[Text, float | None], None]

_PACKAGE = Path(__file__).resolve().parent
#: Libraries whose versions may change a result.
_LIBRARIES = ("pyarrow", "duckdb", "ibis-framework", "numpy", "scipy", "scikit-learn", "statsmodels")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run was asked to do; kept in the folder as job.json.

    Attributes:
        source: path or address of the export.
        city: folder of the city pack.
        mapping: file of the column mapping, None for the pack's own or a guess.
        first, last: the period to report on as ISO days, None for that of the data.
    """

    source: str
    city: str
    mapping: str | None = None
    first: str | None = None
    last: str | None = None


class Job:
    """The stages of one run.

    Attributes:
        folder: where everything is written.
        lake: its tables.
    """

    def __init__(self, folder: Path, settings: Settings, language: Language, progress: Progress) -> None:
        self.folder = folder
        self.lake = Lake(folder / "lake", memory_mb=settings.memory_mb, threads=settings.threads)
        self._book = StageBook(folder)
        self._settings = settings
        self._language = language
        self._progress = progress

    def ask(self, asked: Asked) -> None:
        """Keep what is asked, for this and later stages."""
        with replacing(self.folder / "job.json") as part:
            part.write_text(json.dumps(asdict(asked), ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")

    def ask_period(self, first: date | None, last: date | None) -> None:
        """Change the period that is reported on."""
        begin, end = (day.isoformat() if day else None for day in (first, last))
        self.ask(replace(self.asked, first=begin, last=end))

    @property
    def asked(self) -> Asked:
        """What the folder's run was asked to do.

        Raises:
            NotFound: the folder holds no run.
        """
        try:
            return Asked(**json.loads((self.folder / "job.json").read_text("utf-8")))
        except FileNotFoundError as error:
            raise NotFound(
                "job.none",
                Text("目录“{folder}”中没有任务", "{folder} holds no run").fill(folder=self.folder),
                Text("请先运行suqiu intake或suqiu run", "begin with suqiu intake or suqiu run"),
            ) from error

    @cached_property
    def city(self) -> City:
        """The city pack of the run."""
        return citypack.load(Path(self.asked.city))

    @property
    def period(self) -> tuple[date, date]:
        """First and last day to report on: as asked, else those of the data.

        Raises:
            InvalidInput: the last day is before the first, or the data has no order in between.
        """
        span = self._book.figures("intake")
        first = date.fromisoformat(self.asked.first or span["first_day"])
        last = date.fromisoformat(self.asked.last or span["last_day"])
        if last < first or str(first) > span["last_day"] or str(last) < span["first_day"]:
            raise InvalidInput(
                "job.empty_period",
                Text(
                    "{first}至{last}没有工单，数据为{begin}至{end}",
                    "no orders from {first} to {last}; the data runs {begin} to {end}",
                ).fill(first=first, last=last, begin=span["first_day"], end=span["last_day"]),
                Text("请调整--from和--to", "change --from and --to"),
            )
        return first, last

    def figures(self, stage: str) -> Mapping[str, Any]:
        """Return what a stage found when it last ran."""
        return self._book.figures(stage)

    def intake(self) -> None:
        """Take in the export: orders, steps, calls, call-backs, faults, rejected.csv."""
        source = intakes.open_source(self.asked.source)
        mapping = self._mapping(source)
        scratch = self.folder / "lake" / ".scratch"

        def work() -> tuple[dict[str, object], list[Path]]:
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir(parents=True)
            taken = intakes.read(source, mapping, self.city, scratch=scratch, progress=self._told("导入", "intake"))
            tables = {
                "orders": taken.orders,
                "steps": taken.steps,
                "calls": taken.calls,
                "call_backs": taken.call_backs,
            }
            for name, batches in tables.items():
                if name in taken.summary.tables:
                    self.lake.write(name, batches())
                else:
                    self.lake.drop(name)
            self.lake.write("faults", taken.faults())
            rejected = self.folder / "rejected.csv"
            with replacing(rejected) as part:
                taken.write_rejected(part)
            shutil.rmtree(scratch, ignore_errors=True)
            written = [self.lake.path(name) for name in (*tables, "faults") if self.lake.holds(name)]
            return _intake_figures(taken.summary), [*written, rejected]

        self._stage("intake", (), work, {"source": _source_mark(self.asked.source), "mapping": repr(mapping)})

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
        self._clock()

    def sense(self) -> None:
        """Find repeats and events."""

        def work() -> tuple[dict[str, object], list[Path]]:
            told = self._told("发现重复诉求和事件", "repeats and events")
            told(0, 10)
            columns = ["category", "community", "street", "district", "caller_id"]

            def source() -> Iterator[tuple[pa.RecordBatch, pa.RecordBatch]]:
                orders = self.lake.batches("orders", ["order_id", "accepted_at", "title", "text"])
                return zip(orders, self.lake.batches("readings", columns), strict=True)

            repeats = self.lake.write("repeats", events.find_repeats(source, self.city))
            told(8, 10)
            found, members = events.discover(self.lake.batches("readings"), self.city)
            self.lake.write("events", found)
            self.lake.write("event_orders", members)
            written = ("repeats", "events", "event_orders")
            return {"repeats": repeats, "events": found.num_rows}, [self.lake.path(name) for name in written]

        self._stage("sense", ("orders", "readings"), work)

    def measure(self) -> None:
        """Compute daily counts with their season, and every fact: facts.json."""
        reads = ("orders", "readings", "timelines", "steps", "calls", "call_backs", "repeats")

        def work() -> tuple[dict[str, object], list[Path]]:
            told = self._told("计算指标", "measures")
            told(0, 1)
            tables = self.lake.tables(reads)
            versions = {name: self.lake.fingerprint(name) for name in tables}
            daily = analysis.daily(tables["readings"], self.city)
            self.lake.write("daily", daily)
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
            with replacing(self.folder / "facts.json") as part:
                reporting.write_facts(part, facts)
            known = sum(fact.value is not None for fact in facts)
            return {"facts": len(facts), "known": known}, [self.lake.path("daily"), self.folder / "facts.json"]

        self._stage("measure", reads, work, {"period": [str(day) for day in self.period]})

    def report(self) -> None:
        """Write report.docx, report.html and run.json."""
        reads = ("faults", "readings", "events", "daily")
        files = {name: self.folder / name for name in ("report.docx", "report.html", "facts.json")}

        def work() -> tuple[dict[str, object], list[Path]]:
            self._told("写报告", "report")(0, 1)
            document = reporting.compose(self._evidence(), self.city, self._language)
            for name, content in (
                ("report.docx", reporting.to_docx(document)),
                ("report.html", reporting.to_html(document).encode()),
            ):
                with replacing(files[name]) as part:
                    part.write_bytes(content)
            # The few numbers that the report makes itself (rows read, shares filled) are facts too.
            with replacing(files["facts.json"]) as part:
                reporting.write_facts(part, document.facts.values())
            return {}, list(files.values())

        asked = {
            "language": self._language,
            "measure": self._book.figures("measure"),
            "period": list(map(str, self.period)),
        }
        self._stage("report", reads, work, asked)
        self._write_run()
        shutil.rmtree(self.folder / "lake" / ".spill", ignore_errors=True)

    def verify(self) -> list[Text]:
        """Return every number of the reports that is not the fact it claims to be."""
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
            for stale in (part, model):
                shutil.rmtree(stale, ignore_errors=True)
            reader.save(part)
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

    def _told(self, zh: str, en: str) -> Callable[[int, int], None]:
        """Return what a stage calls with the work done and all work."""
        name = Text(zh, en)
        return lambda done, total: self._progress(name, done / max(total, 1))

    def _stage(
        self,
        name: str,
        reads: Sequence[str],
        work: Callable[[], tuple[Mapping[str, object], Iterable[Path]]],
        extra: Mapping[str, object] | None = None,
    ) -> None:
        marks = {table: self.lake.fingerprint(table) for table in reads if self.lake.holds(table)}
        parts = {
            "stage": name,
            "code": code_fingerprint(),
            "city": self.city.version,
            "reads": marks,
            "extra": extra or {},
        }
        key = hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
        # Of a database nobody can say whether it changed: it is read each time, and later stages see if it did.
        again = name == "intake" and (extra or {}).get("source") is None
        if again or self._book.recorded(name, key) is None:
            figures, files = work()
            self._book.record(name, key, figures, files)

    def _model_files(self) -> list[Path]:
        return sorted(path for path in (self.folder / "model").rglob("*") if path.is_file())

    def _mapping(self, source: intakes.Source) -> intakes.Mapping:
        """Take the mapping that was asked for, else the pack's if it fits, else a guess."""
        if self.asked.mapping is not None:
            return intakes.load(Path(self.asked.mapping))
        own = Path(self.asked.city) / "mapping.yaml"
        if own.is_file():
            mapping = intakes.load(own)
            if not intakes.check(mapping, source, self.city):
                return mapping
        return intakes.guess(source, self.city)

    def _evidence(self) -> reporting.Evidence:
        facts = reporting.read_facts(self.folder / "facts.json")
        taken, learned = self._book.figures("intake"), self._book.figures("learn")
        faults = self.lake.batches("faults") if self.lake.holds("faults") else []
        marks = {name: self.lake.fingerprint(name) for name in TABLES if self.lake.holds(name)}
        found = pa.Table.from_batches(self.lake.batches("events"), TABLES["events"])
        return reporting.Evidence(
            facts={fact.fact_id: fact for fact in facts},
            period=self.period,
            data_version=hashlib.sha256(json.dumps(marks, sort_keys=True).encode()).hexdigest()[:16],
            definitions={item.measure: item for item in definitions()},
            events=reporting.events_from(found),
            daily=pa.Table.from_batches(self.lake.batches("daily"), TABLES["daily"]),
            intake=reporting.IntakeTally(
                taken["read"], taken["accepted"], taken["rejected"], reporting.fault_counts(faults)
            ),
            reading=reporting.ReadingTally(
                self.lake.rows("readings"),
                reporting.basis_counts(self.lake.batches("readings")),
                tuple(_scores(learned)),
            ),
        )

    def _write_run(self) -> None:
        asked = self.asked
        tables = [name for name in TABLES if self.lake.holds(name)]
        run = {
            "suqiu": __version__,
            "code": code_fingerprint(),
            "libraries": {name: version(name) for name in _LIBRARIES},
            "city": {"id": self.city.id, "version": self.city.version},
            "source": {
                "name": Path(asked.source).name,
                "fingerprint": _source_mark(asked.source),
            },
            "period": [str(day) for day in self.period],
            "settings": {"language": self._language},
            "tables": {
                name: {"rows": self.lake.rows(name), "fingerprint": self.lake.fingerprint(name)} for name in tables
            },
            "stages": {name: dict(self._book.figures(name)) for name in ("intake", "learn", "sense", "measure")},
        }
        with replacing(self.folder / "run.json") as part:
            part.write_text(json.dumps(run, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


def _source_mark(source: str) -> str | None:
    """Return the fingerprint of an export's files; None for a database, whose state nobody can vouch for."""
    path = Path(source)
    if not path.exists():
        return None
    files = sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(path.parent)}\0{fingerprint(file)}\n".encode())
    return digest.hexdigest()[:16]


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


def code_fingerprint() -> str:
    """Return the fingerprint of the package's own code and data."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in {".py", ".yaml", ".html", ".css"}:
            digest.update(str(path.relative_to(_PACKAGE)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def definitions() -> Iterator[reporting.Definition]:
    """Say how each measure is made, for the report's appendix."""
    for entry in analysis.catalogue():
        yield reporting.Definition(
            entry.measure,
            entry.name,
            entry.population,
            entry.formula,
            entry.clock,
            Text("本项目自定义", "our own") if entry.source == "own" else Text(entry.source, entry.source),
            entry.direction.value,
        )


#: What the models' scores are called in the report; those not named here stay in run.json.
_SCORE_NAMES = {
    ("type", "accuracy", 1): Text("诉求类型正确率", "type, right"),
    ("category", "accuracy", 1): Text("一级分类正确率", "first-level category, right"),
    ("category", "accuracy", 2): Text("二级分类正确率", "second-level category, right"),
    ("category", "accuracy", 3): Text("三级分类正确率", "third-level category, right"),
    ("department", "accuracy", 1): Text("承办单位首选正确率", "department, first suggestion right"),
    ("department", "top_3", 1): Text("承办单位前三推荐命中率", "department, among the first three"),
    ("department", "accepted_share", 1): Text("承办单位可自动推荐占比", "department, sure enough to fill"),
    ("department", "accepted_accuracy", 1): Text("承办单位自动推荐正确率", "department, right where sure"),
}


def _scores(learned: Mapping[str, Any]) -> Iterator[reporting.ReadingScore]:
    """Name the models' scores on the newest orders for a reader."""
    for aspect, record in learned.get("aspects", {}).items():
        for score in record.get("scores", ()):
            name = _SCORE_NAMES.get((aspect, score["name"], score["level"]))
            if name is not None and score["tried"]:
                label = f"{aspect}_{score['level']}_{score['name']}"
                yield reporting.ReadingScore(label, name, score["right"], score["tried"], record["version"])
