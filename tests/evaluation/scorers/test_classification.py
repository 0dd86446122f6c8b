from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support, top_k_accuracy_score

from suqiu.evaluation.scorers import classification
from suqiu.evaluation.scorers.statistic import value_of

CLASSES = 5
PAIRS = st.lists(st.tuples(st.integers(0, CLASSES - 1), st.integers(0, CLASSES - 1)), min_size=1, max_size=60)


def columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    truth, found = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
    return truth, found


@given(PAIRS)
@settings(max_examples=60, deadline=None)
def test_accuracy_and_f1_equal_those_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    truth, found = columns(pairs)
    ours = {
        "accuracy": classification.accuracy(truth, found),
        "macro": classification.macro_f1(truth, found, CLASSES),
        "weighted": classification.weighted_f1(truth, found, CLASSES),
    }
    assert value_of(ours["accuracy"], len(truth)) == pytest.approx(accuracy_score(truth, found))
    for average in ("macro", "weighted"):
        theirs = f1_score(truth, found, average=average, zero_division=0)
        assert value_of(ours[average], len(truth)) == pytest.approx(theirs)


@given(PAIRS, st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_weights_count_samples_as_if_they_stood_there_that_often(pairs: list[tuple[int, int]], seed: int) -> None:
    truth, found = columns(pairs)
    weights = np.random.default_rng(seed).integers(0, 4, len(truth))
    drawn = np.repeat(np.arange(len(truth)), weights)
    for make in (classification.macro_f1, classification.weighted_f1):
        weighed = float(make(truth, found, CLASSES)(weights[None, :].astype(np.float64))[0])
        repeated = value_of(make(truth[drawn], found[drawn], CLASSES), len(drawn))
        assert np.isnan(weighed) if repeated is None else weighed == pytest.approx(repeated)


@given(PAIRS)
@settings(max_examples=30, deadline=None)
def test_the_table_of_classes_equals_that_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    truth, found = columns(pairs)
    labels = tuple("甲乙丙丁戊")
    rows = {row["label"]: row for row in classification.class_table(truth, found, labels).to_pylist()}
    theirs = precision_recall_fscore_support(truth, found, labels=range(CLASSES), zero_division=np.nan)
    for n, label in enumerate(labels):
        for name, column in zip(("precision", "recall", "f1"), theirs[:3], strict=True):
            mine = rows[label][name]
            assert np.isnan(column[n]) if mine is None else mine == pytest.approx(column[n])
        assert rows[label]["samples"] == theirs[3][n]


def test_the_first_few_answers_count_as_scikit_learn_counts_them() -> None:
    draw = np.random.default_rng(3)
    truth, scores = draw.integers(0, CLASSES, 80), draw.random((80, CLASSES))
    ranks = np.argsort(np.argsort(-scores, axis=1), axis=1)[np.arange(80), truth]
    for k in (1, 3):
        ours = value_of(classification.top(ranks, k), 80)
        assert ours == pytest.approx(top_k_accuracy_score(truth, scores, k=k, labels=range(CLASSES)))


def test_silence_is_no_right_answer_and_no_class() -> None:
    truth, silent = np.array([0, 0]), np.array([0, -1])
    assert value_of(classification.accuracy(truth, silent), 2) == 0.5
    assert value_of(classification.macro_f1(truth, silent, 1), 2) == pytest.approx(2 / 3)


def test_labels_are_numbered_in_their_own_order_and_null_is_none() -> None:
    labels, truth, found = classification.encode(pa.array(["b", "a"]), pa.array([None, "c"], pa.string()))
    assert labels == ("a", "b", "c")
    assert (truth.tolist(), found.tolist()) == ([1, 0], [-1, 2])


def test_the_commonest_confusion_comes_first() -> None:
    truth, found = np.array([0, 0, 0, 1, 2]), np.array([1, 1, 0, 2, -1])
    rows = classification.confusions(truth, found, ("甲", "乙", "丙"), 5).to_pylist()
    assert rows == [
        {"truth": "甲", "found": "乙", "count": 2, "share": pytest.approx(2 / 3)},
        {"truth": "乙", "found": "丙", "count": 1, "share": 1.0},
    ]
    assert len(classification.confusions(truth, found, ("甲", "乙", "丙"), 1)) == 1


def test_without_samples_the_tables_are_empty() -> None:
    none = np.zeros(0, np.int64)
    assert len(classification.class_table(none, none, ())) == 0
    assert len(classification.confusions(none, none, (), 3)) == 0
    assert value_of(classification.macro_f1(none, none, 0), 0) is None


def test_an_answer_is_right_down_to_a_level_only_below_right_levels() -> None:
    truth = pa.array(["城管›市容›占道", "城管›市容", "住建›物业›收费", "教育›择校"])
    found = pa.array(["城管›市容›噪声", "城管", "城管›物业›收费", None], pa.string())
    levels = classification.levels_right(truth, found, 3)
    assert [reach.tolist() for reach, _ in levels] == [[True] * 4, [True] * 4, [True, False, True, False]]
    assert [right.tolist() for _, right in levels] == [
        [True, True, False, False],
        [True, False, False, False],
        [False] * 4,
    ]
