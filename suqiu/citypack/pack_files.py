"""Which files make up a pack, and what they hash to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from suqiu.datafiles.file_fault import FaultLog
from suqiu.domain.text import Text

#: What a pack may hold besides the folders; anything else is most likely a misspelt name.
_FILES = frozenset(
    {
        "README.md",
        "calendar.yaml",
        "city.yaml",
        "departments.yaml",
        "duties.yaml",
        "limits.yaml",
        "mapping.yaml",
        "regions.csv",
        "regions.geojson",
        "taxonomy.yaml",
        "weights.yaml",
    }
)
_FOLDERS = {"duties": ".yaml", "knowledge": ".md", "taxonomy": ".yaml"}
#: Only the simulator reads it, so it is no part of what the city knows.
SIMULATION = "simulation"


@dataclass(frozen=True, slots=True)
class Where:
    """A line of a file of the pack."""

    file: str
    line: int


def yaml_files(folder: Path, name: str, faults: FaultLog) -> list[str]:
    """Return `name.yaml` and the files of the folder `name`, in name order; none is a fault."""
    single = [f"{name}.yaml"] if (folder / f"{name}.yaml").is_file() else []
    several = sorted(f"{name}/{path.name}" for path in (folder / name).glob("*.yaml"))
    if not single + several:
        faults.error(
            f"{name}/",
            None,
            Text("缺少{name}文件夹或{name}.yaml", "neither the folder {name} nor {name}.yaml is there").fill(name=name),
            Text("请参照cities/linjiang/{name}", "see cities/linjiang/{name}").fill(name=name),
        )
    return single + several


def warn_of_strangers(folder: Path, faults: FaultLog) -> None:
    """Note files that nobody will read, such as `taxonomy/05.yml`."""
    for path in content(folder):
        top, _, rest = path.partition("/")
        known = path in _FILES if not rest else top in _FOLDERS and "/" not in rest and rest.endswith(_FOLDERS[top])
        if not known:
            faults.warn(
                path,
                None,
                Text("数据包不使用这个文件", "a pack does not use this file"),
                Text("请检查文件名和所在文件夹", "check its name and folder"),
            )


def content(folder: Path) -> list[str]:
    """Return the pack's files as sorted relative paths, without hidden ones and the simulation."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(
        path.as_posix()
        for path in paths
        if path.parts[0] != SIMULATION and not any(part.startswith(".") for part in path.parts)
    )


def version(folder: Path) -> str:
    """Return SHA-256 over the pack's paths and bytes, the first 16 hex digits.

    Each path and each content goes in with its length before it, so that no two packs run together.
    """
    digest = hashlib.sha256()
    for path in content(folder):
        for part in (path.encode(), (folder / path).read_bytes()):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()[:16]
