"""Turn the counts of an export into the parts of a city pack: regions, departments, categories, duties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from suqiu.citypack.guessing import bare, clean, department_kind, governed, names_nothing
from suqiu.citypack.taxonomy import MAX_LEVELS
from suqiu.domain.city import Category, City, Department, DepartmentKind, Duty, Region, RegionLevel
from suqiu.domain.profile import ExportProfile

Chain = tuple[str, ...]

#: Fewer dispatched orders of a category than this say little about who is in charge.
ENOUGH_ORDERS = 5
_LEVELS = tuple(RegionLevel)
_PREFIX = {
    DepartmentKind.BUREAU: "D",
    DepartmentKind.UTILITY: "U",
    DepartmentKind.DISTRICT: "Q",
    DepartmentKind.STREET: "S",
    DepartmentKind.OUTSIDE: "O",
}


@dataclass(frozen=True)
class DraftedRegions:
    """Regions named in an export.

    Attributes:
        regions: parents before children.
        nowhere: first-level names left out because they name no place, with their orders.
    """

    regions: tuple[Region, ...]
    nowhere: Mapping[str, int]


@dataclass(frozen=True)
class DraftedDepartments:
    """Departments named in an export.

    Attributes:
        departments: sorted by id.
        orders: of each department id.
        id_by_name: department id of every name as the export writes it.
        not_departments: names that stand for no department, sorted.
    """

    departments: tuple[Department, ...]
    orders: Mapping[str, int]
    id_by_name: Mapping[str, str]
    not_departments: tuple[str, ...]


def draft_regions(profile: ExportProfile) -> DraftedRegions:
    """Number the places of an export by name, level by level; no population and no outline is known."""
    chains: Counter[Chain] = Counter()
    nowhere: Counter[str] = Counter()
    for use in profile.regions:
        chain = _chain(use.names, len(_LEVELS))
        place = _until(chain, names_nothing)
        if place:
            chains[place] += use.orders
        elif chain:
            nowhere[chain[0]] += use.orders
    ids = _number(chains, (2, 2, 3))
    regions = tuple(Region(id_, chain[-1], _LEVELS[len(chain) - 1]) for chain, id_ in ids.items())
    return DraftedRegions(regions, dict(sorted(nowhere.items())))


def draft_departments(profile: ExportProfile, regions: tuple[Region, ...], city: str) -> DraftedDepartments:
    """Number the departments of an export by kind and name; spellings with and without the city's name are one."""
    spellings: dict[str, Counter[str]] = {}
    written: dict[str, str] = {}
    nothing: set[str] = set()
    for raw, orders in sorted(profile.departments.items()):
        name = clean(raw)
        if names_nothing(name):
            nothing.add(name)
            continue
        written[raw] = bare(name, city)
        spellings.setdefault(written[raw], Counter())[name] += orders
    places = {level: _unique(governed(r.name) for r in regions if r.level is level) for level in RegionLevel}
    kinds = {key: department_kind(key, places[RegionLevel.DISTRICT], places[RegionLevel.STREET]) for key in spellings}
    width = max(2, len(str(len(spellings))))
    count: Counter[DepartmentKind] = Counter()
    taken: set[str] = set()
    departments, orders_of, ids = [], {}, {}
    for key, kind in sorted(kinds.items(), key=lambda pair: (_PREFIX[pair[1]], pair[0])):
        count[kind] += 1
        ids[key] = f"{_PREFIX[kind]}{count[kind]:0{width}d}"
        name, aliases = _best(spellings[key])
        region = _region_of(kind, key, regions, taken)
        departments.append(Department(ids[key], name, kind, aliases, region))
        orders_of[ids[key]] = spellings[key].total()
    by_name = {raw: ids[key] for raw, key in written.items()}
    return DraftedDepartments(tuple(departments), orders_of, by_name, tuple(sorted(nothing - {""})))


def draft_categories(profile: ExportProfile) -> dict[Category, int]:
    """Number the categories of an export by name; returns each with its orders, parents before children."""
    chains = _categories(profile)
    ids = _number(chains, (2, 2, 2, 2))
    orders = Counter[Chain]()
    for chain, count in chains.items():
        for depth in range(1, len(chain) + 1):
            orders[chain[:depth]] += count
    return {Category(id_, chain[-1]): orders[chain] for chain, id_ in ids.items()}


