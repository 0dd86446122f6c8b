"""Business data as evidence: what is recorded of orders, steps, calls and call-backs, without models and without names.

An export is taken in without its texts, or the tables of an earlier run are used; then every order's clocks and counts
are derived as a run derives them, and numbers and agents become running numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from suqiu import analysis
from suqiu import intake as intakes
from suqiu.asked import mapping_for
from suqiu.assessment import centre as centres
from suqiu.assessment.forms import BUSINESS, HANDOVER_STEPS
from suqiu.config import Settings
from suqiu.domain.city import City
from suqiu.domain.claim import Basis
from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.tables import FAULTS, TABLES
from suqiu.domain.text import Text
from suqiu.lake import Lake

#: Told how much of the work is done, and how much there is.
Told = Callable[[int, int], None]

#: The running number of every order and call, in the order of the evidence; stays in the centre.
_NUMBERS = {
    "order_numbers": pa.schema([pa.field("order_id", pa.string()), pa.field("number", pa.int64())]),
    "call_numbers": pa.schema([pa.field("call_id", pa.string()), pa.field("number", pa.int64())]),
}
#: Orders whose steps are summed up together; with ten steps each they need some 300 MB.
_ORDERS_TOGETHER = 200_000
_TAKEN = ("orders", "steps", "calls", "call_backs")


@dataclass(frozen=True, slots=True)
class Quality:
    """How much of a table could be used 导出数据质量.

    Attributes:
        table: `orders`, `steps`, `calls`, `call_backs`.
        read, good, rejected: rows read, rows without any fault, rows left out.
    """

    table: str
    read: int
    good: int
    rejected: int


class Recorded:
    """Business data that has been read, with its real numbers, in a scratch folder 业务数据.

    Attributes:
        quality: what came of the export, by table; empty for tables of an earlier run.
        faults: how many faults of each code and severity the export has.
        span: first and last day of acceptance.
    """

    def __init__(
        self, lake: Lake, city: City, quality: Sequence[Quality], faults: Mapping[tuple[str, str], int]
    ) -> None:
        self._lake, self._city = lake, city
        self.quality = tuple(quality)
        self.faults = faults
        accepted = lake.table("orders").accepted_at
        found = lake.table("orders").agg(first=accepted.min(), last=accepted.max()).to_pyarrow().to_pylist()[0]
        if found["first"] is None:
            raise _nothing()
        self.span: tuple[date, date] = (found["first"].date(), found["last"].date())

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables of evidence that come of it."""
        there = {"cases": "orders", "calls": "calls", "call_backs": "call_backs", "steps": "steps"}
        return tuple(name for name in BUSINESS if self._lake.holds(there[name]))

    def derive(self, told: Told) -> None:
        """Derive every order's clocks and counts, and number orders and calls."""
        lake, orders = self._lake, self._lake.table("orders")
        told(0, 3)
        lake.write("timelines", self._timelines())
        told(1, 3)
        others = lake.tables(("timelines", "call_backs", "repeats"))
        tables = {"orders": orders, "readings": _as_recorded(orders), **others}
        lake.write("cases", lake.stream(analysis.cases(tables, self._city)))
        told(2, 3)
        lake.write("order_numbers", _numbered(lake.batches("cases", ["order_id"]), "order_numbers"))
        if lake.holds("calls"):
            lake.write("call_numbers", _numbered(lake.batches("calls", ["call_id"]), "call_numbers"))
        told(3, 3)

    def _timelines(self) -> Iterator[pa.RecordBatch]:
        """Derive the clocks of some orders at a time: the steps of millions would not fit into memory together."""
        lake, orders = self._lake, self._lake.table("orders")
        if not lake.holds("steps"):
            yield from analysis.timelines(orders, None, _as_recorded(orders), self._city, stream=lake.stream)
            return
        steps = lake.table("steps")
        recorded = sorted(steps.select("kind").distinct().to_pyarrow()["kind"].to_pylist())
        for first, next_ in pairwise([*self._every(_ORDERS_TOGETHER), None]):
            mine, theirs = (_between(table, first, next_) for table in (orders, steps))
            yield from analysis.timelines(
                mine, theirs, _as_recorded(mine), self._city, stream=lake.stream, recorded=recorded
            )

    def _every(self, count: int) -> list[str]:
        """Return every so-manieth order number, from the first on."""
        ids = pa.chunked_array([batch.column(0) for batch in self._lake.batches("orders", ["order_id"])], pa.string())
        order = pc.sort_indices(ids)
        found: list[str] = ids.take(order[::count] if len(order) else order).to_pylist()
        return found

    def ids(self, table: str) -> pa.Array | None:
        """Return the real numbers of `orders` or `calls` in the order of their running numbers; None without any."""
        name, column = ("order_numbers", "order_id") if table == "orders" else ("call_numbers", "call_id")
        if not self._lake.holds(name):
            return None
        batches = [batch.column(0) for batch in self._lake.batches(name, [column])]
        return pa.chunked_array(batches, pa.string()).combine_chunks()

    def evidence(self, name: str) -> Iterator[pa.RecordBatch]:
        """Walk a table of evidence, sorted by running number."""
        for batch in self._lake.stream(_EVIDENCE[name](self._lake)):
            columns = [batch.column(field.name).cast(field.type, safe=False) for field in BUSINESS[name]]
            yield pa.RecordBatch.from_arrays(columns, schema=BUSINESS[name])


