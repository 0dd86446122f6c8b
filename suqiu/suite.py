"""The suite: every task on data that is there, trained, judged and laid out on one page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import yaml
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict

from suqiu import __version__, labelled, simulate
from suqiu.domain.city import City
from suqiu.domain.order import Urgency
from suqiu.domain.text import Language, Text
from suqiu.evaluation.measures import MEASURES, Kind
from suqiu.evaluation.runlog import Header, RunLog, read_run_log, run_log
from suqiu.evaluation.scorecard import score
from suqiu.evaluation.seeds import fingerprint
from suqiu.evaluation.task import Task, task_from
from suqiu.lake import replacing
from suqiu.provenance import code_fingerprint, source_fingerprint
from suqiu.reading.reply import ReplyJudge, shipped_reply_cues
from suqiu.reading.urgency import UrgencyFinder, shipped_cues
from suqiu.reporting.evaluation_page import evaluation_page
from suqiu.reporting.evaluation_words import NONE, ends_of, percent, plain
from suqiu.simulate.emergencies import Lot, Manner, sayings
from suqiu.simulate.replies import Quality, lots, planted_replies
from suqiu.simulate.words import Words

Progress = Callable[[Text, float | None], None]
Values = Mapping[str, Any]

INDEX, SCORECARD = "index.html", "scorecard.json"
_DONE, _SIMULATED, _MODEL = "suite.json", "simulated", "model"
_LOT_ROUNDS = 3
#: What a verdict of the reply judge says of what was planted.
_QUALITIES = {"answers": Quality.GOOD, "partial": Quality.GOOD} | {
    quality.value: quality for quality in Quality if quality is not Quality.GOOD
}

_ABSENT = Text("没有{path}，未评测", "{path} is absent: not judged")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Export(_Strict):
    """A simulated export 模拟数据."""

    orders: int
    months: int
    seed: int


class Data(_Strict):
    """Where a task's data lie: exactly one of the three 数据来源.

    Attributes:
        table: a file of the folder of real data.
        hints: whether agents' routing hints stay in.
        simulated: an export to be made.
        planted: which invented sayings or replies.
    """

    table: str | None = None
    hints: bool = False
    simulated: Export | None = None
    planted: Literal["emergencies", "calm", "replies"] | None = None

    def model_post_init(self, context: Any, /) -> None:
        """Refuse none or two sources."""
        if sum(source is not None for source in (self.table, self.simulated, self.planted)) != 1:
            raise ValueError("data: one of table, simulated, planted")


@dataclass(frozen=True, slots=True)
class Entry:
    """A task of the suite, and where its data lie."""

    task: Task
    data: Data


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a task.

    Attributes:
        task: that was judged.
        card: its figures, as `Scorecard.to_dict` says them; None where it was left out.
        left_out: why; None where it was not.
    """

    task: Task
    card: Values | None
    left_out: Text | None


def shipped_suite() -> tuple[Entry, ...]:
    """Read the tasks that ship with the package."""
    return entries_from(yaml.safe_load(files("suqiu").joinpath("suite.yaml").read_text("utf-8")))


def entries_from(given: Sequence[Values]) -> tuple[Entry, ...]:
    """Build entries from plain values: the keys of `task_from`, and `data`.

    Raises:
        InvalidInput: a task is not well defined.
        ValueError: its data are not.
    """
    entries = []
    for values in given:
        task = task_from({name: value for name, value in values.items() if name != "data"})
        entries.append(Entry(task, Data.model_validate(values.get("data"))))
    return tuple(entries)


