"""The record of one run: every sample with its truth and answers, kept so that it can be scored again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.evaluation.measures import Kind
from suqiu.evaluation.seeds import fingerprint

#: Of the file's layout; a file of another version is refused, never guessed at.
VERSION = 1
_KEY = b"suqiu.runlog"

_SPANS = pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32()), ("kind", pa.string())]))

#: One row a sample and variant.
SAMPLES = pa.schema(
    [
        pa.field("sample", pa.string(), nullable=False),
        pa.field("variant", pa.string(), nullable=False),  # how the input was prepared; may be empty
        pa.field("group", pa.string()),  # samples of one group are not independent: equal texts, one caller
        pa.field("at", pa.timestamp("s")),  # wall-clock time of the sample
        pa.field("truth", pa.string()),  # a label, or a path joined by STEP; null where nobody knows it
        pa.field("labels", pa.list_(pa.string())),  # answers, the best first; empty where the model stays silent
        pa.field("confidences", pa.list_(pa.float64())),  # of each answer, 0 to 1
        pa.field("true_spans", _SPANS),  # for spans instead of truth; null where nobody knows them
        pa.field("found_spans", _SPANS),  # for spans instead of labels
    ]
)


@dataclass(frozen=True, slots=True)
class Header:
    """What a run was 评测记录表头.

    Attributes:
        task: id of the task.
        kind: what was answered.
        model, model_version: what answered.
        code: version of the code that ran it.
        data: fingerprint of the data that the samples are from.
        split: how the samples were set apart, in words or as the rule.
        learned_from: fingerprint or description of what the model learned from; empty where from nothing.
        levels: names of a tree's levels from the top; empty otherwise.
        positive: for a verdict the label that counts as yes; else None.
    """

    task: str
    kind: Kind
    model: str
    model_version: str
    code: str
    data: str
    split: str
    learned_from: str = ""
    levels: tuple[str, ...] = ()
    positive: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RunLog:
    """A header and its samples 评测记录; build it with `run_log`, which checks it."""

    header: Header
    samples: pa.Table

    @property
    def variants(self) -> tuple[str, ...]:
        """The variants, in the order in which they first occur."""
        return tuple(self.samples["variant"].unique().to_pylist())

    @property
    def fingerprint(self) -> str:
        """What tells this run's samples and answers from others."""
        return fingerprint(*(self.samples[name] for name in SAMPLES.names))

    def of(self, variant: str) -> pa.Table:
        """Return the samples of one variant.

        Raises:
            NotFound: the run has no such variant.
        """
        if variant not in self.variants:
            raise NotFound(
                "evaluation.no_variant",
                Text("评测记录中没有“{name}”这一输入方式", 'the run has no variant "{name}"').fill(name=variant),
                Text("可选：{names}", "there are: {names}").fill(names=", ".join(self.variants)),
            )
        return self.samples.filter(pc.equal(self.samples["variant"], variant))


def run_log(header: Header, **columns: Any) -> RunLog:
    """Build a record from columns of `SAMPLES`; those left out are null, `variant` is empty.

    Args:
        header: what the run was.
        columns: Arrow arrays or sequences, one entry a sample; `sample` at least.

    Raises:
        InvalidInput: columns do not fit the kind or each other; the message says which and how many.
        KeyError: a column is not one of `SAMPLES`.
    """
    strange = set(columns) - set(SAMPLES.names)
    if strange:
        raise KeyError(", ".join(sorted(strange)))
    rows = len(columns["sample"])
    given = {"variant": pa.array([""] * rows, pa.string()), **columns}
    arrays = []
    for field in SAMPLES:
        value = given.get(field.name, pa.nulls(rows, field.type))
        is_arrow = isinstance(value, pa.Array | pa.ChunkedArray)
        arrays.append(value.cast(field.type) if is_arrow else pa.array(value, field.type))
    try:
        table = pa.table(arrays, schema=SAMPLES).combine_chunks()
    except pa.ArrowInvalid as error:
        raise _bad("columns", str(error)) from error
    _check(header, table)
    return RunLog(header, table)


def write_run_log(path: Path, log: RunLog) -> None:
    """Write a record as one Parquet file with the header in its metadata."""
    header = json.dumps({"version": VERSION, **asdict(log.header)}, ensure_ascii=False, sort_keys=True)
    pq.write_table(log.samples.replace_schema_metadata({_KEY: header.encode()}), path, compression="zstd")


