"""Places are taken from the record, completed from address and text, and never contradict themselves."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from suqiu.reading.place import PlaceFinder
from tests.reading.factories import city, orders

FINDER = PlaceFinder(city())


def _located(**values: object) -> tuple[str | None, str | None, str | None]:
    batch = orders([values])
    found = FINDER.locate(batch, batch.column("text"))
    district, street, community = (level.to_pylist()[0] for level in found.levels)
    return district, street, community


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("西城区路灯不亮", ("02", None, None)),
        ("钟楼街道路灯不亮", ("01", "01.01", None)),
        ("钟楼街道办事处门口积水", ("01", "01.01", None)),
        ("梅园社区路灯不亮", ("01", "01.01", "01.01.001")),
        ("望江花园三号楼漏水", ("01", "01.01", "01.01.001")),
        ("望江花园二期五号楼漏水", ("02", "02.01", "02.01.002")),
        ("海棠街路灯不亮", ("01", "01.01", None)),
        ("长虹大道有坑", ("02", None, None)),
        ("古渡街道长虹大道有坑", ("02", "02.02", "02.02.001")),
        ("和平社区没有路灯", (None, None, None)),
        ("桥头街道和平社区没有路灯", ("02", "02.01", "02.01.001")),
        ("东城区和平社区没有路灯", ("01", "01.01", "01.01.002")),
        ("柳林村委会不盖章", ("01", "01.02", "01.02.001")),
        ("从东城区开到西城区要一小时", (None, None, None)),
        ("东城这边很吵", (None, None, None)),
        ("没有提到地方", (None, None, None)),
        ("", (None, None, None)),
    ],
)
def test_names_in_the_text_tell_the_place(text: str, expected: tuple[str | None, str | None, str | None]) -> None:
    assert _located(text=text) == expected


def test_the_address_outweighs_the_text() -> None:
    assert _located(text="听涛苑的邻居说的", address="东城区钟楼街道梅园社区1号") == ("01", "01.01", "01.01.001")


def test_the_text_completes_what_the_address_leaves_open() -> None:
    assert _located(text="听涛苑停水", address="西城区") == ("02", "02.01", "02.01.001")


def test_a_recorded_place_wins_and_the_text_only_completes_it() -> None:
    assert _located(text="听涛苑和望江花园都停水", district="01") == ("01", "01.01", "01.01.001")
    assert _located(text="听涛苑停水", district="01") == ("01", None, None)


def test_a_recorded_community_gives_its_street_and_district() -> None:
    batch = orders([{"text": "停水", "community": "02.02.001"}])
    found = FINDER.locate(batch, batch.column("text"))
    assert [level.to_pylist()[0] for level in found.levels] == ["02", "02.02", "02.02.001"]
    assert [derived.to_pylist()[0] for derived in found.derived] == [False, False, False]


def test_what_comes_from_the_text_says_so_and_names_what_decided() -> None:
    batch = orders([{"text": "听涛苑停水", "district": "02"}, {"text": "没有地方"}])
    found = FINDER.locate(batch, batch.column("text"))
    assert [derived.to_pylist() for derived in found.derived] == [[False, False], [True, False], [True, False]]
    assert found.names.to_pylist() == ["听涛苑", None]


def test_names_do_not_run_across_two_texts() -> None:
    batch = orders([{"text": "住在梅园"}, {"text": "社区很好"}, {"text": "望江"}, {"text": "花园"}])
    assert FINDER.locate(batch, batch.column("text")).levels[0].null_count == 4


def test_a_city_without_regions_finds_nothing() -> None:
    batch = orders([{"text": "梅园社区路灯不亮"}])
    assert PlaceFinder(replace(city(), regions=())).locate(batch, batch.column("text")).levels[0].to_pylist() == [None]


def test_an_empty_batch_has_no_places() -> None:
    empty = orders([])
    found = FINDER.locate(empty, pa.array([], pa.string()))
    assert [len(level) for level in found.levels] == [0, 0, 0]
