"""Features, linear models, trees and calibration keep their promises."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.reading.calibration import calibrate
from suqiu.reading.characters import characters
from suqiu.reading.features import counted, learn_vocabulary
from suqiu.reading.linear import fit_linear
from suqiu.reading.names import NameIndex
from suqiu.reading.tree import NONE, ancestors_of, fit_tree

SOME_TEXT = st.text(alphabet="路灯不亮停水电物业🔥a1 ", max_size=20)


@given(st.lists(SOME_TEXT, min_size=1, max_size=6))
def test_the_counts_of_a_text_do_not_depend_on_its_neighbours(texts: list[str]) -> None:
    together = counted(pa.array(texts, pa.string()))
    for row, text in enumerate(texts):
        alone = counted(pa.array([text], pa.string()))
        assert (together[row] != alone).nnz == 0


@given(SOME_TEXT)
def test_a_text_has_all_its_pieces_of_one_to_three_characters(text: str) -> None:
    assert counted(pa.array([text])).sum() == sum(max(0, len(text) - n) for n in range(3))


def test_vectors_are_as_long_as_one_or_nothing() -> None:
    counts = counted(pa.array(["路灯不亮", "路灯坏了", "停水了"]))
    vocabulary = learn_vocabulary(counts, at_most=100, at_least_in=1)
    vectors = vocabulary.vectors(pa.array(["路灯不亮", "xyz", None]))
    lengths = np.sqrt(vectors.multiply(vectors).sum(axis=1)).ravel()
    assert np.allclose(lengths, [1, 0, 0], atol=1e-5)


def test_which_number_it_is_makes_no_difference_but_a_mark_does() -> None:
    assert (counted(pa.array(["18栋3楼"])) != counted(pa.array(["27栋5楼"]))).nnz == 0
    here, there = (counted(pa.array(["路灯"]), [pa.array([district])]) for district in ("01", "02"))
    unknown = counted(pa.array(["路灯"]), [pa.array([None], pa.string())])
    assert (here != there).nnz > 0
    assert (unknown != counted(pa.array(["路灯"]))).nnz == 0


def test_the_same_value_of_another_mark_is_another_piece() -> None:
    null = pa.array([None], pa.string())
    first = counted(pa.array(["路灯"]), [pa.array(["01"]), null])
    second = counted(pa.array(["路灯"]), [null, pa.array(["01"])])
    assert (first != second).nnz > 0


def test_a_text_is_read_up_to_a_limit_only() -> None:
    assert len(characters(pa.array(["灯" * 10_000])).codes) == 2_000


@given(st.lists(SOME_TEXT, max_size=5), st.sets(st.text(alphabet="路灯停水", min_size=2, max_size=4), max_size=8))
def test_every_name_found_is_there_and_no_text_with_a_name_is_missed(texts: list[str], names: set[str]) -> None:
    listed = sorted(names)
    found = NameIndex(listed).find(characters(pa.array(texts, pa.string())))
    for row, name in zip(found.rows, found.names, strict=True):
        assert listed[name] in texts[row]
    assert set(found.rows.tolist()) == {n for n, text in enumerate(texts) if any(name in text for name in names)}


def test_a_linear_model_tells_separable_classes_apart_and_is_the_same_twice() -> None:
    texts = pa.array(["路灯不亮", "停水了", "公交不来"] * 40)
    labels = np.array([0, 1, 2] * 40)
    counts = counted(texts)
    vectors = learn_vocabulary(counts, at_most=1_000).vectors(texts)
    first, second = fit_linear(vectors, labels, 3), fit_linear(vectors, labels, 3)
    assert (first.scores(vectors).argmax(axis=1) == labels).all()
    assert first.weights.tobytes() == second.weights.tobytes()


@given(st.integers(0, 10_000))
def test_a_child_never_contradicts_its_parent(seed: int) -> None:
    ids = ("1", "2", "1.1", "1.2", "2.1", "2.1.1", "2.1.2", "2.2")
    ancestors = ancestors_of(ids)
    draw = np.random.default_rng(seed)
    texts = pa.array(["".join(draw.choice(list("路灯停水物业公交"), 5)) for _ in range(60)])
    labels = draw.integers(0, len(ids), 60)
    vectors = learn_vocabulary(counted(texts), at_most=500).vectors(texts)
    found = fit_tree(vectors, labels, ancestors).descend(vectors)
    for level in range(1, len(found.labels)):
        for child, parent in zip(found.labels[level], found.labels[level - 1], strict=True):
            assert child == NONE or ids[child].rpartition(".")[0] == ids[parent]
    assert (np.diff(found.certainty, axis=0) <= 1e-12).all()


def test_confidence_is_the_share_of_right_answers() -> None:
    draw = np.random.default_rng(5)
    truth = draw.uniform(0.05, 0.95, 4_000)
    boastful = truth**0.3
    right = draw.random(4_000) < truth
    fitted = calibrate(boastful, right, np.ones(4_000, dtype=np.bool_), 0.8)
    confidence = fitted.confidence(boastful)
    for low in (0.1, 0.3, 0.5, 0.7):
        here = (confidence >= low) & (confidence < low + 0.2)
        assert right[here].mean() == pytest.approx(confidence[here].mean(), abs=0.08)
    assert right[fitted.accepts(confidence)].mean() >= 0.8


def test_nothing_is_accepted_where_no_threshold_reaches_the_wanted_share() -> None:
    right = np.arange(200) % 2 == 0
    fitted = calibrate(np.full(200, 0.9), right, np.ones(200, dtype=np.bool_), 0.8)
    assert fitted.accept_from is None
    assert not fitted.accepts(fitted.confidence(np.full(5, 0.99))).any()


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60))
def test_surer_answers_never_get_less_confidence(answers: list[tuple[float, bool]]) -> None:
    certainty = np.array([sure for sure, _ in answers], dtype=np.float64)
    right = np.array([good for _, good in answers], dtype=np.bool_)
    fitted = calibrate(certainty, right, np.ones(len(answers), dtype=np.bool_), 0.8)
    confidence = fitted.confidence(np.linspace(0, 1, 50))
    assert (np.diff(confidence) >= 0).all()
    assert ((confidence >= 0) & (confidence <= 1)).all()
