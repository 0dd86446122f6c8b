"""Which orders of a history to learn from, to calibrate on and to be judged by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.city import City
from suqiu.domain.claim import Aspect
from suqiu.domain.order import OrderType

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


class Part(IntEnum):
    """What a labelled order is used for, by its place in time 样本用途."""

    LEARN = 0
    CALIBRATE = 1
    TEST = 2


#: Orders of each part at most: bounds memory, and a minute of training.
CAPS = {Part.LEARN: 35_000, Part.CALIBRATE: 5_000, Part.TEST: 10_000}
#: Orders at most that show which pieces of text are common.
HEARD_CAP = 5_000
#: Where the parts begin, as shares of the labelled orders in time: the newest fifth judges, the eighth
#: before it calibrates.
_CALIBRATE_FROM, _TEST_FROM = 0.7, 0.8
#: Multiples of the golden ratio, taken modulo 1, fill the unit interval evenly: orders whose multiple is
#: below a share are that share of all, evenly spread in time, and a smaller share is part of a larger.
_GOLDEN = 0.6180339887498949

#: The aspects that are learned, in the order of their columns.
LEARNED = (Aspect.TYPE, Aspect.CATEGORY, Aspect.DEPARTMENT)


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which rows of a history are used, by their number.

    Attributes:
        parts: for each row the `Part` by its time.
        chosen: for each learned aspect, whether the row is used.
        heard: rows, labelled or not, that show how citizens speak.
        labelled: for each learned aspect, how many rows have a known label.
    """

    parts: npt.NDArray[np.int8]
    chosen: Mapping[Aspect, Flags]
    heard: Flags
    labelled: Mapping[Aspect, int]


def labels_of(city: City) -> dict[Aspect, tuple[str, ...]]:
    """Return every label of each learned aspect, in the order of their numbers."""
    return {
        Aspect.TYPE: tuple(type_.value for type_ in OrderType),
        Aspect.CATEGORY: tuple(category.id for category in city.taxonomy.categories),
        Aspect.DEPARTMENT: tuple(department.id for department in city.departments),
    }


def label_numbers(values: pa.Array, labels: tuple[str, ...]) -> Numbers:
    """Return the number of each value's label, -1 for null and for values the city does not have."""
    found = pc.index_in(values, value_set=pa.array(labels, pa.string()), skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def sample(batches: Iterable[pa.RecordBatch], labels: Mapping[Aspect, tuple[str, ...]]) -> Sampling:
    """Choose orders in one pass; keeps a few bytes a row.

    Args:
        batches: `ORDERS` rows, sorted by time.
        labels: from `labels_of`.
    """
    known: dict[Aspect, list[Flags]] = {aspect: [] for aspect in LEARNED}
    for batch in batches:
        for aspect, found in known.items():
            found.append(label_numbers(batch.column(aspect.value), labels[aspect]) >= 0)
    flagged = {aspect: np.concatenate(found or [np.zeros(0, np.bool_)]) for aspect, found in known.items()}
    anything = np.logical_or.reduce(list(flagged.values()))
    age = np.cumsum(anything) / max(1, int(anything.sum()))
    parts = ((age > _CALIBRATE_FROM).astype(np.int8) + (age > _TEST_FROM)).astype(np.int8)
    draw = (np.arange(len(parts)) * _GOLDEN) % 1.0
    chosen = {}
    for aspect, flags in flagged.items():
        counts = np.bincount(parts[flags], minlength=len(Part))
        rates = np.array([CAPS[part] / max(1, counts[part]) for part in Part])
        chosen[aspect] = flags & (draw < rates[parts])
    heard = draw < HEARD_CAP / max(1, len(draw))
    return Sampling(parts, chosen, heard, {aspect: int(flags.sum()) for aspect, flags in flagged.items()})
