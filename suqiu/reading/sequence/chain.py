"""A linear chain over tags: how well tags follow each other, and how probable they are.

Source: J. Lafferty, A. McCallum, F. Pereira, Conditional random fields, ICML 2001.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]
Shares = npt.NDArray[np.float64]
Tags = npt.NDArray[np.int16]
Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: Score of what cannot be: an inside without its beginning.
IMPOSSIBLE = -1e4
#: Texts worked on at once: so many stay in the processor's cache.
_TEXTS = 512
#: Pieces of them, counted as if all texts were as long as the longest, at most: memory stays bounded with long texts.
_PIECES = 1 << 16
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Chain:
    """Scores of tags after each other; tag 0 is outside, 2k + 1 begins kind k, 2k + 2 goes on with it.

    Attributes:
        first: score of each tag at the first piece of a text.
        after: score of each tag (column) after each tag (row).
    """

    first: Scores
    after: Scores

    def possible(self) -> Chain:
        """Return the chain with what cannot be ruled out: a kind goes on only where it began."""
        first, after = self.first.copy(), self.after.copy()
        tags = np.arange(len(first))
        inside = (tags > 0) & (tags % 2 == 0)
        first[inside] = IMPOSSIBLE
        goes_on = (tags[None, :] == tags[:, None]) | (tags[None, :] == tags[:, None] + 1)
        after[inside[None, :] & ~goes_on] = IMPOSSIBLE
        return Chain(first, after)


@dataclass(frozen=True, slots=True)
class Padded:
    """Some texts side by side, sorted so that those of like length stand together.

    Attributes:
        places: texts × longest; the number of each piece, -1 where the text is over.
        lengths: pieces of each text.
    """

    places: Indices
    lengths: Indices

    @property
    def there(self) -> Flags:
        """Texts × longest; whether there is a piece."""
        return np.asarray(self.places >= 0)

    def spread(self, values: Scores) -> Scores:
        """Return the values of pieces (pieces × tags) as texts × longest × tags, nought where a text is over."""
        spread = values[self.places]
        spread[self.places < 0] = 0
        return spread


def padded(bounds: Indices, texts: Indices | None = None, at_once: int = _TEXTS) -> Iterator[Padded]:
    """Lay out the texts that have pieces, those of like length together.

    Args:
        bounds: where each text's pieces begin, and where the last one's end.
        texts: which texts; all of them when None.
        at_once: how many at most; fewer where they are long, but for one that is longer still by itself.
    """
    lengths = np.diff(bounds)
    texts = np.arange(len(lengths)) if texts is None else texts
    texts = texts[lengths[texts] > 0]
    texts = texts[np.argsort(lengths[texts], kind="stable")]
    begin = 0
    while begin < len(texts):
        count = min(at_once, len(texts) - begin)
        while count > 1 and count * lengths[texts[begin + count - 1]] > _PIECES:
            count //= 2
        chosen = texts[begin : begin + count]
        begin += count
        sizes = lengths[chosen]
        steps = np.arange(int(sizes[-1]))
        places = bounds[chosen][:, None] + steps
        yield Padded(np.where(steps < sizes[:, None], places, -1), sizes)


@dataclass(frozen=True, slots=True)
class Posterior:
    """How probable tags are, given a text, as scaled messages of the forward-backward algorithm.

    Attributes:
        before: texts × longest × tags; share of each tag given the pieces up to here.
        ahead: the same size; what the pieces that follow add, so that before · ahead is the marginal share.
        here: the same size; e to the score, scaled.
        scale: texts × longest; by what `before` was divided to sum to 1.
        raised: tags × tags; e to the score of one after the other.
        log_total: for each text the logarithm of the sum over all sequences of e to their score.
    """

    before: Shares
    ahead: Shares
    here: Shares
    scale: Shares
    raised: Shares
    log_total: Shares

    def marginals(self) -> Shares:
        """Return the share of each tag at each piece, texts × longest × tags."""
        return self.before * self.ahead

    def pairs(self, there: Flags) -> Shares:
        """Return the expected number of times that each tag follows each, over all texts."""
        forward = self.before[:, :-1] * there[:, 1:, None]
        onward = (self.here * self.ahead / self.scale[..., None])[:, 1:]
        tags = self.raised.shape[0]
        return np.asarray((forward.reshape(-1, tags).T @ onward.reshape(-1, tags)) * self.raised)


def posterior(chain: Chain, scores: Scores, padding: Padded) -> Posterior:
    """Run forward-backward over texts × longest × tags, with each step scaled to sum to 1."""
    texts, longest, tags = scores.shape
    there = padding.there
    raised = np.exp(np.maximum(chain.after.astype(np.float64), -700))
    raised[chain.after <= IMPOSSIBLE / 2] = 0
    top = scores.max(axis=2)
    here = np.exp((scores - top[..., None]).astype(np.float64))
    before, ahead = np.empty((texts, longest, tags)), np.ones((texts, longest, tags))
    scale = np.ones((texts, longest))
    begun = np.exp(np.maximum(chain.first.astype(np.float64), -700)) * (chain.first > IMPOSSIBLE / 2)
    for step in range(longest):
        came = (before[:, step - 1] @ raised if step else begun) * here[:, step]
        total = np.maximum(came.sum(axis=1), _TINY)
        came /= total[:, None]
        if step:
            over = ~there[:, step]
            came[over], total[over] = before[over, step - 1], 1
        before[:, step], scale[:, step] = came, total
    for step in range(longest - 2, -1, -1):
        onward = (here[:, step + 1] * ahead[:, step + 1] / scale[:, step + 1, None]) @ raised.T
        ahead[:, step] = np.where(there[:, step + 1, None], onward, 1)
    log_total = (np.log(scale) + np.where(there, top, 0)).sum(axis=1)
    return Posterior(before, ahead, here, scale, raised, log_total)