def draft_duties(profile: ExportProfile, departments: DraftedDepartments) -> tuple[Duty, ...]:
    """Learn from history who leads each leaf category: the department that got most of its orders."""
    chains = _categories(profile)
    ids = _number(chains, (2, 2, 2, 2))
    inner = {chain[:-1] for chain in ids}
    given: dict[Chain, Counter[str]] = {}
    for raw, by_name in profile.department_by_category.items():
        counts = given.setdefault(_chain(raw, MAX_LEVELS), Counter())
        for name, orders in by_name.items():
            if name in departments.id_by_name:
                counts[departments.id_by_name[name]] += orders
    duties = []
    for chain, id_ in ids.items():
        counts = given.get(chain, Counter())
        if chain in inner or counts.total() < ENOUGH_ORDERS:
            continue
        lead, won = min(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        code = f"Z{id_.replace('.', '')}001"
        clause = f"历史办理（{counts.total()}件中{won}件）"
        duties.append(Duty(code, id_, "·".join(chain), clause, lead))
    return tuple(duties)


def borrow_duties(example: City, departments: tuple[Department, ...], city: str) -> tuple[Duty, ...]:
    """Take the example's duties whose lead exists here too, by name or alias; assisting ones likewise."""
    here = {bare(name, city): found.id for found in reversed(departments) for name in (found.name, *found.aliases)}
    known: dict[str, str] = {}
    for department in example.departments:
        names = (bare(name, example.name) for name in (department.name, *department.aliases))
        match = next((here[name] for name in names if name in here), None)
        if match is not None:
            known[department.id] = match
    return tuple(
        Duty(
            duty.id,
            duty.category,
            duty.what,
            duty.clause,
            None if duty.lead is None else known[duty.lead],
            tuple(sorted({known[id_] for id_ in duty.assisting if id_ in known} - {known.get(duty.lead or "", "")})),
            duty.examples,
            duty.district_assists,
        )
        for duty in example.duties
        if duty.lead is None or duty.lead in known
    )


def _categories(profile: ExportProfile) -> Counter[Chain]:
    chains: Counter[Chain] = Counter()
    for raw, orders in profile.categories.items():
        chain = _chain(raw, MAX_LEVELS)
        if chain:
            chains[chain] += orders
    return chains


def _chain(names: Chain, levels: int) -> Chain:
    """Clean a chain of names, cut at the first empty one and at the deepest level."""
    return _until(tuple(map(clean, names[:levels])), lambda name: not name)


def _until(chain: Chain, stops: Callable[[str], bool]) -> Chain:
    end = next((n for n, name in enumerate(chain) if stops(name)), len(chain))
    return chain[:end]


def _number(chains: Iterable[Chain], widths: tuple[int, ...]) -> dict[Chain, str]:
    """Give every chain and each of its beginnings a dotted id, siblings in name order, parents first.

    Numbers of one level have one width, so that ids sort as text.
    """
    nodes = sorted({chain[:depth] for chain in chains for depth in range(1, len(chain) + 1)})
    siblings = Counter(node[:-1] for node in nodes)
    most = Counter[int]()
    for parent, count in siblings.items():
        most[len(parent)] = max(most[len(parent)], count)
    ids: dict[Chain, str] = {}
    place: Counter[Chain] = Counter()
    for node in nodes:
        parent = node[:-1]
        place[parent] += 1
        width = max(widths[len(parent)], len(str(most[len(parent)])))
        own = f"{place[parent]:0{width}d}"
        ids[node] = f"{ids[parent]}.{own}" if parent else own
    return ids


def _best(spellings: Counter[str]) -> tuple[str, tuple[str, ...]]:
    """Return the most used spelling, of equals the fuller, and the others sorted."""
    best = min(spellings, key=lambda name: (-spellings[name], -len(name), name))
    return best, tuple(sorted(name for name in spellings if name != best))


def _unique(names: Iterable[str]) -> set[str]:
    return {name for name, times in Counter(names).items() if times == 1}


def _region_of(kind: DepartmentKind, key: str, regions: tuple[Region, ...], taken: set[str]) -> str | None:
    """Return the one region that a government's name names, with or without its district's name before it."""
    level = {DepartmentKind.DISTRICT: RegionLevel.DISTRICT, DepartmentKind.STREET: RegionLevel.STREET}.get(kind)
    names = {region.id: region.name for region in regions}
    fitting = [
        region.id
        for region in regions
        if region.level is level
        and governed(key) in {governed(region.name), names.get(region.parent or "", "") + governed(region.name)}
    ]
    if len(fitting) != 1 or fitting[0] in taken:
        return None
    taken.add(fitting[0])
    return fitting[0]
