"""Browser libraries: installed from pinned packages at set-up, served from where they were installed.

Only the files named here are served, each under a name of ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.storage import FileSystemStorage

from suqiu.config import settings

#: Served name → file of the package.
LIBRARIES = {
    "vendor/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "vendor/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vendor/echarts.min.js": "echarts/dist/echarts.min.js",
}


def packages() -> Path:
    """Return the folder of the installed packages."""
    return settings().assets / "node_modules"


class Libraries(BaseFinder):
    """Finds the files of `LIBRARIES` for Django's static files."""

    def find(self, path: str, *args: Any, **kwargs: Any) -> Any:
        """Return where a served name's file lies; an empty list when it is none of ours or not installed."""
        wanted_all = bool(kwargs.get("find_all", kwargs.get("all", False)))
        file = packages() / LIBRARIES[path] if path in LIBRARIES else None
        if file is None or not file.is_file():
            return []
        return [str(file)] if wanted_all else str(file)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Any]]:
        """Yield every installed file with the storage that reads it."""
        for name, inner in LIBRARIES.items():
            file = packages() / inner
            if file.is_file():
                yield name, _Renamed(name, file)


class _Renamed(FileSystemStorage):
    """Reads one file under another name."""

    def __init__(self, name: str, file: Path) -> None:
        super().__init__(location=file.parent)
        self._name, self._file = name, file

    def path(self, name: str) -> str:
        return str(self._file) if name == self._name else super().path(name)


class MarkedStatic(StaticFilesStorage):
    """Gives each static file's address a mark of its content, so that browsers keep it until it changes."""

    def url(self, name: str | None) -> str:
        """Return the address with the mark."""
        return f"{super().url(name)}?v={_mark(name or '')}"


@lru_cache(maxsize=256)
def _mark(name: str) -> str:
    found = finders.find(name)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:12] if isinstance(found, str) else "0"


@lru_cache(maxsize=512)
def icon(name: str) -> str:
    """Return a drawing of the icon library as SVG, hidden from screen readers; the words stand beside it.

    Raises:
        FileNotFoundError: there is no such drawing.
    """
    text = (packages() / "@tabler/icons/icons/outline" / f"{name}.svg").read_text("utf-8")
    start = text.index("<svg")
    drawing = " ".join(text[start:].split())
    return drawing.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)
