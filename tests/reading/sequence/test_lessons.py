"""Lessons for an encoder keep texts and tags together, and vary without inventing."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from suqiu.domain.errors import InvalidInput
from suqiu.reading.sequence import lesson, varied
from tests.reading.sequence.addresses import tagged

TEXTS, TAGS = tagged(300)
NAMES = ("building", "city", "district", "number", "poi", "road", "town")


def parts(texts: list[str], tags: list[list[str]], kind: str) -> set[str]:
    found = set()
    for text, row in zip(texts, tags, strict=True):
        for at, tag in enumerate(row):
            if tag == f"B-{kind}":
                end = at + 1
                while end < len(row) and row[end] == f"I-{kind}":
                    end += 1
                found.add(text[at:end])
    return found


def test_a_lesson_tags_the_first_character_of_each_piece() -> None:
    found = lesson(
        ["临江市12号，B座"], [["B-city", "I-city", "I-city", *["B-number"], *["I-number"] * 2, "O", "O", "O"]], NAMES
    )
    assert found.places[0].tolist() == [0, 1, 2, 3, 5, 6, 7, 8]
    assert found.tags[0].tolist() == [3, 4, 4, 7, 8, 0, 0, 0]


def test_the_numbers_of_types_are_the_taggers_even_where_a_type_is_missing() -> None:
    found = lesson(["青禾路", ""], [["B-road", "I-road", "I-road"], []], NAMES)
    assert [row.tolist() for row in found.tags] == [[11, 12, 12], []]


def test_a_type_that_the_tagger_does_not_know_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"reading\.bad_tags"):
        lesson(["青禾路"], [["B-river", "I-river", "I-river"]], NAMES)


def test_varied_texts_keep_one_tag_a_character_and_only_known_parts() -> None:
    texts, tags = varied(TEXTS, TAGS, 1)
    assert len(texts) == len(TEXTS)
    assert all(len(text) == len(row) for text, row in zip(texts, tags, strict=True))
    for kind in NAMES:
        assert parts(texts, tags, kind) <= parts(TEXTS, TAGS, kind)


def test_parts_with_numbers_stay_as_they_are() -> None:
    texts, tags = varied(TEXTS, TAGS, 1)
    numbers = [
        [t for t, tag in zip(text, row, strict=True) if "building" in tag]
        for text, row in zip(texts, tags, strict=True)
    ]
    before = [
        [t for t, tag in zip(text, row, strict=True) if "building" in tag]
        for text, row in zip(TEXTS, TAGS, strict=True)
    ]
    assert numbers == before


def test_each_round_varies_anew_and_the_same_way_each_time() -> None:
    names = [f"{first}{second}路" for first in "临青望石云南柳白" for second in "江禾山桥浦湾塘鹭"]
    tags = [["B-road", "I-road", "I-road"]] * len(names)
    first, again, other = (varied(names, tags, number) for number in (0, 0, 1))
    assert first == again
    assert first[0] != other[0]
    assert np.mean([new == old for new, old in zip(first[0], names, strict=True)]) == pytest.approx(0.7, abs=0.2)


def test_lessons_of_varied_texts_can_be_laid_out() -> None:
    texts, tags = varied(TEXTS, TAGS, 2)
    found = lesson(texts, tags, NAMES)
    assert len(found.texts) == len(pa.array(texts))
    assert all(len(places) == len(row) for places, row in zip(found.places, found.tags, strict=True))
