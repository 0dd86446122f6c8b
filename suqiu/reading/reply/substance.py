"""Whether a reply has substance: what its clauses do, weighed together.

What a reply has decides, not how it is worded: clauses with findings, figures, dates, deeds, or the demand's own
words, against clauses that only receive, pass on, intend, refuse or wait. A linear model over these signs and over
short pieces of text tells apart what says nothing, what puts off, and what answers; its weights were learned from
invented replies (`python -m bench.replies learn`) and ship in `weights.yaml`. Signs are taken as there or not there,
so that a long reply is not judged by its length.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from suqiu.reading.characters import characters
from suqiu.reading.reply.clauses import KINDS, Clauses, matching
from suqiu.reading.reply.corpus import pieces_of, shared_weight
from suqiu.reading.reply.cues import ClauseKind, ReplyCues

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: What the model tells apart, in the order of its columns.
CLASSES = ("empty", "evasive", "answers")
#: Lengths of the pieces of text that are weighed.
LENGTHS = (1, 2, 3)
_KINDS = tuple(kind for kind in ClauseKind if kind not in {ClauseKind.HOLLOW, ClauseKind.ECHO})
#: Letters left of a clause without its generic words: something, and much.
_OWN_LEAST, _OWN_MUCH = 4, 8
#: Clauses of substance, and clauses in the demand's own words, count up to here.
_MOST_SUBSTANCE, _MOST_SHARED = 3, 4


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of the model.

    Attributes:
        pieces: short pieces of text, digits as 0, Latin letters as A, ^ and $ at the ends of a clause.
        of_pieces: (pieces, classes).
        of_signs: (signs, classes), in the order of `SubstanceReader.signs`.
        bias: (classes,).
    """

    pieces: tuple[str, ...]
    of_pieces: Floats
    of_signs: Floats
    bias: Floats


def shipped_weights() -> Weights:
    """Read the weights that come with the package."""
    return weights_from(files("suqiu.reading.reply").joinpath("weights.yaml").read_text(encoding="utf-8"))


def weights_from(source: str) -> Weights:
    """Read weights from YAML: thousandths, in columns of the classes.

    Raises:
        ValueError: the columns are not as long as the pieces.
    """
    tree = yaml.safe_load(source)
    pieces = tuple(tree["pieces"].split())
    columns = [np.array(tree["of_pieces"][name].split(), dtype=np.float64) / 1000 for name in CLASSES]
    signs = np.array([[entry[name] for name in CLASSES] for entry in tree["of_signs"].values()]) / 1000
    if any(len(column) != len(pieces) for column in columns):
        raise ValueError("weights.yaml: each class needs one weight for each piece")
    return Weights(pieces, np.stack(columns, axis=1), signs, np.array([tree["bias"][name] for name in CLASSES]) / 1000)


@dataclass(frozen=True, slots=True)
class Told:
    """The clauses that tell something, as the model sees them.

    Attributes:
        texts: digits and Latin letters folded, with ^ and $.
        rows: the reply of each.
        signs: (replies, signs), 0 to 2.
    """

    texts: pa.Array
    rows: Numbers
    signs: Floats


