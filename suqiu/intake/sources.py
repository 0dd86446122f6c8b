"""Open what a person names: a file, a folder of files, or a database URL."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from suqiu.intake.csv_source import open_csv
from suqiu.intake.lines_source import open_lines
from suqiu.intake.parquet_source import open_parquet
from suqiu.intake.refusals import no_such_file, nothing_inside, unknown_kind
from suqiu.intake.source import Source, SourceTable
from suqiu.intake.sql_source import open_database, without_secrets
from suqiu.intake.workbook_source import open_workbook

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+]*://")

#: How each kind of file is opened, by suffix.
_OPENERS: dict[str, Callable[[Path, str], Sequence[SourceTable]]] = {
    ".csv": lambda path, name: (open_csv(path, name, None),),
    ".txt": lambda path, name: (open_csv(path, name, None),),
    ".tsv": lambda path, name: (open_csv(path, name, "\t"),),
    ".xlsx": open_workbook,
    ".xlsm": open_workbook,
    ".xlsb": open_workbook,
    ".xls": open_workbook,
    ".ods": open_workbook,
    ".jsonl": lambda path, name: (open_lines(path, name),),
    ".ndjson": lambda path, name: (open_lines(path, name),),
    ".parquet": lambda path, name: (open_parquet(path, name),),
}
_PACKABLE = frozenset({".csv", ".txt", ".tsv", ".jsonl", ".ndjson"})


def open_source(where: str) -> Source:
    """Open a file (CSV, TSV, JSON lines, each plain or .gz; XLSX, XLS, Parquet), a folder of them, or a database URL.

    A folder offers its own files, not those of folders within, and passes over those of other kinds, hidden ones
    and Excel's lock files. A database offers all tables, or those named by `?table=a,b`.

    Raises:
        NotFound: nothing is there, or nothing that could be read.
        InvalidInput: the format is not known, or a file is empty, damaged, encrypted or without a header.
        Unavailable: the database does not answer.
    """
    if _URL.match(where):
        return Source(without_secrets(where), _sorted(open_database(where)))
    path = Path(where)
    if path.is_dir():
        return _folder(path)
    if not path.exists():
        raise no_such_file(where)
    if _kind(path) is None:
        raise unknown_kind(path.name)
    return Source(where, _sorted(_open(path)))


def _folder(folder: Path) -> Source:
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and _kind(path) is not None]
    tables = [table for path in files for table in _open(path)]
    if not tables:
        raise nothing_inside(str(folder))
    return Source(str(folder), _sorted(tables))


def _kind(path: Path) -> str | None:
    """Return the suffix that says how to open a file; None when it is none of ours."""
    if path.name.startswith((".", "~$")):
        return None
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        return suffixes[-2] if len(suffixes) > 1 and suffixes[-2] in _PACKABLE else None
    return suffixes[-1] if suffixes and suffixes[-1] in _OPENERS else None


def _open(path: Path) -> Sequence[SourceTable]:
    kind = _kind(path)
    name = path.name[: path.name.lower().rindex(str(kind))]
    return _OPENERS[str(kind)](path, name)


def _sorted(tables: Sequence[SourceTable]) -> tuple[SourceTable, ...]:
    return tuple(sorted(tables, key=lambda table: table.file))
