"""Labels that form a tree, chosen from the top down, so that a child never contradicts its parent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from suqiu.reading.linear import LinearModel, fit_linear, shares

Numbers = npt.NDArray[np.int64]
Certainties = npt.NDArray[np.float64]

#: No label: below an order's deepest node, or where history never goes further.
NONE = -1
#: The key of the root's node.
ROOT = -1


@dataclass(frozen=True, slots=True)
class Branching:
    """The choice between the children of one node.

    Attributes:
        children: label numbers that occur in history, ascending.
        model: chooses between them; None where there is only one.
    """

    children: Numbers
    model: LinearModel | None


@dataclass(frozen=True, slots=True)
class Descent:
    """How far down the tree each order came, and how surely.

    Attributes:
        labels: one row a level, one column an order: the label number, `NONE` where the way has ended.
        certainty: the same shape: the product of the shares along the way, not calibrated.
    """

    labels: Numbers
    certainty: Certainties


@dataclass(frozen=True, slots=True)
class Tree:
    """A small linear model at every node that has children in history.

    Attributes:
        ancestors: one row a level, one column a label: the label's ancestor there, itself included; else `NONE`.
        branchings: by the parent's label number, `ROOT` for the top.
        sharpness: what turns scores into shares.
    """

    ancestors: Numbers
    branchings: Mapping[int, Branching]
    sharpness: float

    def descend(self, vectors: sp.csr_matrix) -> Descent:
        """Take for each order the best child at every node on its way down."""
        levels, orders = len(self.ancestors), vectors.shape[0]
        labels = np.full((levels, orders), NONE, dtype=np.int64)
        certainty = np.zeros((levels, orders))
        parents, sure = np.full(orders, ROOT, dtype=np.int64), np.ones(orders)
        for level in range(levels):
            for parent in np.unique(parents):
                branching = self.branchings.get(int(parent))
                if branching is None or (level > 0 and parent == ROOT):
                    continue
                rows = np.flatnonzero(parents == parent)
                chances = self._chances(branching, vectors if len(rows) == orders else vectors[rows])
                best = chances.argmax(axis=1)
                labels[level, rows] = branching.children[best]
                certainty[level, rows] = sure[rows] * chances[np.arange(len(rows)), best]
            parents, sure = labels[level], certainty[level]
        return Descent(labels, certainty)

    def ranked(self, vectors: sp.csr_matrix, best: int) -> Descent:
        """Return the best children of the root, best first: one row a rank instead of a level."""
        branching = self.branchings[ROOT]
        chances = self._chances(branching, vectors)
        order = np.argsort(-chances, axis=1, kind="stable")[:, :best].T
        return Descent(branching.children[order], np.take_along_axis(chances.T, order, axis=0))

    def _chances(self, branching: Branching, vectors: sp.csr_matrix) -> Certainties:
        if branching.model is None:
            return np.ones((vectors.shape[0], 1))
        return shares(branching.model.scores(vectors), self.sharpness)


def ancestors_of(labels: Sequence[str]) -> Numbers:
    """Read the ancestors of dotted ids: one row a level, one column a label."""
    number = {label: n for n, label in enumerate(labels)}
    levels = max((label.count(".") + 1 for label in labels), default=1)
    table = np.full((levels, len(labels)), NONE, dtype=np.int64)
    for column, label in enumerate(labels):
        parts = label.split(".")
        for level in range(len(parts)):
            table[level, column] = number.get(".".join(parts[: level + 1]), NONE)
    return table


def fit_tree(vectors: sp.csr_matrix, labels: Numbers, ancestors: Numbers) -> Tree:
    """Train every node's model on the orders that pass through it.

    Args:
        vectors: unit vectors, one row an order.
        labels: each order's deepest known label number, never `NONE`.
        ancestors: from `ancestors_of`.
    """
    branchings: dict[int, Branching] = {}
    above = np.full(len(labels), ROOT, dtype=np.int64)
    for level_labels in ancestors[:, labels]:
        for parent in np.unique(above[level_labels != NONE]):
            rows = np.flatnonzero((above == parent) & (level_labels != NONE))
            children, chosen = np.unique(level_labels[rows], return_inverse=True)
            model = fit_linear(vectors[rows], chosen, len(children)) if len(children) > 1 else None
            branchings[int(parent)] = Branching(children, model)
        # An order whose own way ends here must not be taken for one of the root's.
        above = np.where(level_labels == NONE, len(ancestors[0]), level_labels)
    return Tree(ancestors, branchings, 1.0)


def sharpened(tree: Tree, vectors: sp.csr_matrix, labels: Numbers) -> Tree:
    """Choose the sharpness under which the root's shares fit orders it has not learned from best.

    Args:
        tree: as trained.
        vectors: of those orders.
        labels: their label numbers.
    """
    root = tree.branchings[ROOT]
    truth = tree.ancestors[0][labels]
    known = np.isin(truth, root.children)
    if root.model is None or not known.any():
        return tree
    scores = root.model.scores(vectors[np.flatnonzero(known)])
    place = np.searchsorted(root.children, truth[known])
    tried = 2.0 ** np.arange(-1, 5.01, 0.25)
    surprise = [-np.log(shares(scores, s)[np.arange(len(place)), place] + 1e-12).mean() for s in tried]
    return Tree(tree.ancestors, tree.branchings, float(tried[int(np.argmin(surprise))]))
