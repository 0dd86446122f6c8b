"""The gettext catalogues: what is to be translated, what is missing, and the compiled form that Django reads.

Message ids are Chinese. Each capability keeps its own catalogue in `locale/en/LC_MESSAGES/django.po` beside its
templates, so a text and its translation change together. `python -m suqiu.web.texts` brings every catalogue up to
date, names what lacks a translation, and compiles; the compiled files are made at set-up and not kept.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent
_KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip


def homes() -> list[Path]:
    """Return every folder that keeps a catalogue, the deepest first."""
    found = {path.parent for path in ROOT.rglob("locale") if path.is_dir()}
    return sorted(found, key=lambda path: (-len(path.parts), path))


def said_in(home: Path) -> dict[str, list[tuple[str, int]]]:
    """Return every message id under a home that belongs to no deeper one, each with its files and lines."""
    deeper = [other for other in homes() if other != home and other.is_relative_to(home)]
    found: dict[str, list[tuple[str, int]]] = {}
    for file in sorted(home.rglob("*")):
        if any(file.is_relative_to(other) for other in deeper) or file.suffix not in {".html", ".txt", ".py"}:
            continue
        for line, message in _messages(file):
            found.setdefault(message, []).append((str(file.relative_to(ROOT)), line))
    return found


def _messages(file: Path) -> Iterator[tuple[int, str]]:
    text = file.read_text("utf-8")
    if file.suffix != ".py":
        # What is left is read as Python, in which a template's indentation would be a fault.
        text = "\n".join(line.strip() for line in templatize(text, origin=str(file)).splitlines())
    for line, message, _comments, _context in extract("python", io.BytesIO(text.encode()), keywords=_KEYWORDS):
        for one in (message,) if isinstance(message, str) else message[:1]:
            if one:
                yield line, one


def catalogue_of(home: Path) -> tuple[Path, Catalog]:
    """Return where a home's catalogue lies and what it holds."""
    path = home / "locale/en/LC_MESSAGES/django.po"
    if not path.is_file():
        return path, Catalog(locale="en", charset="utf-8")
    with path.open("rb") as file:
        return path, read_po(file, locale="en")


def lacking(home: Path) -> list[str]:
    """Return the message ids of a home without an English text."""
    _, catalogue = catalogue_of(home)
    return [id_ for id_ in said_in(home) if (one := catalogue.get(id_)) is None or not one.string or one.fuzzy]


def renew(home: Path) -> list[str]:
    """Bring a home's catalogue up to date: new ids added empty, unused ones taken out; return what is lacking."""
    path, old = catalogue_of(home)
    new = Catalog(locale="en", charset="utf-8", header_comment="# English beside the Chinese texts.")
    for id_ in sorted(said_in(home)):
        known = old.get(id_)
        new.add(id_, known.string if known is not None else "")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, new, width=120, sort_output=True, omit_header=False, include_lineno=False)
    text = path.read_text("utf-8")
    kept = [
        line for line in text.splitlines() if not line.startswith(('"POT-Creation', '"PO-Revision', '"Generated-By'))
    ]
    path.write_text("\n".join(kept) + "\n", "utf-8")
    return lacking(home)


def compile_all() -> None:
    """Write the compiled form of every catalogue beside it."""
    for home in homes():
        path, catalogue = catalogue_of(home)
        if path.is_file():
            with path.with_suffix(".mo").open("wb") as file:
                write_mo(file, catalogue)


if __name__ == "__main__":
    if "--compile" not in sys.argv:
        for folder in homes():
            for id_ in renew(folder):
                sys.stdout.write(f"{folder.relative_to(ROOT.parent)}: {id_}\n")
    compile_all()
