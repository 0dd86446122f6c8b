"""Names of regions, roads, places and organisations: from the city pack, else from how names end and begin."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from suqiu.domain.city import City
from suqiu.reading.extract.kinds import Kind
from suqiu.reading.extract.lexicon import ending, shipped
from suqiu.reading.extract.scan import Scan, Spans, any_of, beginnings
from suqiu.reading.names import NameIndex
from suqiu.reading.tree import Numbers

#: Kinds of named things, by the label of their spans.
NAMED = (Kind.REGION, Kind.ROAD, Kind.POINT, Kind.ORGANISATION)
_REGION, _ROAD, _POINT, _ORGANISATION = range(4)
#: The label of an ending of one character that is trusted only behind another name.
_WEAK = 3
#: Names shorter than this occur by chance in ordinary words; only official names of regions may be shorter.
_LEAST = 3
_NUMERALS = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ一二三四五六七八九十零〇两几百千")


@dataclass(frozen=True, slots=True)
class Named:
    """Named things in a scan.

    Attributes:
        spans: in order; the label is the place of the kind in `NAMED`.
        regions: of each, the id of the region that the pack puts it in, empty where it does not say.
        ends: every end of a name, named or general: a name may begin behind it.
        begins: for each position the last one at or before it where a name may begin.
    """

    spans: Spans
    regions: Sequence[str]
    ends: Spans
    begins: Numbers

    def of(self, *labels: int) -> Spans:
        """Return the spans of some kinds."""
        return self.spans.where(np.isin(self.spans.labels, labels))


class PlaceNames:
    """Finds named things in a scan.

    What the pack knows is found as it is. Anything else is found by its ending (路, 小区, 有限公司) and begins
    behind the last character that no name holds: punctuation, a particle, a verb, the end of another name.
    """

    def __init__(self, city: City) -> None:
        words = shipped("places")
        known = _known(city, words)
        self._known_kinds = np.array([kind for kind, _ in known.values()], dtype=np.int64)
        self._known_regions = [region for _, region in known.values()]
        self._index = NameIndex(known)
        breaks = words["breaks"]
        always = [*breaks["always"], *breaks["region"], *_beside(words)]
        self._singles = "".join(word for word in always if len(word) == 1)
        self._behind, self._place_ends = "".join(breaks["behind_place"]), breaks["place_ends"]
        self._words = _break_words(breaks, [word for word in always if len(word) > 1])
        self._words_first = beginnings(
            [*breaks["kept"], *(word for word in always if len(word) > 1), *breaks["units"], "区", "号"]
        )
        sorts = ("organisation", "point", "road", "weak_point")
        self._sorts = np.array([_ORGANISATION, _POINT, _ROAD, _POINT])
        patterns = [ending(words[s]["ends"], words[s]["not_before"], words[s].get("not_behind", "")) for s in sorts]
        patterns[2] = rf"(?!(?<=\d)路){patterns[2]}"  # 57路 is a bus line
        self._endings = re.compile("|".join(f"({pattern})" for pattern in patterns))
        self._least = np.array([words[s]["least"] for s in sorts])
        self._most = np.array([words[s]["most"] for s in sorts])
        self._first = beginnings(word for s in sorts for word in words[s]["ends"])
        self._generic = {word for s in sorts for word in words[s]["generic"]}
        self._general = tuple(words["road"]["generic_endings"])
        self._joins = frozenset(words["organisation"]["joins"]) | frozenset(words["point"]["joins"])
        self._registered = frozenset(words["organisation"]["registered"])

    def find(self, scan: Scan) -> Named:
        """Find all named things."""
        known = self._known(scan)
        ends = scan.find(self._endings, scan.beginning(self._first))
        known_kinds = self._known_kinds[known.labels] if len(known) else known.labels
        begins = self._begins(scan, known, ends)
        starts = begins[ends.starts] if len(ends) else ends.starts
        starts = self._joined_to_place(scan, starts, ends)
        starts = self._without_number(scan, starts, ends)
        candidates = Spans(starts, ends.ends, ends.labels)
        candidates = candidates.where(self._plausible(scan, candidates, ends, known))
        starts, stops = (
            np.concatenate(pair) for pair in ((known.starts, candidates.starts), (known.ends, candidates.ends))
        )
        kinds = np.concatenate([known_kinds, self._sorts[candidates.labels]])
        meant = [*(self._known_regions[name] for name in known.labels.tolist()), *([""] * len(candidates))]
        order = np.lexsort((-stops, starts))
        spans = Spans(starts[order], stops[order], kinds[order])
        return Named(spans, [meant[place] for place in order.tolist()], ends, begins)

    def _known(self, scan: Scan) -> Spans:
        if not self._known_regions:
            return Spans(*(np.zeros(0, np.int64) for _ in range(3)))
        matches = self._index.find(scan.every_position())
        return Spans(matches.rows, matches.rows + matches.lengths, matches.names)

    def _begins(self, scan: Scan, known: Spans, ends: Spans) -> Numbers:
        """Return for each position the last one at or before it where a name may begin."""
        size = len(scan.codes) + 1
        may = np.zeros(size, dtype=np.bool_)
        may[0] = True
        may[1:][~scan.in_name] = True
        singles = scan.signs(self._singles)
        singles[1:] |= scan.signs(self._behind)[1:] & scan.signs(self._place_ends)[:-1]
        words = scan.find(self._words, scan.beginning(self._words_first))
        for start, end in zip(
            words.starts[words.labels == 0].tolist(), words.ends[words.labels == 0].tolist(), strict=True
        ):
            singles[start:end] = False
        may[1:][singles] = True
        may[words.ends[words.labels == 1]] = True
        may[known.ends] = True
        may[ends.ends[ends.labels != _WEAK]] = True
        return np.asarray(np.maximum.accumulate(np.where(may, np.arange(size), 0)), dtype=np.int64)

    def _joined_to_place(self, scan: Scan, starts: Numbers, ends: Spans) -> Numbers:
        """Let an ending right behind another name begin where that name does: 锦绣大厦物业, 锦绣华庭小区."""
        touches = np.zeros(len(ends), dtype=np.bool_)
        touches[1:] = (ends.ends[:-1] == starts[1:]) & np.isin(self._sorts[ends.labels[:-1]], (_POINT, _ORGANISATION))
        for place in np.flatnonzero(touches).tolist():
            word = scan.text[ends.starts[place] : ends.ends[place]]
            alone = starts[place] == ends.starts[place]
            if (alone and word in self._joins) or word in self._registered:
                starts[place] = starts[place - 1]
        return starts

    def _without_number(self, scan: Scan, starts: Numbers, ends: Spans) -> Numbers:
        """Let no name begin with digits: they end what stood before it, a time or a number."""
        digit = (scan.codes >= ord("0")) & (scan.codes <= ord("9"))
        behind = np.minimum.accumulate(np.where(digit, len(digit), np.arange(len(digit)))[::-1])[::-1]
        return np.minimum(behind[starts], ends.starts) if len(starts) else starts

    def _plausible(self, scan: Scan, found: Spans, ends: Spans, known: Spans) -> npt.NDArray[np.bool_]:
        """Leave out general words, names too short or too long, and what the pack's names say better."""
        length = found.ends - found.starts
        good = (length >= self._least[found.labels]) & (length <= self._most[found.labels])
        good &= found.starts < ends.starts
        # 锦绣华庭 within 锦绣华庭小区 is no place of its own.
        good[:-1] &= ~((found.starts[1:] == found.starts[:-1]) & (found.labels[1:] != 0) & (found.labels[:-1] != 0))
        if len(known):
            before = np.searchsorted(known.starts, found.ends, side="left") - 1
            good &= ~((before >= 0) & (known.ends[before] > found.starts))
        # A weak ending is trusted only behind the end of another name, or of a district and the like.
        weak = np.flatnonzero(good & (found.labels == _WEAK))
        behind = [scan.text[at - 1 : at] in "区镇县乡路街道巷号村" for at in found.starts[weak].tolist()]
        good[weak] = np.array(behind, dtype=np.bool_) | np.isin(found.starts[weak], known.ends)
        for place in np.flatnonzero(good).tolist():
            name = scan.text[found.starts[place] : found.ends[place]]
            stem = scan.text[found.starts[place] : ends.starts[place]]
            general = name in self._generic or name.endswith(self._general)
            good[place] = not general and not _NUMERALS.issuperset(stem)
        return good


