"""Fingerprints and seeds of data: the same data gives the same draw, whatever the machine and the moment."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa

_DIGITS = 16


def fingerprint(*columns: Any) -> str:
    """Return sixteen hexadecimal digits that tell these columns, in this order, from others.

    Args:
        columns: Arrow arrays of any type that prints, or numpy arrays of numbers.
    """
    digest = hashlib.blake2b(digest_size=_DIGITS // 2)
    for column in columns:
        digest.update(f"{len(column)};".encode())
        digest.update(_bytes(column))
    return digest.hexdigest()


def seed_of(*columns: Any) -> int:
    """Return a seed for a random generator, made from data."""
    return int(fingerprint(*columns), 16)


def _bytes(column: Any) -> bytes:
    if isinstance(column, pa.Array | pa.ChunkedArray):
        if pa.types.is_nested(column.type):
            return repr(column.to_pylist()).encode()
        # Null and every length of text stay apart: neither mark occurs in texts that people write.
        return "\x1f".join("\x00" if item is None else str(item) for item in column.to_pylist()).encode()
    array = np.ascontiguousarray(column)
    return f"{array.dtype.str}{array.shape}".encode() + array.tobytes()
