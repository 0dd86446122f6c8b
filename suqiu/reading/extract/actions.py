"""What an order asks to be done."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from suqiu.reading.extract.kinds import Kind
from suqiu.reading.extract.lexicon import shipped
from suqiu.reading.extract.rows import Found
from suqiu.reading.extract.scan import Beginnings, Scan, Spans, any_of, beginnings
from suqiu.reading.tree import Numbers

_CLAUSE = "，,。;；!！?？《\n"


class Actions:
    """Finds the actions asked for: a word for the action with a lead before it in the same part of the sentence.

    Behind a lead that asks (咨询) only a question counts.
    """

    def __init__(self) -> None:
        words = shipped("actions")
        self._codes = list(words["codes"])
        self._verbs = re.compile("|".join(f"({'|'.join(listed)})" for listed in words["codes"].values()))
        self._first = _beginnings(listed for each in words["codes"].values() for listed in each)
        self._lead = re.compile(rf"({any_of(words['no_leads'])})|({any_of(words['leads'])})")
        self._others = re.compile(f"(?:{'|'.join(map(re.escape, sorted(words['others'], key=len, reverse=True)))})$")
        self._lead_first = beginnings([*words["leads"], *words["no_leads"]])
        self._within: int = words["within"]
        self._asks = frozenset(words["asks"])
        self._asked = self._codes.index(words["asked"])

    def find(self, scan: Scan) -> Found:
        """Return the actions; the first of a part of a sentence begins with its lead, the others alone."""
        leads = self._leads(scan)
        verbs = scan.find(self._verbs, scan.beginning(self._first))
        if not len(leads) or not len(verbs):
            return Found(Kind.ACTION, Spans(*(np.zeros(0, np.int64) for _ in range(3))), [])
        ends_of_parts = scan.at(_CLAUSE)
        before: Numbers = np.searchsorted(leads.ends, verbs.starts, side="right") - 1
        has = before >= 0
        lead_start, lead_end = leads.starts[before], leads.ends[before]
        same = np.searchsorted(ends_of_parts, lead_end) == np.searchsorted(ends_of_parts, verbs.starts)
        asking = np.array([piece in self._asks for piece in scan.pieces(leads)], dtype=np.bool_)[before]
        asked = has & same & (verbs.starts - lead_end <= self._within) & (~asking | (verbs.labels == self._asked))
        verbs, lead_start, before, asking = verbs.where(asked), lead_start[asked], before[asked], asking[asked]
        fresh = np.ones(len(verbs), dtype=np.bool_)
        fresh[1:] = before[1:] != before[:-1]
        codes = verbs.labels
        # 核实处理 is one action: what only says "handle" behind another action of the same part is left out.
        said_already = ~fresh & np.isin(codes, [self._codes.index(code) for code in ("handle", "verify")])
        keep = ~said_already
        spans = Spans(np.where(fresh & ~asking, lead_start, verbs.starts), verbs.ends, codes).where(keep)
        return Found(Kind.ACTION, spans, [self._codes[code] for code in spans.labels.tolist()])

    def _leads(self, scan: Scan) -> Spans:
        leads = scan.find(self._lead, scan.beginning(self._lead_first))
        leads = leads.where(leads.labels == 1)
        own = [self._others.search(scan.text, max(0, start - 4), start) is None for start in leads.starts.tolist()]
        return leads.where(np.array(own, dtype=np.bool_))


def _beginnings(patterns: Iterable[str]) -> Beginnings:
    """Read how what a pattern matches begins: with its first two characters, or with a group of them."""
    found: set[str] = set()
    for pattern in patterns:
        group = re.match(r"\(\?:([^)]*)\)", pattern)
        for option in group.group(1).split("|") if group else [pattern]:
            plain = re.match(r"[一-龥]+(?![?*{|])", option)
            found.add(plain.group()[:2] if plain else option[0])
    return beginnings(found)