def _beside(words: Mapping[str, Any]) -> list[str]:
    """Return the words for where something lies beside a place: behind them another name may begin."""
    listed = [word for relation in words["relative"].values() for word in relation] + list(words["junction"]["ends"])
    return [word for word in listed if len(word) > 1 and word != "立交桥"]


def _break_words(breaks: Mapping[str, Any], words: Sequence[str]) -> re.Pattern[str]:
    """Return what names end behind, beside single characters: group 1 what only looks like it, group 2 the words."""
    district = f"(?<![{breaks['no_district']}])区"
    counted = rf"(?<=[\d一二三四五六七八九十])号|(?<=\d)[{''.join(breaks['units'])}]"
    return re.compile(rf"({any_of(breaks['kept'])})|({any_of(words)}|{district}|{counted})")


def _known(city: City, words: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
    """Return the pack's names, each with its kind and with the region that all of its meanings have in common."""
    ends = {_ROAD: tuple(words["road"]["ends"]), _ORGANISATION: tuple(words["organisation"]["ends"])}
    meanings: dict[str, list[tuple[int, str]]] = {}
    for region in city.regions:
        official = {region.name.strip(), *(alias.strip() for alias in region.aliases)}
        for name in sorted(official | {place.rpartition(":")[2].strip() for place in region.places}):
            if len(name) < (2 if name == region.name.strip() else _LEAST) or name.endswith(tuple(words["no_places"])):
                continue
            kind = next((kind for kind, ending_ in ends.items() if name.endswith(ending_)), _POINT)
            meanings.setdefault(name.upper(), []).append((_REGION if name in official else kind, region.id))
    return {
        name: (min(kind for kind, _ in found), _in_common([id_ for _, id_ in found]))
        for name, found in sorted(meanings.items())
    }


def _in_common(ids: Sequence[str]) -> str:
    """Return the id of the smallest region that holds them all, empty where none does."""
    paths = [id_.split(".") for id_ in ids]
    shared: list[str] = []
    for parts in zip(*paths, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return ".".join(shared)


def canonical_name(city: City) -> Callable[[str], str]:
    """Return the function that brings an organisation's name to the form in which its spellings meet."""
    forms = shipped("places")["forms"]
    legal = re.compile(f"(?:{any_of(forms['legal'])})$")
    trades = sorted(forms["trades"].items(), key=lambda pair: -len(pair[0]))
    bare = city.name.removesuffix("市")
    prefix = re.compile(rf"^(?:[一-龥]{{2,3}}省)?(?:{re.escape(bare)}市?)?")
    bracket = re.compile(r"\([^)]*\)")

    def canonical(name: str) -> str:
        cut: str = bracket.sub("", name)
        cut = prefix.sub("", cut, count=1) or cut
        cut = legal.sub("", cut) or cut
        cut = legal.sub("", cut) or cut
        for long, short in trades:
            if cut.endswith(long) and len(cut) > len(long):
                return cut.removesuffix(long) + str(short)
        return cut

    return canonical