class Suite:
    """Runs tasks into a folder: `<task>/index.html` for each, and `index.html` for all."""

    def __init__(
        self,
        out: Path,
        *,
        real: Path,
        city: City,
        material: Path,
        encoder: labelled.Encoding,
        threads: int,
        language: Language,
        progress: Progress,
    ) -> None:
        """Prepare a run.

        Args:
            out: folder of the results; tasks finished there, of the same data and code, are not repeated.
            real: folder of real data, which may be absent.
            city, material: the pack of the simulated city, and its folder `simulation`.
            encoder: teach an encoder too; see `labelled.make`.
            threads: to use.
            language: of the pages.
            progress: told what is done.
        """
        self._out, self._real, self._city, self._material = out, real, city, material
        self._encoder, self._threads, self._language, self._progress = encoder, threads, language, progress

    def run(self, entries: Sequence[Entry]) -> list[Result]:
        """Judge every task whose data are there, and write the pages."""
        results = []
        for entry in entries:
            self._progress(entry.task.title, None)
            results.append(self._result(entry))
            self._write_index(results)
        return results

    def _result(self, entry: Entry) -> Result:
        task, data = entry.task, entry.data
        path = None if data.table is None else self._real / data.table
        if path is not None and not path.is_file():
            return Result(task, None, _ABSENT.fill(path=path))
        folder, state = self._out / task.id, self._state(entry, path)
        done = folder / _DONE
        if done.is_file() and json.loads(done.read_text("utf-8"))["state"] == state:
            return Result(task, json.loads((folder / SCORECARD).read_text("utf-8")), None)
        log = self._judged(entry, path, folder)
        card = score(log, task.wanted, goals=task.goals)
        page = labelled.write_run(folder, log, card, self._language)
        values = card.to_dict()
        page.write_text(evaluation_page(values, self._language, title=task.title), encoding="utf-8")
        # Last, so that a folder with it is whole.
        with replacing(done) as part:
            part.write_text(json.dumps({"state": state}) + "\n", encoding="utf-8")
        return Result(task, values, None)

    def _state(self, entry: Entry, path: Path | None) -> str:
        """Return the fingerprint of all that a task's figures and page depend on."""
        task = {**asdict(entry.task), "kind": entry.task.kind.value}
        parts: list[object] = [
            task,
            entry.data.model_dump(),
            self._encoder,
            self._language,
            code_fingerprint(),
            self._city.version,
        ]
        parts.append(None if path is None else source_fingerprint(str(path)))
        return sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()[:16]

    def _judged(self, entry: Entry, path: Path | None, folder: Path) -> RunLog:
        data = entry.data
        if data.planted == "replies":
            return _replies(entry.task)
        if data.planted is not None:
            return _emergencies(entry.task, urgent=data.planted == "emergencies")
        source = path if path is not None else self._export(data.simulated)
        task = entry.task
        labelled.make(
            str(source),
            task.id,
            labelled.Columns((task.text,), task.labels, task.time),
            folder / _MODEL,
            encoder=self._encoder,
            keep_hints=data.hints,
            wanted=task.wanted,
            city=None,
            threads=self._threads,
            progress=self._progress,
        )
        return read_run_log(folder / _MODEL / labelled.HELD)

    def _export(self, asked: Export | None) -> Path:
        """Return the orders of a simulated export, made once."""
        assert asked is not None  # noqa: S101  `Data` has one source
        state = {**asked.model_dump(), "city": self._city.version, "code": code_fingerprint()}
        name = sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:12]
        orders = self._out / _SIMULATED / name / "orders.parquet"
        if not orders.is_file():
            simulate.write(
                self._city,
                self._material,
                orders=asked.orders,
                months=asked.months,
                seed=asked.seed,
                out=orders.parent,
                formats="parquet",
            )
        return orders

    def _write_index(self, results: Sequence[Result]) -> None:
        with replacing(self._out / INDEX) as part:
            part.write_text(index_page(results, self._language), encoding="utf-8")


def _emergencies(task: Task, *, urgent: bool) -> RunLog:
    """Ask the cues about held-out sayings, in every manner of putting them."""
    words = Words.model_validate(yaml.safe_load(files("suqiu.simulate").joinpath("words.yaml").read_text("utf-8")))
    finder = UrgencyFinder(shipped_cues())
    columns: dict[str, list[Any]] = {"sample": [], "variant": [], "truth": [], "labels": [], "confidences": []}
    texts: list[str] = []
    for manner in Manner:
        held = [saying for saying in sayings(words, manner) if saying.lot is Lot.HELD]
        told = [saying.text for saying in held if (saying.urgency is not Urgency.NORMAL) is urgent]
        heard = finder.judge(pa.array(told, pa.string())).urgency.to_pylist()
        texts += told
        columns["sample"] += [str(number) for number in range(len(told))]
        columns["variant"] += [manner.value] * len(told)
        columns["truth"] += ["urgent" if urgent else "normal"] * len(told)
        columns["labels"] += [["normal" if found == "normal" else "urgent"] for found in heard]
        columns["confidences"] += [[1.0]] * len(told)
    return run_log(_header(task, "urgency cues", finder.version, pa.array(texts)), **columns)


def _replies(task: Task) -> RunLog:
    """Ask the judge of replies about planted ones, each lot a variant."""
    judge = ReplyJudge(shipped_reply_cues())
    names = ("sample", "variant", "group", "truth", "labels", "confidences")
    columns: dict[str, list[Any]] = {name: [] for name in names}
    texts: list[str] = []
    for lot in range(len(lots())):
        for seed in range(_LOT_ROUNDS):
            rows = planted_replies(lot, rounds=1, seed=seed)
            ids = [f"{seed}-{number}" for number in range(len(rows.qualities))]
            verdicts = judge.judge(rows.demands, rows.replies, pa.array(ids))["verdict"].to_pylist()
            texts += rows.replies.to_pylist()
            columns["sample"] += ids
            columns["variant"] += [f"lot {lot + 1}"] * len(ids)
            columns["group"] += rows.wordings
            columns["truth"] += [quality.value for quality in rows.qualities]
            columns["labels"] += [[_QUALITIES[verdict].value] for verdict in verdicts]
            columns["confidences"] += [[1.0]] * len(ids)
    return run_log(_header(task, "reply judge", judge.version, pa.array(texts)), **columns)


def _header(task: Task, model: str, version: str, texts: pa.Array) -> Header:
    split = "rules: nothing is learned"
    return Header(task.id, task.kind, model, version, __version__, fingerprint(texts), split, positive=task.positive)


