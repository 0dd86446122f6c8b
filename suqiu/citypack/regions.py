"""Read the regions 区划: one row of `regions.csv` for each district, street and community."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from suqiu.datafiles.file_fault import FaultLog
from suqiu.datafiles.located_yaml import read_text
from suqiu.domain.city import Region, RegionLevel
from suqiu.domain.text import Text

FILE = "regions.csv"
COLUMNS = ("id", "name", "level", "population", "aliases", "places")
#: What a place may be; the simulator puts matters at places of the right kind.
PLACE_KINDS = frozenset({"bus", "company", "estate", "hospital", "market", "road", "school", "shop", "village"})
#: Children may miss their parent's population by this share: collective households and rounding.
_SLACK = 0.01
_LEVELS = tuple(RegionLevel)
_ID = re.compile(r"\d+(\.\d+){0,2}")
_POPULATION = re.compile(r"\d{1,10}")

_MEND_ID = Text(
    "请用点分数字，如03、03.05、03.05.011；表格软件可能吞掉前导零，请把该列设为文本",
    "write dotted numbers such as 03, 03.05, 03.05.011; a spreadsheet may drop leading zeros, so make the column text",
)


@dataclass(frozen=True, slots=True)
class RegionTable:
    """What `regions.csv` holds.

    Attributes:
        regions: by id, sorted by id.
        lines: each id's line.
        complete: no row was lost, so that an id that is missing here is missing indeed.
    """

    regions: Mapping[str, Region]
    lines: Mapping[str, int]
    complete: bool


def read_regions(folder: Path, faults: FaultLog) -> RegionTable:
    """Read all regions; without a usable file the table is empty and incomplete."""
    nothing = RegionTable({}, {}, complete=False)
    text = read_text(folder / FILE, FILE, faults)
    if text is None:
        return nothing
    rows = list(_records(text, faults))
    header = rows[0][1] if rows and rows[0][1] else []
    if sorted(header) != sorted(COLUMNS):
        faults.error(
            FILE,
            1,
            Text("表头应为{columns}", "the header must be {columns}").fill(columns=",".join(COLUMNS)),
            Text("请改正第一行", "correct the first line"),
        )
        return nothing
    regions: dict[str, Region] = {}
    lines: dict[str, int] = {}
    for line, cells in rows[1:]:
        region = None if cells is None else _read_row(header, cells, line, faults)
        if region is not None and region.id in regions:
            _error(faults, line, Text("编号“{it}”重复", "id “{it}” repeats"), region.id, _MEND_ID)
        elif region is not None:
            regions[region.id] = region
            lines[region.id] = line
    table = RegionTable(dict(sorted(regions.items())), lines, complete=len(regions) == len(rows) - 1)
    _check_tree(table, faults)
    return table


def _records(text: str, faults: FaultLog) -> Iterator[tuple[int, list[str] | None]]:
    """Walk the records with the line each begins on, None for one cut off; blank lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.error(
                FILE,
                line,
                Text("CSV语法错误：{why}", "CSV syntax: {why}").fill(why=error),
                Text("请检查引号是否成对", "check that quotes are paired"),
            )
            yield line, None
            return
        if any(cells):
            yield line, cells


def _read_row(header: list[str], cells: list[str], line: int, faults: FaultLog) -> Region | None:
    """Read one row; after a fault in another cell the region stands all the same, so that nobody misses its id."""
    if len(cells) != len(header):
        message = Text("有{n}列，应为{wanted}列", "{n} columns where {wanted} are wanted")
        hint = Text("请检查多余或缺少的逗号", "look for a comma too many or too few")
        faults.error(FILE, line, message.fill(n=len(cells), wanted=len(header)), hint)
        return None
    row = dict(zip(header, map(str.strip, cells), strict=True))
    id_, name, population = row["id"], row["name"], row["population"]
    if not _ID.fullmatch(id_):
        _error(faults, line, Text("编号“{it}”格式不对", "id “{it}” is malformed"), id_, _MEND_ID)
        return None
    level = _LEVELS[id_.count(".")]
    if row["level"] != level.value:
        hint = Text("此编号的层级应为{level}", "an id of this depth is a {level}").fill(level=level.value)
        _error(faults, line, Text("层级“{it}”与编号不符", "level “{it}” does not fit the id"), row["level"], hint)
    if not name:
        _error(faults, line, Text("名称为空", "the name is empty"), name, Text("请补填名称", "fill in the name"))
    residents = int(population) if _POPULATION.fullmatch(population) else None
    if population and residents is None:
        hint = Text("请写不带逗号和单位的整数，不详则留空", "write a whole number without commas, or leave it empty")
        message = Text("人口“{it}”不是整数", "population “{it}” is no whole number")
        _error(faults, line, message, population, hint)
    aliases = _names(row["aliases"], line, faults)
    places = tuple(dict.fromkeys(_place(place, line, faults) for place in _names(row["places"], line, faults)))
    return Region(id_, name or id_, level, residents, (), aliases, places)


