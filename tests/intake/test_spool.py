"""Rows put aside under keys."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.intake.spool import Spool

SCHEMA = pa.schema([("key", pa.int64()), ("text", pa.string())])


@given(st.lists(st.lists(st.integers(0, 5), max_size=20), max_size=6), st.integers(1, 2000))
def test_every_row_comes_back_under_its_key_in_the_order_it_came(
    tmp_path_factory: pytest.TempPathFactory, portions: list[list[int]], gathered: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("suqiu.intake.spool._GATHERED_BYTES", gathered)
        spool = Spool(tmp_path_factory.mktemp("spool") / "s.arrow", SCHEMA)
        expected: dict[int, list[str]] = {}
        for number, keys in enumerate(portions):
            texts = [f"{number}.{place}" for place in range(len(keys))]
            for key, text in zip(keys, texts, strict=True):
                expected.setdefault(key, []).append(text)
            table = pa.table({"key": pa.array(keys, pa.int64()), "text": pa.array(texts, pa.string())})
            spool.add(table, np.array(keys, dtype=np.int64))
        spool.seal()
    assert spool.keys == sorted(expected)
    for key, texts in expected.items():
        assert spool.read(key).column("text").to_pylist() == texts
        assert spool.read(key, ["key"]).column_names == ["key"]
    assert spool.read(99).num_rows == 0
