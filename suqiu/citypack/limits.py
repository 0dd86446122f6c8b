"""Read the time limits 办理时限 and what stops their clocks."""

from __future__ import annotations

from pathlib import Path

from suqiu.datafiles.file_fault import FaultLog
from suqiu.datafiles.located_yaml import Entry, read_mapping
from suqiu.domain.clock import LimitTable, LimitUnit, Stage, TimeLimit
from suqiu.domain.order import OrderType, StepKind, Urgency
from suqiu.domain.text import Text

FILE = "limits.yaml"
#: A year of hours: whatever is longer is a slip, not a limit.
_MOST = 8784


def read_limits(folder: Path, faults: FaultLog) -> LimitTable | None:
    """Read `limits.yaml`; None when the file cannot be used."""
    root = read_mapping(folder / FILE, FILE, faults)
    if root is None:
        return None
    source = root.text("source")
    limits: dict[tuple[Stage, OrderType | None, Urgency | None], TimeLimit] = {}
    for entry in root.entries("limits"):
        limit = _read_limit(entry)
        if limit is None:
            continue
        key = (limit.stage, limit.type, limit.urgency)
        if key in limits:
            faults.error(
                FILE,
                entry.line,
                Text("同一环节、类型和紧急程度已有时限", "this stage, type and urgency already has a limit"),
                Text("请只保留一条", "keep one of them"),
            )
        limits[key] = limit
    pausing = _read_pausing(root)
    root.finish()
    return None if source is None else LimitTable(tuple(limits.values()), pausing, source)


def _read_limit(entry: Entry) -> TimeLimit | None:
    stage = entry.choice("stage", Stage)
    type_ = entry.choice("type", OrderType, required=False)
    urgency = entry.choice("urgency", Urgency, required=False)
    amount = entry.whole("amount", 1, _MOST)
    unit, source = entry.choice("unit", LimitUnit), entry.text("source")
    entry.finish()
    if stage is None or amount is None or unit is None or source is None:
        return None
    return TimeLimit(stage, type_, urgency, amount, unit, source)


def _read_pausing(root: Entry) -> tuple[tuple[StepKind, StepKind], ...]:
    pairs: list[tuple[StepKind, StepKind]] = []
    for entry in root.entries("pausing", required=False):
        start, end = entry.choice("from", StepKind), entry.choice("to", StepKind)
        entry.finish()
        if start is None or end is None:
            continue
        if start is end or any(start is before for before, _ in pairs):
            entry.error(
                "from",
                Text("停表环节“{step}”重复，或与恢复环节相同", "“{step}” stops the clock twice, or starts it too").fill(
                    step=start.value
                ),
                Text(
                    "每个停表环节只写一次，并以另一环节恢复",
                    "write each stopping step once, and another to go on",
                ),
            )
        pairs.append((start, end))
    return tuple(pairs)
