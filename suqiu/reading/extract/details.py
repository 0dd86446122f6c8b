"""What stands beside the name of a place: house number, building and room, where roads meet, where it lies."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from suqiu.reading.extract.kinds import Kind
from suqiu.reading.extract.lexicon import (
    BUILDING_SIGN,
    NUMBER_SIGN,
    ORGANISATION_SIGN,
    PLACE_SIGNS,
    POINT_SIGN,
    REGION_SIGN,
    ROAD_SIGN,
    shipped,
)
from suqiu.reading.extract.numerals import NUMERAL, numbers
from suqiu.reading.extract.places import NAMED, Named
from suqiu.reading.extract.rows import Found
from suqiu.reading.extract.scan import Scan, Spans, any_of, matches_at
from suqiu.reading.tree import Numbers

_SIGNS = {Kind.REGION: REGION_SIGN, Kind.ROAD: ROAD_SIGN, Kind.POINT: POINT_SIGN, Kind.ORGANISATION: ORGANISATION_SIGN}
_ROAD, _POINT = NAMED.index(Kind.ROAD), NAMED.index(Kind.POINT)
#: What a number, and so a house or a building, begins with.
_STARTS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ一二三四五六七八九十负地"

_COUNT = r"[一二三四五六七八九十]{1,3}"
#: Behind a place or the end of one: 8号, 110-2号, 十二号附3号.
_NUMBER = re.compile(
    rf"(?<=[{PLACE_SIGNS}巷村路街])(?:[A-Z]?\d{{1,4}}|[一二三四五六七八九十百]{{1,4}})(?:-\d{{1,3}})?号"
    r"(?:之[一二三\d]|附\d{1,3}号|-\d{1,3})?(?![楼栋幢座院线码机文桥员房室]|小区|公馆)"
)
_NAME = rf"(?:[A-Z]{{1,2}}-?\d{{0,3}}|\d{{1,3}}(?:-\d{{1,2}})?[A-Z]?|{_COUNT})"
_BLOCK = rf"(?:{_NAME}(?:号楼|栋|幢|号院)|(?:[A-Z]|\d{{1,2}})座)(?!楼房|别墅|民房|居民)"
_UNIT = rf"(?:(?:\d{{1,2}}|[A-Z]|{_COUNT})单元(?!房|楼|门))"
_FLOOR = (
    rf"(?:(?:\d{{1,2}}|{_COUNT}|负[一二三\d]|地下[一二]|-\d)"
    r"(?:楼|层(?=[^高楼以面灰建水皮膜油厚,，。;!?]))(?![盘房宇市道梯数]))"
)
_ROOM = (
    r"(?:[A-Z]?\d{2,5}(?:室|号房|房|号|户)(?![产租价款东型主屋号])"
    r"|\d{3,4}(?![\d.元块年月天多余人平米号%路个次点:度吨分米]))"
)
_COUNTED = (
    r"(?<![第共有约高近几多每各建盖这那两数\d.年月A-Z\-一二三四五六七八九十])"
    r"(?!一[栋幢层](?!\d|[一二三四五六七八九十]单元))"
)
_BUILDING = re.compile(
    _COUNTED + rf"(?:{_BLOCK}{_UNIT}?{_FLOOR}?{_ROOM}?|{_UNIT}{_FLOOR}?{_ROOM}?|{_FLOOR}{_ROOM}?)"
    rf"|(?<=[{PLACE_SIGNS}{NUMBER_SIGN}])(?:[A-Z]?\d{{1,3}}-\d{{1,2}}-\d{{3,4}}(?![\d-])"
    rf"|(?:[一二三四五六七八九十]期|\d期)(?:{_BLOCK}{_UNIT}?{_FLOOR}?{_ROOM}?)?|\d{{3,4}}[室房])"
)
_ONE_FORM = ((re.compile(r"号楼|幢|号院|座"), "栋"), (re.compile(r"号房|房|号$|户"), "室"), (re.compile("楼"), "层"))
_ANY = PLACE_SIGNS + NUMBER_SIGN + BUILDING_SIGN


class Details:
    """Finds what stands beside named places."""

    def __init__(self) -> None:
        words = shipped("places")
        self._relations = {word: code for code, listed in words["relative"].items() for word in listed}
        metres = rf"(?:大概|大约|约|近)?{NUMERAL}(?:来|多)?米(?:左右)?(?:处|远)?"
        way = r"(?:往|向|朝)[东南西北前后]{1,2}(?:方向|面|边)?(?:走|行驶|行)?"
        beside = rf"(?:{any_of(self._relations)})(?!线|人员|楼)(?:{metres})?"
        self._relative = re.compile(
            rf"[{ROAD_SIGN}{POINT_SIGN}]+(?:至|到|与|和)[{ROAD_SIGN}{POINT_SIGN}]+(?:路段)?的?(?:之间|中间)"
            rf"|(?<=[{_ANY}])的?(?:{way}(?:{metres})?|{metres}|{beside})"
        )
        meets = rf"的?(?:{any_of(words['junction']['ends'])}|口(?![头味岸碑号径]))"
        self._junction = re.compile(rf"[{ROAD_SIGN}]{{2,}}(?:[与和跟及同、/至到-]的?[{ROAD_SIGN}]{{2,}})?{meets}")

    def find(self, scan: Scan, named: Named) -> tuple[list[Found], str]:
        """Return house numbers, buildings, relations and junctions, and the scan with all places blotted out."""
        marks = [(named.of(label), _SIGNS[kind]) for label, kind in enumerate(NAMED)]
        counts = scan.at(_STARTS, once=True)
        houses = matches_at(scan.masked(marks), _NUMBER, counts)
        marks.append((houses, NUMBER_SIGN))
        buildings = matches_at(scan.masked(marks), _BUILDING, counts)
        marks.append((buildings, BUILDING_SIGN))
        masked = scan.masked(marks)
        found = [
            Found(Kind.NUMBER, houses, [_house(piece) for piece in scan.pieces(houses)]),
            Found(Kind.BUILDING, buildings, [_building(piece) for piece in scan.pieces(buildings)]),
            self._junctions(scan, named, masked),
            self._relations_in(scan, masked, named, np.concatenate([houses.ends, buildings.ends])),
        ]
        return found, masked

    def _junctions(self, scan: Scan, named: Named, masked: str) -> Found:
        roads = named.of(_ROAD)
        spans = matches_at(masked, self._junction, roads.starts)
        first = np.searchsorted(roads.starts, spans.starts, side="left")
        last = np.searchsorted(roads.starts, spans.ends, side="left")
        names = scan.pieces(roads)
        values = ["/".join(sorted(set(names[a:b]))) for a, b in zip(first.tolist(), last.tolist(), strict=True)]
        return Found(Kind.JUNCTION, spans, values)

    def _relations_in(self, scan: Scan, masked: str, named: Named, more: Numbers) -> Found:
        between = named.of(_ROAD, _POINT).starts
        positions = np.unique(np.concatenate([between, named.spans.ends, more]))
        spans = matches_at(masked, self._relative, positions)
        skip = np.array([masked[at] == "的" for at in spans.starts.tolist()], dtype=np.int64)
        spans = Spans(spans.starts + skip, spans.ends, spans.labels)
        read = [self._relation(piece) for piece in scan.pieces(spans)]
        amounts = [metres for _, metres in read]
        return Found(
            Kind.RELATIVE,
            spans,
            [code for code, _ in read],
            amounts,
            ["米" if m is not None else None for m in amounts],
        )

    def _relation(self, piece: str) -> tuple[str, float | None]:
        """Read code and metres: what is neither a word of the list nor a direction is a distance along."""
        if piece.endswith(("之间", "中间")):
            return "between", None
        metres = re.search(NUMERAL, piece) if "米" in piece else None
        distance = numbers(metres.group()) if metres else None
        code = next((self._relations[piece[:n]] for n in range(4, 0, -1) if piece[:n] in self._relations), "")
        if not code:
            toward = re.match(r"[往向朝]([东南西北前后])", piece)
            code = _TOWARDS[toward.group(1)] if toward else "along"
        return code, distance[0] if distance else None


_TOWARDS = {"东": "east", "西": "west", "南": "south", "北": "north", "前": "front", "后": "behind"}


@lru_cache(maxsize=65_536)
def _house(piece: str) -> str:
    house = _arabic(piece)
    return house.removesuffix("号") if house.count("号") == 1 else house


@lru_cache(maxsize=65_536)
def _building(piece: str) -> str:
    """Bring block, unit, floor and room to one form: 三号楼2单元 is 3栋2单元."""
    dashed = re.fullmatch(r"([A-Z]?\d{1,3})-(\d{1,2})-(\d{3,4})", piece)
    if dashed:
        return f"{dashed.group(1)}栋{dashed.group(2)}单元{dashed.group(3)}室"
    one = piece
    for pattern, form in _ONE_FORM:
        one = pattern.sub(form, one)
    one = _arabic(one)
    return one + "室" if re.search(r"[栋元层]\d{3,4}$", one) else one


def _arabic(piece: str) -> str:
    return re.sub(r"[一二三四五六七八九十百]+", lambda match: _digits(match.group()), piece)


def _digits(written: str) -> str:
    low, high = numbers(written) or (0.0, 0.0)
    return f"{low:.0f}" if low == high else f"{low:.0f}-{high:.0f}"
