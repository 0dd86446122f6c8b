from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.domain.errors import Conflict
from suqiu.domain.order import (
    NAMES,
    RULES,
    Channel,
    OrderType,
    Satisfaction,
    Status,
    Step,
    StepKind,
    Urgency,
    WorkOrder,
)

START = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def an_order_after(*kinds: StepKind) -> WorkOrder:
    order = WorkOrder("20260302000001", "路灯不亮", "滨江路有三盏路灯不亮。")
    for minutes, kind in enumerate(kinds):
        order = order.after(Step(kind, START + timedelta(minutes=minutes), "1001", department="D02"))
    return order


MAIN_LINE = (
    StepKind.ACCEPT,
    StepKind.DISPATCH,
    StepKind.SIGN,
    StepKind.REPLY,
    StepKind.PASS_REVIEW,
    StepKind.CALL_BACK,
    StepKind.CLOSE,
    StepKind.APPRAISE,
    StepKind.ARCHIVE,
)


def test_every_code_has_a_name_in_both_languages_and_every_step_a_rule() -> None:
    for codes in (OrderType, Channel, Urgency, Satisfaction, Status, StepKind):
        for code in codes:
            assert NAMES[code].zh
            assert NAMES[code].en
    assert set(RULES) == set(StepKind)


def test_no_two_codes_are_the_same_word_so_that_each_keeps_its_name() -> None:
    codes = [code.value for kind in (OrderType, Channel, Urgency, Satisfaction, Status, StepKind) for code in kind]
    assert len(set(codes)) == len(codes) == len(NAMES)


def test_the_main_line_leads_from_acceptance_to_the_archive() -> None:
    assert an_order_after(*MAIN_LINE).status is Status.ARCHIVED


@pytest.mark.parametrize(
    ("history", "status"),
    [
        ((StepKind.ACCEPT, StepKind.CLOSE), Status.CLOSED),  # answered on the telephone
        ((*MAIN_LINE[:3], StepKind.REQUEST_RETURN, StepKind.REFUSE_RETURN), Status.HANDLING),
        ((*MAIN_LINE[:2], StepKind.REQUEST_RETURN, StepKind.REFUSE_RETURN), Status.DISPATCHED),
        ((*MAIN_LINE[:3], StepKind.REQUEST_RETURN, StepKind.GRANT_RETURN), Status.RETURNED),
        ((*MAIN_LINE[:3], StepKind.REQUEST_RETURN, StepKind.GRANT_RETURN, StepKind.DISPATCH), Status.DISPATCHED),
        ((*MAIN_LINE[:3], StepKind.SHELVE, StepKind.RELEASE), Status.HANDLING),
        ((*MAIN_LINE[:2], StepKind.MERGE), Status.MERGED),
        ((*MAIN_LINE[:2], StepKind.MERGE, StepKind.UNMERGE), Status.DISPATCHED),
        ((*MAIN_LINE[:7], StepKind.REOPEN), Status.ACCEPTED),
        ((*MAIN_LINE[:7], StepKind.REWORK), Status.HANDLING),
        ((*MAIN_LINE[:3], StepKind.URGE, StepKind.SUPERVISE, StepKind.REQUEST_EXTENSION), Status.HANDLING),
    ],
)
def test_side_branches_leave_the_order_where_the_rules_say(history: tuple[StepKind, ...], status: Status) -> None:
    assert an_order_after(*history).status is status


@pytest.mark.parametrize(
    ("history", "illegal"),
    [
        ((), StepKind.DISPATCH),
        ((StepKind.ACCEPT,), StepKind.ACCEPT),
        (MAIN_LINE[:2], StepKind.REPLY),  # nobody has signed
        (MAIN_LINE[:4], StepKind.CLOSE),  # nobody has reviewed the reply
        (MAIN_LINE, StepKind.DISPATCH),
        ((StepKind.ACCEPT, StepKind.WITHDRAW), StepKind.REOPEN),
    ],
)
def test_an_illegal_step_is_refused_and_says_where_the_order_stands(
    history: tuple[StepKind, ...], illegal: StepKind
) -> None:
    order = an_order_after(*history)
    with pytest.raises(Conflict) as refusal:
        order.after(Step(illegal, START + timedelta(days=1), "1001"))
    assert NAMES[illegal].zh in refusal.value.message.zh
    assert order.order_id in refusal.value.message.en


def test_a_step_dated_before_the_last_one_is_refused() -> None:
    with pytest.raises(Conflict, match="step_before_last"):
        an_order_after(StepKind.ACCEPT).after(Step(StepKind.DISPATCH, START - timedelta(hours=1), "1001"))


def test_a_granted_return_leaves_no_department_and_a_new_dispatch_names_one() -> None:
    history = (*MAIN_LINE[:3], StepKind.REQUEST_RETURN, StepKind.GRANT_RETURN)
    assert an_order_after(*history[:-1]).department == "D02"
    assert an_order_after(*history).department is None
    assert an_order_after(*history, StepKind.REDISPATCH).department == "D02"


@given(st.lists(st.sampled_from(list(StepKind)), max_size=60))
def test_history_always_explains_the_status_and_is_never_rewritten(attempts: list[StepKind]) -> None:
    order = WorkOrder("1", "", "…")
    kept: list[StepKind] = []
    for minutes, kind in enumerate(attempts):
        step = Step(kind, START + timedelta(minutes=minutes), "1001", department="D01")
        before = order
        if order.allows(kind):
            order = order.after(step)
            kept.append(kind)
            assert order.steps[:-1] == before.steps
        else:
            with pytest.raises(Conflict):
                order.after(step)
    assert [step.kind for step in order.steps] == kept
    if kept:
        assert kept[0] is StepKind.ACCEPT
        assert order.status is not None
