"""The encoder tuned to tell labels from texts, resumable after every round."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from suqiu.domain.errors import Unavailable
from suqiu.domain.text import Text
from suqiu.models.encoder import MAX_PIECES, MODEL, TOKENS, Encoder, padded, present

if TYPE_CHECKING:
    import torch

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
Progress = Callable[[int, int], None]

HEAD, _HALF_DONE = "head.npz", "half-done.pt"
#: Texts a step, and texts among which those of like length are put together.
_ROWS, _POOL = 32, 640
#: Chosen on the oldest four-fifths of real orders: smaller rates learn less in as many rounds.
_RATE, _HEAD_RATE = 1.5e-4, 1.5e-3
#: Rounds from the published weights, and when going on from weights already tuned.
ROUNDS, ROUNDS_MORE = 4, 1
_WARM_UP = 0.06
#: Labels of real orders are often one of two right answers: none is taken for quite certain.
_SMOOTHING = 0.05


@dataclass(frozen=True, slots=True)
class Head:
    """Labels that the encoder learns to tell; the first head is what it is for, the others teach it the trade.

    Attributes:
        labels: one number a text, -1 where unknown.
        classes: how many there are.
        weight: how much it counts in the loss.
    """

    labels: Numbers
    classes: int
    weight: float


class Tuned:
    """An encoder with the linear layer that was learned for its task."""

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        """Load what `tune` wrote.

        Raises:
            NotFound: the encoder's files are not there.
            Unavailable: the run-time libraries are not installed.
        """
        self._encoder = Encoder(folder, threads=threads)
        with np.load(folder / HEAD, allow_pickle=False) as arrays:
            self._weights, self._bias = arrays["weights"], arrays["bias"]
        self.fingerprint = self._encoder.fingerprint

    def scores(self, texts: Sequence[str]) -> Floats:
        """Return one row of scores a text: softmax makes shares of them."""
        return np.asarray(self._encoder.pooled(texts) @ self._weights + self._bias, dtype=np.float32)


def tune(
    published: Path,
    texts: Sequence[str],
    heads: Sequence[Head],
    folder: Path,
    *,
    progress: Progress,
    start: Path | None = None,
    threads: int = 2,
) -> Tuned:
    """Tune the encoder; a run that was killed goes on from its last whole round, one that is done is not repeated.

    The order of texts and what is dropped out are drawn from a seed made from the data.

    Args:
        published: folder of the published encoder.
        texts: what to learn from, one row a text.
        heads: their labels.
        folder: where the result goes, with what is half done.
        progress: told how many of how many texts were seen.
        start: folder of weights tuned before with the same heads: fewer rounds are then enough.
        threads: to use.

    Raises:
        NotFound: the published encoder is not there.
        Unavailable: PyTorch is not installed.
    """
    _libraries()
    present(published)
    from suqiu.models import network as networks

    mark = f"{_fingerprint(texts, heads, start)} {ROUNDS if start is None else ROUNDS_MORE} {_RATE} {_HEAD_RATE}"
    if _finished(folder, mark):
        progress(1, 1)
        return Tuned(folder, threads=threads)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        run = _Run(networks, published, texts, heads, folder, start, threads)
        run.go(progress)
    finally:  # it is the process's own arithmetic, and others need it whole
        import torch

        torch.set_flush_denormal(False)
    # Written last and gone before anything else changes: a folder with it is whole.
    (folder / HEAD).unlink(missing_ok=True)
    networks.to_onnx(run.network, published / MODEL, folder / MODEL)
    shutil.copyfile(published / TOKENS, folder / TOKENS)
    layer = run.layers[0]
    weights, bias = layer.weight.detach().numpy().T, layer.bias.detach().numpy()
    np.savez(folder / HEAD, weights=np.ascontiguousarray(weights), bias=bias, mark=np.array(mark))
    (folder / _HALF_DONE).unlink(missing_ok=True)
    return Tuned(folder, threads=threads)


class _Run:
    """One tuning, from its first step to its last."""

    def __init__(
        self,
        networks: Any,
        published: Path,
        texts: Sequence[str],
        heads: Sequence[Head],
        folder: Path,
        start: Path | None,
        threads: int,
    ) -> None:
        import torch

        self._torch, self._pooled, self._half_done = torch, networks.pooled, folder / _HALF_DONE
        # Momentum of pieces that do not occur fades to denormal numbers, which cost a hundredfold. Threads
        # inherit the setting: before any of them begins.
        torch.set_flush_denormal(True)
        torch.set_num_threads(threads)
        self._pieces = _piece_numbers(published, texts)
        self._heads = heads
        self._print = _fingerprint(texts, heads, start)
        torch.manual_seed(int(self._print[:8], 16))
        self.network = networks.from_onnx((start or published) / MODEL)
        # What the pieces mean is left as published: half of all weights, and most pieces never occur.
        self.network.word.weight.requires_grad_(False)
        self.layers = torch.nn.ModuleList(torch.nn.Linear(1024, head.classes) for head in heads)
        if start is not None:
            with np.load(start / HEAD, allow_pickle=False) as arrays, torch.no_grad():
                self.layers[0].weight.copy_(torch.from_numpy(arrays["weights"].T.copy()))
                self.layers[0].bias.copy_(torch.from_numpy(arrays["bias"]))
        self._drop = torch.nn.Dropout(0.1)
        self._rounds = ROUNDS if start is None else ROUNDS_MORE
        rate = 1.0 if start is None else 0.5
        self._steps = self._rounds * -(-len(texts) // _ROWS)
        groups = [
            {"params": self._learning(), "lr": _RATE * rate},
            {"params": list(self.layers.parameters()), "lr": _HEAD_RATE * rate},
        ]
        self._descent = torch.optim.AdamW(groups, weight_decay=0.01)
        self._pace = torch.optim.lr_scheduler.LambdaLR(self._descent, self._share_of_rate)

    def go(self, progress: Progress) -> None:
        """Do all rounds that are not done yet."""
        done, total = self._resumed(), len(self._pieces)
        progress(done * total, self._rounds * total)
        self.network.train()
        for round_ in range(done, self._rounds):
            seen = round_ * total
            for rows in self._batches(round_):
                self._step(rows)
                seen += len(rows)
                progress(seen, self._rounds * total)
            self._save(round_ + 1)
        self.network.eval()

    def _step(self, rows: Numbers) -> None:
        torch = self._torch
        ids, mask = (torch.from_numpy(part) for part in padded([self._pieces[row] for row in rows]))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            vectors = self._pooled(self.network(ids, mask), mask)
        vectors = self._drop(vectors.float())
        loss = vectors.sum() * 0
        for head, layer in zip(self._heads, self.layers, strict=True):
            loss = loss + head.weight * self._loss(layer(vectors), head.labels[rows])
        self._descent.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*self._learning(), *self.layers.parameters()], 1.0)
        self._descent.step()
        self._pace.step()

    def _learning(self) -> list[torch.nn.Parameter]:
        return [parameter for parameter in self.network.parameters() if parameter.requires_grad]

    def _loss(self, scores: torch.Tensor, labels: Numbers) -> torch.Tensor:
        if not (labels >= 0).any():
            return scores.sum() * 0
        answers = self._torch.from_numpy(labels)
        loss: torch.Tensor = self._torch.nn.functional.cross_entropy(
            scores, answers, ignore_index=-1, label_smoothing=_SMOOTHING
        )
        return loss

    def _batches(self, round_: int) -> list[Numbers]:
        """Draw the order of one round: texts of like length together, so that little is padded."""
        draw = np.random.default_rng([int(self._print[:8], 16), round_])
        lengths = np.array([len(row) for row in self._pieces])
        order, batches = draw.permutation(len(self._pieces)), []
        for begin in range(0, len(order), _POOL):
            pool = order[begin : begin + _POOL]
            pool = pool[np.argsort(lengths[pool], kind="stable")]
            parts = [pool[at : at + _ROWS] for at in range(0, len(pool), _ROWS)]
            batches += [parts[number] for number in draw.permutation(len(parts))]
        return batches

    def _share_of_rate(self, step: int) -> float:
        return min((step + 1) / (_WARM_UP * self._steps + 1), max(0.0, (self._steps - step) / self._steps))

    def _save(self, rounds: int) -> None:
        state = {
            "print": self._print,
            "rounds": rounds,
            "network": self.network.state_dict(),
            "layers": self.layers.state_dict(),
            "descent": self._descent.state_dict(),
            "pace": self._pace.state_dict(),
            "draw": self._torch.get_rng_state(),
        }
        unfinished = self._half_done.with_suffix(".new")
        self._torch.save(state, unfinished)
        unfinished.replace(self._half_done)

    def _resumed(self) -> int:
        """Take up a run that was killed; return the rounds it had done, 0 where there is none."""
        if not self._half_done.is_file():
            return 0
        state = self._torch.load(self._half_done, weights_only=True)
        if state["print"] != self._print:
            return 0
        self.network.load_state_dict(state["network"])
        self.layers.load_state_dict(state["layers"])
        self._descent.load_state_dict(state["descent"])
        self._pace.load_state_dict(state["pace"])
        self._torch.set_rng_state(state["draw"])
        return int(state["rounds"])


def _finished(folder: Path, mark: str) -> bool:
    """Say whether a folder holds the whole result of this very tuning."""
    try:
        with (folder / HEAD).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return "mark" in arrays.files and str(arrays["mark"]) == mark and (folder / MODEL).is_file()
    except (OSError, ValueError, EOFError, BadZipFile):
        return False


def can_tune() -> bool:
    """Say whether the libraries that tune an encoder are installed."""
    try:
        _libraries()
    except Unavailable:
        return False
    return True


def _libraries() -> None:
    try:
        import onnx  # noqa: F401
        import tokenizers  # noqa: F401
        import torch  # noqa: F401
    except ImportError as error:
        raise Unavailable(
            "models.no_tuning",
            Text("没有安装训练编码器所需的库（PyTorch、onnx）", "PyTorch and onnx, which tune an encoder, are missing"),
            Text("请运行 make encoder，或用 --encoder off", "run make encoder, or use --encoder off"),
        ) from error


def _piece_numbers(published: Path, texts: Sequence[str]) -> list[Numbers]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(published / TOKENS))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_PIECES)
    return [np.array(piece.ids, dtype=np.int64) for piece in tokenizer.encode_batch(list(texts))]


def _fingerprint(texts: Sequence[str], heads: Sequence[Head], start: Path | None) -> str:
    print_ = sha256(json.dumps([len(texts), [[head.classes, head.weight] for head in heads], str(start)]).encode())
    for text in texts:
        print_.update(text.encode("utf-8", "surrogatepass") + b"\0")
    for head in heads:
        print_.update(np.ascontiguousarray(head.labels, dtype=np.int64).tobytes())
    return print_.hexdigest()
