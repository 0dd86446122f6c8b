"""A trained model answers consistently, says when it is sure, and is the same after it was kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax

from suqiu.domain.errors import Conflict, InvalidInput, NotFound, SuqiuError
from suqiu.evaluation.scorers.classification import STEP
from suqiu.reading.labelling import storage
from suqiu.reading.labelling.examples import examples_from
from suqiu.reading.labelling.model import _consistent, level_of, ranked
from suqiu.reading.labelling.training import Trained, train
from tests.reading.labelling.cases import PretendedLearner, examples

ORIGIN = storage.Origin(("内容",), ("分类",), "", (), "f00d", 300, 60, "newest 20%", "", "", "", "0")
ASKED = pa.array(["竹苑小区物业费突然涨价", "河滨路出租车拒载", "没头没尾", ""])


def trained(folder: Path, *, learner: PretendedLearner | None = None, levels: int = 1) -> Trained:
    return train(
        "category", examples(levels=levels), folder, learner=learner, keep_hints=False, wanted=0.9,
        progress=lambda *_: None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def flat(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return trained(tmp_path_factory.mktemp("flat"))


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> tuple[Trained, PretendedLearner, Path]:
    learner, folder = PretendedLearner(), tmp_path_factory.mktemp("deep")
    return trained(folder, learner=learner, levels=2), learner, folder


def test_what_is_plainly_said_is_told_and_surely(flat: Trained) -> None:
    answers = flat.model.answer(ASKED)
    best = flat.model.names(answers.labels[:, 0]).to_pylist()
    assert best[:2] == ["物业收费", "出租车"]
    assert answers.confidence[:2, 0].min() > answers.confidence[2:, 0].max()
    assert answers.automatic[:2].all()
    assert (np.diff(answers.confidence, axis=1) <= 0).all()


def test_the_held_out_are_the_newest_and_were_answered_unseen(flat: Trained) -> None:
    assert len(flat.held_out.texts) == 60
    right = flat.answers.labels[:, 0] == flat.truth
    assert right.mean() > 0.8
    assert flat.answers.confidence[:, 0].mean() == pytest.approx(right.mean(), abs=0.1)
    least = flat.model.thresholds[0.9]
    assert least is not None
    assert (flat.answers.automatic == (flat.answers.confidence[:, 0] >= least)).all()


def test_thresholds_reach_what_they_promise_on_the_held_out(flat: Trained) -> None:
    right = flat.answers.labels[:, 0] == flat.truth
    assert set(flat.model.thresholds) == {0.8, 0.9, 0.95, 0.98}
    for goal, least in flat.model.thresholds.items():
        if least is not None:
            assert right[flat.answers.confidence[:, 0] >= least].mean() >= goal


def test_training_twice_gives_the_same_model(flat: Trained, tmp_path: Path) -> None:
    again = trained(tmp_path)
    assert storage.save(again.model, ORIGIN, tmp_path / "a") == storage.save(flat.model, ORIGIN, tmp_path / "b")


def test_no_texts_and_more_ranks_than_labels_are_answered(flat: Trained) -> None:
    assert flat.model.answer(pa.array([], pa.string())).labels.shape == (0, 3)
    assert flat.model.answer(ASKED, ranks=99).labels.shape == (4, 5)


def test_an_encoder_learns_first_from_the_older_then_from_all(
    deep: tuple[Trained, PretendedLearner, Path],
) -> None:
    model, learner, _ = deep
    assert learner.asked == [(240, 5, [3], "trial", None), (300, 5, [3], "encoder", "trial")]
    assert model.model.deep is learner.taught[str(deep[2] / "encoder")]
    assert len(model.model.combination.weights) == 2
    assert model.model.combination.weights[1] > 0


def test_labels_with_levels_are_told_as_paths(deep: tuple[Trained, PretendedLearner, Path]) -> None:
    model = deep[0].model
    assert model.levels == 2
    assert model.names(model.answer(ASKED).labels[:2, 0]).to_pylist() == ["住房›物业收费", "交通›出租车"]
    assert [level_of("住房›物业收费", level) for level in (1, 2, 3)] == ["住房", "物业收费", None]


@given(st.integers(0, 10_000), st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_a_child_never_outvotes_its_parent(seed: int, ranks: int) -> None:
    names = ("a", "a›1", "a›2", "b›1", "b›2", "c›1")
    log_shares = log_softmax(np.random.default_rng(seed).normal(size=(30, len(names))), axis=1)
    before, confidence = ranked(log_shares, np.full(30, 0.6), ranks)
    labels, said = _consistent(log_shares, before.copy(), confidence, names)
    tops = np.array([name.split(STEP)[0] for name in names])
    sums = np.array([np.exp(log_shares)[:, tops == top].sum(axis=1) for top in "abc"]).T
    for row, best in zip(labels, sums.argmax(axis=1), strict=True):
        assert tops[row[0]] == "abc"[best]
        assert len(set(row.tolist())) == ranks
    assert said is confidence


@pytest.mark.parametrize(
    ("texts", "labels"),
    [
        (["路灯不亮"] * 49, ["a", "b"] * 24 + ["a"]),
        (["路灯不亮", "停水"] * 40, ["a"] * 80),
        ([""] * 80, ["a", "b"] * 40),
    ],
)
def test_too_little_to_learn_from_is_said(texts: list[str], labels: list[str], tmp_path: Path) -> None:
    made = examples_from(pa.array(texts), [pa.array(labels)])
    with pytest.raises(InvalidInput) as raised:
        train("x", made, tmp_path, learner=None, keep_hints=False, wanted=0.9, progress=lambda *_: None)
    assert raised.value.code == "reading.too_few_examples"


def test_a_label_that_only_the_newest_have_is_learned_but_judged_as_missed(tmp_path: Path) -> None:
    texts = [f"{word}第{n}次" for n in range(40) for word in ("路灯不亮", "停水了")] + ["下水道堵了"] * 5
    labels = ["灯", "水"] * 40 + ["管"] * 5
    made = examples_from(pa.array(texts), [pa.array(labels)], times=pa.array([f"{n:03d}" for n in range(85)]))
    found = train("x", made, tmp_path, learner=None, keep_hints=False, wanted=0.9, progress=lambda *_: None)
    assert found.model.labels == ("水", "灯", "管")
    missed = np.array([label == "管" for label in found.held_out.labels.to_pylist()])
    assert missed.sum() == 5
    assert (found.answers.labels[missed, 0] != found.truth[missed]).all()


def test_a_model_that_was_kept_answers_alike(
    flat: Trained, deep: tuple[Trained, PretendedLearner, Path], tmp_path: Path
) -> None:
    for model, learner, folder in ((flat.model, None, tmp_path), (deep[0].model, deep[1], deep[2])):
        version = storage.save(model, ORIGIN, folder)
        kept = storage.load(folder, learner)
        assert (kept.version, kept.origin) == (version, ORIGIN)
        before, after = model.answer(ASKED), kept.model.answer(ASKED)
        assert (before.labels == after.labels).all()
        assert (before.confidence == after.confidence).all()
        assert kept.model.thresholds == model.thresholds


def _cut(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])


def _say(folder: Path, **changes: object) -> None:
    path = folder / storage.STATEMENT
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")


def _other_weights(folder: Path) -> None:
    with np.load(folder / "weights.npz") as archive:
        arrays = {name: archive[name] for name in archive.files}
    arrays["log_prior"] = arrays["log_prior"] + 1
    np.savez(folder / "weights.npz", **arrays)


@pytest.mark.parametrize(
    ("harm", "kind", "code"),
    [
        (lambda folder: (folder / "model.json").unlink(), NotFound, "reading.no_model"),
        (lambda folder: _cut(folder, "model.json"), InvalidInput, "reading.damaged_model"),
        (lambda folder: (folder / "model.json").write_text("[]"), InvalidInput, "reading.damaged_model"),
        (lambda folder: _cut(folder, "weights.npz"), InvalidInput, "reading.damaged_model"),
        (lambda folder: (folder / "weights.npz").unlink(), InvalidInput, "reading.damaged_model"),
        (_other_weights, InvalidInput, "reading.damaged_model"),
        (lambda folder: _say(folder, labels=["x"]), InvalidInput, "reading.damaged_model"),
        (lambda folder: _say(folder, format=99), Conflict, "reading.other_model_format"),
    ],
)
def test_a_harmed_model_is_refused(
    harm: Callable[[Path], None], kind: type[SuqiuError], code: str, flat: Trained, tmp_path: Path
) -> None:
    storage.save(flat.model, ORIGIN, tmp_path)
    harm(tmp_path)
    with pytest.raises(kind) as raised:
        storage.load(tmp_path, None)
    assert raised.value.code == code


def test_a_model_with_an_encoder_wants_that_encoder(
    deep: tuple[Trained, PretendedLearner, Path], tmp_path: Path
) -> None:
    storage.save(deep[0].model, ORIGIN, tmp_path)
    with pytest.raises(Conflict) as raised:
        storage.load(tmp_path, None)
    assert raised.value.code == "reading.needs_encoder"
    learner = PretendedLearner()
    other = learner.learn(["a"], np.array([0]), 5, [], tmp_path / storage.ENCODER, lambda *_: None)
    assert other.fingerprint != deep[0].model.deep.fingerprint  # type: ignore[union-attr]
    with pytest.raises(Conflict) as raised:
        storage.load(tmp_path, learner)
    assert raised.value.code == "reading.other_encoder"


def test_nothing_on_disk_can_run_code(flat: Trained, tmp_path: Path) -> None:
    storage.save(flat.model, ORIGIN, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.json", "weights.npz"]
    with np.load(tmp_path / "weights.npz", allow_pickle=False) as archive:
        assert all(archive[name].dtype != object for name in archive.files)
