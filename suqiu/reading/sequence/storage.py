"""A tagger on disk: arrays and JSON, nothing that could run code when it is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from suqiu.domain.errors import Conflict, NotFound
from suqiu.domain.text import Text
from suqiu.reading.sequence.chain import Chain
from suqiu.reading.sequence.fitting import MarkWeights
from suqiu.reading.sequence.states import StateLayer
from suqiu.reading.sequence.tagger import SequenceTagger

Arrays = dict[str, npt.NDArray[Any]]

_ARRAYS, _STATEMENT = "tagger.npz", "tagger.json"
#: Raised whenever the meaning of the files, of a mark or of a list that marks rest on changes.
_FORMAT = 2


def save(tagger: SequenceTagger, folder: Path) -> None:
    """Write to a folder, which is made if need be; the same tagger gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays: Arrays = {
        "marks/buckets": tagger.marks.buckets,
        "marks/weights": tagger.marks.weights,
        "chain/first": tagger.chain.first,
        "chain/after": tagger.chain.after,
    }
    for number, layer in enumerate(tagger.layers):
        arrays |= layer_arrays(layer, number)
    statement: dict[str, object] = {
        "format": _FORMAT,
        "names": tagger.names,
        "marks_share": tagger.marks_share,
        "least": tagger.least,
        "sharpness": tagger.sharpness,
        "encoders": [layer.fingerprint for layer in tagger.layers],
    }
    with (folder / _ARRAYS).open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    # Last, so that a folder with a statement is whole.
    (folder / _STATEMENT).write_text(json.dumps(statement, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def load(folder: Path) -> SequenceTagger:
    """Read back what `save` wrote.

    Raises:
        NotFound: the folder holds no tagger.
        Conflict: it was written by another version of Suqiu.
    """
    if not (folder / _STATEMENT).is_file():
        raise NotFound(
            "reading.no_tagger",
            Text("{folder}中没有要素标注模型", "{folder} holds no tagger").fill(folder=folder),
            Text("请先训练要素标注模型", "learn one first"),
        )
    statement = json.loads((folder / _STATEMENT).read_text(encoding="utf-8"))
    if statement["format"] != _FORMAT:
        raise Conflict(
            "reading.other_tagger",
            Text(
                "{folder}中的要素标注模型由其他版本生成", "another version of Suqiu wrote the tagger in {folder}"
            ).fill(folder=folder),
            Text("请重新训练要素标注模型", "learn it again"),
        )
    with np.load(folder / _ARRAYS, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    names = tuple(statement["names"])
    return SequenceTagger(
        names,
        MarkWeights(arrays["marks/buckets"], arrays["marks/weights"]),
        Chain(arrays["chain/first"], arrays["chain/after"]),
        tuple(layer_from(arrays, number, names, encoder) for number, encoder in enumerate(statement["encoders"])),
        statement["marks_share"],
        statement["least"],
        statement["sharpness"],
    )


def layer_arrays(layer: StateLayer, number: int) -> Arrays:
    """Return the arrays of a layer by name; `number` tells layers apart."""
    return {
        f"layer/{number}/weights": layer.weights,
        f"layer/{number}/offsets": layer.offsets,
        f"layer/{number}/first": layer.chain.first,
        f"layer/{number}/after": layer.chain.after,
    }


def layer_from(arrays: Arrays, number: int, names: tuple[str, ...], fingerprint: str) -> StateLayer:
    """Build a layer from what `layer_arrays` returned."""
    weights, offsets, first, after = (
        arrays[f"layer/{number}/{name}"] for name in ("weights", "offsets", "first", "after")
    )
    return StateLayer(names, weights, offsets, Chain(first, after), fingerprint)
