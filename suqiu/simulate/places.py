"""Where matters happen: communities by population, and the named places that lie in them."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from suqiu.domain.city import City, Region, RegionLevel
from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.simulate.phrases import PlaceKind
from suqiu.simulate.words import Words

#: Some neighbourhoods have more of a trouble than others: relative spread of a matter over communities.
_UNEVEN = 0.5
#: Stream of random numbers for the city's make-up, beside those of the plan and the chunks.
_PLACES = 3


@dataclass(frozen=True, slots=True)
class Site:
    """A named place.

    Attributes:
        name: what people call it.
        home: position of the community it lies in.
    """

    name: str
    home: int


class PlaceBook:
    """The city's communities and what is in them.

    Attributes:
        homes: the finest regions, mostly communities, in the order of their ids.
    """

    def __init__(self, city: City, regions_file: Path, words: Words, seed: int) -> None:
        parents = {region.parent for region in city.regions}
        self.homes: tuple[Region, ...] = tuple(
            sorted((r for r in city.regions if r.id not in parents), key=lambda region: region.id)
        )
        if not self.homes:
            raise InvalidInput(
                "simulate.no_regions",
                Text("城市数据包没有区划", "the city pack has no regions"),
                Text("请在regions.csv中填写区划", "fill in regions.csv"),
            )
        self._city = city
        self._rng = np.random.default_rng([seed, _PLACES])
        self._within: dict[str, list[int]] = defaultdict(list)
        for n, home in enumerate(self.homes):
            for region in _up(home.id):
                self._within[region].append(n)
        people = np.array([home.population or 1 for home in self.homes], dtype=np.float64)
        self.people = people / people.sum()
        self._uneven: dict[str, npt.NDArray[np.float64]] = {
            top.id: np.cumsum(self.people * np.exp(self._rng.normal(0, _UNEVEN, len(people))))
            for top in sorted((c for c in city.taxonomy.categories if c.level == 1), key=lambda c: c.id)
        }
        self._sites = self._all_sites(_named_places(regions_file), words)
        self._chains = [self._chain(home) for home in self.homes]

    def draw(self, top: str, chances: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return a community's position for each chance (0 to 1), for matters under one top category."""
        edges = self._uneven[top]
        picked: npt.NDArray[np.int64] = np.searchsorted(edges, chances * edges[-1], side="right")
        return np.minimum(picked, len(self.homes) - 1)

    def sites(self, kind: PlaceKind, home: int) -> Sequence[Site]:
        """Return the places of a kind in a community, or in the nearest region that has some; never empty."""
        return self._sites[kind][home]

    def chain(self, home: int) -> Mapping[RegionLevel, Region]:
        """Return the district, street and community of a community's position, as far as there are any."""
        return self._chains[home]

    def within(self, region: str | None) -> list[int]:
        """Return the positions of all communities in a region; None is the whole city."""
        return self._within[region or ""]

    def points(
        self, homes: npt.NDArray[np.int64], rng: np.random.Generator
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return a longitude and latitude (degrees) inside each community; NaN where its outline is unknown."""
        lon, lat = np.full(len(homes), np.nan), np.full(len(homes), np.nan)
        reach, corner = np.sqrt(rng.random(len(homes))) * 0.9, rng.random(len(homes))
        for n, home in enumerate(homes.tolist()):
            ring = self.homes[home].outline[:-1]
            if ring:
                x = sum(point[0] for point in ring) / len(ring)
                y = sum(point[1] for point in ring) / len(ring)
                to = ring[int(corner[n] * len(ring))]
                lon[n], lat[n] = x + (to[0] - x) * reach[n], y + (to[1] - y) * reach[n]
        return np.round(lon, 6), np.round(lat, 6)

    def _chain(self, home: Region) -> Mapping[RegionLevel, Region]:
        chain: dict[RegionLevel, Region] = {}
        at: Region | None = home
        while at is not None:
            chain[at.level] = at
            at = self._city.region_by_id.get(at.parent) if at.parent else None
        return chain

    def _all_sites(
        self, named: Mapping[str, Sequence[tuple[PlaceKind, str]]], words: Words
    ) -> dict[PlaceKind, list[Sequence[Site]]]:
        """Index every community's places by kind, with those of the street, district or city where it has none."""
        wide: dict[tuple[PlaceKind, str], list[Site]] = defaultdict(list)
        own: dict[tuple[PlaceKind, int], list[Site]] = defaultdict(list)
        for n, home in enumerate(self.homes):
            stated = named.get(home.id, ())
            known = {kind for kind, _ in stated}
            for kind, name in (*stated, *((k, name) for k, name in self._invented(words) if k not in known)):
                own[kind, n].append(Site(name, n))
                for region in _up(home.id):
                    wide[kind, region].append(Site(name, n))
        sites: dict[PlaceKind, list[Sequence[Site]]] = {}
        for kind in PlaceKind:
            sites[kind] = [
                own[kind, n]
                or next((wide[kind, region] for region in _up(home.id) if wide[kind, region]), [])
                or [Site(home.name, n)]
                for n, home in enumerate(self.homes)
            ]
        return sites

    def _invented(self, words: Words) -> Iterable[tuple[PlaceKind, str]]:
        """Make up a community's shops, companies and bus line: no register of places lists them all."""
        for kind, parts, count in ((PlaceKind.SHOP, words.shops, 2), (PlaceKind.COMPANY, words.companies, 1)):
            for _ in range(count):
                lists = (parts.first, parts.second, parts.kinds)
                yield kind, "".join(some[int(self._rng.integers(len(some)))] for some in lists)
        yield PlaceKind.BUS, f"{int(self._rng.integers(1, 330))}路公交"


def _up(region: str) -> Iterable[str]:
    """Walk from a region to its parents; the last is the empty id of the whole city."""
    while region:
        yield region
        region = region.rpartition(".")[0]
    yield ""


def _named_places(path: Path) -> dict[str, list[tuple[PlaceKind, str]]]:
    """Read the `places` column with its kinds, `estate:锦绣花园;road:滨江大道`, which the loaded city leaves out."""
    if not path.is_file():
        raise NotFound(
            "simulate.no_regions_file",
            Text("缺少区划文件：{path}", "missing file of regions: {path}").fill(path=path),
            Text("请补齐城市数据包", "complete the city pack"),
        )
    places: dict[str, list[tuple[PlaceKind, str]]] = {}
    kinds = {kind.value: kind for kind in PlaceKind}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            marked = [place.partition(":") for place in (row.get("places") or "").split(";")]
            places[row["id"]] = [(kinds[kind], name) for kind, _, name in marked if kind in kinds and name]
    return places
