"""A portion of a source table to rows of one of ours: cells read, checked, translated and redacted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.fault import FaultCode
from suqiu.domain.order import Channel
from suqiu.domain.tables import TABLES
from suqiu.intake.checks import Moments, Objections, check_encoding, check_order, check_range, to_flags
from suqiu.intake.codes import BLANKS
from suqiu.intake.fields import FIELDS, Field, Holds
from suqiu.intake.mapping import TableMapping
from suqiu.intake.redact import redact
from suqiu.intake.source import ROW, Portion, SourceTable
from suqiu.intake.times import parse_times
from suqiu.intake.translate import KNOWN, LEVEL_MARK, Lookups, Translator

_BLANKS = pa.array(BLANKS)
_NOTHING = pa.scalar(None, pa.string())
#: A long number as a spreadsheet shows and saves it: 1.23457E+17. A code such as 1E5 is none.
_MANGLED = r"^[0-9]\.[0-9]+[eE]\+?[0-9]{1,3}$|^[0-9][eE]\+[0-9]{1,3}$"
#: Fields in which 无 and - are words like any other.
_SPOKEN = frozenset({"title", "text", "reply"})
#: What people wrote or are called: not even looked at where texts are left alone.
_WRITTEN = frozenset({"title", "text", "reply", "address", "actor", "reason"})
_TRANSLATED = frozenset({Holds.CODE, Holds.FLAG, Holds.CATEGORY, Holds.DEPARTMENT, Holds.TARGET})
_PLACES = ("district", "street", "community")
_MISSING = {
    Holds.ID: FaultCode.MISSING_ORDER_ID,
    Holds.TIME: FaultCode.MISSING_TIME,
    Holds.CODE: FaultCode.UNKNOWN_CODE,
}
#: What each table's story begins with, and what must not come before it.
_STORY = {
    "orders": ("accepted_at", ("dispatched_at", "signed_at", "contacted_at", "replied_at", "closed_at")),
    "calls": ("queued_at", ("answered_at", "ended_at", "wrapped_at")),
}
#: Times that end a story: dated before its start, they make the whole row doubtful.
_ENDS = ("replied_at", "closed_at", "ended_at", "wrapped_at")
#: Callers' names that many share, and numbers that are none.
_NOBODY = r"^.{0,2}(?:先生|女士|小姐|阿姨|同志|老师)$|匿名|未知|不详|保密|不愿|^(?:市民|群众|来电人)$|^(?:0+|1+|9+)$"
#: Degrees east and north that exist; nought is how systems write "unknown".
_MOST_DEGREES = {"lon": 180.0, "lat": 90.0}


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a portion 规范化结果.

    Attributes:
        rows: rows that may go on, in the table's schema as far as one row alone can tell, with `__row__`.
        callers: for orders, what tells callers apart (digits of the phone, else the name), in step with `rows`.
        faults: everything that is wrong, unsorted.
        read: how many rows were looked at, broken ones included.
    """

    rows: pa.Table
    callers: pa.Array | None
    faults: pa.Table
    read: int


