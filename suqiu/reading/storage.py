"""What was learned, on disk: arrays and JSON, nothing that could run code when it is read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from suqiu.domain.city import City
from suqiu.domain.claim import Aspect
from suqiu.domain.errors import Conflict, NotFound
from suqiu.domain.text import Text
from suqiu.reading.calibration import Calibration
from suqiu.reading.catalogue import Heard
from suqiu.reading.classify import Classifier, Score
from suqiu.reading.features import Vocabulary
from suqiu.reading.linear import LinearModel
from suqiu.reading.tree import Branching, Tree, ancestors_of

Arrays = dict[str, npt.NDArray[Any]]

_ARRAYS, _STATEMENT = "weights.npz", "reader.json"
#: Raised whenever the meaning of the files changes.
_FORMAT = 1


@dataclass(frozen=True)
class Learned:
    """All that was learned from a city's history; empty for a city without one 学习成果.

    Attributes:
        vocabulary: None when nothing was learned.
        classifiers: by aspect; an aspect that is missing is read by the duty catalogue.
        labelled: orders of the history with a known label, by aspect.
        heard: how common pieces of text are in the history; None without one.
    """

    vocabulary: Vocabulary | None = None
    classifiers: Mapping[Aspect, Classifier] = field(default_factory=dict)
    labelled: Mapping[Aspect, int] = field(default_factory=dict)
    heard: Heard | None = None

    @cached_property
    def versions(self) -> Mapping[Aspect, str]:
        """Fingerprint of each classifier's weights and of the vocabulary they are for."""
        return {
            aspect: _fingerprint(_vocabulary_arrays(self.vocabulary) | _tree_arrays(aspect, model), _statement(model))
            for aspect, model in self.classifiers.items()
        }

    @cached_property
    def version(self) -> str:
        """Fingerprint of all that was learned."""
        return _fingerprint(_heard_arrays(self.heard), dict(self.versions))


def save(learned: Learned, city_version: str, folder: Path) -> None:
    """Write to a folder, which is made if need be; the same learning gives the same bytes.

    Args:
        learned: what to write.
        city_version: of the city pack it was learned for.
        folder: where to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    arrays = _vocabulary_arrays(learned.vocabulary) | _heard_arrays(learned.heard)
    for aspect, model in learned.classifiers.items():
        arrays |= _tree_arrays(aspect, model)
    statement = {
        "format": _FORMAT,
        "city_version": city_version,
        "labelled": dict(sorted(learned.labelled.items())),
        "classifiers": {aspect: _statement(model) for aspect, model in sorted(learned.classifiers.items())},
    }
    with (folder / _ARRAYS).open("wb") as file:
        np.savez_compressed(file, **dict(sorted(arrays.items())))  # type: ignore[arg-type]
    # Last, so that a folder with a statement is whole.
    (folder / _STATEMENT).write_text(json.dumps(statement, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def load(folder: Path, city: City) -> Learned:
    """Read back what `save` wrote.

    Raises:
        NotFound: the folder holds no reader.
        Conflict: it was learned for another state of the city pack, or written by another version of Suqiu.
    """
    if not (folder / _STATEMENT).is_file():
        raise NotFound(
            "reading.no_reader",
            Text("{folder}中没有研判模型", "{folder} holds no reader").fill(folder=folder),
            Text("请重新运行研判阶段以训练模型", "run the reading stage again to train one"),
        )
    statement = json.loads((folder / _STATEMENT).read_text(encoding="utf-8"))
    if (statement["format"], statement["city_version"]) != (_FORMAT, city.version):
        raise Conflict(
            "reading.other_city_pack",
            Text(
                "{folder}中的研判模型不是按当前城市数据包训练的",
                "the reader in {folder} was not learned for the city pack as it is now",
            ).fill(folder=folder),
            Text("请重新运行研判阶段以重新训练", "run the reading stage again to train it anew"),
        )
    with np.load(folder / _ARRAYS, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    buckets = arrays.get("vocabulary/buckets")
    return Learned(
        None if buckets is None else Vocabulary(buckets, arrays["vocabulary/weights"]),
        {Aspect(name): _classifier(Aspect(name), said, arrays) for name, said in statement["classifiers"].items()},
        {Aspect(name): count for name, count in statement["labelled"].items()},
        Heard(int(arrays["heard/texts"]), arrays["heard/found_in"]) if "heard/texts" in arrays else None,
    )


def _vocabulary_arrays(vocabulary: Vocabulary | None) -> Arrays:
    if vocabulary is None:
        return {}
    return {"vocabulary/buckets": vocabulary.buckets, "vocabulary/weights": vocabulary.weights}


def _heard_arrays(heard: Heard | None) -> Arrays:
    return {} if heard is None else {"heard/texts": np.array(heard.texts), "heard/found_in": heard.found_in}


def _tree_arrays(aspect: Aspect, model: Classifier) -> Arrays:
    arrays: Arrays = {}
    for parent, branching in model.tree.branchings.items():
        name = f"{aspect.value}/{parent}"
        arrays[f"{name}/children"] = branching.children
        if branching.model is not None:
            arrays[f"{name}/columns"] = branching.model.columns
            arrays[f"{name}/weights"] = branching.model.weights
    return arrays


def _statement(model: Classifier) -> dict[str, object]:
    return {
        "labels": list(model.labels),
        "sharpness": model.tree.sharpness,
        "calibrations": [asdict(calibration) for calibration in model.calibrations],
        "ranks": model.ranks,
        "learned_from": model.learned_from,
        "scores": [asdict(score) for score in model.scores],
    }


def _classifier(aspect: Aspect, said: Mapping[str, Any], arrays: Arrays) -> Classifier:
    branchings = {}
    for name, children in arrays.items():
        of, _, rest = name.partition("/")
        if of == aspect.value and rest.endswith("/children"):
            parent = rest.removesuffix("/children")
            columns = arrays.get(f"{of}/{parent}/columns")
            model = None if columns is None else LinearModel(columns, arrays[f"{of}/{parent}/weights"])
            branchings[int(parent)] = Branching(children, model)
    return Classifier(
        aspect,
        tuple(said["labels"]),
        Tree(ancestors_of(said["labels"]), branchings, said["sharpness"]),
        tuple(Calibration(**calibration) for calibration in said["calibrations"]),
        said["ranks"],
        said["learned_from"],
        tuple(Score(**score) for score in said["scores"]),
    )


def _fingerprint(arrays: Arrays, statement: Mapping[Any, object]) -> str:
    print_ = sha256(json.dumps(statement, sort_keys=True).encode())
    for name, array in sorted(arrays.items()):
        print_.update(f"{name}{array.shape}{array.dtype}".encode())
        print_.update(np.ascontiguousarray(array).tobytes())
    return print_.hexdigest()[:12]