class SubstanceReader:
    """Reads the signs of substance."""

    def __init__(self, cues: ReplyCues) -> None:
        self._marks = {mark.id: mark.says for mark in (*cues.evidence, *cues.concreteness)}
        self._stances = dict(cues.stances)
        self._withholds = [list(cues.stances).index(name) for name in cues.withholds]
        self._generic = "|".join([*cues.generic, r"[\p{P}\p{S}\s]"])
        words = pieces_of(pa.array(cues.generic), singles=False)
        self._piece_weights = np.ones(1 << 18)
        self._piece_weights[words.pieces] = 0.0

    @cached_property
    def signs(self) -> tuple[str, ...]:
        """The names of the signs, in order."""
        clause = [*self._marks, "shared", "shared_more", "own", "own_much", *_KINDS, *self._stances, "fact"]
        return (*clause, "substance", "in_its_words")

    def read(self, clauses: Clauses, demands: pa.Array, count: int) -> Told:
        """Read replies.

        Args:
            clauses: of the replies.
            demands: what citizens said, without null.
            count: replies.
        """
        told = clauses.chosen(~clauses.of(ClauseKind.HOLLOW, ClauseKind.ECHO))
        distinct = told.texts.dictionary_encode()
        words, at = distinct.dictionary, distinct.indices.to_numpy()
        flags = [matching(words, says)[at] for says in (*self._marks.values(), *self._stances.values())]
        marks, stances = flags[: len(self._marks)], flags[len(self._marks) :]
        own = pc.utf8_length(pc.replace_substring_regex(words, self._generic, "")).to_numpy()[at]
        asked = pieces_of(demands, singles=False)
        shared = shared_weight(pieces_of(told.texts, singles=False), told.rows, asked, self._piece_weights)
        withholds = np.logical_or.reduce([stances[number] for number in self._withholds])
        names = list(self._marks)
        fact = (marks[names.index("date")] | marks[names.index("figures")] | (shared > 0)) & ~withholds
        columns = [
            *marks, shared > 0, shared > 1, own >= _OWN_LEAST, own >= _OWN_MUCH,
            *(told.kinds == KINDS.index(kind) for kind in _KINDS), *stances, fact,
        ]  # fmt: skip
        signs = [np.bincount(told.rows[column], minlength=count) > 0 for column in columns]
        substance = np.bincount(told.rows, weights=(own >= _OWN_LEAST) & ~withholds, minlength=count)
        words_of = np.bincount(told.rows, weights=shared > 0, minlength=count)
        counted = [np.minimum(substance, _MOST_SUBSTANCE) / 2, np.minimum(words_of, _MOST_SHARED) / 2]
        return Told(
            _folded(words).take(distinct.indices), told.rows, np.stack([*signs, *counted], axis=1).astype(float)
        )


class SubstanceModel:
    """Scores replies by the signs and the pieces of text that they show."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._tables: list[tuple[int, npt.NDArray[np.uint64], Numbers]] = []
        lengths = np.array([len(piece) for piece in weights.pieces], dtype=np.int64)
        for length in LENGTHS:
            own = np.flatnonzero(lengths == length)
            if len(own):
                laid_out = characters(pa.array([weights.pieces[n] for n in own]))
                hashes = laid_out.hashes(length, laid_out.starts[:-1])
                order = np.argsort(hashes)
                self._tables.append((length, hashes[order], own[order]))

    def scores(self, told: Told) -> Floats:
        """Return (replies, classes): the higher, the more like it."""
        rows, pieces = self._held(told)
        base = told.signs @ self._weights.of_signs + self._weights.bias
        for number in range(len(CLASSES)):
            base[:, number] += np.bincount(rows, self._weights.of_pieces[pieces, number], minlength=len(base))
        return np.asarray(base)

    def _held(self, told: Told) -> tuple[Numbers, Numbers]:
        """Return which replies hold which pieces, each pair once."""
        laid_out, found = characters(told.texts), [np.zeros(0, dtype=np.int64)]
        owners, rooms = told.rows[laid_out.rows()], laid_out.rooms()
        width = len(self._weights.pieces)
        for length, hashes, numbers in self._tables:
            at = np.flatnonzero(rooms >= length)
            said = laid_out.hashes(length, at)
            place = np.minimum(np.searchsorted(hashes, said), len(hashes) - 1)
            hits = np.flatnonzero(hashes[place] == said)
            found.append(owners[at[hits]] * width + numbers[place[hits]])
        keys = np.concatenate(found)
        keys.sort()
        once = keys[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(keys) else keys
        return once // max(width, 1), once % max(width, 1)


def _folded(texts: pa.Array) -> pa.Array:
    digits = pc.replace_substring_regex(texts, pattern=r"\d+(?:\.\d+)?", replacement="0")
    latin = pc.replace_substring_regex(digits, pattern=r"[A-Za-z]+", replacement="A")
    plain = pc.replace_substring_regex(latin, pattern=r"\s+", replacement="")
    return pc.binary_join_element_wise("^", plain, "$", "")
