"""Looks for personal data in every file of a folder, whatever its format."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[ \-.·](?=[0-9])")
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ＠．－＿]")
_LATIN = re.compile(r"[A-Za-z0-9@._\-]{5,}")


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield every file's name and all the text in it: columns of strings, members of archives, bytes of the rest."""
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        name = str(path.relative_to(folder))
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            for field in table.schema:
                if pa.types.is_string(field.type):
                    yield f"{name}:{field.name}", "\n".join(table[field.name].drop_null().unique().to_pylist())
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    yield f"{name}:{member}", archive.read(member).decode("utf-8", "replace")
        else:
            yield name, path.read_bytes().decode("utf-8", "replace")


def plain(text: str) -> str:
    """Return a text as it reads: full-width signs made plain, gaps between digits closed."""
    return _BETWEEN_DIGITS.sub("", _WIDE.sub(lambda sign: chr(ord(sign[0]) - 0xFEE0), text))


def surviving(text: str, secrets: Iterable[str]) -> set[str]:
    """Return those numbers, plates, accounts and addresses that stand in a text.

    A secret is recognised by its Latin letters and digits, of which it must have five or more in a row.
    """
    runs = set(_LATIN.findall(plain(text)))
    runs |= {run.strip("._-") for run in runs}
    return {secret for secret in secrets if _LATIN.findall(plain(secret))[0] in runs}


def trigrams(text: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return every three characters in a row as one number each."""
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    return codes[:-2] << 42 | codes[1:-1] << 21 | codes[2:]
