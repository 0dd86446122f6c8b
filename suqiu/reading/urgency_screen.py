"""Which of many regular expressions may match a text at all, told from single characters and pairs of them.

Every match of `着火|冒.{0,2}烟` holds 着火, or 烟. One pass over the characters of a batch looks up what
each pattern needs and leaves, for most texts, nothing to be searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from suqiu.reading.characters import Characters, characters
from suqiu.reading.tree import Numbers

Bits = npt.NDArray[np.uint64]

#: One escape, class, repetition, group opening or character of a regular expression.
_PIECE = re.compile(r"\\x\{\w+\}|\\p\{\w+\}|\\.|\[(?:\\.|[^\]])*\]|\{\d+(?:,\d*)?\}|\(\?:|\(\?\w+\)|.", re.DOTALL)
#: More strings than these are not written out.
_MOST = 400
#: A lone character is found this many times as often as a pair.
_LONE = 40
#: Pairs that nearly every order holds, whatever it is about.
_COMMON = frozenset(("来电", "问题", "市民", "反映"))
_PAIR_BITS = 16
_WORD = 64


class Screen:
    """For each pattern, what a text must hold to match it."""

    def __init__(self, patterns: Sequence[str]) -> None:
        told = [needs(pattern) for pattern in patterns]
        self._needs = [_Table([one[:1] for one in told]), _Table([one[1:] for one in told])]

    def likely(self, laid_out: Characters) -> Bits:
        """Return, for each text, the patterns that may match it.

        Returns:
            One row of 64-bit words for each text; bit b of word w stands for pattern 64 w + b.
        """
        first, second = (table.held(laid_out) for table in self._needs)
        return first & second


class _Table:
    """One need of each pattern, looked up by character and by pair; a pattern without one is always held."""

    def __init__(self, told: Sequence[tuple[frozenset[str], ...]]) -> None:
        self._words = -(-len(told) // _WORD)
        self._pairs = np.zeros((self._words, 1 << _PAIR_BITS), dtype=np.uint64)
        self._lone = np.zeros((self._words, 1 << 16), dtype=np.uint64)
        self._always = np.zeros(self._words, dtype=np.uint64)
        for number, needed in enumerate(told):
            word, bit = number // _WORD, np.uint64(1) << np.uint64(number % _WORD)
            if not needed:
                self._always[word] |= bit
                continue
            lone = np.array([ord(one) for one in needed[0] if len(one) == 1], dtype=np.int64)
            self._lone[word, np.minimum(lone, 0xFFFF)] |= bit
            pairs = characters(pa.array([one for one in needed[0] if len(one) > 1], pa.string()))
            self._pairs[word, _short(pairs)[pairs.starts[:-1]]] |= bit

    def held(self, laid_out: Characters) -> Bits:
        found = np.tile(self._always, (len(laid_out.starts) - 1, 1))
        filled = np.flatnonzero(np.diff(laid_out.starts))
        if len(filled):
            codes = np.minimum(laid_out.codes, 0xFFFF).astype(np.int64)
            pairs = _short(laid_out)
            for word in range(self._words):
                held = self._lone[word][codes] | self._pairs[word][pairs]
                found[filled, word] |= np.bitwise_or.reduceat(held, laid_out.starts[filled])
        return found


def bits_of(patterns: Iterable[int], of: int) -> Bits:
    """Return the words in which some of so many patterns are set."""
    words = np.zeros(-(-of // _WORD), dtype=np.uint64)
    for number in patterns:
        words[number // _WORD] |= np.uint64(1) << np.uint64(number % _WORD)
    return words


def rows_of(likely: Bits, pattern: int) -> Numbers:
    """Return the texts that a pattern may match."""
    return np.flatnonzero(likely[:, pattern // _WORD] & (np.uint64(1) << np.uint64(pattern % _WORD)))


def needs(pattern: str) -> tuple[frozenset[str], ...]:
    """Return up to two sets of characters and pairs: every match holds at least one of each set."""
    return _Reader(pattern).alternatives()[1]


_Strings = frozenset[str] | None
_Needs = tuple[frozenset[str], ...]


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pieces = _PIECE.findall(pattern)
        self._at = 0

    def alternatives(self) -> tuple[_Strings, _Needs]:
        """Read up to the end of the group; return all it can match, where that is known, and what it needs."""
        whole: _Strings = frozenset()
        firsts: list[frozenset[str]] = []
        seconds: list[frozenset[str]] = []
        known = True
        while True:
            one, need = self._sequence()
            whole = whole | one if whole is not None and one is not None and len(whole) + len(one) <= _MOST else None
            known = known and bool(need)
            firsts += need[:1]
            seconds += need[-1:]
            if self._at == len(self._pieces) or self._next() == ")":
                both = (frozenset().union(*firsts), frozenset().union(*seconds))
                return whole, (both if known else ())

    def _sequence(self) -> tuple[_Strings, _Needs]:
        run: frozenset[str] = frozenset([""])
        told: list[frozenset[str]] = []
        known = True
        for strings, need in self._atoms():
            if strings is not None and len(strings) * len(run) <= _MOST:
                run = frozenset("".join(pair) for pair in product(run, strings))
                continue
            known = False
            told += [_shortest(run), *need]
            run = frozenset([""])
        told.append(_shortest(run))
        best = sorted((strings for strings in told if "" not in strings), key=_cost)[:2]
        return (run if known else None), tuple(best)

    def _atoms(self) -> Iterator[tuple[_Strings, _Needs]]:
        while self._at < len(self._pieces) and self._pieces[self._at] not in ("|", ")"):
            piece = self._next()
            strings, need = self.alternatives() if piece in ("(", "(?:") else _single(piece)
            if self._at < len(self._pieces) and self._pieces[self._at][0] in "?*{+":
                repeat = self._next()
                if repeat == "?":
                    strings, need = (None if strings is None else strings | {""}), ()
                else:
                    strings, need = None, need if repeat == "+" or repeat[1:2] not in ("0", "") else ()
            yield strings, need

    def _next(self) -> str:
        self._at += 1
        return str(self._pieces[self._at - 1])


def _single(piece: str) -> tuple[_Strings, _Needs]:
    """Return what one piece without its repetition matches."""
    if piece in ("^", "$") or piece.startswith("(?"):
        return frozenset([""]), ()
    if piece == "." or piece.startswith("\\"):
        return None, ()
    if piece.startswith("["):
        inner = piece[1:-1]
        if inner.startswith("^") or "\\" in inner or "-" in inner:
            return None, ()
        return frozenset(inner), (frozenset(inner),)
    return frozenset([piece]), (frozenset([piece]),)


def _shortest(strings: frozenset[str]) -> frozenset[str]:
    """Return for each string its last pair that is not common, or the character it is."""
    return frozenset(_telling(string) for string in strings)


def _telling(string: str) -> str:
    pairs = [string[at : at + 2] for at in range(len(string) - 1)]
    return next((pair for pair in reversed(pairs) if pair not in _COMMON), string[-2:])


def _cost(strings: frozenset[str]) -> int:
    return sum(_LONE if len(string) == 1 or string in _COMMON else 1 for string in strings)


def _short(laid_out: Characters) -> Numbers:
    return np.asarray(laid_out.hashes(2) >> np.uint64(64 - _PAIR_BITS), dtype=np.int64)
