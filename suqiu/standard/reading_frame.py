"""Read what frames the indicators: identity, levels, domains, sources, profiles and scenarios."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Literal

from suqiu.datafiles.located_yaml import Entry
from suqiu.domain.text import Text
from suqiu.standard import reading_parts as parts
from suqiu.standard.catalogue import Capability, Domain, Grade, Level, Profile, Rating, Scenario, Source
from suqiu.standard.reading_indicators import Direction

_ID = re.compile(r"[a-z][a-z0-9-]*")
#: How a version is written: the year, and which of that year.
VERSION = re.compile(r"\d{4}\.\d+")
_SCHEMA = re.compile(r"1\.\d+\.\d+")
_DOMAIN = re.compile(r"D[1-9]\d*")
_SCENARIO = re.compile(r"S\d{2,3}")
_PROFILE = re.compile(r"[a-z][a-z_]*")


class Stage(StrEnum):
    """Where on an order's way a scenario is used 环节."""

    ACCEPT = "accept"
    DISPATCH = "dispatch"
    HANDLE = "handle"
    CALL_BACK = "call_back"
    APPRAISE = "appraise"
    ANALYSE = "analyse"


class Serves(StrEnum):
    """Whom a scenario serves 服务对象."""

    AGENT = "agent"
    DEPARTMENT = "department"
    LEADER = "leader"
    CITIZEN = "citizen"


@dataclass(frozen=True, slots=True)
class Identity:
    """Which standard a folder holds; as `Catalogue` says."""

    id: str
    version: str
    schema: str
    issued: date
    title: Text
    label: Text


def identity_from(entry: Entry) -> Identity | None:
    """Read `standard.yaml`."""
    id_, version, schema = entry.text("id"), entry.text("version"), entry.text("schema")
    issued, title, label = entry.day("issued"), parts.pair(entry, "title"), parts.pair(entry, "label")
    entry.finish()
    shapes = (("id", id_, _ID, "hotline-intelligence"), ("version", version, VERSION, "2026.1"))
    good = [_shaped(entry, *shape) for shape in (*shapes, ("schema", schema, _SCHEMA, "1.0.0"))]
    if not all(good) or id_ is None or version is None or schema is None or not (issued and title and label):
        return None
    return Identity(id_, version, schema, issued, title, label)


def levels_from(entry: Entry) -> tuple[tuple[Level, ...], tuple[Rating, ...]]:
    """Read `levels.yaml`: the levels, numbered from 1, their thresholds never falling; and the scale of ratings."""
    levels = []
    for number, part in enumerate(entry.entries("levels"), start=1):
        given, threshold = part.whole("number", 1, 9), part.number("threshold", 0, 1)
        own, name = part.number("domain_threshold", 0, 1), parts.pair(part, "name")
        meaning, reason = parts.pair(part, "meaning"), parts.pair(part, "reason")
        part.finish()
        if given is not None and given != number:
            part.error(
                "number",
                Text("等级应从1起连续编号", "levels are numbered from 1 without a gap"),
                Text("此处应为{number}", "it must be {number} here").fill(number=number),
            )
        if name and meaning and reason and threshold is not None and own is not None:
            levels.append(Level(number, name, meaning, threshold, own, reason))
            if len(levels) > 1 and threshold < levels[-2].threshold:
                part.error(
                    "threshold",
                    Text("门槛低于下一级", "the threshold is below that of the level before"),
                    Text("等级越高，门槛不得越低", "thresholds must not fall from level to level"),
                )
    ratings = [_rating(part) for part in entry.entries("ratings")]
    entry.finish()
    return tuple(levels), tuple(rating for rating in ratings if rating is not None)


def domains_from(file: Entry) -> tuple[Domain, ...]:
    """Read `domains.yaml`."""
    domains, seen = [], dict[str, int]()
    for entry in file.entries("domains"):
        id_, name, about = entry.text("id"), parts.pair(entry, "name"), parts.pair(entry, "about")
        well = _shaped(entry, "id", id_, _DOMAIN, "D3")
        once(entry, id_, seen)
        capabilities = []
        for part in entry.entries("capabilities"):
            own, title, words = part.text("id"), parts.pair(part, "name"), parts.pair(part, "about")
            part.finish()
            once(part, own, seen)
            fits = _shaped(part, "id", own, re.compile(rf"{re.escape(id_ or 'D1')}\.[1-9]\d*"), f"{id_ or 'D1'}.1")
            if fits and own and title and words:
                capabilities.append(Capability(own, title, words))
        entry.finish()
        if well and id_ and name and about:
            domains.append(Domain(id_, name, about, tuple(capabilities)))
    file.finish()
    return tuple(domains)


