"""Category and department by the duty catalogue 职责清单, for a city without history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.city import City, DepartmentKind
from suqiu.reading.features import Vocabulary, counted, learn_vocabulary
from suqiu.reading.tree import NONE, Numbers, ancestors_of

#: How far the best duty must lead the best one elsewhere before its category fills an empty field: by
#: this share of its own likeness. Tried on spoken demands of the example city.
CLEAR_LEAD = 0.25
#: And how alike it must be at all (cosine): below, one common word is all they share.
LEAST_LIKENESS = 0.08

#: Given departments, the ids of the duties that justify them, null where none does.
Justification = Callable[[pa.Array], pa.Array]

#: Stands for "the district's government" among department ids.
_DISTRICT = "*"
_PIECES = 1 << 18
#: Fewer orders than this do not tell which pieces are common.
_LEAST_HEARD = 500
#: Texts compared with all duties at a time: bounds memory to about 20 MB for a thousand duties.
_AT_A_TIME = 4_096


@dataclass(frozen=True, slots=True)
class Matched:
    """The duty that each order is most like.

    Attributes:
        entries: the number of the catalogue's entry, `NONE` where nothing is alike.
        categories: one row a level, one column an order: the entry's category there as a label number.
        clear: the same shape: the lead is clear enough to fill an empty field.
    """

    entries: Numbers
    categories: Numbers
    clear: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Heard:
    """How common pieces of text are in the city's own orders, labelled or not 用语常见度.

    Attributes:
        texts: how many orders were looked at.
        found_in: in how many of them each hash bucket occurs.
    """

    texts: int
    found_in: npt.NDArray[np.int32]


class Catalogue:
    """Every duty and every category without one, in citizens' words, ready to be compared with texts."""

    def __init__(self, city: City, heard: Heard | None = None) -> None:
        nodes = city.taxonomy.by_id
        self.labels = tuple(node.id for node in city.taxonomy.categories)
        number = {label: n for n, label in enumerate(self.labels)}
        covered = {duty.category for duty in city.duties}
        entries: list[tuple[str, str | None, str | None, str]] = [
            (duty.category, duty.id, duty.lead, f"{duty.what} {' '.join(duty.examples)}")
            for duty in city.duties
            if duty.category in nodes
        ]
        entries += [(leaf.id, None, None, "") for leaf in city.taxonomy.leaves if leaf.id not in covered]
        # The name counts twice, so that it outweighs what a duty happens to mention.
        words = [
            " ".join([*(node.name for node in city.taxonomy.path(id_)), nodes[id_].name, nodes[id_].about, said])
            for id_, _, _, said in entries
        ]
        counts = counted(pa.array(words, pa.string()))
        self._vocabulary = learn_vocabulary(counts, at_most=_PIECES, at_least_in=1)
        if heard is not None and heard.texts >= _LEAST_HEARD:
            self._vocabulary = _less_for_everyday(self._vocabulary, heard)
        self._vectors = self._vocabulary.vectors(pa.array(words, pa.string())).T.tocsr()
        self._ancestors = ancestors_of(self.labels)
        self._category = np.array([number[id_] for id_, *_ in entries], dtype=np.int64)
        # The first entry of each category; the last place answers for `NONE`.
        self._entry_of = np.full(len(self.labels) + 1, NONE, dtype=np.int64)
        self._entry_of[self._category[::-1]] = np.arange(len(entries))[::-1]
        self._duties = tuple(duty for _, duty, _, _ in entries)
        self._leads = [lead for _, _, lead, _ in entries]
        self._governments = {
            d.region: d.id for d in reversed(city.departments) if d.kind is DepartmentKind.DISTRICT and d.region
        }

    def match(self, texts: pa.Array) -> Matched:
        """Find the most alike duty for each text."""
        parts = [self._match(texts.slice(at, _AT_A_TIME)) for at in range(0, max(1, len(texts)), _AT_A_TIME)]
        return Matched(
            np.concatenate([part.entries for part in parts]),
            np.concatenate([part.categories for part in parts], axis=1),
            np.concatenate([part.clear for part in parts], axis=1),
        )

    def _match(self, texts: pa.Array) -> Matched:
        levels = len(self._ancestors)
        if not len(self._category):
            nothing = np.full((levels, len(texts)), NONE, dtype=np.int64)
            return Matched(nothing[0], nothing, np.zeros(nothing.shape, dtype=np.bool_))
        likeness = (self._vocabulary.vectors(texts) @ self._vectors).toarray()
        best = likeness.argmax(axis=1)
        top = likeness[np.arange(len(best)), best]
        categories = np.where(top > 0, self._ancestors[:, self._category[best]], NONE)
        clear = np.zeros(categories.shape, dtype=np.bool_)
        for level in range(levels):
            own = self._ancestors[level][self._category]
            elsewhere = np.where(own[None, :] == categories[level][:, None], 0, likeness).max(axis=1)
            clear[level] = (top >= LEAST_LIKENESS) & (elsewhere <= (1 - CLEAR_LEAD) * top) & (categories[level] != NONE)
        # What is unclear above cannot be clear below.
        return Matched(np.where(top > 0, best, NONE), categories, np.logical_and.accumulate(clear, axis=0))

    def fitting(self, texts: pa.Array, departments: Sequence[str | None]) -> pa.Array:
        """Return for each text the most alike of the duties that a department leads.

        Args:
            texts: string array.
            departments: the id for each text, None where unknown.

        Returns:
            Duty ids, null where the department leads none that is alike at all.
        """
        if not len(self._category):
            return pa.nulls(len(texts), pa.string())
        likeness = (self._vocabulary.vectors(texts) @ self._vectors).toarray()
        leads = np.array([lead or "" for lead in self._leads])
        own = leads[None, :] == np.array([department or "-" for department in departments])[:, None]
        alike = np.where(own, likeness, 0.0)
        best = alike.argmax(axis=1)
        found = alike[np.arange(len(best)), best] > 0
        return self.duties_of(np.where(found, best, NONE).astype(np.int64))

    def covers(self, categories: Numbers) -> npt.NDArray[np.bool_]:
        """Say which categories, as label numbers, have an entry of their own; `NONE` has none."""
        return np.asarray(self._entry_of[categories] != NONE)

    def entries_for(self, categories: Numbers, alike: Numbers) -> Numbers:
        """Return an entry of each known category: the most alike one if it lies there, else the first.

        Args:
            categories: label numbers, `NONE` where not known: there the most alike entry stands.
            alike: entries, `NONE` where nothing is alike.
        """
        if not len(self._category):
            return alike
        above = self._ancestors[:, self._category[alike]]
        fits = (categories == NONE) | ((alike != NONE) & (above == categories).any(axis=0))
        return np.where(fits, alike, self._entry_of[categories])

    def leads(self, entries: Numbers, districts: pa.Array) -> pa.Array:
        """Return the department that leads for each entry: where the catalogue says so, the district's government.

        Args:
            entries: entry numbers, `NONE` where there is none.
            districts: district ids of the orders, null where unknown.

        Returns:
            Department ids, null where the catalogue or the place does not tell.
        """
        leads = pa.array([*self._leads, None], pa.string())
        has_duty = np.array([duty is not None for duty in self._duties] + [False])
        chosen = leads.take(pa.array(np.where(entries == NONE, len(self._leads), entries)))
        by_district = has_duty[entries] & chosen.is_null().to_numpy(zero_copy_only=False)
        return pc.if_else(pa.array(by_district), self._government_of(districts), chosen)

    def duties_of(self, entries: Numbers) -> pa.Array:
        """Return the duty's id of each entry, null for `NONE` and for a category without a duty."""
        ids = pa.array([*self._duties, None], pa.string())
        return ids.take(pa.array(np.where(entries == NONE, len(self._duties), entries)))

    def justifying(self, categories: pa.Array, districts: pa.Array) -> Justification:
        """Return what tells which duty gives orders of these categories to a department.

        Args:
            categories: ids, null where unknown.
            districts: ids: the district's government leads where the catalogue says so.
        """
        known, duties = self._justified
        governments = self._government_of(districts)

        def duty_for(departments: pa.Array) -> pa.Array:
            own = pc.fill_null(pc.equal(governments, departments), False)
            district = pc.if_else(own, _DISTRICT, pa.nulls(len(own), pa.string()))
            wanted = [pc.binary_join_element_wise(categories, who, "|") for who in (departments, district)]
            found = [pc.index_in(key, value_set=known, skip_nulls=True) for key in wanted]
            return duties.take(pc.fill_null(pc.coalesce(*found), len(known)))

        return duty_for

    @cached_property
    def _justified(self) -> tuple[pa.Array, pa.Array]:
        """Every category with a department that leads it, and the duty that says so; the last duty stands for none."""
        keys: dict[str, str] = {}
        for number, lead, duty in zip(self._category, self._leads, self._duties, strict=True):
            if duty is not None:
                keys.setdefault(f"{self.labels[number]}|{lead or _DISTRICT}", duty)
        return pa.array(list(keys), pa.string()), pa.array([*keys.values(), None], pa.string())

    def _government_of(self, districts: pa.Array) -> pa.Array:
        regions = pa.array(list(self._governments), pa.string())
        governments = pa.array([*self._governments.values(), None], pa.string())
        place = pc.index_in(districts, value_set=regions, skip_nulls=True)
        return governments.take(pc.fill_null(place, len(regions)))


def _less_for_everyday(vocabulary: Vocabulary, heard: Heard) -> Vocabulary:
    """Give each piece the lower of its weights among duties and among what citizens say.

    "Please", "the day before yesterday" and "on behalf of my mother" are rare in the catalogue and
    common on the telephone: without this, the one duty that happens to say them attracts everything.
    """
    everyday = np.log((1 + heard.texts) / (1 + heard.found_in[vocabulary.buckets]))
    return Vocabulary(vocabulary.buckets, np.minimum(vocabulary.weights, everyday).astype(np.float32))
