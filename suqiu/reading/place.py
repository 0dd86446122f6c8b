"""Where a demand arises: district, street and community, from what is recorded or from names in the text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.city import City, Region
from suqiu.reading.characters import characters
from suqiu.reading.names import Matches, NameIndex
from suqiu.reading.tree import NONE, Numbers, ancestors_of

#: Names shorter than this occur by chance in ordinary words (城中 in 城中村); only official names may be shorter.
_LEAST = 3
_LEVELS = ("district", "street", "community")


@dataclass(frozen=True, slots=True)
class Places:
    """Where each order of a batch arises.

    Attributes:
        levels: district, street and community ids, a string array each, null where unknown.
        derived: for each level, whether it comes from a name in the text instead of the record.
        names: the name in the text that decided, null where none did.
    """

    levels: tuple[pa.Array, pa.Array, pa.Array]
    derived: tuple[pa.Array, pa.Array, pa.Array]
    names: pa.Array


class PlaceFinder:
    """Knows the names of all regions of a city and of the places in them.

    A region's support in a text is the number of characters that name it or one that contains it.
    The best supported region wins; where several are equally supported (a road that crosses
    streets), what they have in common is all that can be said.
    """

    def __init__(self, city: City) -> None:
        regions = sorted(city.regions, key=lambda region: region.id)
        self._ids = [region.id for region in regions]
        # The last column answers for `NONE`, which as an index means the last.
        self._ancestors = _with_none(ancestors_of(self._ids))
        self._depth = (self._ancestors != NONE).sum(axis=0)
        named: dict[str, set[int]] = {}
        for number, region in enumerate(regions):
            for name in _names(region):
                named.setdefault(name, set()).add(number)
        self._names = sorted(named)
        self._id_array, self._name_array = pa.array(self._ids, pa.string()), pa.array(self._names, pa.string())
        means = [self._widest(named[name]) for name in self._names]
        self._first = np.cumsum([0] + [len(numbers) for numbers in means])
        self._means = np.array([number for numbers in means for number in numbers], dtype=np.int64)
        self._index = NameIndex(self._names)

    def locate(self, orders: pa.RecordBatch, texts: pa.Array) -> Places:
        """Complete the recorded place of each order from its address, then from its text.

        Args:
            orders: `ORDERS` rows.
            texts: what the citizen said, a string array of the same length.
        """
        recorded = [self._numbers(orders.column(level)) for level in _LEVELS]
        known = np.select([row != NONE for row in reversed(recorded)], list(reversed(recorded)), NONE)
        found, names = self._search(orders.column("address"), known)
        found, more_names = self._search(texts, found)
        names = np.where(more_names == NONE, names, more_names)
        levels, derived = [], []
        for depth, level in enumerate(_LEVELS):
            stated = orders.column(level)
            upward = _ids(self._id_array, self._ancestors[depth][found])
            levels.append(pc.coalesce(stated, upward))
            # What follows from a recorded region below is recorded too.
            from_text = pa.array(self._ancestors[depth][known] == NONE)
            derived.append(pc.and_(pc.and_(pc.is_null(stated), pc.is_valid(upward)), from_text))
        return Places(_three(levels), _three(derived), _ids(self._name_array, names))

    def _search(self, texts: pa.Array, within: Numbers) -> tuple[Numbers, Numbers]:
        """Find the region named in each text, inside the one already known, and the name that decided."""
        laid_out = characters(texts)
        matches = self._index.find(laid_out)
        rows, regions, lengths, names = self._meanings(matches)
        limit = within[rows]
        inside = (limit == NONE) | (self._ancestors[self._depth[limit] - 1, regions] == limit)
        rows, regions, lengths, names = rows[inside], regions[inside], lengths[inside], names[inside]
        if not len(rows):
            return within, np.full(len(within), NONE, dtype=np.int64)
        found = self._best(rows, regions, lengths, within)
        decided = np.full(len(within), NONE, dtype=np.int64)
        deciding = np.flatnonzero(regions == found[rows])
        deciding = deciding[np.argsort(lengths[deciding], kind="stable")]
        decided[rows[deciding]] = names[deciding]
        return found, decided

    def _meanings(self, matches: Matches) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """Return one entry for each region that each match may mean."""
        counts = self._first[matches.names + 1] - self._first[matches.names]
        which = np.repeat(np.arange(len(counts)), counts)
        offset = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        regions = self._means[self._first[matches.names[which]] + offset]
        return matches.rows[which], regions, matches.lengths[which], matches.names[which]

    def _best(self, rows: Numbers, regions: Numbers, lengths: Numbers, within: Numbers) -> Numbers:
        """Return for each text the best supported region, or what equally supported ones have in common."""
        size = len(self._ids)
        keys, inverse = np.unique(rows * size + regions, return_inverse=True)
        own = np.bincount(inverse, weights=lengths)
        row, region = keys // size, keys % size
        support = own.copy()
        for above in self._ancestors:
            parent = above[region]
            other = (parent != NONE) & (parent != region)
            place = np.minimum(np.searchsorted(keys, row * size + parent), len(keys) - 1)
            support += np.where(other & (keys[place] == row * size + parent), own[place], 0)
        starts = np.flatnonzero(np.concatenate([[True], row[1:] != row[:-1]]))
        top = np.repeat(np.maximum.reduceat(support, starts), np.diff(np.append(starts, len(row))))
        best = support == top
        row, region = row[best], region[best]
        starts = np.flatnonzero(np.concatenate([[True], row[1:] != row[:-1]]))
        found = within.copy()
        for above in self._ancestors:
            low, high = np.minimum.reduceat(above[region], starts), np.maximum.reduceat(above[region], starts)
            agreed = (low == high) & (low != NONE)
            found[row[starts[agreed]]] = low[agreed]
        return found

    def _widest(self, numbers: set[int]) -> list[int]:
        """Leave out regions inside another of the same name: the name alone does not say which is meant."""
        return sorted(n for n in numbers if not any(a in numbers and a != n for a in self._ancestors[:, n].tolist()))

    def _numbers(self, ids: pa.Array) -> Numbers:
        """Return region numbers of ids, `NONE` for null and for ids the city does not have."""
        found = pc.index_in(ids, value_set=self._id_array, skip_nulls=True)
        return np.asarray(pc.fill_null(found, NONE).to_numpy(zero_copy_only=False), dtype=np.int64)


def _names(region: Region) -> set[str]:
    """Return the names by which a region is found; places may carry their kind: `road:长虹大道`."""
    places = {place.rpartition(":")[2].strip() for place in region.places}
    others = {name.strip() for name in region.aliases} | places
    return {name for name in others if len(name) >= _LEAST} | ({region.name.strip()} if len(region.name) > 1 else set())


def _ids(values: pa.Array, numbers: Numbers) -> pa.Array:
    return values.take(pa.array(numbers, mask=numbers == NONE))


def _three(parts: list[pa.Array]) -> tuple[pa.Array, pa.Array, pa.Array]:
    district, street, community = parts
    return district, street, community


def _with_none(ancestors: Numbers) -> Numbers:
    """Add a column of `NONE`, and the rows of levels that the city does not know."""
    table = np.full((len(_LEVELS), ancestors.shape[1] + 1), NONE, dtype=np.int64)
    table[: len(ancestors), :-1] = ancestors
    return table
