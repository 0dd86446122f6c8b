"""Read a standard from its folder, and say all that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from suqiu.datafiles.file_fault import FaultLog, FileFault
from suqiu.datafiles.located_yaml import Entry, read_mapping
from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.standard import reading_frame as frame
from suqiu.standard import standard_files as files
from suqiu.standard.catalogue import Catalogue, Domain, Gate, Indicator, Level, Profile, Rating, Scenario, Source
from suqiu.standard.reading_indicators import Outline, gate_from, indicator_from
from suqiu.standard.references import Known, ProbeFault, check_references

#: What a standard's folder is known by.
IDENTITY = "standard.yaml"
#: Faults that an error message names; `check` lists them all.
_NAMED = 10
_HIGHEST = 5


def load(
    folder: Path, *, probe_fault: ProbeFault | None = None, forms: Mapping[str, frozenset[str]] | None = None
) -> Catalogue:
    """Read and check a whole standard.

    Args:
        folder: `standards/hotline-intelligence/2026.1`.
        probe_fault: says what is wrong with a probe's name and arguments; without it probes are not checked.
        forms: columns by form, for the worked cases; without it their columns are not checked.

    Raises:
        NotFound: there is no such folder.
        InvalidInput: the standard has errors; the first ten are named, with how many more there are.
    """
    catalogue, faults = _read(folder, probe_fault, forms)
    errors = [fault for fault in faults if fault.severity == "error"]
    if catalogue is not None and not errors:
        return catalogue
    raise refusal(folder, errors)


def refusal(folder: Path, errors: Sequence[FileFault]) -> InvalidInput:
    """Return the refusal of a standard with these errors."""
    return InvalidInput("standard.invalid", _listed(folder.name, errors), _hint(errors))


def is_version(word: str) -> bool:
    """Say whether a word is written as a version: `2026.1`."""
    return frame.VERSION.fullmatch(word) is not None


def check(
    folder: Path, *, probe_fault: ProbeFault | None = None, forms: Mapping[str, frozenset[str]] | None = None
) -> list[FileFault]:
    """Return every fault of a standard, errors first, each with file and line; see `load`.

    Raises:
        NotFound: there is no such folder.
    """
    return _read(folder, probe_fault, forms)[1]


@dataclass
class _Parts:
    """What has been read so far; None where a file is missing or damaged."""

    faults: FaultLog
    identity: frame.Identity | None = None
    levels: tuple[Level, ...] = ()
    ratings: tuple[Rating, ...] = ()
    domains: tuple[Domain, ...] | None = None
    sources: tuple[Source, ...] | None = None
    scenarios: tuple[Scenario, ...] = ()
    indicators: list[tuple[Indicator | None, Outline]] = field(default_factory=list)
    gates: list[tuple[Gate | None, Outline]] = field(default_factory=list)
    profiles: list[tuple[Profile, str, Mapping[str, int]]] = field(default_factory=list)

    def known(self) -> Known:
        """Return what there is to refer to."""
        return Known(
            self.domains,
            None if self.sources is None else frozenset(source.id for source in self.sources),
            {Path(outline.file).stem: outline.level for _, outline in self.indicators},
            frozenset(outline.id for _, outline in self.gates if outline.id is not None),
            tuple(self.profiles),
        )

    def catalogue(self, folder: Path) -> Catalogue | None:
        """Put it all together; None where something is missing."""
        if self.identity is None or self.domains is None or self.sources is None:
            return None
        one = self.identity
        return Catalogue(
            one.id, one.version, one.title, one.label, one.schema, one.issued, files.fingerprint(folder),
            self.levels, self.ratings, self.domains,
            tuple(indicator for indicator, _ in self.indicators if indicator is not None),
            tuple(gate for gate, _ in self.gates if gate is not None),
            tuple(profile for profile, _, _ in self.profiles), self.scenarios, self.sources,
        )  # fmt: skip


def _read(
    folder: Path, probe_fault: ProbeFault | None, forms: Mapping[str, frozenset[str]] | None
) -> tuple[Catalogue | None, list[FileFault]]:
    if not folder.is_dir():
        raise NotFound(
            "standard.no_folder",
            Text("没有文件夹{folder}", "there is no folder {folder}").fill(folder=folder),
            Text("请检查路径", "check the path"),
        )
    faults = FaultLog(files.LOOK)
    parts = _Parts(faults)
    _read_frame(folder, parts)
    highest = len(parts.levels) or _HIGHEST
    for path in sorted((folder / "indicators").glob("*/*.yaml"), key=_in_order):
        file = path.relative_to(folder).as_posix()
        entry = read_mapping(path, file, faults)
        if entry is not None:
            parts.indicators.append(indicator_from(entry, file, highest, forms))
    _read_gates(folder, parts, highest, forms)
    _read_profiles(folder, parts)
    check_references(
        (outline for _, outline in parts.indicators),
        (outline for _, outline in parts.gates),
        parts.known(),
        probe_fault,
        faults,
    )
    files.release_of(folder, faults)
    files.warn_of_strangers(folder, faults)
    # A part that is read twice, for its lines and for its content, notes a repeated key twice.
    return parts.catalogue(folder), list(dict.fromkeys(faults.ordered()))


def _in_order(path: Path) -> tuple[tuple[int, ...], str]:
    """Sort D1.1.10 after D1.1.9; names that are no ids last."""
    numbers = path.stem.removeprefix("D").split(".")
    well = all(number.isdecimal() for number in numbers)
    return (tuple(int(number) for number in numbers) if well else (10**9,)), path.as_posix()


def _read_frame(folder: Path, parts: _Parts) -> None:
    if (entry := _mapping(folder, IDENTITY, parts)) is not None:
        parts.identity = frame.identity_from(entry)
        if parts.identity is not None:
            _check_place(folder, parts.identity, entry)
    if (entry := _mapping(folder, "levels.yaml", parts)) is not None:
        parts.levels, parts.ratings = frame.levels_from(entry)
    if (entry := _mapping(folder, "domains.yaml", parts)) is not None:
        parts.domains = frame.domains_from(entry)
    if (entry := _mapping(folder, "sources.yaml", parts)) is not None:
        parts.sources = frame.sources_from(entry)
    if (entry := _mapping(folder, "scenarios.yaml", parts)) is not None:
        parts.scenarios = frame.scenarios_from(entry)


def _check_place(folder: Path, identity: frame.Identity, entry: Entry) -> None:
    """Warn where the folder's name and the version differ: results name the version, people the folder."""
    if folder.name != identity.version:
        parts = entry.faults
        parts.warn(
            IDENTITY,
            entry.line_of("version"),
            Text("版本{version}与文件夹名{name}不一致", "the version {version} is not the folder's name {name}").fill(
                version=identity.version, name=folder.name
            ),
            Text("请改为一致", "make them the same"),
        )