def sources_from(entry: Entry) -> tuple[Source, ...]:
    """Read `sources.yaml`."""
    sources, seen = [], dict[str, int]()
    for part in entry.entries("sources"):
        id_, title, address = part.text("id"), parts.pair(part, "title"), _may_be_empty(part, "address")
        dated, grade = _may_be_empty(part, "dated"), part.choice("grade", Grade)
        part.finish()
        once(part, id_, seen)
        if id_ and title and grade:
            sources.append(Source(id_, title, address, dated, grade))
    entry.finish()
    return tuple(sources)


def profile_from(entry: Entry, file: str) -> tuple[Profile | None, Mapping[str, int]]:
    """Read one file of `profiles/`; also on which line it leaves each thing out."""
    id_, name, about = entry.text("id"), parts.pair(entry, "name"), parts.pair(entry, "about")
    well = _shaped(entry, "id", id_, _PROFILE, "county")
    if id_ is not None and id_ != PurePosixPath(file).stem:
        entry.error(
            "id",
            Text("编号{id}与文件名不一致", "the id {id} is not the file's name").fill(id=id_),
            Text("请改为一致", "make them the same"),
        )
    leaves, lines = dict[str, Text](), dict[str, int]()
    for part in entry.entries("leaves_out", required=False):
        subject, reason = part.text("id"), parts.pair(part, "reason")
        part.finish()
        once(part, subject, lines)
        if subject and reason:
            leaves[subject] = reason
    parameters = dict[str, float]()
    given = entry.entry("parameters")
    for key in parts.keys_of(given):
        value = None if given is None else given.number(key, -parts.FARTHEST, parts.FARTHEST)
        if value is not None:
            parameters[key] = value
    entry.finish()
    made = Profile(id_, name, about, leaves, parameters) if well and id_ and name and about else None
    return made, lines


def scenarios_from(entry: Entry) -> tuple[Scenario, ...]:
    """Read `scenarios.yaml`."""
    scenarios, seen = [], dict[str, int]()
    for part in entry.entries("scenarios"):
        id_, name, about = part.text("id"), parts.pair(part, "name"), parts.pair(part, "about")
        stage, serves = part.choice("stage", Stage), part.choice("serves", Serves)
        work, effect = part.text("work"), parts.pair(part, "effect")
        function = _may_be_empty(part, "function")
        direction = part.choice("direction", Direction)
        part.finish()
        once(part, id_, seen)
        well = _shaped(part, "id", id_, _SCENARIO, "S01")
        if well and id_ and name and about and stage and serves and work and effect and direction:
            way: Literal["up", "down"] = "up" if direction is Direction.UP else "down"
            scenarios.append(Scenario(id_, name, about, stage.value, serves.value, work, function, effect, way))
    entry.finish()
    return tuple(scenarios)


def _rating(entry: Entry) -> Rating | None:
    code, name = entry.text("code"), parts.pair(entry, "name")
    credit, met = entry.number("credit", 0, 1), entry.truth("met")
    entry.finish()
    return None if code is None or name is None or credit is None or met is None else Rating(code, name, credit, met)


def _may_be_empty(entry: Entry, key: str) -> str:
    """Take a text that may be left empty, such as the day of an undated page."""
    if entry.plain(key) in {"", None}:
        if not parts.has(entry, key):
            parts.missing(entry, key)
        return ""
    return entry.text(key) or ""


def _shaped(entry: Entry, key: str, word: str | None, shape: re.Pattern[str], example: str) -> bool:
    if word is None or shape.fullmatch(word):
        return word is not None
    entry.error(
        key,
        Text("{key}“{word}”的写法不对", "“{word}” is no {key}").fill(key=key, word=word),
        Text("请写成{example}的形式", "write it as {example}").fill(example=example),
    )
    return False


def once(entry: Entry, id_: str | None, seen: dict[str, int]) -> None:
    """Note an id that was used before, and keep the line of one that was not."""
    if id_ is None:
        return
    if id_ in seen:
        entry.error(
            "id",
            Text("编号{id}重复，首次出现在第{line}行", "the id {id} repeats; it is first on line {line}").fill(
                id=id_, line=seen[id_]
            ),
            Text("请改用新的编号", "give it an id of its own"),
        )
    seen.setdefault(id_, entry.line_of("id"))
