"""What was found, gathered into rows of `MENTIONS`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from suqiu.domain.tables import MENTIONS
from suqiu.reading.extract.kinds import Kind
from suqiu.reading.extract.scan import Scan, Spans


@dataclass(frozen=True, slots=True)
class Found:
    """Mentions of one kind in a scan.

    Attributes:
        kind: what they are.
        spans: where they are.
        values, amounts, units: of each mention as in `MENTIONS`; None where no mention has any.
    """

    kind: Kind
    spans: Spans
    values: Sequence[str | None] | None = None
    amounts: Sequence[float | None] | None = None
    units: Sequence[str | None] | None = None


def mentions(scan: Scan, order_ids: pa.Array, found: Sequence[Found]) -> pa.RecordBatch:
    """Return `MENTIONS` rows, sorted as the texts, then by start, then the longer one first.

    Args:
        scan: of as many texts as there are ids.
        order_ids: of each text.
        found: what was found in the scan.
    """
    sizes = [len(each.spans) for each in found]
    starts = np.concatenate([np.zeros(0, np.int64), *(each.spans.starts for each in found)])
    ends = np.concatenate([np.zeros(0, np.int64), *(each.spans.ends for each in found)])
    kinds = np.repeat(np.arange(len(found)), sizes)
    order = np.lexsort((kinds, -ends, starts))
    starts, ends = starts[order], ends[order]
    rows = scan.rows(starts)
    written = scan.written
    texts = [written[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    taken = pa.array(order)
    columns = {
        "order_id": order_ids.take(pa.array(rows)),
        "kind": pa.array([each.kind.value for each in found], pa.string()).take(pa.array(kinds[order])),
        "text": pa.array(texts, pa.string()),
        "value": _column([each.values for each in found], sizes, pa.string()).take(taken),
        "amount": _column([each.amounts for each in found], sizes, pa.float64()).take(taken),
        "unit": _column([each.units for each in found], sizes, pa.string()).take(taken),
        "start": pa.array(starts - scan.starts[rows], pa.int32()),
        "length": pa.array(ends - starts, pa.int32()),
    }
    return pa.RecordBatch.from_pydict(columns, schema=MENTIONS)


def _column(parts: Sequence[Sequence[object] | None], sizes: Sequence[int], kind: pa.DataType) -> pa.Array:
    arrays = [
        pa.nulls(size, kind) if part is None else pa.array(part, kind) for part, size in zip(parts, sizes, strict=True)
    ]
    return pa.concat_arrays([pa.nulls(0, kind), *arrays])
