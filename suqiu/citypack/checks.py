"""Say all that is wrong in a city pack."""

from __future__ import annotations

from pathlib import Path

from suqiu.citypack.assembly import assemble
from suqiu.citypack.loading import require_folder
from suqiu.datafiles.file_fault import FileFault


def check(folder: Path) -> list[FileFault]:
    """Return every fault of a pack, errors first, then by file and line; an empty list is a sound pack.

    Raises:
        NotFound: there is no such folder.
    """
    require_folder(folder)
    return assemble(folder)[1].ordered()