_WORDS = {
    "title": Text("评测汇总", "All tasks"),
    "skip": Text("跳至正文", "Skip to the page"),
    "details": Text("查看评测页", "Show its page"),
    "left_out": Text("未评测的任务", "Tasks left out"),
    "input": Text("输入方式", "Input"),
    "measure": Text("指标", "Measure"),
    "value": Text("数值", "Value"),
    "interval": Text("95%置信区间", "95% interval"),
    "goal": Text("目标值", "Goal"),
    "met": Text("是否达到", "Reached"),
    "source": Text("目标来源", "Source of the goal"),
    "samples": Text("样本数", "Samples"),
}
_SUMMARY = Text(
    "已评测任务{done}项，未评测{left}项；设有目标值的指标{goals}个，已达到{met}个。",
    "{done} tasks were judged, {left} left out; of {goals} goals {met} are reached.",
)
_MAJORITY = Text("若一律答“{label}”，准确率为{share}。", "Always answering “{label}” would be right in {share}.")
_AGAINST = Text("，目标{goal}，是否达到：{met}", ", goal {goal}, reached: {met}")
_MET = {True: Text("是", "yes"), False: Text("否", "no"), None: Text(NONE, NONE)}


def index_page(results: Sequence[Result], language: Language) -> str:
    """Return one page about all tasks; equal results give equal text."""
    judged = [result for result in results if result.card is not None]
    goals = [goal for result in judged for variant in _variants(result) for goal in variant["goals"]]
    reached = sum(bool(goal["met"]) for goal in goals)
    counts = {"done": len(judged), "left": len(results) - len(judged), "goals": len(goals), "met": reached}
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("suqiu", "."), PackageLoader("suqiu.reporting.render")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("suite_page.html.j2").render(
        language=language,
        words={name: text.to(language) for name, text in _WORDS.items()},
        summary=_SUMMARY.fill(**counts).to(language),
        tasks=[
            (
                result.task.title.to(language),
                f"{result.task.id}/{INDEX}",
                _majority(result, language),
                rows(result, language),
            )
            for result in judged
        ],
        left_out=[(each.task.title.to(language), each.left_out.to(language)) for each in results if each.left_out],
    )


def _majority(result: Result, language: Language) -> str:
    """Say how often the commonest label is right; nothing where there is but one, or a tree."""
    classes = (
        [] if result.task.kind is Kind.TREE else [row for row in _variants(result)[0]["classes"] if row["samples"]]
    )
    if len(classes) < 2:
        return ""
    most = max(classes, key=lambda row: row["samples"])
    share = most["samples"] / sum(row["samples"] for row in classes)
    return _MAJORITY.fill(label=most["label"], share=percent(share)).to(language)


def rows(result: Result, language: Language) -> list[tuple[str, ...]]:
    """Return a task's wanted measures: input, measure, samples, value, interval, goal, reached, source."""
    found: list[tuple[str, ...]] = []
    for variant in _variants(result):
        figures = {figure["measure"]: figure for figure in variant["figures"]}
        goals = {goal["goal"]["measure"]: goal for goal in variant["goals"]}
        for name in result.task.measures:
            if name not in figures:
                continue
            figure, show = figures[name], percent if MEASURES[name].is_share else plain
            ends = ends_of(figure["interval"], show, language)
            goal = goals.get(name)
            judged = (NONE, NONE, NONE)
            if goal is not None:
                said = goal["goal"]
                judged = (show(said["value"]), _MET[goal["met"]].to(language), said["source"][language])
            measure = MEASURES[name].name.to(language)
            first = (variant["variant"] or NONE, measure, f"{figure['samples']:,}", show(figure["value"]), ends)
            found.append((*first, *judged))
    return found


def told(results: Sequence[Result]) -> list[tuple[Text, Text]]:
    """Return a line for each task, for a person: its first measure in every variant, or why it was left out."""
    lines = []
    for result in results:
        if result.left_out is not None:
            lines.append((result.task.title, result.left_out))
            continue
        title, name = result.task.title, MEASURES[result.task.measures[0]].name
        said = Text(_line(result, "zh"), _line(result, "en"))
        lines.append((Text(f"{title.zh}：{name.zh}", f"{title.en}: {name.en}"), said))
    return lines


def _line(result: Result, language: Language) -> str:
    first = MEASURES[result.task.measures[0]].name.to(language)
    parts = []
    for variant, measure, _, value, interval, goal, met, _ in rows(result, language):
        if measure == first:
            shown = f"{value}（{interval}）" if language == "zh" else f"{value} ({interval})"
            parts.append(shown if variant == NONE else f"{variant} {shown}")
            if goal != NONE:
                parts[-1] += _AGAINST.fill(goal=goal, met=met).to(language)
    return ("；" if language == "zh" else "; ").join(parts)


def _variants(result: Result) -> Sequence[Values]:
    return [] if result.card is None else result.card["variants"]
