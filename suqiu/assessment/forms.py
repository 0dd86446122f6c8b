"""What a centre hands in, form by form, and what of it may leave the centre: read from `forms.yaml`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

import pyarrow as pa

from suqiu.datafiles.file_fault import FaultLog
from suqiu.datafiles.located_yaml import Entry, parse_mapping
from suqiu.domain.errors import Defect
from suqiu.domain.finding import Backing
from suqiu.domain.order import StepKind
from suqiu.domain.tables import CALL_BACKS, CALLS, CASES, STEPS
from suqiu.domain.text import Text

_FILE = "forms.yaml"
_FLAGS = ("required", "key", "check", "signs")
#: Kind, Chinese title, English title.
_LEAST = 3


class Kind(StrEnum):
    """What the cells of a column hold 列类型; it decides what becomes of them before anything leaves the centre."""

    ID = "id"
    REF = "ref"
    CODE = "code"
    WORD = "word"
    TEXT = "text"
    FLAG = "flag"
    COUNT = "count"
    NUMBER = "number"
    SHARE = "share"
    POINTS = "points"
    DAY = "day"
    TIME = "time"


#: How each kind is kept as evidence; texts are not.
_KEPT: dict[Kind, pa.DataType] = {
    **dict.fromkeys((Kind.ID, Kind.REF, Kind.CODE, Kind.WORD), pa.string()),
    Kind.FLAG: pa.bool_(),
    Kind.COUNT: pa.int64(),
    **dict.fromkeys((Kind.NUMBER, Kind.SHARE, Kind.POINTS), pa.float64()),
    Kind.DAY: pa.date32(),
    Kind.TIME: pa.timestamp("s"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a form 填报项.

    Attributes:
        name: as the evidence calls it.
        kind: what its cells hold.
        title: as the form's header shows it.
        note: what it means where the title does not say it, in Chinese; empty otherwise.
        codes: the words that a code column may hold; empty for other kinds.
        form: what a reference refers to: a form, or `orders` or `calls`; None for other kinds.
        required: every row has it.
        key: no two rows share it (nor the keys together, where there are several).
        check: an assessor may check it by sample.
        signs: somebody answers for the row here, by name.
    """

    name: str
    kind: Kind
    title: Text
    note: str
    codes: tuple[str, ...]
    form: str | None
    required: bool
    key: bool
    check: bool
    signs: bool

    @property
    def field(self) -> pa.Field:
        """The column as evidence.

        Raises:
            KeyError: it is a text, which never is.
        """
        return pa.field(self.name, _KEPT[self.kind], nullable=not self.required)


@dataclass(frozen=True, slots=True)
class Form:
    """One table that a centre hands in 填报表.

    Attributes:
        name: as files, probes and evidence call it.
        title: as people call it.
        about: what its rows are.
        backing: what its rows count as, unless the centre says less.
        valid_months: how long after it was collected it is in date.
        made: the program makes it; nobody fills it in.
        columns: what is filled in.
        derived: what is made from texts before those stay behind.
    """

    name: str
    title: Text
    about: Text
    backing: Backing
    valid_months: int
    made: bool
    columns: tuple[Column, ...]
    derived: tuple[Column, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell rows apart."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def kept(self) -> tuple[Column, ...]:
        """The columns of the evidence: texts stay behind, what was derived from them does not."""
        return (*(column for column in self.columns if column.kind is not Kind.TEXT), *self.derived)

    @property
    def schema(self) -> pa.Schema:
        """The form as evidence, reduced to what may leave the centre."""
        return pa.schema([column.field for column in self.kept])

    def fits(self, headers: Sequence[str]) -> Mapping[str, str]:
        """Return which header fills which column; headers that fill none are absent.

        A header is the column's name or its title in either language; spaces, signs, case and width do not matter,
        nor does what stands in brackets. Where two headers would fill one column, the first does.
        """
        meant = {
            comparable(word): column.name
            for column in reversed(self.columns)
            for word in (column.title.en, column.title.zh, column.name)
        }
        found: dict[str, str] = {}
        for header in headers:
            name = meant.get(comparable(header))
            if name is not None and name not in found.values():
                found[header] = name
        return found

    def column(self, name: str) -> Column:
        """Return a column, filled in or derived.

        Raises:
            KeyError: there is none of this name.
        """
        for column in (*self.columns, *self.derived):
            if column.name == name:
                return column
        raise KeyError(name)


def comparable(words: str) -> str:
    """Return a header or file name without spaces, signs, case, width and what stands in brackets."""
    plain = unicodedata.normalize("NFKC", words).lower()
    return re.sub(r"[^0-9a-z\u4e00-\u9fff]+", "", re.sub(r"\(.*?\)", "", plain) or plain)


class _Forms(Mapping[str, Form]):
    """The forms by name, read on first use."""

    def __getitem__(self, name: str) -> Form:
        return _forms()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_forms())

    def __len__(self) -> int:
        return len(_forms())


