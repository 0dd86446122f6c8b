from __future__ import annotations

import pytest

from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.standard.catalogue import Origin
from suqiu.standard.profiles import applicable
from suqiu.standard.result import TargetSet
from suqiu.standard.targets import with_targets
from tests.standard import factories as make

CATALOGUE = make.catalogue(
    [
        make.indicator("D1.1.1", target=make.OPEN),
        make.indicator("D1.1.2"),
        make.indicator("D1.1.3", target=make.OPEN, floor=make.STEP, unit="minutes", direction="down"),
    ],
    [make.gate()],
    leaves_out={"D1.1.2": make.WORD, "G1": make.WORD},
)


def target(subject: str, value: float, floor: float | None = None, by: str = "市热线办") -> TargetSet:
    return TargetSet(subject, value, floor, by, "参照周边城市")


def test_an_open_target_can_be_set_and_says_by_whom() -> None:
    after = with_targets(CATALOGUE, [target("D1.1.1", 0.9), target("D1.1.3", 5, 20)])
    one, other = after.indicator("D1.1.1"), after.indicator("D1.1.3")
    assert (one.target.value, one.target.set_by, one.floor) == (0.9, "市热线办", make.NATURAL)
    assert (other.target.value, other.floor.value, other.floor.origin) == (5, 20, Origin.USER)
    assert after.fingerprint == CATALOGUE.fingerprint
    assert with_targets(CATALOGUE, []) == CATALOGUE


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (target("D1.1.2", 0.9), "the standard states its target"),
        (target("D1.1.9", 0.9), "there is no such indicator"),
        (target("D1.1.1", 0.9, 0.5), "the standard states its floor"),
        (target("D1.1.1", 90), "not between 0 and 1"),
        (target("D1.1.1", 0.0), "no worse than the target"),
        (target("D1.1.3", 20, 5), "no worse than the target"),
        (target("D1.1.1", float("nan")), "the target is no number"),
        (target("D1.1.1", 0.9, by=" "), "who set it"),
    ],
)
def test_a_target_that_cannot_be_is_refused(given: TargetSet, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        with_targets(CATALOGUE, [given])


def test_all_wrong_targets_are_named() -> None:
    with pytest.raises(InvalidInput, match=r"D1.1.9: .*D1.1.1: its target is set twice"):
        with_targets(CATALOGUE, [target("D1.1.9", 1), target("D1.1.1", 0.9), target("D1.1.1", 0.8)])


def test_a_profile_leaves_out_indicators_and_gates() -> None:
    indicators, gates = applicable(CATALOGUE, "city")
    assert [one.id for one in indicators] == ["D1.1.1", "D1.1.3"]
    assert gates == ()
    with pytest.raises(NotFound, match="city"):
        applicable(CATALOGUE, "village")
