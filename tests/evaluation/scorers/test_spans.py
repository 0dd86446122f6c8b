from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from suqiu.evaluation.runlog import SAMPLES
from suqiu.evaluation.scorers.spans import Spans, SpanTally, from_tags, tally
from suqiu.evaluation.scorers.statistic import value_of

TAGS = st.lists(
    st.lists(st.sampled_from(["O", "B-路", "I-路", "E-路", "S-路", "B-区", "I-区"]), max_size=8), min_size=1, max_size=5
)


def pieces_by_hand(tags: list[str]) -> list[tuple[int, int, str]]:
    """Walk the tags one by one."""
    pieces: list[tuple[int, int, str]] = []
    is_open = False
    for at, tag in enumerate(tags):
        mark, _, kind = tag.partition("-")
        if mark == "O":
            is_open = False
            continue
        if mark in {"I", "E"} and is_open and pieces[-1][2] == kind:
            pieces[-1] = (pieces[-1][0], at + 1, kind)
        else:
            pieces.append((at, at + 1, kind))
        is_open = mark in {"B", "I"}
    return pieces


def column(samples: Iterable[list[tuple[int, int, str]]]) -> pa.Array:
    rows = [[{"start": start, "end": end, "kind": kind} for start, end, kind in sample] for sample in samples]
    return pa.array(rows, SAMPLES.field("true_spans").type)


def score(truth: list[list[tuple[int, int, str]]], found: list[list[tuple[int, int, str]]]) -> SpanTally:
    return tally(Spans.of(column(truth)), Spans.of(column(found)), len(truth))


@given(TAGS)
@settings(max_examples=100, deadline=None)
def test_tags_become_the_pieces_that_a_walk_finds(tags: list[list[str]]) -> None:
    found = from_tags(pa.array(tags, pa.list_(pa.string()))).to_pylist()
    assert [[tuple(piece.values()) for piece in sample] for sample in found] == [pieces_by_hand(s) for s in tags]


@given(TAGS, st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_f1_equals_that_of_sets_of_pieces(tags: list[list[str]], seed: int) -> None:
    draw = np.random.default_rng(seed)
    truth = [pieces_by_hand(sample) for sample in tags]
    found = [
        [piece for piece in sample if draw.random() < 0.7] + [(90, 91, "路")] * int(draw.integers(0, 2))
        for sample in truth
    ]
    counts = score(truth, found)
    ours = value_of(counts.f1(), len(tags))
    every = sorted({(n, *piece) for side in (truth, found) for n, sample in enumerate(side) for piece in sample})
    if not every:
        assert ours is None
        return
    flags = [
        [piece in {(n, *p) for n, sample in enumerate(side) for p in sample} for piece in every]
        for side in (truth, found)
    ]
    assert ours == pytest.approx(f1_score(*flags, zero_division=0))


def test_ends_type_and_sample_must_all_agree() -> None:
    truth = [[(0, 3, "路")], [(2, 4, "区")]]
    found = [[(0, 3, "区"), (0, 2, "路"), (2, 4, "区")], [(2, 4, "区")]]
    counts = score(truth, found)
    assert value_of(counts.precision(), 2) == 0.25
    assert value_of(counts.recall(), 2) == 0.5
    rows = {row["label"]: row for row in counts.table().to_pylist()}
    assert (rows["区"]["f1"], rows["路"]["f1"]) == (0.5, 0.0)
    assert value_of(counts.macro_f1(), 2) == 0.25


def test_a_piece_that_is_answered_twice_is_right_once() -> None:
    counts = score([[(0, 3, "路")]], [[(0, 3, "路"), (0, 3, "路")]])
    assert value_of(counts.precision(), 1) == 0.5
    assert value_of(counts.recall(), 1) == 1.0


def test_without_pieces_nothing_is_defined() -> None:
    counts = score([[], []], [[], []])
    assert value_of(counts.f1(), 2) is None
    assert len(counts.table()) == 0
