"""Back-test of a duty catalogue 职责清单回测: what past orders would have met under a new one.

Nothing is learned and nothing is guessed: an order with a category goes where each catalogue sends that
category in that district. What the catalogues do not tell is counted, not filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.city import City, RegionLevel
from suqiu.domain.order import StepKind
from suqiu.domain.text import Text
from suqiu.evaluation.intervals import wilson
from suqiu.reading.catalogue import Catalogue
from suqiu.reading.sampling import label_numbers
from suqiu.reading.tree import NONE, Numbers

Flags = npt.NDArray[np.bool_]

#: The way of each dispatched order: where it began, who sent it back, where it ended; sorted as the steps.
JOURNEYS = pa.schema(
    [
        pa.field("order_id", pa.string(), nullable=False),
        pa.field("first", pa.string()),
        pa.field("last", pa.string()),  # null after a granted return or a reopening
        pa.field("returned_from", pa.list_(pa.string()), nullable=False),
    ]
)
_SENT = pa.array([StepKind.DISPATCH.value, StepKind.REDISPATCH.value])
_FREED = pa.array([StepKind.GRANT_RETURN.value, StepKind.REOPEN.value])
#: Example orders kept for each finding and each pair of departments.
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Part:
    """A count out of those it could have been 计数与占比.

    Attributes:
        key: what the part is about: a category, district or pair of departments; empty for the whole.
        count, of: how many, and out of how many.
        examples: order ids, the first ones met.
    """

    key: str
    count: int
    of: int
    examples: tuple[str, ...] = ()

    def as_record(self) -> dict[str, object]:
        """Return it with its share and 95 % Wilson interval, ready for JSON; both None out of nothing."""
        interval = wilson(self.count, self.of)
        return {
            "key": self.key,
            "count": self.count,
            "of": self.of,
            "share": None if interval is None else self.count / self.of,
            "interval": None if interval is None else [interval.lower, interval.upper],
            "examples": list(self.examples),
        }


@dataclass(frozen=True, slots=True)
class BacktestReport:
    """What a new catalogue would have changed 回测结果.

    Attributes:
        orders: looked at.
        unjudged: why the rest could not be judged: `no_category`, `not_in_old`, `not_in_new` (the category
            has no duty there, or its lead depends on an unknown district).
        elsewhere: orders that both catalogues send somewhere, to different departments.
        spared: of the orders that were sent back, those that the old catalogue sends wrong and the new
            one sends where they ended.
        caused: of the orders that stayed where they were sent, those that the old catalogue sends right
            and the new one does not. Where a duty is moved on purpose, that is an upper bound.
        still: of the orders that were sent back, those that the new catalogue too sends wrong.
        by_category, by_district, by_pair: `elsewhere` in parts, most first; pairs are `old>new`.
    """

    orders: int
    unjudged: dict[str, int]
    elsewhere: Part
    spared: Part
    caused: Part
    still: Part
    by_category: tuple[Part, ...]
    by_district: tuple[Part, ...]
    by_pair: tuple[Part, ...]

    def as_record(self) -> dict[str, object]:
        """Return the report ready for JSON."""
        record: dict[str, object] = {"orders": self.orders, "unjudged": dict(self.unjudged)}
        for name in ("elsewhere", "spared", "caused", "still"):
            record[name] = getattr(self, name).as_record()
        for name in ("by_category", "by_district", "by_pair"):
            record[name] = [part.as_record() for part in getattr(self, name)]
        return record

    def told(self) -> Text:
        """Return the findings in words, each with its counts and interval."""
        sentences = [
            Text("回测工单{n}件，可比对{j}件。", "{n} orders, {j} of them comparable.").fill(
                n=self.orders, j=self.elsewhere.of
            ),
            _sentence(self.elsewhere, Text("新清单下改派至其他单位", "would have gone elsewhere")),
            _sentence(self.spared, Text("曾被退回的工单中可避免退单", "of those sent back would have been spared")),
            _sentence(self.still, Text("曾被退回的工单中仍派错", "of those sent back would still be sent wrong")),
            _sentence(
                self.caused,
                Text(
                    "一次派准的工单中可能新增退单（有意调整职责的除外）",
                    "of those sent right at once might come back (unless the duty moves on purpose)",
                ),
            ),
        ]
        return Text("".join(s.zh for s in sentences), " ".join(s.en for s in sentences))


def journeys(steps: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Sum up the way of each dispatched order.

    A department is left when its return is granted, or when the order is sent to another one without.

    Args:
        steps: `STEPS` rows, sorted by order and number; an order may lie across batches.

    Yields:
        `JOURNEYS` rows.
    """
    waiting: pa.RecordBatch | None = None
    for batch in steps:
        rows = batch.select(["order_id", "kind", "department"])
        rows = rows if waiting is None else pa.concat_batches([waiting, rows])
        if not len(rows):
            continue
        last = int(_starts(rows.column("order_id"))[-1])
        if last:
            yield _journeys(rows.slice(0, last))
        waiting = rows.slice(last)
    if waiting is not None and len(waiting):
        yield _journeys(waiting)


