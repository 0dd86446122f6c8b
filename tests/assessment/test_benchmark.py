"""Centres compare themselves without being named or ranked."""

from __future__ import annotations

import json

import pytest

from suqiu.assessment import benchmark
from suqiu.domain.errors import InvalidInput
from tests.assessment.made import result


def given(lower: float, level: int = 3, profile: str = "city") -> benchmark.Contribution:
    return benchmark.read(benchmark.contribution(result(lower=lower, level=level, profile=profile)), "given.json")


def pooled(count: int, profile: str = "city") -> benchmark.Pool:
    return benchmark.pool([given(0.30 + 0.02 * n, profile=profile) for n in range(count)])


def test_a_contribution_tells_neither_name_nor_counts() -> None:
    content = benchmark.contribution(result(lower=0.6123456)).decode()
    assert "linjiang" not in content
    assert "临江" not in content
    assert json.loads(content)["parts"]["overall"] == {"coverage": 0.9, "lower": 0.61, "upper": 0.61}


def test_fewer_than_five_centres_give_no_number() -> None:
    assert pooled(4).profiles == {}
    assert pooled(4).withheld == ("city",)
    assert set(pooled(5).profiles) == {"city"}


def test_quartiles_need_ten_centres() -> None:
    assert pooled(9).profiles["city"]["overall"].quartiles is None
    assert pooled(11).profiles["city"]["overall"] == benchmark.Middle(10, 0.4, (0.35, 0.45))


def test_a_small_count_of_a_level_is_withheld_and_cannot_be_worked_out() -> None:
    ones = [given(0.3 + 0.01 * n, level=2 if n < 6 else 3 if n < 12 else 4) for n in range(13)]
    levels = benchmark.pool(ones).levels["city"]
    assert levels[4] is None
    assert sum(count is None for count in levels.values()) == 2


def test_a_centre_sees_a_band_and_never_a_rank() -> None:
    pool = pooled(20)
    bands = {place.part: place.band.en for place in benchmark.placed(result(lower=0.9), pool)}
    assert bands["overall"] == "above most such centres"
    assert benchmark.placed(result(lower=0.1), pool)[0].band.en == "below most such centres"
    assert benchmark.placed(result(lower=0.1, upper=0.9), pool)[0].band.en == "the evidence is too thin to tell"
    assert "fewer than five" in benchmark.placed(result(profile="county"), pool)[0].band.en


def test_a_pool_is_read_back_as_it_was_written() -> None:
    pool = pooled(11)
    assert benchmark.from_json(benchmark.to_json(pool), "pool.json") == pool


def test_the_same_contribution_twice_and_another_standard_are_refused() -> None:
    with pytest.raises(InvalidInput, match="the same"):
        benchmark.pool([given(0.5), given(0.5)])
    other = json.loads(benchmark.contribution(result(lower=0.5)))
    other["standard"] = "another/1/ff"
    with pytest.raises(InvalidInput, match="standards"):
        benchmark.pool([given(0.4), benchmark.read(json.dumps(other).encode(), "other.json")])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"schema": "suqiu-benchmark/2"}',
        benchmark.contribution(result()).replace(b'"level": 3', b'"level": 9'),
        benchmark.contribution(result()).replace(b"0.9", b'"0.9"'),
        benchmark.contribution(result()).replace(b"0.9", b"NaN"),
    ],
)
def test_what_is_no_contribution_is_refused_with_its_name(content: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"given\.json"):
        benchmark.read(content, "given.json")
