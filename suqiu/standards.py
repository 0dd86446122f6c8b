"""The standards that ship: found by name, read, and checked against the probes and forms that there are."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ibis import Table

import suqiu.assessment.probes  # noqa: F401 - makes every probe known
from suqiu import citypack
from suqiu.analysis import evaluate
from suqiu.analysis.measures import ALL
from suqiu.assessment.forms import evidence_schema, evidence_tables
from suqiu.assessment.probing import PROBES
from suqiu.assessment.worked import disagreement, run_case
from suqiu.config import Settings
from suqiu.datafiles.file_fault import FileFault, nearest
from suqiu.domain.errors import Conflict, InvalidInput, NotFound
from suqiu.domain.evidence import Fact
from suqiu.domain.text import Text
from suqiu.lake import replacing
from suqiu.standard import loading
from suqiu.standard.catalogue import Catalogue, Gate, Indicator
from suqiu.standard.standard_files import SEAL, sealed
from suqiu.standard.succession import SUCCESSION, check_succession, predecessor, unchanged

#: The version that commands go by unless another is asked for.
CURRENT = "hotline-intelligence/2026.1"

__all__ = ["CURRENT", "check", "contradicted", "draft", "find", "forms", "load", "probe_fault", "release", "shipped"]

#: The city in which worked cases happen; it names departments and districts, which no case asks for.
_CITY = "linjiang"


def shipped(settings: Settings) -> list[str]:
    """Return the names of the standards that ship, such as `hotline-intelligence/2026.1`, in order."""
    folders = (
        path.parent.relative_to(settings.standards) for path in settings.standards.glob(f"*/*/{loading.IDENTITY}")
    )
    return sorted(folder.as_posix() for folder in folders)


def find(name_or_path: str, settings: Settings) -> Path:
    """Return a standard's folder, given its path or the name of one that ships.

    Raises:
        NotFound: it is neither; the hint lists those that ship.
    """
    # What ships comes first: a folder of the same name that happens to lie about must not stand in for it.
    for folder in (settings.standards / name_or_path, Path(name_or_path)):
        if name_or_path and (folder / loading.IDENTITY).is_file():
            return folder
    raise NotFound(
        "standard.not_found",
        Text("找不到标准“{name}”", "there is no standard “{name}”").fill(name=name_or_path),
        Text(
            "可用的有：{known}；也可给出含standard.yaml的文件夹路径",
            "there are: {known}; or give the path of a folder that holds standard.yaml",
        ).fill(known=", ".join(shipped(settings)) or "—"),
    )


def load(name_or_path: str, settings: Settings) -> Catalogue:
    """Read and check a standard.

    Raises:
        NotFound: there is none of this name.
        InvalidInput: it has errors.
    """
    return _load(find(name_or_path, settings))


def check(folder: Path) -> list[FileFault]:
    """Return every fault of a standard's folder, errors first; also those of its succession, once the rest is well."""
    faults = loading.check(folder, probe_fault=probe_fault, forms=forms())
    if any(fault.severity == "error" for fault in faults) or not (folder / SUCCESSION).is_file():
        return faults
    before = folder.resolve().parent / (predecessor(folder) or "")
    if not (before / loading.IDENTITY).is_file() or before == folder.resolve().parent:
        message = Text("找不到所承接的旧版本", "the version that it follows is not to be found")
        hint = Text(
            "旧版本的文件夹应在同一目录下，from应为其版本号", "its folder must lie beside this one; `from` names it"
        )
        return [FileFault(SUCCESSION, 1, message, hint), *faults]
    return [*check_succession(folder, _load(before), _load(folder)), *faults]


