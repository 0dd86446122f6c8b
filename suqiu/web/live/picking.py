"""Categories, departments and regions to choose from by typing: words, parts of names, or pinyin initials 检索选择."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from suqiu.domain.city import City, DepartmentKind
from suqiu.web.live.initials import initials, spells
from suqiu.web.site import site

KINDS = ("category", "department", "place")
_SHOWN = 12
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose 选项.

    Attributes:
        id: of the city pack.
        name: as shown when chosen.
        above: what it lies in, shown beside it; may be empty.
        words: other words by which it is found.
        letters: pinyin initials of the name.
        depth: 0 for the widest.
    """

    id: str
    name: str
    above: str
    words: str
    letters: str
    depth: int


def choices(kind: str, typed: str) -> list[Choice]:
    """Return what fits best to what was typed; without anything typed, the widest ones.

    Args:
        kind: one of `KINDS`.
        typed: words, or letters of pinyin initials.
    """
    words = typed.strip().lower()[:_LONGEST].split()
    scored = ((_fit(one, words), one) for one in _all(kind, site().city.version))
    found = sorted(
        ((fit, one.depth if not words else 0, len(one.name), one.id, one) for fit, one in scored if fit > 0),
        key=lambda line: (-line[0], *line[1:4]),
    )
    return [line[-1] for line in found[:_SHOWN]]


def _fit(one: Choice, words: Sequence[str]) -> int:
    """Say how well all words fit; 0 where one does not."""
    total = 1
    for word in words:
        fit = _fit_of(one, word)
        if not fit:
            return 0
        total += fit
    return total


def _fit_of(one: Choice, word: str) -> int:
    name = one.name.lower()
    if one.id.lower() == word or name == word:
        return 100
    if name.startswith(word):
        return 60
    if word in name:
        return 50
    if word.isascii() and word.isalpha() and (at := spells(word, one.letters)) >= 0:
        return 45 if at == 0 else 30
    if word in one.words.lower():
        return 20
    return 10 if word in one.above.lower() else 0


@lru_cache(maxsize=8)
def _all(kind: str, version: str) -> tuple[Choice, ...]:
    """Return every choice of a kind, made once for each state of the city pack."""
    city = site().city
    return {"category": _categories, "department": _departments, "place": _places}[kind](city)


def _categories(city: City) -> tuple[Choice, ...]:
    taxonomy = city.taxonomy
    return tuple(
        Choice(
            one.id, one.name, " › ".join(node.name for node in taxonomy.path(one.id)[:-1]), one.about,
            initials(one.name), one.level - 1,
        )
        for one in taxonomy.categories
    )  # fmt: skip


def _departments(city: City) -> tuple[Choice, ...]:
    return tuple(
        Choice(one.id, one.name, "", " ".join(one.aliases), initials(one.name), 0)
        for one in city.departments
        if one.kind is not DepartmentKind.OUTSIDE
    )


def _places(city: City) -> tuple[Choice, ...]:
    names = {one.id: one.name for one in city.regions}
    found = []
    for one in city.regions:
        parts = one.id.split(".")
        above = " › ".join(names[".".join(parts[: n + 1])] for n in range(len(parts) - 1))
        places = (place.rpartition(":")[2] for place in one.places)
        found.append(
            Choice(one.id, one.name, above, " ".join((*one.aliases, *places)), initials(one.name), len(parts) - 1)
        )
    return tuple(found)