class Normaliser:
    """Turns portions of one source table into rows of one of ours."""

    def __init__(
        self,
        table: str,
        source: SourceTable,
        mapping: TableMapping,
        lookups: Lookups,
        utc_offset: int,
        *,
        texts: bool = True,
    ) -> None:
        """Make ready; without `texts`, whatever a person wrote counts as not there, and that is no fault."""
        self._table = table
        self._source = source
        self._mapping = mapping
        self._utc_offset = utc_offset
        self._texts = texts
        there = set(source.columns)
        self._columns = {
            field.name: tuple(column for column in mapping.columns.get(field.name, ()) if column in there)
            if texts or field.name not in _WRITTEN
            else ()
            for field in FIELDS[table]
        }
        read = {column for columns in self._columns.values() for column in columns}
        self._looked_at = tuple(column for column in source.columns if texts or column in read)
        own = mapping.values
        self._translators = {
            field.name: Translator(field, own.get(field.name, {}), lookups)
            for field in FIELDS[table]
            if field.holds in _TRANSLATED
        }
        district = next((field for field in FIELDS[table] if field.holds is Holds.DISTRICT), None)
        if district is not None:
            words = {word: code for name in _PLACES for word, code in own.get(name, {}).items()}
            self._translators["district"] = Translator(district, words, lookups)

    def __call__(self, portion: Portion) -> Checked:
        """Read, check, translate and redact a portion; nothing that a cell may hold raises."""
        batch = portion.batch
        objections = Objections(self._source.file, batch.column(ROW).to_numpy())
        objections.broken(portion.broken)
        check_encoding(batch, self._looked_at, objections)
        cells = {field.name: self._cells(batch, field) for field in FIELDS[self._table]}
        values = {
            field.name: self._value(field, cells[field.name], batch, objections)
            for field in FIELDS[self._table]
            if field.name not in _PLACES
        }
        if self._table == "orders":
            values |= self._places(cells, objections)
            if self._texts:
                wordless = to_flags(pc.and_(pc.is_null(values["text"]), pc.is_null(values["title"])))
                objections.reject(wordless, self._label("text") or self._label("title"), FaultCode.MISSING_TEXT)
        self._compare_times(cells, values, objections)
        return self._checked(values, batch, objections, batch.num_rows + len(portion.broken))

    def _checked(
        self, values: dict[str, pa.Array], batch: pa.RecordBatch, objections: Objections, read: int
    ) -> Checked:
        kept = pa.array(~objections.rejected)
        callers = values.pop("caller").filter(kept) if "caller" in values else None
        filled = _filled(self._table, values)
        schema = TABLES[self._table]
        columns = {field.name: filled[field.name].cast(field.type) for field in schema if field.name in filled}
        columns[ROW] = batch.column(ROW)
        return Checked(pa.table(columns).filter(kept), callers, objections.table(), read)

    def _cells(self, batch: pa.RecordBatch, field: Field) -> pa.Array:
        """Return a field's trimmed cells, null where blank: the first filled of several columns, or their chain."""
        columns = [_clean(batch.column(column), field) for column in self._columns[field.name]]
        if not columns:
            return pa.nulls(batch.num_rows, pa.string())
        if field.holds is Holds.CATEGORY:
            return _chain(columns)
        return pc.coalesce(*columns)

    def _label(self, name: str, level: int | None = None) -> str:
        columns = self._columns[name] or tuple(self._mapping.columns.get(name, ()))
        return columns[level] if level is not None and level < len(columns) else "、".join(columns)

    def _value(self, field: Field, cells: pa.Array, batch: pa.RecordBatch, objections: Objections) -> pa.Array:
        if field.required:
            objections.reject(to_flags(pc.is_null(cells)), self._label(field.name), _MISSING[field.holds])
        match field.holds:
            case Holds.TIME:
                return self._times(field, cells, objections)
            case Holds.PROSE:
                return redact(cells)
            case Holds.CALLER:
                return _callers(cells)
            case Holds.DEGREES | Holds.COUNT:
                return self._numbers(field, cells, objections)
            case Holds.ID:
                return self._ids(field, cells, objections)
            case _:
                return self._translate(field, cells, batch, objections)

    def _times(self, field: Field, cells: pa.Array, objections: Objections) -> pa.Array:
        moments, bad = parse_times(cells, self._utc_offset)
        impossible = check_range(moments)
        report = objections.reject if field.required else objections.mend
        report(bad, self._label(field.name), FaultCode.BAD_TIME, cells)
        report(impossible, self._label(field.name), FaultCode.TIME_OUT_OF_RANGE, cells)
        moments[impossible] = np.datetime64("NaT")
        return pa.array(moments)

    def _ids(self, field: Field, cells: pa.Array, objections: Objections) -> pa.Array:
        """Refuse numbers in scientific notation: many orders share one, so that it names none of them."""
        mangled = pc.match_substring_regex(cells, _MANGLED)
        if not pc.any(mangled, min_count=0).as_py():
            return cells
        report = objections.reject if field.required else objections.mend
        report(to_flags(mangled), self._label(field.name), FaultCode.MANGLED_NUMBER, cells)
        return pc.if_else(mangled, _NOTHING, cells)

    def _numbers(self, field: Field, cells: pa.Array, objections: Objections) -> pa.Array:
        shaped = pc.match_substring_regex(cells, r"^[+-]?[0-9]{1,12}(?:\.[0-9]+)?$")
        numbers = pc.if_else(shaped, cells, _NOTHING).cast(pa.float64())
        if field.name in _MOST_DEGREES:
            within = pc.less_equal(pc.abs(numbers), _MOST_DEGREES[field.name])
        else:
            within = pc.and_(pc.equal(pc.floor(numbers), numbers), pc.less_equal(pc.abs(numbers), 2**31 - 1))
        wrong = ~to_flags(within) & to_flags(pc.is_valid(cells))
        objections.mend(wrong, self._label(field.name), FaultCode.BAD_NUMBER, cells)
        known = pc.and_(within, pc.not_equal(numbers, 0.0)) if field.name in _MOST_DEGREES else within
        return pc.if_else(known.fill_null(False), numbers, pa.scalar(None, pa.float64()))

    def _translate(self, field: Field, cells: pa.Array, batch: pa.RecordBatch, objections: Objections) -> pa.Array:
        translated = self._translators[field.name](cells)
        report = objections.reject if field.required else objections.mend
        for level in np.unique(translated.lost[translated.lost != KNOWN]).tolist():
            shown = _level(cells, level) if field.holds is Holds.CATEGORY else cells
            report(translated.lost == level, self._label(field.name, level), FaultCode.UNKNOWN_CODE, shown)
        (values,) = translated.values
        derived = self._mapping.derive.get(field.name)
        if derived is None or derived.column not in self._source.columns:
            return values
        told = {word: code for word, code in derived.values.items() if code is not None}
        words = pc.utf8_trim_whitespace(batch.column(derived.column))
        places = pc.index_in(words, value_set=pa.array(list(told), pa.string()))
        return pc.coalesce(values, pa.array(list(told.values()), pa.string()).take(places))

    def _places(self, cells: dict[str, pa.Array], objections: Objections) -> dict[str, pa.Array]:
        translated = self._translators["district"](_chain([cells[name] for name in _PLACES]))
        for level, name in enumerate(_PLACES):
            lost = (translated.lost + 1 >> level & 1).astype(bool)
            objections.mend(lost, self._label(name), FaultCode.UNKNOWN_CODE, cells[name])
        return dict(zip(_PLACES, translated.values, strict=True))

    def _compare_times(self, cells: dict[str, pa.Array], values: dict[str, pa.Array], objections: Objections) -> None:
        if self._table not in _STORY:
            return
        begin, later = _STORY[self._table]
        moments: dict[str, Moments] = {name: values[name].to_numpy(zero_copy_only=False) for name in later}
        labels = {name: self._label(name) for name in later}
        start = values[begin].to_numpy(zero_copy_only=False)
        for name, reversed_ in check_order(start, moments, labels, cells, objections, _ENDS).items():
            values[name] = pc.if_else(pa.array(reversed_), None, values[name])


