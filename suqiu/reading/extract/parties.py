"""Who complains, in which role, and whom the demand is about."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from suqiu.reading.extract.kinds import Kind
from suqiu.reading.extract.lexicon import ORGANISATION_SIGN, POINT_SIGN, shipped
from suqiu.reading.extract.places import NAMED, Named
from suqiu.reading.extract.rows import Found
from suqiu.reading.extract.scan import Scan, Spans, any_of, beginnings, matches_at
from suqiu.reading.tree import Numbers

_ORGANISATION, _POINT = NAMED.index(Kind.ORGANISATION), NAMED.index(Kind.POINT)


class Parties:
    """Finds who complains and whom it is about."""

    def __init__(self, canonical: Callable[[str], str]) -> None:
        words = shipped("parties")
        self._canonical = canonical
        self._roles = {word: code for code, listed in words["roles"].items() for word in listed}
        between = f"[^{words['not_between']}]{{0,{words['introduces_within']}}}?"
        # Behind the role the sentence goes on with something else: 业主, 业主委员会 is none.
        roles = any_of(self._roles)
        later = rf"[^,，。;!?:、\n)]{{0,12}}的(?:{roles})(?:[,，。;!?、\n]|$)"
        role = rf"({roles})(?!委员会|大会|代表大会|群|{later})"
        self._introduced = re.compile(rf"(?:{any_of(words['introduces'])}){between}{role}")
        self._introduces = beginnings(words["introduces"])
        generic = any_of(words["generic"])
        body = rf"(?:[{ORGANISATION_SIGN}{POINT_SIGN}]++(?:的?(?:{generic}))?|(?:该|此)?(?:{generic}))"
        acts = rf"(?=(?:工作人员|人员|方|部门|们)?(?:在[^,，。;!?:\n]{{1,10}})?(?:{any_of(words['acts'])}))"
        self._acting = re.compile(rf"{body}{acts}")
        self._accused = re.compile(rf"(?:{any_of(words['accuses'])})[:：]?({body})(?!路|街|附近|旁|门口|对面|内|里)")
        self._accuses = beginnings(words["accuses"])
        self._general = frozenset(words["generic"])
        self._generic = beginnings([*words["generic"], "该", "此"])
        self._not_here = re.compile("向|跟|和|与|找|让|请|联系|告知|要求|是|给")

    def find(self, scan: Scan, named: Named, masked: str) -> list[Found]:
        """Return roles of those who complain, organisations, and whom demands are about.

        Args:
            scan: the texts.
            named: what has a name in them.
            masked: the scan with all that blotted out.
        """
        organisations = named.of(_ORGANISATION)
        known = [self._canonical(piece) for piece in scan.pieces(organisations)]
        return [
            self._complainants(scan),
            Found(Kind.ORGANISATION, organisations, known),
            self._against(scan, named, masked),
        ]

    def _complainants(self, scan: Scan) -> Found:
        starts: list[int] = []
        ends: list[int] = []
        values: list[str] = []
        for position in scan.beginning(self._introduces).tolist():
            match = self._introduced.match(scan.text, position)
            if match and (not ends or match.start(1) >= ends[-1]):
                starts.append(match.start(1))
                ends.append(match.end(1))
                values.append(self._roles[match.group(1)])
        return Found(Kind.COMPLAINANT, _spans(starts, ends), values)

    def _against(self, scan: Scan, named: Named, masked: str) -> Found:
        positions = np.union1d(named.of(_ORGANISATION, _POINT).starts, scan.beginning(self._generic))
        acting = matches_at(masked, self._acting, positions)
        asked = [self._not_here.match(scan.text, max(0, at - 1)) is not None for at in acting.starts.tolist()]
        acting = acting.where(~np.array(asked, dtype=np.bool_))
        starts, ends = acting.starts.tolist(), acting.ends.tolist()
        for position in scan.beginning(self._accuses).tolist():
            match = self._accused.match(masked, position)
            if match:
                starts.append(match.start(1))
                ends.append(match.end(1))
        pairs = sorted(dict(zip(starts, ends, strict=True)).items())
        spans = _spans([start for start, _ in pairs], [end for _, end in pairs])
        said = [piece.lstrip("该此") for piece in scan.pieces(spans)]
        values = [piece if piece in self._general else self._canonical(piece) for piece in said]
        return Found(Kind.AGAINST, spans, values)


def _spans(starts: list[int], ends: list[int]) -> Spans:
    first: Numbers = np.array(starts, dtype=np.int64)
    return Spans(first, np.array(ends, dtype=np.int64), np.zeros(len(first), dtype=np.int64))