def _names(cell: str, line: int, faults: FaultLog) -> tuple[str, ...]:
    if "；" in cell:
        hint = Text("请改为半角分号“;”", "write the ASCII semicolon “;”")
        _error(faults, line, Text("名称之间用了全角分号", "names are separated by a full-width semicolon"), "", hint)
    names = [name.strip() for name in cell.split(";")] if cell else []
    for name in dict.fromkeys(names):
        if not name or names.count(name) > 1:
            hint = Text("请删去重复或空的名称", "delete what is empty or repeats")
            _error(faults, line, Text("名称“{it}”为空或重复", "name “{it}” is empty or repeats"), name, hint)
    return tuple(dict.fromkeys(names))


def _place(place: str, line: int, faults: FaultLog) -> str:
    kind, colon, name = place.partition(":")
    if not colon:
        return place
    if kind not in PLACE_KINDS or not name:
        hint = Text("请写成“种类:名称”，种类有：{kinds}", "write “kind:name”; kinds are {kinds}").fill(
            kinds=", ".join(sorted(PLACE_KINDS))
        )
        _error(faults, line, Text("地点“{it}”格式不对", "place “{it}” is malformed"), place, hint)
    return name


def _check_tree(table: RegionTable, faults: FaultLog) -> None:
    regions, lines = table.regions, table.lines
    named: dict[tuple[str | None, str], str] = {}
    children: dict[str, list[Region]] = {}
    for region in regions.values():
        if region.parent is not None and region.parent not in regions and table.complete:
            hint = Text("请补充上级区划，或改正编号", "add the parent region, or correct the id")
            message = Text("上级“{it}”不存在", "parent “{it}” does not exist")
            _error(faults, lines[region.id], message, region.parent, hint)
        for name in (region.name, *region.aliases):
            other = named.setdefault((region.parent, name), region.id)
            if other != region.id:
                hint = Text("与{other}同名，请加以区别", "{other} has the same name; tell them apart").fill(other=other)
                message = Text("同级区划的名称“{it}”重复", "name “{it}” repeats within one parent")
                _error(faults, lines[region.id], message, name, hint)
        children.setdefault(region.parent or "", []).append(region)
    for parent, below in children.items():
        if parent in regions and table.complete:
            above = regions[parent]
            check_population(FILE, lines[parent], above.name, above.population, below, faults)


def check_population(
    file: str, line: int, name: str, population: int | None, below: list[Region], faults: FaultLog
) -> None:
    """Note when the children's populations, all known, do not sum to their parent's."""
    parts = [region.population for region in below]
    total = sum(part for part in parts if part is not None)
    if not parts or population is None or None in parts or abs(total - population) <= _SLACK * population:
        return
    faults.error(
        file,
        line,
        Text(
            "“{name}”人口{population}，下级合计{total}，相差超过百分之一",
            "“{name}” has {population} residents, but its parts sum to {total}, over 1 % off",
        ).fill(name=name, population=population, total=total),
        Text("请核对人口数，不详的留空", "check the figures; leave empty what is unknown"),
    )


def _error(faults: FaultLog, line: int, message: Text, it: str, hint: Text) -> None:
    faults.error(FILE, line, message.fill(it=it), hint)
