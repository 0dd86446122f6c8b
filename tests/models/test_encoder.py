"""The sentence encoder turns texts into vectors, each by itself; without it the way to get it is told."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from suqiu.domain.errors import NotFound, Unavailable
from suqiu.models.encoder import MODEL, TOKENS, Encoder, padded
from tests.models.installed import PUBLISHED, needs_encoder

TEXTS = ["楼下路灯不亮", "小区外面的灯坏了，晚上看不见", "公交车半小时不来", "", "灯" * 600]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(PUBLISHED, threads=1)


def test_rows_of_pieces_are_laid_out_with_what_is_real() -> None:
    ids, mask = padded([np.array([5, 6, 7]), np.array([8])])
    assert ids.tolist() == [[5, 6, 7], [8, 0, 0]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]


def test_a_folder_without_an_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as raised:
        Encoder(tmp_path)
    assert raised.value.code == "models.no_encoder"
    assert str(tmp_path) in raised.value.message.zh


def test_without_the_libraries_the_way_to_get_them_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def none(name: str, *rest: Any, **more: Any) -> Any:
        if name in {"onnxruntime", "tokenizers"}:
            raise ImportError(name)
        return real(name, *rest, **more)

    (tmp_path / MODEL).write_bytes(b"")
    (tmp_path / TOKENS).write_bytes(b"")
    monkeypatch.setattr(builtins, "__import__", none)
    with pytest.raises(Unavailable) as raised:
        Encoder(tmp_path)
    assert raised.value.code == "models.no_runtime"


@needs_encoder
def test_vectors_have_their_shape_and_what_is_alike_lies_close(encoder: Encoder) -> None:
    vectors = encoder.unit(TEXTS)
    assert vectors.shape == (5, 512)
    assert encoder.pooled(TEXTS).shape == (5, encoder.width)
    assert np.isfinite(vectors).all()
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1
    assert encoder.pooled([]).shape == (0, encoder.width)


@needs_encoder
def test_a_text_has_much_the_same_vector_in_any_company(encoder: Encoder) -> None:
    together = encoder.unit(TEXTS)
    alone = np.concatenate([encoder.unit([text]) for text in TEXTS])
    # Activations are quantised over the whole call: company moves a vector a little, one of no text the most.
    assert (together * alone).sum(axis=1).min() > 0.95


@needs_encoder
def test_a_text_is_read_up_to_a_limit(encoder: Encoder) -> None:
    longer = encoder.unit(["灯" * 600 + "停水了"])
    assert (encoder.unit(["灯" * 600]) @ longer.T).item() > 0.9999