def backtest(
    old_city: City,
    new_city: City,
    orders: Iterable[pa.RecordBatch],
    ways: Iterable[pa.RecordBatch] = (),
) -> BacktestReport:
    """Send past orders by the old catalogue and by the new one, and compare.

    Memory holds the ways of the orders that were sent back, and counts.

    Args:
        old_city, new_city: two states of the city pack; category and department ids mean the same in both.
        orders: batches with order_id, category, district and department (that handled the order in the
            end), as `ORDERS` and `READINGS` have them.
        ways: from `journeys`; without them nothing is known of returns.
    """
    tally = _Tally(old_city, new_city, _sent_back(ways))
    for batch in orders:
        tally.add(batch)
    return tally.report()


@dataclass
class _Count:
    """A count that grows, with its first examples."""

    count: int = 0
    of: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, ids: pa.Array, hit: Flags, among: Flags) -> None:
        self.count += int(hit.sum())
        self.of += int(among.sum())
        rows = np.flatnonzero(hit)[: EXAMPLES - len(self.examples)]
        self.examples += ids.take(pa.array(rows)).to_pylist()

    def part(self, key: str = "") -> Part:
        return Part(key, self.count, self.of, tuple(self.examples))


class _Tally:
    """Counts over batches."""

    def __init__(self, old: City, new: City, bounced: pa.Array) -> None:
        self._old, self._new = Catalogue(old), Catalogue(new)
        self._bounced = bounced
        self._categories = tuple(sorted({*self._old.labels, *self._new.labels}))
        self._districts = tuple(
            sorted({r.id for city in (old, new) for r in city.regions if r.level is RegionLevel.DISTRICT})
        )
        self._departments = tuple(sorted({*old.department_by_id, *new.department_by_id}))
        self._orders = 0
        self._unjudged = {"no_category": 0, "not_in_old": 0, "not_in_new": 0}
        self._whole = {name: _Count() for name in ("elsewhere", "spared", "caused", "still")}
        wide = len(self._departments)
        self._by_category = np.zeros((2, len(self._categories)), dtype=np.int64)
        self._by_district = np.zeros((2, len(self._districts) + 1), dtype=np.int64)
        self._pairs = np.zeros(wide * wide, dtype=np.int64)
        self._pair_examples: dict[int, list[str]] = {}

    def add(self, batch: pa.RecordBatch) -> None:
        """Count one batch."""
        ids, categories, districts = (batch.column(name) for name in ("order_id", "category", "district"))
        ended = label_numbers(batch.column("department"), self._departments)
        before = self._leads(self._old, categories, districts)
        after = self._leads(self._new, categories, districts)
        known = categories.is_valid().to_numpy(zero_copy_only=False)
        judged = (before != NONE) & (after != NONE)
        self._orders += len(batch)
        self._unjudged["no_category"] += int((~known).sum())
        self._unjudged["not_in_old"] += int((known & (before == NONE)).sum())
        self._unjudged["not_in_new"] += int((known & (before != NONE) & (after == NONE)).sum())
        moved = judged & (before != after)
        returned = pc.is_in(ids, value_set=self._bounced).to_numpy(zero_copy_only=False)
        finished = judged & (ended != NONE)
        bounced, settled = finished & returned, finished & ~returned
        self._whole["elsewhere"].add(ids, moved, judged)
        self._whole["spared"].add(ids, bounced & (before != ended) & (after == ended), bounced)
        self._whole["still"].add(ids, bounced & (after != ended), bounced)
        self._whole["caused"].add(ids, settled & (before == ended) & (after != ended), settled)
        self._cut(ids, categories, districts, moved, judged)
        self._paired(ids, before, after, moved)

    def _leads(self, catalogue: Catalogue, categories: pa.Array, districts: pa.Array) -> Numbers:
        numbers = label_numbers(categories, catalogue.labels)
        entries = catalogue.entries_for(numbers, np.full(len(numbers), NONE, dtype=np.int64))
        return label_numbers(catalogue.leads(entries, districts), self._departments)

    def _cut(self, ids: pa.Array, categories: pa.Array, districts: pa.Array, moved: Flags, judged: Flags) -> None:
        """Count by category and district; the last column of the districts is for the unknown."""
        category = label_numbers(categories, self._categories)
        district = label_numbers(districts, self._districts)
        for row, hit in enumerate((moved, judged)):
            self._by_category[row] += np.bincount(category[hit], minlength=len(self._categories))
            places = np.where(district[hit] == NONE, len(self._districts), district[hit])
            self._by_district[row] += np.bincount(places, minlength=len(self._districts) + 1)

    def _paired(self, ids: pa.Array, before: Numbers, after: Numbers, moved: Flags) -> None:
        rows = np.flatnonzero(moved)
        pairs = before[rows] * len(self._departments) + after[rows]
        self._pairs += np.bincount(pairs, minlength=len(self._pairs))
        for pair in np.unique(pairs).tolist():
            examples = self._pair_examples.setdefault(pair, [])
            some = rows[pairs == pair][: EXAMPLES - len(examples)]
            examples += ids.take(pa.array(some)).to_pylist()

    def report(self) -> BacktestReport:
        """Return what was counted."""
        wide = len(self._departments)
        judged = self._whole["elsewhere"].of
        pairs = [
            Part(
                f"{self._departments[pair // wide]}>{self._departments[pair % wide]}",
                int(self._pairs[pair]),
                judged,
                tuple(examples),
            )
            for pair, examples in self._pair_examples.items()
        ]
        return BacktestReport(
            self._orders,
            dict(self._unjudged),
            **{name: count.part() for name, count in self._whole.items()},
            by_category=_parts(self._categories, self._by_category),
            by_district=_parts((*self._districts, "unknown"), self._by_district),
            by_pair=_most_first(pairs),
        )


