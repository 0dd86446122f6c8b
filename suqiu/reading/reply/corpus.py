"""What demands and replies have in common with each other and with the rest, in bounded memory.

Content is compared by single and paired characters, weighted by how rare they are; phrases are counted by their
hashes. Nothing of a text can be read back from either.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from suqiu.reading.characters import STEP, characters, mixed

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Hashes = npt.NDArray[np.uint64]

#: Pairs of characters are told apart by this many bits: common ones number some tens of thousands.
_PIECE_BITS = 18
#: Counters of phrases: two tables of 2^20, and the smaller of two counts is taken (a count-min sketch:
#: Cormode and Muthukrishnan, Journal of Algorithms 55, 2005). Counts are never too small.
_PHRASE_BITS = 20


@dataclass(frozen=True, slots=True)
class Pieces:
    """The distinct content pieces of many texts.

    Attributes:
        keys: row · 2^18 + piece, ascending, each once.
        texts: how many there are.
    """

    keys: Numbers
    texts: int

    @property
    def rows(self) -> Numbers:
        """The text of each piece."""
        return self.keys >> _PIECE_BITS

    @property
    def pieces(self) -> Numbers:
        """Which piece each is, 0 to 2^18 - 1."""
        return self.keys & ((1 << _PIECE_BITS) - 1)

    def with_rows(self, rows: Numbers) -> Numbers:
        """Return the keys that these pieces would have in texts numbered otherwise; not sorted."""
        return np.asarray((rows[self.rows] << _PIECE_BITS) | self.pieces, dtype=np.int64)


def pieces_of(
    texts: pa.Array, rows: Numbers | None = None, count: int | None = None, *, singles: bool = True
) -> Pieces:
    """Return the letters and pairs of neighbouring letters that texts are made of; digits and signs are none.

    Args:
        texts: string array.
        rows: which text each belongs to, where one text comes in several; its own number when None.
        count: how many texts there are then.
        singles: whether single letters count too.
    """
    laid_out = characters(texts)
    owners = laid_out.rows() if rows is None else np.repeat(rows, np.diff(laid_out.starts))
    letter = _is_letter(laid_out.codes)
    single = np.flatnonzero(letter) if singles else np.zeros(0, dtype=np.int64)
    pair = letter.copy()
    pair[:-1] &= letter[1:] & (owners[1:] == owners[:-1])
    ends = laid_out.starts[1:] - 1
    pair[ends[ends >= 0]] = False
    double = np.flatnonzero(pair)
    hashes = np.concatenate([mixed(laid_out.codes[single] * STEP), laid_out.hashes(2, double)])
    keys = np.concatenate([owners[single], owners[double]]) << _PIECE_BITS
    keys |= (hashes >> np.uint64(64 - _PIECE_BITS)).astype(np.int64)
    keys.sort()
    return Pieces(_distinct(keys), len(texts) if count is None else count)


def phrase_hashes(texts: pa.Array) -> Hashes:
    """Return one 64-bit hash a text, the same for texts that differ in digits, Latin letters and signs only."""
    laid_out = characters(texts)
    kept = laid_out.codes >= 0x3400
    before = np.concatenate([[0], np.cumsum(kept)])
    place = before[:-1] - np.repeat(before[laid_out.starts[:-1]], np.diff(laid_out.starts))
    spread = np.where(kept, mixed(laid_out.codes * STEP + place.astype(np.uint64)), np.uint64(0))
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(spread, dtype=np.uint64)])
    return mixed(sums[laid_out.starts[1:]] - sums[laid_out.starts[:-1]])


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases of replies.

    Attributes:
        rows: the reply of each.
        hashes: from `phrase_hashes`.
    """

    rows: Numbers
    hashes: Hashes


