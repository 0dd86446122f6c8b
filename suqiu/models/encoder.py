"""A sentence encoder in ONNX Runtime: texts in, vectors out; the published one, or one tuned for a task."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from suqiu.domain.errors import NotFound, Unavailable
from suqiu.domain.text import Text

Floats = npt.NDArray[np.float32]

MODEL, TOKENS = "encoder.onnx", "tokenizer.json"
#: Pieces of a text that are read, marks of beginning and end included: nine in ten orders are shorter,
#: and what an order is about stands in its beginning.
MAX_PIECES = 128
#: Texts in one call: sorted by length, so that little is padded.
_AT_A_TIME = 32


class Encoder:
    """Turns texts into vectors.

    Attributes:
        fingerprint: SHA-256 of the model's file.
        width: numbers in a vector of `pooled`.
    """

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        """Load a model.

        Args:
            folder: holds `encoder.onnx` and `tokenizer.json`.
            threads: that one call may use.

        Raises:
            NotFound: the files are not there.
            Unavailable: the run-time libraries are not installed.
        """
        path = present(folder)
        runtime, tokenizers = _libraries()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._pieces = tokenizers.Tokenizer.from_file(str(folder / TOKENS))
        self._pieces.no_padding()
        self._pieces.enable_truncation(MAX_PIECES)
        self.fingerprint = sha256(path.read_bytes()).hexdigest()
        self.width = 1024

    def pooled(self, texts: Sequence[str]) -> Floats:
        """Return one vector a text: the state of the first piece, then the mean of all, float32.

        Args:
            texts: any number; read up to `MAX_PIECES`.

        Returns:
            Shape (texts, `width`).
        """
        vectors = np.zeros((len(texts), self.width), dtype=np.float32)
        for rows, states, mask in self._states(texts):
            mean = (states * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
            vectors[rows] = np.concatenate([states[:, 0], mean], axis=1)
        return vectors

    def unit(self, texts: Sequence[str]) -> Floats:
        """Return one vector a text of length 1, shape (texts, 512): its cosine is their likeness in meaning."""
        first = self.pooled(texts)[:, : self.width // 2]
        return np.asarray(first / np.maximum(np.linalg.norm(first, axis=1, keepdims=True), 1e-9), dtype=np.float32)

    def _states(self, texts: Sequence[str]) -> Iterator[tuple[npt.NDArray[np.int64], Floats, Floats]]:
        """Give the states of a few texts at a time: rows, (rows, pieces, 512), and which pieces are real."""
        numbers = [np.array(piece.ids, dtype=np.int64) for piece in self._pieces.encode_batch(list(texts))]
        order = np.argsort([len(row) for row in numbers], kind="stable")
        for begin in range(0, len(order), _AT_A_TIME):
            rows = order[begin : begin + _AT_A_TIME]
            ids, mask = padded([numbers[row] for row in rows])
            fed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            states = self._session.run(["last_hidden_state"], fed)[0]
            yield rows, states, mask.astype(np.float32)


def present(folder: Path) -> Path:
    """Return an encoder's file of weights; raises NotFound where a folder does not hold an encoder."""
    path = folder / MODEL
    if path.is_file() and (folder / TOKENS).is_file():
        return path
    raise NotFound(
        "models.no_encoder",
        Text("{folder}中没有句子编码器", "{folder} holds no sentence encoder").fill(folder=folder),
        Text("请运行 make encoder，或用 --encoder off", "run make encoder, or use --encoder off"),
    )


def padded(rows: Sequence[npt.NDArray[np.int64]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Lay rows of piece numbers into one table, and say which places are real."""
    width = max(len(row) for row in rows)
    ids = np.zeros((len(rows), width), dtype=np.int64)
    mask = np.zeros((len(rows), width), dtype=np.int64)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return ids, mask


def _libraries() -> tuple[Any, Any]:
    try:
        import onnxruntime
        import tokenizers
    except ImportError as error:
        raise Unavailable(
            "models.no_runtime",
            Text("没有安装句子编码器的运行库", "the libraries that run a sentence encoder are not installed"),
            Text("请运行 make encoder，或用 --encoder off", "run make encoder, or use --encoder off"),
        ) from error
    return onnxruntime, tokenizers
