"""Office files whose bytes depend on their content only."""

from __future__ import annotations

import io
import zipfile

#: The earliest moment that a zip archive can tell.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_FIRST = "[Content_Types].xml"


def settled(archive: bytes) -> bytes:
    """Return a zip archive with its members in a fixed order and without times or makers' marks."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(out, "w") as target:
        for name in sorted(source.namelist(), key=lambda name: (name != _FIRST, name)):
            member = zipfile.ZipInfo(name, _MOMENT)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = 0o600 << 16
            target.writestr(member, source.read(name), compresslevel=6)
    return out.getvalue()