def _parts(keys: tuple[str, ...], counts: Numbers) -> tuple[Part, ...]:
    met = np.flatnonzero(counts[1]).tolist()
    return _most_first([Part(keys[n], int(counts[0, n]), int(counts[1, n])) for n in met])


def _most_first(parts: list[Part]) -> tuple[Part, ...]:
    return tuple(sorted((part for part in parts if part.count), key=lambda part: (-part.count, part.key)))


def _sentence(part: Part, what: Text) -> Text:
    interval = wilson(part.count, part.of)
    if interval is None:
        return Text("{w}：无可比对工单。", "{w}: none to compare.").fill(w=what)
    return Text(
        "{w}{c}件，占{of}件的{s:.1%}（95%置信区间{lo:.1%}至{hi:.1%}）。",
        "{c} of {of} {w} ({s:.1%}, 95 % interval {lo:.1%} to {hi:.1%}).",
    ).fill(w=what, c=part.count, of=part.of, s=part.count / part.of, lo=interval.lower, hi=interval.upper)


def _sent_back(ways: Iterable[pa.RecordBatch]) -> pa.Array:
    """Return the ids of orders that somebody sent back."""
    found = [
        way.column("order_id").filter(pc.greater(pc.list_value_length(way.column("returned_from")), 0)) for way in ways
    ]
    return pa.concat_arrays([pa.nulls(0, pa.string()), *found])


def _starts(ids: pa.Array) -> Numbers:
    """Return where each run of equal ids begins."""
    changes = pc.not_equal(ids.slice(1), ids.slice(0, len(ids) - 1)).to_numpy(zero_copy_only=False)
    return np.concatenate([[0], np.flatnonzero(changes) + 1]).astype(np.int64)


def _journeys(steps: pa.RecordBatch) -> pa.RecordBatch:
    """Sum up whole orders."""
    ids, kinds = steps.column("order_id"), steps.column("kind")
    encoded = steps.column("department").dictionary_encode()
    departments = encoded.dictionary
    who = np.asarray(pc.fill_null(encoded.indices.cast(pa.int64()), NONE).to_numpy(zero_copy_only=False))
    starts = _starts(ids)
    order = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(ids))))
    sent = pc.is_in(kinds, value_set=_SENT).to_numpy(zero_copy_only=False)
    freed = pc.is_in(kinds, value_set=_FREED).to_numpy(zero_copy_only=False)
    granted = pc.equal(kinds, StepKind.GRANT_RETURN.value).to_numpy(zero_copy_only=False)
    place = np.arange(len(ids))
    latest = np.maximum.accumulate(np.where(sent | freed, place, NONE))
    earlier = np.concatenate([[NONE], latest[:-1]])
    here = (earlier >= starts[order]) & sent[earlier]
    held = np.where(here, who[earlier], NONE)
    left = np.where(granted, np.where(who != NONE, who, held), np.where(sent & (held != who), held, NONE))
    back = np.flatnonzero(left != NONE)
    sizes = np.bincount(order[back], minlength=len(starts))
    ends = np.append(starts[1:], len(ids)) - 1
    final = latest[ends]
    last = np.where((final >= starts) & sent[final], who[final], NONE)
    rows, firsts = np.unique(order[sent], return_index=True)
    first = np.full(len(starts), NONE, dtype=np.int64)
    first[rows] = who[sent][firsts]
    columns = [
        ids.take(pa.array(starts)),
        _named(departments, first),
        _named(departments, last),
        pa.ListArray.from_arrays(
            pa.array(np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)), _named(departments, left[back])
        ),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=JOURNEYS).take(pa.array(rows))


def _named(names: pa.Array, numbers: Numbers) -> pa.Array:
    return names.take(pa.array(numbers, mask=numbers == NONE))