def draft(name_or_path: str, version: str, settings: Settings) -> Path:
    """Copy a standard to a new version beside it, not released, whose succession says that nothing changed.

    Raises:
        NotFound: there is no such standard.
        InvalidInput: it has errors, or the new version is no version.
        Conflict: there is something in the new version's place.
    """
    old = find(name_or_path, settings)
    catalogue, new = _load(old), old.parent / version
    if not loading.is_version(version):
        raise InvalidInput(
            "standard.bad_version",
            Text("版本号“{version}”的写法不对", "“{version}” is no version").fill(version=version),
            Text("请写成年份加序号，如2027.1", "write year and number, such as 2027.1"),
        )
    if new.exists():
        raise Conflict(
            "standard.exists",
            Text("“{folder}”已存在", "{folder} is there already").fill(folder=new),
            Text("请另选版本号", "choose another version"),
        )
    part = old.parent / f".{version}.part"
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(old, part, ignore=shutil.ignore_patterns(SEAL, ".*"))
    identity = (part / loading.IDENTITY).read_text("utf-8")
    head = re.sub(r"(?m)^version:.*$", f'version: "{version}"', identity, count=1)
    (part / loading.IDENTITY).write_text(head, "utf-8")
    (part / SUCCESSION).write_text(unchanged(catalogue), "utf-8")
    part.rename(new)
    return new


def release(name_or_path: str, settings: Settings) -> Path:
    """Seal a version: from now on any change to its folder is an error.

    Raises:
        NotFound: there is no such standard.
        InvalidInput: it has errors, or a worked case comes out otherwise.
        Conflict: it is released already.
    """
    folder = find(name_or_path, settings)
    if (folder / SEAL).exists():
        raise Conflict(
            "standard.released",
            Text("{folder}已经发布", "{folder} is released already").fill(folder=folder),
            Text("需要修改时用suqiu standard draft起草新版本", "to change something draft a new version"),
        )
    errors = [fault for fault in check(folder) if fault.severity == "error"]
    if errors:
        raise loading.refusal(folder, errors)
    catalogue = _load(folder)
    _, wrong = contradicted(catalogue, None, settings)
    if wrong:
        raise InvalidInput(
            "standard.cases",
            Text("有{count}个算例与所写不符", "{count} worked cases come out otherwise").fill(count=len(wrong)),
            Text("运行suqiu standard cases可逐个列出", "suqiu standard cases lists them"),
        )
    with replacing(folder / SEAL) as part:
        part.write_text(sealed(catalogue), "utf-8")
    return folder / SEAL


def contradicted(catalogue: Catalogue, subject: str | None, settings: Settings) -> tuple[int, list[tuple[str, str]]]:
    """Run the worked cases of a standard, or of one indicator or gate.

    Args:
        catalogue: the standard.
        subject: id of the indicator or gate; None for all.
        settings: where the cities are.

    Returns:
        How many were run; and of each that does not come out as it says, where it stands and what came out instead.
    """
    city = citypack.load(citypack.find(_CITY, settings.cities))

    def measured(id_: str, tables: Mapping[str, Table], period: tuple[date, date]) -> Fact | None:
        versions, own = dict.fromkeys(tables, "worked"), [one for one in ALL if one.id == id_]
        facts = evaluate(tables, city, period, versions=versions, sql=lambda _: "", measures=own)
        return next((fact for fact in facts if fact.measure == id_ and fact.slice.dimension == "all"), None)

    subjects: list[Indicator | Gate] = [*catalogue.indicators, *catalogue.gates]
    cases = [(one, case) for one in subjects if subject in {None, one.id} for case in one.cases]
    ran = [(one, case, disagreement(case, one, run_case(case, one, catalogue, measured))) for one, case in cases]
    wrong = [(f"{one.place} {case.name.en}", what) for one, case, what in ran if what is not None]
    return len(cases), wrong


def _load(folder: Path) -> Catalogue:
    return loading.load(folder, probe_fault=probe_fault, forms=forms())


def probe_fault(name: str, arguments: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the use of a probe, in one English sentence, None when nothing is."""
    if name not in PROBES:
        return f"there is no {name}; {nearest(name, sorted(PROBES)).en}"
    return PROBES[name].wrong(arguments)


def forms() -> dict[str, frozenset[str]]:
    """Return the columns of each table of evidence, in which worked cases are written."""
    return {name: frozenset(evidence_schema(name).names) for name in evidence_tables()}
