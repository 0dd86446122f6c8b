"""The models of an installation through their life: registered, tested against the live one, put to use, retired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from suqiu import labelled, tuned
from suqiu.domain.errors import Conflict, InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.evaluation.comparison import Comparison, compare
from suqiu.evaluation.measures import MEASURES
from suqiu.evaluation.runlog import RunLog
from suqiu.evaluation.scorecard import Figure, score
from suqiu.evaluation.seeds import fingerprint
from suqiu.intake.columns import in_time, known_column, read_columns
from suqiu.intake.source import Source
from suqiu.intake.sources import open_source
from suqiu.lake import fingerprint as file_fingerprint
from suqiu.lake.registry import STATES, Deed, Registered, Registry, State
from suqiu.models import publisher
from suqiu.reading.labelling import storage

#: A name and what it is, for a person.
Line = tuple[Text, Text]
Progress = Callable[[Text, float | None], None]
Days = npt.NDArray[np.datetime64]

#: What a new model must not lose.
_GUARDED = ("accuracy", "coverage")
_FILES = (storage.STATEMENT, "weights.npz")


@dataclass(frozen=True, slots=True)
class Sample:
    """Orders whose label a person has confirmed 抽检样本.

    Attributes:
        source: a table as any export.
        columns: of it; the label's must be named, the others may be found.
    """

    source: str
    columns: labelled.Columns


def thresholds(part: str) -> dict[str, Any]:
    """Return a part of the thresholds of a model's life, `promotion` or `drift`."""
    said = yaml.safe_load(files("suqiu").joinpath("model_life.yaml").read_text(encoding="utf-8"))
    return dict(said[part])


def load(folder: Path, threads: int) -> storage.Kept:
    """Read a model, with its encoder where it has one.

    Raises:
        NotFound, InvalidInput, Conflict: it cannot be used; see `storage.load`.
    """
    return storage.load(folder, tuned.EncoderLearner(publisher.default_folder(), threads))


def add(lake: Path, folder: Path, deed: Deed, *, threads: int) -> list[Line]:
    """Register a model as a candidate.

    Raises:
        NotFound, InvalidInput, Conflict: it cannot be used, or is registered.
    """
    kept = load(folder, threads)
    Registry(lake).add(kept.model.task, kept.version, folder.resolve(), _files(folder), deed)
    return [
        _line("任务", "task", kept.model.task),
        _line("版本", "version", kept.version),
        (Text("状态", "state"), STATES[State.CANDIDATE]),
    ]


def find(lake: Path, version: str) -> Registered:
    """Return the model whose version begins like this.

    Raises:
        InvalidInput: several do.
        NotFound: none does.
    """
    fitting = [model for model in Registry(lake).models() if model.version.startswith(version)]
    if len(fitting) > 1:
        raise InvalidInput(
            "registry.several",
            Text("有{count}个模型的版本以“{version}”开头", "{count} models' versions begin with {version}").fill(
                count=len(fitting), version=version
            ),
            Text("请写全版本号", "give the whole version"),
        )
    if not fitting:
        raise NotFound(
            "registry.no_version",
            Text("没有登记版本为“{version}”的模型", "no model of version {version} is registered").fill(
                version=version
            ),
            Text("用 suqiu model list 查看已登记的模型", "suqiu model list shows what is registered"),
        )
    return fitting[0]


def move(lake: Path, version: str, to: State, deed: Deed) -> list[Line]:
    """Change a model's state without a test: any but live.

    Raises:
        NotFound, Conflict, InvalidInput: see `Registry.move`.
    """
    model = find(lake, version)
    Registry(lake).move(model.task, model.version, to, deed, evidence={}, live=None)
    return [_line("版本", "version", model.version), (Text("状态", "state"), STATES[to])]


