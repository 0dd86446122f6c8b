"""What leaves the centre of a form: numbers for ids, measures for texts, and nothing that a person wrote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc as ipc
from rapidfuzz.distance import Levenshtein

from suqiu.assessment.faults import FaultBook, FormFault
from suqiu.assessment.filled import FILE, ROW
from suqiu.assessment.forms import Column, Form, Kind
from suqiu.assessment.personal import Guard

_SILENT = re.compile(r"[\W_]+")


class Numbering:
    """Running numbers in place of ids 流水编号: the first id is 1.

    Attributes:
        ids: the ids in the order of their numbers.
    """

    def __init__(self, ids: pa.Array) -> None:
        self.ids = ids

    def places(self, ids: pa.ChunkedArray | pa.Array) -> pa.Array:
        """Return for each id its place, from 0; null where it is null or has none.

        One call builds an index of all known ids: ask for many at a time.
        """
        found = pc.index_in(ids, value_set=self.ids)
        return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found

    @staticmethod
    def numbers(places: pa.Array) -> pa.Array:
        """Return places as running numbers, in text."""
        return pc.add(places.cast(pa.int64()), 1).cast(pa.string())


class Reduced:
    """A form that has been read: its rows as evidence, as often as wanted 已脱敏的填报表.

    The rows come from a file in the scratch folder, which must stay until they are no longer wanted.

    Attributes:
        rows: how many.
    """

    def __init__(
        self, waiting: _Waiting, files: Sequence[str], kept: npt.NDArray[np.bool_], numbers: Mapping[str, pa.Array]
    ) -> None:
        self._form, self._path, self._kept, self._numbers = waiting.form, waiting.path, kept, numbers
        self._waiting, self._files = waiting, files
        self.rows = int(np.count_nonzero(kept))

    def register(self) -> pa.Table:
        """Return which row of which file each row of evidence came from, with its real key; it stays in the centre."""
        kept = pa.array(self._kept)
        files = pa.array(self._files, pa.string()).take(self._waiting.held(FILE).filter(kept))
        keys = {name: self._waiting.held(name).filter(kept) for name in self._form.key}
        number = pa.array(np.arange(1, self.rows + 1), pa.int64()).cast(pa.string())
        return pa.table({"number": number, "file": files, "row": self._waiting.held(ROW).filter(kept), **keys})

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Walk the rows, in the form's schema."""
        start = 0
        with ipc.open_file(str(self._path)) as file:
            for place in range(file.num_record_batches):
                batch = file.get_batch(place)
                kept = pa.array(self._kept[start : start + batch.num_rows])
                columns = []
                for column in self._form.kept:
                    numbers = self._numbers.get(column.name)
                    cells = batch.column(column.name) if numbers is None else numbers.slice(start, batch.num_rows)
                    columns.append(cells.filter(kept).cast(column.field.type))
                start += batch.num_rows
                yield pa.RecordBatch.from_arrays(columns, schema=self._form.schema)


def reduce(
    form: Form,
    batches: Iterator[pa.RecordBatch],
    files: Sequence[str],
    *,
    scratch: Path,
    referred: Mapping[str, Numbering],
    guard: Guard,
    faults: FaultBook,
) -> Reduced:
    """Reduce a form to what may leave the centre, once all of its rows are known.

    Args:
        form: which.
        batches: its good rows, as `filled.rows_of` gives them.
        files: the sheets that they came from, by place.
        scratch: an existing folder for rows that wait.
        referred: what references may refer to, by name; a reference to what is not there stays null.
        guard: looks through its words.
        faults: where repeated keys and references to nothing go.
    """
    waiting = _Waiting(form, scratch / f"{form.name}.arrow")
    for batch in batches:
        for place in pc.unique(batch.column(FILE)).to_pylist():
            part = batch.filter(pc.equal(batch.column(FILE), place))
            guard.look(form, files[place], part, part.column(ROW))
        waiting.add(batch)
    waiting.close()
    repeated = _repeated([waiting.held(name) for name in form.key])
    _tell(form, faults, files, waiting, repeated, form.key[0] if form.key else "", FormFault.DUPLICATE_KEY)
    kept = ~repeated
    numbers: dict[str, pa.Array] = {}
    for column in form.columns:
        if column.kind is Kind.ID:
            numbers[column.name] = _numbered(waiting.held(column.name), kept)
        elif column.kind is Kind.REF:
            numbers[column.name] = _referring(form, column, waiting, kept, files, referred, faults)
    return Reduced(waiting, files, kept, numbers)


def _referring(
    form: Form,
    column: Column,
    waiting: _Waiting,
    kept: npt.NDArray[np.bool_],
    files: Sequence[str],
    referred: Mapping[str, Numbering],
    faults: FaultBook,
) -> pa.Array:
    """Return the running numbers that references refer to; null, and told, where they refer to nothing."""
    cells = waiting.held(column.name)
    known = referred.get(str(column.form))
    if known is None:
        if cells.null_count < len(cells):
            faults.note(form, files[0], column.title.zh, FormFault.NOTHING_TO_REFER_TO)
        return pa.nulls(len(cells), pa.string())
    places = known.places(cells)
    lost = pc.and_(pc.is_valid(cells), pc.is_null(places)).to_numpy(zero_copy_only=False) & kept
    _tell(form, faults, files, waiting, lost, column.name, FormFault.DANGLING)
    return known.numbers(places)


