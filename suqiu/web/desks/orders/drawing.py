"""Where an order arises, as a small drawing of the regions' outlines: no map service is asked 事发地示意图."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from suqiu.domain.city import Region
from suqiu.web.orders.models import Order
from suqiu.web.site import site

WIDTH, HEIGHT = 320, 200
_EDGE = 8


@dataclass(frozen=True, slots=True)
class Shape:
    """A region as drawn.

    Attributes:
        points: corners, as SVG writes them.
        name: of the region.
        here: the order lies in it.
    """

    points: str
    name: str
    here: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """The regions around an order.

    Attributes:
        shapes: the widest first.
        x, y: of the order, None where its position is unknown or outside.
        title: what is drawn, in words.
    """

    shapes: tuple[Shape, ...]
    x: float | None
    y: float | None
    title: str


def drawing(order: Order) -> Drawing | None:
    """Return the drawing of an order's place; None where no region with an outline is known."""
    regions = site().city.region_by_id
    here = regions.get(order.place)
    if here is None or not here.outline:
        return None
    around = _neighbours(here.parent)
    fit = _Fit.around([region for region in around if region.outline] or [here])
    shapes = [Shape(fit.points(region), region.name, region.id == here.id) for region in around if region.outline]
    position = None if order.lon is None or order.lat is None else fit.at(order.lon, order.lat)
    inside = position is not None and 0 <= position[0] <= WIDTH and 0 <= position[1] <= HEIGHT
    x, y = position if inside and position else (None, None)
    above = regions.get(here.parent or "")
    return Drawing(tuple(sorted(shapes, key=lambda one: one.here)), x, y, f"{above.name if above else ''}{here.name}")


@lru_cache(maxsize=256)
def _neighbours(parent: str | None) -> tuple[Region, ...]:
    return tuple(region for region in site().city.regions if region.parent == parent)


@dataclass(frozen=True, slots=True)
class _Fit:
    """How degrees become points of the drawing; a degree of longitude is shorter away from the equator."""

    west: float
    north: float
    squeeze: float
    scale: float
    left: float
    top: float

    @classmethod
    def around(cls, regions: list[Region]) -> _Fit:
        corners = [corner for region in regions for corner in region.outline]
        west, east = min(x for x, _ in corners), max(x for x, _ in corners)
        south, north = min(y for _, y in corners), max(y for _, y in corners)
        squeeze = math.cos(math.radians((south + north) / 2))
        wide, high = max((east - west) * squeeze, 1e-9), max(north - south, 1e-9)
        scale = min((WIDTH - 2 * _EDGE) / wide, (HEIGHT - 2 * _EDGE) / high)
        return cls(west, north, squeeze, scale, (WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2)

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        x = self.left + (lon - self.west) * self.squeeze * self.scale
        y = self.top + (self.north - lat) * self.scale
        return round(x, 1), round(y, 1)

    def points(self, region: Region) -> str:
        return " ".join(f"{x},{y}" for x, y in (self.at(*corner) for corner in region.outline))
