"""The distinct demands of an order that holds several."""

from __future__ import annotations

import re

import numpy as np

from suqiu.reading.extract.kinds import Kind
from suqiu.reading.extract.lexicon import shipped
from suqiu.reading.extract.rows import Found
from suqiu.reading.extract.scan import Scan, Spans, any_of, beginnings
from suqiu.reading.tree import Numbers

_BREAK = '，,。;；:!！?？\n ”"》)）'
#: Marks that begin with one of these may stand anywhere.
_OWN_BREAK = "(①②③④⑤⑥⑦⑧⑨"
_TRIM = " ，,。;；:：!！、\n\t"


class Demands:
    """Splits orders that list several demands or go on to a further one.

    An order with one demand has none here: its whole text is the demand.
    """

    def __init__(self) -> None:
        words = shipped("demands")
        self._sort = {
            mark: (sort, place) for sort, marks in enumerate(words["lists"]) for place, mark in enumerate(marks)
        }
        self._marks = re.compile(
            f"({any_of(self._sort)})(?!{words['not_before']})|({any_of(words['further'])})(?!{words['not_further']})"
        )
        self._first = beginnings([*self._sort, *words["further"]])
        self._preambles = re.compile(f"(?:{'|'.join(words['preambles'])})[:：,，]? *")
        self._quoted = re.compile(words["quoted"])
        self._quoted_within, self._least = int(words["quoted_within"]), int(words["least"])

    def find(self, scan: Scan) -> Found:
        """Return the demands of the texts with at least two; value: the number of the demand from 1."""
        marks = scan.find(self._marks, self._positions(scan))
        rows = scan.rows(marks.starts)
        starts, ends, values = [], [], []
        edges = np.flatnonzero(np.diff(rows, prepend=-1, append=-1))
        for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            row = int(rows[first])
            some = Spans(marks.starts[first:last], marks.ends[first:last], marks.labels[first:last])
            spans = self._of_text(scan, some, int(scan.starts[row]), int(scan.starts[row + 1]) - 1)
            starts += [start for start, _ in spans]
            ends += [end for _, end in spans]
            values += [str(number) for number in range(1, len(spans) + 1)]
        zeros = np.zeros(len(starts), dtype=np.int64)
        return Found(
            Kind.DEMAND, Spans(zeros + np.array(starts, np.int64), zeros + np.array(ends, np.int64), zeros), values
        )

    def _positions(self, scan: Scan) -> Numbers:
        """Return where a mark may stand: at the beginning of a text or of a part of a sentence."""
        positions = scan.beginning(self._first)
        text = scan.text
        begins = [at == 0 or text[at - 1] in _BREAK or text[at] in _OWN_BREAK for at in positions.tolist()]
        return positions[np.array(begins, dtype=np.bool_)]

    def _of_text(self, scan: Scan, marks: Spans, begin: int, end: int) -> list[tuple[int, int]]:
        """Return the demands of one text, none where it holds only one."""
        listed = self._list(scan, marks)
        further = [
            (s, e)
            for s, e, label in zip(marks.starts.tolist(), marks.ends.tolist(), marks.labels.tolist(), strict=True)
            if label == 1
        ]
        if listed:
            cuts = listed
            further = [cut for cut in further if cut[0] > listed[-1][1]]
            cuts = cuts + further
        else:
            head = next((match.end() for match in self._preambles.finditer(scan.text, begin, end)), begin)
            cuts = [(begin, head), *[cut for cut in further if cut[0] > head]]
        stops = [start for start, _ in cuts[1:]] + [end]
        spans = [self._trimmed(scan.text, start, stop) for (_, start), stop in zip(cuts, stops, strict=True)]
        spans = [span for span in spans if span[1] - span[0] >= self._least]
        return spans if len(spans) > 1 else []

    def _list(self, scan: Scan, marks: Spans) -> list[tuple[int, int]]:
        """Return the marks of the first unbroken list, none where there is none or a reply is quoted."""
        chains: dict[int, list[tuple[int, int]]] = {}
        pieces = scan.pieces(marks)
        for start, end, label, piece in zip(
            marks.starts.tolist(), marks.ends.tolist(), marks.labels.tolist(), pieces, strict=True
        ):
            if label == 0:
                sort, place = self._sort[piece]
                chain = chains.setdefault(sort, [])
                if place == len(chain):
                    chain.append((start, end))
        for chain in sorted((chain for chain in chains.values() if len(chain) > 1), key=lambda chain: chain[0]):
            before = scan.text[max(0, chain[0][0] - self._quoted_within) : chain[0][0]].rpartition("\n")[2]
            if self._quoted.search(before) is None:
                return chain
        return []

    def _trimmed(self, text: str, start: int, stop: int) -> tuple[int, int]:
        while start < stop and text[start] in _TRIM:
            start += 1
        while stop > start and text[stop - 1] in _TRIM:
            stop -= 1
        return start, stop
