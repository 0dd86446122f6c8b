"""What a mapping would do with a source, on one page, for the person who edits it."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.text import Text
from suqiu.intake.fields import FIELDS, Holds
from suqiu.intake.mapping import Mapping
from suqiu.intake.redact import redact
from suqiu.intake.source import Source, SourceTable

#: Rows from which fill shares are estimated.
_SAMPLE = 2_000
#: Characters of a sample that are shown.
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One field and where it comes from 预览行.

    Attributes:
        table: our table.
        field: our field.
        title: what people call the field.
        columns: source columns, empty when the field has none.
        filled_share: share of the sampled rows in which any of them is filled, 0 to 1.
        samples: values as the source writes them, redacted and cut; of callers nothing is shown.
    """

    table: str
    field: str
    title: Text
    columns: tuple[str, ...]
    filled_share: float
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """A mapping applied to the head of a source 映射预览.

    Attributes:
        lines: every field of every mapped table.
        unused: source columns that no field takes, as `table: column`.
    """

    lines: tuple[PreviewLine, ...]
    unused: tuple[str, ...]


def preview(source: Source, mapping: Mapping, rows: int = 5) -> Preview:
    """Show what fills each field, with up to `rows` samples from the head of the first source table taken.

    Raises:
        InvalidInput: the source is damaged.
    """
    lines: list[PreviewLine] = []
    unused: list[str] = []
    for table, mapped in mapping.tables.items():
        taken = [item for item in source.tables if mapped.takes(item)]
        head = _head(taken[0]) if taken else None
        used = {column for columns in mapped.columns.values() for column in columns}
        used |= {derived.column for derived in mapped.derive.values()}
        unused += [f"{item.name}: {column}" for item in taken for column in item.columns if column not in used]
        for field in FIELDS[table]:
            columns = mapped.columns.get(field.name, ())
            cells = _filled(head, columns)
            share = 0.0 if head is None or cells is None else len(cells) / max(1, head.num_rows)
            hidden = field.holds is Holds.CALLER or cells is None
            lines.append(
                PreviewLine(table, field.name, field.title, columns, share, () if hidden else _samples(cells, rows))
            )
    return Preview(tuple(lines), tuple(unused))


def _head(table: SourceTable) -> pa.RecordBatch | None:
    portion = next(iter(table.portions(_SAMPLE)), None)
    return None if portion is None else portion.batch


def _filled(head: pa.RecordBatch | None, columns: tuple[str, ...]) -> pa.Array | None:
    there = [] if head is None else [head.column(column) for column in columns if column in head.schema.names]
    if not there:
        return None
    joined = pc.binary_join_element_wise(*(pc.utf8_trim_whitespace(cells) for cells in there), " > ")
    plain = pc.utf8_trim(joined, " >")
    return plain.filter(pc.not_equal(plain, ""))


def _samples(cells: pa.Array, rows: int) -> tuple[str, ...]:
    return tuple(pc.utf8_slice_codeunits(redact(cells.slice(0, rows)), 0, _SHOWN).to_pylist())
