"""A table as it stands: chosen columns as text, without mapping, for what learns from tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.intake.fields import comparable, headers
from suqiu.intake.source import ROW, Source, SourceTable
from suqiu.intake.times import parse_times

#: From this share of readable times on, a column is one of times.
_MOSTLY = 0.9
#: The years in which a hotline's orders can have been made: a number that begins with such a day is dated.
_FIRST_DAY, _LAST_DAY = np.datetime64("1999-01-01"), np.datetime64("2100-01-01")


def read_columns(source: Source, wanted: Sequence[str], *, others: bool = False) -> pa.Table:
    """Read columns of all tables that have the wanted ones, as they stand.

    Args:
        source: an export.
        wanted: names of columns that must be there.
        others: read all other columns that these tables have in common, too.

    Returns:
        Text columns (an empty cell is an empty text) and the row numbers, `intake.source.ROW`.

    Raises:
        InvalidInput: no table has all wanted columns, or a row could not be taken apart.
    """
    tables = [table for table in source.tables if set(wanted) <= set(table.columns)]
    if not tables:
        raise _no_column(source, wanted)
    common = [name for name in tables[0].columns if all(name in table.columns for table in tables)]
    names = [*(common if others else dict.fromkeys(wanted)), ROW]
    batches = [portion.select(names) for table in tables for portion in _whole(table)]
    if not batches:
        return pa.table({name: pa.array([], pa.int64() if name == ROW else pa.string()) for name in names})
    return pa.Table.from_batches(batches).combine_chunks()


def _whole(table: SourceTable) -> list[pa.RecordBatch]:
    """Read a table; refuse it if a row is broken: what learns in silence from half a table misleads."""
    batches = []
    for portion in table.portions():
        if portion.broken:
            row = portion.broken[0]
            raise InvalidInput(
                "columns.broken_row",
                Text("{file}第{row}行无法拆分：{text}", "{file}, row {row} cannot be taken apart: {text}").fill(
                    file=table.file, row=row.row, text=row.shown[:60]
                ),
                Text("请修正该行后重试", "mend this row and try again"),
            )
        batches.append(portion.batch)
    return batches


def known_column(source: Source, field: str) -> str | None:
    """Return the column that an export most likely calls a field of orders, such as `order_id`; None without one."""
    plain = {comparable(name): name for table in reversed(source.tables) for name in reversed(table.columns)}
    return next((plain[header] for header in headers("orders", field) if header in plain), None)


def in_time(texts: pa.Array) -> pa.Array | None:
    """Return what orders rows in time: moments, or numbers that begin with a day; None where it is neither.

    Args:
        texts: a column of times, or of order numbers.
    """
    filled = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    if not len(filled) or filled.null_count > (1 - _MOSTLY) * len(filled):
        return None
    if pc.mean(pc.match_substring_regex(filled, r"^(?:19|20)\d{6}\d*$")).as_py() >= _MOSTLY:
        days = np.array(parse_times(pc.utf8_slice_codeunits(filled, 0, 8))[0], dtype="datetime64[D]")
        dated = (days >= _FIRST_DAY) & (days < _LAST_DAY)
        if dated.mean() >= _MOSTLY:
            # The day first, then what follows it as a number, however many digits it has.
            rest = pc.utf8_slice_codeunits(filled, 8)
            width = pc.max(pc.utf8_length(rest)).as_py()
            return pc.binary_join_element_wise(
                pc.utf8_slice_codeunits(filled, 0, 8), pc.utf8_lpad(rest, width, "0"), ""
            )
    moments = np.array(parse_times(filled)[0], dtype="datetime64[s]")
    readable = ~np.isnat(moments) & (moments >= _FIRST_DAY) & (moments < _LAST_DAY)
    if readable.mean() < _MOSTLY:
        return None
    return pa.array(moments, pa.timestamp("s"), mask=~readable)


def _no_column(source: Source, wanted: Sequence[str]) -> InvalidInput:
    there = list(dict.fromkeys(name for table in source.tables for name in table.columns))
    missing = [name for name in wanted if name not in there] or list(wanted)
    return InvalidInput(
        "columns.missing",
        Text("{where}中没有列“{missing}”", "{where} has no column {missing}").fill(
            where=source.where, missing="、".join(missing)
        ),
        Text("现有列：{there}", "its columns: {there}").fill(there="、".join(there)[:400]),
    )