def _clean(column: pa.Array, field: Field) -> pa.Array:
    """Trim cells and make blank ones null; characters that no document can hold are left out."""
    trimmed = pc.utf8_trim(column, " \t\r\n\u00a0\u3000\ufeff\u200b")
    if field.holds is Holds.PROSE:
        if pc.any(pc.match_substring_regex(trimmed, r"[\x00-\x08\x0b-\x1f]"), min_count=0).as_py():
            trimmed = pc.replace_substring_regex(
                pc.replace_substring(trimmed, "\r\n", "\n"), r"[\x00-\x08\x0b-\x1f]", ""
            )
    elif field.holds is Holds.ID:
        # Spreadsheets guard long numbers as ="123" or '123. Most exports do not, and looking is much cheaper.
        guarded = pc.or_(pc.starts_with(trimmed, "="), pc.starts_with(trimmed, "'"))
        if pc.any(guarded, min_count=0).as_py():
            trimmed = pc.replace_substring_regex(trimmed, '^(?:="(.*)"|\'(.*))$', r"\1\2")
    blank = pc.equal(trimmed, "") if field.name in _SPOKEN else pc.is_in(trimmed, value_set=_BLANKS)
    return pc.if_else(blank, _NOTHING, trimmed)


def _chain(columns: list[pa.Array]) -> pa.Array:
    """Join the levels of a chain into one text; null when all are blank."""
    chain = pc.binary_join_element_wise(*columns, LEVEL_MARK, null_handling="replace", null_replacement="")
    return pc.if_else(pc.match_substring_regex(chain, f"[^{LEVEL_MARK}]"), chain, _NOTHING)


def _level(chains: pa.Array, level: int) -> pa.Array:
    parts = pc.split_pattern(chains.fill_null(""), LEVEL_MARK)
    longest = pc.max(pc.list_value_length(parts)).as_py() or 0
    return pc.list_element(parts, level) if level < longest else chains


def _callers(cells: pa.Array) -> pa.Array:
    """Return what tells callers apart: a phone's digits without the country's, else the cell as it stands.

    Null where it tells nobody apart: 匿名, 王先生, 00000000.
    """
    digits = pc.replace_substring_regex(cells, r"\D+", "")
    phone = pc.replace_substring_regex(digits, r"^(?:00)?86(1\d{10})$", r"\1")
    caller = pc.if_else(pc.greater_equal(pc.utf8_length(phone), 7), phone, cells)
    return pc.if_else(pc.match_substring_regex(caller, _NOBODY), _NOTHING, caller)


def _filled(table: str, values: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """Fill what a table's schema wants filled, where the source says nothing."""
    if table == "orders":
        values["channel"] = values["channel"].fill_null(Channel.OTHER.value)
        values["title"] = values["title"].fill_null("")
        values["text"] = values["text"].fill_null("")
        values["secret"] = values["secret"].fill_null(False)
    elif table == "call_backs":
        # Who said whether it was solved was reached, whatever else the export leaves open.
        said = pc.or_(pc.is_valid(values["solved"]), pc.is_valid(values["satisfaction"]))
        values["reached"] = pc.coalesce(values["reached"], said)
    return values
