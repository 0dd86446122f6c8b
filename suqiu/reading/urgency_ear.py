"""A second ear for emergencies that are only hinted at: a linear model of characters, taught with invented sayings.

Cues name words. "我把存折都放桌上了，以后你们别找我" has none of them, yet sounds like others that were invented
for the simulator. The model scores every sentence by its single characters, pairs and triples; the
highest sentence decides, so that a long text around it hides nothing. It hears the manner of upset speech as much
as its matter, so its threshold is high and it never says more than urgent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from io import BytesIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.optimize import minimize
from scipy.sparse import csr_array

from suqiu.reading.characters import Characters, characters
from suqiu.reading.tree import Numbers

Weights = npt.NDArray[np.float32]

_BITS = 13
_LENGTHS = (1, 2, 3)
_ENDS = tuple(map(ord, "。；！？\n;!?"))
#: How strongly large weights are held back, and how much more a calm saying counts than an urgent one.
_RESTRAINT, _CALM = 0.02, 1.5


@dataclass(frozen=True, slots=True)
class Ear:
    """A taught model.

    Attributes:
        kinds_: ids of the cues that it can tell.
        weights: one row for each kind and a last one for calm, one column for each feature and a last one that is
            always there.
        threshold: the least log odds of urgent against calm that are reported.
    """

    kinds_: tuple[str, ...]
    weights: Weights
    threshold: float

    @property
    def version(self) -> str:
        """A name that changes with the model."""
        return sha256(self.weights.tobytes() + repr((self.kinds_, self.threshold)).encode()).hexdigest()[:12]

    def odds(self, texts: pa.Array) -> tuple[npt.NDArray[np.float64], Numbers]:
        """Return the log odds that the most urgent sentence of each text is urgent, and the likeliest kind."""
        features, rows = _features(characters(texts))
        scores = features @ self.weights.T.astype(np.float64)
        urgent = scores[:, :-1]
        top = urgent.max(axis=1, initial=-np.inf)
        odds = top + np.log(np.exp(urgent - top[:, None]).sum(axis=1)) - scores[:, -1]
        highest = np.full(len(texts), -np.inf)
        np.maximum.at(highest, rows, odds)
        kinds = np.zeros(len(texts), dtype=np.int64)
        best = odds == highest[rows]
        kinds[rows[best]] = urgent[best].argmax(axis=1)
        return highest, kinds

    def kinds(self, texts: pa.Array) -> pa.Array:
        """Return the kind of emergency that each text sounds like, null where it sounds calm.

        Args:
            texts: string array without nulls.
        """
        odds, kinds = self.odds(texts)
        heard = pa.array(self.kinds_, pa.string()).take(pa.array(kinds, mask=odds < self.threshold))
        return heard


def teach(texts: Sequence[str], kinds: Sequence[str | None], threshold: float) -> Ear:
    """Teach an ear with sayings, each a sentence; None is the kind of a calm one."""
    features, rows = _features(characters(pa.array(texts, pa.string())))
    names = tuple(sorted({kind for kind in kinds if kind is not None}))
    number = {kind: place for place, kind in enumerate(names)} | {None: len(names)}
    labels = np.array([number[kinds[row]] for row in rows])
    weight = np.where(labels == len(names), _CALM, 1.0)
    weight /= weight.sum()
    shape = (len(names) + 1, features.shape[1])
    here = np.arange(len(labels))

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        table = flat.reshape(shape)
        scores = features @ table.T
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        shares /= shares.sum(axis=1, keepdims=True)
        cost = -float(weight @ np.log(shares[here, labels] + 1e-12))
        shares[here, labels] -= 1
        slope = (features.T @ (shares * weight[:, None])).T
        held = _RESTRAINT / len(labels)
        return cost + held / 2 * float(flat @ flat), (slope + held * table).ravel()

    fitted = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 120})
    return Ear(names, fitted.x.reshape(shape).astype(np.float32), threshold)


def written(ear: Ear) -> bytes:
    """Return a model as the bytes of a file."""
    file = BytesIO()
    np.savez_compressed(file, kinds=np.array(ear.kinds_), weights=ear.weights.astype(np.float16), at=ear.threshold)
    return file.getvalue()


def shipped_ear() -> Ear:
    """Read the model that comes with the package."""
    content = files("suqiu.reading").joinpath("urgency_ear.npz").read_bytes()
    with np.load(BytesIO(content), allow_pickle=False) as held:
        return Ear(tuple(held["kinds"].tolist()), held["weights"].astype(np.float32), float(held["at"]))


def _features(laid_out: Characters) -> tuple[csr_array, Numbers]:
    """Return the features of every sentence, each row of length one, and the text each sentence is in."""
    codes = laid_out.codes
    end = np.isin(codes, _ENDS)
    starts = np.union1d(np.flatnonzero(end) + 1, laid_out.starts[:-1])
    starts = starts[starts < len(codes)]
    lengths = np.diff(np.append(starts, len(codes)))
    sentence = np.repeat(np.arange(len(starts)), lengths)
    room = np.repeat(starts + lengths, lengths) - np.arange(len(codes))
    rows, columns = [], []
    for length in _LENGTHS:
        at = np.flatnonzero((room >= length) & ~end)
        rows.append(sentence[at])
        columns.append((laid_out.hashes(length)[at] >> np.uint64(64 - _BITS)).astype(np.int64))
    table = csr_array(
        (np.ones(sum(map(len, rows))), (np.concatenate(rows), np.concatenate(columns))),
        shape=(len(starts), (1 << _BITS) + 1),
    )
    table.data[:] = 1.0
    size = np.sqrt(np.maximum(np.bincount(np.concatenate(rows), minlength=len(starts)), 1))
    table = csr_array(table.multiply(1 / size[:, None]) * 1.0)
    always = csr_array((np.ones(len(starts)), (np.arange(len(starts)), np.full(len(starts), 1 << _BITS))), table.shape)
    owner = np.searchsorted(laid_out.starts, starts, side="right") - 1
    return csr_array(table + always), np.asarray(owner, dtype=np.int64)
