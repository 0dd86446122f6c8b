"""A table of texts with their labels, in the order in which they came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.evaluation.scorers.classification import STEP
from suqiu.evaluation.seeds import fingerprint
from suqiu.evaluation.splitting import grouped_folds, newest
from suqiu.reading.hints import without_hints

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: The part that judges: a fifth.
HELD_OUT = 0.2
_FOLDS = 5
#: A column beside the label teaches the encoder if it is a label itself: not too many values, not too few.
_TEACHES_FROM, _TEACHES_UP_TO, _MOST_TEACHERS = 2, 1_000, 6
_FILLED = 0.5


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts with the labels that people gave them 样本.

    Attributes:
        texts: as models see them, never null.
        labels: one a text, a path joined by `STEP` where there are levels; null where unknown.
        times: what orders them in time, ascending; None where nobody knows it.
        teachers: columns beside the label that are labels too, by name; never input, only taught.
        ids: what names each, for whoever looks them up; None where nothing does.
    """

    texts: pa.Array
    labels: pa.Array
    times: pa.Array | None
    teachers: dict[str, pa.Array]
    ids: pa.Array | None = None

    @property
    def fingerprint(self) -> str:
        """What tells this data from other data."""
        return fingerprint(self.texts, self.labels, *([] if self.times is None else [self.times]))

    def held_out(self) -> Flags:
        """Say which examples judge: the newest fifth; without times a fifth of all texts, equal ones together."""
        if self.times is not None:
            return np.asarray(newest(pa.array(np.arange(len(self.texts))), HELD_OUT))
        return np.asarray(grouped_folds(self.texts, _FOLDS) == 0)

    def take(self, rows: Numbers | Flags) -> Examples:
        """Return some of the examples, in the same order."""
        chosen = pa.array(np.flatnonzero(rows) if rows.dtype == np.bool_ else rows)
        return Examples(
            self.texts.take(chosen),
            self.labels.take(chosen),
            None if self.times is None else self.times.take(chosen),
            {name: column.take(chosen) for name, column in self.teachers.items()},
            None if self.ids is None else self.ids.take(chosen),
        )


def examples_from(
    texts: pa.Array,
    levels: list[pa.Array],
    *,
    times: pa.Array | None = None,
    others: dict[str, pa.Array] | None = None,
    ids: pa.Array | None = None,
    keep_hints: bool = False,
) -> Examples:
    """Make examples of columns; those without text or label are left out, the rest sorted by time.

    Args:
        texts: what citizens said.
        levels: the label, from the top level down; below an empty cell a path ends.
        times: sortable strings or times.
        others: further columns: those that look like labels teach the encoder.
        ids: what names each row.
        keep_hints: leave in what agents wrote about where the order goes; the honest way is to strip it.
    """
    said = prepared(texts, keep_hints=keep_hints)
    labels = paths(levels)
    usable = pc.and_(pc.greater(pc.utf8_length(said), 0), labels.is_valid())
    rows = np.flatnonzero(usable.to_numpy(zero_copy_only=False))
    if times is not None:
        rows = rows[np.asarray(pc.array_sort_indices(times.take(pa.array(rows)), null_placement="at_start"))]
    teachers = {name: column for name, column in (others or {}).items() if _teaches(column.take(pa.array(rows)))}
    chosen = sorted(teachers)[:_MOST_TEACHERS]
    return Examples(said, labels, times, {name: _label(teachers[name]) for name in chosen}, ids).take(rows)


def prepared(texts: pa.Array, *, keep_hints: bool) -> pa.Array:
    """Return texts as models see them, never null."""
    filled = pc.fill_null(texts.cast(pa.string()), "")
    return pc.utf8_trim_whitespace(filled if keep_hints else without_hints(filled))


def paths(levels: list[pa.Array]) -> pa.Array:
    """Join levels into one label each; null where the top is empty, ending where a level is."""
    path = _label(levels[0])
    going = path.is_valid()
    for level in levels[1:]:
        step = _label(level)
        going = pc.and_(going, step.is_valid())
        path = pc.if_else(going, pc.binary_join_element_wise(path, step, STEP), path)
    return path


def _label(column: pa.Array) -> pa.Array:
    """Return names without blanks around them; a sign that would read as a step down is written as `＞`."""
    trimmed = pc.replace_substring(pc.utf8_trim_whitespace(column.cast(pa.string())), STEP, "＞")
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def _teaches(column: pa.Array) -> bool:
    """Say whether a column looks like a label: mostly filled, few values, each on several orders."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return False
    labels = _label(column)
    filled = len(labels) - labels.null_count
    values = len(pc.unique(labels.drop_null()))
    if filled < _FILLED * len(labels) or not _TEACHES_FROM <= values <= _TEACHES_UP_TO:
        return False
    return bool(values <= filled / 5)
