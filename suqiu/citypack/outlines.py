"""Read the regions' outlines from `regions.geojson`; a pack may do without.

The file is read feature by feature so that each fault has its line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from suqiu.citypack.regions import RegionTable
from suqiu.datafiles.file_fault import FaultLog
from suqiu.datafiles.located_yaml import read_text
from suqiu.domain.city import Region
from suqiu.domain.text import Text

FILE = "regions.geojson"
Outline = tuple[tuple[float, float], ...]
#: Neighbouring maps are rounded differently: about ten metres.
_ROUNDING = 1e-4
_SPACE = " \t\r\n"

_GEOJSON = Text("请参照cities/linjiang/regions.geojson", "see cities/linjiang/regions.geojson")


def read_outlines(folder: Path, table: RegionTable, faults: FaultLog) -> Mapping[str, Region]:
    """Return the regions with their outlines; a missing file leaves them without."""
    regions = table.regions
    if not (folder / FILE).is_file():
        return regions
    text = read_text(folder / FILE, FILE, faults)
    if text is None:
        return regions
    outlines: dict[str, tuple[Outline, int]] = {}
    try:
        json.loads(text)  # gives the line of any slip in syntax
        features = list(_features(text))
    except json.JSONDecodeError as error:
        faults.error(
            FILE, error.lineno, Text("JSON语法错误：{why}", "JSON syntax: {why}").fill(why=error.msg), _GEOJSON
        )
        return regions
    except RecursionError:
        faults.error(FILE, None, Text("嵌套过深", "the nesting is too deep"), _GEOJSON)
        return regions
    if not features:
        faults.error(FILE, 1, Text("没有features", "there are no features"), _GEOJSON)
    for line, feature in features:
        id_ = _id(feature, table, line, faults)
        outline = _ring(feature, line, faults)
        if id_ is not None and id_ in outlines:
            faults.error(FILE, line, Text("“{id}”有两个轮廓", "“{id}” has two outlines").fill(id=id_), _GEOJSON)
        elif id_ is not None and outline is not None:
            outlines[id_] = (outline, line)
    _check_nesting(outlines, faults)
    return {
        id_: replace(region, outline=outlines[id_][0]) if id_ in outlines else region for id_, region in regions.items()
    }


def _features(text: str) -> Iterator[tuple[int, object]]:
    """Walk the members of the top object's `features` array, each with the line it begins on."""
    decoder = json.JSONDecoder()
    at = _after_space(text, 0)
    if text[at : at + 1] != "{":
        return
    line, counted = 1, 0
    at = _after_space(text, at + 1)
    while text[at] != "}":
        key, at = decoder.raw_decode(text, at)
        at = _after_space(text, _after_space(text, at) + 1)  # past the colon
        if key == "features" and text[at] == "[":
            at = _after_space(text, at + 1)
            while text[at] != "]":
                line, counted = line + text.count("\n", counted, at), at
                feature, at = decoder.raw_decode(text, at)
                yield line, feature
                at = _after_comma(text, at)
            at += 1
        else:
            _, at = decoder.raw_decode(text, at)
        at = _after_comma(text, at)


def _after_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _after_comma(text: str, at: int) -> int:
    at = _after_space(text, at)
    return _after_space(text, at + 1) if text[at] == "," else at


def _id(feature: object, table: RegionTable, line: int, faults: FaultLog) -> str | None:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    id_ = properties.get("id") if isinstance(properties, dict) else None
    if not isinstance(id_, str) or (id_ not in table.regions and table.complete):
        faults.error(
            FILE,
            line,
            Text("properties.id“{id}”不在regions.csv中", "properties.id “{id}” is not in regions.csv").fill(id=id_),
            Text("请改正编号（文字，带前导零），或删去该要素", "correct the id (a text with its zeros), or delete it"),
        )
        return None
    return id_


def _ring(feature: object, line: int, faults: FaultLog) -> Outline | None:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    rings = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Polygon" else None
    if not isinstance(rings, list) or len(rings) != 1:
        faults.error(
            FILE,
            line,
            Text("轮廓应为只有一个环的Polygon", "the outline must be a Polygon of one ring"),
            Text("多块的区划请取最大一块，并去掉空洞", "of several parts take the largest, and drop holes"),
        )
        return None
    corners = _corners(rings[0])
    if corners is None or len(corners) < 4 or corners[0] != corners[-1] or len(set(corners)) < 3 or not _area(corners):
        faults.error(
            FILE,
            line,
            Text("轮廓不是闭合的环", "the outline is no closed ring"),
            Text(
                "至少三个不同的角点，首尾相同，每点为[经度, 纬度]",
                "at least three different corners, the first again at the end, each [longitude, latitude]",
            ),
        )
        return None
    return corners[:-1]


def _corners(ring: object) -> Outline | None:
    if not isinstance(ring, list):
        return None
    corners = []
    for point in ring:
        if not isinstance(point, list) or len(point) < 2:
            return None
        lon, lat = point[0], point[1]
        if not isinstance(lon, int | float) or not isinstance(lat, int | float):
            return None
        if isinstance(lon, bool) or isinstance(lat, bool) or not (-180 <= lon <= 180 and -90 <= lat <= 90):
            return None
        corners.append((float(lon), float(lat)))
    return tuple(corners)


def _area(ring: Outline) -> float:
    """Return twice the area by the shoelace formula, in square degrees; 0 for a line."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)))


def _check_nesting(outlines: Mapping[str, tuple[Outline, int]], faults: FaultLog) -> None:
    for id_, (outline, line) in outlines.items():
        parent = id_.rpartition(".")[0]
        if parent not in outlines:
            continue
        lons, lats = zip(*outlines[parent][0], strict=True)
        low = (min(lons) - _ROUNDING, min(lats) - _ROUNDING)
        high = (max(lons) + _ROUNDING, max(lats) + _ROUNDING)
        if not all(low[0] <= lon <= high[0] and low[1] <= lat <= high[1] for lon, lat in outline):
            faults.error(
                FILE,
                line,
                Text("“{id}”的轮廓超出上级的范围", "the outline of “{id}” leaves its parent's extent").fill(id=id_),
                Text("请检查编号和坐标（经度在前，WGS-84）", "check id and coordinates (longitude first, WGS-84)"),
            )
