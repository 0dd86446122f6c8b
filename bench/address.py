"""How well the parts of real addresses are named, and how fast: the tagger alone, with an encoder, and a peer.

`python -m bench.address` learns from `address_elements_train.txt.gz` and judges by `address_elements_dev.txt.gz` in the
folder SUQIU_DATA (default ../shared/data); it says so where they are absent. A part is right when its ends and its type
are; F1 is over all parts, with a 95 % interval from draws of whole addresses. `--encoder FOLDER` (the published
encoder, as `make encoder` puts it) tunes that encoder first and keeps it in `--tuned FOLDER`, or takes it from there;
with several folders it is tuned once for each, every time with other variations of the addresses, and all are read side
by side. This needs PyTorch and onnx and takes about a quarter of an hour each on one idle core. `--peer` compares with
CRFsuite where it is installed.
"""

from __future__ import annotations

import argparse
import gzip
import os
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from suqiu.domain.errors import SuqiuError
from suqiu.reading.sequence import CharacterStates, SequenceTagger, Spans, StateLayer, lesson, varied
from suqiu.reading.sequence.chain import Chain

Tagged = tuple[list[str], list[list[str]]]

#: Draws for an interval.
_DRAWS = 1_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn, tag, judge and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--learn", type=int, default=0, help="addresses to learn from, 0 for all")
    options.add_argument("--encoder", type=Path, help="folder of the published encoder")
    options.add_argument("--tuned", type=Path, nargs="+", help="a folder for each tuned one; made where missing")
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--peer", action="store_true")
    given = options.parse_args(arguments)
    folder = Path(os.environ.get("SUQIU_DATA", "../shared/data"))
    files = [folder / f"address_elements_{part}.txt.gz" for part in ("train", "dev")]
    if not all(path.is_file() for path in files):
        print(f"addresses with tags are not in {folder}; set SUQIU_DATA to the folder that holds them")
        return
    (texts, tags), fresh = (tagged(path) for path in files)
    texts, tags = texts[: given.learn or None], tags[: given.learn or None]
    truth = parts_of(fresh[1])
    started = time.perf_counter()
    tagger = SequenceTagger.learn(pa.array(texts), tags)
    print(f"learned from {len(texts):,} addresses in {time.perf_counter() - started:.0f} s", flush=True)
    judge("tagger alone", fresh[0], truth, tagger)
    if given.peer:
        peer((texts, tags), fresh, truth)
    if given.encoder is not None and given.tuned is not None:
        encoders = [
            tuned(tagger, (texts, tags), given.encoder, folder, given.rounds, number)
            for number, folder in enumerate(given.tuned)
        ]
        layers, states = zip(*encoders, strict=True)
        for number, layer in enumerate(layers):
            judge(f"encoder {number + 1} alone", fresh[0], truth, tagger.beside(layer, marks_share=0), states[number])
        both = tagger.beside(*layers)
        judge("tagger and encoders", fresh[0], truth, both, *states)
        cross_calibrated(both, fresh, truth, states)


def tagged(path: Path) -> Tagged:
    """Read lines of piece and tag, addresses apart by an empty line; a damaged address is left out and counted."""
    texts, tags, damaged = [], [], 0
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for block in _blocks(lines):
            cells = [line.rsplit(" ", 1) for line in block]
            if any(len(cell) != 2 or not cell[0] or "-" not in cell[1] for cell in cells):
                damaged += 1
                continue
            texts.append("".join(text for text, _ in cells))
            tags.append([tag for text, first in cells for tag in _spread(text, first)])
    print(f"{path.name}: {len(texts):,} addresses, {damaged} damaged ones left out")
    return texts, tags


