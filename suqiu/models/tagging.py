"""The encoder's state of every character, and the encoder tuned to tag characters."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from suqiu.domain.errors import Unavailable
from suqiu.domain.text import Text
from suqiu.models.encoder import MODEL, TOKENS, Encoder, padded

if TYPE_CHECKING:
    import torch

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
Progress = Callable[[int, int], None]

#: Characters that the encoder sees at once, beside the marks of beginning and end: it has places for 512.
_WINDOW = 510
_WIDTH = 512
#: Texts in one call, and texts a step of tuning; texts among which those of like length are put together.
_AT_A_TIME, _ROWS, _POOL = 64, 32, 960
#: Beside hidden characters and varied texts this rate did better after as many rounds than 2e-4 without them; without
#: them the mean of weights got worse after five rounds.
_RATE, _HEAD_RATE, ROUNDS = 3e-4, 3e-3, 7
_WARM_UP, _LEAST_RATE = 0.06, 0.02
#: Share of characters that are hidden in a round, so that what surrounds them must do.
_HIDDEN = 0.07
#: How much of the running mean of weights is kept at a step; the mean is what is written.
_KEPT = 0.998


class TaggedTexts(Protocol):
    """Texts with tags at some of their characters; what is beyond a text's first 510 characters is left out."""

    @property
    def texts(self) -> Sequence[str]:
        """The texts."""

    @property
    def places(self) -> Sequence[Numbers]:
        """For each text the characters that have a tag, ascending."""

    @property
    def tags(self) -> Sequence[Numbers]:
        """For each text the tag of each of these, a number from 0."""


@dataclass(frozen=True, slots=True)
class TagHead:
    """What turns states into scores of tags.

    Attributes:
        weights: width × tags.
        offsets: of each tag.
        first: score of each tag at the first place of a text.
        after: score of each tag (column) after each tag (row).
    """

    weights: Floats
    offsets: Floats
    first: Floats
    after: Floats


class EncoderStates(Encoder):
    """Gives the state of every character; a text that is longer than the encoder's reach is read in parts."""

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        """Load a model.

        Args:
            folder: holds `encoder.onnx` and `tokenizer.json`.
            threads: that one call may use.

        Raises:
            NotFound: the files are not there.
            Unavailable: the run-time libraries are not installed.
        """
        super().__init__(folder, threads=threads)
        self._alphabet = _Alphabet(self._pieces)

    def __call__(self, texts: pa.Array) -> Floats:
        """Return characters × 512 states of all texts, one text after the other.

        Args:
            texts: string array without nulls.
        """
        numbers, starts = self._alphabet.numbers(texts.to_pylist())
        windows = _windows(starts)
        found = np.zeros((len(numbers), _WIDTH), dtype=np.float32)
        order = np.argsort(windows[:, 1] - windows[:, 0], kind="stable")
        for begin in range(0, len(order), _AT_A_TIME):
            chosen = windows[order[begin : begin + _AT_A_TIME]]
            ids, mask = padded([self._alphabet.framed(numbers[first:last]) for first, last in chosen])
            fed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            states = self._session.run(["last_hidden_state"], fed)[0]
            for row, (first, last) in enumerate(chosen):
                found[first:last] = states[row, 1 : last - first + 1]
        return found


class _Alphabet:
    """The encoder's number of each character: one piece a character, never a piece of several."""

    def __init__(self, pieces: Any) -> None:
        self._pieces = pieces
        self._unknown, self._begin, self._end, self.hidden = (
            pieces.token_to_id(name) for name in ("[UNK]", "[CLS]", "[SEP]", "[MASK]")
        )

    def numbers(self, texts: Sequence[str]) -> tuple[Numbers, Numbers]:
        """Return the numbers of all texts' characters, and where each text begins and the last one ends."""
        codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32)
        distinct, which = np.unique(codes, return_inverse=True)
        known = np.array([self._number(chr(code)) for code in distinct.tolist()], dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum([len(text) for text in texts])]).astype(np.int64)
        return known[which] if len(known) else np.zeros(0, np.int64), starts

    def framed(self, numbers: Numbers) -> Numbers:
        """Put the marks of beginning and end around."""
        return np.concatenate([[self._begin], numbers, [self._end]])

    def _number(self, character: str) -> int:
        number = self._pieces.token_to_id(character.lower())
        return self._unknown if number is None else int(number)


