"""Which spans to state, given how probable every span of a text is.

The best sequence of tags is not the best list of spans: where a text can be read in several ways, each of them
improbable, it states one all the same. Here a span is stated for what it is worth by itself.

Source of the rule: Z. Lipton, C. Elkan, B. Naryanaswamy, Optimal thresholding of classifiers to maximize F1 measure,
ECML PKDD 2014.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from suqiu.reading.sequence.chain import Chain, Indices, Padded, Posterior, Scores, Shares, Tags, posterior

#: A span is stated when it is at least so probable: half the F1 that is reached is the share that gives the highest F1,
#: and taggers of this kind reach about 0.9.
LEAST = 0.45
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class _Found:
    """Spans that are probable enough, each by itself.

    Attributes:
        texts: row of each in the padding.
        starts: first piece.
        ends: piece after the last one.
        kinds: number of the kind.
        shares: how probable just this span with this kind is.
    """

    texts: Indices
    starts: Indices
    ends: Indices
    kinds: Indices
    shares: Shares


def likely(chain: Chain, scores: Scores, padding: Padded, least: float = LEAST) -> tuple[Tags, Shares]:
    """Return tags, texts × longest, and at the beginning of each span how probable just this span with this kind is.

    Of all lists of spans that do not overlap it is the one with the greatest sum of shares above `least`.

    Args:
        chain: with what cannot be ruled out.
        scores: texts × longest × tags.
        padding: where texts end.
        least: share that a span must exceed, above 0 and below 1.
    """
    found = _probable(posterior(chain, scores, padding), padding, least)
    tags, shares = np.zeros(padding.places.shape, dtype=np.int16), np.zeros(padding.places.shape)
    chosen = _apart(found, padding, least)
    texts, starts, kinds = found.texts[chosen], found.starts[chosen], found.kinds[chosen]
    shares[texts, starts] = found.shares[chosen]
    sizes = found.ends[chosen] - starts
    inside = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    tags[np.repeat(texts, sizes), np.repeat(starts, sizes) + inside] = np.repeat(2 * kinds + 2, sizes)
    tags[texts, starts] = 2 * kinds + 1
    return tags, shares


def _probable(found: Posterior, padding: Padded, least: float) -> _Found:
    """Return the spans that are more probable than `least`.

    The share of a span is that of its beginning, times the share of each step inside, times that of not going on after
    its end; so what has fallen to `least` on its way needs no further look.
    """
    begun = found.before[:, :, 1::2] * found.ahead[:, :, 1::2] * padding.there[:, :, None]
    texts, starts, kinds = np.nonzero(begun > least)
    share, at, tags = begun[texts, starts, kinds], starts, 2 * kinds + 1
    listed = []
    while len(texts):
        going = _going(found, padding, texts, at, tags, 2 * kinds + 2)
        ending = share * (1 - going)
        out = ending > least
        listed.append((texts[out], starts[out], at[out] + 1, kinds[out], ending[out]))
        share = share * going
        on = share > least
        texts, starts, kinds, share, at = texts[on], starts[on], kinds[on], share[on], at[on] + 1
        tags = 2 * kinds + 2
    if not listed:
        none = np.zeros(0, dtype=np.int64)
        return _Found(none, none, none, none, np.zeros(0))
    columns = [np.concatenate(parts) for parts in zip(*listed, strict=True)]
    order = np.lexsort((columns[1], columns[2], columns[0]))
    return _Found(*(column[order] for column in columns))


def _going(found: Posterior, padding: Padded, texts: Indices, at: Indices, tags: Indices, onward: Indices) -> Shares:
    """Return the share of `onward` at the next piece, given `tags` at this one; nought at the end of a text.

    The posterior of a chain is itself a Markov chain, so the share of a whole span is a product of such steps.
    """
    last = at + 1 >= padding.lengths[texts]
    then = np.where(last, at, at + 1)
    gained = found.here[texts, then, onward] * found.ahead[texts, then, onward] / found.scale[texts, then]
    share = found.raised[tags, onward] * gained / np.maximum(found.ahead[texts, at, tags], _TINY)
    return np.where(last, 0, np.clip(share, 0, 1))


def _apart(found: _Found, padding: Padded, least: float) -> npt.NDArray[np.bool_]:
    """Choose among spans sorted by text and end those that do not overlap and together are worth most."""
    texts, longest = padding.places.shape
    # Spans that end at the same piece exclude each other, so few of them can be above `least`.
    ending = found.texts * (longest + 1) + found.ends
    slot = np.arange(len(ending)) - np.searchsorted(ending, ending)
    slots = int(slot.max(initial=-1)) + 1
    which = np.full((slots, longest + 1, texts), -1, dtype=np.int64)
    which[slot, found.ends, found.texts] = np.arange(len(ending))
    worth = np.append(found.shares - least, -1.0)
    starts = np.append(found.starts, 0)
    reached = np.zeros((longest + 1, texts))
    taken = np.full((longest + 1, texts), -1, dtype=np.int64)
    rows = np.arange(texts)
    for end in range(1, longest + 1):
        reached[end] = reached[end - 1]
        for span in which[:, end]:
            sum_ = reached[starts[span], rows] + worth[span]
            better = (span >= 0) & (sum_ > reached[end])
            reached[end] = np.where(better, sum_, reached[end])
            taken[end] = np.where(better, span, taken[end])
    chosen = np.zeros(len(ending) + 1, dtype=np.bool_)
    at = np.full(texts, longest)
    for end in range(longest, 0, -1):
        span = np.where(at == end, taken[end], -1)
        chosen[span] = True
        at = np.where(span >= 0, starts[span], np.minimum(at, end - 1))
    return chosen[:-1]
