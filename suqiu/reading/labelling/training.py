"""Learning to tell labels: views on older examples, their combination on newer, then all of it on all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.evaluation.scorers.classification import STEP
from suqiu.evaluation.scorers.selective import surest
from suqiu.reading.features import Vocabulary, counted, learn_vocabulary
from suqiu.reading.labelling.combining import Combination, Confidence, calibrate, combine
from suqiu.reading.labelling.deep import Deep, DeepLearner
from suqiu.reading.labelling.examples import Examples
from suqiu.reading.labelling.model import Answered, Floats, LabelModel, answered
from suqiu.reading.linear import LinearModel, columns_of, fit_linear

Doubles = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Progress = Callable[[str, int, int], None]

#: Pieces of text that the linear view looks at.
_PIECES = 1 << 17
#: Fewer examples than this cannot be split into parts that teach and parts that judge.
LEAST = 50
#: Accuracies for which a threshold is kept.
WANTED = (0.8, 0.9, 0.95, 0.98)
#: Part of the examples, the newest, whose labels tell how common each is now.
_RECENT = 0.3
_SMOOTH = 0.1


@dataclass(frozen=True)
class Trained:
    """A model and how it did on the examples held out.

    Attributes:
        model: learned from all examples.
        held_out: the examples held out while views were judged.
        truth: their labels' numbers, -1 for labels that no older example had.
        answers: what was said about each by a combination and calibration that had not seen it.
    """

    model: LabelModel
    held_out: Examples
    truth: Numbers
    answers: Answered


def train(
    task: str,
    examples: Examples,
    folder: Path,
    *,
    learner: DeepLearner | None,
    keep_hints: bool,
    wanted: float,
    progress: Progress,
) -> Trained:
    """Learn a model.

    Views learn from the older examples; how to combine them and how sure to be is learned from the
    newest fifth, each half judged by what the other taught; then the views learn from all examples.

    Args:
        task: what is told.
        examples: texts and labels.
        folder: where an encoder that learns keeps its files.
        learner: teaches an encoder; None for the linear view alone.
        keep_hints: as the examples were made.
        wanted: accuracy asked of automatic answers.
        progress: told the step, and how much of how much of it is done.

    Raises:
        InvalidInput: there are too few examples, or all have one label.
    """
    labels = tuple(sorted(set(examples.labels.to_pylist())))
    if len(examples.texts) < LEAST or len(labels) < 2:
        raise _too_few(len(examples.texts), len(labels))
    numbers = _numbers(examples.labels, labels)
    held = examples.held_out()
    older, newer = examples.take(~held), examples.take(held)
    log_prior = _log_prior(numbers[~held], len(labels))
    progress("linear", 0, 2)
    vocabulary, linear = _fit(older.texts, numbers[~held], len(labels))
    views = [linear.scores(vocabulary.vectors(newer.texts))]
    progress("linear", 1, 2)
    deep = _learn_deep(learner, examples, older, numbers[~held], labels, folder / "trial", progress, "trial", None)
    if deep is not None:
        views.append(deep.scores(newer.texts.to_pylist()))
    truth = np.where(np.isin(numbers[held], numbers[~held]), numbers[held], -1)
    draft = LabelModel(
        task, labels, 1 + max(label.count(STEP) for label in labels), keep_hints, vocabulary, linear, deep,
        log_prior, Combination((), 0.0), Confidence(()), {}, wanted,
    )  # fmt: skip
    answers = _judged(draft, views, truth, newer)
    combination = combine(views, log_prior, truth)
    log_shares = combination.log_shares(views, log_prior)
    confidence = calibrate(log_shares, views, log_shares.argmax(axis=1) == truth)
    right = answers.labels[:, 0] == truth
    thresholds = {goal: surest(answers.confidence[:, 0], right, goal).threshold for goal in sorted({*WANTED, wanted})}
    vocabulary, linear = _fit(examples.texts, numbers, len(labels))
    progress("linear", 2, 2)
    deep = _learn_deep(
        learner, examples, examples, numbers, labels, folder / "encoder", progress, "encoder", folder / "trial"
    )
    model = replace(
        draft,
        vocabulary=vocabulary,
        linear=linear,
        deep=deep,
        log_prior=_log_prior(numbers, len(labels)),
        combination=combination,
        confidence=confidence,
        thresholds=thresholds,
    )
    return Trained(model, newer, numbers[held], replace(answers, automatic=_automatic(answers, thresholds[wanted])))


def _judged(draft: LabelModel, views: Sequence[Floats], truth: Numbers, newer: Examples) -> Answered:
    """Answer each half of the held-out examples with what the other half taught."""
    halves = _halves(newer)
    parts: list[tuple[Numbers, Answered]] = []
    for half in (False, True):
        seen, asked = np.flatnonzero(halves != half), np.flatnonzero(halves == half)
        told = [view[seen] for view in views]
        combination = combine(told, draft.log_prior, truth[seen])
        log_shares = combination.log_shares(told, draft.log_prior)
        confidence = calibrate(log_shares, told, log_shares.argmax(axis=1) == truth[seen])
        model = replace(draft, combination=combination, confidence=confidence)
        parts.append((asked, answered([view[asked] for view in views], model, 3)))
    order = np.argsort(np.concatenate([rows for rows, _ in parts]), kind="stable")
    return Answered(
        np.concatenate([part.labels for _, part in parts])[order],
        np.concatenate([part.confidence for _, part in parts])[order],
        np.concatenate([part.automatic for _, part in parts])[order],
    )


def _halves(examples: Examples) -> Flags:
    """Split in two by text, so that equal texts stay together."""
    texts = examples.texts.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    return np.asarray((texts * 0.6180339887498949) % 1.0 < 0.5)


def _fit(texts: pa.Array, labels: Numbers, classes: int) -> tuple[Vocabulary, LinearModel]:
    counts = counted(texts)
    vocabulary = learn_vocabulary(counts, at_most=_PIECES)
    vectors = vocabulary.weighed(columns_of(counts, vocabulary.buckets))
    return vocabulary, fit_linear(vectors, labels, classes)


def _learn_deep(
    learner: DeepLearner | None,
    all_: Examples,
    examples: Examples,
    numbers: Numbers,
    labels: tuple[str, ...],
    folder: Path,
    progress: Progress,
    step: str,
    start: Path | None,
) -> Deep | None:
    if learner is None:
        return None
    teachers = []
    for name, column in examples.teachers.items():
        known = tuple(sorted(set(all_.teachers[name].drop_null().to_pylist())))
        teachers.append((_numbers(column, known), len(known)))
    return learner.learn(
        examples.texts.to_pylist(),
        numbers,
        len(labels),
        teachers,
        folder,
        lambda done, of: progress(step, done, of),
        start,
    )


def _numbers(column: pa.Array, labels: Sequence[str]) -> Numbers:
    found = pc.index_in(column, value_set=pa.array(labels, pa.string()), skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _log_prior(numbers: Numbers, classes: int) -> Doubles:
    """Return how common each label is among the newest examples."""
    recent = numbers[-max(1, int(len(numbers) * _RECENT)) :]
    counts = np.bincount(recent, minlength=classes) + _SMOOTH
    return np.asarray(np.log(counts / counts.sum()))


def _automatic(answers: Answered, threshold: float | None) -> Flags:
    if threshold is None:
        return np.zeros(len(answers.labels), dtype=np.bool_)
    return np.asarray(answers.confidence[:, 0] >= threshold)


def _too_few(examples: int, labels: int) -> InvalidInput:
    return InvalidInput(
        "reading.too_few_examples",
        Text(
            "有文本又有标签的样本只有{examples}条、标签{labels}种，无法训练",
            "only {examples} examples have text and label, with {labels} different labels: too few to learn from",
        ).fill(examples=examples, labels=labels),
        Text(
            "至少需要{least}条、2种标签；请核对 --text 和 --label 的列名",
            "at least {least} with 2 labels are needed; check the columns named by --text and --label",
        ).fill(least=LEAST),
    )