def read_run_log(path: Path) -> RunLog:
    """Read what `write_run_log` wrote, and check it again.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it is no record of a run, or one of another version.
    """
    try:
        table = pq.read_table(path, partitioning=None)
    except FileNotFoundError as error:
        raise NotFound(
            "evaluation.no_run_log",
            Text("找不到评测记录{path}", "there is no record of a run at {path}").fill(path=path),
            Text("请核对路径，或先运行评测", "check the path, or run the evaluation first"),
        ) from error
    except (pa.ArrowInvalid, OSError) as error:
        raise _bad(path.name, str(error)) from error
    stated = (table.schema.metadata or {}).get(_KEY)
    if stated is None:
        raise _bad(path.name, f"no {_KEY.decode()}")
    values = _header_values(path.name, stated)
    if values.pop("version", None) != VERSION:
        raise InvalidInput(
            "evaluation.run_log_version",
            Text(
                "{path}的评测记录版本与本软件（版本{mine}）不符", "{path} is a record of another version than {mine}"
            ).fill(path=path.name, mine=VERSION),
            Text(
                "请用生成该记录的软件版本重新评分，或重新运行评测",
                "score it with the software that wrote it, or run again",
            ),
        )
    if set(values) != {field.name for field in fields(Header)} or table.schema.names != SAMPLES.names:
        raise _bad(path.name, "header or columns are not those of a record")
    values["kind"], values["levels"] = Kind(values["kind"]), tuple(values["levels"])
    plain = table.replace_schema_metadata(None).cast(SAMPLES).combine_chunks()
    header = Header(**values)
    _check(header, plain)
    return RunLog(header, plain)


def _header_values(where: str, stated: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(stated))
    except ValueError as error:
        raise _bad(where, str(error)) from error


def _check(header: Header, table: pa.Table) -> None:
    """Refuse samples that cannot be scored as the header says."""
    counts = pa.TableGroupBy(table.select(["sample", "variant"]), ["sample", "variant"]).aggregate([([], "count_all")])
    twice = pc.sum(pc.greater(counts["count_all"], 1)).as_py() or 0
    labels, confidences = table["labels"].combine_chunks(), table["confidences"].combine_chunks()
    unlike = pc.not_equal(
        pc.fill_null(pc.list_value_length(labels), 0), pc.fill_null(pc.list_value_length(confidences), 0)
    )
    said = confidences.flatten()
    outside = pc.invert(pc.and_(pc.greater_equal(said, 0.0), pc.less_equal(said, 1.0)))  # true for NaN too
    spans_given = len(table) > table["true_spans"].null_count or len(table) > table["found_spans"].null_count
    labels_given = len(table) > table["truth"].null_count or len(labels.flatten()) > 0
    faults = {
        "sample, variant: stand twice": twice,
        "labels, confidences: of different length": pc.sum(unlike).as_py() or 0,
        "labels, confidences: null inside": labels.flatten().null_count + said.null_count,
        "confidences: outside 0 to 1": pc.sum(outside).as_py() or 0,
        "confidences: a later answer is surer": _rising(confidences),
        "labels: one answer twice": _repeated(labels),
        "spans: for a task of another kind": int(spans_given and header.kind is not Kind.SPANS),
        "truth, labels: for a task of spans": int(labels_given and header.kind is Kind.SPANS),
        "spans: an end is not after its start": _empty_spans(table),
        "positive: for a verdict, and only there": int((header.kind is Kind.VERDICT) != (header.positive is not None)),
        "levels: for a tree, and only there": int((header.kind is Kind.TREE) != bool(header.levels)),
    }
    found = [f"{what} ({count})" for what, count in faults.items() if count]
    if found:
        raise _bad(header.task, "; ".join(found))


def _rising(confidences: pa.Array) -> int:
    """Return how many answers are surer than the one before them."""
    parents, said = pc.list_parent_indices(confidences), confidences.flatten()
    same = pc.equal(parents[1:], parents[:-1])
    return int(pc.sum(pc.and_(same, pc.greater(said[1:], said[:-1]))).as_py() or 0)


def _repeated(labels: pa.Array) -> int:
    """Return how many answers stand twice among those of a sample."""
    pairs = pa.table({"sample": pc.list_parent_indices(labels), "label": labels.flatten()})
    return len(pairs) - len(pa.TableGroupBy(pairs, ["sample", "label"]).aggregate([]))


def _empty_spans(table: pa.Table) -> int:
    count = 0
    for name in ("true_spans", "found_spans"):
        flat = table[name].combine_chunks().flatten()
        whole = pc.and_(pc.greater(flat.field("end"), flat.field("start")), pc.is_valid(flat.field("kind")))
        count += len(flat) - (pc.sum(whole).as_py() or 0)
    return count


def _bad(where: str, what: str) -> InvalidInput:
    return InvalidInput(
        "evaluation.bad_run_log",
        Text("评测记录“{where}”不可用（{what}）", 'the record of the run "{where}" cannot be used ({what})').fill(
            where=where, what=what
        ),
        Text("请使用评测程序生成的记录，勿手工修改", "use the record that the evaluation wrote, unchanged"),
    )
