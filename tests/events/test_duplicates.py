from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.domain.tables import READINGS, REPEATS
from suqiu.events import find_repeats
from suqiu.events.wording import normalise, shingles

from .factories import a_city, in_schema, orders

START = datetime(2026, 1, 1, 8, 0)
ALPHABET = [chr(0x4E00 + n * 7) for n in range(2_000)]


def found_in(
    texts: Sequence[str],
    *,
    days: Sequence[float] | None = None,
    streets: Sequence[str | None] | None = None,
    callers: Sequence[str | None] | None = None,
    categories: Sequence[str | None] | None = None,
    batch_rows: int = 10_000,
) -> dict[str, tuple[str, str]]:
    """Return order number → (first order's number, kind)."""
    count = len(texts)
    moments = [START + timedelta(days=d) for d in (days or [n / 1_000 for n in range(count)])]
    batch = orders(texts, moments)
    reading = in_schema(
        READINGS,
        {
            "order_id": batch["order_id"],
            "accepted_at": batch["accepted_at"],
            "street": streets or [None] * count,
            "caller_id": callers or [None] * count,
            "category": categories or [None] * count,
        },
    )

    def source() -> Iterable[tuple[pa.RecordBatch, pa.RecordBatch]]:
        for start in range(0, count, batch_rows):
            yield batch.slice(start, batch_rows), reading.slice(start, batch_rows)

    table = pa.Table.from_batches(find_repeats(source, a_city()), REPEATS)
    return {row["order_id"]: (row["first_id"], row["kind"]) for row in table.to_pylist()}


def a_text(draw: np.random.Generator, length: int = 60) -> str:
    return "".join(draw.choice(ALPHABET, length))


def test_the_same_words_again_are_an_exact_repeat_whatever_the_punctuation() -> None:
    texts = [
        "市民来电反映：锦绣花园三号楼电梯停运两天，请尽快修复，谢谢！",
        "滨江路路灯不亮，夜间行走不便，请维修",
        "来电反映，锦绣花园三号楼电梯停运两天 请尽快修复。",
    ]
    assert found_in(texts) == {"00000002": ("00000000", "exact")}


def test_precision_and_recall_of_exact_repeats_among_many_orders() -> None:
    draw = np.random.default_rng(5)
    texts = [a_text(draw, int(draw.integers(20, 200))) for _ in range(20_000)]
    planted = {}
    for n in draw.choice(np.arange(5_000, 20_000), 400, replace=False):
        of = int(draw.integers(0, 5_000))
        texts[n] = texts[of]
        planted[f"{n:08d}"] = f"{of:08d}"
    found = {order: first for order, (first, kind) in found_in(texts, batch_rows=1_777).items() if kind == "exact"}
    right = sum(found.get(order) == first for order, first in planted.items())
    assert right / len(planted) >= 0.99
    assert right / len(found) >= 0.99


def test_reworded_repeats_are_found_and_other_matters_are_not() -> None:
    draw = np.random.default_rng(6)
    texts = [a_text(draw) for _ in range(6_000)]
    planted = {}
    for n in range(5_000, 5_300):
        words = list(texts[n - 5_000])
        for place in draw.choice(len(words), 5, replace=False):
            words[place] = str(draw.choice(ALPHABET))
        texts[n] = "".join(words) + a_text(draw, 8)
        planted[f"{n:08d}"] = f"{n - 5_000:08d}"
    # Five changed characters and eight new ones leave about 0.57 of the triples in common.
    found = found_in(texts)
    right = sum(found.get(order, ("", ""))[0] == first for order, first in planted.items())
    assert right / len(planted) >= 0.8
    assert right / len(found) >= 0.99


def test_the_same_words_from_another_street_are_another_matter() -> None:
    texts = ["小区门口的路灯已经三天不亮了，请派人维修"] * 4
    assert found_in(texts, streets=["01.01", "01.02", "01.01", None]) == {
        "00000002": ("00000000", "exact"),
        "00000003": ("00000000", "exact"),
    }


def test_too_few_words_need_the_same_caller() -> None:
    assert found_in(["路灯不亮", "路灯不亮"]) == {}
    assert found_in(["路灯不亮", "路灯不亮"], callers=["a", "a"]) == {"00000001": ("00000000", "exact")}


def test_a_caller_who_returns_about_the_same_matter_in_other_words_repeats() -> None:
    texts = ["楼上漏水把我家天花板泡坏了没有人管", "上次说的渗漏问题到今天还是没解决，物业推来推去"]

    def asked(callers: list[str | None], days: list[float]) -> dict[str, tuple[str, str]]:
        return found_in(texts, callers=callers, days=days, streets=["01.01"] * 2, categories=["01.01.01"] * 2)

    assert asked(["a", "a"], [0, 20]) == {"00000001": ("00000000", "reworded")}
    assert asked(["a", "b"], [0, 20]) == {}
    assert asked(["a", "a"], [0, 100]) == {}


def test_ten_thousand_nearly_equal_texts_do_not_explode_and_form_one_group() -> None:
    texts = [f"滨江路施工噪声从晚上十点持续到凌晨影响孩子睡觉和老人休息请尽快处理第{n}户" for n in range(10_000)]
    found = found_in(texts)
    assert len(found) > 9_900
    assert {first for first, _ in found.values()} == {"00000000"}


def test_batch_borders_change_nothing() -> None:
    draw = np.random.default_rng(8)
    texts = [a_text(draw) for _ in range(500)]
    texts[300:350] = texts[100:150]
    assert found_in(texts, batch_rows=500) == found_in(texts, batch_rows=7)


def test_no_orders_have_no_repeats() -> None:
    assert found_in([]) == {}


@given(st.lists(st.text(max_size=40), min_size=1, max_size=20))
def test_equal_texts_and_only_they_have_equal_digests(texts: list[str]) -> None:
    plain = normalise(pa.array(texts, pa.string()))
    digests = shingles(plain).digests
    for one, mine in zip(plain.to_pylist(), digests, strict=True):
        for other, theirs in zip(plain.to_pylist(), digests, strict=True):
            # An empty text is compared as a blank; no normalised text is one.
            assert (one == other) == (mine == theirs)


@pytest.mark.parametrize("batch", [1, 3, 1_000])
def test_a_sketch_depends_on_the_text_alone(batch: int) -> None:
    draw = np.random.default_rng(2)
    texts = normalise(pa.array([a_text(draw, int(n)) for n in draw.integers(0, 50, 60)]))
    whole = shingles(texts).sketch()
    parts = [shingles(texts.slice(n, batch)).sketch() for n in range(0, len(texts), batch)]
    assert (whole == np.concatenate(parts)).all()
