"""A batch of texts as one flat row of characters, on which numpy works without a loop over texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Codes = npt.NDArray[np.uint64]
Indices = npt.NDArray[np.int64]

#: Texts are read up to here: what a demand is about is said long before, and one letter of a million
#: characters must not decide how much memory a batch needs.
MAX_CHARACTERS = 2_000

#: Odd 64-bit numbers with well mixed bits (the golden ratio, and those of SplitMix64), for hashing.
STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True, slots=True)
class Characters:
    """The characters of many texts, one text after the other.

    Attributes:
        codes: Unicode code points of all texts.
        starts: where each text begins in `codes`, and at the end where the last one ends: texts + 1 long.
    """

    codes: Codes
    starts: Indices

    def rows(self) -> Indices:
        """Return the number of the text that each character belongs to."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def rooms(self) -> Indices:
        """Return how many characters of its text follow from each character on, itself included."""
        ends = np.repeat(self.starts[1:], np.diff(self.starts))
        return np.asarray(ends - np.arange(len(self.codes)), dtype=np.int64)

    def hashes(self, length: int, at: Indices | None = None) -> Codes:
        """Return the 64-bit hash of the `length` characters that begin at each position.

        Near its end a text is read as if the next one followed: the caller leaves out positions
        whose `rooms` are fewer than `length`. Equal strings have equal hashes in every batch.

        Args:
            length: characters, at least 1.
            at: positions in `codes` that have room for `length` characters; all positions when None.
        """
        size = len(self.codes)
        if at is None:
            total = np.zeros(size, dtype=np.uint64)
            for shift in range(min(length, size)):
                total[: size - shift] = total[: size - shift] * STEP + self.codes[shift:]
        else:
            total = np.zeros(len(at), dtype=np.uint64)
            for shift in range(length):
                total = total * STEP + self.codes[at + shift]
        return mixed(total)


def mixed(values: Codes) -> Codes:
    """Spread 64-bit values evenly over all bits (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * _MIX_1
    values = (values ^ (values >> np.uint64(27))) * _MIX_2
    return values ^ (values >> np.uint64(31))


def characters(texts: pa.Array) -> Characters:
    """Lay texts out as characters; a null text has none.

    Args:
        texts: string array; what exceeds `MAX_CHARACTERS` in a text is left out.
    """
    filled = pc.fill_null(texts, "")
    longest = pc.max(pc.utf8_length(filled)).as_py()
    if longest is not None and longest > MAX_CHARACTERS:
        filled = pc.utf8_slice_codeunits(filled, 0, MAX_CHARACTERS)
    starts = np.zeros(len(filled) + 1, dtype=np.int64)
    np.cumsum(pc.utf8_length(filled).to_numpy(zero_copy_only=False), out=starts[1:])
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, len(filled)], pa.int32()), filled), "")[0].as_py()
    codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    return Characters(codes, starts)
