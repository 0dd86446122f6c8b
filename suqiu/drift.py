"""A model in use, watched month by month on the orders that come in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu import labelled
from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.evaluation.drift import (
    LEVELS,
    Bounds,
    LabelShift,
    Level,
    Limits,
    Month,
    accuracy_shift,
    judged,
    label_shift,
    unseen_shift,
    wording_shift,
)
from suqiu.evaluation.runlog import read_run_log
from suqiu.evaluation.seeds import seed_of
from suqiu.intake.columns import read_columns
from suqiu.intake.sources import open_source
from suqiu.lake.registry import Registered
from suqiu.models_kept import Line, Progress, last_day, load, row_days, thresholds
from suqiu.reading.features import Vocabulary, counted
from suqiu.reading.labelling import storage
from suqiu.reading.labelling.examples import paths, prepared
from suqiu.reading.linear import columns_of

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

RESULT = "drift.json"
_AT_A_TIME = 2_048


@dataclass(frozen=True, slots=True)
class Watched:
    """A model's months, judged 漂移监测结果.

    Attributes:
        task, version: of the model.
        reference: what texts are compared with, in words.
        learned_until: last day that the model learned from, ISO 8601; empty where nobody knows.
        limits: what counts as drift.
        months: in time.
    """

    task: str
    version: str
    reference: Text
    learned_until: str
    limits: Limits
    months: tuple[Month, ...]

    @property
    def level(self) -> Level:
        """The level of the last month."""
        return self.months[-1].level

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values for JSON."""
        return asdict(self)

    def lines(self) -> list[Line]:
        """Return what texts were compared with, and a line for each month with its reasons, the worst first."""
        found: list[Line] = [(Text("文本参照", "texts compared with"), self.reference)]
        for month in self.months:
            said = Text("；".join(each.zh for each in month.reasons), "; ".join(each.en for each in month.reasons))
            value = Text("{level}，{orders:,}件：{said}", "{level}, {orders:,} orders: {said}").fill(
                level=LEVELS[month.level], orders=month.orders, said=said
            )
            found.append((Text(month.month, month.month), value))
        return found


@dataclass(frozen=True, slots=True)
class _Texts:
    """Some texts as the model sees them: vectors, and the share of each that it does not know."""

    vectors: Any
    unseen: npt.NDArray[np.float64]


def watch(
    model: Registered, source: str, columns: labelled.Columns, out: Path, *, threads: int, progress: Progress
) -> Watched:
    """Judge every month of a table that came after a model's training; writes `drift.json`.

    Labels are compared with those of the orders held out at training; texts with the table's orders of the time of
    training, where it has such, else with its first month.

    Args:
        model: as registered.
        source: a table as any export.
        columns: of it. Text columns default to those of the training. A label is one that a person confirmed: rows
            without it are not judged by it; without a label column accuracy is not measured.
        out: folder of the result.
        threads: to use.
        progress: told what is done.

    Raises:
        NotFound, Conflict: the model cannot be used.
        InvalidInput: a column is missing, or no column tells the time, or no order came after the training.
    """
    said = thresholds("drift")
    limits = _limits(said)
    kept = load(model.folder, threads)
    asked = replace(columns, text=columns.text or kept.origin.text)
    opened = open_source(source)
    days = row_days(opened, asked)
    if days is None:
        raise InvalidInput(
            "drift.no_time",
            Text("{source}中没有可用的时间列", "{source} has no column that tells the time").fill(source=source),
            Text("请用 --time 指明受理时间列", "name the column of acceptance with --time"),
        )
    table = read_columns(opened, [*asked.text, *asked.label])
    texts = prepared(_joined(table, asked.text), keep_hints=kept.model.keep_hints)
    truth = paths([_column(table, name) for name in asked.label]) if asked.label else None
    last = last_day(kept.origin)
    watching = _Watching(kept, model.folder, texts, truth, days, limits, said, progress)
    learned = np.zeros(len(texts), dtype=np.bool_) if last is None else days <= last
    found = Watched(
        model.task,
        model.version,
        watching.compare_with(learned),
        "" if last is None else str(last),
        limits,
        tuple(watching.months(~learned & ~np.isnat(days))),
    )
    if not found.months:
        raise InvalidInput(
            "drift.nothing_new",
            Text(
                "表中没有模型训练之后（{last}以后）的工单", "no order of the table is later than the training, {last}"
            ).fill(last=last),
            Text("请提供训练之后受理的工单", "give orders that came in later"),
        )
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    (out / RESULT).write_text(text, encoding="utf-8")
    return found


