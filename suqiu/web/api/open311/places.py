"""Points and regions: in which region a point lies, and a point that stands for a street without naming a house."""

from __future__ import annotations

from functools import lru_cache

from suqiu.domain.city import Region, RegionLevel
from suqiu.web.site import site


def region_at(lon: float, lat: float) -> str:
    """Return the id of the deepest region whose outline holds a point; empty where none does."""
    found = ""
    for region in site().city.regions:
        if len(region.id) > len(found) and region.outline and _holds(region, lon, lat):
            found = region.id
    return found


def street_of(place: str) -> str:
    """Return the street of a region, or the district where only that is known: nothing more exact is public."""
    regions = site().city.region_by_id
    while place in regions and regions[place].level is RegionLevel.COMMUNITY:
        place = regions[place].parent or ""
    return place if place in regions else ""


def name_of(place: str) -> str:
    """Return a region's name with those it lies in, the widest first."""
    regions, names = site().city.region_by_id, []
    while place in regions:
        names.append(regions[place].name)
        place = regions[place].parent or ""
    return "".join(reversed(names))


@lru_cache(maxsize=4096)
def centre_of(place: str) -> tuple[float, float] | None:
    """Return the middle of a region's outline as (longitude, latitude), to about 100 metres; None without one."""
    region = site().city.region_by_id.get(place)
    if region is None:
        return None
    corners = list(region.outline) or [
        corner for one in site().city.regions if one.id.startswith(f"{place}.") for corner in one.outline
    ]
    if not corners:
        return None
    return round(sum(x for x, _ in corners) / len(corners), 3), round(sum(y for _, y in corners) / len(corners), 3)


def _holds(region: Region, lon: float, lat: float) -> bool:
    inside = False
    corners = region.outline
    for (x1, y1), (x2, y2) in zip(corners, (*corners[1:], corners[0]), strict=True):
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside
