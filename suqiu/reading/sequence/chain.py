"""A linear chain over tags: how well tags follow each other, and which sequence of them is best.

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
        at_once: how many at most.
    """
    lengths = np.diff(bounds)
    texts = np.arange(len(lengths)) if texts is None else texts
    texts = texts[lengths[texts] > 0]
    texts = texts[np.argsort(lengths[texts], kind="stable")]
    for begin in range(0, len(texts), at_once):
        chosen = texts[begin : begin + at_once]
        sizes = lengths[chosen]
        steps = np.arange(int(sizes[-1]))
        places = bounds[chosen][:, None] + steps
        yield Padded(np.where(steps < sizes[:, None], places, -1), sizes)


def best(chain: Chain, scores: Scores, padding: Padded) -> Tags:
    """Return the best tags, texts × longest (Viterbi); what follows a text's end means nothing.

    Args:
        chain: with what cannot be ruled out.
        scores: texts × longest × tags.
        padding: where texts end.
    """
    texts, longest, tags = scores.shape
    there = padding.there
    reached = np.empty((longest, texts, tags), dtype=np.float32)
    reached[0] = scores[:, 0] + chain.first
    # Outside and beginnings may follow everything; what goes on follows two tags only.
    open_ = np.append(0, np.arange(1, tags, 2))
    into_open = np.ascontiguousarray(chain.after[:, open_])
    begun, going = np.diagonal(chain.after, 1)[1::2], np.diagonal(chain.after)[2::2]
    for step in range(1, longest):
        on = int(np.searchsorted(padding.lengths, step, side="right"))  # texts before are over: sorted by length
        reached[step, :on] = reached[step - 1, :on]
        then, now = reached[step - 1, on:], reached[step, on:]
        now[:, open_] = (then[:, :, None] + into_open).max(axis=1)
        now[:, 2::2] = np.maximum(then[:, 1::2] + begun, then[:, 2::2] + going)
        now += scores[on:, step]
    found = np.zeros((texts, longest), dtype=np.int16)
    found[:, -1] = reached[-1].argmax(axis=1)
    into = np.ascontiguousarray(chain.after.T)
    for step in range(longest - 2, -1, -1):
        came = (reached[step] + into[found[:, step + 1]]).argmax(axis=1)
        found[:, step] = np.where(there[:, step + 1], came, found[:, step + 1])
    return found


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

    def follow(self, then: Tags, now: Tags) -> Shares:
        """Return at each piece but a text's first the share of one tag, given another at the piece before.

        Source: the posterior of a chain is itself a Markov chain, so the share of a whole span is the share of its
        beginning times the shares of its steps.

        Args:
            then: texts × (longest - 1), the tag before.
            now: the same size, the tag asked for.
        """
        rows, steps = np.ogrid[: then.shape[0], : then.shape[1]]
        onward = self.here[rows, steps + 1, now] * self.ahead[rows, steps + 1, now] / self.scale[:, 1:]
        return np.asarray(self.raised[then, now] * onward / np.maximum(self.ahead[rows, steps, then], _TINY))


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