def gather(
    centre: centres.CentreFile, pack: Path, city: City, settings: Settings, *, scratch: Path, local: Path, told: Told
) -> Recorded | None:
    """Read a centre's business data; None when it hands in none.

    Args:
        centre: what it hands in.
        pack: folder of its city pack, for the column mapping.
        city: the pack.
        settings: memory and threads.
        scratch: an existing folder for tables that wait.
        local: where the list of faults goes, which stays in the centre.
        told: told how far the reading is.

    Raises:
        NotFound, InvalidInput: an export cannot be read, or the mapping does not fit.
    """
    own = Lake(scratch / "lake", memory_mb=settings.memory_mb, threads=settings.threads, schemas={**TABLES, **_NUMBERS})
    lakes = centre.of(centres.LAKE)
    if lakes:
        for name in (*_TAKEN, "repeats"):
            path = _lake_folder(lakes[0].path) / f"{name}.parquet"
            if path.is_file():
                own.path(name).symlink_to(path.resolve())
        return Recorded(own, city, (), {})
    items = [item for name in (centres.EXPORT, *centres.TABLES) for item in centre.of(name)]
    if not items:
        return None
    source = _source([item.path for item in items])
    given = next((item.mapping for item in items if item.mapping is not None), None)
    mapping = _mapping(source, city, pack, given)
    (scratch / "intake").mkdir()
    taken = intakes.read(source, mapping, city, scratch=scratch / "intake", progress=told, texts=False)
    quality = _quality(taken, source, mapping, local / "export_faults.csv")
    held = [name for name in _TAKEN if name in taken.summary.tables]
    if not taken.summary.tables["orders"].kept:
        raise _nothing()
    with own.writing(*held) as out:
        for name in held:
            for batch in getattr(taken, name)():
                out[name].add(batch)
    return Recorded(own, city, quality, taken.summary.faults)


def _mapping(source: intakes.Source, city: City, pack: Path, given: Path | None) -> intakes.Mapping:
    """Choose the column mapping; one that only lacks texts fits."""
    own = pack / "mapping.yaml"
    if given is None and own.is_file():
        mapping = intakes.load(own)
        if not intakes.check(mapping, source, city, texts=False):
            return mapping
    return mapping_for(source, city, pack, given)[0]


def _lake_folder(path: Path) -> Path:
    """Return the folder of tables: the one given, or the one within a run's folder."""
    for folder in (path, path / "lake"):
        if (folder / "orders.parquet").is_file():
            return folder
    raise NotFound(
        "evidence.no_lake",
        Text("“{path}”中没有orders.parquet", "{path} holds no orders.parquet").fill(path=path),
        Text("请给出suqiu run或suqiu intake的输出目录", "give the folder that suqiu run or suqiu intake wrote"),
    )


def _nothing() -> InvalidInput:
    return InvalidInput(
        "evidence.no_orders",
        Text("工单导出中没有一行可用", "not one row of the orders could be used"),
        Text("请查看export_faults.csv中的原因", "see the reasons in export_faults.csv"),
    )


def _source(paths: Sequence[Path]) -> intakes.Source:
    """Open several files or folders as one source."""
    tables = [table for path in paths for table in intakes.open_source(str(path)).tables]
    return intakes.Source(str(paths[0].parent), tuple(sorted(tables, key=lambda table: table.file)))


