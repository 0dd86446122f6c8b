from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suqiu.domain.errors import InvalidInput
from suqiu.evaluation.splitting import grouped_folds, newest, normalised

TEXTS = st.lists(
    st.sampled_from(["路灯不亮", "路灯 不亮。", "停水", "噪音扰民", "占道", "井盖", "垃圾", "供暖"]), min_size=1
)


def test_the_newest_share_judges() -> None:
    times = pa.array(np.arange(100)[::-1], pa.timestamp("s"))
    chosen = newest(times, 0.2)
    assert chosen.sum() == 20
    assert chosen[:20].all()


@given(st.lists(st.integers(0, 5), min_size=2, max_size=40).filter(lambda t: len(set(t)) > 1), st.floats(0.05, 0.95))
@settings(max_examples=60, deadline=None)
def test_the_cut_lies_between_moments_and_no_other_comes_closer(times: list[int], share: float) -> None:
    chosen = newest(pa.array(times), share)
    moments = np.array(times)
    assert 0 < chosen.sum() < len(times)
    assert moments[chosen].min() > moments[~chosen].max()
    sizes = [int((moments > cut).sum()) for cut in sorted(set(times))[:-1]]
    assert abs(chosen.sum() - share * len(times)) == pytest.approx(
        min(abs(size - share * len(times)) for size in sizes)
    )


@pytest.mark.parametrize("times", [[1, 1, 1], [1, None, 2], []])
def test_without_different_times_none_is_the_newest(times: list[int | None]) -> None:
    with pytest.raises(InvalidInput, match="no_newest"):
        newest(pa.array(times, pa.int64()), 0.2)


def test_width_case_space_and_punctuation_make_no_difference() -> None:
    texts = pa.array(["ＡＢ路１２号，路灯 不亮！", "ab路12号路灯不亮", None, ""])
    assert normalised(texts).to_pylist() == ["ab路12号路灯不亮", "ab路12号路灯不亮", "", ""]


@given(TEXTS, st.integers(2, 4))
@settings(max_examples=60, deadline=None)
def test_equal_texts_never_part_and_folds_are_even(texts: list[str], folds: int) -> None:
    groups = normalised(pa.array(texts)).to_pylist()
    if len(set(groups)) < folds:
        with pytest.raises(InvalidInput, match="few_texts"):
            grouped_folds(pa.array(texts), folds)
        return
    chosen = grouped_folds(pa.array(texts), folds)
    of_text = dict(zip(groups, chosen.tolist(), strict=True))
    assert [of_text[group] for group in groups] == chosen.tolist()
    counts = np.bincount(chosen, minlength=folds)
    assert counts.min() > 0
    assert counts.max() - counts.min() <= max(groups.count(group) for group in groups)


def test_different_texts_are_spread_evenly_whatever_their_order() -> None:
    texts = [f"第{n}条来信" for n in range(1003)] + ["重复来信"] * 100
    chosen = grouped_folds(pa.array(texts), 5)
    counts = np.bincount(chosen)
    assert counts.max() - counts.min() <= 1
    backwards = grouped_folds(pa.chunked_array([texts[::-1]]), 5)
    assert backwards[::-1].tolist() == chosen.tolist()
    # The draw mixes: no fold is a run of neighbours.
    assert (np.diff(chosen[:1003]) == 0).mean() < 0.4
