"""Rules that come before any model: emergencies, matters with a legal route of their own, and what is out of scope.

The rules are data (`routes.yaml`): what is said, what only sounds alike, where the matter goes, what the
caller is told, and the law behind it. A rule closes nothing and returns nothing: it is a claim, and a
person decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from suqiu.domain.city import City, RegionLevel
from suqiu.domain.text import Text
from suqiu.reading.characters import MAX_CHARACTERS, characters
from suqiu.reading.searching import holding, replaced
from suqiu.reading.urgency_screen import Screen, rows_of

Rows = npt.NDArray[np.int64]

#: Takes the place of what was blanked: a mark that no pattern crosses within a clause.
_BLANK = "\n"
_MACRO = re.compile(r"@([a-z]+)@")


class Effect(StrEnum):
    """What a route asks of the person at the desk 去向类别, from strongest to weakest."""

    TRANSFER = "transfer"
    REFER = "refer"
    EXPLAIN = "explain"
    INFORM = "inform"


_STRENGTH = {effect: number for number, effect in enumerate(Effect)}


@dataclass(frozen=True, slots=True)
class Rule:
    """One route, and the ways of speaking that lead to it 法定途径规则.

    Attributes:
        code: stable machine name.
        name: what officials call it.
        effect: what follows when `says` is found.
        line: the number to dial, None where there is none.
        about: a cheap regular expression that every text of the rule matches; it only spares time.
        says: regular expressions (RE2), any of which is enough.
        asks: ways of merely asking about the route: found alone, they only inform.
        exceptions: regular expressions whose matches are blanked before the search.
        unless: regular expressions, any of which anywhere in the text calls the rule off.
        tell: what to tell the caller.
        source: the law or document it rests on.
        note: why it is so.
    """

    code: str
    name: Text
    effect: Effect
    line: str | None
    about: str
    says: tuple[str, ...]
    asks: tuple[str, ...]
    exceptions: tuple[str, ...]
    unless: tuple[str, ...]
    tell: Text
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class RouteRules:
    """Every rule with what they share 法定途径规则集.

    Attributes:
        rules: in the order in which equals win.
        blanks: regular expressions blanked before any search: landmarks, quoted replies.
        leads: how what is told begins, for each effect.
        own: names of the city's own places; where one is named, nothing is another city's matter.
    """

    rules: tuple[Rule, ...]
    blanks: tuple[str, ...]
    leads: Mapping[Effect, Text]
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Routes:
    """Where each order of a batch should go before any model is asked.

    Attributes:
        codes: of the rule, null where none applies.
        effects: codes of `Effect`, null likewise; weaker than the rule's own where the caller only asks.
        starts, lengths: int32, the words that led to it, in characters of the text; null likewise.
        words: these words, null likewise.
    """

    codes: pa.Array
    effects: pa.Array
    starts: pa.Array
    lengths: pa.Array
    words: pa.Array


@dataclass(frozen=True, slots=True)
class _Search:
    """One pattern to look for, with what follows from it."""

    rule: Rule
    effect: Effect
    pattern: str
    exceptions: tuple[str, ...]
    unless: str


class RouteFinder:
    """Searches texts for routes; of several the strongest effect wins, of equals the rule listed first."""

    def __init__(self, rules: RouteRules) -> None:
        self._rules = {rule.code: rule for rule in rules.rules}
        self._leads = rules.leads
        searches = [search for rule in rules.rules for search in _searches(rule, rules.blanks)]
        self._searches = sorted(searches, key=lambda search: _STRENGTH[search.effect])  # stable
        self._screen = Screen([search.pattern for search in self._searches])
        told = repr(
            [(s.rule.code, s.effect.value, s.rule.about, s.pattern, s.exceptions, s.unless) for s in self._searches]
        )
        self.version = f"routes/{sha256(told.encode()).hexdigest()[:12]}"

    def judge(self, said: pa.Array) -> Routes:
        """Find the strongest route of each text.

        Args:
            said: string array, title and text, at best without routing hints; null is taken as empty.
        """
        texts = pc.utf8_slice_codeunits(pc.fill_null(said, ""), 0, MAX_CHARACTERS)
        nothing = len(self._searches)
        found = np.full(len(texts), nothing, dtype=np.int64)
        may = self._screen.likely(characters(texts))
        for number, search in enumerate(self._searches):
            rows = rows_of(may, number)
            rows = rows[found[rows] == nothing]
            # Few texts hold the words at all: only those are searched again without the exceptions.
            for pattern in (search.rule.about, search.pattern):
                if len(rows):
                    rows = rows[holding(texts.take(pa.array(rows)), pattern)]
            if len(rows):
                found[rows[_stands(texts.take(pa.array(rows)), search)]] = number
        return self._laid_out(texts, found)

    def rule(self, code: str) -> Rule:
        """Return a rule by its code.

        Raises:
            KeyError: there is none.
        """
        return self._rules[code]

    def tell(self, code: str, effect: str) -> Text:
        """Return what to tell the caller: how the matter is taken, the way, the law.

        Args:
            code: of a rule.
            effect: as found, from `Routes.effects`.

        Raises:
            KeyError: there is no such rule.
        """
        rule, lead = self._rules[code], self._leads[Effect(effect)]
        return Text(f"{lead.zh}{rule.tell.zh}（依据：{rule.source}）", f"{lead.en}{rule.tell.en} ({rule.source})")

    def _laid_out(self, texts: pa.Array, found: Rows) -> Routes:
        rows = np.flatnonzero(found < len(self._searches))
        spans = [
            _span(text, self._searches[number])
            for text, number in zip(texts.take(pa.array(rows)).to_pylist(), found[rows].tolist(), strict=True)
        ]
        place = np.full(len(texts), len(rows), dtype=np.int64)
        place[rows] = np.arange(len(rows))
        at = pa.array(place)
        chosen = pa.array(found)
        return Routes(
            pa.array([*(s.rule.code for s in self._searches), None], pa.string()).take(chosen),
            pa.array([*(s.effect.value for s in self._searches), None], pa.string()).take(chosen),
            pa.array([*(start for start, _ in spans), None], pa.int32()).take(at),
            pa.array([*(len(words) for _, words in spans), None], pa.int32()).take(at),
            pa.array([*(words for _, words in spans), None], pa.string()).take(at),
        )


def shipped_rules(city: City | None = None) -> RouteRules:
    """Read the rules that come with the package.

    Args:
        city: its own name, districts and streets, and its province, are not another city's.
    """
    source = yaml.safe_load(files("suqiu.reading").joinpath("routes.yaml").read_text(encoding="utf-8"))
    own = _own_names(city) if city else ()
    words: dict[str, str] = {}
    for name, pattern in source["words"].items():
        words[name] = _filled(pattern, words)
    words["place"] = _any_of(_elsewhere(source["elsewhere"], own))
    if own:
        words["own"] = _any_of(own)
    return RouteRules(
        tuple(_rule(entry, words) for entry in source["rules"]),
        tuple(_filled(entry["pattern"], words) for entry in source["blanks"]),
        {Effect(name): Text(said["zh"], said["en"]) for name, said in source["effects"].items()},
        own,
    )


def _rule(entry: Mapping[str, Any], words: Mapping[str, str]) -> Rule:
    def filled(field: str) -> tuple[str, ...]:
        # Without a city its own names are unknown, and what speaks of them says nothing.
        return tuple(_filled(p, words) for p in entry.get(field, ()) if "@own@" not in p or "own" in words)

    return Rule(
        code=entry["code"],
        name=Text(entry["name"]["zh"], entry["name"]["en"]),
        effect=Effect(entry["effect"]),
        line=entry["line"],
        about=entry.get("about", ""),
        says=filled("says"),
        asks=filled("asks"),
        exceptions=filled("except"),
        unless=filled("unless"),
        tell=Text(entry["tell"]["zh"], entry["tell"]["en"]),
        source=entry["source"],
        note=entry["note"],
    )


def _searches(rule: Rule, blanks: tuple[str, ...]) -> list[_Search]:
    exceptions, unless = (*blanks, *rule.exceptions), _either(rule.unless)
    searches = [_Search(rule, rule.effect, _either(rule.says), exceptions, unless)]
    if rule.asks:
        searches.append(_Search(rule, Effect.INFORM, _either(rule.asks), exceptions, unless))
    return searches


def _stands(texts: pa.Array, search: _Search) -> npt.NDArray[np.bool_]:
    """Say which texts still hold the pattern once exceptions are blanked, and nothing calls it off."""
    said = replaced(texts, [(pattern, _BLANK) for pattern in search.exceptions])
    stands = holding(said, search.pattern)
    return stands & ~holding(texts, search.unless) if search.unless else stands


def _span(text: str, search: _Search) -> tuple[int, str]:
    """Return where the words begin and the words: the same search, blanked at equal length."""
    said = text
    for pattern in search.exceptions:
        said = re.sub(pattern, lambda found: _BLANK * len(found.group()), said)
    found = re.search(search.pattern, said)
    # The two engines agree on all shipped patterns; should one ever not, the whole text is the reason.
    return (0, text) if found is None else (found.start(), text[found.start() : found.end()])


def _own_names(city: City) -> tuple[str, ...]:
    wide = [region for region in city.regions if region.level is not RegionLevel.COMMUNITY]
    names = {city.name, city.name.removesuffix("市"), *(name for r in wide for name in (r.name, *r.aliases))}
    return tuple(sorted(name for name in names if len(name) > 1))


def _elsewhere(provinces: Mapping[str, Sequence[str]], own: tuple[str, ...]) -> list[str]:
    """Return names of other places: neither the city's own nor its province's."""
    listed = []
    for province, cities in provinces.items():
        at_home = province in own or any(name in own for name in cities)
        listed += [name for name in (*(() if at_home else (province,)), *cities) if name not in own]
    return listed


def _filled(pattern: str, words: Mapping[str, str]) -> str:
    return _MACRO.sub(lambda macro: words[macro.group(1)], pattern)


def _either(patterns: Sequence[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


def _any_of(names: Sequence[str]) -> str:
    # Longest first, so that a name never hides a longer one.
    return "(?:" + "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name))) + ")"
