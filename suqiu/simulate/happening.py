"""Planted events come to life: where each happens, and what all its orders have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from suqiu.domain.city import City, RegionLevel
from suqiu.simulate.places import PlaceBook, Site
from suqiu.simulate.scenario import PlannedEvent

#: Stream of random numbers for the events' places, beside those of plan, days, places and manners.
_EVENTS = 5


@dataclass(frozen=True, slots=True)
class Happening:
    """A planted event with its place.

    Attributes:
        plan: what the scenario says.
        leaf: position of its category among the leaves.
        region: id of the region it stays in, None for the whole city.
        homes: positions of that region's communities.
        sites: for each of these the places that an order from there may name; one and the same where the plan says so.
        fixed: values of gaps that all its orders share.
    """

    plan: PlannedEvent
    leaf: int
    region: str | None
    homes: tuple[int, ...]
    sites: Mapping[int, Sequence[Site]]
    fixed: Mapping[str, str]


def place_events(
    events: tuple[PlannedEvent, ...], city: City, book: PlaceBook, leaf_ids: list[str], seed: int
) -> list[Happening]:
    """Give each event its region and its common places; no two share a region while there are others."""
    rng = np.random.default_rng([seed, _EVENTS])
    taken: set[str] = set()
    found = []
    for plan in events:
        region = plan.region if plan.region or plan.scope == "city" else _region(plan, city, book, taken, rng)
        if region:
            taken.add(region.partition(".")[0])
        homes = tuple(book.within(region))
        inside = frozenset(homes)
        sites: dict[int, Sequence[Site]] = {
            home: [site for site in book.sites(plan.place, home) if site.home in inside] for home in homes
        }
        fixed = {}
        for kind, name in plan.fixed.items():
            some = [site for home in homes for site in book.sites(kind, home) if site.home in inside]
            if name or not some:
                home = homes[int(rng.integers(len(homes)))]
                one = Site(name or book.homes[home].name, home)
            else:
                one = some[int(rng.integers(len(some)))]
            fixed[kind.value] = one.name
            if kind is plan.place:
                # A road runs through several communities.
                alike = [site for site in some if site.name == one.name] or [one]
                homes = tuple(sorted({site.home for site in alike}))
                sites = {home: [Site(one.name, home)] for home in homes}
        found.append(Happening(plan, leaf_ids.index(plan.category), region, homes, sites, fixed))
    return found


def _region(plan: PlannedEvent, city: City, book: PlaceBook, taken: set[str], rng: np.random.Generator) -> str:
    """Draw a region of the event's scope by population, one that has a place of its kind."""
    level = RegionLevel(plan.scope)
    fitting = []
    for region in sorted((r for r in city.regions if r.level is level), key=lambda r: r.id):
        homes = set(book.within(region.id))
        if any(site.home in homes for home in homes for site in book.sites(plan.place, home)):
            fitting.append(region)
    regions = fitting or [book.homes[0]]
    fresh = [region for region in regions if region.id.partition(".")[0] not in taken] or regions
    people = np.array([region.population or 1 for region in fresh], dtype=np.float64)
    return fresh[int(rng.choice(len(fresh), p=people / people.sum()))].id