#: Every form by its name, in the order of the file.
FORMS: Mapping[str, Form] = _Forms()

#: The steps that show hand-overs between departments, which is all that measures ask of steps beside `cases`.
HANDOVER_STEPS = (StepKind.DISPATCH, StepKind.REDISPATCH, StepKind.REQUEST_RETURN)

#: The tables of business data as evidence: numbers and agents are running numbers, and whatever a person wrote is gone.
BUSINESS: Mapping[str, pa.Schema] = {
    "cases": CASES,
    "calls": CALLS,
    "call_backs": CALL_BACKS,
    "steps": pa.schema([STEPS.field(name) for name in ("order_id", "seq", "kind", "at", "department")]),
}

#: The table of business data that carries what a reference refers to.
REFERRED = {"orders": ("cases", "order_id"), "calls": ("calls", "call_id")}


def evidence_tables() -> tuple[str, ...]:
    """Return the names of all tables that evidence can have, business data first."""
    return (*BUSINESS, *FORMS)


def evidence_schema(name: str) -> pa.Schema:
    """Return the schema of a table of evidence.

    Raises:
        KeyError: evidence has no such table.
    """
    return BUSINESS[name] if name in BUSINESS else FORMS[name].schema


@cache
def _forms() -> dict[str, Form]:
    text = (resources.files("suqiu.assessment") / _FILE).read_text(encoding="utf-8")
    faults = FaultLog(look=Text("写法见该文件开头的说明", "see the head of the file"))
    forms: dict[str, Form] = {}
    top = parse_mapping(text, _FILE, faults)
    for name in () if top is None else top.keys():
        entry = top.entry(name) if top is not None else None
        if entry is not None:
            forms[name] = _form(name, entry, faults)
    if faults.errors:
        first = faults.ordered()[0]
        raise Defect(
            "forms.damaged",
            Text("{file}第{line}行：{message}", "{file}, line {line}: {message}").fill(
                file=first.file, line=first.line, message=first.message
            ),
            first.hint,
        )
    return forms


def _form(name: str, entry: Entry, faults: FaultLog) -> Form:
    backing = entry.choice("backing", Backing) or Backing.DECLARED
    form = Form(
        name,
        _pair(entry, "title", faults),
        _pair(entry, "about", faults),
        backing,
        entry.whole("valid_months", 1, 120) or 1,
        bool(entry.plain("made")),
        _columns(entry, "columns", faults),
        _columns(entry, "derive", faults),
    )
    entry.finish()
    return form


def _pair(entry: Entry, key: str, faults: FaultLog) -> Text:
    match entry.plain(key):
        case [str(zh), str(en)]:
            return Text(zh, en)
    faults.error(entry.file, entry.line_of(key), Text("应为中英文各一", "a Chinese and an English text"), faults.look)
    return Text("", "")


def _columns(entry: Entry, key: str, faults: FaultLog) -> tuple[Column, ...]:
    inner = entry.entry(key)
    columns = []
    for name in () if inner is None else inner.keys():
        column = _column(name, inner.plain(name) if inner is not None else None)
        if column is not None:
            columns.append(column)
        elif inner is not None:
            faults.error(entry.file, inner.line_of(name), Text("列的写法不对", "not a column"), faults.look)
    return tuple(columns)


def _column(name: str, parts: object) -> Column | None:
    """Build a column from `[kind, Chinese title, English title, flags…, note]`; None where that makes no sense."""
    if not isinstance(parts, list) or len(parts) < _LEAST or not all(isinstance(part, str) for part in parts):
        return None
    kind, _, more = parts[0].partition(":")
    if kind not in set(Kind) or (kind in {"ref", "code"}) != bool(more):
        return None
    rest = [part for part in parts[_LEAST:] if part not in _FLAGS]
    return Column(
        name,
        Kind(kind),
        Text(parts[1], parts[2]),
        "；".join(rest),
        tuple(more.split("|")) if kind == Kind.CODE else (),
        more if kind == Kind.REF else None,
        *(flag in parts for flag in _FLAGS),
    )
