"""Evidence → result: what anyone who holds a bundle can do again, with nothing but the bundle and the standard."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from suqiu import __version__, analysis, citypack
from suqiu.analysis.measures import ALL
from suqiu.analysis.views import BASES
from suqiu.assessment.evidence import Evidence
from suqiu.assessment.handed import FILE, CentreRecord, HandedItem, read_record
from suqiu.assessment.probing import Need
from suqiu.assessment.run import Ground, Recheck, answers_of, documents_of, examine, wanted
from suqiu.assessment.scenarios import scenario_results
from suqiu.collected import CLAIMED, RECHECK, SCHEMAS
from suqiu.config import Settings
from suqiu.domain.city import Weight
from suqiu.domain.errors import InvalidInput
from suqiu.domain.evidence import Fact
from suqiu.domain.tables import CASES
from suqiu.domain.text import Text
from suqiu.lake import Lake
from suqiu.standard.catalogue import Catalogue
from suqiu.standard.profiles import profile_of
from suqiu.standard.records import SCHEMA
from suqiu.standard.result import EvidenceItem, Result
from suqiu.standard.scoring import score
from suqiu.standard.targets import with_targets

#: The pack whose names and calendar stand in for the centre's: measures of the whole depend on weights alone.
_ANY_CITY = "linjiang"


def weigh(folder: Path, catalogue: Catalogue, profile: str, as_of: date | None, settings: Settings) -> Result:
    """Return what the evidence in a folder comes to.

    Args:
        folder: `centre.json` and the tables of evidence.
        catalogue: the standard as published.
        profile: who is assessed; it decides what applies.
        as_of: the day on which evidence must be there and in date; None is the latest day on which any was collected.
        settings: memory and threads.

    Raises:
        NotFound: there is no such profile.
        InvalidInput: the record or a table is damaged, or targets are set where none may be.
    """
    record = read_record(folder / FILE)
    _require_sound(folder, record)
    day = as_of or max((item.collected for item in record.items), default=record.period[1])
    standard = with_targets(catalogue, record.targets)
    with _opened(folder, settings) as lake:
        items = {item.name: item for item in record.items if lake.holds(item.name)}
        current = {name: item for name, item in items.items() if item.collected <= day <= item.expires}
        ground = _ground(lake, record, current, standard, profile, day, settings)
        findings, gate_findings = examine(standard, profile, ground)
        return Result(
            schema=SCHEMA,
            engine=__version__,
            standard=catalogue.id,
            standard_version=catalogue.version,
            standard_fingerprint=catalogue.fingerprint,
            profile=profile,
            centre=record.id,
            name=record.name.zh,
            first=record.period[0],
            last=record.period[1],
            as_of=day,
            targets=record.targets,
            evidence=tuple(_named(item, folder, name in current) for name, item in sorted(items.items())),
            findings=findings,
            gate_findings=gate_findings,
            scoring=score(standard, profile, findings, gate_findings),
            scenarios=scenario_results(ground.evidence),
            wanted=wanted(standard, profile, ground, findings),
        )


def _require_sound(folder: Path, record: CentreRecord) -> None:
    """Refuse tables that are not what evidence has: another program wrote them, or they were changed."""
    for item in record.items:
        path = folder / f"{item.name}.parquet"
        if item.name in SCHEMAS and not path.exists():
            continue
        try:
            sound = SCHEMAS[item.name].names == pq.read_schema(path).names
        except (KeyError, OSError, pa.ArrowException):
            sound = False
        if not sound:
            raise InvalidInput(
                "evidence.damaged",
                Text("佐证材料“{name}”无法读取或已损坏", "the evidence {name} cannot be read or is damaged").fill(
                    name=item.name
                ),
                Text("请重新运行suqiu assess", "run suqiu assess again"),
            )


@contextmanager
def _opened(folder: Path, settings: Settings) -> Iterator[Lake]:
    with Lake(folder, memory_mb=settings.memory_mb, threads=settings.threads, schemas=SCHEMAS) as lake:
        yield lake


def _ground(
    lake: Lake,
    record: CentreRecord,
    current: Mapping[str, HandedItem],
    standard: Catalogue,
    profile: str,
    day: date,
    settings: Settings,
) -> Ground:
    """Lay out what is in date for the probes."""
    tables = {name: lake.table(name) for name in current if not name.startswith((RECHECK, CLAIMED))}
    evidence = Evidence(
        residents=record.residents,
        first=record.period[0],
        last=record.period[1],
        as_of=day,
        tables=tables,
        backings={name: item.backing for name, item in current.items()},
        facts=_facts(lake, tables, record, standard, settings),
        scenarios=standard.scenarios,
        parameters=profile_of(standard, profile).parameters,
    )
    checked = {
        form: Recheck(
            *(replace(evidence, tables={form: lake.table(f"{prefix}{form}")}) for prefix in (CLAIMED, RECHECK)),
        )
        for form in tables
        if f"{RECHECK}{form}" in current and f"{CLAIMED}{form}" in current
    }
    return Ground(
        evidence=evidence,
        answers=answers_of(tables["answers"]) if "answers" in tables else {},
        documents=documents_of(tables["documents"], day) if "documents" in tables else {},
        rechecked=checked,
        rejected={name: item.rejected for name, item in current.items()},
        measured={one.id: tuple(Need(BASES[one.ground], column) for column in one.needs) for one in ALL},
    )


def _facts(
    lake: Lake, tables: Mapping[str, ibis.Table], record: CentreRecord, standard: Catalogue, settings: Settings
) -> dict[str, Fact]:
    """Compute the operational measures that the standard asks for, for the whole period only."""
    asked = {one.probe.arguments.get("measure") for one in standard.indicators if one.probe is not None}
    measures = [replace(one, cuts=()) for one in ALL if one.id in asked and BASES[one.ground] in tables]
    if not measures:
        return {}
    city = citypack.load(citypack.find(_ANY_CITY, settings.cities))
    weights = {name: Weight(value, "") for name, value in record.weights.items()}
    versions = {name: lake.fingerprint(name) for name in tables}
    facts = analysis.evaluate(
        {"cases": ibis.memtable(CASES.empty_table()), **tables},
        replace(city, weights={**city.weights, **weights}),
        record.period,
        versions={"cases": "", **versions},
        sql=lake.sql,
        measures=measures,
    )
    return {fact.measure: fact for fact in facts if fact.slice.dimension == "all"}


def _named(item: HandedItem, folder: Path, in_date: bool) -> EvidenceItem:
    with (folder / f"{item.name}.parquet").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return EvidenceItem(
        name=item.name,
        title=item.title,
        backing=item.backing,
        origin=item.origin,
        collected=item.collected,
        expires=item.expires,
        rows=item.rows,
        sha256=digest,
        expired=not in_date,
        sensitivity=item.sensitivity,
        rejected=item.rejected,
    )
