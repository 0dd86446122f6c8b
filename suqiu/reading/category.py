"""Category 分类 and type 诉求类型 of each order: by the city's own history, or by the duty catalogue."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from suqiu.domain.claim import Aspect, Basis
from suqiu.reading.catalogue import Matched
from suqiu.reading.classify import Answers
from suqiu.reading.opinions import Filling, Opinion, nothing
from suqiu.reading.tree import NONE, Numbers


def by_history(aspect: Aspect, answers: Answers, labels: tuple[str, ...], author: str) -> tuple[Opinion, Filling]:
    """Claim the deepest label that was reached, and fill in the deepest one that is sure enough.

    Args:
        aspect: type or category.
        answers: one row a level.
        labels: by label number.
        author: the model's name and version.
    """
    reached = _deepest(answers.labels, answers.labels != NONE)
    confidence = np.zeros(len(reached))
    for numbers, shares in zip(answers.labels, answers.confidence, strict=True):
        confidence = np.where(numbers == NONE, confidence, shares)
    values = _named(labels, reached)
    opinion = Opinion(aspect, 1, values, pa.array(confidence), Basis.MODEL, author, nothing(len(values)))
    return opinion, Filling(_named(labels, _deepest(answers.labels, answers.accepted)), Basis.MODEL)


def by_catalogue(matched: Matched, labels: tuple[str, ...], duties: pa.Array, author: str) -> tuple[Opinion, Filling]:
    """Claim the category of the most alike duty, and fill in as much of it as leads clearly.

    Args:
        matched: the duty that each order is most like.
        labels: category ids by label number.
        duties: that duty's id, null for a category without one.
        author: the catalogue's name and version.
    """
    values = _named(labels, _deepest(matched.categories, matched.categories != NONE))
    unmeasured = nothing(len(values), pa.float64())
    opinion = Opinion(Aspect.CATEGORY, 1, values, unmeasured, Basis.CATALOGUE, author, duties)
    return opinion, Filling(_named(labels, _deepest(matched.categories, matched.clear)), Basis.CATALOGUE)


def _deepest(labels: Numbers, usable: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Numbers:
    """Return each order's label at the deepest level that is usable, `NONE` where none is."""
    found = np.full(labels.shape[1], NONE, dtype=np.int64)
    for numbers, here in zip(labels, usable, strict=True):
        found = np.where(here, numbers, found)
    return found


def _named(labels: tuple[str, ...], numbers: Numbers) -> pa.Array:
    return pa.array(labels, pa.string()).take(pa.array(numbers, mask=numbers == NONE))
