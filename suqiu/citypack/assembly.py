"""Read a whole pack: every file, every fault, and the City when there is none."""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass
from pathlib import Path

from suqiu.citypack.calendar import read_calendar
from suqiu.citypack.departments import read_departments, warn_of_ungoverned
from suqiu.citypack.duties import read_duties
from suqiu.citypack.knowledge import read_knowledge
from suqiu.citypack.limits import read_limits
from suqiu.citypack.outlines import read_outlines
from suqiu.citypack.pack_files import version, warn_of_strangers
from suqiu.citypack.regions import RegionTable, check_population, read_regions
from suqiu.citypack.taxonomy import read_taxonomy, warn_of_uncovered
from suqiu.citypack.weights import read_weights
from suqiu.datafiles.file_fault import FaultLog
from suqiu.datafiles.located_yaml import Entry, read_mapping
from suqiu.domain.city import City, RegionLevel, Taxonomy
from suqiu.domain.text import Text

FILE = "city.yaml"
_LOOK = Text("请参照随产品附带的cities/linjiang中的同名文件", "see the file of the same name in cities/linjiang")
#: More people than live on Earth are a slip.
_MOST_RESIDENTS = 10_000_000_000
_PREFIX = re.compile(r"[A-Z]{0,6}")


@dataclass(frozen=True, slots=True)
class _Identity:
    """What `city.yaml` says."""

    name: str
    english_name: str
    timezone: str
    population: int | None
    taxonomy_source: str
    order_prefix: str


def assemble(folder: Path) -> tuple[City | None, FaultLog]:
    """Read every file of a pack; the City is None when there is any error."""
    faults = FaultLog(_LOOK)
    table = read_regions(folder, faults)
    regions = read_outlines(folder, table, faults)
    identity = _read_identity(folder, table, faults)
    tree = read_taxonomy(folder, faults)
    categories = None if tree is None else {category.id for category in tree}
    listed = read_departments(folder, regions if table.complete else None, faults)
    departments, nothing = listed or (None, ())
    ids = None if departments is None else {department.id for department in departments}
    duties = read_duties(folder, categories, ids, faults)
    knowledge = read_knowledge(folder, categories, faults)
    calendar, limits, weights = read_calendar(folder, faults), read_limits(folder, faults), read_weights(folder, faults)
    warn_of_uncovered(tree or {}, {duty.category for duty in duties}, faults)
    if departments is not None:
        warn_of_ungoverned(departments, table, faults)
    warn_of_strangers(folder, faults)
    if identity is None or tree is None or departments is None or calendar is None or limits is None or faults.errors:
        return None, faults
    return City(
        id=folder.resolve().name,
        name=identity.name,
        english_name=identity.english_name,
        timezone=identity.timezone,
        population=identity.population,
        taxonomy=Taxonomy(tuple(tree), identity.taxonomy_source),
        departments=departments,
        duties=duties,
        regions=tuple(regions.values()),
        calendar=calendar,
        limits=limits,
        weights=weights,
        knowledge=knowledge,
        not_departments=nothing,
        order_prefix=identity.order_prefix,
        version=version(folder),
    ), faults


def _read_identity(folder: Path, table: RegionTable, faults: FaultLog) -> _Identity | None:
    root = read_mapping(folder / FILE, FILE, faults)
    if root is None:
        return None
    name, english_name = root.text("name"), root.text("english_name")
    timezone, source = root.text("timezone"), root.text("taxonomy_source")
    population = root.whole("population", 1, _MOST_RESIDENTS, required=False)
    prefix = root.text("order_prefix", required=False) or ""
    if not _PREFIX.fullmatch(prefix):
        root.error(
            "order_prefix",
            Text("工单编号前缀“{prefix}”应为至多6个大写字母", "“{prefix}” is not up to six capital letters").fill(
                prefix=prefix
            ),
            Text("例如LJ", "for example LJ"),
        )
    root.finish()
    if table.complete:
        districts = [region for region in table.regions.values() if region.level is RegionLevel.DISTRICT]
        check_population(FILE, root.line_of("population"), name or "", population, districts, faults)
    if timezone is not None:
        _check_timezone(root, timezone)
    if name is None or english_name is None or timezone is None or source is None:
        return None
    return _Identity(name, english_name, timezone, population, source, prefix)


def _check_timezone(root: Entry, timezone: str) -> None:
    # A slim machine may have no zone database: then nothing can be said about a name.
    zones = zoneinfo.available_timezones()
    if zones and timezone not in zones:
        root.error(
            "timezone",
            Text("没有“{zone}”这一时区", "there is no time zone “{zone}”").fill(zone=timezone),
            Text("全国统一使用Asia/Shanghai", "all of China uses Asia/Shanghai"),
        )
