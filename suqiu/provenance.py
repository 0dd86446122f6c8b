"""What a result came from: fingerprints of the code and of an export, and the record of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from suqiu import __version__
from suqiu.domain.city import City
from suqiu.domain.tables import TABLES
from suqiu.lake import Lake, fingerprint

_PACKAGE = Path(__file__).resolve().parent
#: Libraries whose versions may change a result.
_LIBRARIES = ("pyarrow", "duckdb", "ibis-framework", "numpy", "scipy", "statsmodels")


@cache
def code_fingerprint() -> str:
    """Return the fingerprint of the package's own code and data."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in {".py", ".yaml", ".html", ".css"}:
            digest.update(str(path.relative_to(_PACKAGE)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def source_fingerprint(source: str) -> str | None:
    """Return the fingerprint of an export's files; None for a database, whose state nobody can vouch for."""
    path = Path(source)
    if not path.exists():
        return None
    files = sorted(item for item in path.iterdir() if item.is_file()) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{fingerprint(file)}\n".encode())
    return digest.hexdigest()[:16]


def run_record(
    lake: Lake, city: City, given: Mapping[str, Any], stages: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what run.json holds: the versions of data, code, models and settings. No clock, no chance.

    Args:
        lake: the run's tables.
        city: its pack.
        given: what it was given: source, period, language.
        stages: what the stages found, by their names.
    """
    tables = [name for name in TABLES if lake.holds(name)]
    return {
        "suqiu": __version__,
        "code": code_fingerprint(),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "city": {"id": city.id, "version": city.version},
        **given,
        "tables": {name: {"rows": lake.rows(name), "fingerprint": lake.fingerprint(name)} for name in tables},
        "stages": {name: dict(figures) for name, figures in stages.items()},
    }
