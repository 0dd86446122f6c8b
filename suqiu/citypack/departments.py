"""Read the departments 承办单位 and the names in exports that are none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from suqiu.citypack.duties import DISTRICT, unknown
from suqiu.citypack.pack_files import Where
from suqiu.citypack.regions import RegionTable
from suqiu.citypack.taxonomy import once
from suqiu.datafiles.file_fault import FaultLog
from suqiu.datafiles.located_yaml import Entry, read_mapping
from suqiu.domain.city import Department, DepartmentKind, Region, RegionLevel
from suqiu.domain.text import Text

FILE = "departments.yaml"
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_GOVERNMENTS = {DepartmentKind.DISTRICT: RegionLevel.DISTRICT, DepartmentKind.STREET: RegionLevel.STREET}


def read_departments(
    folder: Path, regions: Mapping[str, Region] | None, faults: FaultLog
) -> tuple[tuple[Department, ...], tuple[str, ...]] | None:
    """Read all departments in file order, and the words that name none; None when the file cannot be used.

    References to regions are checked where these could be read.
    """
    root = read_mapping(folder / FILE, FILE, faults)
    if root is None:
        return None
    ids: dict[str, Where] = {}
    names: dict[str, Where] = {}
    governed: dict[str, Where] = {}
    departments = [_read_department(entry, regions, ids, names, governed) for entry in root.entries("departments")]
    nothing = root.texts("not_departments")
    for name in nothing:
        if name in names:
            root.error(
                "not_departments",
                Text("“{name}”既列为单位又列为非单位", "“{name}” is both a department and none").fill(name=name),
                Text("请从一处删去", "delete it in one place"),
            )
    root.finish()
    return tuple(department for department in departments if department is not None), nothing


def _read_department(
    entry: Entry,
    regions: Mapping[str, Region] | None,
    ids: dict[str, Where],
    names: dict[str, Where],
    governed: dict[str, Where],
) -> Department | None:
    here = Where(entry.file, entry.line)
    id_, name, kind = entry.text("id"), entry.text("name"), entry.choice("kind", DepartmentKind)
    aliases, region = entry.texts("aliases"), entry.text("region", required=False)
    entry.finish()
    if id_ is not None:
        once(entry, "id", id_, ids, here)
        if not _ID.fullmatch(id_) or id_ == DISTRICT:
            entry.error(
                "id",
                Text("单位编号“{id}”格式不对", "department id “{id}” is malformed").fill(id=id_),
                Text("请用字母开头的字母和数字，如D01", "write a letter, then letters and digits, such as D01"),
            )
    for key, word in (("name", name), *(("aliases", alias) for alias in aliases)):
        if word is not None:
            once(entry, key, word, names, here if key == "name" else Where(entry.file, entry.line_of("aliases")))
    if region is not None and kind is not None:
        _check_region(entry, kind, region, regions)
        once(entry, "region", region, governed, here)
    # After a fault elsewhere the department stands all the same, so that nobody misses its id.
    return None if id_ is None else Department(id_, name or id_, kind or DepartmentKind.BUREAU, aliases, region)


def _check_region(entry: Entry, kind: DepartmentKind, region: str, regions: Mapping[str, Region] | None) -> None:
    if kind not in _GOVERNMENTS:
        entry.error(
            "region",
            Text("只有区县和街镇政府才填region", "only district and street governments have a region"),
            Text("请删去region，或改正kind", "delete the region, or correct the kind"),
        )
    elif regions is not None and region not in regions:
        unknown(entry, "region", region, regions)
    elif regions is not None and regions[region].level is not _GOVERNMENTS[kind]:
        entry.error(
            "region",
            Text("“{region}”的层级与kind不符", "“{region}” is not of the level that the kind says").fill(region=region),
            Text("区县政府对应区县，街镇政府对应街镇", "a district government governs a district, a street's a street"),
        )


def warn_of_ungoverned(departments: tuple[Department, ...], table: RegionTable, faults: FaultLog) -> None:
    """Note districts without a government, to which a duty led by the district could not be sent."""
    governed = {department.region for department in departments}
    for region in table.regions.values():
        if region.level is RegionLevel.DISTRICT and region.id not in governed:
            faults.warn(
                "regions.csv",
                table.lines[region.id],
                Text("“{name}”没有对应的区县政府", "no government governs “{name}”").fill(name=region.name),
                Text(
                    '请在departments.yaml中为其政府填写region: "{id}"',
                    'set region: "{id}" for its government in departments.yaml',
                ).fill(id=region.id),
            )
