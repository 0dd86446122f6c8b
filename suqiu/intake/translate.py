"""Words of a source to codes and ids, asked once for each distinct word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from suqiu.domain.city import City
from suqiu.intake.codes import caller_back_words, code_words, flag_words
from suqiu.intake.fields import Field, Holds
from suqiu.intake.lookups import CategoryLookup, DepartmentLookup, RegionLookup

#: Parts the names of a chain within one text; no export holds it.
LEVEL_MARK = "\x1f"
#: Lines that calls are passed on to and that are no department's.
_EMERGENCY_NUMBERS = frozenset({"110", "119", "120", "122"})
#: Levels of a word that is known: none is lost.
KNOWN = -1

#: A word to its values (one, or one for each level of a place) and the first level that is lost.
Answer = tuple[tuple[str | bool | None, ...], int]
Reader = Callable[[str], Answer]


@dataclass(frozen=True)
class Lookups:
    """The city's names, made ready once for all tables 名称对照."""

    categories: CategoryLookup
    departments: DepartmentLookup
    regions: RegionLookup

    @classmethod
    def of(cls, city: City) -> Lookups:
        """Make a city's names ready."""
        return cls(CategoryLookup(city), DepartmentLookup(city), RegionLookup(city))


@dataclass(frozen=True, slots=True)
class Translated:
    """A column in our own words 转换结果.

    Attributes:
        values: the codes or ids, one array for each value of an answer; null where the word says nothing or is lost.
        lost: for each row the first level of its word that is not known, `KNOWN` where all is known or blank.
    """

    values: tuple[pa.Array, ...]
    lost: npt.NDArray[np.int64]


class Translator:
    """Turns the words of one field into codes or ids; it remembers every word."""

    def __init__(self, field: Field, own: Mapping[str, str | None], lookups: Lookups) -> None:
        """Make ready to translate a field; `own` are the mapping's words, which come before ours."""
        self._read = _reader(field, own, lookups)
        self._kind = pa.bool_() if field.holds is Holds.FLAG else pa.string()
        self._width = 3 if field.holds is Holds.DISTRICT else 1
        self._answers: dict[str, Answer] = {}

    def __call__(self, cells: pa.Array) -> Translated:
        """Translate a column of words; null stays null."""
        encoded = cells.dictionary_encode()
        answers = [self._answer(word) for word in encoded.dictionary.to_pylist()]
        columns = [[values[n] for values, _ in answers] for n in range(self._width)]
        places = encoded.indices.fill_null(len(answers)).to_numpy(zero_copy_only=False)
        lost = np.array([lost for _, lost in answers] + [KNOWN], dtype=np.int64)[places]
        return Translated(tuple(pa.array(column, self._kind).take(encoded.indices) for column in columns), lost)

    def _answer(self, word: str) -> Answer:
        if word not in self._answers:
            self._answers[word] = self._read(word)
        return self._answers[word]


def _reader(field: Field, own: Mapping[str, str | None], lookups: Lookups) -> Reader:
    holds = field.holds
    if holds is Holds.FLAG:
        flags = {**flag_words(), **{word: flag_words().get(code or "") for word, code in own.items()}}
        return lambda word: _listed(flags, word)
    if holds is Holds.CODE:
        words = {**(code_words(field.codes) if field.codes else caller_back_words()), **own}
        return lambda word: _listed(words, word)
    if holds is Holds.CATEGORY:
        return lambda chain: _category(lookups.categories, own, chain)
    if holds is Holds.DISTRICT:
        return lambda chain: _place(lookups.regions, own, chain)
    return lambda word: _department(lookups.departments, own, word, numbers=holds is Holds.TARGET)


def _listed(words: Mapping[str, str | bool | None], word: str) -> Answer:
    return ((words[word],), KNOWN) if word in words else ((None,), 0)


def _category(lookup: CategoryLookup, own: Mapping[str, str | None], chain: str) -> Answer:
    names = chain.split(LEVEL_MARK)
    filled = [name for name in names if name]
    for key in (">".join(filled), filled[-1]):
        if key in own:
            return (own[key],), KNOWN
    found, lost = lookup.find(names)
    return (found,), KNOWN if lost is None else lost


def _place(lookup: RegionLookup, own: Mapping[str, str | None], chain: str) -> Answer:
    district, street, community = (own.get(name, name) or "" for name in chain.split(LEVEL_MARK))
    found, lost = lookup.find((district, street, community))
    # Several levels may be lost at once: they are counted as bits above the known mark.
    bits = sum(1 << level for level, gone in enumerate(lost) if gone)
    return found, bits - 1


def _department(lookup: DepartmentLookup, own: Mapping[str, str | None], word: str, *, numbers: bool) -> Answer:
    if word in own:
        return (own[word],), KNOWN
    if numbers and word in _EMERGENCY_NUMBERS:
        return (word,), KNOWN
    if lookup.names_none(word):
        return (None,), KNOWN
    found = lookup.find(word)
    return (found,), KNOWN if found is not None else 0
