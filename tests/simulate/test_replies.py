"""Planted replies are what they say they are."""

from __future__ import annotations

from suqiu.simulate.replies import Quality, lots, planted_replies


def test_each_kind_has_enough_wordings_and_no_lot_repeats_another() -> None:
    given = lots()
    for kind in ("empty", "evasive"):
        lines = [line for lot in given for line in getattr(lot, kind)]
        assert len(lines) == len(set(lines)) >= 45


def test_the_same_seed_gives_the_same_replies_with_every_gap_filled() -> None:
    planted, again = planted_replies(1, rounds=1, seed=3), planted_replies(1, rounds=1, seed=3)
    assert planted.replies.equals(again.replies)
    assert set(planted.qualities) == set(Quality)
    assert not any("{" in reply or "}" in reply for reply in planted.replies.to_pylist())
