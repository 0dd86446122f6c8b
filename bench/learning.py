"""Our linear learner against scikit-learn's, on the same vectors of a simulated half-year.

`python -m bench.learning` learns the department of 30,000 orders from character 1-3-grams with each, and judges by the
newest 10,000; it prints seconds, accuracy and ratios. Why the learner is ours: docs/decisions/0009-linear-learner.md.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.svm import LinearSVC

from bench.main_job import simulated
from suqiu.reading.linear import fit_linear


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn and judge with each learner."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--orders", type=int, default=50_000)
    options.add_argument("--learn", type=int, default=30_000)
    given = options.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="suqiu-bench-") as folder:
        export = simulated(Path(folder), given.orders)
        with (export / "orders.csv").open(encoding="utf-8-sig", newline="") as handle:
            rows = [row for row in csv.DictReader(handle) if row["承办单位"] and row["诉求内容"]]
    rows.sort(key=lambda row: row["受理时间"])
    _, labels = np.unique([row["承办单位"] for row in rows], return_inverse=True)
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), max_features=65_536, dtype=np.float32)
    old = vectorizer.fit_transform(row["诉求内容"] for row in rows[: given.learn])
    new = vectorizer.transform(row["诉求内容"] for row in rows[given.learn : given.learn + 10_000])
    learn, judge = labels[: given.learn], labels[given.learn : given.learn + 10_000]
    classes = int(labels.max()) + 1

    def ours() -> np.ndarray:
        return np.asarray(fit_linear(old, learn.astype(np.int64), classes).scores(new).argmax(axis=1))

    def svm() -> np.ndarray:
        return np.asarray(LinearSVC().fit(old, learn).predict(new))

    def sgd() -> np.ndarray:
        return np.asarray(SGDClassifier(loss="squared_hinge", random_state=0, n_jobs=2).fit(old, learn).predict(new))

    first: tuple[float, float] | None = None
    learners: list[tuple[str, Callable[[], np.ndarray]]] = [("suqiu", ours), ("LinearSVC", svm), ("SGDClassifier", sgd)]
    for name, learner in learners:
        started = time.perf_counter()
        accuracy = float((learner() == judge).mean())
        seconds = time.perf_counter() - started
        first = first or (seconds, accuracy)
        print(
            f"{given.learn:,} texts, {classes} departments  {name:14} {seconds:6.1f} s  right {accuracy:.4f}"
            f"  time against ours {seconds / first[0]:.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
