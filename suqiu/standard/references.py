"""Check that all that a standard's files say of each other holds: ids, sources, probes, dependencies."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from suqiu.datafiles.file_fault import FaultLog, nearest
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Domain, ProbeUse, Profile
from suqiu.standard.reading_indicators import Outline

#: Says what is wrong with a probe's name and arguments, None when nothing is.
ProbeFault: TypeAlias = Callable[[str, Mapping[str, Any]], "str | None"]


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to refer to 可引用的内容.

    Attributes:
        domains: with their capabilities; None where the file is damaged, so that nothing is said of it twice.
        sources: ids; None likewise.
        levels: by indicator's id; None where the indicator's own file is damaged.
        gates: ids.
        profiles: each with its file and the lines of what it leaves out.
    """

    domains: tuple[Domain, ...] | None
    sources: frozenset[str] | None
    levels: Mapping[str, int | None]
    gates: frozenset[str]
    profiles: tuple[tuple[Profile, str, Mapping[str, int]], ...]


def check_references(
    indicators: Iterable[Outline],
    gates: Iterable[Outline],
    known: Known,
    probe_fault: ProbeFault | None,
    faults: FaultLog,
) -> None:
    """Note every reference that leads nowhere, or round in a circle."""
    indicators = list(indicators)
    for outline in indicators:
        _check_capability(outline, known, faults)
        _check_depends(outline, known, faults)
    for outline in [*indicators, *gates]:
        _check_sources(outline, known, faults)
        _check_probe(outline, known, probe_fault, faults)
    _check_circles(indicators, faults)
    _check_profiles(known, faults)


def resolved(arguments: Mapping[str, Any], parameters: Mapping[str, float]) -> dict[str, Any]:
    """Put a profile's numbers where a probe's arguments name them with `$`.

    Raises:
        KeyError: the profile has no such parameter.
    """
    return {key: _resolved(value, parameters) for key, value in arguments.items()}


def _resolved(value: Any, parameters: Mapping[str, float]) -> Any:
    if isinstance(value, str) and value.startswith("$"):
        return parameters[value[1:]]
    if isinstance(value, Mapping):
        return resolved(value, parameters)
    return [_resolved(one, parameters) for one in value] if isinstance(value, list) else value


def _check_capability(outline: Outline, known: Known, faults: FaultLog) -> None:
    if outline.id is None or known.domains is None:
        return
    capabilities = [one.id for domain in known.domains for one in domain.capabilities]
    wanted = outline.id.rpartition(".")[0]
    if wanted not in capabilities:
        faults.error(
            outline.file,
            outline.line("id"),
            Text("没有能力项{id}", "there is no capability {id}").fill(id=wanted),
            _hint(wanted, capabilities),
        )


def _check_depends(outline: Outline, known: Known, faults: FaultLog) -> None:
    for id_ in outline.depends:
        level = known.levels.get(id_)
        if id_ not in known.levels:
            faults.error(
                outline.file,
                outline.line("depends"),
                Text("前提指标{id}不存在", "it depends on {id}, which does not exist").fill(id=id_),
                _hint(id_, list(known.levels)),
            )
        elif level is not None and outline.level is not None and level > outline.level:
            faults.error(
                outline.file,
                outline.line("depends"),
                Text(
                    "前提指标{id}属{level}级，高于本指标的{own}级",
                    "it depends on {id} of level {level}, above its own level {own}",
                ).fill(id=id_, level=level, own=outline.level),
                Text("请调整level或depends", "change `level` or `depends`"),
            )


def _check_sources(outline: Outline, known: Known, faults: FaultLog) -> None:
    for key, id_ in outline.sources.items():
        if known.sources is not None and id_ not in known.sources:
            faults.error(
                outline.file,
                outline.line(key),
                Text("sources.yaml中没有来源{id}", "sources.yaml has no source {id}").fill(id=id_),
                _hint(id_, sorted(known.sources)),
            )


def _check_probe(outline: Outline, known: Known, probe_fault: ProbeFault | None, faults: FaultLog) -> None:
    if outline.probe is None:
        return
    arguments = _arguments(outline, outline.probe, known, faults)
    wrong = None if probe_fault is None or arguments is None else probe_fault(outline.probe.name, arguments)
    if wrong is not None:
        faults.error(
            outline.file,
            outline.line("probe.name"),
            Text("探测方式有误：{wrong}", "the probe cannot be used so: {wrong}").fill(wrong=wrong),
            Text("请核对probe的name和with", "check the probe's `name` and `with`"),
        )


def _arguments(outline: Outline, probe: ProbeUse, known: Known, faults: FaultLog) -> Mapping[str, Any] | None:
    """Return the arguments as the first profile fills them in; None where one cannot, with the reason noted."""
    arguments: Mapping[str, Any] | None = None
    for profile, _, _ in known.profiles:
        if outline.id in profile.leaves_out:
            continue
        try:
            filled = resolved(probe.arguments, profile.parameters)
        except KeyError as error:
            faults.error(
                outline.file,
                outline.line("probe.with"),
                Text("类型{profile}没有参数{name}", "the profile {profile} has no parameter {name}").fill(
                    profile=profile.id, name=error.args[0]
                ),
                _hint(error.args[0], sorted(profile.parameters)),
            )
            return None
        arguments = filled if arguments is None else arguments
    return probe.arguments if arguments is None else arguments


def _check_circles(indicators: list[Outline], faults: FaultLog) -> None:
    """Note each indicator that depends on itself, by way of others or at once, and the way."""
    depends = {outline.id: outline.depends for outline in indicators if outline.id is not None}
    for outline in indicators:
        way = None if outline.id is None else _way_back(outline.id, depends)
        if way is not None:
            faults.error(
                outline.file,
                outline.line("depends"),
                Text("前提关系成环：{way}", "dependencies go round in a circle: {way}").fill(way=" → ".join(way)),
                Text("请断开其中一处depends", "break it in one place"),
            )


def _way_back(start: str, depends: Mapping[str, tuple[str, ...]]) -> list[str] | None:
    """Return the shortest way from an indicator over its dependencies back to it."""
    ways, seen = deque([[start]]), {start}
    while ways:
        way = ways.popleft()
        for id_ in depends.get(way[-1], ()):
            if id_ == start:
                return [*way, id_]
            if id_ not in seen:
                seen.add(id_)
                ways.append([*way, id_])
    return None


def _check_profiles(known: Known, faults: FaultLog) -> None:
    there = [*known.levels, *sorted(known.gates)]
    for profile, file, lines in known.profiles:
        for id_ in profile.leaves_out:
            if id_ not in there:
                faults.error(
                    file,
                    lines.get(id_),
                    Text("没有指标或否决项{id}", "there is no indicator or gate {id}").fill(id=id_),
                    _hint(id_, there),
                )


def _hint(word: str, there: list[str]) -> Text:
    return nearest(word, there) if there else Text("请先补齐所引用的内容", "add what is referred to")
