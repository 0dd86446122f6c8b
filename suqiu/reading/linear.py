"""Linear models over sparse vectors, trained by steps small enough for bounded memory."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

Labels = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]

#: Rows a step. Few rows touch few columns, so a step costs little; measured on real orders, 8 to 32 do
#: equally well and more do worse.
_ROWS = 16
#: How far one row alone would be corrected: half of the whole way that squared hinge loss asks for.
_RATE = 0.25
#: Times that every row is seen; small sets are seen more often, so that they too get enough steps.
_ROUNDS, _ROUNDS_AT_MOST, _ROWS_WANTED = 5, 8, 4_000
#: Where fewer entries than one in so many columns are there, weights are taken for each entry instead of all.
_SPARSE = 4


@dataclass(frozen=True, slots=True)
class LinearModel:
    """One score for each class.

    Attributes:
        columns: the columns of the vocabulary that the model uses, ascending.
        weights: one row for each of them, one column a class, float16: finer steps change nothing.
    """

    columns: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float16]

    def scores(self, vectors: sp.csr_matrix) -> Scores:
        """Return one row of scores for each vector: about 1 for the class, about -1 for others."""
        if len(self.columns) < vectors.shape[1]:
            vectors = columns_of(vectors, self.columns)
        used = vectors.indices
        if len(used) < len(self.columns) // _SPARSE:
            # Few rows touch few weights: only those are made wide. The sums are the same, term by term.
            vectors = sp.csr_matrix(
                (vectors.data, np.arange(len(used), dtype=np.int32), vectors.indptr), (vectors.shape[0], len(used))
            )
            return np.asarray(vectors @ self.weights[used].astype(np.float32), dtype=np.float32)
        return np.asarray(vectors @ self.weights.astype(np.float32), dtype=np.float32)


def fit_linear(vectors: sp.csr_matrix, labels: Labels, classes: int) -> LinearModel:
    """Train one-against-the-rest models with squared hinge loss by stochastic gradient descent.

    The step falls linearly to nothing, which does what averaging would. No term holds the weights
    small: few rounds do that. The order of the rows is drawn from a seed made from the data.

    Args:
        vectors: unit vectors, one row an example.
        labels: the class of each row, 0 to classes - 1.
        classes: how many there are.
    """
    columns = np.unique(vectors.indices)
    vectors = columns_of(vectors, columns)
    weights = np.zeros((len(columns), classes), dtype=np.float32)
    rows = vectors.shape[0]
    draw = np.random.default_rng([rows, vectors.nnz, classes, int(labels.sum())])
    rounds = min(max(_ROUNDS, math.ceil(_ROWS_WANTED / rows)), _ROUNDS_AT_MOST)
    steps_a_round = max(1, rows // _ROWS)
    places = np.zeros(len(columns), dtype=np.int32)
    bounds = np.linspace(0, rows, steps_a_round + 1).astype(np.int64)
    for number in range(rounds):
        order = draw.permutation(rows)
        shuffled, answers = vectors[order], labels[order]
        for step, (begin, end) in enumerate(pairwise(bounds.tolist())):
            rate = _RATE * (1 - (number * steps_a_round + step) / (rounds * steps_a_round))
            _step(weights, places, shuffled, answers[begin:end], begin, rate)
    return LinearModel(columns.astype(np.int32), weights.astype(np.float16))


def _step(
    weights: Scores, places: npt.NDArray[np.int32], vectors: sp.csr_matrix, labels: Labels, begin: int, rate: float
) -> None:
    """Go one step down the gradient, in place, touching only the columns that occur.

    Args:
        weights: changed.
        places: room for one number a column; what it holds does not matter.
        vectors: all rows of the round.
        labels: of the rows of this step.
        begin: the first row of this step.
        rate: how far to go.
    """
    rows = len(labels)
    ends = vectors.indptr[begin : begin + rows + 1]
    used = vectors.indices[ends[0] : ends[-1]]
    # Number the columns that occur without sorting them: each keeps the last of its positions.
    positions = np.arange(len(used), dtype=np.int32)
    places[used] = positions
    touched = used[places[used] == positions]
    places[touched] = np.arange(len(touched), dtype=np.int32)
    small = sp.csr_matrix((vectors.data[ends[0] : ends[-1]], places[used], ends - ends[0]), shape=(rows, len(touched)))
    here = weights[touched]
    wanted = np.full((rows, weights.shape[1]), -1, dtype=np.float32)
    wanted[np.arange(rows), labels] = 1
    slopes = -2 * wanted * np.maximum(0, 1 - wanted * (small @ here))
    weights[touched] = here - np.float32(rate) * (small.T @ slopes)


def columns_of(vectors: sp.csr_matrix, columns: npt.NDArray[np.int32]) -> sp.csr_matrix:
    """Keep some columns, numbered anew; much faster than scipy's own selection."""
    lookup = np.full(vectors.shape[1], -1, dtype=np.int32)
    lookup[columns] = np.arange(len(columns), dtype=np.int32)
    renamed = lookup[vectors.indices]
    kept = renamed >= 0
    ends = np.concatenate([[0], np.cumsum(kept)])[vectors.indptr]
    return sp.csr_matrix((vectors.data[kept], renamed[kept], ends), shape=(vectors.shape[0], len(columns)))


def shares(scores: Scores, sharpness: float) -> npt.NDArray[np.float64]:
    """Turn scores into positive shares that sum to 1 in each row (softmax of sharpness · scores)."""
    scaled = scores.astype(np.float64) * sharpness
    scaled -= scaled.max(axis=1, keepdims=True)
    raised = np.exp(scaled)
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
