"""What a report is told: facts, tallies, events and definitions, gathered from where the stages left them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from suqiu import analysis, reporting
from suqiu.domain.tables import TABLES
from suqiu.domain.text import Text
from suqiu.lake import Lake, StageBook


def gather(lake: Lake, book: StageBook, facts: Path, period: tuple[date, date]) -> reporting.Evidence:
    """Return everything that a report may say.

    Args:
        lake: the run's tables.
        book: what its stages found.
        facts: the file of its measured facts.
        period: first and last day to report on.
    """
    taken, learned = book.figures("intake"), book.figures("learn")
    faults = lake.batches("faults") if lake.holds("faults") else []
    marks = {name: lake.fingerprint(name) for name in TABLES if lake.holds(name)}
    found = pa.Table.from_batches(lake.batches("events"), TABLES["events"])
    return reporting.Evidence(
        facts={fact.fact_id: fact for fact in reporting.read_facts(facts)},
        period=period,
        data_version=hashlib.sha256(json.dumps(marks, sort_keys=True).encode()).hexdigest()[:16],
        definitions={item.measure: item for item in definitions()},
        events=reporting.events_from(found, period),
        daily=pa.Table.from_batches(lake.batches("daily"), TABLES["daily"]),
        intake=reporting.IntakeTally(
            taken["read"], taken["accepted"], taken["rejected"], reporting.fault_counts(faults)
        ),
        reading=reporting.ReadingTally(
            lake.rows("readings"), reporting.basis_counts(lake.batches("readings")), tuple(_scores(learned))
        ),
    )


def definitions() -> Iterator[reporting.Definition]:
    """Say how each measure is made, for the report's appendix."""
    for entry in analysis.catalogue():
        yield reporting.Definition(
            entry.measure,
            entry.name,
            entry.population,
            entry.formula,
            entry.clock,
            Text("本项目自定义", "our own") if entry.source == "own" else Text(entry.source, entry.source),
            entry.direction.value,
        )


#: What the models' scores are called in the report; those not named here stay in run.json.
_SCORE_NAMES = {
    ("type", "accuracy", 1): Text("诉求类型正确率", "type, right"),
    ("category", "accuracy", 1): Text("一级分类正确率", "first-level category, right"),
    ("category", "accuracy", 2): Text("二级分类正确率", "second-level category, right"),
    ("category", "accuracy", 3): Text("三级分类正确率", "third-level category, right"),
    ("department", "accuracy", 1): Text("承办单位首选正确率", "department, first suggestion right"),
    ("department", "top_3", 1): Text("承办单位前三推荐命中率", "department, among the first three"),
    ("department", "accepted_share", 1): Text("承办单位可自动推荐占比", "department, sure enough to fill"),
    ("department", "accepted_accuracy", 1): Text("承办单位自动推荐正确率", "department, right where sure"),
}


def _scores(learned: Mapping[str, Any]) -> Iterator[reporting.ReadingScore]:
    """Name the models' scores on the newest orders for a reader."""
    for aspect, record in learned.get("aspects", {}).items():
        for score in record.get("scores", ()):
            name = _SCORE_NAMES.get((aspect, score["name"], score["level"]))
            if name is not None and score["tried"]:
                label = f"{aspect}_{score['level']}_{score['name']}"
                yield reporting.ReadingScore(label, name, score["right"], score["tried"], record["version"])
