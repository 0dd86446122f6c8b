"""A model on disk: arrays, JSON and an encoder's files; nothing that could run code when it is read."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from suqiu.domain.errors import Conflict, InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.reading.features import Vocabulary
from suqiu.reading.labelling.combining import Combination, Confidence
from suqiu.reading.labelling.deep import DeepLearner
from suqiu.reading.labelling.model import LabelModel
from suqiu.reading.linear import LinearModel

STATEMENT, _ARRAYS, ENCODER = "model.json", "weights.npz", "encoder"
#: Raised whenever the meaning of the files changes.
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Origin:
    """What a model was made from 模型来源.

    Attributes:
        text, label, time: names of the columns; label has one a level; time empty where there was none.
        teachers: names of the columns that taught the encoder.
        data: fingerprint of the examples.
        examples, held_out: how many there were, and how many of them judged.
        split: how those were chosen.
        first, last: the examples' first and last time as written; empty without.
        encoder: what the encoder was before; empty without.
        code: version of Suqiu.
    """

    text: tuple[str, ...]
    label: tuple[str, ...]
    time: str
    teachers: tuple[str, ...]
    data: str
    examples: int
    held_out: int
    split: str
    first: str
    last: str
    encoder: str
    code: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A model with what is known about it.

    Attributes:
        model: ready to answer.
        origin: what it was made from.
        version: fingerprint of its weights.
    """

    model: LabelModel
    origin: Origin
    version: str


def save(model: LabelModel, origin: Origin, folder: Path) -> str:
    """Write a model; the encoder's files, if any, are already in `folder / ENCODER`.

    Returns:
        The model's version.
    """
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, npt.NDArray[Any]] = {
        "vocabulary/buckets": model.vocabulary.buckets,
        "vocabulary/weights": model.vocabulary.weights,
        "linear/columns": model.linear.columns,
        "linear/weights": model.linear.weights,
        "log_prior": model.log_prior,
    }
    said = {
        "format": _FORMAT,
        "task": model.task,
        "labels": list(model.labels),
        "levels": model.levels,
        "keep_hints": model.keep_hints,
        "deep": None if model.deep is None else model.deep.fingerprint,
        "combination": asdict(model.combination),
        "confidence": asdict(model.confidence),
        "thresholds": {str(wanted): threshold for wanted, threshold in sorted(model.thresholds.items())},
        "wanted": model.wanted,
        "origin": asdict(origin),
    }
    version = _version(said, arrays)
    with (folder / _ARRAYS).open("wb") as file:
        np.savez_compressed(file, **dict(sorted(arrays.items())))  # type: ignore[arg-type]
    # Last, so that a folder with a statement is whole.
    text = json.dumps({**said, "version": version}, ensure_ascii=False, indent=1) + "\n"
    (folder / STATEMENT).write_text(text, encoding="utf-8")
    return version


def load(folder: Path, learner: DeepLearner | None) -> Kept:
    """Read back what `save` wrote.

    Args:
        folder: of the model.
        learner: reads the encoder back; None where none can be run: then a model with one is refused.

    Raises:
        NotFound: the folder holds no model.
        InvalidInput: its statement or its weights are damaged.
        Conflict: another version of Suqiu wrote it, or its encoder is not the one it was saved with.
    """
    said = _statement(folder)
    arrays = _arrays(folder, said)
    deep = None
    if said["deep"] is not None:
        if learner is None:
            raise Conflict(
                "reading.needs_encoder",
                Text("{folder}中的模型需要句子编码器", "the model in {folder} needs the encoder").fill(folder=folder),
                Text("请运行 make encoder 安装", "run make encoder to install it"),
            )
        deep = learner.load(folder / ENCODER)
        if deep.fingerprint != said["deep"]:
            raise Conflict(
                "reading.other_encoder",
                Text("{folder}中的编码器文件已变动", "the encoder's files in {folder} were changed").fill(
                    folder=folder
                ),
                Text("请恢复原文件，或重新训练", "restore the files, or train again"),
            )
    model = LabelModel(
        said["task"],
        tuple(said["labels"]),
        said["levels"],
        said["keep_hints"],
        Vocabulary(arrays["vocabulary/buckets"], arrays["vocabulary/weights"]),
        LinearModel(arrays["linear/columns"], arrays["linear/weights"]),
        deep,
        arrays["log_prior"],
        Combination(tuple(said["combination"]["weights"]), said["combination"]["prior"]),
        Confidence(tuple(said["confidence"]["weights"])),
        {float(wanted): threshold for wanted, threshold in said["thresholds"].items()},
        said["wanted"],
    )
    origin = said["origin"]
    for name in ("text", "label", "teachers"):
        origin[name] = tuple(origin[name])
    return Kept(model, Origin(**origin), said["version"])


def _statement(folder: Path) -> Mapping[str, Any]:
    path = folder / STATEMENT
    if not path.is_file():
        raise NotFound(
            "reading.no_model",
            Text("{folder}中没有模型", "{folder} holds no model").fill(folder=folder),
            Text("请先用 suqiu train 训练", "train one with suqiu train"),
        )
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _damaged(path) from error
    if not isinstance(said, dict):
        raise _damaged(path)
    if said.get("format") != _FORMAT:
        raise Conflict(
            "reading.other_model_format",
            Text("{folder}中的模型由其他版本写成", "another version wrote the model in {folder}").fill(folder=folder),
            Text("请用本版本重新训练", "train it again with this version"),
        )
    return dict(said)


def _arrays(folder: Path, said: Mapping[str, Any]) -> dict[str, npt.NDArray[Any]]:
    """Read the weights; refuse those that the statement does not speak of."""
    path = folder / _ARRAYS
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, BadZipFile, zlib.error) as error:
        raise _damaged(path) from error
    if _version({name: value for name, value in said.items() if name != "version"}, arrays) != said.get("version"):
        raise _damaged(path)
    return arrays


def _version(said: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> str:
    print_ = sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode())
    for name, array in sorted(arrays.items()):
        print_.update(f"{name}{array.shape}{array.dtype}".encode() + np.ascontiguousarray(array).tobytes())
    return print_.hexdigest()[:12]


def _damaged(path: Path) -> InvalidInput:
    return InvalidInput(
        "reading.damaged_model",
        Text("{path}已损坏", "{path} is damaged").fill(path=path),
        Text("请重新训练，或从备份恢复", "train again, or restore it from a copy"),
    )
