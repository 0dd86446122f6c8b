"""Draws from the data: bootstrap rounds, seeded by the data, samples or whole groups at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from suqiu.evaluation.scorers.statistic import Codes, Flags, Values

#: Numbers a block of rounds holds at most: 8 MB of weights, whatever the data.
_BLOCK = 1_000_000


def group_codes(groups: pa.Array | pa.ChunkedArray) -> Codes:
    """Number the groups of samples; a sample without a group is one of its own."""
    flat = groups.combine_chunks() if isinstance(groups, pa.ChunkedArray) else groups
    codes = np.asarray(flat.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)
    alone = codes < 0
    codes[alone] = codes.max(initial=-1) + 1 + np.arange(int(alone.sum()))
    return codes


def drawn(samples: int, rounds: int, seed: int, groups: Codes | None) -> Iterator[Values]:
    """Yield blocks of weights: how often each sample is in a draw with replacement, one row a round.

    Args:
        samples: how many there are.
        rounds: draws in all.
        seed: of the generator.
        groups: number of each sample's group, from 0 without gaps; groups are then drawn whole. None draws samples.
    """
    draw = np.random.default_rng(seed)
    units = samples if groups is None else int(groups.max()) + 1
    for size in _blocks(samples, rounds):
        taken = draw.integers(0, units, (size, units)) + units * np.arange(size)[:, None]
        counts = np.bincount(taken.ravel(), minlength=size * units).reshape(size, units).astype(np.float64)
        yield counts if groups is None else counts[:, groups]


def flipped(samples: int, rounds: int, seed: int, groups: Codes | None) -> Iterator[Flags]:
    """Yield blocks of coins: whether a sample's two answers change places, one row a round.

    Args:
        samples, rounds, seed, groups: as for `drawn`; the samples of a group change together.
    """
    draw = np.random.default_rng(seed)
    units = samples if groups is None else int(groups.max()) + 1
    for size in _blocks(samples, rounds):
        coins = draw.random((size, units)) < 0.5
        yield coins if groups is None else coins[:, groups]


def _blocks(samples: int, rounds: int) -> Iterator[int]:
    size = max(1, _BLOCK // max(1, samples))
    for start in range(0, rounds, size):
        yield min(size, rounds - start)
