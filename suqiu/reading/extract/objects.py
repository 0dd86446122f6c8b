"""What an order is about, by a list of the things that hotlines hear of."""

from __future__ import annotations

import re

import numpy as np

from suqiu.reading.extract.kinds import Kind
from suqiu.reading.extract.lexicon import shipped
from suqiu.reading.extract.rows import Found
from suqiu.reading.extract.scan import Scan, any_of, beginnings


class Objects:
    """Finds the first things that an order speaks of; a thing that is not listed is not found."""

    def __init__(self) -> None:
        words = shipped("objects")
        self._canonical = {word: name for name, listed in words["words"].items() for word in listed}
        self._pattern = re.compile(f"(?:{any_of(self._canonical)})(?!{words['not_before']})")
        self._first = beginnings(self._canonical)
        self._within, self._most = int(words["within"]), int(words["most"])

    def find(self, scan: Scan) -> Found:
        """Return the first different objects of each text."""
        spans = scan.find(self._pattern, scan.beginning(self._first))
        rows = scan.rows(spans.starts)
        spans = spans.where(spans.starts - scan.starts[rows] < self._within)
        rows = scan.rows(spans.starts)
        names = [self._canonical[piece] for piece in scan.pieces(spans)]
        numbers = np.unique(np.array(names, dtype=object).astype(str), return_inverse=True)[1] if names else rows
        fresh = np.zeros(len(spans), dtype=np.bool_)
        # The first place of each object in each text, then the first few of these.
        fresh[np.unique(rows * (len(self._canonical) + 1) + numbers, return_index=True)[1]] = True
        nth = np.cumsum(fresh)
        before = np.concatenate([[0], nth])[np.searchsorted(rows, rows, side="left")]
        keep = fresh & (nth - before <= self._most)
        return Found(
            Kind.OBJECT, spans.where(keep), [name for name, kept in zip(names, keep.tolist(), strict=True) if kept]
        )
