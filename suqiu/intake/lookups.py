"""Names in exports to ids of the city pack: categories, departments, regions.

Each lookup works on one distinct value; `normalise` asks it once for every distinct value of a batch.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from suqiu.domain.city import City, Region, RegionLevel

#: Words that stand in a place's column and name none.
NO_PLACE = frozenset({"全市", "市级", "市本级", "本市", "全区", "其他", "其它", "不详", "未知", "市外", "外地"})
_CHAIN = re.compile(r"\s*(?:-+>|→|>|＞|/|\\|\||—|–|、)\s*|(?<=[\u4e00-\u9fff）)])-(?=[\u4e00-\u9fff（(])")
_SEVERAL = re.compile(r"[、,，;；|/\s]+")


def _plain(name: str) -> str:
    """Return a name without spaces and width differences, for comparison."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return names that mean exactly one id."""
    meant: dict[str, set[str]] = defaultdict(set)
    for name, id_ in pairs:
        if name:
            meant[name].add(id_)
    return {name: min(ids) for name, ids in meant.items() if len(ids) == 1}


class CategoryLookup:
    """Finds the taxonomy node that a chain of names, or an id, means 分类对照."""

    def __init__(self, city: City) -> None:
        taxonomy = city.taxonomy
        self._ids = frozenset(taxonomy.by_id)
        self._chains = {
            tuple(_plain(node.name) for node in taxonomy.path(category.id)): category.id
            for category in taxonomy.categories
        }
        self._alone = _unique((_plain(category.name), category.id) for category in taxonomy.categories)
        self._leaves = frozenset(category.id for category in taxonomy.leaves)

    def find(self, names: Sequence[str]) -> tuple[str | None, int | None]:
        """Return the deepest node that the names lead to, and the place of the first name that leads nowhere.

        Names below a leaf are finer than the taxonomy and no fault. A single name that holds a chain, as in
        `环境>噪声`, is taken apart.
        """
        given = [(place, name) for place, name in enumerate(names) if name]
        if not given:
            return None, None
        place, last = given[-1]
        if last in self._ids:
            return last, None
        parts = [(place, _plain(name)) for place, name in given]
        if len(given) == 1 and parts[0][1] not in self._alone:
            parts = [(place, _plain(part)) for part in _CHAIN.split(last) if part]
        best, lost = self._walk(parts)
        if best is None and parts[-1][1] in self._alone:
            return self._alone[parts[-1][1]], None
        return best, lost

    def _walk(self, parts: list[tuple[int, str]]) -> tuple[str | None, int | None]:
        best: str | None = None
        for length in range(1, len(parts) + 1):
            found = self._chains.get(tuple(name for _, name in parts[:length]))
            if found is None:
                return best, None if best in self._leaves else parts[length - 1][0]
            best = found
        return best, None


class DepartmentLookup:
    """Finds the department that a name, alias or id means 承办单位对照.

    The city's name or 市 before a name may be there or not, and 人民政府 may be written 政府.
    """

    def __init__(self, city: City) -> None:
        self._ids = frozenset(city.department_by_id)
        self._city = _plain(city.name)
        regions = city.region_by_id
        own = [(self._bare(name), item.id) for item in city.departments for name in (item.name, *item.aliases)]
        governed = [
            (self._bare(regions[item.region].name), item.id)
            for item in city.departments
            if item.region is not None and item.region in regions
        ]
        self._nothing = frozenset(_plain(word) for word in city.not_departments)
        # A region's name alone means its government, unless a department is itself called so.
        self._names = {**_unique(governed), **_unique(own)}

    def find(self, name: str) -> str | None:
        """Return the department's id, None when the name means none or several; of several units the first leads."""
        if name in self._ids:
            return name
        found = self._names.get(self._bare(name))
        if found is None:
            first, *others = [part for part in _SEVERAL.split(name) if part] or [""]
            found = self._names.get(self._bare(first)) if others else None
        return found

    def names_none(self, word: str) -> bool:
        """Say whether the city knows the word as one that stands where a department belongs and names none."""
        return _plain(word) in self._nothing

    def _bare(self, name: str) -> str:
        name = _plain(name).removeprefix(self._city)
        if len(name) > 3:
            name = name.removeprefix("市")
        return name.replace("人民政府", "政府").replace("管理委员会", "管委会")


class RegionLookup:
    """Finds the regions that a chain of place names means 区划对照."""

    def __init__(self, city: City) -> None:
        self._city = _plain(city.name)
        self._ids: Mapping[str, Region] = city.region_by_id
        self._named: dict[RegionLevel, dict[str, list[str]]] = {level: defaultdict(list) for level in RegionLevel}
        for region in city.regions:
            for name in {self._bare(name) for name in (region.name, *region.aliases)}:
                self._named[region.level][name].append(region.id)

    def find(self, names: tuple[str, str, str]) -> tuple[tuple[str | None, str | None, str | None], tuple[bool, ...]]:
        """Return the ids of district, street and community, and for each whether a name was given that means none.

        A street without its district is found when its name occurs once in the city, and then tells the district;
        a community likewise.
        """
        ids: list[str | None] = []
        lost: list[bool] = []
        within: str | None = None
        for level, name in zip(RegionLevel, names, strict=True):
            found = self._one(level, name, within) if name else None
            ids.append(found)
            lost.append(bool(name) and found is None and _plain(name) not in NO_PLACE)
            within = found or within
        deepest = next((id_ for id_ in reversed(ids) if id_ is not None), None)
        if deepest is not None:
            parts = deepest.split(".")
            ids = [".".join(parts[: n + 1]) if n < len(parts) else None for n in range(3)]
        return (ids[0], ids[1], ids[2]), tuple(lost)

    def _one(self, level: RegionLevel, name: str, within: str | None) -> str | None:
        if name in self._ids and self._ids[name].level is level:
            return name
        found = self._named[level].get(self._bare(name), [])
        if within is not None:
            found = [id_ for id_ in found if id_.startswith(within + ".")]
        return found[0] if len(found) == 1 else None

    def _bare(self, name: str) -> str:
        """Return a region's name without the city's before it, and with the office's name cut to the place's."""
        name = _plain(name).removeprefix(self._city)
        name = re.sub(r"(?:社区)?(?:居民委员会|居委会)$", "社区", re.sub(r"(?<=街道)(?:办事处|办)$", "", name))
        return re.sub(r"村?(?:村民委员会|村委会)$", "村", name)
