"""What a tagger sees at each piece of a text: marks, each hashed to a bucket."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from suqiu.reading.characters import STEP, Codes, Indices, mixed
from suqiu.reading.sequence.pieces import Kind, Pieces

Buckets = npt.NDArray[np.int32]

#: Buckets: 2 to this power, some ten times as many as the marks of ten thousand addresses, so that few share one.
BITS = 22
#: How far around a piece single pieces are looked at, and which runs of pieces are (first, last).
_ALONE = range(-3, 4)
_RUNS = (
    (-3, -2), (-2, -1), (-1, 0), (0, 1), (1, 2), (2, 3),
    (-3, -1), (-2, 0), (-1, 1), (0, 2), (1, 3),
    (-3, 0), (-2, 1), (-1, 2), (0, 3), (-2, 2), (0, 4), (-4, 0),
)  # fmt: skip
#: How far ahead or back an ending is looked for, and how far from either end of the text places are told apart.
_SIGHT, _PLACES = 10, 12
_EDGE = np.uint64(7)


def marks(pieces: Pieces) -> Buckets:
    """Return the buckets of each piece's marks, one row a piece, one column a kind of mark."""
    size = len(pieces.kinds)
    rows = pieces.rows()
    around = {shift: _shifted(pieces.alike, rows, shift) for shift in range(-4, 5)}
    found = [around[shift] for shift in _ALONE]
    for first, last in _RUNS:
        run = np.zeros(size, dtype=np.uint64)
        for shift in range(first, last + 1):
            run = run * STEP + around[shift]
        found.append(run)
    shapes = pieces.kinds.astype(np.uint64) + np.uint64(11)
    found += [pieces.exact, _shifted(pieces.exact, rows, -1), _shifted(pieces.exact, rows, 1)]
    shape = np.zeros(size, dtype=np.uint64)
    for shift in range(-3, 4):
        shape = shape * STEP + _shifted(shapes, rows, shift)
    found.append(shape)
    found += _endings(pieces, rows, around)
    found += _places(pieces, rows)
    salts = np.arange(1, len(found) + 1, dtype=np.uint64) * STEP  # the same pieces as another mark are another bucket
    return np.stack([_bucket(mixed(mark + salt)) for mark, salt in zip(found, salts, strict=True)], axis=1)


def _endings(pieces: Pieces, rows: Indices, around: dict[int, Codes]) -> list[Codes]:
    """Marks of the endings ahead and behind: which, how far, and both with the piece itself."""
    size = len(rows)
    at = np.flatnonzero(pieces.kinds == Kind.SUFFIX)
    if not len(at):
        return [np.zeros(size, dtype=np.uint64)] * 7
    here = np.arange(size)
    ahead, ahead_far = _ending(pieces, rows, at, np.searchsorted(at, here))
    further, _ = _ending(pieces, rows, at, np.searchsorted(at, here) + 1)
    behind, behind_far = _ending(pieces, rows, at, np.searchsorted(at, here) - 1)
    before, _ = _ending(pieces, rows, at, np.searchsorted(at, here) - 2)
    return [
        ahead * STEP + ahead_far,
        ahead * STEP + around[0],
        behind * STEP + behind_far,
        behind * STEP + around[0],
        ahead * STEP + behind,
        ahead * STEP + further,
        (before * STEP + behind) * STEP + ahead,
    ]


def _ending(pieces: Pieces, rows: Indices, at: Indices, number: Indices) -> tuple[Codes, Codes]:
    """Return the ending of that number among `at` and its distance, where it is in the same text and in sight."""
    inside = np.clip(number, 0, len(at) - 1)
    place = at[inside]
    far = np.minimum(np.abs(place - np.arange(len(rows))), _SIGHT)
    seen = (number == inside) & (rows[place] == rows)
    return np.where(seen, pieces.alike[place], _EDGE), np.where(seen, far, _SIGHT).astype(np.uint64)


def _places(pieces: Pieces, rows: Indices) -> list[Codes]:
    """Marks of where in the text a piece is: from the beginning, from the end, and after how many numbers."""
    here = np.arange(len(rows))
    first = np.minimum(here - pieces.bounds[rows], _PLACES).astype(np.uint64)
    last = np.minimum(pieces.bounds[rows + 1] - here, _PLACES).astype(np.uint64)
    numbers = np.concatenate([[0], np.cumsum(pieces.kinds == Kind.DIGITS)])
    before = np.minimum(numbers[here] - numbers[pieces.bounds[rows]], _PLACES).astype(np.uint64)
    return [first, last, before * STEP + pieces.alike, np.zeros(len(rows), dtype=np.uint64)]


def _shifted(values: Codes, rows: Indices, shift: int) -> Codes:
    """Return the value `shift` pieces on, an edge where that is another text."""
    moved = np.full(len(values), _EDGE + np.uint64(abs(shift)), dtype=np.uint64)
    if shift == 0:
        return values
    if abs(shift) < len(values):
        to, source = (
            (slice(None, -shift), slice(shift, None)) if shift > 0 else (slice(-shift, None), slice(None, shift))
        )
        moved[to] = np.where(rows[to] == rows[source], values[source], moved[to])
    return moved


def _bucket(hashes: Codes) -> Buckets:
    return (hashes >> np.uint64(64 - BITS)).astype(np.int32)