class _Waiting:
    """The rows of a form on disk, and in memory their ids, keys and places."""

    def __init__(self, form: Form, path: Path) -> None:
        self.path = path
        self.form = form
        raw = {column.name: pa.string() for column in form.columns if column.kind in {Kind.ID, Kind.REF}}
        self._schema = pa.schema([pa.field(c.name, raw.get(c.name, c.field.type)) for c in form.kept])
        self._written = [name for name in self._schema.names if name not in raw]
        self._held: dict[str, list[pa.Array]] = {name: [] for name in {*raw, *form.key, ROW, FILE}}
        thin = pa.schema([self._schema.field(name) for name in self._written])
        # A form of ids alone has no other column; a batch without columns has no rows either.
        self._thin = thin.append(pa.field(ROW, pa.int64()))
        self._writer = ipc.new_file(str(path), self._thin, options=ipc.IpcWriteOptions(compression="lz4"))

    def add(self, batch: pa.RecordBatch) -> None:
        """Put rows aside, their texts turned into what is derived from them."""
        derived = _DERIVED[self.form.name](batch) if self.form.derived else {}
        for name, pieces in self._held.items():
            pieces.append(batch.column(name))
        columns = [derived[name] if name in derived else batch.column(name) for name in self._thin.names]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._thin))

    def held(self, name: str) -> pa.Array:
        """Return a column that is held in memory."""
        kind = pa.int64() if name == ROW else pa.int32() if name == FILE else self._schema.field(name).type
        return pa.chunked_array(self._held[name], kind).combine_chunks()

    def close(self) -> None:
        """End adding."""
        self._writer.close()


def _tell(
    form: Form,
    faults: FaultBook,
    files: Sequence[str],
    waiting: _Waiting,
    which: npt.NDArray[np.bool_],
    column: str,
    fault: FormFault,
) -> None:
    """Note a fault in rows of several files."""
    if not which.any():
        return
    chosen = pa.array(which)
    places = waiting.held(FILE).filter(chosen).to_numpy()
    rows = waiting.held(ROW).filter(chosen).to_numpy()
    cells = waiting.held(column).filter(chosen)
    for place in np.unique(places).tolist():
        here = places == place
        title = form.column(column).title.zh
        faults.add(form, files[place], title, fault, rows[here], cells.filter(pa.array(here)))


def _repeated(keys: Sequence[pa.Array]) -> npt.NDArray[np.bool_]:
    """Say which rows repeat the key of an earlier one."""
    codes = [key.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64) for key in keys]
    if not codes or not len(codes[0]):
        return np.zeros(len(codes[0]) if codes else 0, dtype=bool)
    joined = codes[0]
    for more in codes[1:]:
        joined = np.unique(joined * (int(more.max()) + 1) + more, return_inverse=True)[1]
    _, first = np.unique(joined, return_index=True)
    repeated = np.ones(len(joined), dtype=bool)
    repeated[first] = False
    return repeated


def _numbered(ids: pa.Array, kept: npt.NDArray[np.bool_]) -> pa.Array:
    """Return running numbers in the order in which ids first appear among the rows kept."""
    seen = pc.if_else(pa.array(kept), ids, pa.scalar(None, pa.string()))
    return Numbering.numbers(seen.dictionary_encode().indices)


def _spoken(text: str | None) -> str:
    """Return a text as it sounds: without white space and punctuation, in plain width and one case."""
    return _SILENT.sub("", unicodedata.normalize("NFKC", text or "")).casefold()


def _distances(one: pa.Array, other: pa.Array) -> tuple[list[str], list[str], pa.Array]:
    """Return both columns as they sound, and how many characters must be changed from one to the other."""
    ones, others = [_spoken(text) for text in one.to_pylist()], [_spoken(text) for text in other.to_pylist()]
    edits = [Levenshtein.distance(a, b) for a, b in zip(ones, others, strict=True)]
    return ones, others, pa.array(edits, pa.int64())


def _speech(batch: pa.RecordBatch) -> dict[str, pa.Array]:
    references, _, errors = _distances(batch.column("reference"), batch.column("recognised"))
    return {"length": pa.array([len(text) for text in references], pa.int64()), "errors": errors}


def _fill(batch: pa.RecordBatch) -> dict[str, pa.Array]:
    filled, truth = ([_spoken(text) for text in batch.column(name).to_pylist()] for name in ("filled", "truth"))
    right = [a == b if a else None for a, b in zip(filled, truth, strict=True)]
    return {"was_filled": pa.array([bool(text) for text in filled]), "right": pa.array(right, pa.bool_())}


def _summaries(batch: pa.RecordBatch) -> dict[str, pa.Array]:
    drafts, finals, edits = _distances(batch.column("draft"), batch.column("final"))
    longer = [max(len(a), len(b)) for a, b in zip(drafts, finals, strict=True)]
    return {"distance": edits, "length": pa.array(longer, pa.int64())}


#: What is made of the texts of a form before they stay behind.
_DERIVED: Mapping[str, Callable[[pa.RecordBatch], dict[str, pa.Array]]] = {
    "eval_speech": _speech,
    "eval_fill": _fill,
    "eval_summaries": _summaries,
}
