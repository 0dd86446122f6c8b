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


def test_every_kind_is_said_in_thirty_ways_and_in_twelve_that_are_held_out() -> None:
    told = Counter((saying.kind, saying.lot) for saying in sayings(WORDS) if saying.urgency is not Urgency.NORMAL)
    assert len({kind for kind, _ in told}) >= 13
    assert all(count >= (30 if lot is Lot.GUIDING else 12) for (_, lot), count in told.items())


def test_nothing_that_is_held_out_also_guides_and_nothing_is_said_twice() -> None:
    texts = [saying.text for saying in sayings(WORDS)]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("manner", list(Manner))
def test_the_same_seed_puts_them_the_same_way(manner: Manner) -> None:
    assert sayings(WORDS, manner, seed=7) == sayings(WORDS, manner, seed=7)


def test_a_buried_saying_is_long_and_still_there() -> None:
    plain, buried = sayings(WORDS), sayings(WORDS, Manner.BURIED)
    assert all(short.text in long.text and len(long.text) > 80 for short, long in zip(plain, buried, strict=True))


def test_a_misheard_saying_differs_by_one_character_at_most() -> None:
    for plain, misheard in zip(sayings(WORDS), sayings(WORDS, Manner.MISHEARD), strict=True):
        assert sum(a != b for a, b in zip(plain.text, misheard.text, strict=True)) <= 1
