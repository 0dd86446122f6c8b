from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, f1_score

from suqiu.evaluation.scorers.agreement import f1, kappa
from suqiu.evaluation.scorers.statistic import value_of

PAIRS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=50)


@given(PAIRS)
@settings(max_examples=60, deadline=None)
def test_kappa_and_f1_equal_those_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    one, other = (np.array(column) for column in zip(*pairs, strict=True))
    agreed = value_of(kappa(one, other, 3), len(one))
    if len(set(one.tolist()) | set(other.tolist())) == 1:
        assert agreed is None
    else:
        assert agreed == pytest.approx(cohen_kappa_score(one, other), abs=1e-9)
    positive = value_of(f1(one, other, 1), len(one))
    if 1 in one or 1 in other:
        assert positive == pytest.approx(f1_score(one == 1, other == 1, zero_division=0))
    else:
        assert positive is None


def test_silence_agrees_with_no_label() -> None:
    person, model = np.array([0, 1, 0, 1]), np.array([0, 1, -1, -1])
    whole = value_of(kappa(person, person, 2), 4)
    assert whole == 1.0
    assert (value_of(kappa(person, model, 2), 4) or 0) < whole