def go_live(
    lake: Path,
    version: str,
    sample: Sample,
    deed: Deed,
    *,
    wanted: float | None,
    floor: float | None,
    threads: int,
    progress: Progress,
) -> list[Line]:
    """Put a model to use if it loses neither accuracy nor coverage against the live one on audited orders.

    Orders up to the last day that either model learned from do not count: who has seen the answers passes any test.

    Args:
        lake: whose registry it is.
        version: of the model, or its beginning.
        sample: audited orders.
        deed: who, when and why.
        wanted: accuracy that coverage is stated at; None as at training.
        floor: accuracy that the lower end of the interval must reach, live model or not; None asks none.
        threads: to use.
        progress: told what is done.

    Raises:
        Conflict: the model is worse, with figures; or its files or the registry changed.
        InvalidInput: the sample names no label or is too small.
    """
    registry = Registry(lake)
    model = find(lake, version)
    registry.check(model.task, model.version, State.LIVE, deed)
    live = registry.live(model.task)
    policy = thresholds("promotion")
    kept = [_verified(each, threads) for each in ([live] if live else []) + [model]]
    chosen = wanted or kept[-1].model.wanted
    runs, seen = _runs(kept, [each.folder for each in ([live] if live else []) + [model]], sample, threads, progress)
    _enough(len(runs[-1].samples) - runs[-1].samples["truth"].null_count, seen, policy["least"])
    card = score(runs[-1], chosen).variants[0]
    print_ = runs[-1].header.data
    evidence: dict[str, Any] = {
        "sample": print_,
        "samples": card.samples,
        "learned_from": seen,
        "earlier_tests": sum(entry.evidence.get("sample") == print_ for entry in registry.entries()),
        "wanted": chosen,
        "floor": floor,
        "against": live.version if live else None,
        "figures": {figure.measure: asdict(figure) for figure in card.figures if figure.measure in _GUARDED},
    }
    lines = [_line("检验样本", "orders tested on", f"{card.samples:,}")]
    lost, told, tested = _tested(runs, card.figures, chosen, policy["p"])
    lines, evidence = [*lines, *told], evidence | tested
    accuracy = next(figure for figure in card.figures if figure.measure == "accuracy")
    below = floor is not None and (accuracy.interval is None or accuracy.interval.lower < floor)
    if lost or below:
        registry.refuse(model.task, model.version, State.LIVE, deed, evidence=evidence)
        raise _worse(model, lines, lost, floor if below else None)
    registry.move(model.task, model.version, State.LIVE, deed, evidence=evidence, live=evidence["against"])
    return [*lines, *_gone_live(model, live, evidence["earlier_tests"])]