def _windows(starts: Numbers) -> Numbers:
    """Return first and last (exclusive) character of each part that is read at once, one row a part."""
    parts = [
        (first, min(first + _WINDOW, end))
        for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
        for first in range(start, end, _WINDOW)
    ]
    return np.array(parts, dtype=np.int64).reshape(-1, 2)


def tune_tags(
    published: Path,
    lessons: Callable[[int], TaggedTexts],
    tags: int,
    folder: Path,
    *,
    progress: Progress,
    rounds: int = ROUNDS,
    threads: int = 2,
) -> TagHead:
    """Tune the encoder to tag characters, together with a chain of tags, and write it.

    Source of the loss: J. Lafferty, A. McCallum, F. Pereira, Conditional random fields, ICML 2001. What is written is
    the running mean of the weights, in 8-bit integers. All that is drawn is drawn from a seed made from the data.

    Args:
        published: folder of the published encoder.
        lessons: gives the texts of each round, the same or varied.
        tags: how many there are.
        folder: where the tuned encoder goes.
        progress: told how many of how many steps are done.
        rounds: how often.
        threads: to use.

    Raises:
        NotFound: the published encoder is not there.
        Unavailable: PyTorch is not installed.
    """
    _libraries()
    from suqiu.models import network as networks

    folder.mkdir(parents=True, exist_ok=True)
    run = _Run(networks, Encoder(published, threads=1), networks.from_onnx(published / MODEL), tags, threads)
    run.go(lessons, rounds, progress)
    networks.to_onnx(run.mean, published / MODEL, folder / MODEL)
    shutil.copyfile(published / TOKENS, folder / TOKENS)
    return TagHead(*(np.ascontiguousarray(part.detach().numpy()) for part in run.mean_head))


