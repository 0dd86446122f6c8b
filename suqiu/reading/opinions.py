"""What models and rules say about one aspect of a batch of orders, and the claims made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.claim import Aspect, Basis
from suqiu.domain.tables import CLAIMS

_RANKS = 3
#: Where each aspect's claims stand within an order: by the aspect's name.
_PLACE = {aspect: number * _RANKS for number, aspect in enumerate(sorted(Aspect))}


@dataclass(frozen=True, slots=True)
class Opinion:
    """One answer for each order of a batch.

    Attributes:
        aspect: what it is about.
        rank: 1 for the best answer.
        values: codes or ids, null where there is nothing to claim.
        confidence: calibrated shares, null where nobody has measured.
        basis: model, catalogue or rule.
        author: name and version.
        reasons: what speaks for each, null where nothing can be said.
    """

    aspect: Aspect
    rank: int
    values: pa.Array
    confidence: pa.Array
    basis: Basis
    author: str
    reasons: pa.Array


@dataclass(frozen=True, slots=True)
class Filling:
    """What may fill empty fields of a batch.

    Attributes:
        values: ids, null where no answer is sure enough.
        basis: what they rest on.
    """

    values: pa.Array
    basis: Basis


def nothing(length: int, kind: pa.DataType | None = None) -> pa.Array:
    """Return an array of nulls, of strings unless another type is named."""
    return pa.nulls(length, kind or pa.string())


def claims_of(order_ids: pa.Array, opinions: Iterable[Opinion]) -> pa.RecordBatch:
    """Lay opinions out as `CLAIMS`, sorted as the orders, then by aspect and rank.

    Args:
        order_ids: of the batch.
        opinions: each as long as the batch; their null values claim nothing.
    """
    parts, keys = [], []
    for opinion in opinions:
        rows = np.flatnonzero(opinion.values.is_valid().to_numpy(zero_copy_only=False))
        chosen = pa.array(rows)
        columns = {
            "order_id": order_ids.take(chosen),
            "aspect": _same(opinion.aspect.value, len(rows)),
            "value": opinion.values.take(chosen),
            "confidence": opinion.confidence.take(chosen).cast(pa.float32()),
            "rank": pa.repeat(pa.scalar(opinion.rank, pa.int8()), len(rows)),
            "basis": _same(opinion.basis.value, len(rows)),
            "author": _same(opinion.author, len(rows)),
            "reason": opinion.reasons.take(chosen),
        }
        parts.append(pa.RecordBatch.from_pydict(columns, schema=CLAIMS))
        keys.append(rows * len(_PLACE) * _RANKS + _PLACE[opinion.aspect] + opinion.rank - 1)
    if not parts:
        return pa.RecordBatch.from_pylist([], schema=CLAIMS)
    together = pa.concat_batches(parts)
    return together.take(pa.array(np.argsort(np.concatenate(keys), kind="stable")))


def filled(recorded: pa.Array, filling: Filling | None) -> tuple[pa.Array, pa.Array]:
    """Complete a recorded column, and say what each value rests on; the record always wins.

    Returns:
        Values and their basis, both null where nothing is known.
    """
    stated = recorded.is_valid()
    said = pc.if_else(stated, Basis.RECORDED.value, nothing(len(recorded)))
    if filling is None:
        return recorded, said
    values = pc.coalesce(recorded, filling.values)
    added = pc.and_(pc.invert(stated), filling.values.is_valid())
    return values, pc.if_else(added, filling.basis.value, said)


def _same(value: str, length: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, pa.string()), length)