class _Watching:
    """A model, a table, and what its months are compared with."""

    def __init__(
        self,
        kept: storage.Kept,
        folder: Path,
        texts: pa.Array,
        truth: pa.Array | None,
        days: npt.NDArray[np.datetime64],
        limits: Limits,
        said: Mapping[str, Any],
        progress: Progress,
    ) -> None:
        self._kept, self._texts, self._truth, self._days, self._limits = kept, texts, truth, days, limits
        self._most, self._filled = int(said["most"]), float(said["filled"])
        self._common = int(said["common"])
        self._progress = progress
        self._held = _held_out(folder)
        self._reference: _Texts | None = None
        self._first: np.datetime64 | None = None

    def compare_with(self, learned: Flags) -> Text:
        """Choose the texts that months are compared with: those of the training, else those of the first month."""
        if int(learned.sum()) >= self._limits.least:
            self._reference = self._looked_at(self._chosen(np.flatnonzero(learned)), learned=True)
            return Text("表中训练时段的工单", "the table's orders of the time of training")
        months = self._days.astype("datetime64[M]")
        later = ~learned & ~np.isnat(self._days)
        for month in np.unique(months[later]):
            rows = np.flatnonzero(later & (months == month))
            if len(rows) >= self._limits.least:
                self._first = month
                self._reference = self._looked_at(self._chosen(rows), learned=False)
                return Text(
                    "表中无训练时段的工单，以{month}为参照，该月不作文本比较",
                    "no orders of the time of training: {month} is the reference, its own texts are not compared",
                ).fill(month=month)
        return Text("无", "none")

    def months(self, later: Flags) -> Iterator[Month]:
        """Judge each month that has orders later than the training."""
        months = self._days.astype("datetime64[M]")
        known = np.unique(months[later])
        for place, month in enumerate(known):
            self._progress(Text("漂移监测", "watching for drift"), place / len(known))
            yield self._month(month, np.flatnonzero(later & (months == month)))
        self._progress(Text("漂移监测", "watching for drift"), 1.0)

    def _month(self, month: np.datetime64, rows: Numbers) -> Month:
        looked = self._chosen(rows)
        confirmed = self._confirmed(rows)
        audited = self._chosen(rows[confirmed])
        said = self._answers(np.union1d(looked, audited))
        wording = unseen = None
        if self._reference is not None and month != self._first:
            texts = self._looked_at(looked, learned=False)
            wording = wording_shift(self._reference.vectors, texts.vectors, seed_of(looked))
            unseen = unseen_shift(self._reference.unseen, texts.unseen)
        accuracy = None
        if self._truth is not None and len(audited):
            right = sum(said[row] == label for row, label in self._labels(audited))
            accuracy = accuracy_shift(right, len(audited), *self._right_before())
        true = bool(confirmed.mean() >= self._filled)
        labels = [label for _, label in self._labels(audited)] if true else [said[row] for row in looked.tolist()]
        return judged(
            str(month),
            len(rows),
            self._limits,
            labels=self._shift(labels, "truth" if true else "answer", seed_of(looked)),
            wording=wording,
            unseen=unseen,
            accuracy=accuracy,
        )

    def _shift(self, labels: Sequence[str], of: str, seed: int) -> LabelShift | None:
        """Compare labels with the like at training: confirmed ones with confirmed ones, answers with answers."""
        before = None if self._held is None else self._held[of].drop_null().to_pylist()
        if not before:
            return None
        names = sorted({*before, *labels})
        number = {name: place for place, name in enumerate(names)}
        sides = [
            np.bincount([number[name] for name in side], minlength=len(names)).astype(np.int64)
            for side in (before, labels)
        ]
        return label_shift(sides[0], sides[1], seed)

    def _right_before(self) -> tuple[int, int]:
        if self._held is None:
            return 0, 0
        known = self._held.filter(self._held["truth"].is_valid())
        right = pc.sum(pc.fill_null(pc.equal(known["truth"], known["answer"]), False)).as_py()
        return int(right or 0), len(known)

    def _confirmed(self, rows: Numbers) -> Flags:
        if self._truth is None:
            return np.zeros(len(rows), dtype=np.bool_)
        return np.asarray(self._truth.take(pa.array(rows)).is_valid().to_numpy(zero_copy_only=False))

    def _labels(self, rows: Numbers) -> list[tuple[int, str]]:
        if self._truth is None:
            return []
        return list(zip(rows.tolist(), self._truth.take(pa.array(rows)).to_pylist(), strict=True))

    def _answers(self, rows: Numbers) -> dict[int, str]:
        model = self._kept.model
        found: dict[int, str] = {}
        for at in range(0, len(rows), _AT_A_TIME):
            part = rows[at : at + _AT_A_TIME]
            said = model.names(model.answer(self._texts.take(pa.array(part)), 1).labels[:, 0])
            found.update(zip(part.tolist(), said.to_pylist(), strict=True))
        return found

    def _chosen(self, rows: Numbers) -> Numbers:
        """Return the rows, or as many of them as are looked at; the same each time."""
        if len(rows) <= self._most:
            return rows
        draw = np.random.default_rng(seed_of(rows))
        return np.sort(draw.choice(rows, self._most, replace=False))

    def _looked_at(self, rows: Numbers, *, learned: bool) -> _Texts:
        """Return texts as the model sees them.

        A text that the model has learned from is seen as if it had not been: a piece that is known only because of
        this text and one more would then be in one text, and such pieces are not known. Wording is told by pieces
        of many texts only: rare ones would give away what was learned from, whatever it says.

        Args:
            rows: of the table.
            learned: whether the model learned from them.
        """
        vocabulary = self._kept.model.vocabulary
        counts = counted(self._texts.take(pa.array(rows)))
        known = columns_of(counts, vocabulary.buckets)
        texts = self._kept.origin.examples
        in_texts = np.rint((1 + texts) / np.exp(vocabulary.weights.astype(np.float64) - 1) - 1)
        told = known @ (in_texts >= (3 if learned else 2)).astype(np.float64)
        all_ = np.asarray(counts.sum(axis=1)).ravel()
        unseen = 1 - np.divide(told, all_, out=np.ones(len(all_)), where=all_ > 0)
        often = in_texts >= self._common
        wording = Vocabulary(vocabulary.buckets[often], vocabulary.weights[often])
        return _Texts(wording.weighed(columns_of(counts, wording.buckets)), unseen)


def _held_out(folder: Path) -> pa.Table | None:
    """Return truths and first answers on the orders held out at training; None where their record is gone."""
    path = folder / labelled.HELD
    if not path.is_file():
        return None
    samples = read_run_log(path).samples
    answers = pc.list_element(samples["labels"], 0)
    return pa.table({"truth": samples["truth"], "answer": answers})


def _limits(said: Mapping[str, Any]) -> Limits:
    bounds = {name: Bounds(**said[name]) for name in ("labels", "wording", "unseen", "accuracy")}
    return Limits(said["p"], said["least"], said["least_audited"], **bounds)


def _column(table: pa.Table, name: str) -> pa.Array:
    found = table.column(name)
    return (pa.concat_arrays(found.chunks) if found.num_chunks else pa.array([], pa.string())).cast(pa.string())


def _joined(table: pa.Table, names: Sequence[str]) -> pa.Array:
    columns = [_column(table, name) for name in names]
    return columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, "\n")
