"""Makes a city's orders, chunk by chunk, and writes them with their truth beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from suqiu.domain.city import City
from suqiu.domain.clock import Stage
from suqiu.domain.errors import InvalidInput
from suqiu.domain.order import OrderType
from suqiu.domain.text import Text
from suqiu.simulate import columns, material, words
from suqiu.simulate.callers import Population
from suqiu.simulate.calls import call_rows
from suqiu.simulate.chance import Chance
from suqiu.simulate.columns import export, truth
from suqiu.simulate.dispatch import Dispatch
from suqiu.simulate.faults import BadRow, Harm, Harming, at_row, plan_faults, torn
from suqiu.simulate.happening import place_events
from suqiu.simulate.life import Case, Life
from suqiu.simulate.lives import Lives
from suqiu.simulate.matters import Draft, Matters
from suqiu.simulate.mix import Mix
from suqiu.simulate.office import DAY, Office, dues
from suqiu.simulate.personal import Decoys, PersonalData
from suqiu.simulate.places import PlaceBook
from suqiu.simulate.records import Records, Rows
from suqiu.simulate.timetable import Slots, Timetable, plan
from suqiu.simulate.wording import Wording
from suqiu.simulate.writing import Folder, Format, Sheet, whole

#: Orders made at a time: large enough for vectors to pay, small enough to hold with all their steps.
CHUNK = 5_000
_FIRST_DAY = date(2026, 1, 1)
#: Streams of random numbers of the chunks begin here; smaller numbers are those of the plan.
_CHUNKS = 16
#: Agents at the telephone, by number.
_AGENTS = tuple(f"{1001 + n}" for n in range(180))
_MOST_MONTHS = 120


@dataclass(frozen=True, slots=True)
class SimulationSummary:
    """What was made 模拟概况.

    Attributes:
        first_day, last_day: the period.
        orders: true orders, bad rows not counted.
        steps, calls, call_backs: rows of the other files, bad rows included.
        events: planted events.
        event_orders: orders that belong to them.
        repeats: orders that repeat an earlier one.
        personal_data: planted pieces of personal data.
        bad_rows: rows harmed on purpose.
        folder: where everything lies.
    """

    first_day: date
    last_day: date
    orders: int
    steps: int
    calls: int
    call_backs: int
    events: int
    event_orders: int
    repeats: int
    personal_data: int
    bad_rows: int
    folder: Path


def write(
    city: City,
    material: Path,
    *,
    orders: int,
    months: int,
    seed: int,
    out: Path,
    first_day: date | None = None,
    formats: Format = "csv",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> SimulationSummary:
    """Write a simulated export and its truth.

    `out` then holds `orders`, `steps`, `calls` and `callbacks` (`.csv` or `.parquet`), and under `truth/` the Parquet
    files `orders`, `events`, `personal_data`, `decoys`, `bad_rows` and `departments`, described in
    `suqiu.simulate.columns`. The same arguments give the same bytes. Memory does not grow with the number of orders,
    but for 32 MB that remember texts and the few orders that will be repeated.

    Args:
        city: the loaded pack.
        material: its `simulation` folder; the pack's `regions.csv` lies beside it.
        orders: how many, at least 1.
        months: length of the period, 1 to 120.
        seed: another seed makes another half-year.
        out: folder, made if need be; earlier simulated files in it are replaced.
        first_day: first day of the period, 2026-01-01 by default.
        formats: of the export.
        progress: told the orders made so far and in all.

    Raises:
        InvalidInput: a number is out of range, or the material does not fit the city, or the city's calendar does not
            cover the period.
        NotFound: the city has no material.
    """
    if orders < 1 or seed < 0 or not 1 <= months <= _MOST_MONTHS:
        raise InvalidInput(
            "simulate.out_of_range",
            Text(
                "工单数须不少于1，月数须在1至{most}之间，种子须不小于0",
                "orders must be at least 1, months 1 to {most}, and the seed not negative",
            ).fill(most=_MOST_MONTHS),
            Text("请调整参数", "change the arguments"),
        )
    maker = _Maker(city, material, orders, months, seed, first_day or _FIRST_DAY, formats)
    out.mkdir(parents=True, exist_ok=True)
    with whole(out, formats) as folder:
        output = _Output(folder)
        for first in range(0, orders, CHUNK):
            output.add(maker.chunk(first, min(first + CHUNK, orders)))
            progress(min(first + CHUNK, orders), orders)
        return output.finish(maker, out)


@dataclass(frozen=True, slots=True)
class _Chunk:
    """The tables of one chunk; bad rows are already in them."""

    tables: dict[str, pa.Table]
    truths: dict[str, pa.Table]
    bad: tuple[BadRow, ...]


class _Maker:
    """Everything that is settled before the first order."""

    def __init__(
        self, city: City, folder: Path, orders: int, months: int, seed: int, first_day: date, formats: Format
    ) -> None:
        told, lexicon, chance = material.load(folder, city), words.load(), Chance()
        scenario = told.scenario
        self._city, self._chance, self._seed, self._scenario = city, chance, seed, scenario
        self.timetable: Timetable = plan(scenario, city, orders=orders, months=months, seed=seed, first_day=first_day)
        self._harms = plan_faults(orders, scenario.shares.bad_rows, seed, formats == "csv")
        mix = Mix(told, city)
        self._mix = mix
        book = PlaceBook(city, folder.parent / "regions.csv", lexicon, seed)
        people = Population(lexicon, orders, book.people, seed)
        self._dispatch = Dispatch(city, mix.leaves, book, scenario.manners, seed)
        self.happenings = place_events(scenario.events, city, book, [leaf.id for leaf in mix.leaves], seed)
        self._wording = Wording(
            lexicon,
            scenario.shares,
            PersonalData(lexicon, scenario.area_code, chance),
            Decoys(lexicon, scenario.order_prefix, chance),
            chance,
        )
        self._matters = Matters(
            city, told, self.timetable, mix, book, people, self._dispatch, self.happenings, self._wording, chance
        )
        office = Office(city.calendar, first_day, self.timetable.last_day, chance)
        self._lives = Lives(lexicon.reasons, office, chance)
        horizon = int(np.datetime64(self.timetable.last_day, "s").astype(np.int64)) + DAY - 1
        self._records = Records(
            city, told, lexicon, mix, book, people, self._dispatch, self.happenings, chance, horizon
        )
        self._units = [department.name for department in city.departments]
        #: For each event and storm: first and last second, orders.
        self.seen: dict[str, tuple[int, int, int]] = {}

    def chunk(self, first: int, last: int) -> _Chunk:
        """Make the orders with positions first to last (exclusive) of the run; chunks are made in order."""
        rng = np.random.default_rng([self._seed, _CHUNKS + first // CHUNK])
        self._chance.restart(rng)
        slots = self.timetable.slots(first, last, rng)
        drafts = self._matters.drafts(slots, rng)
        agents = [_AGENTS[n] for n in rng.integers(len(_AGENTS), size=len(drafts))]
        rows = self._records.rows(drafts, self._live(drafts, agents, rng), rng)
        stormy = self.timetable.storm[slots.day] >= 0
        calls = call_rows(drafts, agents, stormy, self._units, rng)
        self._note(drafts, slots)
        return self._harmed(first, last, rows, calls)

    def _live(self, drafts: Sequence[Draft], agents: Sequence[str], rng: np.random.Generator) -> list[Life]:
        """Live every order through."""
        accepted = np.array([draft.at for draft in drafts], dtype=np.int64)
        pressing = np.array([draft.matter.urgency.value != "normal" for draft in drafts])
        dispatched = accepted + 60 + rng.exponential(np.where(pressing, 300.0, 1500.0)).astype(np.int64)
        types = [draft.matter.type for draft in drafts]
        due = dues(self._city, types, [draft.matter.urgency for draft in drafts], dispatched)
        limits = {stage: moments.tolist() for stage, moments in due.items()}
        secret, merged = rng.random(len(drafts)).tolist(), rng.random(len(drafts)).tolist()
        lives = []
        for n, draft in enumerate(drafts):
            matter = draft.matter
            case = Case(
                matter.type, matter.urgency, draft.at, int(dispatched[n]),
                limits[Stage.CLOSE][n], limits[Stage.SIGN][n], limits[Stage.CONTACT][n], limits[Stage.REPLY][n],
                agents[n], draft.direct,
                matter.type in (OrderType.COMPLAINT, OrderType.REPORT) and secret[n] < self._scenario.shares.secret,
                draft.right, draft.first, self._dispatch.wrong(matter.leaf, matter.home, draft.right),
                draft.assisting, draft.repeat_of if merged[n] < 0.4 else None, self._dispatch.manners[draft.right],
                self._dispatch.always_open(draft.right),
            )  # fmt: skip
            lives.append(self._lives.live(case))
        return lives

    def _note(self, drafts: Sequence[Draft], slots: Slots) -> None:
        """Keep count of events and storms."""
        storms = self.timetable.storm[slots.day].tolist()
        meant = [self._mix.meant(storm.words) for storm in self._scenario.storms]
        for draft, storm in zip(drafts, storms, strict=True):
            labels = []
            if draft.matter.event >= 0:
                labels.append(self.happenings[draft.matter.event].plan.label)
            elif storm >= 0 and meant[storm][draft.matter.leaf]:
                labels.append(self._scenario.storms[storm].label)
            for label in labels:
                first, _, count = self.seen.get(label, (draft.at, 0, 0))
                self.seen[label] = (first, draft.at, count + 1)

    def _harmed(self, first: int, last: int, rows: Rows, calls: list[tuple[object, ...]]) -> _Chunk:
        """Turn rows into tables and plant the bad rows among them."""
        harms: dict[int, Harm] = {place: harm for place, harm in self._harms.items() if first <= place < last}
        harming = Harming(first, harms)
        reasons = {harm_place - first: harm.value for harm_place, harm in harms.items() if not harm.elsewhere}
        true_rows = [(*row[:-1], reasons.get(n)) for n, row in enumerate(rows.true_orders)]
        tables = {
            "orders": harming.orders(export(columns.ORDERS, rows.orders)),
            "steps": harming.others("steps", export(columns.STEPS, rows.steps)),
            "calls": export(columns.CALLS, calls),
            "callbacks": harming.others("callbacks", export(columns.CALL_BACKS, rows.call_backs)),
        }
        truths = {
            "orders": truth(columns.TRUE_ORDERS, true_rows),
            "personal_data": truth(columns.TRUE_SPANS, rows.personal),
            "decoys": truth(columns.TRUE_SPANS, rows.decoys),
        }
        return _Chunk(tables, truths, tuple(harming.bad))

    def true_events(self) -> pa.Table:
        """Return the planted events and storms with their first and last order."""
        rows: list[tuple[object, ...]] = []
        for happening in self.happenings:
            if happening.plan.label in self.seen:
                event, (first, last, count) = happening.plan, self.seen[happening.plan.label]
                scope = None if event.scope == "city" else event.scope
                rows.append((event.label, event.kind, event.category, happening.region, scope, first, last, count))
        storms = [storm.label for storm in self._scenario.storms if storm.label in self.seen]
        rows.extend((label, "storm", None, None, None, *self.seen[label]) for label in storms)
        return truth(columns.TRUE_EVENTS, rows)

    def true_departments(self) -> pa.Table:
        """Return how each department works."""
        manners = sorted(self._dispatch.manners.items())
        rows = [(unit, m.speed, m.late, m.gamed, m.empty, m.solved) for unit, m in manners]
        return truth(columns.TRUE_DEPARTMENTS, rows)


class _Output:
    """The files, and what went into them."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        named = (("orders", columns.ORDERS), ("steps", columns.STEPS), ("calls", columns.CALLS))
        self._sheets = {name: folder.export(name, names) for name, names in (*named, ("callbacks", columns.CALL_BACKS))}
        self._truths: dict[str, Sheet] = {
            "orders": folder.truth("orders", columns.TRUE_ORDERS),
            "personal_data": folder.truth("personal_data", columns.TRUE_SPANS),
            "decoys": folder.truth("decoys", columns.TRUE_SPANS),
        }
        self._bad: list[BadRow] = []
        self._repeats = self._of_events = 0

    def add(self, chunk: _Chunk) -> None:
        """Append a chunk to every file."""
        self._bad.extend(at_row(bad, self._sheets[bad.table].rows) for bad in chunk.bad)
        for name, table in chunk.tables.items():
            self._sheets[name].add(table, torn(chunk.bad) if name == "orders" else frozenset())
        for name, table in chunk.truths.items():
            self._truths[name].add(table)
        orders = chunk.truths["orders"]
        self._repeats += orders.num_rows - orders.column("repeat_of").null_count
        self._of_events += orders.num_rows - orders.column("event").null_count

    def finish(self, maker: _Maker, out: Path) -> SimulationSummary:
        """Write what is known only at the end, and sum up."""
        bad = sorted(self._bad, key=lambda one: (one.table, one.row))
        rows = [
            (self._folder.file_name(b.table), b.row + 2, b.code.value, b.column, b.severity, b.order_id) for b in bad
        ]
        events = maker.true_events()
        self._folder.truth("bad_rows", columns.TRUE_BAD_ROWS).add(truth(columns.TRUE_BAD_ROWS, rows))
        self._folder.truth("events", columns.TRUE_EVENTS).add(events)
        self._folder.truth("departments", columns.TRUE_DEPARTMENTS).add(maker.true_departments())
        return SimulationSummary(
            maker.timetable.first_day,
            maker.timetable.last_day,
            self._truths["orders"].rows,
            self._sheets["steps"].rows,
            self._sheets["calls"].rows,
            self._sheets["callbacks"].rows,
            sum(kind != "storm" for kind in events.column("kind").to_pylist()),
            self._of_events,
            self._repeats,
            self._truths["personal_data"].rows,
            len(bad),
            out,
        )
