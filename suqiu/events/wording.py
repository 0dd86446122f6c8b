"""How a text is compared: normalised, cut into character triples, and sketched, a batch at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

#: What an agent writes before the matter itself, and courtesy after it: neither tells two matters apart.
_OPENING = (
    r"^\s*(市民|来电人|群众|网民|网友|居民|业主|诉求人)?(再次|多次)?(来电|来信|留言|致电)?"
    r"(反映|咨询|求助|投诉|举报|建议|表示|称|反馈)\s*[:：,，、]"
)
_CLOSING = r"((非常|十分)?(谢谢|感谢)(您|你们|大家)?|辛苦了)[\s!！。.~～]*$"
#: Redaction tokens stay as they are; all else that is neither letter nor digit goes.
_NOISE = r"[^\p{L}\p{N}\[\]]+"

#: Hash functions of a sketch: 16 bands of 3 bring up 88 % of the pairs that share half of their triples,
#: and 99 % of those that share two thirds (1 - (1 - s^3)^16).
BANDS, ROWS = 16, 3
#: Buckets of the document frequencies, a power of two.
BUCKETS = 1 << 20
_U64 = np.uint64


def _odd_numbers(count: int, seed: int) -> npt.NDArray[np.uint64]:
    """Fixed odd multipliers: the same on every machine and in every run."""
    return np.random.Generator(np.random.PCG64(seed)).integers(0, 1 << 63, count, dtype=_U64) * _U64(2) + _U64(1)


_STIR = _odd_numbers(BANDS * ROWS, 12345)
_TRIPLE = _odd_numbers(3, 54321)
_POWER = _odd_numbers(1, 777)[0]
_INVERSE = _U64(pow(int(_POWER), -1, 1 << 64))


def normalise(texts: pa.Array) -> pa.Array:
    """Return the texts as they are compared: no case, width, punctuation, opening or courtesy."""
    plain = pc.utf8_lower(pc.utf8_normalize(texts.cast(pa.string()), "NFKC"))
    plain = pc.replace_substring_regex(plain, _OPENING, "")
    plain = pc.replace_substring_regex(plain, _CLOSING, "")
    return pc.replace_substring_regex(plain, _NOISE, "")


@dataclass(frozen=True)
class Shingles:
    """The character triples of a batch of texts, one after another.

    Attributes:
        hashes: hash of every triple, in text order; a text of one or two characters has one.
        starts: where each text's triples begin; one more entry ends the last text.
        lengths: characters of each normalised text.
        digests: 64-bit hash of each whole text; equal texts have equal digests.
    """

    hashes: npt.NDArray[np.uint64]
    starts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    digests: npt.NDArray[np.uint64]

    def sketch(self) -> npt.NDArray[np.uint32]:
        """Return the MinHash sketch, shape (texts, BANDS), one number a band.

        Source: A. Broder, On the resemblance and containment of documents (1997), with banding.
        """
        begins = self.starts[:-1]
        bands = np.empty((len(begins), BANDS), np.uint32)
        for band in range(BANDS):
            joined = np.zeros(len(begins), _U64)
            for row in range(ROWS):
                # High bits of an odd multiple are well mixed; 32 of them suffice to compare.
                stirred = (self.hashes * _STIR[band * ROWS + row]) >> _U64(32)
                joined = (joined ^ np.minimum.reduceat(stirred, begins)) * _POWER
            bands[:, band] = (joined >> _U64(32)).astype(np.uint32)
        return bands

    def buckets(self) -> npt.NDArray[np.int64]:
        """Return the bucket of every triple, for document frequencies and comparison."""
        return (self.hashes >> _U64(44)).astype(np.int64)


def shingles(normalised: pa.Array) -> Shingles:
    """Cut normalised texts into character triples.

    An empty text counts as one of a single blank, so that every text has a triple.
    """
    filled = pc.if_else(pc.equal(pc.utf8_length(normalised), 0), " ", normalised)
    lengths = pc.utf8_length(filled).to_numpy(zero_copy_only=False).astype(np.int64)
    joined = "".join(filled.to_pylist())
    points = np.frombuffer(joined.encode("utf-32-le"), np.uint32).astype(_U64)
    ends = np.cumsum(lengths)
    begins = ends - lengths
    # Triples that run over the end of a text are dropped; a text too short for one keeps its first.
    padded = np.concatenate([points, np.zeros(2, _U64)])
    hashes = (padded[:-2] + _U64(1)) * _TRIPLE[0] + padded[1:-1] * _TRIPLE[1] + padded[2:] * _TRIPLE[2]
    hashes ^= hashes >> _U64(29)
    hashes *= _TRIPLE[0]
    text_of = np.repeat(np.arange(len(lengths)), lengths)
    place = np.arange(len(points)) - begins[text_of]
    whole = place + 3 <= lengths[text_of]
    short = lengths < 3
    whole[begins[short]] = True
    hashes[begins[short]] = points[begins[short]] * _TRIPLE[1]
    counts = np.where(short, 1, lengths - 2)
    starts = np.concatenate([[0], np.cumsum(counts)])
    return Shingles(hashes[whole], starts, lengths, _digests(points, begins))


def _digests(points: npt.NDArray[np.uint64], begins: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Hash each run of code points as a polynomial modulo 2^64 with an odd base."""
    powers = np.cumprod(np.full(len(points), _POWER, _U64))
    sums = np.add.reduceat((points * _TRIPLE[2] + _U64(1)) * powers, begins)
    back = np.cumprod(np.full(len(points), _INVERSE, _U64))
    digests = (sums * back[begins]).astype(_U64)
    digests ^= digests >> _U64(31)
    return np.asarray(digests * _TRIPLE[1], _U64)