class _Run:
    """One tuning, from its first step to its last."""

    def __init__(self, networks: Any, encoder: Encoder, network: Any, tags: int, threads: int) -> None:
        import torch

        self._torch, self._alphabet = torch, _Alphabet(encoder._pieces)
        torch.set_num_threads(threads)
        self.network, self.mean = network, networks.Network()
        self.mean.load_state_dict(network.state_dict())
        shapes = ((_WIDTH, tags), (tags,), (tags,), (tags, tags))
        self._head = [torch.nn.Parameter(torch.zeros(shape)) for shape in shapes]
        self.mean_head = [torch.zeros(shape) for shape in shapes]
        self._drop = torch.nn.Dropout(0.1)
        groups = [{"params": list(network.parameters()), "lr": _RATE}, {"params": self._head, "lr": _HEAD_RATE}]
        self._descent = torch.optim.AdamW(groups, weight_decay=0.01)
        self._done = 0

    def go(self, lessons: Callable[[int], TaggedTexts], rounds: int, progress: Progress) -> None:
        """Go through all rounds."""
        lesson = lessons(0)
        seed = _seed(lesson)
        self._torch.manual_seed(seed)
        steps = rounds * -(-len(lesson.texts) // _ROWS)
        pace = self._torch.optim.lr_scheduler.LambdaLR(self._descent, lambda step: _pace(step, steps))
        self.network.train()
        for number in range(rounds):
            lesson = lesson if number == 0 else lessons(number)
            draw = np.random.default_rng([seed, number])
            for rows in _batches(lesson.texts, draw):
                self._step(*self._laid_out(lesson, rows, draw))
                pace.step()
                self._done += 1
                progress(self._done, steps)

    def _laid_out(self, lesson: TaggedTexts, rows: Numbers, draw: np.random.Generator) -> list[Numbers]:
        """Lay some texts into tables: piece numbers, which are real, places of tags, tags, which of them are real."""
        ids, places, tags = [], [], []
        for row in rows.tolist():
            numbers, _ = self._alphabet.numbers([lesson.texts[row][:_WINDOW]])
            hidden = draw.random(len(numbers)) < _HIDDEN
            ids.append(self._alphabet.framed(np.where(hidden, self._alphabet.hidden, numbers)))
            seen = lesson.places[row] < _WINDOW
            places.append(lesson.places[row][seen] + 1)
            tags.append(lesson.tags[row][seen].astype(np.int64))
        return [*padded(ids), *padded(places), padded(tags)[0]]

    def _step(self, ids: Numbers, mask: Numbers, places: Numbers, there: Numbers, tags: Numbers) -> None:
        torch = self._torch
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.network(torch.from_numpy(ids), torch.from_numpy(mask))
        at = torch.from_numpy(places)[:, :, None].expand(-1, -1, _WIDTH)
        loss = self._loss(torch.gather(states.float(), 1, at), torch.from_numpy(tags), torch.from_numpy(there).bool())
        self._descent.zero_grad()
        loss.backward()
        weights = [*self.network.parameters(), *self._head]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        self._descent.step()
        kept = min(_KEPT, (1 + self._done) / (10 + self._done))
        with torch.no_grad():
            for mean, now in zip([*self.mean.parameters(), *self.mean_head], weights, strict=True):
                mean.lerp_(now, 1 - kept)

    def _loss(self, states: torch.Tensor, tags: torch.Tensor, there: torch.Tensor) -> Any:
        """Return the mean negative log-likelihood of texts' tags, by the forward algorithm."""
        torch = self._torch
        weights, offsets, first, after = self._head
        scores = self._drop(states) @ weights + offsets
        reached = first + scores[:, 0]
        raised = after.exp()
        for step in range(1, scores.shape[1]):
            top = reached.max(dim=1, keepdim=True).values
            came = ((reached - top).exp() @ raised).log() + top + scores[:, step]
            reached = torch.where(there[:, step : step + 1], came, reached)
        steps = (after[tags[:, :-1], tags[:, 1:]] * there[:, 1:]).sum(dim=1)
        own = (scores.gather(2, tags[:, :, None])[:, :, 0] * there).sum(dim=1) + first[tags[:, 0]] + steps
        return (torch.logsumexp(reached, dim=1) - own).mean()


def _pace(step: int, steps: int) -> float:
    """Return the share of the rate: up at the beginning, then down in a line."""
    return min((step + 1) / (_WARM_UP * steps + 1), max(_LEAST_RATE, (steps - step) / steps))


def _batches(texts: Sequence[str], draw: np.random.Generator) -> list[Numbers]:
    """Draw the order of one round: texts of like length together, so that little is padded; empty ones are left out."""
    lengths = np.array([len(text) for text in texts])
    order, batches = draw.permutation(np.flatnonzero(lengths)), []
    for begin in range(0, len(order), _POOL):
        pool = order[begin : begin + _POOL]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches += [pool[at : at + _ROWS] for at in range(0, len(pool), _ROWS)]
    return [batches[number] for number in draw.permutation(len(batches))]


def _seed(lesson: TaggedTexts) -> int:
    print_ = sha256()
    for text, tags in zip(lesson.texts, lesson.tags, strict=True):
        print_.update(text.encode() + np.ascontiguousarray(tags, dtype=np.int64).tobytes() + b"\0")
    return int(print_.hexdigest()[:8], 16)


def _libraries() -> None:
    try:
        import onnx  # noqa: F401
        import torch  # noqa: F401
    except ImportError as error:
        raise Unavailable(
            "models.no_tuning",
            Text("没有安装训练编码器所需的库（PyTorch、onnx）", "PyTorch and onnx, which tune an encoder, are missing"),
            Text(
                "请先安装上述两个库；不训练编码器时，标注模型仍可单独使用",
                "install both; without them a tagger still works by itself",
            ),
        ) from error
