"""A trained model against the peer that everyone can write: character 1-3-gram TF-IDF and a linear SVM.

`python -m bench.dispatch --model DIR` takes the table that the model was trained on (haikou_dispatch.csv.gz in the
folder SUQIU_DATA, default ../shared/data; another by --source), teaches scikit-learn on the same older examples and
asks it about the same newest ones that judged the model, then prints both and their difference with p-values.
No text of the table is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from suqiu import labelled
from suqiu.evaluation.comparison import Comparison, compare
from suqiu.evaluation.runlog import RunLog, read_run_log, run_log
from suqiu.evaluation.scorecard import score
from suqiu.intake.sources import open_source
from suqiu.reading.labelling import storage
from suqiu.reading.labelling.examples import Examples

MEASURED = ("accuracy", "top_3", "coverage")
#: Margins of an SVM are small numbers: this factor makes shares of them that tell sure from unsure.
SHARPNESS = 4.0
_RANKS = 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Teach the peer and compare."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--model", type=Path, required=True, help="folder that suqiu train wrote")
    options.add_argument("--source", help="the table that it was trained on")
    options.add_argument("--wanted", type=float, default=0.95)
    given = options.parse_args(arguments)
    source = given.source or str(Path(os.environ.get("SUQIU_DATA", "../shared/data")) / "haikou_dispatch.csv.gz")
    if not Path(source).exists():
        print(f"{source} is absent: nothing is measured")
        return
    ours = read_run_log(given.model / labelled.HELD)
    started = time.perf_counter()
    theirs = peer(ours, learned_from(given.model, source))
    print(f"peer learned and answered in {time.perf_counter() - started:.0f} s")
    show(ours, theirs, compare(theirs, ours, given.wanted), given.wanted)


def learned_from(model: Path, source: str) -> Examples:
    """Return the examples that a model was made from, in the same order."""
    # The statement says it all: neither weights nor encoder are needed here.
    said = json.loads((model / storage.STATEMENT).read_text(encoding="utf-8"))
    origin = said["origin"]
    columns = labelled.Columns(tuple(origin["text"]), tuple(origin["label"]), origin["time"] or None)
    examples, _ = labelled._examples(open_source(source), columns, said["keep_hints"])
    assert examples.fingerprint == origin["data"], "this is not the table that the model was trained on"
    return examples


def peer(ours: RunLog, examples: Examples) -> RunLog:
    """Teach the peer on the older examples; return its answers about the newer as a record of the same samples."""
    held = examples.held_out()
    older, newer = examples.take(~held), examples.take(held)
    samples = ours.samples
    assert samples["truth"].combine_chunks().equals(newer.labels), "other samples judged the model"
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    machine = LinearSVC(C=1.0, random_state=0)
    machine.fit(vectors.fit_transform(older.texts.to_pylist()), older.labels.to_pylist())
    margins = machine.decision_function(vectors.transform(newer.texts.to_pylist()))
    if margins.ndim == 1:  # of two labels only the second has a margin
        margins = np.stack([-margins, margins], axis=1)
    labels, confidences = ranked(margins, [str(label) for label in machine.classes_])
    header = replace(ours.header, model="TF-IDF + LinearSVC", model_version="scikit-learn")
    return run_log(
        header,
        sample=samples["sample"],
        group=samples["group"],
        truth=samples["truth"],
        labels=labels,
        confidences=confidences,
    )


def ranked(margins: npt.NDArray[np.float64], classes: Sequence[str]) -> tuple[pa.Array, pa.Array]:
    """Return the first labels of each row and how sure each is: a softmax of the margins."""
    ranks = min(_RANKS, margins.shape[1])
    first = np.argsort(-margins, axis=1, kind="stable")[:, :ranks]
    shares = np.exp(SHARPNESS * (margins - margins.max(axis=1, keepdims=True)))
    shares /= shares.sum(axis=1, keepdims=True)
    offsets = pa.array(np.arange(len(margins) + 1) * ranks, pa.int32())
    names = pa.array(classes, pa.string()).take(pa.array(first.ravel()))
    sure = pa.array(np.take_along_axis(shares, first, axis=1).ravel())
    return pa.ListArray.from_arrays(offsets, names), pa.ListArray.from_arrays(offsets, sure)


def show(ours: RunLog, theirs: RunLog, found: Comparison, wanted: float) -> None:
    """Print each run's figures and the difference."""
    for log in (theirs, ours):
        print(f"{log.header.model} {log.header.model_version}, {log.header.split}, n {len(log.samples):,}")
        for figure in score(log, wanted).variants[0].figures:
            if figure.measure in MEASURED and figure.value is not None and figure.interval is not None:
                ends = figure.interval
                print(f"  {figure.measure:9} {figure.value:.3f} [{ends.lower:.3f}, {ends.upper:.3f}]")
    print("ours less the peer's, paired, coverage at", wanted)
    for name in MEASURED:
        row = found.differences[name]
        if row.difference is not None and row.interval is not None:
            ends = row.interval
            print(f"  {name:9} {row.difference:+.3f} [{ends.lower:+.3f}, {ends.upper:+.3f}]  p {row.p}")
    if found.mcnemar is not None:
        test = found.mcnemar
        print(f"  only the peer right {test.only_first}, only ours {test.only_second}, McNemar p {test.p:.2g}")


if __name__ == "__main__":
    main()