class ReplyCorpus:
    """How common each piece and each phrase is among a city's orders: 25 MB, however many orders.

    A phrase is counted twice over: in how many replies, and to how many different demands. The second is a
    bitmap of 64 for each counter, one bit chosen by the demand's words, so that one answer to many who say the
    same is not taken for a form letter.

    Judging in batches gives the same as judging at once only when all orders were counted beforehand.
    """

    def __init__(self) -> None:
        self.orders = 0
        self._found_in = np.zeros(1 << _PIECE_BITS, dtype=np.int32)
        self._phrases = np.zeros((2, 1 << _PHRASE_BITS), dtype=np.int32)
        self._matters = np.zeros((2, 1 << _PHRASE_BITS), dtype=np.uint64)

    def add(self, demands: Pieces, replies: Pieces, phrases: Phrases) -> None:
        """Count the pieces and phrases of some orders.

        Args:
            demands, replies: of the same orders.
            phrases: of their replies.
        """
        both = np.concatenate([demands.keys, replies.keys])
        both.sort(kind="stable")
        together = _distinct(both) & ((1 << _PIECE_BITS) - 1)
        self._found_in += np.bincount(together, minlength=1 << _PIECE_BITS).astype(np.int32)
        bits = _signatures(demands)[phrases.rows]
        for table, matters, places in zip(self._phrases, self._matters, _places(phrases.hashes), strict=True):
            table += np.bincount(places, minlength=1 << _PHRASE_BITS).astype(np.int32)
            np.bitwise_or.at(matters, places, bits)
        self.orders += demands.texts

    def weights(self) -> Floats:
        """Return the weight of each piece: ln of orders over orders with it; what all have weighs nearly nothing."""
        return np.asarray(np.log((self.orders + 1.0) / (self._found_in + 0.5)).clip(min=0.0))

    def common(self, phrases: Hashes, replies: float, matters: float) -> npt.NDArray[np.bool_]:
        """Say which phrases at least so many replies hold, to at least so many different demands."""
        found = np.ones(len(phrases), dtype=np.bool_)
        for table, bitmap, places in zip(self._phrases, self._matters, _places(phrases), strict=True):
            found &= (table[places] >= replies) & (np.bitwise_count(bitmap[places]) >= matters)
        return found


def weight_of(texts: Pieces, weights: Floats) -> Floats:
    """Return the weight of all pieces of each text."""
    return np.asarray(np.bincount(texts.rows, weights=weights[texts.pieces], minlength=texts.texts), dtype=np.float64)


def shared_weight(texts: Pieces, rows: Numbers, replies: Pieces, weights: Floats) -> Floats:
    """Return the weight of the pieces that each text shares with its reply.

    Args:
        texts: pieces of each.
        rows: the reply of each text.
        replies: pieces of the replies.
        weights: of every piece.
    """
    if not len(replies.keys):
        return np.zeros(texts.texts)
    keys = texts.with_rows(rows)
    at = np.minimum(np.searchsorted(replies.keys, keys), len(replies.keys) - 1)
    held = replies.keys[at] == keys
    found = np.bincount(texts.rows[held], weights=weights[texts.pieces[held]], minlength=texts.texts)
    return np.asarray(found, dtype=np.float64)


def _signatures(demands: Pieces) -> Hashes:
    """Return for each demand one bit of 64, chosen by all its pieces; demands in the same words choose the same."""
    sums = np.zeros(demands.texts, dtype=np.uint64)
    if len(demands.keys):
        rows = demands.rows
        first = np.flatnonzero(np.concatenate([[True], rows[1:] != rows[:-1]]))
        sums[rows[first]] = np.add.reduceat(mixed(demands.pieces.astype(np.uint64) * STEP), first)
    return np.uint64(1) << (mixed(sums) >> np.uint64(58))


def _distinct(keys: Numbers) -> Numbers:
    """Return sorted keys each once; much faster than numpy's own, which hashes."""
    return keys[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(keys) else keys


def _places(phrases: Hashes) -> tuple[Numbers, Numbers]:
    high = (phrases >> np.uint64(64 - _PHRASE_BITS)).astype(np.int64)
    low = (phrases & np.uint64((1 << _PHRASE_BITS) - 1)).astype(np.int64)
    return high, low


def _is_letter(codes: Hashes) -> npt.NDArray[np.bool_]:
    han = (codes >= 0x3400) & (codes < 0xA000)
    latin = ((codes | np.uint64(32)) >= ord("a")) & ((codes | np.uint64(32)) <= ord("z"))
    return np.asarray(han | latin)
