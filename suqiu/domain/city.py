"""A city is data: its taxonomy, departments, duties, regions, calendar and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from suqiu.domain.clock import Calendar, LimitTable


@dataclass(frozen=True, slots=True)
class Category:
    """One node of the taxonomy 分类.

    Attributes:
        id: dotted path of numbers: `03`, `03.02`, `03.02.05`; a child's id begins with its parent's.
        name: what officials call it.
        about: other words citizens use for it, for search and for classification without history.
    """

    id: str
    name: str
    about: str = ""

    @property
    def level(self) -> int:
        """1 for the widest."""
        return self.id.count(".") + 1

    @property
    def parent(self) -> str | None:
        """The id one level up, None at the top."""
        return self.id.rpartition(".")[0] or None


@dataclass(frozen=True)
class Taxonomy:
    """The city's tree of categories 分类体系, parents before children.

    Attributes:
        categories: every node, parents first.
        source: where it comes from, or `example`.
    """

    categories: tuple[Category, ...]
    source: str

    @cached_property
    def by_id(self) -> Mapping[str, Category]:
        """Every node by its id."""
        return {category.id: category for category in self.categories}

    @cached_property
    def leaves(self) -> tuple[Category, ...]:
        """The nodes without children."""
        parents = {category.parent for category in self.categories}
        return tuple(category for category in self.categories if category.id not in parents)

    def path(self, category_id: str) -> tuple[Category, ...]:
        """Return the nodes from the top down to this one.

        Raises:
            KeyError: there is no such node.
        """
        parts = category_id.split(".")
        return tuple(self.by_id[".".join(parts[: n + 1])] for n in range(len(parts)))


class DepartmentKind(StrEnum):
    """What sort of body handles orders 承办单位类别."""

    BUREAU = "bureau"
    UTILITY = "utility"
    DISTRICT = "district"
    STREET = "street"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Department:
    """A body that handles orders 承办单位.

    Attributes:
        id: stable short code.
        name: full official name.
        kind: bureau, utility, district or street government, or a body outside the city's power.
        aliases: other names found in exports and texts.
        region: for a district or street government, the region it governs; else None.
    """

    id: str
    name: str
    kind: DepartmentKind
    aliases: tuple[str, ...] = ()
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """One line of the dispatch catalogue 职责清单条目.

    Attributes:
        id: stable code.
        category: the category whose orders it covers.
        what: the matter, in a sentence.
        clause: the rule that gives the duty, or `example`.
        lead: the department that leads 主办; None where the district of the place leads.
        assisting: departments that assist 协办.
        district_assists: the district of the place assists too.
        examples: demands in citizens' words that fall under it.
    """

    id: str
    category: str
    what: str
    clause: str
    lead: str | None
    assisting: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    district_assists: bool = False


class RegionLevel(StrEnum):
    """How wide a region is 区划层级."""

    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"


@dataclass(frozen=True, slots=True)
class Region:
    """A district, street or community 区划.

    Attributes:
        id: dotted path as in the taxonomy: `03`, `03.05`, `03.05.011`.
        name: official name without its parents' names.
        level: district, street or community.
        population: residents, None where unknown.
        outline: the polygon's corners, (longitude, latitude) in WGS-84 degrees; empty where unknown.
        aliases: other names in use.
        places: roads, estates, schools, markets and other names that lie in it.
    """

    id: str
    name: str
    level: RegionLevel
    population: int | None = None
    outline: tuple[tuple[float, float], ...] = ()
    aliases: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    @property
    def parent(self) -> str | None:
        """The id one level up, None for a district."""
        return self.id.rpartition(".")[0] or None


@dataclass(frozen=True, slots=True)
class Weight:
    """A number that the city sets, with its reason 权重与阈值."""

    value: float
    reason: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of the knowledge base 知识条目.

    Attributes:
        id: stable code.
        title: what it answers.
        body: the answer.
        source: the document it rests on, or `example`.
        category: the category it belongs to, None for general matters.
    """

    id: str
    title: str
    body: str
    source: str
    category: str | None = None


@dataclass(frozen=True)
class City:
    """All that Suqiu knows about one city 城市数据包.

    Attributes:
        id: folder name of the pack.
        name: the city's name.
        english_name: the same in English.
        timezone: IANA name of the zone its wall-clock times are in.
        population: residents, None where unknown.
        taxonomy, departments, duties, regions, calendar, limits: see their classes.
        weights: every weight and threshold by name.
        knowledge: passages of the knowledge base.
        not_departments: words that exports put where a department belongs and that name none: 其他单位.
        order_prefix: letters that the numbers of its orders begin with; empty where it says nothing.
        version: SHA-256 over the pack's files, the first 16 hex digits.
    """

    id: str
    name: str
    english_name: str
    timezone: str
    population: int | None
    taxonomy: Taxonomy
    departments: tuple[Department, ...]
    duties: tuple[Duty, ...]
    regions: tuple[Region, ...]
    calendar: Calendar
    limits: LimitTable
    weights: Mapping[str, Weight] = field(default_factory=dict)
    knowledge: tuple[Passage, ...] = ()
    not_departments: tuple[str, ...] = ()
    order_prefix: str = ""
    version: str = ""

    @cached_property
    def department_by_id(self) -> Mapping[str, Department]:
        """Every department by its id."""
        return {department.id: department for department in self.departments}

    @cached_property
    def region_by_id(self) -> Mapping[str, Region]:
        """Every region by its id."""
        return {region.id: region for region in self.regions}

    def weight(self, name: str) -> float:
        """Return a weight or threshold by name.

        Raises:
            KeyError: the pack does not set it; `suqiu city check` would have said so.
        """
        return self.weights[name].value
