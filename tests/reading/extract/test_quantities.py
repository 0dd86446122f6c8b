"""Amounts, durations and numbers of people carry their unit."""

from __future__ import annotations

import pytest

from suqiu.reading.extract import Kind
from suqiu.reading.extract.numerals import numbers
from tests.reading.extract.asking import measured


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("3万2千", (32_000, 32_000)),
        ("一百二十", (120, 120)),
        ("一百二", (120, 120)),
        ("一百零二", (102, 102)),
        ("三万五", (35_000, 35_000)),
        ("1.5万", (15_000, 15_000)),
        ("12,000", (12_000, 12_000)),
        ("三四千", (3_000, 4_000)),
        ("十几", (10, 19)),
        ("几百", (200, 900)),
        ("1亿2千万", (120_000_000, 120_000_000)),
        ("二〇二六", (2026, 2026)),
        ("几", None),
    ],
)
def test_numbers_are_read_as_people_write_them(written: str, meant: tuple[float, float] | None) -> None:
    assert numbers(written) == meant


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("欠了3万2千元", [(32_000, "元", None)]),
        ("收了一百二十元", [(120, "元", None)]),
        ("交了1.5万，不退", [(15_000, "元", None)]),
        ("一共12,000元", [(12_000, "元", None)]),
        ("罚款3000-5000元", [(3_000, "元", "3000/5000")]),
        ("每月三四千块钱", [(3_000, "元", "3000/4000")]),
        ("要3到5万元", [(30_000, "元", "30000/50000")]),
        ("物业费2.5元/平方米", [(2.5, "元/平方米", None)]),
        ("1000多元的押金", [(1_000, "元", None)]),
        ("交了3，500元", [(500, "元", None)]),
        ("3单元没有电", []),
        ("元旦放假，1元月", []),
        ("占地5万平方米", []),
        ("有5万人", []),
        ("两块地，三块砖", []),
    ],
)
def test_amounts(text: str, amounts: list[tuple[float, str, str | None]]) -> None:
    assert measured(text, Kind.AMOUNT) == amounts


@pytest.mark.parametrize(
    ("text", "durations"),
    [
        ("拖了三个多月", [(90, "天", ">=P3M")]),
        ("半年没有修", [(182.5, "天", "P0.5Y")]),
        ("停水20天", [(20, "天", "P20D")]),
        ("等了两个小时", [(0.0833, "天", "PT2H")]),
        ("一年半没有发", [(547.5, "天", "P1.5Y")]),
        ("3个工作日内回复", [(3, "天", "P3D")]),
        ("两三天没有水", [(2, "天", "P2D")]),
        ("十几年没有修", [(3_650, "天", "P10Y")]),
        ("2025年买的", []),
        ("3月买的", []),
        ("第3天", []),
        ("孩子读3年级", []),
        ("三个月前买的", []),
        ("90年代的房子", []),
        ("天花板漏水", []),
    ],
)
def test_durations(text: str, durations: list[tuple[float, str, str | None]]) -> None:
    assert measured(text, Kind.DURATION) == durations


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("有二十多户停水", [(20, "户", None)]),
        ("五六十人讨要货款", [(50, "人", "50/60")]),
        ("30多名业主联名", [(30, "人", None)]),
        ("欠了12个工人的钱", [(12, "人", None)]),
        ("一家三口人", [(3, "人", None)]),
        ("一名男子", []),
        ("一位业主说", []),
        ("本人和某人", []),
        ("第一名", []),
        ("3位数的号码", []),
        ("2号人民医院", []),
        ("户口在这里", []),
    ],
)
def test_people(text: str, people: list[tuple[float, str, str | None]]) -> None:
    assert measured(text, Kind.PEOPLE) == people
