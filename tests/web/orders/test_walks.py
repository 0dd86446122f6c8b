"""Whatever anybody tries, the flow keeps its rules: random walks, checked after every step."""

from __future__ import annotations

import pytest

from suqiu.domain.order import RULES, Status, StepKind, status_after
from suqiu.web.accounts.roles import step_right
from suqiu.web.orders.actions import ACTIONS
from suqiu.web.orders.decisions import PERSONS_ONLY
from suqiu.web.orders.projection import APPEAL, ASSIST, EXTENSION, LEAD, UNREASONABLE, stand
from tests.web.orders.walking import CLOCKS, Tried, Walk

_K = StepKind
_WALKS, _DEEDS = 200, 100  # `bench/flow.py` walks further
_PROMISED = {
    _K.GRANT_EXTENSION: EXTENSION,
    _K.REFUSE_EXTENSION: EXTENSION,
    _K.GRANT_UNREASONABLE: UNREASONABLE,
    _K.REFUSE_UNREASONABLE: UNREASONABLE,
    _K.UPHOLD_APPEAL: APPEAL,
    _K.REJECT_APPEAL: APPEAL,
}


def check(one: Tried) -> None:
    """Hold one deed against what the flow promises."""
    if one.refusal is not None:
        assert one.after == one.before, "a refusal changes nothing"
        assert one.refusal.message.zh
        assert one.refusal.message.en
        assert one.refusal.hint.zh
        assert one.refusal.hint.en
        return
    kind, before = one.deed.kind, one.before
    assert before.status in RULES[kind].sources
    assert one.actor.may(step_right(kind))
    assert one.after.status == status_after(step.kind for step in one.history)
    if kind in PERSONS_ONLY:
        assert one.actor.user is not None
    if ACTIONS[kind].by_unit:
        mine = one.actor.scope.departments or frozenset()
        working = {LEAD, ASSIST} if kind is _K.CONTACT else {LEAD}
        works = {unit for unit, role in before.units.items() if role in working}
        assert works & mine
    if kind in _PROMISED:
        assert before.asked[_PROMISED[kind]].actor != one.actor.label
    if kind in {_K.CLOSE, _K.VOID, _K.MERGE} and one.case.emergency_cue:
        assert any(step.person for step in one.history[:-1])
    if kind is _K.CLOSE and one.deed.solved and before.status is not Status.ACCEPTED:
        assert before.said_solved or any(at >= (before.round_from or at) for at in one.case.proofs)
    if kind is _K.MERGE:
        assert one.after.merged_into == 2
    assert list(one.after.units.values()).count(LEAD) == (1 if one.after.department else 0)
    assert not one.after.department or one.after.units[one.after.department] == LEAD


def test_twenty_thousand_deeds_keep_the_rules() -> None:
    kinds: set[StepKind] = set()
    states: set[Status | None] = set()
    for seed in range(_WALKS):
        walk = Walk(seed)
        for one in walk.steps(_DEEDS):
            check(one)
            if one.taken is not None:
                kinds.add(one.deed.kind)
                states.add(one.after.status)
        assert stand(walk.history, CLOCKS.pausing, CLOCKS.resuming) == walk.standing, "history replays to the standing"
    # The walks got everywhere.
    assert kinds == set(ACTIONS)
    assert states == set(Status)


@pytest.mark.parametrize("seed", range(3))
def test_a_walk_is_the_same_each_time(seed: int) -> None:
    assert [one.deed for one in Walk(seed).steps(50)] == [one.deed for one in Walk(seed).steps(50)]