def _read_gates(folder: Path, parts: _Parts, highest: int, forms: Mapping[str, frozenset[str]] | None) -> None:
    entry = _mapping(folder, "gates.yaml", parts)
    if entry is None:
        return
    seen = dict[str, int]()
    for part in entry.entries("gates"):
        gate, outline = gate_from(part, "gates.yaml", highest, forms)
        frame.once(part, outline.id, seen)
        parts.gates.append((gate, outline))
    entry.finish()


def _read_profiles(folder: Path, parts: _Parts) -> None:
    paths = sorted((folder / "profiles").glob("*.yaml"))
    if not paths:
        parts.faults.error("profiles/", None, Text("没有适用类型", "there is no profile"), files.LOOK)
    for path in paths:
        file = f"profiles/{path.name}"
        entry = _mapping(folder, file, parts)
        profile, lines = (None, {}) if entry is None else frame.profile_from(entry, file)
        if profile is not None:
            parts.profiles.append((profile, file, lines))


def _mapping(folder: Path, file: str, parts: _Parts) -> Entry | None:
    return read_mapping(folder / file, file, parts.faults)


def _listed(name: str, errors: Sequence[FileFault]) -> Text:
    """Return the first faults, one a line."""
    lines = [
        Text("标准{name}有{count}处错误：", "the standard {name} has {count} errors:").fill(
            name=name, count=len(errors)
        )
    ]
    lines += [
        Text("{file}{line}：{message}", "{file}{line}: {message}").fill(
            file=fault.file,
            line=Text("", "") if fault.line is None else Text(f"第{fault.line}行", f" line {fault.line}"),
            message=fault.message,
        )
        for fault in errors[:_NAMED]
    ]
    if len(errors) > _NAMED:
        more = len(errors) - _NAMED
        lines.append(Text("……另有{more}处", "… and {more} more").fill(more=more))
    return Text("\n".join(line.zh for line in lines), "\n".join(line.en for line in lines))


def _hint(errors: Sequence[FileFault]) -> Text:
    if len(errors) == 1:
        return errors[0].hint
    return Text("运行suqiu standard check可列出全部问题", "`suqiu standard check` lists all that is wrong")