def _quality(taken: intakes.Intake, source: intakes.Source, mapping: intakes.Mapping, listed: Path) -> list[Quality]:
    """Count the rows of each table in which nothing is wrong, and list the faults for the centre."""
    faulty: dict[str, list[pa.Array]] = defaultdict(list)
    listed.parent.mkdir(parents=True, exist_ok=True)
    with arrow_csv.CSVWriter(str(listed), FAULTS) as writer:
        for batch in taken.faults():
            writer.write_batch(batch)
            for file in batch.column("file").unique().to_pylist():
                rows = batch.column("row").filter(pc.equal(batch.column("file"), file))
                faulty[file].append(rows.unique())
    counts = {file: len(np.unique(pa.chunked_array(rows).to_numpy())) for file, rows in faulty.items()}
    found = []
    for name, count in sorted(taken.summary.tables.items()):
        files = {table.file for table in source.tables if mapping.tables[name].takes(table)}
        wrong = sum(counts.get(file, 0) for file in files)
        found.append(Quality(name, count.read, max(0, count.read - wrong), count.rejected))
    return found


def _as_recorded(orders: ibis.Table) -> ibis.Table:
    """Return what the export itself says where a run would also ask its models."""
    return orders.select(
        "order_id",
        "type",
        "category",
        "department",
        "district",
        "street",
        "community",
        # Ids of a taxonomy are dotted from the widest level down.
        category_1=orders.category.split(".")[0],
        department_basis=ibis.literal(str(Basis.RECORDED)),
    )


def _between(table: ibis.Table, first: str | None, next_: str | None) -> ibis.Table:
    """Return the rows of the orders from one number up to another."""
    rows = table.filter(table.order_id >= first)
    return rows if next_ is None else rows.filter(rows.order_id < next_)


def _numbered(batches: Iterator[pa.RecordBatch], name: str) -> Iterator[pa.RecordBatch]:
    start = 1
    for batch in batches:
        numbers = pa.array(np.arange(start, start + batch.num_rows, dtype=np.int64))
        start += batch.num_rows
        yield pa.RecordBatch.from_arrays([batch.column(0), numbers], schema=_NUMBERS[name])


def _orders(lake: Lake) -> ibis.Table:
    return lake.table("order_numbers").rename(known="order_id")


def _cases(lake: Lake) -> ibis.Table:
    cases, orders, merged = lake.table("cases"), _orders(lake), _orders(lake).view()
    table = cases.join(orders, cases.order_id == orders.known)
    table = table.drop("known").rename(own="number")
    table = table.left_join(merged, table.merged_into == merged.known)
    return table.mutate(order_id=table.own.cast(str), merged_into=table.number.cast(str)).order_by("own")


def _calls(lake: Lake) -> ibis.Table:
    calls = lake.table("calls")
    # An export may hold a call's number twice: then everything else about the call decides which comes first.
    order = ["queued_at", "call_id", *(name for name in calls.columns if name not in {"queued_at", "call_id"})]
    calls = calls.mutate(own=ibis.row_number().over(order_by=order) + 1)
    agents = calls.filter(calls.agent.notnull()).group_by("agent").agg(first=calls.own.min())
    agents = agents.mutate(agent_number=ibis.row_number().over(order_by=agents["first"]) + 1).select(
        known_agent="agent", agent_number="agent_number"
    )
    table = calls.left_join(agents, calls.agent == agents.known_agent)
    orders = _orders(lake)
    table = table.left_join(orders, table.order_id == orders.known)
    return table.mutate(
        call_id=table.own.cast(str), order_id=table.number.cast(str), agent=table.agent_number.cast(str)
    ).order_by("own")


def _call_backs(lake: Lake) -> ibis.Table:
    visits, orders = lake.table("call_backs"), _orders(lake)
    table = visits.join(orders, visits.order_id == orders.known)
    ties = [name for name in BUSINESS["call_backs"].names if name != "order_id"]
    return table.mutate(order_id=table.number.cast(str)).order_by("number", *ties)


def _steps(lake: Lake) -> ibis.Table:
    steps, orders = lake.table("steps"), _orders(lake)
    moves = steps.filter(steps.kind.isin([str(kind) for kind in HANDOVER_STEPS]))
    table = moves.join(orders, moves.order_id == orders.known)
    return table.mutate(order_id=table.number.cast(str)).order_by("number", "seq")


_EVIDENCE: Mapping[str, Callable[[Lake], ibis.Table]] = {
    "cases": _cases,
    "calls": _calls,
    "call_backs": _call_backs,
    "steps": _steps,
}