def _blocks(lines: Iterator[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in lines:
        if line.strip():
            block.append(line.rstrip("\n"))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _spread(text: str, tag: str) -> list[str]:
    return [tag] + ["I" + tag[1:]] * (len(text) - 1)


def parts_of(tags: Sequence[Sequence[str]]) -> set[tuple[int, int, int, str]]:
    """Return address, start, length and type of every part."""
    found, begun = set(), 0
    for row, row_tags in enumerate(tags):
        kind = ""
        for at, tag in enumerate([*row_tags, "O"]):
            if kind and (tag[0] != "I" or tag[2:] != kind):
                found.add((row, begun, at - begun, kind))
                kind = ""
            if not kind and tag != "O":
                begun, kind = at, tag[2:]
    return found


def parts_found(spans: Spans) -> set[tuple[int, int, int, str]]:
    """Return address, start, length and type of every span."""
    columns = spans.table().to_pydict()
    return set(zip(columns["row"], columns["start"], columns["length"], columns["type"], strict=True))


def judge(
    name: str,
    texts: list[str],
    truth: set[tuple[int, int, int, str]],
    tagger: SequenceTagger,
    *states: CharacterStates,
) -> None:
    """Print how well and how fast, each type, and how far confidence can be believed."""
    array = pa.array(texts)
    tagger.tag(array[:10], *states)
    started = time.process_time(), time.perf_counter()
    spans = tagger.tag(array, *states)
    cpu, wall = time.process_time() - started[0], time.perf_counter() - started[1]
    found = parts_found(spans)
    report(name, truth, found, len(texts))
    print(f"  {len(texts) / cpu:,.0f} addresses a second of processor time ({len(texts) / wall:,.0f} of clock time)")
    right = np.array([part in truth for part in zip(*_columns(spans), strict=True)])
    print(f"  confidence: mean {spans.confidences.mean():.3f}, right {right.mean():.3f}; in tenths", end="")
    for low in np.arange(0.0, 1.0, 0.1):
        here = (spans.confidences > low) & (spans.confidences <= low + 0.1)
        print(f" {right[here].mean():.2f}({here.sum()})" if here.any() else " -", end="")
    print("\n  types (F1, parts):", end="")
    for kind in sorted({part[3] for part in truth}, key=lambda kind: -sum(part[3] == kind for part in truth)):
        stated, answered = ({part for part in parts if part[3] == kind} for parts in (truth, found))
        print(f" {kind} {2 * len(stated & answered) / (len(stated) + len(answered)):.3f} ({len(stated)})", end="")
    print(flush=True)


def cross_calibrated(
    tagger: SequenceTagger, fresh: Tagged, truth: set[tuple[int, int, int, str]], states: Sequence[CharacterStates]
) -> None:
    """Judge each half of the addresses after calibration by the other half."""
    found, believed, right = set(), 0.0, 0
    for half in (0, 1):
        others = [(text, tags) for row, (text, tags) in enumerate(zip(*fresh, strict=True)) if row % 2 != half]
        own = pa.array([text if row % 2 == half else None for row, text in enumerate(fresh[0])], pa.string())
        texts, tags = zip(*others, strict=True)
        calibrated = tagger.calibrated(pa.array(texts), tags, *states)
        print(f"half {half + 1}: sharpness {calibrated.sharpness} from the other half")
        spans = calibrated.tag(own, *states)
        parts = parts_found(spans)
        found |= parts
        believed += float(spans.confidences.sum())
        right += len(parts & truth)
    report("tagger and encoders, calibrated", truth, found, len(fresh[0]))
    print(f"  confidence: mean {believed / len(found):.3f}, right {right / len(found):.3f}", flush=True)


def _columns(spans: Spans) -> list[list[Any]]:
    return [spans.table().column(name).to_pylist() for name in ("row", "start", "length", "type")]


def report(name: str, truth: set[tuple[int, int, int, str]], found: set[tuple[int, int, int, str]], rows: int) -> None:
    """Print precision, recall and F1 with the interval of draws of whole addresses."""
    counts = np.zeros((rows, 3))
    for column, parts in enumerate((truth & found, truth, found)):
        counts[:, column] = np.bincount([part[0] for part in parts], minlength=rows)
    draw = np.random.default_rng([rows, len(truth)])
    drawn = np.stack([counts[draw.integers(0, rows, rows)].sum(axis=0) for _ in range(_DRAWS)])
    low, high = np.percentile(_f1(drawn), [2.5, 97.5])
    right, stated, answered = counts.sum(axis=0)
    print(f"{name}: F1 {_f1(counts.sum(axis=0)[None])[0]:.4f} [{low:.4f}, {high:.4f}]", end="")
    print(f"  precision {right / answered:.4f}  recall {right / stated:.4f}  ({rows:,} addresses, {stated:,.0f} parts)")


def _f1(counts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return 2 * counts[:, 0] / (counts[:, 1] + counts[:, 2])


def tuned(
    tagger: SequenceTagger, given: Tagged, published: Path, folder: Path, rounds: int, number: int
) -> tuple[StateLayer, Any]:
    """Tune the encoder for the tagger's types, or take it from where an earlier run put it."""
    from suqiu.models.tagging import EncoderStates, tune_tags

    head, started = folder / "head.npz", time.perf_counter()
    if not head.is_file():

        def told(done: int, steps: int) -> None:
            if done % 100 == 0:
                print(f"  {done}/{steps} steps, {time.perf_counter() - started:.0f} s", flush=True)

        learned = tune_tags(
            published,
            lambda round_: lesson(*varied(*given, number * rounds + round_), tagger.names),
            2 * len(tagger.names) + 1,
            folder,
            progress=told,
            rounds=rounds,
            threads=1,
        )
        np.savez(head, weights=learned.weights, offsets=learned.offsets, first=learned.first, after=learned.after)
        print(f"tuned the encoder in {time.perf_counter() - started:.0f} s")
    states = EncoderStates(folder, threads=1)
    with np.load(head) as kept:
        chain = Chain(kept["first"], kept["after"])
        return StateLayer(tagger.names, kept["weights"], kept["offsets"], chain, states.fingerprint), states


def peer(given: Tagged, fresh: Tagged, truth: set[tuple[int, int, int, str]]) -> None:
    """Judge CRFsuite with single characters, pairs and triples around each character."""
    try:
        pycrfsuite = import_module("pycrfsuite")
    except ImportError:
        print("CRFsuite is not installed (python-crfsuite); no peer to compare with")
        return
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params({"c1": 0.1, "c2": 0.1, "max_iterations": 80, "feature.possible_transitions": True})
    for text, tags in zip(*given, strict=True):
        trainer.append(_seen(text), tags)
    started = time.perf_counter()
    path = "/tmp/suqiu-bench-address.crfsuite"  # noqa: S108
    trainer.train(path)
    learned = time.perf_counter() - started
    judge_ = pycrfsuite.Tagger()
    judge_.open(path)
    started = time.perf_counter()
    tags = [judge_.tag(_seen(text)) for text in fresh[0]]
    seconds = time.perf_counter() - started
    Path(path).unlink()
    report("CRFsuite", truth, parts_of(tags), len(tags))
    print(f"  learned in {learned:.0f} s; {len(tags) / seconds:,.0f} addresses a second of clock time")


def _seen(text: str) -> list[list[str]]:
    around = [*"^^^", *("0" if character.isdigit() else character for character in text), *"$$$"]
    runs = [(first, last) for first in range(-3, 4) for last in range(first, min(first + 3, 4))]
    return [
        [f"{first}:{last}:{''.join(around[at + 3 + first : at + 4 + last])}" for first, last in runs]
        for at in range(len(text))
    ]


if __name__ == "__main__":
    try:
        main()
    except SuqiuError as error:
        print(f"{error.message.en}; {error.hint.en}")
