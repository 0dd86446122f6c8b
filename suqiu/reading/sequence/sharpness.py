"""How far scores can be believed: by what to multiply them so that what they hold for probable is as often right.

Source: C. Guo, G. Pleiss, Y. Sun, K. Weinberger, On calibration of modern neural networks, ICML 2017.
"""

from __future__ import annotations

import numpy as np

from suqiu.reading.sequence.chain import IMPOSSIBLE, Chain, Indices, Padded, Scores, Shares, Tags, padded, posterior

#: Tried one after the other; encoders are too sure of themselves, so most of them are below 1.
_TRIED = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9, 1.0, 1.15, 1.3)


def sharpest(chain: Chain, scores: Scores, bounds: Indices, tags: Tags) -> float:
    """Return the factor with which the tags of texts are most probable.

    Args:
        chain: with what cannot be ruled out.
        scores: pieces × tags, of texts that they were not learned from.
        bounds: where each text's pieces begin, and where the last one's end.
        tags: of each piece; a text with tags that cannot follow each other is left out.
    """
    losses = np.zeros(len(_TRIED))
    for padding in padded(bounds):
        spread = padding.spread(scores)
        stated = np.where(padding.there, tags[padding.places], 0)
        for number, factor in enumerate(_TRIED):
            scaled = eased_by(spread, factor)
            links = Chain(eased_by(chain.first, factor), eased_by(chain.after, factor)).possible()
            own = _own(links, scaled, padding, stated)
            lost = posterior(links, scaled, padding).log_total - own
            losses[number] += lost[own > IMPOSSIBLE / 2].sum()
    return _TRIED[int(losses.argmin())]


def eased_by(scores: Scores, factor: float) -> Scores:
    """Return scores multiplied by a factor."""
    return np.asarray(np.float32(factor) * scores, dtype=np.float32)


def _own(chain: Chain, scores: Scores, padding: Padded, tags: Tags) -> Shares:
    """Return the score of each text's own tags."""
    there = padding.there
    here = np.take_along_axis(scores, tags[:, :, None].astype(np.int64), axis=2)[:, :, 0]
    steps = chain.after[tags[:, :-1], tags[:, 1:]]
    total = (here * there).sum(axis=1) + chain.first[tags[:, 0]] + (steps * there[:, 1:]).sum(axis=1)
    return np.asarray(total, dtype=np.float64)
