"""Models of one label: trained from a table, asked about another, judged by what people said."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu import __version__, reasons, tuned
from suqiu.domain.city import City
from suqiu.domain.errors import InvalidInput, Unavailable
from suqiu.domain.text import Language, Text
from suqiu.evaluation.measures import AS_WRITTEN, HINT_FREE, Kind
from suqiu.evaluation.runlog import Header, RunLog, run_log, write_run_log
from suqiu.evaluation.scorecard import Scorecard, score
from suqiu.evaluation.scorers.classification import STEP
from suqiu.intake.columns import in_time, known_column, read_columns
from suqiu.intake.source import ROW, Source
from suqiu.intake.sources import open_source
from suqiu.models import publisher
from suqiu.reading.labelling import storage
from suqiu.reading.labelling.examples import HELD_OUT, Examples, examples_from, paths, prepared
from suqiu.reading.labelling.model import Answered, LabelModel
from suqiu.reading.labelling.training import Trained, train
from suqiu.reporting.evaluation_page import evaluation_page
from suqiu.reporting.model_card import model_card

Encoding = Literal["auto", "off", "on"]
Progress = Callable[[Text, float | None], None]

CARD, METRICS, HELD = "card.md", "metrics.json", "held_out.parquet"
PREDICTIONS, EXPLANATIONS = "predictions.csv", "explanations.json"
_RANKS = 3
_STEPS = {
    "linear": Text("训练线性模型", "learning the linear view"),
    "trial": Text("训练编码器（较早样本，用于检验）", "teaching the encoder on older examples, to be judged"),
    "encoder": Text("训练编码器（全部样本）", "teaching the encoder on all examples"),
}


_NOT_WANTED = Text("未使用（--encoder off）", "none (--encoder off)")
_NOT_INSTALLED = Text("未安装；运行 make encoder 可提高准确率", "not installed; make encoder would raise the accuracy")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a table mean what.

    Attributes:
        text: what citizens said; several are joined, a line each.
        label: the label, one column a level from the top.
        time: times or sortable numbers; None to find one.
        id: of each row; None to find one.
    """

    text: tuple[str, ...]
    label: tuple[str, ...] = ()
    time: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A trained model: where it is, what it is, how good it is.

    Attributes:
        folder, version, origin: of the model.
        card: on the examples held out.
        without_encoder: why no encoder was taught; empty where one was.
        known_labels: how many of its labels a city pack knows; None without a pack.
    """

    folder: Path
    version: str
    origin: storage.Origin
    card: Scorecard
    without_encoder: Text
    known_labels: Text | None


def make(
    source: str,
    task: str,
    columns: Columns,
    out: Path,
    *,
    encoder: Encoding,
    keep_hints: bool,
    wanted: float,
    city: City | None,
    threads: int,
    progress: Progress,
) -> Made:
    """Train a model on a table and judge it on its newest fifth.

    Args:
        source: a table as any export.
        task: what is told, such as dispatch.
        columns: of the table.
        out: folder of the model; a training killed there is gone on with.
        encoder: teach an encoder too: auto where it is installed.
        keep_hints: leave in what agents write about where an order goes.
        wanted: accuracy asked of automatic answers.
        city: whose labels they are; None where nobody says.
        threads: to use.
        progress: told what is done.

    Raises:
        InvalidInput: a column is missing, or the table has too few examples.
        Unavailable: an encoder was asked for that is not installed.
    """
    opened = open_source(source)
    examples, time = _examples(opened, columns, keep_hints)
    learner = _learner(encoder, threads)

    def told(step: str, done: int, of: int) -> None:
        progress(_STEPS[step], done / max(1, of))

    out.mkdir(parents=True, exist_ok=True)
    trained = train(task, examples, out, learner=learner, keep_hints=keep_hints, wanted=wanted, progress=told)
    origin = storage.Origin(
        columns.text,
        columns.label,
        time or "",
        tuple(examples.teachers),
        examples.fingerprint,
        len(examples.texts),
        len(trained.held_out.texts),
        f"newest {HELD_OUT:.0%}" if examples.times is not None else f"{HELD_OUT:.0%} of texts, equal ones together",
        *_ends(examples),
        learner.name if learner else "",
        __version__,
    )
    version = storage.save(trained.model, origin, out)
    reasons.keep_precedents(trained.model, examples, out)
    log = _held_out_log(trained, version, origin)
    write_run_log(out / HELD, log)
    card = score(log, wanted)
    _write_json(out / METRICS, card.to_dict())
    (out / CARD).write_text(model_card(_described(trained.model, version, origin), card.to_dict()), encoding="utf-8")
    why = Text("", "")
    if learner is None:
        why = _NOT_WANTED if encoder == "off" else _NOT_INSTALLED
    return Made(out, version, origin, card, why, None if city is None else _known(trained.model, city))


def predict(
    folder: Path,
    source: str,
    out: Path,
    *,
    text: tuple[str, ...],
    id_: str | None,
    threads: int,
    progress: Progress,
    explained: int = 0,
    city: City | None = None,
) -> int:
    """Ask a model about a table; writes `predictions.csv`, the same rows in the same order.

    Args:
        folder: of the model.
        source: a table as any export.
        out: folder of the result.
        text: columns of the text; empty for those it was trained on.
        id_: column that names each row; None to find one, else the row's number.
        threads: to use.
        progress: told what is done.
        explained: how many rows, drawn by a seed from the data, are explained in `explanations.json`.
        city: whose duties and places explain them; None for words and precedents alone.

    Returns:
        How many rows were answered.

    Raises:
        NotFound, Conflict: the model cannot be used.
        InvalidInput: a column is missing.
    """
    kept = _kept(folder, threads)
    opened = open_source(source)
    table, ids = _asked(opened, text or kept.origin.text, id_)
    texts = prepared(_joined(table, text or kept.origin.text), keep_hints=kept.model.keep_hints)
    answers = _answers(kept.model, texts, progress)
    out.mkdir(parents=True, exist_ok=True)
    _write_predictions(out / PREDICTIONS, ids, kept.model, answers)
    if explained:
        progress(Text("说明理由", "giving reasons"), 0.0)
        _write_json(out / EXPLANATIONS, reasons.of_some(kept.model, folder, ids, texts, explained, city))
    return len(texts)


def evaluate(
    folder: Path, source: str, *, columns: Columns, wanted: float | None, threads: int, progress: Progress
) -> tuple[RunLog, Scorecard]:
    """Ask a model about a table whose labels are known, with and without routing hints where they differ.

    Args:
        folder: of the model.
        source: a table as any export.
        columns: of the table; empty ones as in training.
        wanted: accuracy asked of automatic answers; None as in training.
        threads: to use.
        progress: told what is done.

    Raises:
        NotFound, Conflict: the model cannot be used.
        InvalidInput: a column is missing.
    """
    kept = _kept(folder, threads)
    text, label = columns.text or kept.origin.text, columns.label or kept.origin.label
    opened = open_source(source)
    table, ids = _asked(opened, text, columns.id, label)
    truth = paths([_column(table, name) for name in label])
    if truth.null_count == len(truth):
        raise InvalidInput(
            "evaluation.nothing_to_judge",
            Text("{where}中没有带标签的行，无法评测", "{where} has no row with a label: nothing to judge by").fill(
                where=opened.where
            ),
            Text("请核对 --label 的列名和数据", "check the column named by --label, and the data"),
        )
    model = kept.model
    variants: list[tuple[str, pa.Array, Answered]] = []
    for name, keep in ((HINT_FREE, False), (AS_WRITTEN, True)):
        texts = prepared(_joined(table, text), keep_hints=keep)
        if variants and texts.equals(variants[0][1]):
            continue
        variants.append((name, texts, _answers(model, texts, progress)))
    tasks = _header(model, kept.version, kept.origin, "given table")
    parts = [_samples(ids, truth, texts, model, found, name) for name, texts, found in variants]
    log = run_log(tasks, **{key: pa.concat_arrays([part[key] for part in parts]) for key in parts[0]})
    return log, score(log, wanted or model.wanted)


def _examples(opened: Source, columns: Columns, keep_hints: bool) -> tuple[Examples, str | None]:
    id_ = columns.id or known_column(opened, "order_id")
    named = [*columns.text, *columns.label, *([columns.time] if columns.time else [])]
    table = read_columns(opened, named, others=True)
    times, found = None, None
    for time in [columns.time] if columns.time else [known_column(opened, "accepted_at"), id_]:
        if time is not None and times is None and time in table.column_names:
            found, times = time, in_time(_column(table, time))
    taken = {*columns.text, *columns.label, found, id_, ROW}
    others = {name: _column(table, name) for name in table.column_names if name not in taken}
    levels = [_column(table, name) for name in columns.label]
    ids = _column(table, id_) if id_ is not None and id_ in table.column_names else None
    made = examples_from(
        _joined(table, columns.text), levels, times=times, others=others, ids=ids, keep_hints=keep_hints
    )
    return made, found if times is not None else None


def _learner(encoder: Encoding, threads: int) -> tuned.EncoderLearner | None:
    if encoder == "off":
        return None
    found = tuned.learner(threads=threads)
    if found is None and encoder == "on":
        raise Unavailable(
            "models.no_tuning",
            Text("没有安装可训练的句子编码器", "no encoder that could be taught is installed"),
            Text("请运行 make encoder，或用 --encoder off", "run make encoder, or use --encoder off"),
        )
    return found


def _kept(folder: Path, threads: int) -> storage.Kept:
    return storage.load(folder, tuned.EncoderLearner(publisher.default_folder(), threads))


def _asked(
    opened: Source, text: tuple[str, ...], id_: str | None, label: tuple[str, ...] = ()
) -> tuple[pa.Table, pa.Array]:
    """Return the columns asked for, and what names each row."""
    name = id_ or known_column(opened, "order_id")
    wanted = [*text, *label, *([name] if name else [])]
    table = read_columns(opened, wanted)
    numbers = pa.array([str(row + 1) for row in range(len(table))], pa.string())
    if name is None:
        return table, numbers
    ids = _column(table, name)
    return table, pc.if_else(pc.equal(ids, ""), numbers, ids)


def _column(table: pa.Table, name: str) -> pa.Array:
    found = table.column(name)
    whole = pa.concat_arrays(found.chunks) if found.num_chunks else pa.array([], pa.string())
    return whole.cast(pa.string())


def _joined(table: pa.Table, names: Sequence[str]) -> pa.Array:
    columns = [_column(table, name) for name in names]
    return columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, "\n")


def _answers(model: LabelModel, texts: pa.Array, progress: Progress) -> Answered:
    told, size = Text("研判", "reading"), 1_024
    parts = []
    for at in range(0, max(1, len(texts)), size):
        progress(told, at / max(1, len(texts)))
        parts.append(model.answer(texts.slice(at, size), _RANKS))
    progress(told, 1.0)
    return Answered(
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.confidence for part in parts]),
        np.concatenate([part.automatic for part in parts]),
    )


def _write_predictions(path: Path, ids: pa.Array, model: LabelModel, answers: Answered) -> None:
    unfinished = path.with_suffix(".new")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["order_id", *(f"label_{rank}" for rank in range(1, _RANKS + 1)), "confidence"])
        for id_, numbers, sure in zip(ids.to_pylist(), answers.labels, answers.confidence[:, 0], strict=True):
            names = [model.labels[number].replace(STEP, " / ") for number in numbers]
            writer.writerow([id_, *names, *[""] * (_RANKS - len(names)), f"{sure:.4f}"])
    unfinished.replace(path)


def write_run(out: Path, log: RunLog, card: Scorecard, language: Language) -> Path:
    """Keep a run, its figures and its page in a folder; return the page."""
    out.mkdir(parents=True, exist_ok=True)
    write_run_log(out / "run.parquet", log)
    _write_json(out / "scorecard.json", card.to_dict())
    page = out / "index.html"
    page.write_text(evaluation_page(card.to_dict(), language), encoding="utf-8")
    return page


def _described(model: LabelModel, version: str, origin: storage.Origin) -> dict[str, object]:
    return {
        "task": model.task,
        "version": version,
        "labels": len(model.labels),
        "encoder": origin.encoder,
        "keep_hints": model.keep_hints,
        "thresholds": {str(wanted): least for wanted, least in model.thresholds.items()},
        "wanted": model.wanted,
        "origin": asdict(origin),
    }


def _known(model: LabelModel, city: City) -> Text:
    names = {department.name for department in city.departments} | {node.name for node in city.taxonomy.categories}
    names |= {department.id for department in city.departments} | {node.id for node in city.taxonomy.categories}
    known = sum(label.rsplit(STEP, 1)[-1] in names for label in model.labels)
    return Text("{known}种，共{all}种", "{known} of {all} labels").fill(known=known, all=len(model.labels))


def _header(model: LabelModel, version: str, origin: storage.Origin, split: str) -> Header:
    return Header(
        task=model.task,
        kind=Kind.TREE if model.levels > 1 else Kind.CHOICE,
        model=f"{model.task} ({'linear + encoder' if model.deep is not None else 'linear'})",
        model_version=version,
        code=__version__,
        data=origin.data,
        split=split,
        learned_from=origin.data,
        levels=tuple(origin.label) if model.levels > 1 else (),
    )


def _held_out_log(trained: Trained, version: str, origin: storage.Origin) -> RunLog:
    examples, model = trained.held_out, trained.model
    ids = pa.array([str(number + 1) for number in range(len(examples.texts))], pa.string())
    columns = _samples(ids, examples.labels, examples.texts, model, trained.answers, "")
    return run_log(_header(model, version, origin, origin.split), **columns)


def _samples(
    ids: pa.Array, truth: pa.Array, texts: pa.Array, model: LabelModel, answers: Answered, variant: str
) -> dict[str, pa.Array]:
    """Lay answers out as samples; equal texts are one group, for they stand or fall together."""
    rows, ranks = answers.labels.shape
    names = model.names(answers.labels.ravel())
    offsets = pa.array(np.arange(rows + 1) * ranks, pa.int32())
    groups = texts.dictionary_encode().indices.cast(pa.string())
    return {
        "sample": _unique(ids),
        "variant": pa.repeat(pa.scalar(variant, pa.string()), rows),
        "group": groups,
        "truth": truth,
        "labels": pa.ListArray.from_arrays(offsets, names),
        "confidences": pa.ListArray.from_arrays(offsets, pa.array(_falling(answers.confidence).ravel())),
    }


def _falling(confidence: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.minimum.accumulate(confidence, axis=1)


def _unique(ids: pa.Array) -> pa.Array:
    """Number rows whose id stands twice, so that each sample has a name of its own."""
    if len(pc.unique(ids)) == len(ids):
        return ids
    numbers = pa.array([str(row + 1) for row in range(len(ids))], pa.string())
    return pc.binary_join_element_wise(numbers, ids, ":")


def _ends(examples: Examples) -> tuple[str, str]:
    if examples.times is None or not len(examples.times):
        return "", ""
    known = examples.times.drop_null()
    return (str(known[0]).lstrip("0"), str(known[-1]).lstrip("0")) if len(known) else ("", "")


def _write_json(path: Path, record: object) -> None:
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
