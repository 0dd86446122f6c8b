"""Learning to read from a city's own history, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from suqiu.domain.city import City
from suqiu.domain.claim import Aspect
from suqiu.reading import classify
from suqiu.reading.catalogue import Heard
from suqiu.reading.classify import Classifier, Labelled
from suqiu.reading.features import Vocabulary, counted, learn_vocabulary
from suqiu.reading.linear import columns_of
from suqiu.reading.pipeline import Reader, said_in
from suqiu.reading.place import PlaceFinder
from suqiu.reading.sampling import LEARNED, Flags, Numbers, Part, Sampling, label_numbers, labels_of, sample
from suqiu.reading.storage import Learned

Batches = Callable[[], Iterable[pa.RecordBatch]]
Progress = Callable[[int, int], None]

#: Pieces of text that the models look at: measured on real orders, twice as many do no better.
_PIECES = 1 << 16
#: How many departments are suggested for an order.
_DEPARTMENTS = 3


@dataclass(frozen=True, slots=True)
class _History:
    """The orders chosen from a history.

    Attributes:
        counts: pieces of text, one row an order.
        parts: the `Part` of each.
        labels: for each aspect the label number, -1 where the order is not used for it.
        heard: whether the order shows how citizens speak.
    """

    counts: sp.csr_matrix
    parts: Numbers
    labels: Mapping[Aspect, Numbers]
    heard: Flags


def learn(batches: Batches, city: City, *, progress: Progress) -> Reader:
    """Train a reader on the oldest four-fifths of the labelled orders and judge it by the newest fifth.

    An aspect with fewer labelled orders than the city's `reading.min_history`, or with a single
    label among the older ones, is left to the duty catalogue.

    Args:
        batches: gives the history anew at each call: `ORDERS` rows, sorted by time.
        city: whose orders they are.
        progress: told how many of how many steps are done.

    Raises:
        KeyError: the city pack lacks a weight that reading needs.
    """
    labels = labels_of(city)
    least, accept_share = city.weight("reading.min_history"), city.weight("reading.accept_share")
    steps = 3 + len(LEARNED)
    progress(0, steps)
    sampling = sample(batches(), labels)
    progress(1, steps)
    wanted = [aspect for aspect in LEARNED if sampling.labelled[aspect] >= max(1.0, least)]
    if not len(sampling.parts):
        progress(steps, steps)
        return Reader(city, Learned(labelled=sampling.labelled))
    history = _gather(batches(), city, sampling, labels)
    heard = _heard(history)
    progress(2, steps)
    if not wanted:
        progress(steps, steps)
        return Reader(city, Learned(labelled=sampling.labelled, heard=heard))
    learning = np.flatnonzero(history.parts != Part.TEST)
    vocabulary = learn_vocabulary(history.counts[learning], at_most=_PIECES)
    vectors = vocabulary.weighed(columns_of(history.counts, vocabulary.buckets))
    progress(3, steps)
    classifiers = {}
    for done, aspect in enumerate(LEARNED, start=4):
        if aspect in wanted:
            fitted = _fit(aspect, labels[aspect], history, vectors, accept_share)
            if fitted is not None:
                classifiers[aspect] = fitted
        progress(done, steps)
    kept: Vocabulary | None = vocabulary if classifiers else None
    return Reader(city, Learned(kept, classifiers, sampling.labelled, heard))


def _gather(
    batches: Iterable[pa.RecordBatch], city: City, sampling: Sampling, labels: Mapping[Aspect, tuple[str, ...]]
) -> _History:
    """Read the chosen orders in a second pass."""
    finder = PlaceFinder(city)
    used = np.logical_or.reduce([sampling.heard, *(sampling.chosen[aspect] for aspect in LEARNED)])
    counts, at = [], 0
    numbers: dict[Aspect, list[Numbers]] = {aspect: [] for aspect in LEARNED}
    for batch in batches:
        rows = np.flatnonzero(used[at : at + len(batch)])
        chosen = batch.take(pa.array(rows))
        said = said_in(chosen)
        counts.append(counted(said, finder.locate(chosen, said).levels[:2]))
        for aspect, found in numbers.items():
            known = label_numbers(chosen.column(aspect.value), labels[aspect])
            found.append(np.where(sampling.chosen[aspect][at + rows], known, -1))
        at += len(batch)
    together = {aspect: np.concatenate(found) for aspect, found in numbers.items()}
    return _History(
        sp.vstack(counts, format="csr"), sampling.parts[used].astype(np.int64), together, sampling.heard[used]
    )


def _heard(history: _History) -> Heard:
    spoken = history.counts[np.flatnonzero(history.heard)]
    found_in = np.bincount(spoken.indices, minlength=spoken.shape[1])
    return Heard(spoken.shape[0], found_in.astype(np.int32))


def _fit(
    aspect: Aspect, labels: tuple[str, ...], history: _History, vectors: sp.csr_matrix, accept_share: float
) -> Classifier | None:
    """Train one classifier; None where the older orders do not hold two labels to tell apart."""
    parts = []
    for part in Part:
        rows = np.flatnonzero((history.labels[aspect] >= 0) & (history.parts == part))
        parts.append(Labelled(vectors[rows], history.labels[aspect][rows]))
    older = parts[Part.LEARN]
    if len(np.unique(older.labels)) < 2 or not len(parts[Part.CALIBRATE].labels):
        return None
    ranks = min(_DEPARTMENTS, len(np.unique(older.labels))) if aspect is Aspect.DEPARTMENT else 1
    return classify.learn(aspect, labels, *parts, ranks=ranks, accept_share=accept_share)
