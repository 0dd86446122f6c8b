"""Simulated emergencies are many, each kind in many wordings, and the same for the same seed."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import pytest
import yaml

from suqiu.domain.order import Urgency
from suqiu.simulate.emergencies import Lot, Manner, sayings
from suqiu.simulate.words import Words

WORDS = Words.model_validate(yaml.safe_load(files("suqiu.simulate").joinpath("words.yaml").read_text(encoding="utf-8")))


def test_every_kind_is_said_in_forty_five_ways_and_others_were_written_apart_from_them() -> None:
    urgent = [saying for saying in sayings(WORDS) if saying.urgency is not Urgency.NORMAL]
    told = Counter(saying.kind for saying in urgent if saying.lot is Lot.GUIDING)
    assert len(told) >= 13
    assert min(told.values()) >= 45
    assert min(Counter(saying.kind for saying in urgent if saying.lot is Lot.HELD).values()) >= 12


def test_nothing_that_is_held_out_also_guides_and_nothing_is_said_twice() -> None:
    texts = [saying.text for saying in sayings(WORDS)]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("manner", list(Manner))
def test_the_same_seed_puts_them_the_same_way(manner: Manner) -> None:
    assert sayings(WORDS, manner, seed=7) == sayings(WORDS, manner, seed=7)


def test_a_buried_saying_is_long_and_still_there() -> None:
    plain, buried = sayings(WORDS), sayings(WORDS, Manner.BURIED)
    assert all(short.text in long.text and len(long.text) > 80 for short, long in zip(plain, buried, strict=True))


@pytest.mark.parametrize("manner", [Manner.MISHEARD, Manner.SLURRED])
def test_a_misheard_saying_differs_by_one_character_at_most(manner: Manner) -> None:
    for plain, misheard in zip(sayings(WORDS), sayings(WORDS, manner), strict=True):
        assert sum(a != b for a, b in zip(plain.text, misheard.text, strict=True)) <= 1