def days_of(column: pa.Array) -> Days | None:
    """Return the day of each row, NaT where unknown; None where the column tells no time."""
    times = in_time(column)
    if times is None:
        return None
    if pa.types.is_timestamp(times.type):
        return np.asarray(times.to_numpy(zero_copy_only=False)).astype("datetime64[D]")
    digits = pc.utf8_slice_codeunits(pc.utf8_ltrim(times, "0"), 0, 8)
    dashed = pc.replace_substring_regex(pc.fill_null(digits, ""), r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3")
    moments = in_time(dashed)
    return None if moments is None else np.asarray(moments.to_numpy(zero_copy_only=False)).astype("datetime64[D]")


def last_day(origin: storage.Origin) -> np.datetime64 | None:
    """Return the last day that a model learned from; None where nobody knows it."""
    days = days_of(pa.array([origin.last], pa.string())) if origin.last else None
    return None if days is None or np.isnat(days[0]) else np.datetime64(days[0], "D")


def row_days(source: Source, columns: labelled.Columns) -> Days | None:
    """Return the day of each row of a table, by its time or dated number; None where it has neither."""
    for name in [columns.time] if columns.time else [known_column(source, "accepted_at"), columns.id, _number(source)]:
        if name is not None and any(name in table.columns for table in source.tables):
            wanted = [*columns.text, *columns.label, name]
            days = days_of(read_columns(source, list(dict.fromkeys(wanted))).column(name).combine_chunks())
            if days is not None:
                return days
    return None


def _number(source: Source) -> str | None:
    return known_column(source, "order_id")


def _runs(
    kept: list[storage.Kept], folders: list[Path], sample: Sample, threads: int, progress: Progress
) -> tuple[list[RunLog], int | None]:
    """Ask the models about the orders that none has learned from, as each is asked in use.

    Returns:
        A run for each; and how many orders were left out because a model learned from their time, None where no
        times are known.
    """
    if not sample.columns.label:
        raise InvalidInput(
            "registry.no_label",
            Text("请用 --label 指明经人确认的标签列", "name the column of confirmed labels with --label"),
            Text("业务系统原有标签未经核实，不能作为检验依据", "labels as recorded prove nothing: nobody checked them"),
        )
    text = sample.columns.text or kept[-1].origin.text
    days = row_days(open_source(sample.source), replace(sample.columns, text=text))
    lasts = [last for each in kept if (last := last_day(each.origin)) is not None]
    runs: list[RunLog] = []
    new: npt.NDArray[np.bool_] | None = None
    for each, folder in zip(kept, folders, strict=True):
        log, _ = labelled.evaluate(
            folder, sample.source, columns=replace(sample.columns, text=text), wanted=None, threads=threads,
            progress=progress,
        )  # fmt: skip
        variant = "as written" if each.model.keep_hints and "as written" in log.variants else log.variants[0]
        rows = log.of(variant).combine_chunks()
        if days is not None and lasts:
            new = days > max(lasts)  # NaT is not
            rows = rows.filter(pa.array(new))
        if runs:  # equal texts stand together whether hints are left in or not
            rows = rows.set_column(rows.schema.get_field_index("group"), "group", runs[0].samples["group"])
        print_ = fingerprint(rows["sample"], rows["truth"])
        levels = runs[0].header.levels if runs and len(runs[0].header.levels) == len(log.header.levels) else None
        header = replace(log.header, data=print_, levels=log.header.levels if levels is None else levels)
        runs.append(RunLog(header, rows))
    return runs, None if new is None else int((~new).sum())


def _verified(model: Registered, threads: int) -> storage.Kept:
    if _files(model.folder) != dict(model.files):
        raise Conflict(
            "registry.model_changed",
            Text("{folder}中的模型{version}登记后已变动", "the model {version} in {folder} changed since").fill(
                folder=model.folder, version=model.version
            ),
            Text("请恢复原文件，或将新模型重新登记", "restore its files, or register the new model"),
        )
    return load(model.folder, threads)


def _files(folder: Path) -> dict[str, str]:
    return {name: file_fingerprint(folder / name) for name in _FILES if (folder / name).is_file()}


def _enough(samples: int, seen: int | None, least: int) -> None:
    if samples < least:
        raise InvalidInput(
            "registry.small_sample",
            Text(
                "可用于检验的抽检工单只有{samples}件，至少需要{least}件（另有{seen}件属于训练时段，不计）",
                "{samples} audited orders can be used, {least} are needed ({seen} more are of the time of training)",
            ).fill(samples=samples, least=least, seen=seen or 0),
            Text("请补充训练之后受理、经人确认标签的工单", "add confirmed orders that came in after the training"),
        )


def _tested(
    runs: list[RunLog], figures: tuple[Figure, ...], wanted: float, p: float
) -> tuple[list[str], list[Line], dict[str, Any]]:
    """Compare the last run with the one before it, if there is one; return what is lost, figures and evidence."""
    if len(runs) == 1:
        return [], [_alone(figure) for figure in figures if figure.measure in _GUARDED], {}
    found = compare(runs[0], runs[1], wanted, variants=(runs[0].variants[0], runs[1].variants[0]))
    evidence = {
        "differences": {name: asdict(found.differences[name]) for name in _GUARDED if name in found.differences},
        "mcnemar": asdict(found.mcnemar) if found.mcnemar else None,
    }
    return _lost(found, p), _compared(found), evidence


def _gone_live(model: Registered, before: Registered | None, earlier_tests: int) -> list[Line]:
    lines = [_line("版本", "version", model.version), (Text("状态", "state"), STATES[State.LIVE])]
    if before is not None:
        lines.append(_line("已停用", "retired", before.version))
    if earlier_tests:
        note = Text(
            "同一抽检样本此前已用于{n}次检验，宜更换样本", "this sample was used in {n} tests before; take a new one"
        )
        lines.append((Text("提示", "note"), note.fill(n=earlier_tests)))
    return lines


def _lost(found: Comparison, p: float) -> list[str]:
    """Return what is worse, beyond chance."""
    lost = []
    for name in _GUARDED:
        gap = found.differences.get(name)
        if gap is not None and gap.difference is not None and gap.p is not None and gap.difference < 0 and gap.p < p:
            lost.append(name)
    return lost


def _compared(found: Comparison) -> list[Line]:
    lines = []
    for name in _GUARDED:
        gap = found.differences.get(name)
        if gap is None or gap.first is None or gap.second is None or gap.difference is None:
            continue
        ends = f"{gap.interval.lower:+.3f}至{gap.interval.upper:+.3f}" if gap.interval else "—"
        shown = f"{gap.first:.3f} → {gap.second:.3f}，{gap.difference:+.3f}（{ends}，p={gap.p:.3f}）"
        lines.append((MEASURES[name].name, Text(shown, shown.translate(_PLAIN))))
    return lines


_PLAIN = str.maketrans({"，": ", ", "（": " (", "）": ")", "至": " to "})


def _alone(figure: Figure) -> Line:
    ends = f"（{figure.interval.lower:.3f}–{figure.interval.upper:.3f}）" if figure.interval else ""
    shown = f"{figure.value:.3f}{ends}" if figure.value is not None else "—"
    return MEASURES[figure.measure].name, Text(shown, shown.translate(_PLAIN))


def _worse(model: Registered, lines: list[Line], lost: list[str], floor: float | None) -> Conflict:
    figures = Text(
        "；".join(f"{name.zh}{value.zh}" for name, value in lines),
        "; ".join(f"{name.en} {value.en}" for name, value in lines),
    )
    why = Text(
        "、".join([*(MEASURES[name].name.zh + "明显低于在用模型" for name in lost), *_FLOOR_ZH[: floor is not None]]),
        ", ".join(
            [*(f"{MEASURES[name].name.en} is below the live model's" for name in lost), *_FLOOR_EN[: floor is not None]]
        ),
    ).fill(floor=floor)
    return Conflict(
        "registry.worse",
        Text("模型{version}不予上线：{why}。{figures}", "{version} does not go live: {why}. {figures}").fill(
            version=model.version, why=why, figures=figures
        ),
        Text("检验结果已记入登记簿；请改进模型，或扩大抽检", "the test is on record; better the model, or audit more"),
    )


_FLOOR_ZH, _FLOOR_EN = ("准确率区间下限未达到{floor}",), ("the lower end of accuracy does not reach {floor}",)


def _line(zh: str, en: str, value: str) -> Line:
    return Text(zh, en), Text(value, value)
