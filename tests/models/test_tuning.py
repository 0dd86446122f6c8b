"""The encoder can be tuned: what was killed goes on, what is done is not repeated, the result is what was learned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from suqiu.domain.errors import NotFound
from suqiu.models import tuning
from suqiu.models.encoder import MODEL, TOKENS, Encoder
from suqiu.models.tuning import HEAD, Head, Tuned, tune
from tests.models.installed import PUBLISHED, needs_tuning

pytestmark = needs_tuning

TEXTS = [f"{place}{what}" for place in ("东门口", "西大街", "河滨路", "三中旁", "老车站") for what in
         ("路灯不亮", "停水了", "公交不来", "灯坏了看不见", "自来水断了", "车半小时没来")] * 2  # fmt: skip
LABELS = np.array([0, 1, 2] * 20)
TEACHER = np.array([0, 1, -1] * 20)


class Killed(Exception):
    """The run ends here."""


def heads(*, labels: Any = LABELS) -> list[Head]:
    return [Head(labels, 3, 1.0), Head(TEACHER, 2, 0.5)]


def silent(done: int, of: int) -> None:
    assert 0 <= done <= of


@pytest.fixture(scope="module", autouse=True)
def quickly() -> Any:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tuning, "ROUNDS", 1)
        yield


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tuned")
    tune(PUBLISHED, TEXTS, heads(), folder, progress=silent, threads=1)
    return folder


def test_a_result_is_whole_and_answers_every_text(result: Path) -> None:
    assert sorted(path.name for path in result.iterdir()) == sorted([MODEL, TOKENS, HEAD])
    scores = Tuned(result, threads=1).scores([*TEXTS[:5], ""])
    assert scores.shape == (6, 3)
    assert np.isfinite(scores).all()
    assert (Tuned(result, threads=1).scores(TEXTS).argmax(axis=1) == LABELS).mean() > 0.5


def test_eight_bits_say_nearly_what_the_network_says(result: Path) -> None:
    import torch

    from suqiu.models import network as networks
    from suqiu.models.encoder import padded

    network = networks.from_onnx(result / MODEL).eval()
    ids, mask = (torch.from_numpy(part) for part in padded(tuning._piece_numbers(PUBLISHED, TEXTS[:20])))
    with torch.no_grad():
        learned = networks.pooled(network(ids, mask), mask).numpy()
    kept = Encoder(result, threads=1).pooled(TEXTS[:20])
    cosine = (learned * kept).sum(axis=1) / np.linalg.norm(learned, axis=1) / np.linalg.norm(kept, axis=1)
    assert cosine.min() > 0.98


def test_weights_come_back_from_eight_bits_within_half_a_step(result: Path, tmp_path: Path) -> None:
    from suqiu.models import network as networks

    network = networks.from_onnx(PUBLISHED / MODEL)
    networks.to_onnx(network, PUBLISHED / MODEL, tmp_path / MODEL)
    again = networks.from_onnx(tmp_path / MODEL)
    for (name, before), after in zip(network.state_dict().items(), again.state_dict().values(), strict=True):
        widest = float(before.abs().max())
        assert float((before - after).abs().max()) <= widest / 100 + 1e-6, name


def test_tuning_moves_the_encoder_but_not_the_meaning_of_pieces(result: Path) -> None:
    from suqiu.models import network as networks

    before, after = (networks.from_onnx(folder / MODEL).state_dict() for folder in (PUBLISHED, result))
    moved = {name: float((before[name] - after[name]).abs().max()) for name in before}
    assert moved["layers.0.inner.weight"] > 1e-3
    assert moved["word.weight"] < 0.02


def test_tuning_leaves_the_arithmetic_of_the_process_whole(result: Path) -> None:
    assert np.float64(5e-324) * np.float64(1.0) > 0
    assert result.is_dir()


def test_what_is_done_is_not_done_again(result: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (result / MODEL).read_bytes()
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(tuning, "_Run", None)
    again = tune(PUBLISHED, TEXTS, heads(), result, progress=lambda *done: told.append(done), threads=1)
    assert told == [(1, 1)]
    assert (result / MODEL).read_bytes() == before
    assert again.scores(TEXTS[:2]).shape == (2, 3)


def test_a_killed_tuning_goes_on_from_its_last_round(
    result: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        from suqiu.models import network as networks

        patched.setattr(networks, "to_onnx", killed)
        with pytest.raises(Killed):
            tune(PUBLISHED, TEXTS, heads(), tmp_path, progress=silent, threads=1)
    assert not (tmp_path / HEAD).exists()
    monkeypatch.setattr(tuning._Run, "_step", killed)
    told: list[tuple[int, int]] = []
    found = tune(PUBLISHED, TEXTS, heads(), tmp_path, progress=lambda *done: told.append(done), threads=1)
    assert told == [(60, 60)]
    assert np.allclose(found.scores(TEXTS[:6]), Tuned(result, threads=1).scores(TEXTS[:6]), atol=0.2)
    assert not list(tmp_path.glob("half-done*"))


def test_what_was_half_done_with_other_data_is_not_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(tuning._Run):
        def go(self, progress: tuning.Progress) -> None:
            if self._resumed() == 0:
                self._save(1)
                raise Killed

    monkeypatch.setattr(tuning, "_Run", Stopped)
    for labels in (LABELS, LABELS[::-1].copy()):
        with pytest.raises(Killed):
            tune(PUBLISHED, TEXTS, heads(labels=labels), tmp_path, progress=silent, threads=1)
    tune(PUBLISHED, TEXTS, heads(labels=LABELS[::-1].copy()), tmp_path, progress=silent, threads=1)


def test_numbers_too_small_to_matter_are_flushed(result: Path) -> None:
    import torch

    from suqiu.models import network as networks

    torch.set_flush_denormal(False)
    tuning._Run(networks, PUBLISHED, TEXTS[:2], [Head(np.array([0, 1]), 2, 1.0)], result, None, 1)
    small = torch.tensor([1e-39]) * torch.tensor([1.0])
    torch.set_flush_denormal(False)
    assert small.item() == 0.0


def test_an_encoder_that_is_not_there_is_not_tuned(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        tune(tmp_path / "none", TEXTS[:4], [Head(LABELS[:4], 3, 1.0)], tmp_path, progress=silent, threads=1)
